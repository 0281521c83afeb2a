"""The contract between the product and a secure post service: sending, receipts, and what comes in.

A message is the bytes of a MeMo (`memo.py`); the service carries them unchanged and knows no enquiry.

**At most one message leaves.** `send` answers accepted, refused or *doubt*: the request has left, and nobody knows
whether it was read. A doubt is never repeated by a program. A message keeps its UUID when a person has it sent again,
so that the service can recognise what it has.

**Nothing is lost or taken twice.** What waits stays listed until it is confirmed. Who stores a message and is killed
before it confirms is given the message again and recognises its UUID.

Values only; no I/O. Times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

#: how long a service may take to answer, in seconds; a message may have many MB
ANSWER_SECONDS = 60.0
#: messages and receipts of one look
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OutgoingMemo:
    """A message of ours: the UUID that stands in it, and its bytes. `is_repeat`: it was handed over before, and may
    have been taken."""

    uuid: UUID
    memo: bytes = field(repr=False)
    is_repeat: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class PostAccepted:
    """The service has taken the message; a receipt says later whether the recipient has it. `transmission` is the
    service's own number for it."""

    transmission: str


@dataclass(frozen=True, slots=True)
class PostRefused:
    """The service has not taken the message. Refused `for_good`, it will be refused again.

    `not_registered`: the recipient has no mailbox there, or is exempt. `reason` is a code that names nobody.
    """

    reason: str
    for_good: bool
    not_registered: bool = False


@dataclass(frozen=True, slots=True)
class PostDoubt:
    """Nobody knows whether the service has taken the message. A receipt may still settle it."""

    reason: str


PostAnswer = PostAccepted | PostRefused | PostDoubt


class PostState(StrEnum):
    """What a receipt says of a message."""

    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"
    #: the recipient has no mailbox, or is exempt
    NOT_REGISTERED = "not_registered"
    #: it will not arrive, for another reason
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PostReceipt:
    """What became of a message, by its UUID. Receipts come late, twice and out of order. `reason` is a code."""

    uuid: str
    transmission: str
    state: PostState
    at: datetime
    reason: str


class SecurePostFault(StrEnum):
    """Why the service could not be used (fault_words.py has the words)."""

    UNREACHABLE = "post_unreachable"
    SLOW = "post_slow"
    CUT = "post_cut"
    BUSY = "post_busy"
    SIGN_IN = "post_sign_in"
    CERTIFICATE = "post_certificate"
    NO_CERTIFICATE = "post_no_certificate"
    INSECURE = "post_insecure"
    REFUSED = "post_refused"
    UNREADABLE = "post_unreadable"
    NOT_STORED = "post_not_stored"
    SECRET_UNREADABLE = "post_secret_unreadable"  # noqa: S105  # the name of a fault


class SecurePostError(Exception):
    """The service could not be used. The text holds no secret and nothing about a person."""

    def __init__(self, fault: SecurePostFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault


class SecurePostService(Protocol):
    """A sending and receiving system at the service. All but `send` may raise SecurePostError."""

    def send(self, message: OutgoingMemo) -> PostAnswer:
        """Hand one message over. Never raises for what a service or a network does."""
        ...

    def waiting(self, page: int = 0) -> list[str]:
        """The UUIDs of messages that came and are not confirmed; `AT_ONCE` to a page, an empty list after the last."""
        ...

    def fetch(self, uuid: str, *, largest: int) -> bytes | None:
        """The bytes of one message, or None when it is larger than allowed. It stays listed."""
        ...

    def confirm(self, uuid: str, *, is_readable: bool, at: datetime) -> None:
        """Tell the service, and so the sender, that the message is stored, or that it cannot be read. It is no longer
        listed. Safe to repeat."""
        ...

    def receipts(self, page: int = 0) -> list[str]:
        """The service's keys of the receipts that wait; `AT_ONCE` to a page, an empty list after the last."""
        ...

    def receipt(self, key: str) -> PostReceipt | None:
        """One receipt; None when it cannot be understood. It stays listed."""
        ...

    def take_off(self, key: str) -> None:
        """Take a receipt that is written down off the list. Safe to repeat."""
        ...
