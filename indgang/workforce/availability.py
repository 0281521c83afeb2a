"""Reads the facts of availability: agreements in force, people's own days, substitutes.

`routing.availability` answers from them. What people are doing at their desks comes from the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.core.ranges import ALWAYS, DateRange, TimeRange
from indgang.core.schedule import Schedule, Weekly
from indgang.prepared.query import Query
from indgang.routing.availability.reachability import HORIZON_DAYS
from indgang.routing.availability.windows import (
    Absence,
    AbsenceReason,
    AtDesk,
    Availability,
    Medium,
    Substitution,
    Window,
)
from indgang.workforce import own_day
from indgang.workforce.day_line import DayKind
from indgang.workforce.models import GroupMember, PromisedWindow, Substitute, WindowPerson

#: what these people are doing at their desks; those without one are missing
Desks = Callable[[Collection[int]], Mapping[int, AtDesk]]
_MIDNIGHT = time(0)


_ALL_OFFERED = Query(
    lambda day: Service.objects.valid_on(day).order_by("pk").values_list("pk", "code", "unit"), day=date
)
_OFFERED = Query(
    lambda day, codes: (
        Service.objects.valid_on(day).filter(code__in=codes).order_by("pk").values_list("pk", "code", "unit")
    ),
    day=date,
    codes=list[str],
)
_LINES = Query(
    lambda first, last, services, units: (
        PromisedWindow.objects.between(first, last)
        .filter(Q(service__in=services) | Q(service=None, agreement__unit__in=units))
        .select_related("agreement__unit")
    ),
    first=date,
    last=date,
    services=list[int],
    units=list[int],
)
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
_NAMED = Query(
    lambda windows: (
        WindowPerson.objects.filter(window__in=windows).order_by("window", "place").values_list("window", "person")
    ),
    windows=list[int],
)
_MEMBERS = Query(
    lambda groups, day: (
        GroupMember.objects.valid_on(day).filter(group__in=groups).order_by("pk").values_list("group", "person")
    ),
    groups=list[int],
    day=date,
)
_SUBSTITUTES = Query(
    lambda people, day: (
        Substitute.objects.valid_on(day)
        .filter(person__in=people)
        .order_by("pk")
        .values_list("person", "substitute", "valid_from", "valid_to")
    ),
    people=list[int],
    day=date,
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
_CLOSED = Query(
    lambda people: Person.objects.filter(pk__in=people, is_active=False).order_by("pk").values_list("pk"),
    people=list[int],
)


def facts(at: datetime, *, services: Iterable[str] | None = None, desks: Desks | None = None) -> Availability:
    """The facts at a moment, in a few queries.

    `services` (codes) limits them to what these need; `desks` is asked once, about the people concerned.
    """
    day = day_of(at)
    windows = tuple(_windows(day, services))
    people = {person for window in windows for person in window.people}
    substitutions = tuple(_substitutions(people, day))
    people |= {each.substitute for each in substitutions}
    notes = _NOTES.rows(people=list(people), at=at)
    at_desk = desks(people) if desks else {}
    return Availability(
        windows=windows,
        absences=(*_closed(people), *_absences(notes)),
        substitutions=substitutions,
        desks=at_desk,
        reported=frozenset(at_desk) | {person for person, *_, noted_at in notes if day_of(noted_at) == day},
    )


def facts_of(people: Collection[int], at: datetime, *, desks: Desks | None = None) -> Availability:
    """The facts about these people at a moment, in a few queries: the windows that name them, whatever the subject."""
    day, asked = day_of(at), list(people)
    rows = _LINES_NAMING.models(day=day, before=day - timedelta(days=1), people=asked)
    named = people_of(rows, day)
    notes = _NOTES.rows(people=asked, at=at)
    at_desk = desks(people) if desks else {}
    return Availability(
        windows=tuple(_window(row, "", named[row.pk]) for row in rows),
        absences=tuple(_absences(notes)),
        substitutions=tuple(_substitutions(people, day)),
        desks=at_desk,
        reported=frozenset(at_desk) | {person for person, *_, noted_at in notes if day_of(noted_at) == day},
    )


def _windows(day: date, services: Iterable[str] | None) -> Iterator[Window]:
    """One window for each service that a line of an agreement covers."""
    offered = _ALL_OFFERED.rows(day=day) if services is None else _OFFERED.rows(day=day, codes=list(services))
    of_unit: dict[int | None, list[str]] = defaultdict(list)
    codes: dict[int, str] = {}
    for pk, code, unit in offered:
        codes[pk] = code
        of_unit[unit].append(code)
    rows = _lines(day, list(codes), [unit for unit in of_unit if unit is not None])
    people = people_of(rows, day)
    for row in rows:
        for code in (
            of_unit[row.agreement.unit_id] if row.service_id is None else filter(None, [codes.get(row.service_id)])
        ):
            yield _window(row, code, people[row.pk])


def _lines(day: date, services: list[int], units: list[int]) -> list[PromisedWindow]:
    # yesterday's windows may last over midnight, and the answer names the next time within the horizon
    first, last = day - timedelta(days=1), day + timedelta(days=HORIZON_DAYS)
    return _LINES.models(first=first, last=last, services=services, units=units) if services else []


def people_of(rows: Iterable[PromisedWindow], day: date) -> dict[int, tuple[int, ...]]:
    """The people of each line: those it names, in their order, then the members of its group."""
    named: dict[int, list[int]] = {row.pk: [] for row in rows}
    for window, person in _NAMED.rows(windows=list(named)):
        named[window].append(person)
    members = _members(rows, day)
    return {row.pk: tuple(dict.fromkeys(named[row.pk] + members.get(row.group_id or 0, []))) for row in rows}


def _window(row: PromisedWindow, service: str, people: tuple[int, ...]) -> Window:
    return Window(
        row.pk, row.agreement.unit.code, service, people, hours_of(row), _media(row), is_back_up=row.is_back_up,
        days=_days_of(row),
    )  # fmt: skip


def hours_of(row: PromisedWindow) -> Schedule:
    """The hours of a line within the validity of its agreement."""
    return _hours(row, _days_of(row))


def _days_of(row: PromisedWindow) -> DateRange:
    return DateRange(row.agreement.valid_from, row.agreement.valid_to)


def weekly_of(row: PromisedWindow) -> Schedule:
    """The hours of a line in any week, whatever the validity of its agreement."""
    return _hours(row, ALWAYS)


def _hours(row: PromisedWindow, valid: DateRange) -> Schedule:
    """Hours over midnight become two spans, as `core.schedule` has them."""
    weekly = []
    for weekday in row.days:
        if row.closes == _MIDNIGHT or row.closes > row.opens:
            weekly.append(Weekly(weekday, row.opens, row.closes, valid))
            continue
        weekly.append(Weekly(weekday, row.opens, _MIDNIGHT, valid))
        weekly.append(Weekly((weekday + 1) % 7, _MIDNIGHT, row.closes, _a_day_later(valid)))
    return Schedule(tuple(weekly), closed_on_holidays=not row.on_holidays)


def _a_day_later(valid: DateRange) -> DateRange:
    start, end = valid
    return DateRange(start and start + timedelta(days=1), end and end + timedelta(days=1))


def _media(row: PromisedWindow) -> frozenset[Medium]:
    chosen = ((Medium.PHONE, row.by_phone), (Medium.CHAT, row.by_chat))
    return frozenset(medium for medium, is_on in chosen if is_on)


def _members(rows: Iterable[PromisedWindow], day: date) -> dict[int, list[int]]:
    groups = {row.group_id for row in rows if row.group_id}
    found: dict[int, list[int]] = defaultdict(list)
    for group, person in _MEMBERS.rows(groups=list(groups), day=day) if groups else ():
        found[group].append(person)
    return found


def _substitutions(people: Iterable[int], day: date) -> Iterator[Substitution]:
    """The substitutes of these people, their substitutes, and so on; one query for each step."""
    known: set[int] = set()
    asked = set(people)
    while asked:
        known |= asked
        rows = _SUBSTITUTES.rows(people=list(asked), day=day)
        found = [Substitution(person, substitute, DateRange(start, end)) for person, substitute, start, end in rows]
        yield from found
        asked = {each.substitute for each in found} - known


def _closed(people: Iterable[int]) -> Iterator[Absence]:
    """An absence without an end for each closed account, so that substitutes are asked instead."""
    for (pk,) in _CLOSED.rows(people=list(people)):
        yield Absence(pk, TimeRange(None, None), AbsenceReason.GONE)


def _absences(notes: Iterable[tuple[Any, ...]]) -> Iterator[Absence]:
    for person, written, starts_at, ends_at, _noted_at in notes:
        kind = DayKind(written)
        if not kind.can_be_asked:
            yield Absence(person, TimeRange(starts_at, ends_at), AbsenceReason(kind))
