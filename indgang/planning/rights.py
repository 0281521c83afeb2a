"""Who plans: planners, and those who sign cooperation agreements, each for the centres of their units.

A scenario with measured calls is for those who plan for its centre, and one of several centres for its owner and those
who plan for all. Scenarios from published numbers are for everybody who plans.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from indgang.accounts.access import everywhere, of_either_side
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.planning.models import Scenario

PLANNERS = (P.PLAN_STAFFING, P.SIGN_COOPERATION)


def of_centres(person: Person, permissions: tuple[P, ...] = PLANNERS, before: str = "") -> Q:
    """A filter for rows whose centre's owner or operator is a unit for which the person has one of the permissions."""
    return of_either_side(person, *permissions, before=before)


def centres_planned(person: Person, today: date, permissions: tuple[P, ...] = PLANNERS) -> QuerySet[ContactCentre]:
    """The centres of today that this person plans for."""
    rows: QuerySet[ContactCentre] = ContactCentre.objects.valid_on(today).filter(of_centres(person, permissions))
    return rows.order_by("name")


def may_assume_for_all(person: Person) -> bool:
    """Whether this person decides assumptions of all centres."""
    return everywhere(person, P.PLAN_STAFFING)


def scenarios_seen(person: Person) -> QuerySet[Scenario]:
    """The newest first; also those that are closed."""
    rows = Scenario.objects.select_related("owner", "centre")
    if any(everywhere(person, permission) for permission in PLANNERS):
        return rows
    measured = Q(centre__isnull=False) & of_centres(person, before="centre__")
    found: QuerySet[Scenario] = rows.filter(Q(is_measured=False) | Q(owner=person) | measured)
    return found


def scenarios_owned(person: Person) -> QuerySet[Scenario]:
    """Those that this person made, sees and therefore names and closes."""
    found: QuerySet[Scenario] = scenarios_seen(person).filter(owner=person)
    return found
