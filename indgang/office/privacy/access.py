"""Who may handle requests about personal data: the permission must cover the whole municipality."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.privacy.models import Erasure
from indgang.ui.missing import not_found


def whole_municipality(request: HttpRequest, permission: Permission) -> Person:
    """The person who asks. Raises PermissionDenied when their permission covers some units only."""
    person = person_of(request)
    if not everywhere(person, permission):
        raise PermissionDenied
    return person


def erasure_for(number: int) -> Erasure:
    found = Erasure.objects.filter(pk=number).first()
    if found is None:
        raise not_found(Erasure, number)
    return found
