"""Answers by SMS in a thread: written once, sent once, and what becomes of them.

An SMS leaves at once; there is nothing to undo. What did not leave comes back to its author as a draft, as with mails.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers, drafts, queueing
from indgang.correspondence.locking import locked
from indgang.correspondence.models import SmsMessage, Thread, ThreadMessage
from indgang.correspondence.sms import sending
from indgang.correspondence.texts import gaps
from indgang.enquiries.models import Channel

Direction, State = ThreadMessage.Direction, ThreadMessage.State


@transaction.atomic
def reply(
    thread: Thread, *, text: str, closes: bool, by: Person, at: datetime, seen: UUID | None = None
) -> ThreadMessage:
    """Answer the thread by SMS; with `closes` it ends. The same answer again within some minutes gives the same row.

    `seen` is the newest message that the page showed. Raises RefusedChange (fields `text`, `number`, or none).
    """
    thread = locked(thread.pk)
    again = answers.repeated(thread, (), at, author=by, text=text.strip())
    if again is not None:
        return again
    answers.refuse_stranger(thread, by)
    answers.refuse_unseen(thread, seen)
    if thread.channel != Channel.SMS:
        raise RefusedChange({"": _("Henvendelsen er ikke kommet som sms og kan ikke besvares med en sms.")})
    gaps.refuse(text)
    message = _write(thread, text.strip(), by, at)
    drafts.discard(thread, by=by)
    if closes:
        answers.end(thread, Thread.Ending.ANSWERED, by=by, at=at)
    queueing.mark(thread)
    return message


@transaction.atomic
def settle(message: ThreadMessage, *, was_sent: bool, by: Person, at: datetime) -> None:
    """A person says of an SMS in doubt that it was sent, or has it sent again. Raises RefusedChange."""
    thread = locked(message.thread_id)
    row = ThreadMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.state != State.DOUBT:
        raise RefusedChange({"": _("Det er allerede afgjort, om svaret blev sendt.")})
    if was_sent:
        trail.record(by=by, at=at, action="sms.settle", target=thread.enquiry, after={"was_sent": True})
        answers.sent(row, at=row.state_at)
        return
    row.state, row.state_at = State.WITHDRAWN, at
    row.save(update_fields=["state", "state_at"])
    _write(thread, row.text, by, at)
    queueing.mark(thread)


def _write(thread: Thread, text: str, by: Person, at: datetime) -> ThreadMessage:
    """Store the answer and queue its SMS. It answers the newest message of theirs, so that it may go to a number that
    said STOP before."""
    message = ThreadMessage.objects.create(
        thread=thread, direction=Direction.OUT, author=by, at=at, to=[thread.contact_address], text=text,
        state=State.HELD, state_at=at, size=len(text.encode()),
    )  # fmt: skip
    theirs = SmsMessage.objects.filter(enquiry=thread.pk, direction=SmsMessage.Direction.IN, keyword="")
    sending.queue(
        number=thread.contact_address, text=text, enquiry=thread.enquiry, by=by, at=at,
        answers=theirs.order_by("-at").first(), message=message,
    )  # fmt: skip
    return message
