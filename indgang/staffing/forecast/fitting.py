"""One queue's model: its days, its intervals, and how far the last days were off. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast import calendar, day_model, eight_weeks, events, level
from indgang.staffing.forecast.cold_start import WEIGHT_DAYS, StandIn
from indgang.staffing.forecast.day_model import DayModel
from indgang.staffing.forecast.events import PlannedChanges
from indgang.staffing.forecast.history import History
from indgang.staffing.forecast.interval_profile import weekday_profile
from indgang.staffing.forecast.level import DayLevel, LevelLaw

#: after so many days a count weighs half as much in the level of days, and in the shape of a day
HALF_DAYS, HALF_SHAPE_DAYS = 365.0, 182.0

#: the days whose weekdays a similar queue lends
_RECENT_DAYS = 56

Weekdays = NDArray[np.int64]


@dataclass(frozen=True)
class Design:
    """What is known of each day from `first`: the columns of the regression (traits, events and stages, season), and
    the logarithm of the factor that is known beforehand."""

    first: date
    columns: Numbers
    seasonal: int
    """So many columns at the end are those of the season."""
    offset: Numbers
    weekdays: Weekdays
    events: slice
    stages: slice
    """The columns of events, and of services that move in."""
    moved: Numbers
    """The part of the offset that is of services that move in."""

    def usual(self, on: date) -> Design:
        """The same days of the queue as such: without events, and with the services that had moved in by a day."""
        place = min(max((on - self.first).days, 0), len(self.offset) - 1)
        columns = self.columns.copy()
        columns[:, self.events] = 0.0
        columns[:, self.stages] = columns[place, self.stages]
        return replace(self, columns=columns, offset=np.full_like(self.offset, self.moved[place]))

    def rows(self, first: date, days: int) -> slice:
        begin = (first - self.first).days
        return slice(begin, begin + days)


def design(
    first: date, days: int, known: PlannedChanges, calls_a_day: float, open_a_year: float, instead: StandIn | None
) -> Design:
    """For so many days. `calls_a_day` is the mean that stages add to, on `open_a_year` open days."""
    season, traits = calendar.season(first, days), calendar.traits(first, days)
    parts = [traits, events.columns(known, first, days), season]
    offset = events.expected(known, first, days, calls_a_day, open_a_year)
    moved = events.expected(PlannedChanges(stages=known.stages), first, days, calls_a_day, open_a_year)
    stages_from = traits.shape[1] + len(events.labels(known))
    if instead is not None:
        offset = offset + instead.logarithm(first, days)
    weekdays = np.asarray((first.weekday() + np.arange(days)) % 7, dtype=np.int64)
    return Design(
        first, np.concatenate(parts, axis=1), season.shape[1], offset, weekdays,
        slice(traits.shape[1], stages_from), slice(stages_from, stages_from + len(known.stages)), moved,
    )  # fmt: skip


@dataclass(frozen=True)
class Fitted:
    """A model of a queue, fitted to a history."""

    history: History
    design: Design
    days: DayModel
    profile: Numbers
    level: DayLevel
    expected: Numbers
    """Calls of each day of the history, without the level."""

    def full_days(self, first: date, days: int) -> Numbers:
        """Calls of days when they are open in all intervals, without the level."""
        rows = self.design.rows(first, days)
        return self.days.calls(self.design.columns[rows], self.design.offset[rows])

    def ahead(self, opened: Numbers) -> tuple[Numbers, Numbers]:
        """Calls of each interval of the days after the history, and the relative variance of each day."""
        days, first = len(opened), self.history.end
        value, variance = self.level.ahead(np.arange(1, days + 1, dtype=np.float64))
        full = self.full_days(first, days) * np.exp(value)
        return full[:, None] * self.profile[self.design.weekdays[self.design.rows(first, days)]] * opened, variance

    def corrected_mean(self, opened: Numbers) -> Numbers:
        """The mean of the last eight same weekdays, times the factor by which the model says that the day differs
        from those eight: a planner's mean that knows the season, holidays and events."""
        days, first = len(opened), self.history.end
        mean = eight_weeks.mean_of_weekdays(self.history, opened, first)
        own = self.full_days(self.history.first, self.history.days)
        weekdays = self.design.weekdays[self.design.rows(self.history.first, self.history.days)]
        usual = np.array([_last(own[self.history.usable & (weekdays == day)]) for day in range(7)])
        usual = np.where(np.isnan(usual), np.nanmean(usual) if not np.isnan(usual).all() else 1.0, usual)
        factor = self.full_days(first, days) / usual[self.design.weekdays[self.design.rows(first, days)]]
        return np.asarray(mean * factor[:, None])

    def as_stand_in(self, ratio: float, days: int, says: str) -> StandIn:
        """What stands in for a queue that has `ratio` times the calls of this one: this one's days without its events,
        and without the services that move into it later."""
        first, end = self.history.first, self.history.days
        weekdays = self.design.weekdays[:days]
        usual = self.design.usual(self.history.end - timedelta(days=1))
        full = self.days.calls(usual.columns[:days], usual.offset[:days]) * ratio
        recent = slice(max(end - _RECENT_DAYS, 0), end)
        last, on = full[recent] * np.exp(self.level.value), weekdays[recent]
        by_weekday = np.array([last[on == day].mean() for day in range(7)])
        return StandIn(by_weekday, self.profile, says, first, np.log(full / by_weekday[weekdays]))


def _last(values: Numbers) -> float:
    return float(values[-eight_weeks.WEEKS :].mean()) if len(values) else float("nan")


def fit(
    history: History, plan: Design, instead: StandIn | None = None, law: LevelLaw | None = None,
    dispersion: float | None = None,
) -> Fitted:  # fmt: skip
    """Fit to the usable days. The law of the level and the dispersion are those given, or the likeliest."""
    use = np.flatnonzero(history.usable)
    rows = plan.rows(history.first, history.days)
    weekdays, columns = plan.weekdays[rows], plan.columns[rows]
    counts = np.where(history.open > 0, np.nan_to_num(history.counts), 0.0)
    profile = weekday_profile(
        counts[use], history.open[use], weekdays[use], _recency(history.days, HALF_SHAPE_DAYS)[use],
        None if instead is None else instead.profile,
    )  # fmt: skip
    part = (profile[weekdays] * history.open).sum(axis=1)
    exposure = part * np.exp(plan.offset[rows])
    wide = _columns_of(columns, plan, use)
    prior = 0.0 if instead is None else WEIGHT_DAYS * float(instead.day_calls.mean())
    days = _day_model(
        history.totals[use], exposure[use], wide[use], _recency(history.days, HALF_DAYS)[use], prior, dispersion
    )
    expected = days.calls(wide, plan.offset[rows]) * part
    residual, variance = level.residuals(np.nan_to_num(history.totals), expected)
    residual[~history.usable | (part <= 0)] = np.nan
    law = law or level.likeliest(residual, variance)
    return Fitted(history, plan, days, profile, level.follow(residual, variance, law), expected)


def _day_model(calls: Numbers, exposure: Numbers, *more: Any) -> DayModel:
    if not len(calls):
        return DayModel(0.0, np.zeros(more[0].shape[1]), 1.0)
    return day_model.fit(calls, exposure, *more)


def _columns_of(columns: Numbers, plan: Design, use: NDArray[np.intp]) -> Numbers:
    """The columns, without the season while the days do not span one."""
    if len(use) and use[-1] - use[0] >= calendar.SEASON_DAYS:
        return columns
    short = columns.copy()
    short[:, columns.shape[1] - plan.seasonal :] = 0.0
    return short


def _recency(days: int, half: float) -> Numbers:
    return np.asarray(0.5 ** (np.arange(days - 1, -1, -1) / half))
