"""What a person who plans may read and change through the API: the same as on the pages."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.workforce.models import ShiftPlan


def centre(person: Person, code: str) -> ContactCentre:
    """A centre of today for which the person plans. Raises Http404."""
    rows = ContactCentre.objects.valid_on(clock.today()).select_related("owner")
    found: ContactCentre | None = rows.filter(code=code).first()
    if found is None or not may(person, Permission.PLAN_STAFFING, found.owner):
        raise Http404
    return found


def plan(person: Person, pk: int) -> ShiftPlan:
    """A shift plan of a centre for which the person plans. Raises Http404."""
    found = get_object_or_404(ShiftPlan.objects.select_related("centre__owner", "follows"), pk=pk)
    if not may(person, Permission.PLAN_STAFFING, found.centre.owner) or not found.centre.valid_on(clock.today()):
        raise Http404
    return found
