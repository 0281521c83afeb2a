"""The state of a message of secure post, and what follows from it for the thread and the pages that show it."""

from __future__ import annotations

from datetime import datetime

from indgang.correspondence import answers, queueing
from indgang.correspondence.event_kinds import CorrespondenceKind
from indgang.correspondence.models import SecurePost, ThreadMessage
from indgang.enquiries import journal

State = SecurePost.State
#: the states that are written into the enquiry's stream; what comes between is seconds long
_TOLD = frozenset((State.ACCEPTED, State.DELIVERED, State.NOT_REGISTERED, State.FAILED, State.DOUBT))
#: it will not arrive
LOST = frozenset((State.NOT_REGISTERED, State.FAILED))
_LEFT = (ThreadMessage.State.SENT, ThreadMessage.State.DELIVERED)


def settle(post: SecurePost, state: State, *, at: datetime, reason: str = "", left_at: datetime | None = None) -> None:
    """Give one of our messages a state, and write it down. Belongs in the transaction that holds the locks of its
    thread and its row. `left_at`: when it left, if that is known only afterwards."""
    post.state, post.state_at, post.reason = state, at, reason[:200]
    post.save(update_fields=["state", "state_at", "reason", "attempts"])
    enquiry = post.message.thread.enquiry
    if state in _TOLD:
        told = {"post": str(post.pk), "state": str(state), "reason": post.reason}
        event = CorrespondenceKind.SECURE_POST_SETTLED.event(str(enquiry.pk), at, data=told)
        journal.append(enquiry, event, by=None)
    _tell_thread(post.message, state, left_at or at, post.reason)
    queueing.mark(post.message.thread)


def _tell_thread(message: ThreadMessage, state: State, at: datetime, reason: str) -> None:
    """Let the thread follow, as it follows its mails."""
    if state in (State.QUEUED, State.SENDING):
        here = ThreadMessage.State.SENDING if state == State.SENDING else ThreadMessage.State.HELD
        ThreadMessage.objects.filter(pk=message.pk).update(state=here, state_at=at, fault=reason[:300])
    elif state in (State.ACCEPTED, State.DELIVERED):
        if message.state not in _LEFT:
            answers.sent(message, at=at)
        if state == State.DELIVERED:
            arrived = ThreadMessage.objects.filter(pk=message.pk)
            arrived.update(state=ThreadMessage.State.DELIVERED, state_at=at)
    elif state in LOST:
        answers.failed(message, fault=reason, at=at)
    elif state == State.DOUBT:
        answers.doubt(message, at=at)
