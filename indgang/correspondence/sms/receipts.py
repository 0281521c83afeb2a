"""Receipts: what became of an SMS. They come late, twice, out of order, and before the answer to sending."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from indgang.correspondence.models import SmsMessage
from indgang.correspondence.sms import stream
from indgang.messaging.sms.contract import ReceiptState, SmsReceipt

logger = logging.getLogger(__name__)

State = SmsMessage.State
_STATES = {ReceiptState.DELIVERED: State.DELIVERED, ReceiptState.FAILED: State.FAILED}


@transaction.atomic
def note(receipt: SmsReceipt, *, at: datetime) -> None:
    """Note a receipt. Once a message is delivered it stays so; a receipt of a message that is not ours is ignored."""
    message = _message_of(receipt)
    if message is None:
        logger.info("a receipt is about no message of ours (%s)", receipt.gateway_reference)
        return
    if not message.gateway_reference and receipt.gateway_reference:
        message.gateway_reference = receipt.gateway_reference[:64]
        message.save(update_fields=["gateway_reference"])
    state = _state_after(message, receipt)
    if state is not None:
        stream.settle(message, state, at=min(receipt.at, at), reason=receipt.reason if state == State.FAILED else "")


def _state_after(message: SmsMessage, receipt: SmsReceipt) -> State | None:
    """The state that the receipt gives the message; None when it changes nothing.

    On its way says that the gateway has it, which settles a doubt. Delivered is stronger than failed.
    """
    if receipt.state is ReceiptState.ON_THE_WAY:
        return State.ACCEPTED if message.state in (State.SENDING, State.DOUBT) else None
    if message.state == State.DELIVERED or message.state == _STATES[receipt.state]:
        return None
    return _STATES[receipt.state]


def _message_of(receipt: SmsReceipt) -> SmsMessage | None:
    rows = SmsMessage.objects.select_for_update(of=("self",)).select_related("enquiry")
    ours = rows.filter(direction=SmsMessage.Direction.OUT)
    if key := _key(receipt.reference):
        return ours.filter(pk=key).first()
    if not receipt.gateway_reference:
        return None
    return ours.filter(gateway_reference=receipt.gateway_reference).first()


def _key(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None
