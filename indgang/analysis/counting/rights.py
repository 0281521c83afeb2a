"""Who sets up counting weeks and reads them: by unit. Whoever counts may count, and see the week."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from indgang.accounts.access import may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.analysis.counting.models import CountingPerson, CountingWeek
from indgang.catalogue.models import Unit

SET_UP = Permission.SET_UP_COUNTING
READERS = (Permission.SEE_FIGURES, SET_UP)
#: whoever counts finds the week so long after it, though it is closed: a telephone may still have taps
_LATE = timedelta(days=14)


def seen_by(person: Person) -> QuerySet[CountingWeek]:
    own = Q(people__person=person)
    for each in READERS:
        own |= Q(unit__in=units_of(person, each))
    return CountingWeek.objects.filter(own).select_related("unit", "service").distinct()


def units_to_count(person: Person) -> QuerySet[Unit]:
    return units_of(person, SET_UP)


def may_set_up(person: Person, week: CountingWeek) -> bool:
    return may(person, SET_UP, week.unit)


def counts(person: Person, week: CountingWeek) -> bool:
    return week.people.filter(person=person).exists()


def counts_now(person: Person, today: date) -> bool:
    """Whether the person counts in a week that is open, or was until lately."""
    lately = Q(week__closed_at__isnull=True) | Q(week__ends_on__gte=today - _LATE)
    return CountingPerson.objects.filter(lately, person=person).exists()
