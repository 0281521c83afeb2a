"""How long a call takes, by weekday and interval. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible

#: the mean of all calls weighs as much as so many calls of the interval itself
BORROWED_CALLS = 50.0
#: no call takes longer on average; more is a fault of the input
LONGEST_SECONDS = 4 * 3600.0


@dataclass(frozen=True)
class HandlingTimes:
    """Seconds of a call (talk, hold and after-call work): seven rows with a column for each interval."""

    seconds: Numbers
    mean: float
    calls: float
    """So many were measured; 0 when another mean stands in."""


def handling_times(calls: Numbers, seconds: Numbers, instead: float | None = None) -> HandlingTimes:
    """From the calls that were handled and the seconds that they took together, by weekday and interval.

    `instead` is the mean that counts as 50 calls until there are more: a similar queue's, or an assumption. Raises
    `Impossible` when there is neither a call nor such a mean.
    """
    total = float(calls.sum())
    if np.any(calls < 0) or np.any(seconds < 0):
        raise Impossible("handled calls and their seconds are 0 or more")
    if not total and instead is None:
        raise Impossible("no handled call was measured: say how many seconds a call takes, or name a similar queue")
    own = float(seconds.sum()) + (BORROWED_CALLS * instead if instead is not None else 0.0)
    mean = own / (total + (BORROWED_CALLS if instead is not None else 0.0))
    if not mean <= LONGEST_SECONDS:
        raise Impossible(f"a call takes at most {LONGEST_SECONDS:g} seconds, not {mean:g}")
    shrunk = (seconds + BORROWED_CALLS * mean) / (calls + BORROWED_CALLS)
    return HandlingTimes(np.asarray(shrunk), mean, total)
