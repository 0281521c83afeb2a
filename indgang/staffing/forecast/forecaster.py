"""The forecast of one queue. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast import bands, calendar, eight_weeks
from indgang.staffing.forecast.accuracy import horizon_of
from indgang.staffing.forecast.blending import Horizon, horizons, mixed, spread_of
from indgang.staffing.forecast.cold_start import WEIGHT_DAYS, StandIn
from indgang.staffing.forecast.events import PlannedChanges
from indgang.staffing.forecast.fitting import Design, Fitted, design, fit
from indgang.staffing.forecast.history import History
from indgang.staffing.forecast.outliers import Outlier, outliers
from indgang.staffing.need import Impossible

#: days that must be counted before a forecast without anything that stands in
LEAST_COUNTED = 14
MOST_DAYS_AHEAD = 366
#: relative variance of a season that nobody has seen yet, beyond eight weeks; and of what stands in for a history
_UNSEEN_SEASON, _STOOD_IN = 0.12**2, 0.25**2
#: times that odd days are looked for
_ROUNDS = 4
#: fewer calls a week than this are said to be few
_FEW_A_WEEK = 20.0


class ForecastRemarkKind(StrEnum):
    """What a planner should know of a forecast."""

    OUTSIDE = "outside"
    """Calls were counted while it was closed; they are not forecast. The number: calls."""
    MISSING = "missing"
    """Open days were not counted. The number: days."""
    FEW = "few"
    """Few calls: a day is mostly chance. The number: calls a week."""
    NO_SEASON = "no_season"
    """Less than a year was counted, so the season is not known. The number: days counted."""
    STOOD_IN = "stood_in"
    """What stands in for a history still counts. The number: the percentage that it counts."""


@dataclass(frozen=True, slots=True)
class ForecastRemark:
    kind: ForecastRemarkKind
    number: float
    says: str = ""


@dataclass(frozen=True)
class Forecast:
    """Expected calls of each interval of the days from `first`."""

    first: date
    calls: Numbers
    mean: Numbers
    """The mean of the last eight same weekdays, which the forecast is held against."""
    day_variance: Numbers
    """Relative variance of each day's calls beyond that of counting."""
    within_day: Numbers
    """The same of an interval, beyond that of its day; one number for each day."""
    horizons: Sequence[Horizon]
    outliers: Sequence[Outlier] = ()
    remarks: Sequence[ForecastRemark] = ()
    fitted: Fitted | None = field(default=None, compare=False, repr=False)

    @property
    def day_calls(self) -> Numbers:
        return np.asarray(self.calls.sum(axis=1))

    def day_band(self, share: float) -> tuple[Numbers, Numbers]:
        """The lowest and highest calls of each day."""
        return bands.band(self.day_calls, self.day_variance, share)

    def interval_band(self, share: float, days: slice = slice(None)) -> tuple[Numbers, Numbers]:
        """The lowest and highest calls of each interval of these days."""
        spread = (self.day_variance + self.within_day)[days, None]
        return bands.band(self.calls[days], spread, share)


def forecast(
    history: History, opened: Numbers, known: PlannedChanges | None = None, instead: StandIn | None = None
) -> Forecast:
    """Forecast the days after the history, for which `opened` says how many times each interval is open.

    `instead` stands in until days were counted. Raises `Impossible` when there is too little to go by.
    """
    _check(history, opened, instead)
    known = known or PlannedChanges()
    plan = design(
        history.first, history.days + len(opened), known, _calls_a_day(history), _open_days_a_year(history, opened),
        instead,
    )  # fmt: skip
    fitted, odd = _without_outliers(history, plan, known, instead)
    measured = horizons(fitted, instead)
    model, in_theory = fitted.ahead(opened)
    places = [horizon_of(number + 1) for number in range(len(opened))]
    weight = np.array([measured[place].weight for place in places])
    variance = np.array([float(spread_of(measured[place], in_theory[number])) for number, place in enumerate(places)])
    variance = variance + _unseen(fitted.history, len(opened), instead)
    return Forecast(
        history.end, mixed(model, fitted.corrected_mean(opened), weight[:, None]),
        eight_weeks.mean_of_weekdays(fitted.history, opened, history.end), variance,
        np.array([measured[place].within_day for place in places]), measured, odd,
        list(_remarks(history, fitted.history, instead)), fitted,
    )  # fmt: skip


def _without_outliers(
    history: History, plan: Design, known: PlannedChanges, instead: StandIn | None
) -> tuple[Fitted, list[Outlier]]:
    """The oddest days are left out first: one of them can make the days beside it seem odd, or hide others."""
    left_out = history
    for _ in range(_ROUNDS):
        fitted = fit(left_out, plan, instead)
        odd = outliers(left_out, fitted.expected, known.kept)
        if not odd:
            break
        left_out = left_out.without({each.day: "" for each in odd[: max(len(odd) // 2, 1)]})
    return fitted, [each for each in outliers(history, fitted.expected, known.kept) if each.day in left_out.excluded]


def _check(history: History, opened: Numbers, instead: StandIn | None) -> None:
    if not 1 <= len(opened) <= MOST_DAYS_AHEAD:
        raise Impossible(f"a forecast is for 1 to {MOST_DAYS_AHEAD} days, not {len(opened)}")
    if opened.shape[1] != history.per_day:
        raise Impossible("the days ahead have the same intervals as the history")
    days = int(history.usable.sum())
    if instead is None and days < LEAST_COUNTED:
        raise Impossible(
            f"{days} open days were counted, and a forecast needs {LEAST_COUNTED}: "
            "give a counted week with its scaling, or a similar queue"
        )


def _calls_a_day(history: History) -> float:
    """The mean of open days, which a stage's volume is added to."""
    totals = history.totals[history.usable]
    return float(totals.mean()) if totals.size else 0.0


def _open_days_a_year(history: History, opened: Numbers) -> float:
    is_open = np.concatenate([history.open.sum(axis=1) > 0, opened.sum(axis=1) > 0])
    return max(float(is_open.mean()) * calendar.YEAR, 1.0)


def _unseen(history: History, days: int, instead: StandIn | None) -> Numbers:
    """The variance of what the history cannot say."""
    found = np.zeros(days)
    used = np.flatnonzero(history.usable)
    if not used.size or used[-1] - used[0] < calendar.SEASON_DAYS:
        found[7 * eight_weeks.WEEKS :] += _UNSEEN_SEASON
    return found + _STOOD_IN * _stand_in_share(history, instead)


def _stand_in_share(history: History, instead: StandIn | None) -> float:
    return 0.0 if instead is None else WEIGHT_DAYS / (WEIGHT_DAYS + float(history.usable.sum()))


def _remarks(history: History, used: History, instead: StandIn | None) -> Iterator[ForecastRemark]:
    if history.outside:
        yield ForecastRemark(ForecastRemarkKind.OUTSIDE, history.outside)
    missing = int(((history.open.sum(axis=1) > 0) & np.isnan(history.counts).any(axis=1)).sum())
    if missing:
        yield ForecastRemark(ForecastRemarkKind.MISSING, missing)
    days = np.flatnonzero(used.usable)
    if days.size:
        weeks = max((days[-1] - days[0] + 1) / 7, 1.0)
        a_week = float(used.totals[days].sum()) / weeks
        if a_week < _FEW_A_WEEK:
            yield ForecastRemark(ForecastRemarkKind.FEW, a_week)
    if not days.size or days[-1] - days[0] < calendar.SEASON_DAYS:
        yield ForecastRemark(ForecastRemarkKind.NO_SEASON, float(days.size))
    if instead is not None:
        yield ForecastRemark(ForecastRemarkKind.STOOD_IN, 100 * _stand_in_share(used, instead), instead.says)
