"""Receipts: what became of a message of secure post. They come late, twice, out of order, and before the answer to
sending."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from indgang.correspondence.models import SecurePost, ThreadMessage
from indgang.correspondence.secure_post import sending, stream
from indgang.messaging.secure_post.contract import PostReceipt, PostState

logger = logging.getLogger(__name__)

State = SecurePost.State
_STATES = {
    PostState.DELIVERED: State.DELIVERED, PostState.NOT_REGISTERED: State.NOT_REGISTERED,
    PostState.FAILED: State.FAILED,
}  # fmt: skip


@transaction.atomic
def note(receipt: PostReceipt, *, at: datetime) -> bool:
    """Note a receipt, whichever mailbox of ours it is listed for; returns False when it is about no message of ours.
    Once a message is delivered it stays so."""
    key = _key(receipt.uuid)
    post = sending.locked_post(key) if key else None
    if post is None:
        logger.info("a receipt is about no message of ours")
        return False
    state = _state_after(post, receipt)
    if state is not None:
        stream.settle(post, state, at=min(receipt.at, at), reason=receipt.reason if state in stream.LOST else "")
    return True


def _state_after(post: SecurePost, receipt: PostReceipt) -> State | None:
    """The state that the receipt gives the message; None when it changes nothing. On its way says that the service has
    it, which settles a doubt. Delivered is stronger than failed."""
    if receipt.state is PostState.ON_THE_WAY:
        return State.ACCEPTED if post.state in (State.SENDING, State.DOUBT) else None
    if post.state == State.DELIVERED or post.state == _STATES[receipt.state]:
        return None
    return _STATES[receipt.state]


def _key(uuid: str) -> UUID | None:
    """We made the UUID, so it names one message among all mailboxes; the one it left from may have been replaced."""
    rows = SecurePost.objects.filter(uuid=uuid, message__direction=ThreadMessage.Direction.OUT)
    found: UUID | None = rows.values_list("pk", flat=True).first()
    return found
