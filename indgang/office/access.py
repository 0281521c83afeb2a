"""Access rules that all areas of the office share: the centres and units of a person; all others give 404.

The `access.py` of each area is the only way to its objects.
"""

from __future__ import annotations

from typing import TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from indgang.accounts.access import centres_with, everywhere, may, may_in, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, DatedQuerySet, Unit
from indgang.core import clock
from indgang.ui.missing import not_found

Row = TypeVar("Row", bound=Model)


def centres_of(person: Person, permission: Permission) -> DatedQuerySet:
    """The centres of today in which `person` has `permission`."""
    return centres_with(person, permission).valid_on(clock.today()).select_related("owner", "operator", "schedule")


def centre_for(person: Person, code: str, permission: Permission) -> ContactCentre:
    """The centre. Raises Http404 when it does not exist or this person has no access to it."""
    centre: ContactCentre | None = centres_of(person, permission).filter(code=code).first()
    if centre is None:
        raise Http404
    return centre


def has(person: Person, permission: Permission, centre: ContactCentre) -> bool:
    return may_in(person, permission, centre)


def may_edit_unit(person: Person, permission: Permission, unit: Unit | None) -> bool:
    """Whether the person may change what belongs to `unit`; None requires the permission for the whole municipality."""
    return everywhere(person, permission) if unit is None else may(person, permission, unit)


def units_for(person: Person, permission: Permission) -> QuerySet[Unit]:
    """The units of today for which `person` has `permission`, in the order of the tree."""
    today = Unit.objects.valid_on(clock.today()).order_by("path")
    if not everywhere(person, permission):
        today = today.filter(pk__in=units_of(person, permission))
    found: QuerySet[Unit] = today
    return found


def offer_units(form: forms.BaseForm, name: str, person: Person, permission: Permission) -> None:
    """Set the choices of a form field to the person's units; "no unit" requires the permission for the municipality."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = units_for(person, permission)
    field.required = not everywhere(person, permission)
    field.empty_label = _("Vælg en enhed") if field.required else _("Hele kommunen")


def part_of(rows: QuerySet[Row], pk: int) -> Row:
    """A row of something that the person may see. Raises Http404; for a deleted one it says who deleted it."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found(rows.model, pk)
    return found


def colleagues() -> QuerySet[Person]:
    """Everybody on the staff, by name."""
    found: QuerySet[Person] = Person.objects.filter(is_active=True).order_by("name", "pk")
    return found
