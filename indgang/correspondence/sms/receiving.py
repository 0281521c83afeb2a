"""Takes SMS from telephones: each is stored once, goes on with a thread or begins one, and waits to be answered.

An open thread with the number goes on, and one that we answered within `SMS_REPLY_DAYS` days is opened again. An
answer to what was sent in a call begins an enquiry of its own, which follows that of the call: a call ends when its
caller hangs up. Whoever sent what is answered is offered it first. STOP and START are kept and wait for nobody.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from indgang.core.clock import day_of
from indgang.correspondence import arriving
from indgang.correspondence.locking import locked
from indgang.correspondence.models import SmsMessage, Thread, ThreadMessage
from indgang.correspondence.routing import MailFacts
from indgang.correspondence.sms import keywords
from indgang.enquiries import parties
from indgang.enquiries.event_kinds import Received
from indgang.enquiries.models import Channel, Enquiry, Party
from indgang.entry.models import Queue
from indgang.messaging.sms.contract import IncomingSms
from indgang.messaging.sms.parts import divide


@transaction.atomic
def receive(incoming: IncomingSms, *, at: datetime) -> SmsMessage | None:
    """Store a message and have it answered; None when the same message came before."""
    sms = _stored(incoming, at)
    if sms is None:
        return None
    if sms.keyword:
        keywords.follow(sms.number, SmsMessage.Keyword(sms.keyword), at)
        return sms
    ours = latest_of_ours(sms.number, at)
    thread = _thread_to_go_on_with(sms.number, ours)
    if thread is None:
        _begin(sms, ours, at)
    else:
        _go_on(thread, sms, ours, at)
    return sms


def latest_of_ours(number: str, at: datetime) -> SmsMessage | None:
    """Our latest SMS to the number that an SMS from it answers: not older than `SMS_REPLY_DAYS` days."""
    since = at - timedelta(days=settings.SMS_REPLY_DAYS)
    rows = SmsMessage.objects.filter(number=number, direction=SmsMessage.Direction.OUT, at__gte=since)
    return rows.exclude(enquiry=None).select_related("enquiry__queue", "enquiry__centre").order_by("-at").first()


def _stored(incoming: IncomingSms, at: datetime) -> SmsMessage | None:
    parts = divide(incoming.text)
    sms = SmsMessage(
        direction=SmsMessage.Direction.IN, number=incoming.number[:30], own_number=incoming.to[:30], text=incoming.text,
        encoding=parts.encoding, parts=parts.count, state=SmsMessage.State.RECEIVED, state_at=at,
        gateway_reference=incoming.reference[:64], keyword=keywords.keyword_of(incoming.text), at=at,
    )  # fmt: skip
    SmsMessage.objects.bulk_create([sms], ignore_conflicts=True)
    return SmsMessage.objects.filter(pk=sms.pk).first()


# --- a thread that is there -----------------------------------------------------------------------


def _thread_to_go_on_with(number: str, ours: SmsMessage | None) -> Thread | None:
    """The open thread with the number, else that of our message; locked."""
    rows = Thread.objects.filter(channel=Channel.SMS)
    found = rows.filter(contact_address=number, state__in=Thread.OPEN).order_by("-began_at").first()
    if found is None and ours is not None:
        found = rows.filter(pk=ours.enquiry_id).first()
    return locked(found.pk) if found else None


def _go_on(thread: Thread, sms: SmsMessage, ours: SmsMessage | None, at: datetime) -> None:
    last = thread.holder_id or (ours.sent_by_id if ours else None)
    arriving.go_on(thread, _add_message(thread, sms, at), queue=None, last=last, at=at, spam_stays=False)


# --- a new thread ---------------------------------------------------------------------------------


def _begin(sms: SmsMessage, ours: SmsMessage | None, at: datetime) -> None:
    before = ours.enquiry if ours else None
    party = _party_of(sms.number, before)
    queue, language = queue_for(before, at), _language_of(party, before)
    centre = queue.centre if queue else before.centre if before else None
    told = Received(
        channel=Channel.SMS, centre=centre.code if centre else "", place=sms.own_number, caller_number=sms.number,
        language=language, follows=str(before.pk) if before else None,
    )  # fmt: skip
    facts = MailFacts(sender=sms.number, text=sms.text, language=language, **arriving.about_party(party))
    where = arriving.place_by_party(facts, arriving.mailbox_for(queue, language, at) if party else None, at)
    where = (where or {"queue": queue, "reasons": []}) | {"mailbox": None}
    where["reasons"] = [*([["answers", str(before.pk)]] if before else []), *where["reasons"]]
    thread = arriving.begin(told, party=party, at=at, contact_address=sms.number, token=secrets.token_hex(6), **where)
    _add_message(thread, sms, at)
    arriving.have_answered(thread, prefer=ours.sent_by_id if ours else None, at=at)


def queue_for(before: Enquiry | None, at: datetime) -> Queue | None:
    """Where an SMS waits: the written queue of the unit, else of the centre, whose SMS it answers, else the one that
    the settings name, else the first written queue, else the safe queue. None where there is no queue at all."""
    queues = Queue.objects.valid_on(day_of(at)).select_related("centre__schedule", "schedule")
    written = queues.filter(work=Queue.Work.WRITTEN).order_by("pk")
    wanted = [written.filter(code=settings.SMS_QUEUE), written, queues.filter(is_safe=True)]
    if before is not None:
        unit = before.queue.unit_id if before.queue else None
        wanted = [written.filter(unit=unit, unit__isnull=False), written.filter(centre=before.centre_id), *wanted]
    found: Queue | None = next((row for rows in wanted if (row := rows.first()) is not None), None)
    return found


def _party_of(number: str, before: Enquiry | None) -> Party | None:
    """The party of the enquiry that it follows, else the only party that uses the number."""
    if before is not None and before.party_id and before.caller_number == number:
        return before.party
    return parties.only_of_number(number)


def _language_of(party: Party | None, before: Enquiry | None) -> str:
    """That of the enquiry that it follows, else of the party's latest enquiry, else that of this installation."""
    latest = before or (party.enquiries.order_by("-arrived_at").first() if party else None)
    return latest.language if latest else settings.LANGUAGE_CODE


# --- both -----------------------------------------------------------------------------------------


def _add_message(thread: Thread, sms: SmsMessage, at: datetime) -> ThreadMessage:
    message = ThreadMessage.objects.create(
        thread=thread, direction=ThreadMessage.Direction.IN, at=at, sender_address=sms.number, to=[sms.own_number],
        text=sms.text, state=ThreadMessage.State.RECEIVED, state_at=at, size=len(sms.text.encode()),
    )  # fmt: skip
    sms.message, sms.enquiry = message, thread.enquiry
    sms.save(update_fields=["message", "enquiry"])
    return message
