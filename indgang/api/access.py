"""What a person who plans may read and change through the API: the same as on the pages."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.access import centres_with
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, DatedQuerySet
from indgang.core import clock
from indgang.entry.models import AgentLoan, Queue
from indgang.entry.team import loans
from indgang.planning.forecast_rights import queues_planned
from indgang.workforce.models import ShiftPlan


def centres(person: Person) -> DatedQuerySet:
    """The centres of today for which the person plans."""
    return centres_with(person, Permission.PLAN_STAFFING).valid_on(clock.today())


def centre(person: Person, code: str) -> ContactCentre:
    """Raises Http404 for a centre that is none of these."""
    found: ContactCentre = get_object_or_404(centres(person), code=code)
    return found


def loan(shown: ContactCentre, pk: int) -> AgentLoan:
    """A loan to the centre or from it, also one that is over. Raises Http404."""
    return get_object_or_404(loans.of_centre(shown), pk=pk)


def queue(person: Person, code: str, permissions: tuple[Permission, ...] = (Permission.PLAN_STAFFING,)) -> Queue:
    """A queue of today that the person plans for; with other permissions, one that they see. Raises Http404."""
    found = queues_planned(person, permissions).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def plan(person: Person, pk: int) -> ShiftPlan:
    """A shift plan of one of these centres. Raises Http404."""
    rows = ShiftPlan.objects.filter(centre__in=centres(person)).select_related("centre", "follows")
    return get_object_or_404(rows, pk=pk)
