"""Full-time equivalents for a year: from volumes, times, hours and a target to people on a payroll. Pure.

offered load       calls of an interval x handling time / length of the interval
seats              agents who meet the target in each interval (`need`)
seat hours         seats over all intervals and opening days
hours on the phone net hours of one FTE x share of working time on the phone x (1 - shrinkage)
FTE                seat hours / hours on the phone
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from indgang.staffing.erlang import Numbers, QueueOutcome, erlang_a, erlang_c
from indgang.staffing.need import Impossible, Need, ServiceTarget, lines_for, need

_HOUR = 3600.0


class Seats(StrEnum):
    """How seats follow the day."""

    FLAT = "flat"
    """The busiest interval's seats all day, as a centre with one shift has them."""
    CURVE = "curve"
    """Each interval its own seats, as a plan with shifts of all lengths would have them: a lower bound."""


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """Hours of one full-time employee."""

    contracted: float
    """Paid hours of a year, holidays included (52 weeks of 37 hours: 1,924)."""
    holiday: float
    """Hours of holiday of all kinds."""
    public_holidays: float
    """Hours of public holidays that fall on working days."""
    sickness: float
    """Share of the remaining hours."""
    paid_break: float
    """Hours of paid break in each working day."""
    day: float = 7.4
    """Hours of a working day."""

    @property
    def net(self) -> float:
        """Hours at work and not on a break."""
        there = (self.contracted - self.holiday - self.public_holidays) * (1 - self.sickness)
        return there * (1 - self.paid_break / self.day)


@dataclass(frozen=True, slots=True)
class Demand:
    """Calls of a year and what each takes."""

    calls_a_year: float
    talk_seconds: float
    after_call_seconds: float
    opening_days: float
    opening_hours: float
    """Of a day."""
    profile: tuple[float, ...] = (1.0,)
    """Calls of each interval of a day, relative to each other. The intervals are equally long and fill the day."""
    patience_seconds: float | None = None
    """Mean patience; None when hang-ups are not modelled (Erlang C)."""

    def __post_init__(self) -> None:
        for name in ("calls_a_year", "talk_seconds", "after_call_seconds", "opening_days", "opening_hours"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise Impossible(f"{name} is a number, 0 or more, not {value:g}")
        if not (1 <= self.opening_days <= 366 and 0 < self.opening_hours <= 24):
            raise Impossible("a year has 1 to 366 opening days, and each day more than 0 and at most 24 opening hours")
        if not self.profile or min(self.profile) < 0 or not sum(self.profile):
            raise Impossible("a profile has no negative interval and at least one with calls")
        if not self.handling_seconds:
            raise Impossible("talk_seconds and after_call_seconds are not both 0")
        if self.patience_seconds is not None and not (np.isfinite(self.patience_seconds) and self.patience_seconds > 0):
            raise Impossible(f"patience_seconds is a number above 0, not {self.patience_seconds:g}")

    @property
    def handling_seconds(self) -> float:
        return self.talk_seconds + self.after_call_seconds

    @property
    def interval_hours(self) -> float:
        return self.opening_hours / len(self.profile)

    def loads(self) -> Numbers:
        """Erlang in each interval of a day."""
        share = np.asarray(self.profile, dtype=np.float64) / sum(self.profile)
        calls = self.calls_a_year / self.opening_days * share
        return np.asarray(calls * self.handling_seconds / (self.interval_hours * _HOUR))


@dataclass(frozen=True, slots=True)
class Supply:
    """What an employee gives."""

    year: WorkingYear
    phone_share: float
    """Share of working time on the phone; the rest is meetings, training, mail and follow-up."""
    shrinkage: float = 0.0
    """Share of planned phone time that is lost to short absence, being late and systems that are down."""
    kroner_each: float | None = None
    """What one FTE costs in a year; None when nobody has said."""

    def __post_init__(self) -> None:
        if not 0 < self.phone_share <= 1:
            raise Impossible(f"phone_share is above 0 and at most 1, not {self.phone_share:g}")
        if not 0 <= self.shrinkage < 1:
            raise Impossible(f"shrinkage is 0 or more and below 1, not {self.shrinkage:g}")
        if self.kroner_each is not None and not (np.isfinite(self.kroner_each) and self.kroner_each >= 0):
            raise Impossible(f"kroner_each is a number, 0 or more, not {self.kroner_each:g}")

    @property
    def phone_hours(self) -> float:
        """Hours of one FTE on the phone in a year."""
        return self.year.net * self.phone_share * (1 - self.shrinkage)


@dataclass(frozen=True, slots=True)
class Interval:
    """One interval of the day."""

    load: float
    whole: int
    """Seats that the target needs."""
    real: float
    """The same before rounding up."""
    seats: int
    """Seats that are held."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """The result."""

    intervals: tuple[Interval, ...]
    seat_hours: float
    fte: float
    fte_before_rounding: float
    """With real numbers of seats: what is left when rounding up in every interval is taken away."""
    occupancy: float
    """Mean over the seats that are held."""
    in_time: float
    """Share of a day's callers within the target's limit, by the seats that are held."""
    mean_wait: float
    abandoned: float
    kroner: float | None
    kroner_each_call: float | None


@dataclass(frozen=True, slots=True)
class HeldSeats:
    """What a day has when some seats are held, whatever a target says."""

    seats: tuple[float, ...]
    fte: float
    kroner: float | None
    occupancy: float
    in_time: float
    mean_wait: float
    """Without end where agents are fewer than the load and nobody hangs up."""
    abandoned: float


@dataclass(frozen=True, slots=True)
class LineNeed:
    """How many calls can be connected at once, waiting ones included, so that few meet a busy tone."""

    blocked: float
    """At most this share of calls finds all lines busy."""
    load: float
    """Erlang on the lines in the busiest interval."""
    lines: int


def size(demand: Demand, supply: Supply, target: ServiceTarget, seats: Seats) -> Sizing:
    """FTE for the year. Raises `Impossible` for input or targets that have no answer."""
    return sizes(demand, supply, target)[seats]


def sizes(demand: Demand, supply: Supply, target: ServiceTarget) -> Mapping[Seats, Sizing]:
    """As `size`, for both ways to follow the day."""
    loads = demand.loads()
    needed = need(loads, demand.handling_seconds, target, demand.patience_seconds)
    return {each: _sizing(demand, supply, target, loads, needed, each) for each in Seats}


def hold(demand: Demand, supply: Supply, target: ServiceTarget, seats: Sequence[float]) -> HeldSeats:
    """What callers meet and what it costs when each interval has so many seats. Of the target only `within` counts.

    Seats may be real numbers, as those that explain what was measured. Raises ValueError unless there is one for each
    interval, 0 or more.
    """
    held = np.asarray(seats, dtype=np.float64)
    if held.shape != (len(demand.profile),):
        raise ValueError(f"{len(demand.profile)} intervals need so many numbers of seats, not {held.size}")
    fte = float(held.sum()) * demand.interval_hours * demand.opening_days / supply.phone_hours
    kroner = None if supply.kroner_each is None else fte * supply.kroner_each
    return HeldSeats(tuple(map(float, seats)), fte, kroner, *_met(demand, target, demand.loads(), held))


def lines(demand: Demand, seats: Sequence[float], blocked: float) -> LineNeed:
    """The lines that the busiest interval needs when each interval has so many seats. A call holds a line while it
    waits and is answered, not during after-call work; those who hang up hold it while they wait. Raises `Impossible`,
    also where a wait has no end."""
    outcome = _outcome(demand, demand.loads(), np.asarray(seats, dtype=np.float64), 0.0)
    a_second = demand.loads() / demand.handling_seconds
    with np.errstate(invalid="ignore"):
        held = a_second * (outcome.mean_wait + (1 - outcome.abandoned) * demand.talk_seconds)
    busiest = float(np.where(a_second > 0, held, 0.0).max())
    if not np.isfinite(busiest):
        raise Impossible("blocked: with fewer agents than the load, the queue and its lines grow without end")
    return LineNeed(blocked, busiest, int(lines_for(busiest, blocked)))


def _sizing(
    demand: Demand, supply: Supply, target: ServiceTarget, loads: Numbers, needed: Need, seats: Seats
) -> Sizing:
    held = np.full_like(needed.whole, needed.whole.max()) if seats is Seats.FLAT else needed.whole
    real = np.full_like(needed.real, needed.real.max()) if seats is Seats.FLAT else needed.real
    a_year = demand.interval_hours * demand.opening_days
    seat_hours = float(held.sum()) * a_year
    fte = seat_hours / supply.phone_hours
    kroner = None if supply.kroner_each is None else fte * supply.kroner_each
    return Sizing(
        tuple(
            Interval(float(load), int(whole), float(before), int(seat))
            for load, whole, before, seat in zip(loads, needed.whole, needed.real, held, strict=True)
        ),
        seat_hours, fte, float(real.sum()) * a_year / supply.phone_hours,
        *_met(demand, target, loads, held.astype(np.float64)),
        kroner, kroner / demand.calls_a_year if kroner is not None and demand.calls_a_year else None,
    )  # fmt: skip


def _met(demand: Demand, target: ServiceTarget, loads: Numbers, seats: Numbers) -> tuple[float, float, float, float]:
    """Occupancy, share in time, mean wait and share abandoned of a day, weighted by the calls of its intervals."""
    if not loads.sum():
        return 0.0, 1.0, 0.0, 0.0
    outcome = _outcome(demand, loads, seats, target.within)
    waited, in_time, abandoned = (
        float(np.average(each, weights=loads)) for each in (outcome.mean_wait, outcome.in_time, outcome.abandoned)
    )
    busy = float((loads * (1 - outcome.abandoned)).sum() / seats.sum()) if seats.any() else 0.0
    busy = min(busy, 1.0)
    return busy, in_time, waited, abandoned


def _outcome(demand: Demand, loads: Numbers, seats: Numbers, within: float) -> QueueOutcome:
    """What callers of each interval meet: by Erlang A with a patience, else by Erlang C."""
    given = (seats, loads, demand.handling_seconds, within)
    return erlang_c(*given) if demand.patience_seconds is None else erlang_a(*given, demand.patience_seconds)
