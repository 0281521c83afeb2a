"""The servers behind a mailbox, as `messaging.mailbox` opens them."""

from __future__ import annotations

from django.conf import settings

from indgang.accounts import sealing
from indgang.correspondence.models import Mailbox
from indgang.messaging.mailbox.contract import MailAccount, MailServer, OAuth, Password, Security, SimulatedAccount
from indgang.messaging.mailbox.opening import AnyAccount

_PURPOSE = "mailbox"


def account_of(mailbox: Mailbox) -> AnyAccount:
    """The account with its secret. Raises sealing.Unsealable when it was sealed with another key."""
    if mailbox.adapter == Mailbox.Adapter.SIMULATED:
        return SimulatedAccount(settings.VAR / "mailboxes" / mailbox.code)
    secret = secret_of(mailbox)
    is_microsoft = mailbox.adapter == Mailbox.Adapter.MICROSOFT
    return MailAccount(
        imap=MailServer(mailbox.imap_host, mailbox.imap_port, Security(mailbox.imap_security)),
        smtp=MailServer(mailbox.smtp_host, mailbox.smtp_port, Security(mailbox.smtp_security)),
        user=mailbox.login or mailbox.address,
        login=OAuth(mailbox.tenant, mailbox.client, secret) if is_microsoft else Password(secret),
        incoming=mailbox.folder, archive=mailbox.archive_folder, sent=mailbox.sent_folder,
        server_keeps_copies=mailbox.server_keeps_copies,
    )  # fmt: skip


def secret_of(mailbox: Mailbox) -> str:
    """The password or key of a mailbox. Raises sealing.Unsealable when it was sealed with another key."""
    return sealing.unseal(mailbox.secret, _PURPOSE) if mailbox.secret else ""


def sealed(secret: str) -> str:
    """The secret as `Mailbox.secret` stores it."""
    return sealing.seal(secret, _PURPOSE)
