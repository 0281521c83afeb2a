"""Which people an administrator or team leader may see and change: permissions follow units."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, may, on_the_branch_of, units_of
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit, not_ended
from indgang.core import clock
from indgang.entry.models import SERVING_ROLES, OwnNumber

EDIT, LEAD = Permission.EDIT_PEOPLE, Permission.LEAD_TEAM


def people_of(person: Person) -> QuerySet[Person]:
    """For an administrator: people with a role, now or later, in their units, and people without any role.

    For a team leader: people with a role that takes calls in the leader's units.
    """
    led = Q(pk__in=_serving(person).values("person"))
    people: QuerySet[Person] = Person.objects.filter(led | Q(pk__in=_administered(person).values("pk")))
    return people


def person_for(person: Person, pk: int) -> Person:
    """The person. Raises Http404 for somebody whom this person may not see."""
    found = people_of(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def administered_for(administrator: Person, pk: int) -> Person:
    """Somebody whose roles and account the administrator may see. Raises Http404."""
    found = _administered(administrator).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_administer(administrator: Person, person: Person) -> bool:
    """Whether the administrator may see the roles and account of `person`."""
    return _administered(administrator).filter(pk=person.pk).exists()


def has_in_full(administrator: Person, person: Person) -> bool:
    """Whether all roles of `person` lie in the administrator's units; only then may they change the account."""
    if not may(administrator, EDIT) or everywhere(administrator, EDIT):
        return may(administrator, EDIT)
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


def number_for(person: Person, pk: int) -> OwnNumber:
    """One of the person's own telephone numbers. Raises Http404."""
    number: OwnNumber | None = OwnNumber.objects.filter(person=person, pk=pk).select_related("person").first()
    if number is None:
        raise Http404
    return number


def may_give(administrator: Person, unit: Unit | None) -> bool:
    """Whether the administrator may give and end roles for `unit` (None: the whole municipality)."""
    if everywhere(administrator, EDIT):
        return True
    return unit is not None and units_of(administrator, EDIT).filter(pk=unit.pk).exists()


def units_for_roles(administrator: Person) -> QuerySet[Unit]:
    """The units for which an administrator may give roles."""
    if everywhere(administrator, EDIT):
        return Unit.objects.all()
    return units_of(administrator, EDIT)


def _administered(administrator: Person) -> QuerySet[Person]:
    people: QuerySet[Person] = Person.objects.all()
    if everywhere(administrator, EDIT):
        return people
    if not may(administrator, EDIT):
        return people.none()
    current = _current_roles()
    inside = current.filter(unit__in=units_of(administrator, EDIT))
    return people.filter(Q(pk__in=inside.values("person")) | ~Q(pk__in=current.values("person")))


def _serving(leader: Person) -> QuerySet[RoleAssignment]:
    """The roles that serve queues of units that `leader` leads, or of units above or below them."""
    branch = on_the_branch_of(leader, LEAD, "unit__path")
    if may(leader, LEAD):
        branch |= Q(unit=None)
    return _current_roles().filter(branch, role__in=SERVING_ROLES)


def _current_roles() -> QuerySet[RoleAssignment]:
    today = clock.today()
    return RoleAssignment.objects.filter(not_ended(today))
