"""Sends a question to the second level, with its card and its promise."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Enquiry
from indgang.handover import card as cards
from indgang.handover import counted_hours, letters, promises, recipients, stream, windows
from indgang.handover.card import Card
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.letters import Occasion
from indgang.handover.models import Handover
from indgang.handover.promises import PromisedTime
from indgang.handover.recipients import Recipient


def send(
    enquiry: Enquiry,
    *,
    kind: str,
    to: Recipient,
    card: Card,
    service: Service | None,
    promise: PromisedTime | None,
    by: Person,
    at: datetime,
) -> Handover:
    """Hand a question over. Sending the same question again from the same enquiry within its life gives the same row.

    What is for later needs a promise, and a callback a time at which it is made. Raises RefusedChange by field.
    """
    values = cards.checked(card)
    _refuse(kind, to, values["contact_number"], promise, at)
    if promise is not None:
        windows_of = windows.service_of(to.unit, service)
        centre = counted_hours.centre_for(enquiry.centre, to.unit, day_of(at))
        promises.refuse(promise, centre=centre, service=windows_of, at=at)
    with transaction.atomic():
        Enquiry.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=enquiry.pk)
        sent = _sent_already(enquiry, kind, to, values["question"], by)
        if sent is not None:
            sent.was_sent_before = True
            return sent
        handover = Handover(
            number=_next_number(), code=f"{secrets.randbelow(10**6):06}", kind=kind, enquiry=enquiry, service=service,
            unit=to.unit, group=to.group, person=to.person, centre=enquiry.centre, sent_by=by, sent_at=at, placed_at=at,
            from_unit=None if enquiry.centre else recipients.unit_of_sender(by, day_of(at)), **values,
        )  # fmt: skip
        handover.save(force_insert=True)
        stream.append(
            handover, HandoverKind.HANDED_OVER, by=by, at=at, how=kind, enquiry=str(enquiry.pk),
            service=service.code if service else "", unit=to.unit.code, group=to.group and to.group.pk,
            recipient=to.person and to.person.pk,
        )  # fmt: skip
        if promise is not None:
            promises.make(handover, promise, by=by, at=at)
        after = {"kind": kind, "unit": to.unit.code, "number": handover.number}
        trail.record(by=by, at=at, action="handover.send", target=handover, after=after)
        if untold := letters.tell(handover, Occasion.SENT, by=by, at=at):
            raise RefusedChange({"contact_number": untold})
    return handover


def _refuse(kind: str, to: Recipient, number: str, promise: PromisedTime | None, at: datetime) -> None:
    if kind not in Handover.Kind.values:
        raise ValueError("the kind is chosen from a list")
    recipients.refuse(to, day_of(at))
    if kind in Handover.FOR_LATER and promise is None:
        raise RefusedChange({"due": _("Vælg, hvornår der senest bliver svaret.")})
    if kind == Handover.Kind.CALLBACK and (promise is None or promise.starts is None):
        raise RefusedChange({"starts": _("Vælg, hvornår der bliver ringet.")})
    if kind == Handover.Kind.CALLBACK and not number:
        raise RefusedChange({"contact_number": _("Skriv det nummer, der skal ringes til.")})


def _sent_already(enquiry: Enquiry, kind: str, to: Recipient, question: str, by: Person) -> Handover | None:
    """The open hand-over of the same question to the same place: the button was pressed twice."""
    same = Handover.objects.unsettled().filter(
        enquiry=enquiry, kind=kind, sent_by=by, question=question, unit=to.unit, group=to.group, person=to.person
    )
    return same.first()


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('handover_number')")
        (number,) = cursor.fetchone() or (0,)
    return int(number)
