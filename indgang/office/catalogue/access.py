"""Access to the catalogue: rights follow units; rows without a unit are for everybody."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, DirectoryEntry, Purpose, Schedule, Service, Unit

SEE, EDIT, SEARCH = Permission.SEE_CATALOGUE, Permission.EDIT_CATALOGUE, Permission.SEARCH_DIRECTORY

Row = TypeVar("Row", bound=Model)


def units_seen(person: Person) -> QuerySet[Unit]:
    return Unit.objects.all() if everywhere(person, SEE) else units_of(person, SEE)


def units_edited(person: Person) -> QuerySet[Unit]:
    return Unit.objects.all() if everywhere(person, EDIT) else units_of(person, EDIT)


def unit_for(person: Person, code: str) -> Unit:
    """Raises Http404, as all below, for what is not there or not for this person."""
    return _one(units_seen(person).select_related("parent").filter(code=code))


def centres_seen(person: Person) -> QuerySet[ContactCentre]:
    found: QuerySet[ContactCentre] = ContactCentre.objects.select_related("owner", "operator", "schedule")
    return found if everywhere(person, SEE) else found.filter(owner__in=units_of(person, SEE))


def centre_for(person: Person, code: str) -> ContactCentre:
    return _one(centres_seen(person).filter(code=code))


def services_seen(person: Person) -> QuerySet[Service]:
    found: QuerySet[Service] = Service.objects.select_related("unit")
    if everywhere(person, SEE):
        return found
    return found.filter(Q(unit__in=units_of(person, SEE)) | Q(unit__isnull=True))


def service_for(person: Person, code: str) -> Service:
    return _one(services_seen(person).filter(code=code))


def purpose_for(code: str) -> Purpose:
    found: QuerySet[Purpose] = Purpose.objects.filter(code=code)
    return _one(found)


def schedule_for(code: str) -> Schedule:
    found: QuerySet[Schedule] = Schedule.objects.filter(code=code)
    return _one(found)


def entry_for(pk: int) -> DirectoryEntry:
    """The directory is for the whole municipality: whoever may search it may see everybody in it."""
    found: QuerySet[DirectoryEntry] = DirectoryEntry.objects.select_related("unit").filter(pk=pk)
    return _one(found)


def may_edit(person: Person, unit: Unit | None) -> bool:
    """Whether what belongs to `unit` may be changed; without one it takes the right for the whole municipality."""
    return everywhere(person, EDIT) if unit is None else may(person, EDIT, unit)


def may_edit_schedule(person: Person, schedule: Schedule) -> bool:
    """Opening hours may be changed by who may change every centre that has them, and the centre of every queue."""
    having = ContactCentre.objects.filter(Q(schedule=schedule) | Q(queues__schedule=schedule)).select_related("owner")
    owners = [centre.owner for centre in having.distinct()]
    return everywhere(person, EDIT) or (bool(owners) and all(may(person, EDIT, owner) for owner in owners))


def schedules_of(person: Person, permission: Permission) -> QuerySet[Schedule]:
    """Opening hours that no centre and no queue has for which the person lacks `permission`.

    Others are not offered: who shares somebody's hours would have a say in them.
    """
    if everywhere(person, permission):
        return Schedule.objects.all()
    others = ContactCentre.objects.exclude(owner__in=units_of(person, permission))
    used = Q(centres__in=others) | Q(queues__centre__in=others)
    return Schedule.objects.exclude(pk__in=Schedule.objects.filter(used).values("pk"))


def _one(found: QuerySet[Row]) -> Row:
    row = found.first()
    if row is None:
        raise Http404
    return row
