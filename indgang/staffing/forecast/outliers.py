"""Days that are far from what was expected. They are shown, and left out unless a planner keeps them. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast.history import History

#: a day is odd when it is so many deviations off, and by at least this factor
FAR, LEAST_FACTOR = 5.0, 1.5
#: and not more than this share of the days are odd: what happens often is no exception
MOST = 0.05
#: same weekdays before and after that a day is compared with
_AROUND = 4


@dataclass(frozen=True, slots=True)
class Outlier:
    """A day with far more or fewer calls than expected."""

    day: date
    counted: float
    expected: float


def outliers(history: History, expected: Numbers, kept: Container[date] = ()) -> list[Outlier]:
    """The odd days among those that a model learns from, the oddest first. `expected` is for each day of the history;
    days in `kept` are never odd.

    A day is odd only if it is also far from the same weekdays around it: an odd day can pull the effect of its holiday
    along, and then the other days of the holiday are far from what was expected.
    """
    places = np.flatnonzero(history.usable)
    counted, mean = history.totals[places], expected[places]
    off = _distance(counted, mean)
    spread = max(1.4826 * float(np.median(np.abs(off - np.median(off)))), 1.0) if off.size else 1.0
    odd = np.flatnonzero((np.abs(off) > FAR * spread) & _apart(counted, mean))
    found = []
    for number in odd.tolist():
        day = history.dates[places[number]]
        usual = _usual(places, counted, number)
        if day not in kept and _apart(counted[number], usual):
            from_usual = abs(float(_distance(counted[number], usual)))
            found.append((from_usual, Outlier(day, float(counted[number]), float(mean[number]))))
    found.sort(key=lambda each: -each[0])
    return [each for _off, each in found[: int(MOST * len(places))]]


def _distance(counted: Numbers, expected: Numbers | float) -> Numbers:
    """In deviations of counting."""
    return np.asarray(2 * (np.sqrt(counted + 0.375) - np.sqrt(np.asarray(expected) + 0.375)))


def _apart(counted: Numbers, expected: Numbers | float) -> NDArray[np.bool_]:
    return np.asarray(np.abs(np.log((counted + 0.5) / (np.asarray(expected) + 0.5))) > np.log(LEAST_FACTOR))


def _usual(places: NDArray[np.intp], counted: Numbers, number: int) -> float:
    """The middle of the same weekdays around the day."""
    same = np.flatnonzero((places - places[number]) % 7 == 0)
    at = int(np.searchsorted(same, number))
    around = same[max(at - _AROUND, 0) : at + _AROUND + 1]
    return float(np.median(counted[around]))
