"""What a scenario needs to know, estimated from what happened: arrivals, handling times and patience, and how well a
simulation with them fits. Pure: numbers in, numbers out.

Times are in seconds. The caller reads them from the log of the live centre.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indgang.staffing.twin.result import CONFIDENCE, Estimated, TwinResult
from indgang.staffing.twin.scenario import BadScenario, RandomTime, TimeShape

Numbers = NDArray[np.float64]
#: a wait of no time counts as so many seconds
_SHORTEST = 0.5
#: of the logarithms of a lognormal patience, least and most: beyond, few who hung up say nothing about the rest
_DEVIATIONS = (0.05, 2.5)


# --- patience --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PatienceFit:
    """The mean patience and its 95 % interval. Without anybody who hung up there is only a least value."""

    mean: float | None
    least: float
    most: float | None
    abandoned: int
    waited_seconds: float

    def as_random_time(self) -> RandomTime | None:
        """For a scenario; None when nobody hung up."""
        return RandomTime(self.mean) if self.mean is not None else None


def patience(waits: ArrayLike, has_abandoned: ArrayLike) -> PatienceFit:
    """From how long each caller waited, and who hung up. Of those who were answered only a least patience is known.

    For exponential patience the most likely mean is the total wait of all callers over the number who hung up, and
    twice the total over the mean has a chi-square distribution (docs/algorithms/simulation.md). Raises BadScenario for
    waits that are negative or not finite.
    """
    from scipy import special

    waited, left = _checked("waits", waits), np.asarray(has_abandoned, dtype=bool)
    if waited.shape != left.shape:
        raise BadScenario("waits and who hung up must be of the same callers")
    total, lost = float(waited.sum()), int(left.sum())
    tail = (1 - CONFIDENCE) / 2
    least = total / float(special.gammaincinv(max(lost, 1), 1 - tail))
    if not lost:
        return PatienceFit(None, least, None, 0, total)
    return PatienceFit(total / lost, least, total / float(special.gammaincinv(lost, tail)), lost, total)


def patience_time(waits: ArrayLike, has_abandoned: ArrayLike) -> RandomTime | None:
    """The likelier of an exponential and a lognormal patience, of callers of whom those who were answered are known to
    have waited so long at least. None when nobody hung up. Raises BadScenario as `patience`."""
    simple = patience(waits, has_abandoned)
    if simple.mean is None:
        return None
    left = np.asarray(has_abandoned, dtype=bool)
    waited = np.maximum(_checked("waits", waits), _SHORTEST)
    exponential = -simple.abandoned * (np.log(simple.mean) + 1.0)
    shaped, lognormal = _censored_lognormal(waited, left, simple.mean)
    return RandomTime(simple.mean) if exponential - 1 >= lognormal - 2 else shaped  # Akaike, as below


def _censored_lognormal(waited: Numbers, left: NDArray[np.bool_], mean: float) -> tuple[RandomTime, float]:
    """The likeliest one and its log-likelihood. Equal waits are taken together."""
    from scipy import optimize, special

    seconds, places = np.unique(waited, return_inverse=True)
    lost, kept = (np.bincount(places, weights=which, minlength=len(seconds)) for which in (left, ~left))
    logs = np.log(seconds)

    def unlikely(at: Numbers) -> float:
        scaled = (logs - at[0]) / np.exp(at[1])
        density = -logs - at[1] - np.log(2 * np.pi) / 2 - scaled**2 / 2
        return -float(lost @ density + kept @ special.log_ndtr(-scaled))

    around, widths = float(np.log(mean)), (np.log(_DEVIATIONS[0]), np.log(_DEVIATIONS[1]))
    bounds = [(around - 10, around + 10), widths]
    found = optimize.minimize(unlikely, np.asarray([around, 0.0]), method="Nelder-Mead", bounds=bounds)
    deviation = float(np.exp(found.x[1]))
    time = RandomTime(
        float(np.exp(found.x[0] + deviation**2 / 2)), TimeShape.LOGNORMAL, float(np.sqrt(np.expm1(deviation**2)))
    )
    return time, -float(found.fun)


def still_waiting(waits: ArrayLike, has_abandoned: ArrayLike) -> list[tuple[float, float]]:
    """The share whose patience lasts longer, at each time at which somebody hung up (Kaplan and Meier, 1958).

    It assumes no shape of the patience, and shows whether an exponential one fits: `exp(-seconds / mean)`.
    """
    waited, left = _checked("waits", waits), np.asarray(has_abandoned, dtype=bool)
    moments, lost = np.unique(waited[left], return_counts=True)
    at_risk = len(waited) - np.searchsorted(np.sort(waited), moments, side="left")
    return list(zip(moments.tolist(), np.cumprod(1.0 - lost / at_risk).tolist(), strict=True))


# --- handling times --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandlingFit:
    """The likelier of an exponential and a lognormal time. `distance` is the largest difference between the observed
    and the fitted share of times that are shorter (Kolmogorov and Smirnov); `passed_over` times were not above 0."""

    time: RandomTime
    distance: float
    count: int
    passed_over: int


def handling(seconds: ArrayLike) -> HandlingFit:
    """From the handling times of single calls. The mean is that of the times, whatever the shape; the spread of a
    lognormal one is that of the logarithms. Raises BadScenario when fewer than two times are above 0."""
    from scipy import special

    everything = _checked("handling times", seconds)
    known = np.sort(everything[everything > 0])
    if known.size < 2:
        raise BadScenario(f"{known.size} handling times above 0 seconds: at least two are needed")
    mean, logs = float(known.mean()), np.log(known)
    deviation = max(float(logs.std(ddof=1)), 1e-9)
    exponential = -known.size * (np.log(mean) + 1.0)
    lognormal = float(-logs.sum() - known.size * (np.log(deviation * sqrt(2 * np.pi)) + 0.5))
    if exponential - 1 >= lognormal - 2:  # the lognormal has a parameter more (Akaike)
        time, shorter = RandomTime(mean), -np.expm1(-known / mean)
    else:
        time = RandomTime(mean, TimeShape.LOGNORMAL, float(np.sqrt(np.expm1(deviation**2))))
        shorter = special.ndtr((logs - np.log(mean) + deviation**2 / 2) / deviation)
    steps = np.arange(known.size + 1) / known.size
    distance = max(float(np.abs(shorter - steps[1:]).max()), float(np.abs(shorter - steps[:-1]).max()))
    return HandlingFit(time, distance, known.size, everything.size - known.size)


# --- arrivals --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ArrivalFit:
    """Expected arrivals of each interval of a day, and how much whole days differ beyond chance.

    `day_spread` is the standard deviation of a day's busyness over its mean: 0 when days differ no more than those of a
    Poisson process do in 19 of 20 cases. `dispersion` is the variance of an interval's count over its mean, over all
    intervals; Poisson has 1.
    """

    expected: tuple[float, ...]
    day_spread: float
    dispersion: float | None
    days: int


def arrivals(counts: ArrayLike) -> ArrivalFit:
    """From counted days, one row for each with a column for each interval. Days of one kind belong together (weekdays
    of one season); raises BadScenario for an empty table or counts below 0."""
    from scipy import special

    table = _checked("counts", counts)
    if table.ndim != 2 or not table.size:
        raise BadScenario("counts are a table with a row for each day and a column for each interval")
    days, expected = len(table), table.mean(axis=0)
    if days < 2:
        return ArrivalFit(tuple(expected.tolist()), 0.0, None, days)
    total, variance = float(expected.sum()), float(table.sum(axis=1).var(ddof=1))
    chance = 2 * float(special.gammaincinv((days - 1) / 2, CONFIDENCE)) / (days - 1)  # chi-square over its degrees
    spread = sqrt(variance - total) / total if variance > chance * total else 0.0
    dispersion = float(table.var(axis=0, ddof=1).sum()) / total if total else None
    return ArrivalFit(tuple(expected.tolist()), spread, dispersion, days)


# --- the fit ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FitLine:
    """One figure as it was observed, day by day, and as it is simulated, replication by replication."""

    name: str
    observed: Estimated
    simulated: Estimated

    @property
    def agrees(self) -> bool | None:
        """Whether the difference is within chance; None when one of them is not known well enough to tell."""
        left, right = self.observed, self.simulated
        if left.mean is None or right.mean is None or left.half_width is None or right.half_width is None:
            return None
        return abs(left.mean - right.mean) <= sqrt(left.half_width**2 + right.half_width**2)


def fit(observed: Mapping[str, Sequence[float]], result: TwinResult, queue: str | None = None) -> list[FitLine]:
    """Observed figures by name (as in `result.FIGURES`), one value for each day, beside the simulated ones."""
    return [FitLine(name, Estimated.of(values), result.estimate(name, queue)) for name, values in observed.items()]


def _checked(name: str, values: ArrayLike) -> Numbers:
    found = np.asarray(values, dtype=np.float64)
    if not np.isfinite(found).all() or (found < 0).any():
        raise BadScenario(f"{name} must be finite and not below 0")
    return found
