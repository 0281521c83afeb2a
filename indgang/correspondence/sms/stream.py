"""The state of an SMS, the events about it in the stream of its enquiry, and the marks of the pages that show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from indgang.accounts.models import Person
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
#: the same of the message in a thread; `sending` of a thread belongs to mails
_OF_MESSAGE = {
    State.QUEUED: ThreadMessage.State.HELD,
    State.SENDING: ThreadMessage.State.HELD,
    State.ACCEPTED: ThreadMessage.State.SENT,
    State.DELIVERED: ThreadMessage.State.DELIVERED,
    State.FAILED: ThreadMessage.State.REFUSED,
    State.DOUBT: ThreadMessage.State.DOUBT,
}


def settle(message: SmsMessage, state: State, *, at: datetime, reason: str = "") -> None:
    """Give the message a state, and write it down. Belongs in the transaction that holds the lock of its row."""
    message.state, message.state_at, message.reason = state, at, reason[:200]
    message.save(update_fields=["state", "state_at", "reason", "attempts"])
    if state in _TOLD and message.enquiry is not None:
        told = {"sms": str(message.pk), "state": str(state), "reason": message.reason}
        append(message.enquiry, CorrespondenceKind.SMS_SETTLED, by=None, at=at, **told)
    if message.message_id and state in _OF_MESSAGE:
        rows = ThreadMessage.objects.filter(pk=message.message_id)
        rows.update(state=_OF_MESSAGE[state], state_at=at, fault=message.reason)
    mark(message)


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
