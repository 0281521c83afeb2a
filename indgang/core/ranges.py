"""Half-open ranges of dates and of moments, and sets of them.

A range includes its start and excludes its end, so that consecutive ranges share no moment and leave no gap. `None` as
start or end means unbounded. A range is never empty. Moments are kept in UTC: two datetimes in the same zone compare by
local time, which is wrong on the night when the clock is put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import chain
from typing import Any, Generic, Self, TypeVar

Point = TypeVar("Point", date, datetime)


class RangeError(ValueError):
    """The two ends do not form a range."""


@dataclass(frozen=True, slots=True)
class Range(Generic[Point]):
    """From `start` to just before `end`."""

    start: Point | None = None
    end: Point | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise RangeError(f"{self.start.isoformat()} is not before {self.end.isoformat()}")

    def __iter__(self) -> Iterator[Point | None]:
        """Unpacks as `start, end = some_range`."""
        yield self.start
        yield self.end

    def __contains__(self, point: Point) -> bool:
        return (self.start is None or self.start <= point) and (self.end is None or point < self.end)

    def intersection(self, other: Self) -> Self | None:
        """The common part, or None when they share nothing."""
        start = _latest(self.start, other.start)
        end = _earliest(self.end, other.end)
        if start is not None and end is not None and start >= end:
            return None
        return type(self)(start, end)

    def touches(self, other: Self) -> bool:
        """Whether the two form one range together: they overlap, or one begins where the other ends."""
        return (self.start is None or other.end is None or self.start <= other.end) and (
            other.start is None or self.end is None or other.start <= self.end
        )

    def hull(self, other: Self) -> Self:
        """The smallest range that contains both."""
        return type(self)(_first(self.start, other.start), _last(self.end, other.end))

    def difference(self, other: Self) -> tuple[Self, ...]:
        """The parts of this range outside the other: none, one or two ranges, in order."""
        shared = self.intersection(other)
        if shared is None:
            return (self,)
        before = () if shared.start == self.start else (type(self)(self.start, shared.start),)
        after = () if shared.end == self.end else (type(self)(shared.end, self.end),)
        return before + after


class DateRange(Range[date]):
    """Days from `start` to the day before `end`."""

    __slots__ = ()

    def days(self) -> int:
        """The number of days. Raises RangeError when unbounded."""
        if self.start is None or self.end is None:
            raise RangeError("an unbounded range has no length")
        return (self.end - self.start).days

    def __post_init__(self) -> None:
        if isinstance(self.start, datetime) or isinstance(self.end, datetime):
            raise RangeError("a range of dates holds dates, not datetimes")
        Range.__post_init__(self)


class TimeRange(Range[datetime]):
    """Moments from `start` to just before `end`, kept in UTC whatever zone they were given in."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            point = getattr(self, name)
            if point is None:
                continue
            if point.tzinfo is None:
                raise RangeError(f"{point.isoformat()} has no time zone")
            object.__setattr__(self, name, point.astimezone(UTC))
        Range.__post_init__(self)

    def duration(self) -> timedelta:
        """The duration. Raises RangeError when unbounded."""
        if self.start is None or self.end is None:
            raise RangeError("an unbounded range has no length")
        return self.end - self.start

    def seconds(self) -> float:
        return self.duration().total_seconds()


Span = TypeVar("Span", DateRange, TimeRange)

#: all days
ALWAYS = DateRange()


class RangeSet(Generic[Span]):
    """Ranges in order, joined where they overlap or touch, so that equal sets have equal representations."""

    __slots__ = ("ranges",)

    def __init__(self, ranges: Iterable[Span] = ()) -> None:
        self.ranges: tuple[Span, ...] = _joined(ranges)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.ranges)

    def __len__(self) -> int:
        return len(self.ranges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RangeSet) and self.ranges == other.ranges

    def __hash__(self) -> int:
        return hash(self.ranges)

    def __repr__(self) -> str:
        return f"RangeSet({list(self.ranges)!r})"

    def __contains__(self, point: Any) -> bool:
        # Any: a date for ranges of dates, a datetime for ranges of moments; `Span` cannot express that
        return any(point in each for each in self.ranges)

    def union(self, other: RangeSet[Span]) -> RangeSet[Span]:
        if not (self.ranges and other.ranges):
            return self if self.ranges else other
        return RangeSet(chain(self.ranges, other.ranges))

    def intersection(self, other: RangeSet[Span]) -> RangeSet[Span]:
        if not (self.ranges and other.ranges):
            return other if self.ranges else self
        shared = (mine.intersection(theirs) for mine in self.ranges for theirs in other.ranges)
        return RangeSet(each for each in shared if each is not None)

    def difference(self, other: RangeSet[Span]) -> RangeSet[Span]:
        return reduce(_without, other.ranges, self)


def _without(ranges: RangeSet[Span], taken: Span) -> RangeSet[Span]:
    return RangeSet(piece for each in ranges for piece in each.difference(taken))


def _joined(ranges: Iterable[Span]) -> tuple[Span, ...]:
    ranges = tuple(ranges)
    if len(ranges) < 2:
        return ranges
    joined: list[Span] = []
    # False sorts before True, so that an unbounded start comes first
    for each in sorted(ranges, key=lambda one: (one.start is not None, one.start)):
        if joined and joined[-1].touches(each):
            joined[-1] = joined[-1].hull(each)
        else:
            joined.append(each)
    return tuple(joined)


def _latest(one: Point | None, other: Point | None) -> Point | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _earliest(one: Point | None, other: Point | None) -> Point | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _first(one: Point | None, other: Point | None) -> Point | None:
    return None if one is None or other is None else min(one, other)


def _last(one: Point | None, other: Point | None) -> Point | None:
    return None if one is None or other is None else max(one, other)
