"""What planners see and change (`planning.rights`). Who signs agreements reads assumptions and does not change them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.planning import rights
from indgang.planning.assumption_kinds import KINDS, AssumptionKind
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.rights import PLANNERS, scenarios_owned, scenarios_seen


def centres_planned(person: Person, permissions: tuple[P, ...] = PLANNERS) -> QuerySet[ContactCentre]:
    """The centres of today that this person plans for."""
    return rights.centres_planned(person, clock.today(), permissions)


def scenario_for(person: Person, pk: int) -> Scenario:
    """The scenario. Raises Http404, as all functions below do, for what this person may not see."""
    found = scenarios_seen(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def scenario_to_change(person: Person, pk: int) -> Scenario:
    """A scenario that is this person's own."""
    found = scenarios_owned(person).filter(pk=pk).first()
    if found is None:
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


def assumed_for(person: Person, code: str) -> ContactCentre | None:
    """The centre whose assumptions this person changes; None is all centres."""
    if not code:
        if not rights.may_assume_for_all(person):
            raise Http404
        return None
    found = centres_planned(person, (P.PLAN_STAFFING,)).filter(code=code).first()
    if found is None:
        raise Http404
    return found
