"""How many agents meet a target: the whole number that suffices, and the real number before rounding. Pure.

A target is a set of limits that all hold. Whole numbers are what one queue needs in one interval. Needs of several
queues or intervals are added as real numbers, because rounding each of them up overstates the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indgang.staffing.erlang import Numbers, QueueOutcome, checked, erlang_a, erlang_c, require_positive

#: more agents than this for one queue are taken for an error of the input
MOST_AGENTS = 1_000_000
#: halvings until the real number is known to 1e-9 agents
_HALVINGS = 30


class Impossible(ValueError):
    """A target that no number of agents meets, or one that says nothing. The message names the limit and its unit."""


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """Limits for one queue. Shares are between 0 and 1, times in seconds; None is no limit."""

    in_time: float | None = None
    """At least this share of all callers is answered `within` seconds."""
    within: float = 20.0
    mean_wait: float | None = None
    """All callers wait at most so long on average, those who hang up included."""
    abandoned: float | None = None
    """At most this share hangs up. Needs a patience: without one nobody hangs up."""
    occupancy: float | None = None
    """Agents spend at most this share of their time on calls."""

    def __post_init__(self) -> None:
        if all(getattr(self, each.name) is None for each in fields(self) if each.name != "within"):
            raise Impossible("a target needs at least one limit")
        for name in ("in_time", "abandoned", "occupancy"):
            share = getattr(self, name)
            if share is not None and not 0.0 <= share <= 1.0:
                raise Impossible(f"{name} is a share between 0 and 1, not {share:g}")
        if self.in_time == 1.0:
            raise Impossible("in_time: no number of agents answers every caller in time; ask for 0.99 or less")
        if not (np.isfinite(self.within) and self.within >= 0):
            raise Impossible(f"within is a number of seconds, 0 or more, not {self.within:g}")
        for name in ("mean_wait", "abandoned", "occupancy"):
            if getattr(self, name) == 0.0:
                raise Impossible(f"{name}: no number of agents brings it to 0")
        if self.mean_wait is not None and not self.mean_wait > 0:
            raise Impossible(f"mean_wait is a number of seconds above 0, not {self.mean_wait:g}")

    def is_met(self, outcome: QueueOutcome) -> NDArray[np.bool_]:
        """Whether each outcome keeps all limits."""
        met = np.ones(outcome.waiting.shape, dtype=bool)
        if self.in_time is not None:
            met &= outcome.in_time >= self.in_time
        if self.mean_wait is not None:
            met &= outcome.mean_wait <= self.mean_wait
        if self.abandoned is not None:
            met &= outcome.abandoned <= self.abandoned
        if self.occupancy is not None:
            met &= outcome.occupancy <= self.occupancy
        return met


@dataclass(frozen=True, slots=True)
class Need:
    """What each interval needs."""

    whole: NDArray[np.int64]
    real: Numbers


def agents_for(
    load: ArrayLike, handling: ArrayLike, target: ServiceTarget, patience: ArrayLike | None = None
) -> NDArray[np.int64]:
    """The fewest agents that meet the target, for each load (Erlang) and handling time (seconds).

    By Erlang A with a mean `patience` in seconds, else by Erlang C. Raises `Impossible`, or ValueError for input that
    is negative, not finite or needs more than a million agents.
    """
    if patience is None:
        _refuse_abandonment(target)
        return _by_steps(load, handling, target)
    a, h, p = checked(load, handling, patience)
    flat_a, flat_h, flat_p = a.ravel(), h.ravel(), p.ravel()
    return _by_halving(
        flat_a, target, lambda n, which: erlang_a(n, flat_a[which], flat_h[which], target.within, flat_p[which])
    ).reshape(a.shape)


def need(load: ArrayLike, handling: ArrayLike, target: ServiceTarget, patience: ArrayLike | None = None) -> Need:
    """The whole and the real number of agents, as `agents_for`. The real number is at most the whole one and more than
    one below it."""
    whole = agents_for(load, handling, target, patience)
    a, h, p = checked(load, handling, 1.0 if patience is None else patience)
    too_few, enough = np.maximum(whole - 1.0, 0.0), whole.astype(np.float64)
    for _ in range(_HALVINGS):
        middle = (too_few + enough) / 2
        outcome = (
            erlang_c(middle, a, h, target.within) if patience is None else erlang_a(middle, a, h, target.within, p)
        )
        met = target.is_met(outcome)
        enough, too_few = np.where(met, middle, enough), np.where(met, too_few, middle)
    return Need(whole, np.where(whole == 0, 0.0, enough))


def lines_for(load: ArrayLike, blocked: float) -> NDArray[np.int64]:
    """The fewest lines of which at most the share `blocked` of calls finds all busy, for each load (Erlang), by
    Erlang B. Raises `Impossible`, or ValueError for loads that are negative, not finite or need more than a million
    lines."""
    if not 0 < blocked < 1:
        raise Impossible(f"blocked is a share above 0 and below 1, not {blocked:g}")
    (a,) = checked(load)
    _refuse_too_many(float(a.max(initial=0)))
    found = np.zeros(a.size, dtype=np.int64)
    open_ = np.flatnonzero(a.ravel() > 0)
    offered, inverse = a.ravel()[open_], np.ones(open_.size)
    n = 0
    while open_.size:
        n += 1
        _refuse_too_many(n)
        with np.errstate(over="ignore"):
            inverse = 1.0 + inverse * n / offered
        met = inverse * blocked >= 1.0
        found[open_[met]] = n
        open_, offered, inverse = open_[~met], offered[~met], inverse[~met]
    return found.reshape(a.shape)


def _refuse_abandonment(target: ServiceTarget) -> None:
    if target.abandoned is not None:
        raise Impossible("abandoned: without a patience nobody hangs up; state a mean patience in seconds")


def _by_steps(load: ArrayLike, handling: ArrayLike, target: ServiceTarget) -> NDArray[np.int64]:
    """Erlang C for all intervals together: one agent more at a time, and those who have enough leave.

    The inverse of Erlang B of n agents follows from that of n - 1, so nothing is computed twice. Loads ascend, so that
    the intervals with more agents than load stand in front.
    """
    a, h = checked(load, handling)
    require_positive("handling time", h)
    _refuse_too_many(float(a.max(initial=0)))
    order = np.argsort(a, axis=None, kind="stable")
    found = np.zeros(a.size, dtype=np.int64)
    order = order[a.ravel()[order] > 0]
    offered, seconds, inverse = a.ravel()[order], h.ravel()[order], np.ones(order.size)
    n = 0
    while order.size:
        n += 1
        _refuse_too_many(n)
        with np.errstate(over="ignore"):
            inverse *= n / offered
            inverse += 1.0
        front = int(np.searchsorted(offered, n))
        met = _met_by(n, offered[:front], seconds[:front], inverse[:front], target)
        if met.any():
            found[order[:front][met]] = n
            going = np.ones(order.size, dtype=bool)
            going[:front] = ~met
            order, offered, seconds, inverse = order[going], offered[going], seconds[going], inverse[going]
    return found.reshape(a.shape)


def _met_by(n: int, load: Numbers, handling: Numbers, inverse_b: Numbers, target: ServiceTarget) -> NDArray[np.bool_]:
    """Whether `n` agents, more than the load, meet the target. The formulas of `erlang_c`, on the running inverse."""
    free = n - load
    with np.errstate(over="ignore"):
        waiting = n / (free * inverse_b + load)
    met = np.ones(load.size, dtype=bool)
    if target.in_time is not None:
        met &= 1.0 - waiting * np.exp(-free * target.within / handling) >= target.in_time
    if target.mean_wait is not None:
        met &= waiting * handling <= target.mean_wait * free
    if target.occupancy is not None:
        met &= load <= target.occupancy * n
    return met


def _by_halving(
    load: Numbers, target: ServiceTarget, outcome: Callable[[Numbers, NDArray[np.int64]], QueueOutcome]
) -> NDArray[np.int64]:
    """The fewest agents by doubling an upper bound and halving what lies between."""
    _refuse_too_many(float(load.max(initial=0)))
    everyone = np.arange(load.size)
    enough = np.maximum(np.ceil(load), 1.0)
    short = everyone
    while (short := short[~target.is_met(outcome(enough[short], short))]).size:
        enough[short] = np.ceil(enough[short] * 1.25 + 2)
        _refuse_too_many(float(enough[short].max(initial=0)))
    too_few = np.zeros_like(enough)
    open_ = everyone
    while (open_ := open_[enough[open_] - too_few[open_] > 1]).size:
        middle = np.floor((too_few[open_] + enough[open_]) / 2)
        met = target.is_met(outcome(middle, open_))
        enough[open_[met]], too_few[open_[~met]] = middle[met], middle[~met]
    return np.where(load == 0, 0, enough).astype(np.int64)


def _refuse_too_many(agents: float) -> None:
    if agents > MOST_AGENTS:
        raise Impossible(f"more than {MOST_AGENTS:,} agents would be needed; look at volumes, times and targets")
