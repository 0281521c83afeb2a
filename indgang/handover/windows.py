"""Whom promised windows lead to: the people whom agreements in force name for the service of a hand-over, with their
substitutes, and those whom the agreement of its unit names for anything.

The switchboard offers tasks to those of them who are in a window at the time; whoever of them has one may keep it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import day_of
from indgang.handover.models import Handover
from indgang.workforce import availability
from indgang.workforce.models import Group, GroupMember, PromisedWindow, WindowPerson


def service_of(unit: Unit, service: Service | None) -> Service | None:
    """The service, if it belongs to the unit or one below it. The promised windows of other units' services say nothing
    about who in this unit can be asked."""
    if service is None or service.unit is None or not service.unit.path.startswith(unit.path):
        return None
    return service


def people_of(handovers: Iterable[Handover], at: datetime) -> dict[UUID, frozenset[int]]:
    """The active people for each hand-over, in a few queries."""
    rows = list(handovers)
    services = {row.pk: service.code for row in rows if (service := service_of(row.unit, row.service))}
    of_service = _by_service(set(services.values()), at)
    of_unit = _by_unit({row.unit_id for row in rows}, day_of(at))
    found = {row.pk: of_service.get(services.get(row.pk, ""), set()) | of_unit.get(row.unit_id, set()) for row in rows}
    named = set().union(*found.values())
    active = set(Person.objects.filter(is_active=True, pk__in=named).values_list("pk", flat=True)) if named else set()
    return {pk: frozenset(people & active) for pk, people in found.items()}


def _by_service(services: set[str], at: datetime) -> dict[str, set[int]]:
    """By the code of the service. A window of yesterday that lasts over midnight counts until it closes."""
    if not services:
        return {}
    facts, day = availability.facts(at, services=services), day_of(at)
    found: dict[str, set[int]] = defaultdict(set)
    for window in facts.windows:
        if day in window.days or facts.is_open(window, at):
            found[window.subject].update(each for person in window.people for each in facts.line_of(person, day))
    return found


def _by_unit(units: set[int], day: date) -> Mapping[int, set[int]]:
    windows = PromisedWindow.objects.in_force(day).filter(agreement__unit__in=units)
    people = WindowPerson.objects.filter(window__in=windows.values("pk"))
    found: dict[int, set[int]] = defaultdict(set)
    for unit, person in people.values_list("window__agreement__unit", "person"):
        found[unit].add(person)
    groups = Group.objects.valid_on(day).filter(pk__in=windows.values("group"))
    members: dict[int | None, set[int]] = defaultdict(set)
    for group, person in GroupMember.objects.valid_on(day).filter(group__in=groups).values_list("group", "person"):
        members[group].add(person)
    for unit, group in windows.values_list("agreement__unit", "group"):
        found[unit] |= members[group]
    return found
