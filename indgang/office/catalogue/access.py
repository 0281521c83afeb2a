"""Access to the catalogue: permissions follow units; rows without a unit are open to everybody."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, DirectoryEntry, Purpose, Schedule, Service, Unit
from indgang.entry.models import FormerNumber

SEE, EDIT, SEARCH = Permission.SEE_CATALOGUE, Permission.EDIT_CATALOGUE, Permission.SEARCH_DIRECTORY

Row = TypeVar("Row", bound=Model)


def units_seen(person: Person) -> QuerySet[Unit]:
    return Unit.objects.all() if everywhere(person, SEE) else units_of(person, SEE)


def units_edited(person: Person) -> QuerySet[Unit]:
    return Unit.objects.all() if everywhere(person, EDIT) else units_of(person, EDIT)


def unit_for(person: Person, code: str) -> Unit:
    """The unit.

    Raises Http404, as all functions below do, when it does not exist or this person has no access to it.
    """
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
    """The directory entry. Whoever may search the directory may see all of it: it covers the whole municipality."""
    found: QuerySet[DirectoryEntry] = DirectoryEntry.objects.select_related("unit").filter(pk=pk)
    return _one(found)


def person_of_entry(entry: DirectoryEntry) -> Person | None:
    """The person with an open account to whom the entry belongs."""
    found: Person | None = Person.objects.filter(entry=entry, is_active=True).order_by("pk").first()
    return found


def may_verify(person: Person, entry: DirectoryEntry) -> bool:
    """Whether the person may say that the entry is right: it is their own, or they may change it."""
    return person.entry_id == entry.pk or may_edit(person, entry.unit)


def former_number_for(pk: int) -> FormerNumber:
    found: QuerySet[FormerNumber] = FormerNumber.objects.select_related("unit").filter(pk=pk)
    return _one(found)


def may_edit(person: Person, unit: Unit | None) -> bool:
    """Whether the person may change what belongs to `unit`; None requires the permission for the whole municipality."""
    return everywhere(person, EDIT) if unit is None else may(person, EDIT, unit)


def may_edit_schedule(person: Person, schedule: Schedule) -> bool:
    """Whether the person may change these opening hours.

    They must be allowed to change every centre that uses them, and the centre of every queue that does.
    """
    having = ContactCentre.objects.filter(Q(schedule=schedule) | Q(queues__schedule=schedule)).select_related("owner")
    owners = [centre.owner for centre in having.distinct()]
    return everywhere(person, EDIT) or (bool(owners) and all(may(person, EDIT, owner) for owner in owners))


def schedules_of(person: Person, permission: Permission) -> QuerySet[Schedule]:
    """Opening hours that are unused, or used only by centres and queues for which the person has `permission`.

    Others are not offered, because whoever shares opening hours also has a say in them.
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
