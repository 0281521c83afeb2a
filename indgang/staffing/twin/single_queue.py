"""One queue, alike agents, first come first served: many copies of it played at once with numpy. Pure.

For tables of many loads and numbers of agents, where skills, breaks and priorities do not matter. It plays the same
calls as the twin, to the same waits (a test compares them call by call), and some ten times faster than it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.twin.draws import Times, times
from indgang.staffing.twin.result import Estimated
from indgang.staffing.twin.scenario import MOST_CALLS, MOST_PEOPLE, BadScenario, RandomTime


@dataclass(frozen=True, slots=True)
class QueueEstimate:
    """What callers of one queue meet, with intervals over the copies. Shares are of all callers, waits in seconds."""

    in_time: Estimated
    abandoned: Estimated
    mean_wait: Estimated


def waits(agents: int, arrivals: Times, handling: Times, patience: Times) -> tuple[Times, NDArray[np.bool_]]:
    """How long each caller waits, and who is answered. All arrays have a row for each caller in turn, and a column for
    each copy of the queue; arrivals of a copy do not decrease. Who is not answered waits for their patience.
    """
    copies = arrivals.shape[1]
    free = np.full((copies, max(agents, 1)), 0.0 if agents else np.inf)
    flat, base = free.ravel(), np.arange(copies) * free.shape[1]
    waited, answered = np.empty_like(arrivals), np.empty(arrivals.shape, dtype=bool)
    for at, lasts, patient, wait, taken in zip(arrivals, handling, patience, waited, answered, strict=True):
        first = base + free.argmin(axis=1)
        begins = flat[first]
        before = np.maximum(begins, at)
        np.subtract(before, at, out=wait)
        np.less_equal(wait, patient, out=taken)
        flat[first] = np.where(taken, before + lasts, begins)
        np.minimum(wait, patient, out=wait)
    return waited, answered


def estimate(
    agents: int,
    calls_a_second: float,
    handling: RandomTime,
    patience: RandomTime | None = None,
    *,
    within: float = 20.0,
    calls: int = 2_000,
    warm_up: int = 200,
    copies: int = 500,
    seed: int = 1,
) -> QueueEstimate:
    """Play `copies` of the queue with so many calls each; the first `warm_up` are not counted. Raises BadScenario."""
    if not 0 <= agents <= MOST_PEOPLE:
        raise BadScenario(f"{agents} agents; give 0 to {MOST_PEOPLE:,}")
    if not 0 < calls_a_second < float("inf"):
        raise BadScenario(f"{calls_a_second:g} calls a second; give more than 0")
    if not 0 <= warm_up < calls or copies < 1 or calls * copies > MOST_CALLS * 4:
        raise BadScenario(f"{calls} calls of {copies} copies, {warm_up} before counting: these do not fit together")
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, agents))))
    shape = (calls, copies)
    arrivals = np.cumsum(random.standard_exponential(shape), axis=0) / calls_a_second
    patient = np.full(shape, np.inf) if patience is None else times(patience, shape, random)
    waited, answered = waits(agents, arrivals, times(handling, shape, random), patient)
    waited, answered = waited[warm_up:], answered[warm_up:]
    return QueueEstimate(
        _of((answered & (waited <= within)).mean(axis=0)), _of(1.0 - answered.mean(axis=0)), _of(waited.mean(axis=0))
    )


def _of(values: Times) -> Estimated:
    return Estimated.of(values.tolist())
