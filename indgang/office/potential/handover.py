"""Hands the potential on its page to a what-if, by a link, and to a business case, by a button."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.analysis import words
from indgang.analysis.potential.moving import numbers
from indgang.analysis.potential.results import CountedRows, Potential
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.cases import access as cases
from indgang.office.cases.targets import parts, targets
from indgang.office.potential.forms import ASSUMED, PotentialFilter, rule_list_name
from indgang.planning.rights import PLANNERS
from indgang.plots.numbers import decimal
from indgang.programme import potential_numbers
from indgang.programme.models import OwnCase
from indgang.programme.potential_numbers import PotentialEstimate, PotentialFigure
from indgang.ui.choices import offer

#: letters of the code that tell apart what is computed of one count with other rules, limits and units
_TELLING = 8
#: counting weeks that a note names
_MOST_WEEKS = 4


class PotentialUnitForm(forms.Form):
    """Which unit's numbers are used."""

    unit = forms.ChoiceField(label=gettext_lazy("Enhed"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, rows: CountedRows) -> None:
        super().__init__(data)
        units = [(str(place), each.name or each.area or "–") for place, each in enumerate(rows.units)]
        offer(self, "unit", [("", _("Alle enheder")), *units] if len(units) > 1 else [("", units[0][1])])

    @property
    def place(self) -> int | None:
        chosen = self.cleaned_data["unit"]
        return int(chosen) if chosen else None


class PotentialTargetsForm(PotentialUnitForm):
    """The assumption of one's own case that each figure is for; without any, a new case is made."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, rows: CountedRows) -> None:
        super().__init__(data, rows=rows)
        for figure in PotentialFigure:
            self.fields[figure.value] = forms.ChoiceField(
                label=potential_numbers.figure_name(figure), required=False,
                choices=[("", _("bruges ikke")), *targets(partial(potential_numbers.takes, figure=figure))],
            )  # fmt: skip

    @property
    def chosen(self) -> tuple[str, dict[PotentialFigure, str]]:
        """The code of the case, and the name of the assumption for each figure; both empty for a new case. Raises
        RefusedChange for assumptions of several cases."""
        found = {figure: parts(given) for figure in PotentialFigure if (given := self.cleaned_data[figure])}
        codes = {code for code, _name in found.values()}
        if len(codes) > 1:
            raise RefusedChange({"": _("Vælg forudsætninger i ét og samme forslag.")})
        return next(iter(codes), ""), {figure: name for figure, (_code, name) in found.items()}


def shown(request: HttpRequest, person: Person, form: PotentialFilter, found: Potential) -> dict[str, Any]:
    """What the page of the potential shows of it: the link for planners, and the form for those who edit cases."""
    given: dict[str, Any] = {}
    if any(may(person, permission) for permission in PLANNERS):
        given["scenario_address"] = scenario_address(estimate(form, found, None))
    if may(person, P.EDIT_PROGRAMME):
        given["targets_form"] = PotentialTargetsForm(rows=found.rows)
        given["case_address"] = f"{reverse('office:potential-case')}?{request.GET.urlencode()}"
    return given


def use(form: PotentialTargetsForm, shown_for: PotentialFilter, found: Potential, *, by: Person) -> OwnCase:
    """Give the numbers to a case, or make one of them. Raises RefusedChange."""
    if not form.is_valid():
        raise RefusedChange({"": _("Forslaget har ikke den forudsætning mere. Vælg en anden.")})
    at = clock.now()
    with translation.override("da"):  # what is stored is read by everybody
        numbers_of = estimate(shown_for, found, form.place)
    code, chosen = form.chosen
    if not code:
        return potential_numbers.make_case(numbers_of, by=by, at=at)
    return potential_numbers.fill(numbers_of, cases.own_case_for(code), chosen, by=by, at=at)


def scenario_address(found: PotentialEstimate) -> str:
    """The page of a new what-if, with the share that becomes digital and where it comes from."""
    digital = round(100 * found.numbers.digital_share.value, 2)
    prefilled = {"name": found.name, "digital": f"{digital:g}", "note": potential_numbers.note(found)}
    return f"{reverse('office:scenario-new')}?{urlencode(prefilled)}"


def estimate(form: PotentialFilter, found: Potential, unit: int | None) -> PotentialEstimate:
    """The numbers of the page, with what they come from in words."""
    what, code = _counted(form)
    name = found.rows.units[unit].name if unit is not None else ""
    details = [name, *_chosen(form)]
    said = _("Potentiale, %(what)s, regler %(rules)s (beregnet %(day)s)") % {
        "what": ", ".join([what, *(each for each in details if each)]), "rules": rule_list_name(form.rule_list),
        "day": f"{clock.today():%d.%m.%Y}",
    }  # fmt: skip
    computed = numbers(found, unit)
    telling = sha256(f"{form.rule_list.code} {unit} {computed}".encode()).hexdigest()[:_TELLING]
    title = _("Potentiale: %(what)s") % {"what": name or what}
    return PotentialEstimate(f"potentiale-{code}-{telling}", title[:120], said, computed)


def _chosen(form: PotentialFilter) -> Iterator[str]:
    """What else was chosen, in the words of the form: the centre, what is assumed of an import, and moved limits."""
    is_imported = form.cleaned_data.get("counts") is not None
    is_live = not is_imported and not form.weeks
    names = ["centre"] if is_live else list(ASSUMED) if is_imported else []
    for name in names:
        given = form.cleaned_data.get(name)
        if given not in ("", None):
            choices = getattr(form.fields[name], "choices", ())
            yield f"{form.fields[name].label}: {dict(choices).get(given, given)}"
    for each in form.rule_list.limits if form.unmoved else ():
        yield f"{words.limit_label(each)}: {decimal(each.minutes, 2)}"


def _counted(form: PotentialFilter) -> tuple[str, str]:
    """What was counted, in words and as a part of a code."""
    weeks, source = form.weeks, form.cleaned_data.get("counts")
    if source is not None:
        return _("importeret optælling “%(name)s”") % {"name": source.name}, f"import-{source.pk}"
    if weeks:
        said = _("tælleugen “%(title)s” (%(first)s–%(last)s)")
        told = [
            said % {"title": each.title, "first": f"{each.starts_on:%d.%m.%Y}", "last": f"{each.ends_on:%d.%m.%Y}"}
            for each in weeks
        ]  # fmt: skip
        others = len(told) - _MOST_WEEKS
        told = [*told[:_MOST_WEEKS], _("%(number)s andre") % {"number": others}] if others > 0 else told
        return ", ".join(told), f"uge-{'-'.join(str(each.pk) for each in weeks[:_MOST_WEEKS])}"
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    said = _("registreringer %(first)s–%(last)s")
    return said % {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}, f"{first:%Y%m%d}"
