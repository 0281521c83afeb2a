"""Who reads and who makes availability agreements: permissions follow units. Drafts are for those who make them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import able_for, everywhere, holders, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.accounts.two_parties import SignedByTwoQuerySet
from indgang.catalogue.models import Unit, not_ended
from indgang.core import clock
from indgang.office.access import units_for
from indgang.ui.missing import not_found
from indgang.workforce.models import (
    AvailabilityAgreement,
    Group,
    GroupMember,
    PromisedWindow,
    Substitute,
)

MAKE, SEE = Permission.MAKE_AGREEMENTS, Permission.SEE_CATALOGUE
_ASKED = (Permission.TAKE_HANDOVERS, Permission.TAKE_CALLS)


def units_seen(person: Person) -> QuerySet[Unit]:
    """The units of today whose agreements in force this person may read."""
    return units_for(person, SEE) | units_for(person, MAKE)


def unit_for(person: Person, code: str) -> Unit:
    """The unit. Raises Http404, as all functions below do, for a unit that this person may not see."""
    found = units_seen(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def may_make(person: Person, unit: Unit) -> bool:
    return may(person, MAKE, unit)


def unit_to_make_for(person: Person, code: str) -> Unit:
    """A unit whose agreements this person makes."""
    found = unit_for(person, code)
    if not may_make(person, found):
        raise Http404
    return found


def may_switch_calendars(person: Person, unit: Unit) -> bool:
    """Whether the person may decide that the calendars of the unit's people are read."""
    return may(person, Permission.EDIT_PEOPLE, unit)


def unit_to_switch_for(person: Person, code: str) -> Unit:
    """A unit of today whose people this person administers."""
    found = units_for(person, Permission.EDIT_PEOPLE).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def agreements_seen(person: Person) -> SignedByTwoQuerySet:
    """Signed agreements of the units seen, and drafts of the units whose agreements this person makes."""
    found: SignedByTwoQuerySet = AvailabilityAgreement.objects.select_related("unit", "contact", "coordinator")
    if everywhere(person, MAKE):
        return found
    signed = Q(contact_signed_at__isnull=False, coordinator_signed_at__isnull=False)
    if not everywhere(person, SEE):
        signed &= Q(unit__in=units_of(person, SEE))
    return found.filter(signed | Q(unit__in=units_of(person, MAKE)))


def agreement_for(person: Person, pk: int) -> AvailabilityAgreement:
    found: AvailabilityAgreement | None = agreements_seen(person).filter(pk=pk).first()
    if found is None:
        raise not_found(AvailabilityAgreement, pk)
    return found


def agreement_to_change(person: Person, pk: int) -> AvailabilityAgreement:
    """An agreement of a unit whose agreements this person makes. The actions refuse changes of a signed one."""
    found = agreement_for(person, pk)
    if not may_make(person, found.unit):
        raise Http404
    return found


def line_for(agreement: AvailabilityAgreement, pk: int) -> PromisedWindow:
    found = agreement.windows.select_related("agreement__unit").filter(pk=pk).first()
    if found is None:
        raise not_found(PromisedWindow, pk)
    return found


def window_seen(person: Person, pk: int) -> PromisedWindow:
    """A window of a signed agreement of a unit that the person sees."""
    found = (
        PromisedWindow.objects.filter(pk=pk, agreement__in=agreements_seen(person).signed())
        .select_related("agreement__unit", "service")
        .first()
    )
    if found is None:
        raise not_found(PromisedWindow, pk)
    return found


def signatories(unit: Unit) -> QuerySet[Person]:
    """The people who may be contact person or coordinator of an agreement: those who make agreements of the unit."""
    return able_for(unit, MAKE, clock.today())


def people_to_ask(unit: Unit) -> QuerySet[Person]:
    """The people whom a line may name: those who take calls or hand-overs on the branch of the unit."""
    able = {
        pk
        for permission in _ASKED
        for pk, held in holders(permission, clock.today()).items()
        if any(unit.path.startswith(path) or path.startswith(unit.path) for path in held)
    }
    return _by_name(able)


def _by_name(people: list[int] | set[int]) -> QuerySet[Person]:
    found: QuerySet[Person] = Person.objects.filter(pk__in=people).order_by("name", "pk")
    return found


def people_in(unit: Unit) -> QuerySet[Person]:
    """The people of the unit and of those below it: whoever makes its agreements decides who stands in for them."""
    able = {
        pk
        for permission in _ASKED
        for pk, held in holders(permission, clock.today()).items()
        if any(path.startswith(unit.path) for path in held)
    }
    return _by_name(able)


def group_for(unit: Unit, pk: int) -> Group:
    found: Group | None = Group.objects.filter(unit=unit, pk=pk).select_related("unit").first()
    if found is None:
        raise Http404
    return found


def member_for(group: Group, pk: int) -> GroupMember:
    found: GroupMember | None = group.members.filter(pk=pk).select_related("person", "group").first()
    if found is None:
        raise not_found(GroupMember, pk)
    return found


def substitutes_of(unit: Unit) -> QuerySet[Substitute]:
    """Who stands in for the people of the unit, today and later."""
    found: QuerySet[Substitute] = Substitute.objects.filter(not_ended(clock.today()), person__in=people_in(unit))
    return found.select_related("person", "substitute").order_by("person__name", "valid_from")


def substitute_for(unit: Unit, pk: int) -> Substitute:
    found = substitutes_of(unit).filter(pk=pk).first()
    if found is None:
        raise not_found(Substitute, pk)
    return found
