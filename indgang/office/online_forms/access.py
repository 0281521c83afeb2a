"""Whose online forms a person may edit and publish: those of the units whose public texts they write and approve.

A form is a public text of a unit that asks something, so the permissions are those of articles.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import DatedQuerySet, Unit
from indgang.correspondence.models import OnlineForm

EDIT, APPROVE = Permission.EDIT_KNOWLEDGE, Permission.APPROVE_KNOWLEDGE


def units_edited(person: Person) -> DatedQuerySet:
    """The units that the person may make forms for."""
    return _units(person, EDIT)


def forms_seen(person: Person) -> QuerySet[OnlineForm]:
    """The forms of the units that the person edits or approves for."""
    units = [*_units(person, EDIT).values_list("pk", flat=True), *_units(person, APPROVE).values_list("pk", flat=True)]
    return OnlineForm.objects.filter(unit__in=units).select_related("unit", "queue", "purpose", "mailbox")


def form_for(person: Person, code: str) -> OnlineForm:
    """Raises Http404 when it does not exist or the person has no access to it."""
    found = forms_seen(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def form_edited(person: Person, code: str) -> OnlineForm:
    """As `form_for`, for those who may edit it."""
    found = form_for(person, code)
    if not may(person, EDIT, found.unit):
        raise Http404
    return found


def form_approved(person: Person, code: str) -> OnlineForm:
    """As `form_for`, for those who may publish it."""
    found = form_for(person, code)
    if not may(person, APPROVE, found.unit):
        raise Http404
    return found


def _units(person: Person, permission: Permission) -> DatedQuerySet:
    units = Unit.objects.all()
    return units if everywhere(person, permission) else units.filter(pk__in=units_of(person, permission))
