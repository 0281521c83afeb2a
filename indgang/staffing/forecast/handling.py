"""How long a call takes, by weekday and interval, and the range of its mean. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible

#: the mean of all calls weighs as much as so many calls of the interval itself
BORROWED_CALLS = 50.0
#: no call takes longer on average; more is a fault of the input
LONGEST_SECONDS = 4 * 3600.0
#: intervals of single days, beyond the first of each weekday and interval, from which a variance is known
LEAST_REPEATED = 30


@dataclass(frozen=True)
class HandlingTimes:
    """Seconds of a call (talk, hold and after-call work): seven rows with a column for each interval."""

    seconds: Numbers
    mean: float
    calls: float
    """So many were measured; 0 when another mean stands in."""
    known: Numbers
    """The calls behind each of `seconds`, those that are borrowed included."""
    variance: float | None = None
    """Of one call around the mean of its weekday and interval, in seconds squared; None when it is not known."""

    def of_days(self, first: date, days: int) -> HandlingTimes:
        """The same with a row for each of the days from `first`."""
        weekdays = (first.weekday() + np.arange(days)) % 7
        return HandlingTimes(self.seconds[weekdays], self.mean, self.calls, self.known[weekdays], self.variance)

    def joined(self, weights: Numbers, together: int) -> HandlingTimes:
        """The same with so many intervals made into one. `weights` are the calls of each interval; where there are
        none, all count alike."""
        shape = len(self.seconds), -1, together
        calls, seconds, known = (each.reshape(shape) for each in (weights, self.seconds, self.known))
        shares = np.where(calls.sum(axis=2, keepdims=True) > 0, calls, 1.0)
        mean = (shares * seconds).sum(axis=2) / shares.sum(axis=2)
        return HandlingTimes(mean, self.mean, self.calls, known.sum(axis=2), self.variance)

    def band(self, calls: Numbers, share: float) -> tuple[Numbers, Numbers] | None:
        """The lowest and highest mean of so many calls in each interval; with less than one call, of one.

        The mean of *n* calls varies by an nth of one call's variance, and the mean that is forecast by its share of
        the calls behind it; both together follow a Gamma law. None when the variance is not known.
        """
        from scipy import stats

        if not 0 < share < 1:
            raise Impossible(f"the share within a band is between 0 and 1, not {share:g}")
        if self.variance is None:
            return None
        if self.variance == 0:
            return self.seconds, self.seconds
        spread = self.variance * (1 / np.maximum(calls, 1.0) + 1 / self.known)
        shape, scale = self.seconds**2 / spread, spread / self.seconds
        low, high = (stats.gamma.ppf(tail, shape, scale=scale) for tail in ((1 - share) / 2, (1 + share) / 2))
        return np.asarray(low), np.asarray(high)


def handling_times(
    calls: Numbers, seconds: Numbers, instead: float | None = None, variance: float | None = None
) -> HandlingTimes:
    """From the calls that were handled and the seconds that they took together, by weekday and interval.

    `instead` is the mean that counts as 50 calls until there are more: a similar queue's, or an assumption. `variance`
    is that of `variance_of_a_call`. Raises `Impossible` when there is neither a call nor such a mean.
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
    return HandlingTimes(np.asarray(shrunk), mean, total, calls + BORROWED_CALLS, variance)


def variance_of_a_call(calls: Numbers, seconds: Numbers, squares: Numbers, intervals: Numbers) -> float | None:
    """The variance of one call around the mean of its weekday and interval, in seconds squared.

    Of an interval of one day only the calls and their seconds together are counted. Their mean varies by one call's
    variance over the calls, so seconds squared over calls, summed (`squares`), say how much. `intervals` is how many
    such intervals with calls each weekday and interval has. None when too few came again.
    """
    repeated = float(np.maximum(intervals - 1, 0).sum())
    if repeated < LEAST_REPEATED:
        return None
    of_mean = np.divide(seconds**2, calls, out=np.zeros_like(seconds), where=calls > 0)
    found = float((squares - of_mean).sum()) / repeated
    # equal times differ by rounding alone
    return found if found > 1e-9 * float(squares.sum()) / repeated else 0.0
