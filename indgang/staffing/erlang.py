"""Erlang's formulas: B (nobody can wait), C (everybody waits), A (callers wait until their patience ends). Pure.

All functions take numbers or arrays of numbers, which are broadcast, and return arrays. `load` is in Erlang (calls in
an interval times the handling time by its length), times are in seconds. The number of agents may be a real number:
the formulas are extended by the integral of Erlang B (Jagerman, 1974), so that a need can be stated before it is
rounded up.

Erlang C assumes that calls arrive at random and that nobody hangs up: it overstates the need where callers do, and has
no answer when the load reaches the agents. Erlang A assumes exponential patience, and is finite in overload too. Both
assume one skill and no priorities. docs/algorithms/staffing.md derives each formula with the numbers of the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers: TypeAlias = NDArray[np.float64]

#: points of the quadrature for part of an agent; at the loads where it is used the error is below 1e-15
_POINTS = 48
#: below this load, in Erlang, part of an agent is found from the incomplete gamma function
_LIGHT = 30.0
#: the series of those who wait ends when its terms are this small beside the sum
_NEGLIGIBLE = 1e-18
#: a queue that is so much longer than its server can empty has the waits of a fluid: the relative error is below 0.01
_FLUID_FROM = 20_000.0
_RESCALE_FROM = 2.0**600
_LN_2 = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class QueueOutcome:
    """What callers meet. Arrays of one shape; shares are between 0 and 1, waits in seconds."""

    waiting: Numbers
    """Share of callers who are not answered at once."""
    in_time: Numbers
    """Share of all callers who are answered within the limit."""
    abandoned: Numbers
    """Share of callers who hang up."""
    mean_wait: Numbers
    """Of all callers, those who hang up included."""
    mean_answered_wait: Numbers
    """Of those who are answered."""
    occupancy: Numbers
    """Share of the agents' time that is spent on calls."""


def erlang_b(agents: ArrayLike, load: ArrayLike) -> Numbers:
    """The share of calls that find all lines busy, when nobody can wait.

    Raises ValueError for negative or not finite values.
    """
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / _inverse_b(*checked(agents, load)))


def erlang_c(agents: ArrayLike, load: ArrayLike, handling: ArrayLike, within: ArrayLike) -> QueueOutcome:
    """What callers meet who never hang up. At a load of all agents or more everybody waits for ever.

    Raises ValueError for negative or not finite values, and for a handling time of 0.
    """
    n, a, h, t = checked(agents, load, handling, within)
    require_positive("handling time", h)
    free = n - a
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        waiting = np.where(free > 0, n / (free * _inverse_b(n, a) + a), 1.0)
        in_time = np.where(free > 0, 1.0 - waiting * np.exp(-free * t / h), 0.0)
        mean_wait = np.where(free > 0, waiting * h / free, np.inf)
        occupancy = np.where(free > 0, a / n, 1.0)
    idle = a == 0.0
    waiting, in_time, mean_wait = (
        np.where(idle, value, found) for value, found in ((0.0, waiting), (1.0, in_time), (0.0, mean_wait))
    )
    return QueueOutcome(waiting, in_time, np.zeros_like(waiting), mean_wait, mean_wait, np.where(idle, 0.0, occupancy))


def erlang_a(
    agents: ArrayLike, load: ArrayLike, handling: ArrayLike, within: ArrayLike, patience: ArrayLike
) -> QueueOutcome:
    """What callers meet whose patience is exponential with the mean `patience`.

    Raises ValueError for negative or not finite values, and for a handling time or patience of 0.
    """
    n, a, h, t, p = checked(agents, load, handling, within, patience)
    require_positive("handling time", h)
    require_positive("patience", p)
    waiting_room = _WaitingRoom(n, a, h, p)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        waiting = np.where(n > 0, waiting_room.share_waiting(_inverse_b(n, a)), 1.0)
        served = waiting_room.served_of_waiting()
        abandoned = waiting * (1.0 - served)
        in_time = 1.0 - waiting + waiting * waiting_room.served_within(t)
        answered_wait = waiting * waiting_room.wait_when_served() / np.where(abandoned < 1.0, 1.0 - abandoned, np.inf)
        occupancy = np.where(n > 0, a * (1.0 - abandoned) / n, 0.0)
    idle = a == 0.0
    return QueueOutcome(
        np.where(idle, 0.0, waiting), np.where(idle, 1.0, np.clip(in_time, 0.0, 1.0)), np.where(idle, 0.0, abandoned),
        np.where(idle, 0.0, abandoned * p), np.where(idle, 0.0, answered_wait), np.where(idle, 0.0, occupancy),
    )  # fmt: skip


# --- Erlang B, for real numbers of agents ------------------------------------------------------------


def _inverse_b(agents: Numbers, load: Numbers) -> Numbers:
    """1 / B by its recursion 1/B(n) = 1 + n/a * 1/B(n-1), which only adds positive numbers and cannot lose digits."""
    whole = np.floor(agents).astype(np.int64).ravel()
    rest, offered = (agents - np.floor(agents)).ravel(), load.ravel()
    order = np.argsort(-whole, kind="stable")
    rest, offered = rest[order], offered[order]
    inverse = _inverse_b_below_one(rest, offered)
    # as the agents descend, whoever still counts at `k` stands in front
    counting = np.searchsorted(-whole[order], -np.arange(1, int(whole.max(initial=0)) + 1), side="right")
    with np.errstate(divide="ignore", over="ignore"):
        for k, front in enumerate(counting, start=1):
            inverse[:front] *= (rest[:front] + k) / offered[:front]
            inverse[:front] += 1.0
    found = np.empty_like(inverse)
    found[order] = inverse
    return found.reshape(agents.shape)


def _inverse_b_below_one(part: Numbers, load: Numbers) -> Numbers:
    """1 / B for less than one agent: the integral of exp(-s) (1 + s/a)^part over s from 0."""
    from scipy import special

    inverse = np.ones_like(load)
    light = (part > 0) & (load <= _LIGHT)
    heavy = (part > 0) & (load > _LIGHT)
    with np.errstate(divide="ignore"):
        a, f = load[light], part[light]
        inverse[light] = special.gammaincc(f + 1, a) * special.gamma(f + 1) * np.exp(a) * a**-f
    if heavy.any():
        points, weights = np.polynomial.laguerre.laggauss(_POINTS)
        inverse[heavy] = ((1.0 + points / load[heavy][:, None]) ** part[heavy][:, None]) @ weights
    return inverse


# --- Erlang A: those who wait ------------------------------------------------------------------------


class _WaitingRoom:
    """Those who find all agents busy.

    With c = agents * patience / handling and y = load * patience / handling, the chance that j callers wait is
    y^j / ((c+1) ... (c+j)) times that of none. Everything else follows from the sum of these terms.
    """

    def __init__(self, agents: Numbers, load: Numbers, handling: Numbers, patience: Numbers) -> None:
        self.c, self.y, self.patience = agents * patience / handling, load * patience / handling, patience
        self.sums = _Sums(self.c, self.y)

    def share_waiting(self, inverse_b: Numbers) -> Numbers:
        """By the chances of at most all agents busy, whose sum is `inverse_b` times that of exactly all."""
        ratio = np.where(np.isinf(self.sums.total), 0.0, (inverse_b - 1.0) / self.sums.total)
        return np.asarray(1.0 / (1.0 + ratio))

    def served_of_waiting(self) -> Numbers:
        """Share of those who wait that is answered in the end."""
        return np.minimum(self.c / self.y * self.sums.beyond_first, 1.0)

    def served_within(self, seconds: Numbers) -> Numbers:
        """Share of those who wait that is answered within so many seconds."""
        decay = np.exp(-seconds / self.patience)
        later = _Sums(self.c, self.y * decay)
        longer = np.exp(
            -self.c * seconds / self.patience - self.y * np.expm1(-seconds / self.patience)
            + later.log_total - self.sums.log_total
        )  # fmt: skip
        return np.asarray(self.c / self.y * (self.sums.beyond_first - longer * later.beyond_first))

    def wait_when_served(self) -> Numbers:
        """Seconds that the answered wait, summed over all who wait and divided by them."""
        return self.patience * self.sums.mean_of_served


class _Sums:
    """Sums of the terms y^j / ((c+1) ... (c+j)), j from 0, for each pair of c and y."""

    def __init__(self, c: Numbers, y: Numbers) -> None:
        flat_c, flat_y = c.ravel(), y.ravel()
        self._log, self._beyond, self._served = (np.zeros_like(flat_c) for _ in range(3))
        fluid = flat_y - flat_c > _FLUID_FROM
        self._add(np.flatnonzero(~fluid), flat_c, flat_y)
        self._as_fluid(np.flatnonzero(fluid), flat_c, flat_y)
        self.log_total = self._log.reshape(c.shape)
        self.beyond_first = self._beyond.reshape(c.shape)
        self.mean_of_served = self._served.reshape(c.shape)

    @property
    def total(self) -> Numbers:
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.log_total))

    def _add(self, which: NDArray[np.int64], all_c: Numbers, all_y: Numbers) -> None:
        """Add terms until they are negligible. Sums that grow too large are scaled down and the scale is remembered."""
        c, y = all_c[which], all_y[which]
        term, rest, scale = np.ones_like(c), np.zeros_like(c), np.zeros_like(c)
        first = np.ones_like(c)
        hurdle = 1.0 / (c + 1.0)
        served = c / (c + 1.0) * hurdle
        j = 0
        while which.size:
            j += 1
            term = term * y / (c + j)
            rest = rest + term
            hurdle = hurdle + 1.0 / (c + j + 1.0)
            served = served + term * c / (c + j + 1.0) * hurdle
            large = rest > _RESCALE_FROM
            if large.any():
                for values in (term, rest, served, first):
                    values[large] /= _RESCALE_FROM
                scale[large] += 600.0
            over = (term <= _NEGLIGIBLE * rest) | (term == 0.0)
            over &= c + j > y
            if over.any():
                total = first[over] + rest[over]
                self._log[which[over]] = np.log(total) + scale[over] * _LN_2
                self._beyond[which[over]] = rest[over] / total
                self._served[which[over]] = served[over] / total
                going = ~over
                which = which[going]
                c, y, term, rest, scale = c[going], y[going], term[going], rest[going], scale[going]
                first, hurdle, served = first[going], hurdle[going], served[going]

    def _as_fluid(self, which: NDArray[np.int64], all_c: Numbers, all_y: Numbers) -> None:
        from scipy import special

        c, y = all_c[which], all_y[which]
        self._log[which] = special.gammaln(c + 1) + y - special.xlogy(c, y) + np.log(special.gammainc(c, y))
        self._beyond[which] = -np.expm1(-self._log[which])
        self._served[which] = c / y * np.log(y / np.maximum(c, np.finfo(float).tiny))


# --- input ---------------------------------------------------------------------------------------------


def checked(*values: ArrayLike) -> tuple[Numbers, ...]:
    """The values as arrays of one shape. Raises ValueError for those that are negative or not finite."""
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values))
    for each in arrays:
        if not np.isfinite(each).all() or (each < 0).any():
            raise ValueError("agents, load and times must be finite and not negative")
    return tuple(arrays)


def require_positive(name: str, values: Numbers) -> None:
    """Raises ValueError, with the name, when one of them is 0 or less."""
    if (values <= 0).any():
        raise ValueError(f"the {name} must be above 0")
