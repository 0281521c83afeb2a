"""The plots of a report: figures over time with what they are held against, and figures by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.measures import control_limits
from indgang.measures.channel_groups import EVERY
from indgang.measures.definitions import Figure
from indgang.measures.rollups.reading import GroupBy
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import Band, BarPlot, Happening, PlotBar, PlotMoment, PlotTarget, Series, TimePlot
from indgang.reports import periods
from indgang.reports.figures import CentreReporting, days
from indgang.reports.models import ReportBlock, ReportMilestone


def over_time(
    title: str, codes: Sequence[str], reporting: CentreReporting, by: GroupBy, channel: str = EVERY
) -> TimePlot:
    """A line for each figure: by day in the period, or by month in the year that ends with it. The limits are those of
    the first figure, where it stands alone."""
    first = reporting.first if by is GroupBy.DAY else periods.a_year_back(reporting.last)
    is_day = by is GroupBy.DAY
    places = days(first, reporting.last) if is_day else periods.months(first, reporting.last)
    groups = [each.isoformat() if is_day else f"{each:%Y-%m}" for each in places]
    unit = ValueUnit(reporting.definition(codes[0], channel).unit)
    series = tuple(_series(code, groups, first, reporting, by, channel) for code in codes)
    return TimePlot(
        title=title,
        about=_about(codes, first, reporting, channel),
        unit=unit,
        when=_("Dag") if is_day else _("Måned"),
        moments=tuple(PlotMoment(each, date_format(each, "d.m." if is_day else "b Y")) for each in places),
        series=series,
        targets=tuple(each for code in codes for each in _targets(code, reporting, channel)),
        baseline=_baseline(codes[0], reporting, unit, channel) if len(codes) == 1 else None,
        limits=_limits(series[0], unit) if len(series) == 1 else None,
        happenings=_happenings(reporting, first),
    )


def of_groups(
    block: ReportBlock, code: str, figures: Mapping[str, Figure], names: Mapping[str, str], what: str,
    reporting: CentreReporting,
) -> BarPlot:  # fmt: skip
    """A bar for each group, by name."""
    bars = sorted((names[group], figure.value) for group, figure in figures.items())
    channel = block.channel
    return BarPlot(
        block.heading, _about([code], reporting.first, reporting, channel),
        ValueUnit(reporting.definition(code, channel).unit), what, reporting.name(code, channel),
        tuple(PlotBar(*each) for each in bars), _targets(code, reporting, channel),
    )  # fmt: skip


def _about(codes: Sequence[str], first: date, reporting: CentreReporting, channel: str) -> str:
    names = ", ".join(reporting.name(code, channel) for code in codes)
    return _("%(names)s fra %(first)s til %(last)s") % {
        "names": names, "first": date_format(first), "last": date_format(reporting.last),
    }  # fmt: skip


def _series(
    code: str, groups: Sequence[str], first: date, reporting: CentreReporting, by: GroupBy, channel: str
) -> Series:  # fmt: skip
    figures, hidden = reporting.grouped(code, first, reporting.last, by, channel)
    values = (figures[each].value if each in figures and each not in hidden else None for each in groups)
    return Series(reporting.name(code, channel), tuple(values))


def _targets(code: str, reporting: CentreReporting, channel: str) -> tuple[PlotTarget, ...]:
    """The limits of the targets of the whole centre. A limit of a count is one for each day, which no month shows."""
    if reporting.definition(code, channel).unit == ValueUnit.COUNT:
        return ()
    return tuple(
        PlotTarget(_("Mål, %(target)s") % {"target": words}, each.limit.value)
        for words, each in reporting.targets_in_words(code, channel) if each.limit
    )  # fmt: skip


def _baseline(code: str, reporting: CentreReporting, unit: ValueUnit, channel: str) -> Band | None:
    """The baseline that a target rests on, with its uncertainty."""
    for each in reporting.targets_of(code, channel) if unit is not ValueUnit.COUNT else ():
        found = each.baseline
        if found and found.low is not None and found.high is not None:
            return Band(_("Udgangspunkt"), found.low, found.high)
    return None


def _limits(series: Series, unit: ValueUnit) -> Band | None:
    """The limits of the chart; None with too few values, and where nothing varies."""
    found = control_limits.limits(series.values, highest=unit.highest)
    return Band(_("Det, der plejer at ske"), *found) if found and found[0] < found[1] else None


def _happenings(reporting: CentreReporting, first: date) -> tuple[Happening, ...]:
    reached = ReportMilestone.objects.filter(centre=reporting.centre, reached__range=(first, reporting.last))
    return tuple(Happening(each.title, each.reached) for each in reached.order_by("reached") if each.reached)
