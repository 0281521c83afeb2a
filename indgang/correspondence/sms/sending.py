"""Sends SMS: written with the change that causes it, handed to the gateway once, and in doubt rather than sent twice.

The way of a message: queued, sending (committed before the gateway is asked), then accepted, failed or doubt; a receipt
may settle it at any time after sending began. A worker that dies in between leaves `sending`, and whoever takes its job
up finds it and says that it is in doubt. Only a person sends such a message again, as a new one.
"""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core import clock
from indgang.core.masking import has_cpr
from indgang.core.phone_numbers import can_receive_sms
from indgang.core.refusals import RefusedChange
from indgang.correspondence.event_kinds import CorrespondenceKind
from indgang.correspondence.models import SmsMessage, ThreadMessage
from indgang.correspondence.sms import keywords, stream
from indgang.correspondence.texts import gaps
from indgang.enquiries.models import Enquiry
from indgang.messaging.mail import NotSent
from indgang.messaging.patience import HOUR, MINUTE, Hopeless, Patience
from indgang.messaging.sms import gateways
from indgang.messaging.sms.contract import OutgoingSms, SmsAccepted, SmsAnswer, SmsDoubt, SmsRefused
from indgang.messaging.sms.parts import SmsEncoding, divide

logger = logging.getLogger(__name__)

State = SmsMessage.State
TASK = "correspondence.sms"
#: the most parts of one message; a longer text belongs in a mail
MOST_PARTS = 6
#: shorter than for mails: an SMS that comes the next day says nothing to anybody
_PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR)
STOPPED, WITHDRAWN = "STOP", "withdrawn"


class SmsNotSent(NotSent):
    """The gateway did not take the message; the text says why and names nobody."""


class SmsGivenUp(SmsNotSent, Hopeless):
    """The gateway could not be used for hours. The job fails, which raises an alert."""


@transaction.atomic
def queue(
    *,
    number: str,
    text: str,
    enquiry: Enquiry,
    by: Person,
    at: datetime,
    answers: SmsMessage | None = None,
    message: ThreadMessage | None = None,
) -> SmsMessage:
    """Have a message sent, if and when the transaction commits. `message` is its place in a thread.

    `answers` is the message from that telephone that this one answers: only then may it go to a number that said STOP.
    Raises RefusedChange (fields `number`, `text`).
    """
    _refuse(number, text, answers)
    sms = _message(number, text, enquiry, by, at)
    sms.answers, sms.message = answers, message
    return _queue(sms, by=by, at=at)


@transaction.atomic
def queue_alone(*, number: str, text: str, at: datetime) -> SmsMessage:
    """Have a message sent that belongs to no enquiry and that nobody on the staff sees, such as a personal link. An
    answer to it begins something new. Raises RefusedChange (fields `number`, `text`).
    """
    _refuse(number, text, None)
    parts = divide(text)
    message = SmsMessage(
        direction=SmsMessage.Direction.OUT, number=number, text=text, encoding=parts.encoding, parts=parts.count,
        state=State.QUEUED, state_at=at, at=at,
    )  # fmt: skip
    message.save(force_insert=True)
    deliver.defer(sms=str(message.pk))
    return message


def forget_alone(*, before: datetime) -> int:
    """Empty number and text of what `queue_alone` sent and what was written before, once it has left; returns how
    many."""
    alone = SmsMessage.objects.filter(direction=SmsMessage.Direction.OUT, enquiry=None, at__lt=before)
    over = alone.exclude(number="").exclude(state__in=(State.QUEUED, State.SENDING))
    return over.update(number="", text="")


@transaction.atomic
def send_again(message: SmsMessage, *, by: Person, at: datetime) -> SmsMessage:
    """Send the same text to the same number as a new message, because this one failed or is in doubt.

    Pressing twice sends once. Raises RefusedChange.
    """
    locked = SmsMessage.objects.select_for_update(of=("self",)).select_related("enquiry", "answers").get(pk=message.pk)
    earlier = SmsMessage.objects.filter(again=locked).first()
    if earlier is not None:
        return earlier
    if not locked.is_trouble or locked.enquiry is None or locked.message_id:
        raise RefusedChange({"": _("Sms'en er ikke mislykkedes, så den kan ikke sendes igen.")})
    _refuse(locked.number, locked.text, locked.answers)
    copy = _message(locked.number, locked.text, locked.enquiry, by, at)
    copy.answers, copy.again = locked.answers, locked
    return _queue(copy, by=by, at=at)


@transaction.atomic
def leave(message: SmsMessage, *, by: Person, at: datetime) -> None:
    """Decide not to send a message again that failed or is in doubt. A second time changes nothing."""
    locked = SmsMessage.objects.select_for_update(of=("self",)).select_related("enquiry").get(pk=message.pk)
    if locked.left_at is None and locked.is_trouble:
        locked.left_at = at
        locked.save(update_fields=["left_at"])
        trail.record(by=by, at=at, action="sms.drop", target=locked, after={"state": locked.state})
        stream.mark(locked)


def may_be_sent_again(message: SmsMessage) -> bool:
    """Whether it did not arrive, or nobody knows, and nobody has sent it again. One of a thread is settled there."""
    return message.is_trouble and message.message_id is None and not SmsMessage.objects.filter(again=message).exists()


@app.task(name=TASK, queue="mail", retry=Patience(_PAUSES))
def deliver(*, sms: str) -> None:
    """Hand one message to the gateway. A job that is done twice hands it over once."""
    message = _begin(UUID(sms), clock.now())
    gateway = gateways.chosen()
    if message is None:
        return
    if gateway is None:
        answer: SmsAnswer = SmsRefused("there is no gateway", for_good=False)
    else:
        encoding = SmsEncoding(message.encoding)
        answer = gateway.send(OutgoingSms(str(message.pk), message.number, message.text, encoding))
    _write_down(message.pk, answer, clock.now())


def _refuse(number: str, text: str, answers: SmsMessage | None) -> None:
    wrong: dict[str, str] = {}
    if not gateways.is_there():
        wrong[""] = _("Der er ingen sms-gateway, så der kan ikke sendes sms'er.")
    if not can_receive_sms(number):
        wrong["number"] = _("Skriv et mobilnummer.")
    elif keywords.silence_of(number) and not _is_answer(number, answers):
        wrong["number"] = _("Nummeret har svaret STOP og vil ikke have sms'er.")
    parts = divide(text)
    if not text.strip():
        wrong["text"] = _("Skriv en tekst.")
    elif has_cpr(text):
        wrong["text"] = _("Der står et CPR-nummer i teksten. Sms'er er ikke sikre nok til det. Tag det ud.")
    elif parts.count > MOST_PARTS:
        wrong["text"] = _("Teksten fylder %(count)s sms'er. Den må højst fylde %(most)s. Kort den ned.") % {
            "count": parts.count, "most": MOST_PARTS,
        }  # fmt: skip
    elif left := gaps.fault(text):
        wrong["text"] = left
    if wrong:
        raise RefusedChange(wrong)


def _is_answer(number: str, answers: SmsMessage | None) -> bool:
    """Whether it answers a message of theirs that says more than STOP."""
    return answers is not None and answers.number == number and not answers.keyword


def _message(number: str, text: str, enquiry: Enquiry, by: Person, at: datetime) -> SmsMessage:
    parts = divide(text)
    return SmsMessage(
        direction=SmsMessage.Direction.OUT, enquiry=enquiry, number=number, text=text, encoding=parts.encoding,
        parts=parts.count, state=State.QUEUED, state_at=at, at=at, sent_by=by,
    )  # fmt: skip


def _queue(message: SmsMessage, *, by: Person, at: datetime) -> SmsMessage:
    message.save(force_insert=True)
    assert message.enquiry is not None
    told = {"sms": str(message.pk), "parts": message.parts}
    stream.append(message.enquiry, CorrespondenceKind.SMS_WRITTEN, by=by, at=at, **told)
    trail.record(by=by, at=at, action="sms.send", target=message, after={"parts": message.parts})
    deliver.defer(sms=str(message.pk))
    stream.mark(message)
    return message


@transaction.atomic
def _begin(key: UUID, at: datetime) -> SmsMessage | None:
    """The message, now being sent; None when there is nothing (more) to hand over."""
    message = SmsMessage.objects.select_for_update(of=("self",)).select_related("answers").filter(pk=key).first()
    if message is None or message.state not in (State.QUEUED, State.SENDING):
        return None
    if message.state == State.SENDING:  # the worker that began has died
        stream.settle(message, State.DOUBT, at=at, reason="the worker ended before the answer came")
        return None
    if _is_withdrawn(message):
        stream.settle(message, State.FAILED, at=at, reason=WITHDRAWN)
        return None
    if keywords.silence_of(message.number) and not _is_answer(message.number, message.answers):
        stream.settle(message, State.FAILED, at=at, reason=STOPPED)
        return None
    message.attempts += 1
    stream.settle(message, State.SENDING, at=at)
    return message


def _is_withdrawn(message: SmsMessage) -> bool:
    """Whether its author has withdrawn it from its thread; from now on they cannot."""
    if message.message_id is None:
        return False
    row = ThreadMessage.objects.select_for_update(of=("self",)).get(pk=message.message_id)
    message.message = row
    return row.state == ThreadMessage.State.WITHDRAWN


def _write_down(key: UUID, answer: SmsAnswer, at: datetime) -> None:
    """Write down the gateway's answer. Raises SmsNotSent when the message is to be tried again later."""
    with transaction.atomic():
        message = SmsMessage.objects.select_for_update(of=("self",)).get(pk=key)
        again = _apply(message, answer, at)
    logger.info("sms %s: %s", key, message.state)
    if again is not None:
        raise again


def _apply(message: SmsMessage, answer: SmsAnswer, at: datetime) -> SmsNotSent | None:
    is_open = message.state in (State.SENDING, State.DOUBT)  # else a receipt has come already
    if isinstance(answer, SmsAccepted):
        message.gateway_reference = answer.reference[:64]
        message.save(update_fields=["gateway_reference"])
        if is_open:
            stream.settle(message, State.ACCEPTED, at=at)
    elif isinstance(answer, SmsDoubt):
        if is_open:
            stream.settle(message, State.DOUBT, at=at, reason=answer.reason)
    elif is_open:
        return _refused(message, answer, at)
    return None


def _refused(message: SmsMessage, answer: SmsRefused, at: datetime) -> SmsNotSent | None:
    """What a refusal makes of the message: it failed, or is tried again. Returns the error of the job."""
    if answer.for_good:
        stream.settle(message, State.FAILED, at=at, reason=answer.reason)
        return None
    if message.attempts > len(_PAUSES):
        stream.settle(message, State.FAILED, at=at, reason=answer.reason)
        return SmsGivenUp(answer.reason)
    stream.settle(message, State.QUEUED, at=at, reason=answer.reason)
    return SmsNotSent(answer.reason)
