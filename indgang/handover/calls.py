"""Hand-overs that go with a call or a chat: a card for whom it is transferred to, taken with the call itself.

The switchboard's events say how it went: who answers takes the hand-over, and a consult that ends without a transfer
withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.events.event import Event
from indgang.handover import recipients, sending, work
from indgang.handover.card import Card
from indgang.handover.models import Handover
from indgang.handover.recipients import Recipient

#: the events that `follow` acts on
FOLLOWED = frozenset(
    (Kind.CONSULT_ANSWERED, Kind.ANSWERED, Kind.SUBJECT_TRIED, Kind.PASSED_ON, Kind.CONSULT_ENDED, Kind.TRANSFER_FAILED)
)
#: the answers at a number outside, where the event names no colleague
_AT_NUMBER = (Kind.CONSULT_ANSWERED, Kind.PASSED_ON)
_WITH_CALL = (Handover.Kind.WARM, Handover.Kind.COLD)


def send(
    enquiry: Enquiry, *, address: str, kind: str, card: Card, by: Person, at: datetime, about: str = ""
) -> Handover | None:
    """Send the card with a consult (warm) or a transfer (cold) to an address of the switchboard.

    `about` is the code of the service under which a person was chosen. None where nobody could read it, as at a number
    outside: the call goes all the same. Raises RefusedChange by field of the card.
    """
    to, service = _recipient(address, enquiry, day_of(at)), _service(address) or _service(f"subject:{about}")
    if to is None:
        return None
    return sending.send(enquiry, kind=kind, to=to, card=card, service=service, promise=None, by=by, at=at)


def _recipient(address: str, enquiry: Enquiry, on: date) -> Recipient | None:
    found = _addressed(address, enquiry, on)
    try:
        if found is not None:
            recipients.refuse(found, on)
    except RefusedChange:
        return None
    return found


def _addressed(address: str, enquiry: Enquiry, on: date) -> Recipient | None:
    kind, _colon, key = address.partition(":")
    if kind == "person":
        person = Person.objects.select_related("entry__unit").filter(pk=key).first()
        return _of_person(person, enquiry, on) if person else None
    if kind == "queue":
        queue = Queue.objects.select_related("unit", "centre__owner").filter(code=key).first()
        return Recipient(queue.unit or queue.centre.owner) if queue else None
    service = _service(address)
    return Recipient(service.unit) if service and service.unit else None


def _of_person(person: Person, enquiry: Enquiry, on: date) -> Recipient | None:
    """A colleague of the contact centre may have no unit; then the owner of the centre owns the hand-over."""
    try:
        return recipients.of_person(person, on)
    except RefusedChange:
        return Recipient(enquiry.centre.owner, person=person) if enquiry.centre else None


def _service(address: str) -> Service | None:
    kind, _colon, key = address.partition(":")
    is_subject = kind == "subject" and "\x00" not in key
    return Service.objects.select_related("unit").filter(code=key).first() if is_subject else None


def of_call(enquiry: Enquiry) -> Handover | None:
    """The newest open hand-over of the enquiry: its card is what the person with the call needs."""
    rows = Handover.objects.unsettled().filter(enquiry=enquiry).with_names()
    return rows.order_by("-sent_at").first()


def follow(events: Iterable[Event[Any]], rows: Mapping[str, Enquiry]) -> None:
    """Let the hand-overs follow what happened to their calls. Belongs in the transaction that writes the events.

    `rows` holds the enquiries of the events: an answer without a transfer before it is that of the first agent. A chat
    is moved without such an event; its first agent has no card.
    """
    for event in events:
        if event.kind not in FOLLOWED or (event.kind == Kind.ANSWERED and not _may_have_card(rows[event.stream])):
            continue
        if event.kind in (Kind.CONSULT_ENDED, Kind.TRANSFER_FAILED):
            _withdraw(event)
        else:
            _take(event)


def _may_have_card(enquiry: Enquiry) -> bool:
    return enquiry.transfers > 0 or enquiry.channel == Channel.CHAT


def _open(event: Event[Any]) -> Any:
    return Handover.objects.unsettled().filter(enquiry=UUID(event.stream), kind__in=_WITH_CALL).order_by("-sent_at")


def _take(event: Event[Any]) -> None:
    """Whoever answers takes it. At a number outside that is the person who was chosen about a subject, else whom the
    card is for."""
    waiting = _open(event).filter(state=Handover.State.WAITING)
    pk = _answering(event)
    if pk is None and event.kind in _AT_NUMBER:
        kind = Handover.Kind.WARM if event.kind == Kind.CONSULT_ANSWERED else Handover.Kind.COLD
        found = waiting.filter(kind=kind, person__isnull=False).first()
        person = found.person if found else None
    else:
        person = Person.objects.filter(pk=pk).first() if pk else None
        found = waiting.exclude(sent_by=pk).first() if person else None
        _withdraw_own(waiting.filter(sent_by=pk, kind=Handover.Kind.COLD), event)
    if person is not None and found is not None:
        work.take_with_call(found, by=person, at=event.at)


def _withdraw_own(own: Any, event: Event[Any]) -> None:
    """What was handed over came back to its sender, who needs no card."""
    for each in own if event.kind == Kind.ANSWERED else ():
        work.cancel(each, by=each.sent_by, at=event.at)


def _answering(event: Event[Any]) -> int | None:
    """The person who has answered, as far as the event says it."""
    if event.kind == Kind.CONSULT_ANSWERED:
        consulted: int | None = event.payload.consulted
        return consulted
    if event.kind == Kind.SUBJECT_TRIED:
        return event.person if event.payload.outside and event.payload.result == "answered" else None
    return event.person if event.kind == Kind.ANSWERED else None


def _withdraw(event: Event[Any]) -> None:
    """The caller stayed with, or came back to, the person who asked."""
    kind = Handover.Kind.WARM if event.kind == Kind.CONSULT_ENDED else Handover.Kind.COLD
    rows = _open(event).filter(kind=kind)
    found = (rows.filter(sent_by=event.person) if event.kind == Kind.CONSULT_ENDED else rows).first()
    if found is not None and found.sent_by is not None:
        work.cancel(found, by=found.sent_by, at=event.at)
