"""What a person at a desk did with a day: spans of their states, from the changes of state. Pure.

The spans of a day are contiguous: nobody is in two states, and no time is lost between them. A state that began the day
before begins with the day, and one that goes on ends with it. Changes are read in the order in which they were written;
where a clock was set back, a state that would have ended before it began has no time at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, pairwise

from indgang.core.ranges import RangeSet, TimeRange
from indgang.routing.centre.desk import Doing

#: states in which the person has a contact in hand or wraps one up. A conversation on hold is a conversation, and a
#: written enquiry is work as well.
BUSY = frozenset({Doing.TALKING, Doing.WORKING, Doing.WRAP_UP})


@dataclass(frozen=True, slots=True)
class StateChange:
    """From `at` the person is in `state` (`routing.centre.desk.Doing`); a pause has a reason (code)."""

    at: datetime
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StateSpan:
    """The person is in one state from `start` until just before `end`."""

    start: datetime
    end: datetime
    state: str
    reason: str = ""

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()

    @property
    def is_signed_in(self) -> bool:
        return self.state != Doing.SIGNED_OUT

    def goes_on_as(self, other: StateSpan) -> bool:
        """Whether the other span is of the same state and reason and follows this one."""
        return (self.end, self.state, self.reason) == (other.start, other.state, other.reason)


def spans(changes: Sequence[StateChange], *, start: datetime, end: datetime) -> tuple[StateSpan, ...]:
    """The spans between `start` and `end` (in UTC), from changes in the order in which they were written, also those
    before `start`. What the person did before the first change is not known and has no span.

    A change that is written twice changes nothing.
    """
    return tuple(_joined(_clipped(_in_order(changes), start, end)))


def at_work(found: Sequence[StateSpan]) -> tuple[StateSpan, ...]:
    """The spans from the first to the last one of somebody who is signed in."""
    places = [place for place, each in enumerate(found) if each.is_signed_in]
    return tuple(found[places[0] : places[-1] + 1]) if places else ()


def _in_order(changes: Sequence[StateChange]) -> list[StateChange]:
    """None later than the one that was written after it."""
    moments = list(accumulate(reversed([each.at for each in changes]), min))[::-1]
    return [replace(each, at=at) for each, at in zip(changes, moments, strict=True)]


def _clipped(changes: Sequence[StateChange], start: datetime, end: datetime) -> Iterator[StateSpan]:
    for change, following in pairwise([*changes, None]):
        assert change is not None
        begins, ends = max(change.at, start), min(following.at, end) if following else end
        if begins < ends:
            yield StateSpan(begins, ends, change.state, change.reason)


def _joined(found: Iterable[StateSpan]) -> list[StateSpan]:
    joined: list[StateSpan] = []
    for each in found:
        if joined and joined[-1].goes_on_as(each):
            each = replace(joined.pop(), end=each.end)
        joined.append(each)
    return joined


@dataclass(frozen=True, slots=True)
class DaySums:
    """Seconds by state."""

    seconds: Mapping[str, float]

    @classmethod
    def of(cls, found: Iterable[StateSpan]) -> DaySums:
        seconds: dict[str, float] = defaultdict(float)
        for each in found:
            seconds[each.state] += each.seconds
        return cls(dict(seconds))

    @property
    def signed_in(self) -> float:
        return sum(seconds for state, seconds in self.seconds.items() if state != Doing.SIGNED_OUT)

    @property
    def busy(self) -> float:
        return sum(self.seconds.get(state, 0.0) for state in BUSY)

    @property
    def occupancy(self) -> float | None:
        """Percent of the time signed in, without pauses, that the person had work in hand; None without such time."""
        there = self.signed_in - self.seconds.get(Doing.PAUSED, 0.0)
        return 100 * min(self.busy / there, 1.0) if there > 0 else None


# --- In hand beside ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandMove:
    """A written enquiry or chat comes into the person's hands, or leaves them. `item` tells them apart."""

    at: datetime
    item: str
    is_taken: bool


def in_hand(moves: Iterable[HandMove], *, start: datetime, end: datetime) -> RangeSet[TimeRange]:
    """When the person had at least one of them in hand, between `start` and `end`. The moves of an item are in order;
    one that has not left the hands is in them until `end`."""
    return RangeSet(_held(moves, end)).intersection(RangeSet([TimeRange(start, end)])) if start < end else RangeSet()


def _held(moves: Iterable[HandMove], end: datetime) -> Iterator[TimeRange]:
    since: dict[str, datetime] = {}
    for move in moves:
        if move.is_taken:
            since.setdefault(move.item, move.at)
        else:
            began = since.pop(move.item, None)
            if began is not None and began < move.at:
                yield TimeRange(began, move.at)
    yield from (TimeRange(began, end) for began in since.values() if began < end)
