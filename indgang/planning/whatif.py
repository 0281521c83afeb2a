"""What if: a centre as it is, what is changed, and what both need and give. Pure.

By Erlang's formulas, at once. `planning.twin_scenarios` plays the same with the simulation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum

from indgang.planning.routing_changes import EVERYBODY, CentreHours, FlowChange, QueueRouting
from indgang.staffing.need import ServiceTarget, agents_for
from indgang.staffing.sizing import Demand, HeldSeats, Seats, Supply, hold

#: of the normal distribution, both sides
_95_PERCENT = 1.96
_HOUR = 60
#: an interval with a smaller share of a queue's calls, at the edge of its day, is taken for a clock or a test
_EDGE = 0.002


class Staffing(StrEnum):
    """How many seats are held in the changed centre."""

    TARGET = "target"
    """As many as the target needs in each interval: a lower bound, because shifts have lengths."""
    FLAT = "flat"
    """As many as the target needs in the busiest interval, all day."""
    TODAY = "today"
    NUMBER = "number"
    """The same number all day."""


#: how seats follow the calls where they do
_SEATS = {Staffing.TARGET: Seats.CURVE, Staffing.FLAT: Seats.FLAT}


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """A queue on an average opening day. Times are seconds; `seats` is what is held today, None when nobody knows;
    `day_spread` how much whole days differ beyond chance, beside their mean (the simulation alone uses it); `centre`
    the code of its centre."""

    code: str
    name: str
    calls: tuple[float, ...]
    talk: float
    after_call: float
    patience: float | None = None
    seats: tuple[float, ...] | None = None
    day_spread: float = 0.0
    centre: str = ""
    centre_name: str = ""
    handling_spread: float | None = None
    """Standard deviation over mean of talk and after-call work together, where they are lognormal; None: exponential.
    The simulation alone uses it, as the next."""
    lognormal_patience: tuple[float, float] | None = None
    """Mean and spread, where callers hung up more like this than like an exponential patience."""

    @property
    def day(self) -> range:
        """The intervals from the first with calls to the last."""
        least = _EDGE * sum(self.calls)
        busy = [number for number, calls in enumerate(self.calls) if calls > least]
        return range(busy[0], busy[-1] + 1) if busy else range(0)


@dataclass(frozen=True, slots=True)
class CountedWeekday:
    """A weekday (0 is Monday) of the days that were measured: on how many of them, and each queue's calls in each
    interval on average."""

    weekday: int
    days: int
    calls: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class SeenFigure:
    """A figure of the measured days, all queues together: the mean of the days and its 95 % interval, None for one
    day. The name is that of the simulation's figure."""

    name: str
    mean: float
    half_width: float | None


@dataclass(frozen=True, slots=True)
class PlayedStaffing:
    """How the people of today are there in the simulation, so that it comes as near as it can to what was measured
    (`played_staffing`): so many times the seats of the formulas, the share `even` of them all day, whatever calls come;
    and the share `shared` of each queue's people serves all queues. It was found in so many `plays`."""

    seats: float = 1.0
    even: float = 0.0
    shared: float = 0.0
    plays: int = 0


@dataclass(frozen=True, slots=True)
class ScenarioBase:
    """A centre as it is. `spread` is the standard error of its daily calls beside their mean; 0 when unknown."""

    opens: time
    interval_minutes: int
    days: float
    supply: Supply
    target: ServiceTarget
    queues: tuple[QueueLoad, ...]
    spread: float = 0.0
    seats: Seats = Seats.CURVE
    """How the day is followed where today's seats are not known."""
    counted_days: int = 0
    """Of the `open_days` that were measured; both are 0 where nothing was."""
    open_days: int = 0
    weekdays: tuple[CountedWeekday, ...] = ()
    """How the weekdays differ, in the order of the week; none where nothing was measured. The simulation alone uses
    them."""
    seen: tuple[SeenFigure, ...] = ()
    """What the simulation of today is compared with; none where nothing was measured."""
    promises_all: tuple[str, ...] = ()
    """Names of the queues that promise 100 percent in time, which no number of people keeps: the target is less."""
    pick_up: float = 0.0
    """Seconds that a call rings until it is taken. The simulation alone uses it, as the next."""
    played: PlayedStaffing | None = None
    """None where it was not fitted: the people are the seats of the formulas."""

    @property
    def intervals(self) -> int:
        return len(self.queues[0].calls)

    @property
    def first_minute(self) -> int:
        return self.opens.hour * _HOUR + self.opens.minute

    @property
    def closes(self) -> time:
        """When the last interval ends; midnight is 0:00."""
        minutes = self.first_minute + self.intervals * self.interval_minutes
        return time(minutes // _HOUR % 24, minutes % _HOUR)

    @property
    def calls_a_day(self) -> float:
        return sum(sum(each.calls) for each in self.queues)

    @property
    def hours(self) -> float:
        return self.intervals * self.interval_minutes / _HOUR

    def begins(self) -> Iterator[time]:
        """When each interval begins."""
        for number in range(self.intervals):
            minute = self.first_minute + number * self.interval_minutes
            yield time(minute // _HOUR, minute % _HOUR)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is changed. Shares are of what it is today: `volume` 0.1 is a tenth more.

    digital   this share of the calls becomes digital and does not come
    moved     when hours become shorter, this share of the calls outside them comes within them; when they become
              longer, the new intervals have this share of the calls of the nearest old one
    pooled    all queues are served by everybody
    shared    this share of each queue's people serves all queues (the simulation alone can tell, as of what follows)
    hours     centres that open or close at other times than the rest
    routing   what is different for the calls of single queues
    flow      another version of the flow that meets callers
    accepts   this share of those who are offered to be rung accepts
    """

    volume: float = 0.0
    digital: float = 0.0
    talk: float = 0.0
    after_call: float = 0.0
    opens: time | None = None
    closes: time | None = None
    moved: float = 0.5
    staffing: Staffing = Staffing.TARGET
    agents: int | None = None
    target: ServiceTarget | None = None
    pooled: bool = False
    shared: float = 0.0
    hours: tuple[CentreHours, ...] = ()
    routing: tuple[QueueRouting, ...] = ()
    flow: FlowChange | None = None
    accepts: float = 0.5

    @property
    def calls_back(self) -> bool:
        """Whether callers of a queue are offered to be rung."""
        return any(each.callback_after is not None for each in self.routing)

    @property
    def is_for_simulation(self) -> bool:
        """Whether something is changed that the formulas cannot tell."""
        return bool(self.routing or self.flow or (self.shared and not self.pooled))


@dataclass(frozen=True, slots=True)
class Ranged:
    """A value, and between what it lies when the measured calls are as uncertain as they are; None without that."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What people who work together need and give: the people of one queue, of a pool, or all (`EVERYBODY`)."""

    code: str
    name: str
    calls_a_year: float
    seats: tuple[float, ...]
    fte: Ranged
    kroner: Ranged | None
    in_time: Ranged
    mean_wait: Ranged
    abandoned: Ranged
    occupancy: Ranged


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """All groups, and everything together."""

    total: GroupOutcome
    groups: tuple[GroupOutcome, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The centre as it is beside the changed one; `changed` is the base that the second was computed for.

    reference       today's calls, hours and target with seats held as in the changed centre; None where that is how
                    they are held today. The difference from it is the effect of the changes alone
    counted_within  seconds that answers of all sides are counted within: the limit of the changed centre. None in runs
                    of before, in which each side has its own limit
    """

    today: ScenarioOutcome
    other: ScenarioOutcome
    changed: ScenarioBase
    reference: ScenarioOutcome | None = None
    counted_within: float | None = None

    @property
    def compared(self) -> ScenarioOutcome:
        """What the changed centre is compared with, so that only the changes differ."""
        return self.reference or self.today

    @property
    def fte_effect(self) -> Ranged:
        """FTE that the changes alone add; below 0 they save."""
        return _difference(self.other.total.fte, self.compared.total.fte)

    @property
    def kroner_effect(self) -> Ranged | None:
        """The same in kroner a year; None without a price."""
        other, compared = self.other.total.kroner, self.compared.total.kroner
        return None if other is None or compared is None else _difference(other, compared)


def compute(base: ScenarioBase, changes: Changes) -> WhatIf:
    """The outcomes. Raises `Impossible` for a target without an answer, ValueError when no call is left."""
    changed = apply(base, changes)
    within = changed.target.within
    other = _outcome(changed, groups(changed, changes), changes.staffing, changes.agents, within)
    today = _outcome(base, base.queues, Staffing.TODAY, None, within)
    return WhatIf(today, other, changed, reference(base, changes, within), within)


def reference(base: ScenarioBase, changes: Changes, within: float) -> ScenarioOutcome | None:
    """The `reference` of a what-if, with answers counted within so many seconds."""
    if holds_seats_as_today(base, changes):
        return None
    return _outcome(base, base.queues, changes.staffing, None, within)


def holds_seats_as_today(base: ScenarioBase, changes: Changes) -> bool:
    """Whether the number of seats follows from the calls as today does, or is given."""
    if changes.staffing not in (Staffing.TARGET, Staffing.FLAT):
        return True
    ways = {_grows_as(base, each, Staffing.TODAY) for each in base.queues if sum(each.calls)}
    return ways <= {_SEATS[changes.staffing]}


def _difference(other: Ranged, compared: Ranged) -> Ranged:
    """More calls are more on both sides, so the ends are those of the same calls. A side without ends is the same
    whatever comes."""
    value = other.value - compared.value
    if other.low is None and compared.low is None:
        return Ranged(value)
    ends = [
        (other.value if one is None else one) - (compared.value if two is None else two)
        for one, two in ((other.low, compared.low), (other.high, compared.high))
    ]
    return Ranged(value, min(value, *ends), max(value, *ends))


# --- the changed centre --------------------------------------------------------------------------------


def apply(base: ScenarioBase, changes: Changes, average: ScenarioBase | None = None) -> ScenarioBase:
    """The centre with other calls, times, hours and target; who serves whom is not changed yet (`groups`). `average`:
    the base is one of its weekdays, whose hours change as those of the average day."""
    factor = (1 + changes.volume) * (1 - changes.digital)
    queues = [
        replace(
            each, calls=tuple(calls * factor for calls in each.calls),
            talk=each.talk * (1 + changes.talk), after_call=each.after_call * (1 + changes.after_call),
        )
        for each in base.queues
    ]  # fmt: skip
    if not sum(sum(each.calls) for each in queues):
        raise ValueError("no calls are left")
    changed = replace(base, queues=tuple(queues), target=changes.target or base.target, weekdays=(), seen=())
    return _with_hours(changed, changes, average or base)


def _with_hours(base: ScenarioBase, changes: Changes, average: ScenarioBase) -> ScenarioBase:
    """The day from when the first centre opens to when the last closes, each queue in its centre's hours."""
    whole = (base.first_minute, base.first_minute + base.intervals * base.interval_minutes)
    common = _span(changes.opens, changes.closes, whole)
    own = {each.centre: _span(each.opens, each.closes, common) for each in changes.hours}
    spans = [own.get(each.centre, common) for each in base.queues]
    if set(spans) == {whole}:
        return base
    opens, closes = min(first for first, _last in spans), max(last for _first, last in spans)
    slots = range(opens, closes, base.interval_minutes)
    queues = []
    for queue, usual, span in zip(base.queues, average.queues, spans, strict=True):
        places = [(minute - whole[0]) // base.interval_minutes if span[0] <= minute < span[1] else None
                  for minute in slots]  # fmt: skip
        queues.append(_moved(queue, usual, places, changes.moved))
    return replace(base, opens=time(opens // _HOUR, opens % _HOUR), queues=tuple(queues))


def _span(opens: time | None, closes: time | None, others: tuple[int, int]) -> tuple[int, int]:
    """First minute and end of a day, as the others' where nothing is said."""
    first = others[0] if opens is None else _minute(opens)
    last = others[1] if closes is None else _minute(closes) or 24 * _HOUR
    if last <= first:
        raise ValueError("a centre closes after it opens")
    return first, last


def _moved(queue: QueueLoad, usual: QueueLoad, places: Sequence[int | None], moved: float) -> QueueLoad:
    """The queue in other intervals, given by their places in the old day; places outside its usual day are new, and
    while it is closed (None) nobody calls and nobody is there. A weekday without calls in them loses its calls."""
    day = usual.day
    if not day:
        return replace(queue, calls=(0.0,) * len(places), seats=None if queue.seats is None else (0.0,) * len(places))
    nearest = [None if place is None else min(max(place, day[0]), day[-1]) for place in places]
    within = sum(queue.calls[place] for place in places if place is not None and place in day)
    share = 1 + moved * (sum(queue.calls) - within) / within if within else 1.0
    calls = [
        0.0 if near is None else queue.calls[near] * (share if near == place else moved)
        for near, place in zip(nearest, places, strict=True)
    ]
    seats = None
    if queue.seats is not None:
        seats = tuple(0.0 if near is None else queue.seats[near] for near in nearest)
    return replace(queue, calls=tuple(calls), seats=seats)


def _minute(at: time) -> int:
    return at.hour * _HOUR + at.minute


def groups(base: ScenarioBase, changes: Changes) -> tuple[QueueLoad, ...]:
    """Those who work together: each queue's own people, or everybody."""
    return (pool(base.queues),) if changes.pooled and len(base.queues) > 1 else base.queues


def pool(queues: Sequence[QueueLoad]) -> QueueLoad:
    """All calls in one queue, with the mean times of all calls. Seats are added when all are known."""
    weights = [sum(each.calls) for each in queues]
    known = [(each.patience, weight) for each, weight in zip(queues, weights, strict=True) if each.patience]
    return QueueLoad(
        EVERYBODY, "", tuple(sum(column) for column in zip(*(each.calls for each in queues), strict=True)),
        _mean([(each.talk, weight) for each, weight in zip(queues, weights, strict=True)]),
        _mean([(each.after_call, weight) for each, weight in zip(queues, weights, strict=True)]),
        _mean([(value, weight) for value, weight in known if value]) if any(weight for _, weight in known) else None,
        _added([each.seats for each in queues]),
    )  # fmt: skip


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    total = sum(weight for _value, weight in weighted)
    return sum(value * weight for value, weight in weighted) / total if total else 0.0


def _added(rows: Sequence[tuple[float, ...] | None]) -> tuple[float, ...] | None:
    known = [each for each in rows if each is not None]
    return tuple(sum(column) for column in zip(*known, strict=True)) if len(known) == len(rows) else None


# --- what a centre needs and gives -----------------------------------------------------------------------


def _outcome(
    base: ScenarioBase, teams: Sequence[QueueLoad], staffing: Staffing, agents: int | None, within: float
) -> ScenarioOutcome:
    """What the teams need for the target of the base, with answers counted within so many seconds."""
    shares = apportion(agents or 0, [_load(each) for each in teams]) if staffing is Staffing.NUMBER else None
    found = []
    for number, team in enumerate(teams):
        if not sum(team.calls):
            continue
        held = seats_for(base, team, staffing, shares[number] if shares else 0)
        found.append(_group(base, team, held, _grows_as(base, team, staffing), within))
    return ScenarioOutcome(_total(found), tuple(found))


def seats_for(base: ScenarioBase, team: QueueLoad, staffing: Staffing, number: int) -> tuple[float, ...]:
    """Seats in each interval. A fixed number is there while calls come."""
    if staffing is Staffing.NUMBER:
        day = team.day
        return tuple(float(number) if place in day else 0.0 for place in range(len(team.calls)))
    way = _grows_as(base, team, staffing)
    return _needed(base, team, way) if way else team.seats or ()


def _grows_as(base: ScenarioBase, team: QueueLoad, staffing: Staffing) -> Seats | None:
    """How seats follow the calls; None where they are given. Today's, where they are not known, follow them too."""
    if staffing is Staffing.TODAY:
        return base.seats if team.seats is None else None
    return _SEATS.get(staffing)


def _needed(base: ScenarioBase, team: QueueLoad, way: Seats) -> tuple[float, ...]:
    demand = _demand(base, team)
    whole = agents_for(demand.loads(), demand.handling_seconds, _target(base, team), team.patience)
    if way is Seats.FLAT:
        day, most = team.day, float(whole.max())
        return tuple(most if place in day else 0.0 for place in range(len(whole)))
    return tuple(float(each) for each in whole)


def _group(
    base: ScenarioBase, team: QueueLoad, seats: Sequence[float], grows: Seats | None, within: float
) -> GroupOutcome:
    """`grows`: with more calls more seats are held, so that the people are uncertain and not the waits alone."""
    scaled = [_scaled(team, factor) for factor in _factors(base)]
    held = [_held(base, each, seats, within) for each in scaled]
    people = [_held(base, each, _needed(base, each, grows), within) for each in scaled] if grows else held[:1]
    has_price = base.supply.kroner_each is not None
    return GroupOutcome(
        team.code, team.name, sum(team.calls) * base.days, tuple(seats), _ranged(people, lambda each: each.fte),
        _ranged(people, lambda each: each.kroner or 0.0) if has_price else None,
        _ranged(held, lambda each: each.in_time), _ranged(held, lambda each: each.mean_wait),
        _ranged(held, lambda each: each.abandoned), _ranged(held, lambda each: each.occupancy),
    )  # fmt: skip


def _factors(base: ScenarioBase) -> tuple[float, ...]:
    around = _95_PERCENT * base.spread
    return (1.0, max(1 - around, 0.01), 1 + around) if around else (1.0,)


def _ranged(rows: Sequence[HeldSeats], of: Callable[[HeldSeats], float]) -> Ranged:
    values = [of(each) for each in rows]
    return Ranged(values[0], min(values), max(values)) if len(values) > 1 else Ranged(values[0])


def _held(base: ScenarioBase, team: QueueLoad, seats: Sequence[float], within: float) -> HeldSeats:
    return hold(_demand(base, team), base.supply, replace(base.target, within=within), seats)


def _scaled(team: QueueLoad, factor: float) -> QueueLoad:
    return team if factor == 1.0 else replace(team, calls=tuple(each * factor for each in team.calls))


def _demand(base: ScenarioBase, team: QueueLoad) -> Demand:
    return Demand(
        sum(team.calls) * base.days, team.talk, team.after_call, base.days, base.hours, team.calls, team.patience
    )


def _target(base: ScenarioBase, team: QueueLoad) -> ServiceTarget:
    """Without the limit for those who hang up where nobody does: it is kept."""
    return base.target if team.patience is not None else replace(base.target, abandoned=None)


def _load(team: QueueLoad) -> float:
    return sum(team.calls) * (team.talk + team.after_call)


def apportion(number: int, weights: Sequence[float]) -> list[int]:
    """A number of people divided by weights into whole numbers, the largest remainders rounded up."""
    total = sum(weights) or 1.0
    exact = [number * weight / total for weight in weights]
    found = [math.floor(each) for each in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: exact[place] - found[place], reverse=True)
    for place in by_rest[: number - sum(found)]:
        found[place] += 1
    return found


def _total(found: Sequence[GroupOutcome]) -> GroupOutcome:
    """Everything together: people are added, what callers meet is weighted by calls, and occupancy by people."""
    calls, people = [each.calls_a_year for each in found], [each.fte.value for each in found]
    kroner = [each.kroner for each in found if each.kroner is not None]
    return GroupOutcome(
        EVERYBODY, "", sum(calls), _added([each.seats for each in found]) or (), _sum([each.fte for each in found]),
        _sum(kroner) if len(kroner) == len(found) else None,
        _weighted([each.in_time for each in found], calls), _weighted([each.mean_wait for each in found], calls),
        _weighted([each.abandoned for each in found], calls), _weighted([each.occupancy for each in found], people),
    )  # fmt: skip


def _sum(rows: Sequence[Ranged]) -> Ranged:
    return _each_edge(rows, sum)


def _weighted(rows: Sequence[Ranged], weights: Sequence[float]) -> Ranged:
    return _each_edge(rows, lambda values: _mean(list(zip(values, weights, strict=True))))


def _each_edge(rows: Sequence[Ranged], of: Callable[[list[float]], float]) -> Ranged:
    """The edges belong together: calls of all queues are more or fewer on the same days."""
    lows, highs = (
        [each.low for each in rows if each.low is not None],
        [each.high for each in rows if each.high is not None],
    )
    value = of([each.value for each in rows])
    return Ranged(value, of(lows), of(highs)) if rows and len(lows) == len(rows) == len(highs) else Ranged(value)
