"""Which counting weeks a person sees, sets up, and counts in. Functions raise Http404 for others."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.analysis.counting import rights
from indgang.analysis.counting.models import CountingWeek
from indgang.catalogue.models import Purpose, Service
from indgang.core import clock
from indgang.ui.missing import not_found

#: whoever opens the pages; anybody on the staff may be asked to count
STAFF = (*rights.READERS, P.READ_KNOWLEDGE)


def week_for(person: Person, pk: int) -> CountingWeek:
    found = rights.seen_by(person).filter(pk=pk).first()
    if found is None:
        raise not_found(CountingWeek, pk)
    return found


def week_to_set_up(person: Person, pk: int) -> CountingWeek:
    found = week_for(person, pk)
    if not rights.may_set_up(person, found):
        raise Http404
    return found


def week_to_count(person: Person, pk: int) -> CountingWeek:
    found = week_for(person, pk)
    if not rights.counts(person, found):
        raise Http404
    return found


def services_to_count(person: Person) -> QuerySet[Service]:
    today: QuerySet[Service] = Service.objects.valid_on(clock.today()).order_by("name")
    return today.filter(unit__in=rights.units_to_count(person))


def purposes() -> QuerySet[Purpose]:
    """The cross-cutting purposes of today."""
    found: QuerySet[Purpose] = Purpose.objects.valid_on(clock.today())
    return found
