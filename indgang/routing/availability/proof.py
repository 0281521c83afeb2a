"""What became of a day's promises: for each window the time in which somebody could be asked, and who asked. Pure.

It follows the rules by which people are asked (`reachability`): a substitute counts while the person is absent, a
back-up window has a promise of its own, somebody without a word today counts as reachable, and somebody in a
conversation does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from indgang.core.clock import day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.routing.availability.windows import AtDesk, Availability, Person, Window

Times = RangeSet[TimeRange]
NEVER: Times = RangeSet()


class Shortfall(StrEnum):
    """Why nobody of a window could be asked: what kept the one who was nearest to it."""

    BUSY = "busy"
    PAUSED = "paused"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class AtDeskTime:
    """The time that a person spent in a state in which they cannot be asked."""

    person: Person
    state: AtDesk
    during: TimeRange


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody was asked, or nobody could be (`person` is None). `subject` is empty when they were asked by name.

    `windows` are the ids of the promised windows that led to the person, if the asker knew them; else those that were
    open then and have to do with it. `reason` says why it was not answered; empty when it was.
    """

    at: datetime
    subject: str = ""
    person: Person | None = None
    windows: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CountedAttempt:
    """An attempt at the window at which it counts."""

    attempt: Attempt
    is_inside: bool


@dataclass(frozen=True, slots=True)
class WindowDay:
    """One window on one day. Times in whole seconds; `gaps` add up to what is promised and not reachable.

    `inside` and `outside` count attempts, `answered` those of them that were answered, `reasons` the others. `people`
    is how many the window names, `asked` the attempts themselves.
    """

    window: int
    day: date
    promised: int = 0
    reachable: int = 0
    gaps: Mapping[Shortfall, int] = field(default_factory=dict)
    inside: int = 0
    outside: int = 0
    answered: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    people: int = 0
    asked: Sequence[CountedAttempt] = ()


@dataclass(frozen=True)
class PromisedDay:
    """The facts of a day. `until` ends it early: today counts up to now."""

    on: date
    facts: Availability
    desks: Sequence[AtDeskTime] = ()
    attempts: Sequence[Attempt] = ()
    until: datetime | None = None


def of_day(day: PromisedDay) -> list[WindowDay]:
    """The sums of each window that promised something on the day or was asked, by id. Every attempt counts once, at one
    window; one that no window has to do with counts nowhere."""
    windows = _by_id(day.facts.windows)
    at_desk = _at_desk(day.desks)
    asked = _asked(day, windows)
    found = (_of_window(day, window, at_desk, asked.get(number, [])) for number, window in sorted(windows.items()))
    return [each for each in found if each.promised or each.inside or each.outside]


def share(days: Iterable[WindowDay]) -> float | None:
    """The part of the promised time in which somebody could be asked, 0 to 1; None when nothing was promised."""
    days = list(days)
    promised = sum(each.promised for each in days)
    return sum(each.reachable for each in days) / promised if promised else None


def _by_id(windows: Iterable[Window]) -> dict[int, Window]:
    """One of each id: a line for all services of a unit has a window for each of them."""
    return {window.id: window for window in reversed(tuple(windows))}


def _at_desk(desks: Iterable[AtDeskTime]) -> dict[tuple[Person, AtDesk], Times]:
    times: dict[tuple[Person, AtDesk], list[TimeRange]] = {}
    for each in desks:
        times.setdefault((each.person, each.state), []).append(each.during)
    return {key: RangeSet(ranges) for key, ranges in times.items()}


def _of_window(
    day: PromisedDay,
    window: Window,
    at_desk: Mapping[tuple[Person, AtDesk], Times],
    asked: Sequence[CountedAttempt],
) -> WindowDay:
    promised = _promised(day, window)
    gaps = _gaps(promised, [_of_person(day, promised, one, at_desk) for one in window.people])
    return WindowDay(
        window.id, day.on, _seconds(promised), _seconds(promised) - sum(gaps.values()), gaps,
        inside=sum(each.is_inside for each in asked),
        outside=sum(not each.is_inside for each in asked),
        answered=sum(not each.attempt.reason for each in asked),
        reasons=Counter(each.attempt.reason for each in asked if each.attempt.reason),
        people=len(window.people), asked=tuple(asked),
    )  # fmt: skip


def _promised(day: PromisedDay, window: Window) -> Times:
    spans: Times = RangeSet(day.facts.spans(window, day.on))
    return spans if day.until is None else spans.intersection(RangeSet([TimeRange(None, day.until)]))


def _of_person(
    day: PromisedDay, promised: Times, person: Person, at_desk: Mapping[tuple[Person, AtDesk], Times]
) -> tuple[Times, Times, Times]:
    """When the person or who stands in for them could be asked, was in a conversation, or paused."""
    free, busy, paused, left = NEVER, NEVER, NEVER, promised
    for one in day.facts.line_of(person, day.on):
        absent = day.facts.absent_time(one)
        present, left = left.difference(absent), left.intersection(absent)
        in_talk, in_pause = (at_desk.get((one, state), NEVER) for state in (AtDesk.BUSY, AtDesk.PAUSED))
        free = free.union(present.difference(in_talk).difference(in_pause))
        busy, paused = busy.union(present.intersection(in_talk)), paused.union(present.intersection(in_pause))
    return free, busy, paused


def _gaps(promised: Times, people: Iterable[tuple[Times, Times, Times]]) -> dict[Shortfall, int]:
    """Seconds of each kind of gap. Who is in a conversation is nearest to being asked, then who has a pause."""
    free, busy, paused = NEVER, NEVER, NEVER
    for its_free, its_busy, its_paused in people:
        free, busy, paused = free.union(its_free), busy.union(its_busy), paused.union(its_paused)
    left = promised.difference(free)
    kinds = ((Shortfall.BUSY, left.intersection(busy)), (Shortfall.PAUSED, left.difference(busy).intersection(paused)))
    gaps = {
        gap: _seconds(times) for gap, times in (*kinds, (Shortfall.ABSENT, left.difference(busy).difference(paused)))
    }
    return {gap: seconds for gap, seconds in gaps.items() if seconds}


def _seconds(times: Times) -> int:
    return round(sum(each.seconds() for each in times))


# --- Attempts ----------------------------------------------------------------------------------


def _asked(day: PromisedDay, windows: Mapping[int, Window]) -> dict[int, list[CountedAttempt]]:
    """The attempts of the day by the window at which each counts."""
    found: dict[int, list[CountedAttempt]] = {}
    for attempt in day.attempts:
        if day_of(attempt.at) != day.on or (day.until is not None and attempt.at >= day.until):
            continue
        inside = _inside(day, attempt, windows)
        window = inside[0] if inside else _nearest(day, attempt, windows)
        if window is not None:
            found.setdefault(window, []).append(CountedAttempt(attempt, bool(inside)))
    return found


def _inside(day: PromisedDay, attempt: Attempt, windows: Mapping[int, Window]) -> list[int]:
    known = [number for number in attempt.windows if number in windows]
    return known or sorted(
        {each.id for each in day.facts.windows if _concerns(each, attempt) and day.facts.is_open(each, attempt.at)}
    )


def _nearest(day: PromisedDay, attempt: Attempt, windows: Mapping[int, Window]) -> int | None:
    """Of the windows that have to do with the attempt the one whose hours of the day are nearest to it.

    They are the windows of its subject, or those that name its person. With none open on that day the first counts.
    """
    concerned = {each.id for each in day.facts.windows if _concerns(each, attempt)}
    distances = [(_distance(day.facts.spans(windows[number], day.on), attempt.at), number) for number in concerned]
    return min(distances)[1] if distances else None


def _concerns(window: Window, attempt: Attempt) -> bool:
    if attempt.subject:
        return window.subject == attempt.subject
    return attempt.person in window.people


def _distance(spans: Iterable[TimeRange], at: datetime) -> float:
    """Seconds from the moment to the nearest span."""
    return min(
        (
            max((start - at).total_seconds() if start else 0.0, (at - end).total_seconds() if end else 0.0, 0.0)
            for start, end in spans
        ),
        default=float("inf"),
    )
