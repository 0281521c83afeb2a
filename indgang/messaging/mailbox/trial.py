"""Tries an account out without fetching or sending anything, for whoever sets it up."""

from __future__ import annotations

from enum import StrEnum

from indgang.messaging.mailbox import smtp
from indgang.messaging.mailbox.contract import MailAccount, MailboxError, MailboxFault
from indgang.messaging.mailbox.opening import AnyAccount, find_sent, opened


class MailboxPart(StrEnum):
    """What an account is tried for."""

    FETCHING = "fetching"
    SENT_FOLDER = "sent_folder"
    SENDING = "sending"


def try_out(account: AnyAccount) -> dict[MailboxPart, MailboxFault | None]:
    """Why each part does not work; None for those that do. Takes a minute at most."""
    return {part: _fault(part, account) for part in MailboxPart}


def _fault(part: MailboxPart, account: AnyAccount) -> MailboxFault | None:
    try:
        match part:
            case MailboxPart.FETCHING:
                with opened(account) as mailbox:
                    mailbox.latest()
            case MailboxPart.SENT_FOLDER:
                find_sent(account, message_id="<trial@localhost>")
            case MailboxPart.SENDING if isinstance(account, MailAccount):
                smtp.sign_in(account)
    except MailboxError as error:
        return error.fault
    return None
