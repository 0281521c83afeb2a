"""Which switches a person sees and changes: those of their centres. Raises Http404 for others.

Old numbers and addresses, with how much comes in on each, are for all readers of figures: they belong to no centre.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Service, ServiceContact, not_ended
from indgang.core import clock
from indgang.correspondence.models import FormerAddress
from indgang.entry.models import EntryPoint, FormerNumber
from indgang.office.access import has, may_edit_unit
from indgang.programme.switchover import rights
from indgang.programme.switchover.models import Switchover
from indgang.ui.missing import not_found

SEE, EDIT = rights.SEE, rights.EDIT


def switchover_for(person: Person, pk: UUID) -> Switchover:
    found = rights.seen_by(person).filter(pk=pk).first()
    if found is None:
        raise not_found(Switchover, pk)
    return found


def switchover_to_change(person: Person, pk: UUID) -> Switchover:
    found = switchover_for(person, pk)
    if not rights.may_change(person, found):
        raise Http404
    return found


def former_number(pk: int) -> FormerNumber:
    found: FormerNumber | None = FormerNumber.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(FormerNumber, pk)
    return found


def may_close_number(person: Person, number: str) -> bool:
    """Whether the person may end the entry point of the number."""
    point = EntryPoint.objects.valid_on(clock.today()).select_related("centre__owner").filter(number=number).first()
    return point is not None and has(person, P.PUBLISH_FLOWS, point.centre)


def former_address(pk: int) -> FormerAddress:
    found: FormerAddress | None = FormerAddress.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(FormerAddress, pk)
    return found


def may_edit_addresses(person: Person) -> bool:
    return everywhere(person, P.SET_MAILBOXES)


def contacts() -> QuerySet[ServiceContact]:
    """Those that hold or are to hold."""
    left = not_ended(clock.today())
    found: QuerySet[ServiceContact] = ServiceContact.objects.filter(left)
    return found.select_related("service__unit").order_by("service__name", "valid_from")


def may_edit_contact(person: Person, service: Service) -> bool:
    return may_edit_unit(person, P.EDIT_CATALOGUE, service.unit)


def contact_for(person: Person, pk: int) -> ServiceContact:
    found = contacts().filter(pk=pk).first()
    if found is None:
        raise not_found(ServiceContact, pk)
    if not may_edit_contact(person, found.service):
        raise Http404
    return found
