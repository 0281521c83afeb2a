"""The plots of a report: figures over time with what they are held against, and figures by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.agreements.models import CooperationAgreement, ExcludedDay
from indgang.core.clock import day_of
from indgang.entry.models import FlowVersion
from indgang.measures import control_limits
from indgang.measures.channel_groups import EVERY
from indgang.measures.definitions import Adding, Figure
from indgang.measures.rollups.reading import GroupBy
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import Band, BarPlot, Happening, PlotBar, PlotMoment, PlotTarget, Series, TimePlot
from indgang.reports import periods, warning_causes
from indgang.reports.figures import CentreReporting, days
from indgang.reports.models import ReportBlock, ReportMilestone

OVER_TIME = (GroupBy.DAY, GroupBy.MONTH)


def first_day(reporting: CentreReporting, by: GroupBy) -> date:
    """Of what is shown by month, that of the year that ends with the period; else the period's own."""
    return periods.a_year_back(reporting.last) if by is GroupBy.MONTH else reporting.first


def over_time(
    title: str, codes: Sequence[str], reporting: CentreReporting, by: GroupBy, channel: str = EVERY
) -> TimePlot:
    """A line for each figure: by day in the period, or by month in the year that ends with it. The limits are those of
    the first figure, where it stands alone."""
    first = first_day(reporting, by)
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
        targets=tuple(each for code in codes for each in _targets(code, reporting, channel, by)),
        baseline=_baseline(codes[0], reporting, channel, by) if len(codes) == 1 else None,
        limits=_limits(_whole(series[0].values, codes[0], reporting, by, channel), unit) if len(series) == 1 else None,
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


def _targets(
    code: str, reporting: CentreReporting, channel: str, by: GroupBy = GroupBy.NOTHING
) -> tuple[PlotTarget, ...]:  # fmt: skip
    """The limits of the targets of the whole centre. A limit of what is counted is one for each day, which months and
    groups do not show."""
    if not _has_limits(code, reporting, channel, by):
        return ()
    return tuple(
        PlotTarget(_("Mål, %(target)s") % {"target": words}, each.limit.value)
        for words, each in reporting.targets_in_words(code, channel) if each.limit
    )  # fmt: skip


def _has_limits(code: str, reporting: CentreReporting, channel: str, by: GroupBy) -> bool:
    return by is GroupBy.DAY or reporting.definition(code, channel).adds is not Adding.COUNTS


def _baseline(code: str, reporting: CentreReporting, channel: str, by: GroupBy) -> Band | None:
    """The baseline that a target rests on, with its uncertainty; of what is counted, that of a day."""
    for each in reporting.targets_of(code, channel) if _has_limits(code, reporting, channel, by) else ():
        found = each.baseline
        if found and found.low is not None and found.high is not None:
            return Band(_("Udgangspunkt"), found.low, found.high)
    return None


def _whole(
    values: Sequence[float | None], code: str, reporting: CentreReporting, by: GroupBy, channel: str
) -> Sequence[float | None]:  # fmt: skip
    """The values without that of a month that is not over, where it is a count: half a month has half as many."""
    is_over = (reporting.last + timedelta(days=1)).day == 1
    is_count = reporting.definition(code, channel).adds is Adding.COUNTS
    return values[:-1] if by is GroupBy.MONTH and is_count and not is_over else values


def _limits(values: Sequence[float | None], unit: ValueUnit) -> Band | None:
    """The limits of the chart; None with too few values, and where nothing varies.

    Counts have the same chart: they vary more than the Poisson distribution of a c-chart lets them, so their limits
    come from the spread of the days or months themselves.
    """
    found = control_limits.limits(values, highest=unit.highest)
    method = _("gennemsnittet plus og minus 2,66 gange den gennemsnitlige ændring fra gang til gang")
    return Band(_("Det, der plejer at ske"), *found, method) if found and found[0] < found[1] else None


def _happenings(reporting: CentreReporting, first: date) -> tuple[Happening, ...]:
    """What may explain a change: milestones, new versions of the agreement and days that a baseline leaves out, in
    their order; then the versions of call flows that were published, the newest first: a plot marks only some."""
    centre, days = reporting.centre, (first, reporting.last)
    reached = ReportMilestone.objects.filter(centre=centre, reached__range=days)
    agreed = CooperationAgreement.objects.signed().filter(centre=centre, valid_from__range=days)
    excluded = ExcludedDay.objects.filter(baseline__centre=centre, day__range=days)
    found = {Happening(each.title, each.reached) for each in reached if each.reached}
    found |= {Happening(_("Samarbejdsaftalen gælder"), each.valid_from) for each in agreed}
    found |= {Happening(each.reason, each.day) for each in excluded}
    flows = warning_causes.published_flows(centre, *days)
    return (
        *sorted(found, key=lambda each: (each.at, each.name)),
        *(Happening(_flow(each), day_of(each.published_at)) for each in flows if each.published_at),
    )


def _flow(version: FlowVersion) -> str:
    return _("Opkaldsflow: %(flow)s, version %(number)s") % {"flow": version.flow, "number": version.number}
