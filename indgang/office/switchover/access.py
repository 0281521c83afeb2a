"""Which switches a person sees and changes: those of their centres. Raises Http404 for others.

Old numbers and addresses, with how much comes in on each, are for all readers of figures: they belong to no centre.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Service, ServiceContact, not_ended
from indgang.core import clock
from indgang.correspondence.models import FormerAddress, Mailbox
from indgang.entry.models import EntryPoint, Flow, FormerNumber
from indgang.feedback.models import ASKED_BY_RULE, Questionnaire
from indgang.knowledge.models import ArticleVersion, Audience
from indgang.office.access import centres_of, has, may_edit_unit
from indgang.programme.switchover.models import Switchover
from indgang.ui.missing import not_found

SEE, EDIT = P.SEE_FIGURES, P.EDIT_PROGRAMME


def switchovers(person: Person) -> QuerySet[Switchover]:
    rows = Switchover.objects.select_related(
        "service", "centre__owner", "centre__schedule", "flow", "leads_to__flow", "leads_to__centre", "questionnaire",
        "mail_to__queue", "mail_to__centre",
        "decided_by", "taken_back_by", "created_by",
    )  # fmt: skip
    return rows if everywhere(person, SEE) else rows.filter(centre__in=centres_of(person, SEE))


def switchover_for(person: Person, pk: UUID) -> Switchover:
    found = switchovers(person).filter(pk=pk).first()
    if found is None:
        raise not_found(Switchover, pk)
    return found


def switchover_to_change(person: Person, pk: UUID) -> Switchover:
    found = switchover_for(person, pk)
    if not has(person, EDIT, found.centre):
        raise Http404
    return found


def services() -> QuerySet[Service]:
    today: QuerySet[Service] = Service.objects.valid_on(clock.today()).order_by("name")
    return today


def flows(person: Person) -> QuerySet[Flow]:
    return Flow.objects.filter(centre__in=centres_of(person, EDIT))


def entry_points(person: Person) -> QuerySet[EntryPoint]:
    """Those of today that old numbers may lead to."""
    today: QuerySet[EntryPoint] = EntryPoint.objects.valid_on(clock.today()).filter(centre__in=centres_of(person, EDIT))
    return today.select_related("flow", "centre").order_by("number")


def versions_in_review(chosen: Switchover | None) -> QuerySet[ArticleVersion]:
    """Those that wait for approval, and those that the switch has already."""
    waiting = Q(state=ArticleVersion.State.IN_REVIEW)
    if chosen is not None:
        waiting |= Q(pk__in=chosen.versions.values("pk"))
    rows = ArticleVersion.objects.filter(waiting).exclude(article__audience=Audience.UNIT)
    return rows.select_related("article").order_by("title")


def questionnaires() -> QuerySet[Questionnaire]:
    return Questionnaire.objects.filter(kind__in=ASKED_BY_RULE)


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


def mailboxes() -> QuerySet[Mailbox]:
    today: QuerySet[Mailbox] = Mailbox.objects.valid_on(clock.today()).for_mail().order_by("name")
    return today


def mailboxes_of(person: Person) -> QuerySet[Mailbox]:
    """Those of today whose queues mails to old addresses may come in."""
    return mailboxes().filter(centre__in=centres_of(person, EDIT)).select_related("queue", "centre")


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
