"""The state of an SMS, the events about it in the stream of its enquiry, and the marks of the pages that show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from indgang.accounts.models import Person
from indgang.correspondence import answers
from indgang.correspondence.event_kinds import CorrespondenceKind
from indgang.correspondence.models import SmsMessage, ThreadMessage
from indgang.enquiries import journal
from indgang.enquiries.models import Enquiry
from indgang.events.event import EventKind
from indgang.live import stale

P = TypeVar("P")
State = SmsMessage.State
#: the states that are written into the enquiry's stream; what comes between is seconds long
_TOLD = frozenset((State.ACCEPTED, State.DELIVERED, State.FAILED, State.DOUBT))


#: the message of a thread has left
_LEFT = (ThreadMessage.State.SENT, ThreadMessage.State.DELIVERED)


def settle(message: SmsMessage, state: State, *, at: datetime, reason: str = "") -> None:
    """Give the message a state, and write it down. Belongs in the transaction that holds the lock of its row."""
    message.state, message.state_at, message.reason = state, at, reason[:200]
    message.save(update_fields=["state", "state_at", "reason", "attempts"])
    if state in _TOLD and message.enquiry is not None:
        told = {"sms": str(message.pk), "state": str(state), "reason": message.reason}
        append(message.enquiry, CorrespondenceKind.SMS_SETTLED, by=None, at=at, **told)
    if message.message is not None:
        _tell_thread(message.message, state, at, message.reason)
    mark(message)


def _tell_thread(message: ThreadMessage, state: State, at: datetime, reason: str) -> None:
    """Let the thread follow, as it follows its mails. What its author has withdrawn stays so, unless it left."""
    if state in (State.QUEUED, State.SENDING):
        here = ThreadMessage.State.SENDING if state == State.SENDING else ThreadMessage.State.HELD
        ThreadMessage.objects.filter(pk=message.pk).update(state=here, state_at=at)
    elif state in (State.ACCEPTED, State.DELIVERED):
        if message.state not in _LEFT:
            answers.sent(message, at=at)
        if state == State.DELIVERED:
            arrived = ThreadMessage.objects.filter(pk=message.pk)
            arrived.update(state=ThreadMessage.State.DELIVERED, state_at=at)
    elif state == State.FAILED and message.state != ThreadMessage.State.WITHDRAWN:
        answers.failed(message, fault=reason, at=at)
    elif state == State.DOUBT:
        answers.doubt(message, at=at)


def append(enquiry: Enquiry, kind: EventKind[P], *, by: Person | None, at: datetime, **data: Any) -> None:
    """Write an event of an SMS into the stream of its enquiry."""
    journal.append(enquiry, kind.event(str(enquiry.pk), at, person=by.pk if by else None, data=data), by=by)


def mark(message: SmsMessage) -> None:
    """Mark what shows the message: the desk of whoever sent it, and whoever has its enquiry in hand."""
    people = {message.sent_by_id, message.enquiry.agent_id if message.enquiry else None} - {None}
    parts = [f"person-{person}/{part}" for person in sorted(people, key=str) for part in ("sms", "lists")]
    if message.message_id and message.enquiry_id:
        parts.append(f"thread-{message.enquiry_id}/messages")
    if parts:
        stale.mark(*parts)
