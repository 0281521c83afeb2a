"""Who plans: planners, and those who sign cooperation agreements, each for the centres of their units.

A scenario with measured calls is for those who plan for its centre, and one of several centres for its owner and those
who plan for all. Scenarios from published numbers are for everybody who plans. Changing an assumption is for planners.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning.assumption_kinds import KINDS, AssumptionKind
from indgang.planning.models import Scenario, ScenarioRun

PLANNERS = (P.PLAN_STAFFING, P.SIGN_COOPERATION)


def _of(person: Person, permissions: tuple[P, ...], before: str = "") -> Q:
    """A filter for rows whose centre's owner or operator is a unit for which the person has one of the permissions."""
    found = Q(pk__in=())
    for permission in permissions:
        if everywhere(person, permission):
            return Q(pk__isnull=False)
        units = units_of(person, permission)
        found |= Q(**{f"{before}owner__in": units}) | Q(**{f"{before}operator__in": units})
    return found


def centres_planned(person: Person, permissions: tuple[P, ...] = PLANNERS) -> QuerySet[ContactCentre]:
    """The centres of today that this person plans for."""
    found: QuerySet[ContactCentre] = ContactCentre.objects.valid_on(clock.today()).filter(_of(person, permissions))
    return found.order_by("name")


def plans_for_all(person: Person) -> bool:
    return any(everywhere(person, permission) for permission in PLANNERS)


def queues_of(centres: list[ContactCentre]) -> list[Queue]:
    """The queues of today for calls."""
    rows = Queue.objects.valid_on(clock.today()).filter(centre__in=centres, work=Queue.Work.CALL)
    return list(rows.select_related("centre").order_by("centre__name", "name"))


def scenarios_seen(person: Person) -> QuerySet[Scenario]:
    """The newest first; also those that are closed."""
    measured = Q(centre__isnull=False) & _of(person, PLANNERS, "centre__")
    seen = Q(is_measured=False) | Q(owner=person) | measured
    if plans_for_all(person):
        seen = Q(pk__isnull=False)
    found: QuerySet[Scenario] = Scenario.objects.filter(seen).select_related("owner", "centre")
    return found


def scenario_for(person: Person, pk: int) -> Scenario:
    """The scenario. Raises Http404, as all functions below do, for what this person may not see."""
    found = scenarios_seen(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def scenario_to_change(person: Person, pk: int) -> Scenario:
    """A scenario that is this person's own."""
    found = scenario_for(person, pk)
    if found.owner_id != person.pk:
        raise Http404
    return found


def run_for(scenario: Scenario, number: int | None) -> ScenarioRun:
    """The run with this number; the newest without one."""
    rows = scenario.runs.select_related("made_by", "scenario")
    found = rows.first() if number is None else rows.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def kind_for(code: str) -> AssumptionKind:
    found = KINDS.get(code)
    if found is None:
        raise Http404
    return found


def may_assume_for_all(person: Person) -> bool:
    return everywhere(person, P.PLAN_STAFFING)


def assumed_for(person: Person, code: str) -> ContactCentre | None:
    """The centre whose assumptions this person changes; None is all centres."""
    if not code:
        if not may_assume_for_all(person):
            raise Http404
        return None
    found = centres_planned(person, (P.PLAN_STAFFING,)).filter(code=code).first()
    if found is None:
        raise Http404
    return found
