"""Which rollout plans a person sees and changes. Functions raise Http404 for others."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.office.access import centres_of, part_of, units_for
from indgang.programme.rollout import quarters, rights
from indgang.programme.rollout.models import RolloutPlan, RolloutStage

READERS, EDIT = rights.READERS, rights.EDIT


def plan_for(person: Person, pk: int) -> RolloutPlan:
    return part_of(rights.seen_by(person), pk)


def plan_to_edit(person: Person, pk: int) -> RolloutPlan:
    """A closed plan too: its actions say that it is closed."""
    found = plan_for(person, pk)
    if not centres_of(person, EDIT).filter(pk=found.centre_id).exists():
        raise Http404
    return found


def may_reopen(person: Person, plan: RolloutPlan) -> bool:
    return plan.closed_at is not None and centres_of(person, EDIT).filter(pk=plan.centre_id).exists()


def stage_for(plan: RolloutPlan, number: int) -> RolloutStage:
    found = plan.stages.select_related("plan__centre__owner").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def centres_to_plan(person: Person) -> QuerySet[ContactCentre]:
    found: QuerySet[ContactCentre] = centres_of(person, EDIT).order_by("name")
    return found


def units_to_begin_with(person: Person) -> QuerySet[Unit]:
    """Units whose services can move first: those with services, or above such a unit."""
    return units_for(person, EDIT).exclude(kind=Unit.Kind.MUNICIPALITY)


def services_of(plan: RolloutPlan) -> QuerySet[Service]:
    """The services of today that belong to the owner's units."""
    today: QuerySet[Service] = Service.objects.valid_on(clock.today()).order_by("name")
    return today.filter(unit__path__startswith=plan.centre.owner.path)


def units_of(plan: RolloutPlan) -> QuerySet[Unit]:
    """The owner's units of today."""
    today: QuerySet[Unit] = Unit.objects.valid_on(clock.today()).order_by("path")
    return today.filter(path__startswith=plan.centre.owner.path)


def moving_unit(plan: RolloutPlan, pk: int) -> Unit:
    """A unit with a service in the plan."""
    moving: QuerySet[Unit] = Unit.objects.filter(services__rollouts__plan=plan).distinct()
    return part_of(moving, pk)


def quarter_for(plan: RolloutPlan, year: int, number: int) -> date:
    """The first day of a quarter that can be reported, or has been."""
    if not (1 <= number <= 4 and 1900 <= year <= 2200):
        raise Http404
    first = date(year, 3 * number - 2, 1)
    known = first in quarters.quarters(plan, clock.today())
    if not known and not plan.reports.filter(first_day=first).exists():
        raise Http404
    return first
