"""Templates of reports are begun from a shipped one, changed block by block, and stopped; milestones of a centre."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.agreements import employees
from indgang.agreements.printing import unprintable
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre
from indgang.core.masking import mask_texts
from indgang.core.refusals import RefusedChange
from indgang.measures import without_contacts
from indgang.measures.definitions import definition
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.plots.lines import MOST_SERIES
from indgang.reports import rights
from indgang.reports.models import OF_THE_CENTRE, ReportBlock, ReportMilestone, ReportReader, ReportTemplate
from indgang.reports.presets import ReportPreset

#: blocks of a template
MOST_BLOCKS = 60
#: figures of a table
MOST_FIGURES = 30


@transaction.atomic
def begin(
    centre: ContactCentre, preset: ReportPreset, *, responsible: Person, starts_on: date, by: Person, at: datetime
) -> ReportTemplate:
    """A template of a centre with the blocks of a shipped one. Raises RefusedChange for somebody who may not make
    reports of the centre."""
    _refuse_responsible(responsible, centre)
    with translation.override("da"):  # texts of the municipality, not of who begins it
        values = {
            "centre": centre, "title": str(preset.title), "readers": preset.readers, "cadence": preset.cadence,
            "starts_on": starts_on, "days_after": preset.days_after, "sending_days": preset.sending_days,
            "responsible": responsible, "code": preset.code,
        }  # fmt: skip
        made = changes.save(ReportTemplate(), values, by=by, at=at)
        ReportBlock.objects.bulk_create(
            ReportBlock(template=made, position=10 * number, kind=kind, heading=str(heading), text=str(text),
                        figures=list(figures), by=by_what, channel=channel)
            for number, (kind, heading, text, figures, by_what, channel) in enumerate(preset.blocks, 1)
        )  # fmt: skip
    return made


@transaction.atomic
def save(
    template: ReportTemplate, values: Mapping[str, Any], *, named: Collection[Person], by: Person, at: datetime
) -> ReportTemplate:
    """Change a template and who is named as a receiver. Reports that are made already stay as they are.

    Raises RefusedChange by field.
    """
    locked = ReportTemplate.objects.select_for_update(of=("self",)).select_related("centre").get(pk=template.pk)
    _refuse_responsible(values["responsible"], locked.centre)
    _refuse_signs(values, "title")
    if values.get("readers", locked.readers) == ReportTemplate.Readers.EMPLOYEES:
        _refuse_blocks_of_centre(locked)
    changes.save(locked, mask_texts(values), by=by, at=at)
    before = {each.person_id: each.person for each in locked.named.select_related("person")}
    after = {each.pk: each for each in named}
    if before.keys() != after.keys():
        locked.named.exclude(person__in=after).delete()
        ReportReader.objects.bulk_create(
            ReportReader(template=locked, person=person) for pk, person in after.items() if pk not in before
        )
        trail.record(
            by=by, at=at, action="reporttemplate.people", target=locked, before={"named": _names(before.values())},
            after={"named": _names(after.values())},
        )  # fmt: skip
    return locked


@transaction.atomic
def save_block(block: ReportBlock, values: Mapping[str, Any], *, by: Person, at: datetime) -> ReportBlock:
    """Add or change a block. Raises RefusedChange by field."""
    template = ReportTemplate.objects.select_for_update().get(pk=block.template_id)
    if block._state.adding and template.blocks.count() >= MOST_BLOCKS:
        raise RefusedChange({"": _("Rapporten har allerede mange afsnit. Fjern et først.")})
    _refuse_signs(values, "heading", "text")
    _refuse_figures(values["kind"], values["figures"], values["by"], template.starts_on)
    if values["kind"] in (ReportBlock.Kind.FIGURES, ReportBlock.Kind.PLOT):
        _refuse_channel(values["figures"], values.get("channel", ""), template.starts_on)
    if template.readers == ReportTemplate.Readers.EMPLOYEES:
        _refuse_of_centre(values)
    return changes.save(block, {**mask_texts(values), "template": template}, by=by, at=at)


@transaction.atomic
def remove_block(block: ReportBlock, *, by: Person, at: datetime) -> None:
    trail.record(by=by, at=at, action="reportblock.remove", target=block, before={"heading": block.heading})
    block.delete()


@transaction.atomic
def save_milestone(
    milestone: ReportMilestone, values: Mapping[str, Any], *, by: Person, at: datetime
) -> ReportMilestone:
    """Add or change a milestone. Raises RefusedChange by field."""
    _refuse_signs(values, "title")
    return changes.save(milestone, mask_texts(values), by=by, at=at)


@transaction.atomic
def remove_milestone(milestone: ReportMilestone, *, by: Person, at: datetime) -> None:
    trail.record(by=by, at=at, action="reportmilestone.remove", target=milestone, before={"title": milestone.title})
    milestone.delete()


def refuse_text(text: str, field: str) -> None:
    """Raise RefusedChange for signs that a PDF cannot show."""
    if odd := unprintable(text):
        raise RefusedChange({field: _("Tegnene %(signs)s kan ikke stå i rapporten. Fjern dem.") % {"signs": odd}})


def _refuse_signs(values: Mapping[str, Any], *names: str) -> None:
    for name in names:
        refuse_text(values[name], name)


def _refuse_responsible(person: Person, centre: ContactCentre) -> None:
    if not rights.may_make(person, centre):
        raise RefusedChange({"responsible": _("Personen må ikke lave rapporter for centret. Vælg en anden.")})


def _refuse_figures(kind: str, figures: Sequence[str], by: str, on: date) -> None:
    if kind not in (ReportBlock.Kind.FIGURES, ReportBlock.Kind.PLOT):
        return
    try:
        units = {definition(code, on=on).unit for code in figures}
    except LookupError as error:
        raise RefusedChange({"figures": _("Nøgletallet findes ikke. Vælg et andet.")}) from error
    if not figures or len(figures) > MOST_FIGURES:
        raise RefusedChange({"figures": _("Vælg mindst ét nøgletal, og højst 30.")})
    if kind == ReportBlock.Kind.PLOT and by in (ReportBlock.By.DAY, ReportBlock.By.MONTH):
        if len(figures) > MOST_SERIES or len(units) > 1:
            raise RefusedChange({"figures": _("En figur over tid kan vise op til seks nøgletal med samme enhed.")})
    elif kind == ReportBlock.Kind.PLOT and by == ReportBlock.By.NOTHING:
        raise RefusedChange({"by": _("Vælg, hvad figuren viser: dage, måneder, køer, ydelser eller kanaler.")})
    elif kind == ReportBlock.Kind.PLOT and len(figures) != 1:
        raise RefusedChange({"figures": _("En figur efter kø, ydelse eller kanal viser ét nøgletal.")})


def _refuse_channel(figures: Sequence[str], channel: str, on: date) -> None:
    whole = [code for code in figures if not definition(code, on=on).has_contacts]
    if channel and whole:
        raise RefusedChange({"channel": " ".join((*map(without_contacts.why, whole), _("Vælg alle kanaler.")))})


def _refuse_of_centre(values: Mapping[str, Any]) -> None:
    """In the report of one employee a table holds their own figures, and nothing is about the whole centre."""
    if values["kind"] in OF_THE_CENTRE:
        raise RefusedChange({"kind": _("Medarbejdernes rapport kan kun vise deres egne tal. Vælg en tabel.")})
    if values["kind"] != ReportBlock.Kind.FIGURES:
        return
    if others := sorted(str(FIGURE_NAMES[code]) for code in values["figures"] if code not in employees.OWN):
        said = {"names": ", ".join(others)}
        raise RefusedChange({"figures": _("Én medarbejder har ikke tallene: %(names)s. Fjern dem.") % said})
    if values["by"] != ReportBlock.By.NOTHING:
        raise RefusedChange({"by": _("Medarbejdernes egne tal vises i alt, mod perioden før.")})
    if values.get("channel"):
        raise RefusedChange({"channel": _("Medarbejdernes egne tal er for alle kanaler.")})


def _refuse_blocks_of_centre(template: ReportTemplate) -> None:
    """For a template that is to become the employees' own."""
    for block in template.blocks.all():
        values = {name: getattr(block, name) for name in ("kind", "figures", "by", "channel")}
        try:
            _refuse_of_centre(values)
        except RefusedChange as refused:
            reason = " ".join(map(str, refused.reasons.values()))
            raise RefusedChange({"readers": f"{block.heading}: {reason}"}) from refused


def _names(people: Collection[Person]) -> list[str]:
    return sorted(person.name for person in people)
