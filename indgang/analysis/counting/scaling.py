"""From a counted week to a year. Pure.

A year is the mean of the counted days times the working days of a year, so the factor is stated and not chosen: five
days and 250 give 50. The interval rests on how the days differ: a Student's t interval of the mean day. It knows
nothing of how weeks and seasons differ, which one week cannot show. Source: R-115 (yearly figures in steps of 50).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

from scipy.special import stdtrit

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class YearEstimate:
    """`counted` enquiries in `days` days, and what they are in a year, rounded; with an interval if there is one."""

    counted: int
    days: int
    factor: float
    year: int
    low: int | None
    high: int | None


def in_a_year(by_day: Sequence[int], *, days_a_year: int, rounds_to: int = 50) -> YearEstimate:
    """The year of a number of enquiries for each counted day.

    At least the chance of independent enquiries is taken (variance = mean): days that happen to agree are no proof.
    One day has no interval. Raises ValueError without a day, for a negative number, and for a year without days.

    >>> in_a_year([20, 18, 22, 19, 21], days_a_year=250)
    YearEstimate(counted=100, days=5, factor=50.0, year=5000, low=3600, high=6400)
    """
    if not by_day or min(by_day) < 0 or days_a_year < 1 or rounds_to < 1:
        raise ValueError("days with numbers of enquiries, and a year with days, are needed")
    counted, days = sum(by_day), len(by_day)
    factor = days_a_year / days
    low = high = None
    if days > 1:
        low, high = (rounded(bound, rounds_to) for bound in _interval(by_day, days_a_year))
    return YearEstimate(counted, days, factor, rounded(counted * factor, rounds_to), low, high)


def _interval(by_day: Sequence[int], days_a_year: int) -> tuple[float, float]:
    """The bounds of a year, none below zero."""
    centre = mean(by_day)
    deviation = max(stdev(by_day), sqrt(centre))
    reach = float(stdtrit(len(by_day) - 1, (1 + CONFIDENCE) / 2)) * deviation / sqrt(len(by_day))
    return max(centre - reach, 0.0) * days_a_year, (centre + reach) * days_a_year


def rounded(value: float, step: int) -> int:
    """To the nearest step; halves go up.

    >>> rounded(125, 50), rounded(124, 50)
    (150, 100)
    """
    return int((value + step / 2) // step) * step
