"""All random times of one replication, drawn in blocks before it begins.

Arrivals, talk, wrap-up, patience and retrials have streams of their own, by seed, replication and queue, and the n-th
arrival of a queue has the n-th of each. Two scenarios with the same seed share them: whoever calls, calls at the same
time with the same question and the same patience, whoever answers. With other volumes the n-th caller stays the same
person and comes earlier or later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.twin.scenario import MOST_ASKED, MOST_TRIES, Inflow, RandomTime, TimeShape, TwinScenario

Times = NDArray[np.float64]
#: days that differ less do not differ; the square of a much smaller spread is 0
_LEAST_DAY_SPREAD = 1e-6


class RandomStream(IntEnum):
    """What a stream of random numbers is for."""

    ARRIVALS = 1
    TALK = 2
    WRAP_UP = 3
    PATIENCE = 4
    RETRY = 5
    RETRY_AFTER = 6
    ACCEPTS = 7
    REACHED = 8
    NEEDS = 9
    SPECIALIST = 10
    SPECIALIST_TALK = 11
    ANSWERS_MESSAGE = 12
    BUSYNESS = 13


@dataclass(frozen=True, slots=True)
class ConsultDraws:
    """Of each arrival: whether it needs the second level, a number from 0 to 1 for each colleague who is rung (they
    answer when theirs is below their share), how long that colleague talks, and how long a message waits."""

    needs: NDArray[np.bool_]
    answers: Times
    talk: Times
    answers_message: Times


@dataclass(frozen=True, slots=True)
class InflowDraws:
    """The times of one inflow, in seconds; a row for each arrival, and a column for each try where there are several.

    `patience` is infinite for those who never hang up. `returns` is when somebody calls again after having hung up,
    infinite for those who do not. `accepts` says who accepts a callback; `reached`, with a column for each attempt, is
    a number from 0 to 1 to compare with the share of callbacks that are answered.
    """

    arrivals: Times
    talk: Times
    wrap_up: Times
    patience: Times
    returns: Times
    accepts: NDArray[np.bool_]
    reached: Times
    consults: ConsultDraws | None


def draw(scenario: TwinScenario, seed: int, replication: int) -> list[InflowDraws]:
    """The draws of each inflow. The same scenario, seed and replication give the same numbers."""
    seen: dict[str, int] = {}
    drawn = []
    for inflow in scenario.inflows:
        nth = seen[inflow.queue] = seen.get(inflow.queue, 0) + 1
        drawn.append(_draw(inflow, scenario.interval_seconds, (seed, replication, crc32(inflow.queue.encode()), nth)))
    return drawn


def known(
    *, arrivals: Sequence[float], talk: Sequence[float], wrap_up: Sequence[float], patience: Sequence[float]
) -> InflowDraws:
    """The times of calls that are known one by one, in order of arrival: nobody tries again or is called back."""
    count = len(arrivals)
    return InflowDraws(
        np.asarray(arrivals, dtype=np.float64), np.asarray(talk, dtype=np.float64),
        np.asarray(wrap_up, dtype=np.float64), np.asarray(patience, dtype=np.float64).reshape(count, 1),
        np.full((count, 1), np.inf), np.zeros(count, dtype=bool), np.zeros((count, 0)), None,
    )  # fmt: skip


def _draw(inflow: Inflow, interval_seconds: float, key: tuple[int, ...]) -> InflowDraws:
    expected = _of_days(inflow, interval_seconds, key)
    arrivals = _arrivals(expected, interval_seconds, _stream(key, RandomStream.ARRIVALS))
    count = len(arrivals)
    tries = (count, MOST_TRIES if inflow.retry else 1)
    patience = np.full(tries, np.inf)
    if inflow.patience is not None:
        patience = times(inflow.patience, tries, _stream(key, RandomStream.PATIENCE))
    returns = np.full(tries, np.inf)
    if inflow.retry is not None:
        after = times(inflow.retry.after, tries, _stream(key, RandomStream.RETRY_AFTER))
        does = _stream(key, RandomStream.RETRY).random(tries) < inflow.retry.share
        returns = np.where(does, after, np.inf)
        returns[:, -1] = np.inf
    return InflowDraws(
        arrivals, times(inflow.talk, count, _stream(key, RandomStream.TALK)),
        times(inflow.wrap_up, count, _stream(key, RandomStream.WRAP_UP)), patience, returns,
        *_callbacks(inflow, count, key), _consults(inflow, count, key),
    )  # fmt: skip


def _consults(inflow: Inflow, count: int, key: tuple[int, ...]) -> ConsultDraws | None:
    wanted = inflow.consulting
    if wanted is None:
        return None
    return ConsultDraws(
        _stream(key, RandomStream.NEEDS).random(count) < wanted.share,
        _stream(key, RandomStream.SPECIALIST).random((count, MOST_ASKED)),
        times(wanted.talk, count, _stream(key, RandomStream.SPECIALIST_TALK)),
        times(wanted.answers_message, count, _stream(key, RandomStream.ANSWERS_MESSAGE)),
    )


def _callbacks(inflow: Inflow, count: int, key: tuple[int, ...]) -> tuple[NDArray[np.bool_], Times]:
    if not inflow.accepts_callback:
        return np.zeros(count, dtype=bool), np.zeros((count, 0))
    accepts = _stream(key, RandomStream.ACCEPTS).random(count) < inflow.accepts_callback
    return accepts, _stream(key, RandomStream.REACHED).random((count, MOST_TRIES))


def _stream(key: tuple[int, ...], purpose: RandomStream) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((*key, purpose))))


def _of_days(inflow: Inflow, interval_seconds: float, key: tuple[int, ...]) -> Times:
    """The expected arrivals, busier on some days than on others."""
    expected = np.asarray(inflow.arrivals)
    if inflow.day_spread < _LEAST_DAY_SPREAD:
        return expected
    day = (np.arange(len(expected)) * interval_seconds // 86_400.0).astype(np.int64)
    variance = inflow.day_spread**2
    busyness = _stream(key, RandomStream.BUSYNESS).gamma(1 / variance, variance, int(day[-1]) + 1)
    return np.asarray(expected * busyness[day])


def _arrivals(expected: Times, interval_seconds: float, random: np.random.Generator) -> Times:
    """A Poisson process whose rate is constant in each interval: one of rate 1, with its time stretched.

    Longer blocks begin with the same numbers, so that the n-th arrival does not depend on the volume.
    """
    passed = np.concatenate(([0.0], np.cumsum(expected)))
    whole = passed[-1]
    steps = random.standard_exponential(int(whole + 6 * np.sqrt(whole)) + 16)
    while (moments := np.cumsum(steps))[-1] < whole:
        steps = np.concatenate((steps, random.standard_exponential(len(steps))))
    moments = moments[: int(np.searchsorted(moments, whole))]
    return np.asarray(np.interp(moments, passed, np.arange(len(passed)) * interval_seconds))


def times(wanted: RandomTime, shape: int | tuple[int, ...], random: np.random.Generator) -> Times:
    """So many random times, in seconds."""
    if wanted.shape is TimeShape.CONSTANT or wanted.mean == 0.0:
        return np.full(shape, wanted.mean)
    if wanted.shape is TimeShape.EXPONENTIAL:
        return wanted.mean * random.standard_exponential(shape)
    variance = np.log1p(wanted.spread**2)
    return np.asarray(wanted.mean * np.exp(np.sqrt(variance) * random.standard_normal(shape) - variance / 2))
