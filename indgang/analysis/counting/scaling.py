"""From a counted week to a year. Pure.

A year is the mean of the counted days times the working days of a year, so the factor is stated and not chosen: five
days and 250 give 50. The interval rests on how the days differ: a Student's t interval of the mean day. It knows
nothing of how weeks and seasons differ, which one week cannot show. Source: R-115 (yearly figures in steps of 50).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt

import numpy as np

from indgang.core import students_t

#: two-sided
CONFIDENCE = 0.95
#: figures of a year are rounded to this (001:3234)
STEP = 50


@dataclass(frozen=True, slots=True)
class YearEstimate:
    """`counted` enquiries in `days` days, and what they are in a year, rounded; with an interval if there is one."""

    counted: int
    days: int
    factor: float
    year: int
    low: int | None
    high: int | None


def in_a_year(by_day: Sequence[int], *, days_a_year: int, rounds_to: int = STEP) -> YearEstimate:
    """The year of a number of enquiries for each counted day.

    Raises ValueError without a day, for a negative number, and for a year without days.

    >>> in_a_year([20, 18, 22, 19, 21], days_a_year=250)
    YearEstimate(counted=100, days=5, factor=50.0, year=5000, low=3600, high=6400)
    """
    if not by_day or min(by_day) < 0 or days_a_year < 1 or rounds_to < 1:
        raise ValueError("days with numbers of enquiries, and a year with days, are needed")
    counted, days = sum(by_day), len(by_day)
    factor = days_a_year / days
    low, high = interval(by_day, days_a_year, rounds_to) or (None, None)
    return YearEstimate(counted, days, factor, rounded(counted * factor, rounds_to), low, high)


@dataclass(frozen=True, slots=True)
class ScaledDays:
    """Counted enquiries of each day of one count, and the factor that makes them a year."""

    by_day: Sequence[int]
    factor: float


def interval(by_day: Sequence[int], days_a_year: float, rounds_to: int = STEP) -> tuple[int, int] | None:
    """The bounds of a year, rounded, none below zero; None for one day, which says nothing of how days differ.

    At least the chance of independent enquiries is taken (variance = mean): days that happen to agree are no proof.
    """
    return interval_of_sum([ScaledDays(by_day, days_a_year / len(by_day))], rounds_to) if by_day else None


def interval_of_sum(counts: Sequence[ScaledDays], rounds_to: int = STEP) -> tuple[int, int] | None:
    """As `interval`, of several counts together, each of days of its own: their deviations add up as those of
    independent sums do. None when one of them says nothing of how its days differ.

    >>> interval_of_sum([ScaledDays([20, 18, 22, 19, 21], 50), ScaledDays([20, 18, 22, 19, 21], 50)])
    (8050, 11950)
    """
    reaches = [_reach_of(each.by_day, max(float(np.mean(each.by_day)), 0.0)) * each.factor
               for each in counts if len(each.by_day) > 1]  # fmt: skip
    if not counts or len(reaches) < len(counts):
        return None
    centre, reach = sum(sum(each.by_day) * each.factor for each in counts), hypot(*reaches)
    return rounded(max(centre - reach, 0.0), rounds_to), rounded(centre + reach, rounds_to)


def share_interval(parts: Sequence[int], wholes: Sequence[int]) -> tuple[float, float] | None:
    """The bounds of a share, from how the days differ from it (a ratio estimate); None for one day, and for nothing.

    At least the chance of independent enquiries is taken here too.

    >>> share_interval([5, 6, 4], [10, 12, 8])
    (0.1072, 0.8928)
    """
    return share_interval_of_sum([ScaledDays(parts, 1.0)], [ScaledDays(wholes, 1.0)])


def share_interval_of_sum(parts: Sequence[ScaledDays], wholes: Sequence[ScaledDays]) -> tuple[float, float] | None:
    """As `share_interval`, of several counts together, each of days of its own."""
    whole = sum(sum(each.by_day) * each.factor for each in wholes)
    if whole <= 0 or min(len(each.by_day) for each in wholes) < 2:
        return None
    share = sum(sum(each.by_day) * each.factor for each in parts) / whole
    reaches = []
    for part, of in zip(parts, wholes, strict=True):
        beside = [one - share * all_of_it for one, all_of_it in zip(part.by_day, of.by_day, strict=True)]
        chance = max(float(np.mean(of.by_day)) * share * (1 - share), 0.0)
        reaches.append(_reach_of(beside, chance) * of.factor)
    reach = hypot(*reaches) / whole
    return round(min(max(share - reach, 0.0), 1.0), 4), round(max(min(share + reach, 1.0), 0.0), 4)


def _reach_of(values: Sequence[float], chance: float) -> float:
    """How far the sum of the days may be from that of as many true ones; `chance` is the least variance of a day."""
    deviation = max(float(np.std(values, ddof=1)), sqrt(chance))
    return len(values) * _reach(len(values), deviation)


def _reach(days: int, deviation: float) -> float:
    """How far the mean of so many days may be from the true one."""
    return students_t.quantile(days - 1, (1 + CONFIDENCE) / 2) * deviation / sqrt(days)


def rounded(value: float, step: int = STEP) -> int:
    """To the nearest step; halves go up.

    >>> rounded(125, 50), rounded(124, 50)
    (150, 100)
    """
    return int((value + step / 2) // step) * step


def place(days: Sequence[date], day: date) -> int:
    """The place of a day among those that count; a day between them belongs to the one before.

    >>> place([date(2026, 3, 6), date(2026, 3, 9)], date(2026, 3, 8))
    0
    """
    return max(bisect_right(days, day) - 1, 0)
