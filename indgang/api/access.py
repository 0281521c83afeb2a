"""What a person who plans may read and change through the API: the same as on the pages."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.access import centres_with, may_in
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.workforce.models import ShiftPlan


def centre(person: Person, code: str) -> ContactCentre:
    """A centre of today for which the person plans. Raises Http404."""
    rows = centres_with(person, Permission.PLAN_STAFFING).valid_on(clock.today())
    found: ContactCentre | None = rows.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def plan(person: Person, pk: int) -> ShiftPlan:
    """A shift plan of a centre for which the person plans. Raises Http404."""
    found = get_object_or_404(ShiftPlan.objects.select_related("centre__owner", "centre__operator", "follows"), pk=pk)
    if not may_in(person, Permission.PLAN_STAFFING, found.centre) or not found.centre.valid_on(clock.today()):
        raise Http404
    return found
