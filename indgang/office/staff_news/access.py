"""Which news for staff a person may write and see, and whose logs of the day."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.entry.models import DayLogEntry, StaffNews
from indgang.office.access import centres_of, has
from indgang.workforce.models import Skill

#: who may read and write the log of a centre
KEEPERS = (Permission.TAKE_CALLS, Permission.TELL_STAFF, Permission.LEAD_TEAM)


def news_of(person: Person) -> QuerySet[StaffNews]:
    """The news for the units and centres of this person; news for everybody belongs to the whole municipality."""
    rows = StaffNews.objects.select_related("unit", "centre", "skill", "written_by")
    if everywhere(person, Permission.TELL_STAFF):
        return rows
    units = units_of(person, Permission.TELL_STAFF)
    return rows.filter(Q(unit__in=units) | Q(centre__owner__in=units))


def news_for(person: Person, pk: int) -> StaffNews:
    return get_object_or_404(news_of(person), pk=pk)


def skills() -> QuerySet[Skill]:
    found: QuerySet[Skill] = Skill.objects.valid_on(clock.today())
    return found


def logs_of(person: Person) -> list[ContactCentre]:
    """The centres whose logs this person keeps."""
    found = {centre.pk: centre for each in KEEPERS for centre in centres_of(person, each)}
    return sorted(found.values(), key=lambda centre: centre.name)


def log_of(person: Person, code: str) -> ContactCentre:
    """Raises Http404 when the centre does not exist or this person has nothing to do with its log."""
    for each in logs_of(person):
        if each.code == code:
            return each
    raise Http404


def may_remove(person: Person, entry: DayLogEntry) -> bool:
    """Whoever wrote the entry, and those who may tidy up in the log."""
    return entry.written_by_id == person.pk or has(person, Permission.TELL_STAFF, entry.centre)


def entry_for(person: Person, code: str, pk: int) -> DayLogEntry:
    entry = get_object_or_404(DayLogEntry.objects.select_related("centre__owner"), pk=pk, centre=log_of(person, code))
    if not may_remove(person, entry):
        raise Http404
    return entry
