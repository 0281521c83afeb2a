"""Time lines of a rollout plan and of its activities, and the weeks of a watched figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from indgang.feedback.index import Index
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import NOTHING, Happening, PlotMoment, Series, TimelinePlot, TimelineRow, TimePlot
from indgang.programme.rollout.overview import StandingActivity, StandingMilestone, StandingPlan, StandingStage
from indgang.programme.rollout.timing import next_quarter, quarter_of

#: of a time line
_MARGIN = timedelta(days=10)


def said(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else NOTHING


def stages(shown: StandingPlan) -> TimelinePlot:
    """The grant, each stage from the one before it to its go-live, and the milestones."""
    granted = shown.plan.granted_on
    first = TimelineRow(_("Bevilling"), None, granted, (said(granted), ""), is_done=granted <= shown.today,
                        has_mark=True)  # fmt: skip
    entries = [first, *(_stage(each, shown) for each in shown.stages), *map(_milestone, shown.milestones)]
    return _timeline(shown, entries, _("Etaper og milepæle"), _("Etaper, milepæle og i dag i %(plan)s."), _("Dag"))


def _stage(each: StandingStage, shown: StandingPlan) -> TimelineRow:
    before = min(shown.days[each.stage.number - 1], each.day)
    name = _("Etape %(number)s: %(name)s") % {"number": each.stage.number, "name": each.stage.name}
    state = _("I drift") if each.is_live else ""
    return TimelineRow(name, before, each.day, (said(each.day), state), is_done=each.is_live, has_mark=True)


def _milestone(each: StandingMilestone) -> TimelineRow:
    day = each.milestone.reached or each.due
    state = _("Nået") if each.milestone.reached else _("Forsinket") if each.is_late else ""
    return TimelineRow(each.milestone.title, None, day, (said(day), state), is_done=each.milestone.reached is not None,
                       has_mark=True)  # fmt: skip


def activities(shown: StandingPlan, chosen: Sequence[StandingActivity]) -> TimelinePlot:
    return _timeline(
        shown, [_activity(each) for each in chosen], _("Aktiviteter"), _("Hvornår aktiviteterne i %(plan)s ligger."),
        _("Fra"), _("Til"),
    )  # fmt: skip


def _activity(each: StandingActivity) -> TimelineRow:
    ends = each.activity.done_on or each.ends
    starts = min(each.starts, ends) if each.starts and ends else each.starts
    is_done = each.activity.progress == each.activity.State.DONE
    state = str(each.activity.get_progress_display())
    return TimelineRow(str(each.activity), starts, ends, (said(starts), said(ends), state), is_done=is_done)


def _timeline(shown: StandingPlan, entries: Iterable[TimelineRow], title: str, about: str, *days: str) -> TimelinePlot:
    rows = tuple(entries)
    known = [day for row in rows for day in (row.starts, row.ends) if day is not None]
    start, end = min([*known, shown.today]) - _MARGIN, max([*known, shown.today]) + _MARGIN
    return TimelinePlot(
        title=title, about=about % {"plan": shown.plan.name}, start=start, end=end, today=shown.today,
        today_name=_("I dag"), done_name=_("Færdig"), entries=rows, headings=(_("Hvad"), *days, _("Tilstand")),
        ticks=tuple(_quarters(start, end)),
    )  # fmt: skip


def _quarters(start: date, end: date) -> Iterator[tuple[date, str]]:
    """The first day of each quarter, with its name."""
    first = next_quarter(quarter_of(start))
    while first <= end:
        yield first, _("%(quarter)s. kv. %(year)s") % {"quarter": (first.month + 2) // 3, "year": first.year}
        first = next_quarter(first)


def watched(
    shown: StandingPlan, name: str, weeks: Sequence[tuple[date, Index | None]]
) -> TimePlot:  # fmt: skip
    """The index of each week, with the go-lives."""
    first, last = weeks[0][0], weeks[-1][0] + timedelta(days=6)
    lives = [
        Happening(_("Etape %(number)s i drift") % {"number": each.stage.number}, each.stage.live_on)
        for each in shown.stages if each.stage.live_on is not None and first <= each.stage.live_on <= last
    ]  # fmt: skip
    return TimePlot(
        title=name, about=_("%(name)s uge for uge, som indeks fra 0 til 100.") % {"name": name},
        unit=ValueUnit.INDEX, when=_("Uge"),
        moments=tuple(
            PlotMoment(monday, _("uge %(week)s") % {"week": monday.isocalendar().week}) for monday, _index in weeks
        ),
        series=(Series(name, tuple(index.mean if index else None for _monday, index in weeks)),),
        happenings=tuple(lives),
    )  # fmt: skip
