"""Which people an administrator may see and change: rights follow units here as everywhere."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.core import clock

EDIT = Permission.EDIT_PEOPLE


def people_of(administrator: Person) -> QuerySet[Person]:
    """People with a role, now or to come, in the administrator's units, and people who have no role at all."""
    people: QuerySet[Person] = Person.objects.all()
    if everywhere(administrator, EDIT):
        return people
    current = _current_roles()
    inside = current.filter(unit__in=units_of(administrator, EDIT))
    return people.filter(Q(pk__in=inside.values("person")) | ~Q(pk__in=current.values("person")))


def person_for(administrator: Person, pk: int) -> Person:
    """Raises Http404 for somebody who is not theirs to see."""
    person = people_of(administrator).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def has_in_full(administrator: Person, person: Person) -> bool:
    """Whether all roles of `person` lie in the administrator's units: only then may the account itself be changed."""
    if everywhere(administrator, EDIT):
        return True
    outside = _current_roles().filter(person=person).exclude(unit__in=units_of(administrator, EDIT))
    return not outside.exists()


def role_for(administrator: Person, person: Person, pk: int) -> RoleAssignment:
    """A role of `person` that the administrator may end. Raises Http404."""
    role: RoleAssignment | None = (
        RoleAssignment.objects.filter(person=person, pk=pk).select_related("unit", "person").first()
    )
    if role is None or not may_give(administrator, role.unit):
        raise Http404
    return role


def may_give(administrator: Person, unit: Unit | None) -> bool:
    """Whether the administrator may give and end roles for `unit` (None: the whole municipality)."""
    if everywhere(administrator, EDIT):
        return True
    return unit is not None and units_of(administrator, EDIT).filter(pk=unit.pk).exists()


def units_for_roles(administrator: Person) -> QuerySet[Unit]:
    """The units an administrator may give roles for."""
    if everywhere(administrator, EDIT):
        return Unit.objects.all()
    return units_of(administrator, EDIT)


def _current_roles() -> QuerySet[RoleAssignment]:
    today = clock.today()
    return RoleAssignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
