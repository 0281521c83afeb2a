"""Who can take a question on a subject now, in which order they are asked and why, and when the next window opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import TypeVar

from indgang.core.clock import day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.routing.availability.windows import AbsenceReason, AtDesk, Availability, Medium, Person, Window

#: how many days ahead the next time is searched for
HORIZON_DAYS = 31


class Precedence(StrEnum):
    """Why a person is on the list; the first kind is asked first."""

    PROMISED = "promised"
    SUBSTITUTE = "substitute"
    BACK_UP = "back_up"


class Hindrance(StrEnum):
    """Why a person of an open window cannot be asked now."""

    ABSENT = "absent"
    BUSY = "busy"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Available:
    """A person who can be asked now. `until` ends the window or begins their next absence; None: as far as is known.

    `instead_of` is the absent person that a substitute stands in for. `is_confirmed` is whether the person has been
    heard of today; nobody confirms a calendar that is empty.
    """

    person: Person
    precedence: Precedence
    window: int
    until: datetime | None
    is_confirmed: bool
    instead_of: Person | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A person of an open window who cannot be asked. `back_at` is the end of an absence, None when unknown."""

    person: Person
    hindrance: Hindrance
    window: int
    reason: AbsenceReason | None = None
    back_at: datetime | None = None


_One = TypeVar("_One", Available, Unavailable)


@dataclass(frozen=True, slots=True)
class Reachability:
    """`available` in the order in which people are asked. `next_at` is the next moment at which a window opens for
    somebody; when nobody is available now, also the next at which somebody comes back in an open window.

    `has_windows` says that an agreement about the subject is in force today, or that one of its windows is open still.
    """

    subject: str
    available: tuple[Available, ...]
    unavailable: tuple[Unavailable, ...]
    next_at: datetime | None
    has_windows: bool


def who_can_take(facts: Availability, subject: str, medium: Medium | None, at: datetime) -> Reachability:
    """The answer for one subject by one medium, or, with None, by any: for work without a conversation.

    Its cost grows with the windows of the subject, not with those of the house.
    """
    agreed = facts.windows_of.get(subject, ())
    windows = [each for each in agreed if medium is None or medium in each.media]
    opened = [window for window in windows if facts.is_open(window, at)]
    met = [one for window in opened for one in _met(facts, window, at)]
    available = sorted(_once(each for each in met if isinstance(each, Available)), key=_turn)
    named = {each.person for each in available}
    others = _once(each for each in met if isinstance(each, Unavailable) and each.reason is not AbsenceReason.GONE)
    unavailable = [each for each in others if each.person not in named]
    next_at = _next_time(facts, windows, at, openings_only=bool(available))
    today = day_of(at)
    has_windows = bool(opened) or any(today in window.days for window in windows)
    return Reachability(subject, tuple(available), tuple(unavailable), next_at, has_windows)


def _met(facts: Availability, window: Window, at: datetime) -> Iterator[Available | Unavailable]:
    """Everybody whom the open window leads to: its people, and the substitutes of those who are absent."""
    day, closes_at = day_of(at), facts.closes_at(window, at)
    for person in window.people:
        for one in facts.line_of(person, day):
            absence = facts.absence_at(one, at)
            if absence is None:
                yield _present(facts, window, one, at, closes_at, instead_of=None if one == person else person)
                break
            yield Unavailable(one, Hindrance.ABSENT, window.id, absence.reason, absence.during.end)


def _present(
    facts: Availability, window: Window, person: Person, at: datetime, closes_at: datetime | None,
    instead_of: Person | None,
) -> Available | Unavailable:  # fmt: skip
    hindrance = HINDRANCES.get(facts.desks.get(person, AtDesk.SIGNED_OUT))
    if hindrance is not None:
        return Unavailable(person, hindrance, window.id)
    precedence = _precedence(window, instead_of)
    until = _until(facts, person, at, closes_at, instead_of)
    return Available(person, precedence, window.id, until, person in facts.reported, instead_of)


def _precedence(window: Window, instead_of: Person | None) -> Precedence:
    if window.is_back_up:
        return Precedence.BACK_UP
    return Precedence.PROMISED if instead_of is None else Precedence.SUBSTITUTE


#: what keeps somebody at their desk from being asked
HINDRANCES = {AtDesk.BUSY: Hindrance.BUSY, AtDesk.PAUSED: Hindrance.PAUSED}


def _until(
    facts: Availability, person: Person, at: datetime, closes_at: datetime | None, instead_of: Person | None
) -> datetime | None:
    """The end of the window, the person's next absence, or the return of the one they stand in for."""
    ends = [closes_at, facts.next_absence(person, at)]
    if instead_of is not None and (absence := facts.absence_at(instead_of, at)):
        ends.append(absence.during.end)
    return min((end for end in ends if end is not None), default=None)


def _once(found: Iterable[_One]) -> list[_One]:
    """The first entry for each person: windows come in the order in which people are asked."""
    return list({each.person: each for each in reversed(list(found))}.values())[::-1]


def _turn(each: Available) -> tuple[int, bool]:
    return _ORDER[each.precedence], not each.is_confirmed


_ORDER = {place: number for number, place in enumerate(Precedence)}


def _next_time(facts: Availability, windows: Iterable[Window], at: datetime, *, openings_only: bool) -> datetime | None:
    """The first moment after `at` at which a window opens for somebody, or somebody comes back in an open window."""
    windows = tuple(windows)
    first, first_of = day_of(at), _first_opening if openings_only else _first_start
    days = (first + timedelta(days=ahead) for ahead in range(HORIZON_DAYS + 1))
    found = (first_of(facts, windows, day, at) for day in days)
    return next((moment for moment in found if moment is not None), None)


def _first_opening(facts: Availability, windows: Iterable[Window], day: date, after: datetime) -> datetime | None:
    """The first moment of the day at which a window opens for somebody who is present, or whose substitute is."""
    opening = [
        (span.start, window)
        for window in windows
        for span in facts.spans(window, day)
        if span.start is not None and span.start > after
    ]
    for moment, window in sorted(opening, key=itemgetter(0)):
        if any(facts.is_reachable(person, moment, day) for person in window.people):
            return moment
    return None


def _first_start(facts: Availability, windows: Iterable[Window], day: date, after: datetime) -> datetime | None:
    """The first moment of the day from which somebody is present in a window."""
    starts = (piece.start for window in windows for piece in _reachable(facts, window, day))
    return min((start for start in starts if start is not None and start > after), default=None)


def _reachable(facts: Availability, window: Window, day: date) -> Iterator[TimeRange]:
    """The parts of the window's day in which one of its people is present, for each of them."""
    spans = RangeSet(facts.spans(window, day))
    for person in window.people if spans else ():
        yield from spans.difference(facts.unreachable_time(person, day))
