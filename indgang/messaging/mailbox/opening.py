"""The door to mailboxes: opens one by its account, for several actions or for one."""

from __future__ import annotations

from indgang.messaging.mailbox.contract import (
    Doubt,
    Envelope,
    FetchedBatch,
    FetchPosition,
    MailAccount,
    OpenMailbox,
    Rejected,
    Sent,
    SimulatedAccount,
)
from indgang.messaging.mailbox.servers import ServerMailbox
from indgang.messaging.mailbox.simulator import SimulatedMailbox

AnyAccount = MailAccount | SimulatedAccount


def opened(account: AnyAccount) -> OpenMailbox:
    """The mailbox, for `with`. It connects when it is first needed, and disconnects at the end."""
    return SimulatedMailbox(account.folder) if isinstance(account, SimulatedAccount) else ServerMailbox(account)


def fetch(account: AnyAccount, *, after: FetchPosition | None, limit: int = 100) -> FetchedBatch:
    """As `OpenMailbox.fetch`, with a connection of its own."""
    with opened(account) as mailbox:
        return mailbox.fetch(after=after, limit=limit)


def submit(account: AnyAccount, raw: bytes, envelope: Envelope) -> Sent | Rejected | Doubt:
    """As `OpenMailbox.submit`, with a connection of its own."""
    with opened(account) as mailbox:
        return mailbox.submit(raw, envelope)


def keep_copy(account: AnyAccount, raw: bytes, *, message_id: str) -> bool:
    """As `OpenMailbox.keep_copy`, with a connection of its own."""
    with opened(account) as mailbox:
        return mailbox.keep_copy(raw, message_id=message_id)


def find_sent(account: AnyAccount, *, message_id: str) -> bool:
    """As `OpenMailbox.find_sent`, with a connection of its own."""
    with opened(account) as mailbox:
        return mailbox.find_sent(message_id=message_id)
