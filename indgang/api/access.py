"""What a person who plans may read and change through the API: the same as on the pages."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock


def centre(person: Person, code: str) -> ContactCentre:
    """A centre of today for which the person plans. Raises Http404."""
    rows = ContactCentre.objects.valid_on(clock.today()).select_related("owner")
    found: ContactCentre | None = rows.filter(code=code).first()
    if found is None or not may(person, Permission.PLAN_STAFFING, found.owner):
        raise Http404
    return found
