"""What an SMS gateway can do, whichever it is: take a message, and report later what became of it and what people
write.

A gateway knows no enquiry. `OutgoingSms.reference` is ours and comes back with each receipt, so that a receipt that is
faster than the answer to `send` still finds its message. Values only; no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from indgang.messaging.sms.parts import SmsEncoding

#: how long a gateway may take to answer, in seconds
ANSWER_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """`reference` is ours and never used twice; `to` is in E.164."""

    reference: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    encoding: SmsEncoding


@dataclass(frozen=True, slots=True)
class SmsAccepted:
    """The gateway has taken the message; `reference` is its own number for it."""

    reference: str


@dataclass(frozen=True, slots=True)
class SmsRefused:
    """The gateway has not taken the message, so it may be sent again, unless it is refused `for_good`.

    `reason` is for people who run the product and contains nothing about a person.
    """

    reason: str
    for_good: bool


@dataclass(frozen=True, slots=True)
class SmsDoubt:
    """Nobody knows whether the gateway has taken the message: the request was sent, and no clear answer came.

    It must not be sent again without a person's decision. A receipt may still settle it.
    """

    reason: str


SmsAnswer = SmsAccepted | SmsRefused | SmsDoubt


class ReceiptState(StrEnum):
    ON_THE_WAY = "on_the_way"
    #: the telephone has it, or the mobile network has taken it on its owner's behalf
    DELIVERED = "delivered"
    #: it will not arrive
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SmsReceipt:
    """What became of a message. Receipts come late, twice, out of order, and before the answer to `send`.

    `reference` is ours (empty when the gateway does not repeat it), `gateway_reference` is the gateway's number.
    """

    reference: str
    gateway_reference: str
    state: ReceiptState
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IncomingSms:
    """A message from a telephone. `reference` is the gateway's number for it: the same message may come twice.

    `number` is in E.164, or the text that stands for it when the sender has no number. `to` is the number that it was
    sent to.
    """

    reference: str
    number: str = field(repr=False)
    to: str
    text: str = field(repr=False)
    at: datetime


class SmsGateway(Protocol):
    def send(self, message: OutgoingSms) -> SmsAnswer:
        """Hand one message over; at most `ANSWER_SECONDS`. It never raises for what a gateway or a network does."""
        ...
