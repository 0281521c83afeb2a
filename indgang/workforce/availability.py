"""Reads the facts of availability: agreements in force, people's own days, substitutes.

`routing.availability` answers from them. What people are doing at their desks comes from the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from django.db.models import Q

from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.core.ranges import ALWAYS, DateRange, TimeRange
from indgang.core.schedule import Schedule, Weekly
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
from indgang.workforce.models import DayNote, GroupMember, PromisedWindow, Substitute

_MIDNIGHT = time(0)


def facts(
    at: datetime,
    *,
    services: Iterable[str] | None = None,
    desks: Mapping[int, AtDesk] = MappingProxyType({}),
    at_work: frozenset[int] = frozenset(),
) -> Availability:
    """The facts at a moment, in a few queries; `services` (codes) limits them to what these need.

    `at_work` are the people who are known to be at work today without having noted anything.
    """
    day = day_of(at)
    windows = tuple(_windows(day, services))
    people = {person for window in windows for person in window.people}
    substitutions = tuple(_substitutions(day))
    people |= {each.substitute for each in substitutions}
    notes = list(own_day.lasting_after(at).filter(person__in=people))
    return Availability(
        windows=windows,
        absences=tuple(_absences(notes)),
        substitutions=substitutions,
        desks=desks,
        reported=at_work | {row.person_id for row in notes if day_of(row.noted_at) == day},
    )


def _windows(day: date, services: Iterable[str] | None) -> Iterator[Window]:
    """One window for each service that a line of an agreement covers."""
    lines = PromisedWindow.objects.in_force(day).exclude(service__valid_to__lte=day)
    if services is not None:
        wanted = list(services)
        lines = lines.filter(Q(service__code__in=wanted) | Q(service=None, agreement__unit__services__code__in=wanted))
    rows = list(
        lines.distinct().select_related("agreement__unit", "service", "group").prefetch_related("people")
    )  # fmt: skip
    members, offered = _members(rows, day), _services_of_units(rows, day)
    for row in rows:
        people = tuple(
            dict.fromkeys([each.person_id for each in row.people.all()] + members.get(row.group_id or 0, []))
        )
        for code in [row.service.code] if row.service else offered.get(row.agreement.unit_id, []):
            yield Window(
                row.pk, row.agreement.unit.code, code, people, hours_of(row), _media(row), is_back_up=row.is_back_up
            )


def hours_of(row: PromisedWindow) -> Schedule:
    """The hours of a line within the validity of its agreement."""
    return _hours(row, DateRange(row.agreement.valid_from, row.agreement.valid_to))


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
    members = GroupMember.objects.valid_on(day).filter(group__in=groups, person__is_active=True)
    for group, person in members.order_by("pk").values_list("group", "person"):
        found[group].append(person)
    return found


def _services_of_units(rows: Iterable[PromisedWindow], day: date) -> dict[int, list[str]]:
    """The services of the units whose agreements have a line for all of them."""
    units = {row.agreement.unit_id for row in rows if row.service_id is None}
    found: dict[int, list[str]] = defaultdict(list)
    services = Service.objects.valid_on(day).filter(unit__in=units)
    for unit, code in services.order_by("pk").values_list("unit", "code"):
        found[unit].append(code)
    return found


def _substitutions(day: date) -> Iterator[Substitution]:
    rows = Substitute.objects.valid_on(day).filter(substitute__is_active=True).order_by("pk")
    for row in rows:
        yield Substitution(row.person_id, row.substitute_id, DateRange(row.valid_from, row.valid_to))


def _absences(notes: Iterable[DayNote]) -> Iterator[Absence]:
    for row in notes:
        kind = DayKind(row.kind)
        if not kind.can_be_asked:
            yield Absence(row.person_id, TimeRange(row.starts_at, row.ends_at), AbsenceReason(kind))
