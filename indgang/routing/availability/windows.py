"""The facts of availability: promised windows, absences, and who stands in for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property, reduce
from types import MappingProxyType
from typing import TypeVar

from indgang.core.clock import day_of
from indgang.core.ranges import ALWAYS, DateRange, RangeSet, TimeRange
from indgang.core.schedule import Schedule

#: a person's id
Person = int

_Row = TypeVar("_Row")
_Key = TypeVar("_Key", int, str)


class Medium(StrEnum):
    """How a window's people can be asked."""

    PHONE = "phone"
    CHAT = "chat"


class AbsenceReason(StrEnum):
    """Why a person cannot be asked."""

    SICK = "sick"
    MEETING = "meeting"
    AWAY = "away"
    OFF = "off"
    #: busy in their calendar, which does not say with what
    BUSY = "busy"
    #: their account is closed: substitutes are asked, and the person is not named
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Window:
    """A promise by a unit: these people, in this order, answer questions on a subject during these hours."""

    id: int
    unit: str
    subject: str
    people: tuple[Person, ...]
    hours: Schedule
    media: frozenset[Medium] = frozenset((Medium.PHONE,))
    is_back_up: bool = False
    #: the days of the agreement; `hours` are within them, and may last into the night after the last one
    days: DateRange = ALWAYS


@dataclass(frozen=True, slots=True)
class Absence:
    """A time at which a person cannot be asked."""

    person: Person
    during: TimeRange
    reason: AbsenceReason


@dataclass(frozen=True, slots=True)
class Substitution:
    """`substitute` stands in for `person` on these days, whenever `person` is absent."""

    person: Person
    substitute: Person
    days: DateRange = ALWAYS


class AtDesk(StrEnum):
    """A person's state at the desk, as far as it decides whether they can be asked."""

    FREE = "free"
    #: in a conversation or in wrap-up
    BUSY = "busy"
    #: in a pause in which colleagues may not ask
    PAUSED = "paused"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True)
class Availability:
    """All facts that an answer needs. `desks` lacks people who have no desk: they are asked by telephone.

    `reported` holds the people who have said today what their day is like, or are signed in.
    """

    windows: tuple[Window, ...] = ()
    absences: tuple[Absence, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    desks: Mapping[Person, AtDesk] = field(default_factory=lambda: MappingProxyType({}))
    reported: frozenset[Person] = frozenset()
    #: the open spans that have been worked out, by window and day; facts with the same windows may share them
    known_spans: dict[tuple[int, date], tuple[TimeRange, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def windows_of(self) -> Mapping[str, tuple[Window, ...]]:
        """Windows by subject, promised ones before back-ups, otherwise in the order given."""
        return _grouped(sorted(self.windows, key=lambda each: each.is_back_up), lambda each: each.subject)

    def windows_on(self, subject: str, day: date) -> tuple[Window, ...]:
        """The windows of a subject whose agreements are in force on the day; the facts also hold those of a month
        ahead."""
        return tuple(window for window in self.windows_of.get(subject, ()) if day in window.days)

    @cached_property
    def windows_with(self) -> Mapping[Person, tuple[Window, ...]]:
        """Windows by the people whom they name."""
        found: dict[Person, list[Window]] = defaultdict(list)
        for window in self.windows:
            for person in window.people:
                found[person].append(window)
        return {person: tuple(windows) for person, windows in found.items()}

    def with_desks(self, desks: Mapping[Person, AtDesk]) -> Availability:
        """The same facts while people do this at their desks. What has been computed of the other facts is shared."""
        _ = self.windows_of, self._absences_of, self._substitutions_of
        made = copy(self)
        object.__setattr__(made, "desks", desks)
        object.__setattr__(made, "reported", self.reported | desks.keys())
        return made

    def is_open(self, window: Window, at: datetime) -> bool:
        return any(at in span for span in self.spans(window, day_of(at)))

    def closes_at(self, window: Window, at: datetime) -> datetime | None:
        """The end of the open span at `at`, joined over midnight; None when the window never closes."""
        span = next((each for each in self.spans(window, day_of(at)) if at in each), None)
        if span is None or span.end is None or day_of(span.end) == day_of(at):
            return span.end if span else None
        return window.hours.next_change(at)

    def spans(self, window: Window, day: date) -> tuple[TimeRange, ...]:
        """The window's open spans on a day. Computed once: the same few windows are asked about all day."""
        key = (window.id, day)
        if key not in self.known_spans:
            self.known_spans[key] = tuple(window.hours.spans(day))
        return self.known_spans[key]

    def absence_at(self, person: Person, at: datetime) -> Absence | None:
        """The absence at that moment; of several the one that ends last."""
        found = [each for each in self._absences_of.get(person, ()) if at in each.during]
        return max(found, key=_end, default=None)

    def next_absence(self, person: Person, at: datetime) -> datetime | None:
        """The beginning of the person's first absence after `at`."""
        starts = (each.during.start for each in self._absences_of.get(person, ()))
        return min((start for start in starts if start is not None and start > at), default=None)

    def line_of(self, person: Person, on: date) -> Iterator[Person]:
        """The person, then their substitute that day, the substitute's substitute, and so on. A ring ends the line."""
        seen: set[Person] = set()
        following: Person | None = person
        while following is not None and following not in seen:
            yield following
            seen.add(following)
            following = self._substitute_of(following, on)

    def is_reachable(self, person: Person, at: datetime, on: date) -> bool:
        """Whether the person or somebody in their line of substitutes of the day is present."""
        return any(self.absence_at(one, at) is None for one in self.line_of(person, on))

    def unreachable_time(self, person: Person, on: date) -> RangeSet[TimeRange]:
        """The time in which neither the person nor anybody in their line of substitutes is present."""
        absences = (self.absent_time(one) for one in self.line_of(person, on))
        return reduce(lambda shared, more: shared.intersection(more), absences)

    def absent_time(self, person: Person) -> RangeSet[TimeRange]:
        """All known time in which the person is absent."""
        return RangeSet(each.during for each in self._absences_of.get(person, ()))

    @cached_property
    def _absences_of(self) -> Mapping[Person, tuple[Absence, ...]]:
        return _grouped(self.absences, lambda each: each.person)

    @cached_property
    def _substitutions_of(self) -> Mapping[Person, tuple[Substitution, ...]]:
        return _grouped(self.substitutions, lambda each: each.person)

    def _substitute_of(self, person: Person, on: date) -> Person | None:
        found = (each.substitute for each in self._substitutions_of.get(person, ()) if on in each.days)
        return next(found, None)


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], _Key]) -> dict[_Key, tuple[_Row, ...]]:
    found: dict[_Key, list[_Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return {each: tuple(group) for each, group in found.items()}


def _end(absence: Absence) -> datetime:
    return absence.during.end or _NEVER


_NEVER = datetime.max.replace(tzinfo=UTC)
