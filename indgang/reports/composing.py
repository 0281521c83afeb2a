"""Composes the content of a report from its template. The result is plain values: it is stored, and never computed
again, so later changes of data, names or formulas do not change a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.agreements.reality import TargetReality
from indgang.agreements.targets import TargetVerdict
from indgang.agreements.words import target_words
from indgang.measures.definitions import Definition, Figure
from indgang.measures.figure_texts import text_of
from indgang.measures.group_names import group_names
from indgang.measures.rollups.reading import GroupBy
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import NOTHING, Plot, said
from indgang.plots.storing import stored
from indgang.reports import periods, pictures
from indgang.reports.figures import CentreReporting
from indgang.reports.models import OF_THE_CENTRE, ReportBlock, ReportMilestone, ReportTemplate
from indgang.reports.own_figures import OwnReporting

#: rows of the list of digital topics
MOST_TOPICS = 20
_TOPICS = "digital_topic_contacts"


def content(
    template: ReportTemplate, first: date, last: date, *, person: Person | None, at: datetime
) -> dict[str, Any]:
    """The content: its blocks in order, the definitions it rests on, and remarks about formulas.

    Blocks are of the kinds text (`paragraphs`), table (`columns`, `rows`, the `values` behind them, and for figures of
    the whole period the `figures` that the rows show), plot (`plot`,
    see `plots.storing`) and notes.
    """
    shown = list(template.blocks.all())
    reporting = CentreReporting.of(
        template.centre, first, last, {(code, each.channel) for each in shown for code in each.figures}
    )
    if person is None:
        made = [_COMPOSED[ReportBlock.Kind(block.kind)](block, reporting, template) for block in shown]
    else:
        made = list(_of_employee(shown, template, reporting, person, at))
    blocks = [{"heading": block.heading, **each} for block, each in zip(shown, made, strict=True)]
    return {
        "centre": template.centre.name,
        "period": in_words(template.cadence, first, last),
        "blocks": blocks,
        "definitions": [_definition(each, reporting) for each in dict.fromkeys(reporting.used.values())],
        "remarks": list(reporting.remarks()),
        "targets": [target_words(each) for each in reporting.targets],
    }


def in_words(cadence: str, first: date, last: date) -> str:
    """The period: `uge 12, 2026`, `marts 2026`, `1. kvartal 2026`."""
    week, year = first.isocalendar().week, first.isocalendar().year
    match cadence:
        case ReportTemplate.Cadence.WEEKLY:
            return _("uge %(week)s, %(year)s") % {"week": week, "year": year}
        case ReportTemplate.Cadence.FORTNIGHTLY:
            return _("uge %(week)s og %(next)s, %(year)s") % {
                "week": week, "next": last.isocalendar().week, "year": year,
            }  # fmt: skip
        case ReportTemplate.Cadence.MONTHLY:
            return date_format(first, "F Y")
        case ReportTemplate.Cadence.QUARTERLY:
            return _("%(number)s. kvartal %(year)s") % {"number": (first.month + 2) // 3, "year": first.year}
    return str(first.year)


def _definition(used: Definition, reporting: CentreReporting) -> dict[str, Any]:
    words = text_of(used)
    return {
        "name": used.name, "title": reporting.name(used.code), "formula": str(words.formula),
        "counts": str(words.counts), "source": used.source, "switches": dict(used.switches),
    }  # fmt: skip


def _text(block: ReportBlock, _reporting: CentreReporting, _template: ReportTemplate) -> dict[str, Any]:
    lines = block.text.replace("\r\n", "\n").split("\n")
    return {"kind": "text", "paragraphs": [line.strip() for line in lines if line.strip()]}


def _notes(_block: ReportBlock, _reporting: CentreReporting, _template: ReportTemplate) -> dict[str, Any]:
    return {"kind": "notes"}


def _figures(block: ReportBlock, reporting: CentreReporting, template: ReportTemplate) -> dict[str, Any]:
    if block.by == ReportBlock.By.NOTHING:
        return _against_before(block, reporting, template)
    return _by_group(block, reporting, GroupBy(block.by))


def _against_before(block: ReportBlock, reporting: CentreReporting, template: ReportTemplate) -> dict[str, Any]:
    """Each figure in this period and the one before, its targets, and whether they were reached. The figures of one
    centre are parts: with too few behind them, or behind what other channels in the report leave of them, no value,
    number or verdict is shown."""
    before = periods.before(template.cadence, reporting.first)
    rows, values, channel = [], [], block.channel
    figures = []
    for code in block.figures:
        spans = ((reporting.first, reporting.last), before)
        now, then = (reporting.whole(code, *span, channel) for span in spans)
        is_hidden, was_hidden = (reporting.is_hidden(code, *span, channel) for span in spans)
        used = reporting.definition(code, channel)
        unit = ValueUnit(used.unit)
        targets = reporting.targets_in_words(code, channel)
        rows.append(
            [reporting.name(code, channel), _shown(now, unit, is_hidden), _shown(then, unit, was_hidden),
             "; ".join(words for words, _each in targets) or NOTHING,
             NOTHING if is_hidden else _reached([each for _words, each in targets]),
             NOTHING if is_hidden else said(now.base, ValueUnit.COUNT)]
        )  # fmt: skip
        figures.append(
            {"code": code, "version": used.version, "channel": channel, "within": reporting.within(code, channel)}
        )
        if not is_hidden:
            values.append(_value(used, channel, now))
    columns = [_("Nøgletal"), _("Perioden"), _("Perioden før"), _("Mål"), _("Nået"), _("Grundlag")]
    return {
        "kind": "table", "columns": columns, "rows": rows, "values": values, "figures": figures, "is_headline": True,
    }  # fmt: skip


def _shown(figure: Figure, unit: ValueUnit, is_hidden: bool) -> str:
    return _("vises ikke: for få") if is_hidden else said(figure.value, unit)


def _reached(targets: Sequence[TargetReality]) -> str:
    words = {TargetVerdict.KEPT: _("ja"), TargetVerdict.MISSED: _("nej")}
    found = (NOTHING if each.figure.is_small else words.get(each.verdict, NOTHING) for each in targets)
    return ", ".join(found) or NOTHING


def _by_group(block: ReportBlock, reporting: CentreReporting, by: GroupBy) -> dict[str, Any]:
    """Each figure of each group: groups by name, days and months in their order, months of the year that ends with the
    period. Groups with too few behind a figure are not shown."""
    values: list[dict[str, Any]] = []
    found: dict[str, dict[str, str]] = {}
    codes, channel = block.figures, block.channel
    for code in codes:
        figures, hidden = reporting.grouped(code, pictures.first_day(reporting, by), reporting.last, by, channel)
        used = reporting.definition(code, channel)
        unit = ValueUnit(used.unit)
        for group, figure in figures.items():
            found.setdefault(group, {})[code] = _shown(figure, unit, group in hidden)
            if group not in hidden:
                values.append(_value(used, group, figure))
    names = group_names(by, found)
    ordered = sorted(found, key=lambda group: (group,) if by in pictures.OVER_TIME else (names[group], group))
    rows = [[names[group], *(found[group].get(code, NOTHING) for code in codes)] for group in ordered]
    columns = [_HEADINGS[by](), *(reporting.name(code, channel) for code in codes)]
    return {"kind": "table", "columns": columns, "rows": rows, "values": values}


def _value(used: Definition, group: str, figure: Figure) -> dict[str, Any]:
    return {"definition": used.name, "group": group, "value": figure.value, "base": figure.base}


_HEADINGS: Mapping[GroupBy, Callable[[], str]] = {
    GroupBy.DAY: lambda: _("Dag"), GroupBy.MONTH: lambda: _("Måned"), GroupBy.QUEUE: lambda: _("Kø"),
    GroupBy.SERVICE: lambda: _("Ydelse"), GroupBy.CHANNEL: lambda: _("Kanal"),
}  # fmt: skip


def _plot(block: ReportBlock, reporting: CentreReporting, _template: ReportTemplate) -> dict[str, Any]:
    by = GroupBy(block.by)
    if by in pictures.OVER_TIME:
        plot: Plot = pictures.over_time(block.heading, block.figures, reporting, by, block.channel)
    else:
        by = GroupBy.QUEUE if by is GroupBy.NOTHING else by
        code = block.figures[0]
        figures, hidden = reporting.grouped(code, reporting.first, reporting.last, by, block.channel)
        shown = {group: figure for group, figure in figures.items() if group not in hidden}
        plot = pictures.of_groups(block, code, shown, group_names(by, shown), _HEADINGS[by](), reporting)
    return {"kind": "plot", "plot": stored(plot)}


def _topics(_block: ReportBlock, reporting: CentreReporting, _template: ReportTemplate) -> dict[str, Any]:
    """The services whose contacts should have been solved digitally, the most first."""
    figures, hidden = reporting.grouped(_TOPICS, reporting.first, reporting.last, GroupBy.SERVICE)
    shown = {group: each for group, each in figures.items() if group not in hidden and each.value}
    ordered = sorted(shown, key=lambda group: (-(shown[group].value or 0), group))[:MOST_TOPICS]
    names = group_names(GroupBy.SERVICE, shown)
    rows = [[names[group], said(shown[group].value, ValueUnit.COUNT), _share(shown[group])] for group in ordered]
    values = [_value(reporting.definition(_TOPICS), group, shown[group]) for group in ordered]
    columns = [_("Ydelse"), _("Burde løses digitalt"), _("Andel af ydelsens henvendelser")]
    return {"kind": "table", "columns": columns, "rows": rows, "values": values}


def _share(figure: Figure) -> str:
    return said(100 * (figure.value or 0) / figure.base if figure.base else None, ValueUnit.PERCENT)


def _milestones(_block: ReportBlock, reporting: CentreReporting, _template: ReportTemplate) -> dict[str, Any]:
    rows = [
        [each.title, date_format(each.planned), date_format(each.reached) if each.reached else _state(each, reporting)]
        for each in ReportMilestone.objects.filter(centre=reporting.centre)
    ]
    return {"kind": "table", "columns": [_("Milepæl"), _("Planlagt"), _("Nået")], "rows": rows, "values": []}


def _state(milestone: ReportMilestone, reporting: CentreReporting) -> str:
    return _("forsinket") if milestone.planned <= reporting.last else _("ikke nået endnu")


def _of_employee(
    shown: Sequence[ReportBlock], template: ReportTemplate, reporting: CentreReporting, person: Person, at: datetime
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The blocks of an employee's own report. What is about the whole centre stands in no report of one employee: the
    centre's figures would tell, beside their own, those of the few others."""
    own = OwnReporting(person, reporting, periods.before(template.cadence, reporting.first), at)
    first = next((block for block in shown if block.kind == ReportBlock.Kind.FIGURES), None)
    for block in shown:
        if block.kind == ReportBlock.Kind.FIGURES:
            yield own.table(block, is_first=block is first)
        elif block.kind in OF_THE_CENTRE:
            words = _("Afsnittet er om hele centret og står ikke i medarbejdernes egne rapporter.")
            yield {"kind": "text", "paragraphs": [words]}
        else:
            yield _COMPOSED[ReportBlock.Kind(block.kind)](block, reporting, template)


_COMPOSED: Mapping[ReportBlock.Kind, Callable[[ReportBlock, CentreReporting, ReportTemplate], dict[str, Any]]] = {
    ReportBlock.Kind.TEXT: _text,
    ReportBlock.Kind.FIGURES: _figures,
    ReportBlock.Kind.PLOT: _plot,
    ReportBlock.Kind.TOPICS: _topics,
    ReportBlock.Kind.MILESTONES: _milestones,
    ReportBlock.Kind.NOTES: _notes,
}
