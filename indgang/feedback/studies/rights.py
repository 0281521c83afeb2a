"""Who may see, lead and decide about a study. Its team may do what its leaders may, except decide."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Service, Unit
from indgang.feedback.studies.models import Study

LEAD, DECIDE = Permission.LEAD_STUDIES, Permission.DECIDE_STUDIES
#: who plans studies, and who reads them, for their units
PLANNERS = (LEAD, DECIDE)
READERS = (Permission.SEE_FIGURES, *PLANNERS)


def may_lead(person: Person, study: Study) -> bool:
    """Whether the person may plan the study and write its results."""
    return may_plan(person, study.unit) or study.team.filter(person=person).exists()


def may_plan(person: Person, unit: Unit) -> bool:
    return may(person, LEAD, unit) or may(person, DECIDE, unit)


def may_decide(person: Person, unit: Unit) -> bool:
    """Whether the person decides what is studied, and what happens with recommendations, for this unit."""
    return may(person, DECIDE, unit)


def seen_by(person: Person) -> QuerySet[Study]:
    """The studies of the person's units, and those in whose team they are."""
    own = Q(team__person=person)
    for each in READERS:
        own |= Q(unit__in=units_of(person, each))
    return Study.objects.filter(own).select_related("unit", "service", "decided_by", "created_by").distinct()


def services_seen(person: Person, today: date) -> QuerySet[Service]:
    """The services of today that the person follows figures of, or whose studies they plan."""
    valid: QuerySet[Service] = Service.objects.valid_on(today).select_related("unit").order_by("name")
    if any(everywhere(person, each) for each in READERS):
        return valid
    own = Q(pk__in=())
    for each in READERS:
        own |= Q(unit__in=units_of(person, each))
    return valid.filter(own)


def units_to_plan(person: Person) -> QuerySet[Unit]:
    """The units for which the person may plan a study."""
    return units_of(person, LEAD) | units_of(person, DECIDE)
