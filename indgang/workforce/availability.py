"""Reads the facts of availability: what is agreed, which is kept (`agreed`), and people's own days, which are not.

`routing.availability` answers from them. What people are doing at their desks comes from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from indgang.core.clock import day_of
from indgang.core.ranges import TimeRange
from indgang.prepared.query import Query
from indgang.routing.availability.windows import Absence, AbsenceReason, AtDesk, Availability
from indgang.workforce import agreed, own_day
from indgang.workforce.day_line import DayKind
from indgang.workforce.models import GroupMember, PromisedWindow, WindowPerson

#: what these people are doing at their desks; those without one are missing
Desks = Callable[[Collection[int]], Mapping[int, AtDesk]]

_LINES_NAMING = Query(
    lambda day, before, people: (
        PromisedWindow.objects.between(before, day)
        .filter(
            Q(pk__in=WindowPerson.objects.filter(person__in=people).order_by().values("window"))
            | Q(group__in=GroupMember.objects.valid_on(day).filter(person__in=people).order_by().values("group")),
            by_phone=True,
        )
        .select_related("agreement__unit")
    ),
    day=date,
    before=date,
    people=list[int],
)
_NOTES = Query(
    lambda people, at: (
        own_day.lasting_after(at)
        .filter(person__in=people)
        .order_by("person", "starts_at")
        .values_list("person", "kind", "starts_at", "ends_at", "noted_at")
    ),
    people=list[int],
    at=datetime,
)


def facts(at: datetime, *, services: Iterable[str] | None = None, desks: Desks | None = None) -> Availability:
    """The facts at a moment, in a few queries.

    `services` (codes) limits them to what these need; `desks` is asked once, about the people concerned.
    """
    day, codes = day_of(at), None if services is None else list(dict.fromkeys(services))
    known = agreed.read(day) if codes is None else agreed.of(day, codes)
    windows = known.windows_of(codes)
    people = known.with_substitutes(person for window in windows for person in window.people)
    notes = _NOTES.rows(people=list(people), at=at) if people else []
    at_desk = desks(people) if desks and people else {}
    return Availability(
        windows=windows,
        absences=(*_closed(known.closed & people), *_absences(notes)),
        substitutions=tuple(each for person in people for each in known.substitutes.get(person, ())),
        desks=at_desk,
        reported=_reported(notes, at_desk, day),
        known_spans=known.spans,
    )


def facts_of(people: Collection[int], at: datetime, *, desks: Desks | None = None) -> Availability:
    """The facts about these people at a moment, in a few queries: the windows that name them, whatever the subject."""
    day, asked = day_of(at), list(people)
    rows = _LINES_NAMING.models(day=day, before=day - timedelta(days=1), people=asked)
    named = agreed.people_of(rows, day)
    notes = _NOTES.rows(people=asked, at=at)
    at_desk = desks(people) if desks else {}
    return Availability(
        windows=tuple(agreed.window(row, "", named[row.pk]) for row in rows),
        absences=tuple(_absences(notes)),
        substitutions=tuple(agreed.substitutions(people, day)),
        desks=at_desk,
        reported=_reported(notes, at_desk, day),
    )


def _reported(notes: Iterable[tuple[Any, ...]], at_desk: Collection[int], day: date) -> frozenset[int]:
    """Those who have noted something of their day today, or are signed in."""
    return frozenset(at_desk) | {person for person, *_, noted_at in notes if day_of(noted_at) == day}


def _closed(people: Iterable[int]) -> Iterator[Absence]:
    """An absence without an end for each closed account, so that substitutes are asked instead."""
    for person in people:
        yield Absence(person, TimeRange(None, None), AbsenceReason.GONE)


def _absences(notes: Iterable[tuple[Any, ...]]) -> Iterator[Absence]:
    for person, written, starts_at, ends_at, _noted_at in notes:
        kind = DayKind(written)
        if not kind.can_be_asked:
            yield Absence(person, TimeRange(starts_at, ends_at), AbsenceReason(kind))
