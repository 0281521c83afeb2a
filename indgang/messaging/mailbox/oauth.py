"""Signing in at Microsoft 365's IMAP and SMTP as an application.

Source: https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
(client credentials). The application needs the permissions `IMAP.AccessAsApp` and `SMTP.SendAsApp`, and an
administrator has given it the mailboxes.
"""

from __future__ import annotations

from indgang.accounts import microsoft
from indgang.accounts.microsoft import MicrosoftError, MicrosoftFault
from indgang.messaging.mailbox.contract import MailboxError, MailboxFault, OAuth

SCOPE = "https://outlook.office365.com/.default"
MECHANISM = "XOAUTH2"

_FAULTS = {
    MicrosoftFault.TENANT_UNKNOWN: MailboxFault.TENANT_UNKNOWN,
    MicrosoftFault.APP_UNKNOWN: MailboxFault.APP_UNKNOWN,
    MicrosoftFault.SECRET_WRONG: MailboxFault.SECRET_WRONG,
    MicrosoftFault.SECRET_EXPIRED: MailboxFault.SECRET_EXPIRED,
    MicrosoftFault.SIGN_IN_REFUSED: MailboxFault.SIGN_IN_REFUSED,
}


def first_answer(login: OAuth, user: str) -> str:
    """What the client says first in the SASL exchange XOAUTH2, with a token that is valid for some minutes at least.
    Raises MailboxError."""
    try:
        token = microsoft.token(_application(login), SCOPE)
    except MicrosoftError as error:
        raise MailboxError(_FAULTS.get(error.fault, MailboxFault.SIGN_IN_DOWN), error.fault) from None
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def forget_token(login: OAuth) -> None:
    """Have the next sign-in fetch a new token."""
    microsoft.forget_token(_application(login), SCOPE)


def _application(login: OAuth) -> microsoft.MicrosoftApplication:
    return microsoft.MicrosoftApplication(login.tenant, login.client, login.secret, login.sign_in_address)
