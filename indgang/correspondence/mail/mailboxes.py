"""Shared mailboxes are made and changed, tried, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain, count
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from indgang.accounts import sealing
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue import changes, end_days
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import accounts
from indgang.correspondence.models import Mailbox
from indgang.entry.models import Queue
from indgang.messaging.mailbox import opening
from indgang.messaging.mailbox.contract import MailboxError, Security

#: the address of Microsoft's servers for every mailbox of Microsoft 365
MICROSOFT = {
    "imap_host": "outlook.office365.com", "imap_port": 993, "imap_security": "tls", "smtp_host": "smtp.office365.com",
    "smtp_port": 587, "smtp_security": "starttls", "server_keeps_copies": True,
}  # fmt: skip
_ON_THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))


@transaction.atomic
def save(mailbox: Mailbox, values: Mapping[str, Any], *, secret: str = "", by: Actor, at: datetime) -> Mailbox:
    """Make or change a mailbox; an empty `secret` keeps the present one. Raises RefusedChange by field.

    The trail says that the secret was changed, not what it is.
    """
    known = {**values, **(MICROSOFT if values["adapter"] == Mailbox.Adapter.MICROSOFT else {})}
    mailbox.code = mailbox.code or _free_code(known["address"])
    _refuse(known, has_secret=bool(secret or mailbox.secret))
    if secret:
        mailbox.secret = accounts.sealed(secret)
    changes.save(mailbox, known, by=by, at=at)
    if secret:
        trail.record(by=by, at=at, action="mailbox.secret", target=mailbox)
    return mailbox


@transaction.atomic
def end(mailbox: Mailbox, *, on: date, by: Actor, at: datetime) -> None:
    """Stop reading the mailbox from a day on. Its threads stay, and can be answered from it until then. Raises
    RefusedChange."""
    end_days.refuse(mailbox, on, at)
    changes.save(mailbox, {"valid_to": on}, by=by, at=at)


def trial(mailbox: Mailbox) -> str:
    """Sign in and look into the folder; returns the fault (`MailboxFault`), or nothing when mails can be read.

    It waits for other machines: not inside a transaction.
    """
    try:
        with opening.opened(accounts.account_of(mailbox)) as opened:
            opened.latest()
    except MailboxError as error:
        return error.fault.value
    except sealing.Unsealable:
        return "secret_unreadable"
    return ""


def _free_code(address: str) -> str:
    """A code after the address, which no other mailbox has."""
    base = slugify(address.partition("@")[0])[:50] or "post"
    taken = set(Mailbox.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in chain([base], (f"{base}-{number}" for number in count(2))) if code not in taken)


def _refuse(values: Mapping[str, Any], *, has_secret: bool) -> None:
    wrong: dict[str, str] = {}
    if values["queue"].work != Queue.Work.WRITTEN:
        wrong["queue"] = _("Vælg en kø til skriftlige henvendelser.")
    if values["adapter"] != Mailbox.Adapter.SIMULATED:
        wrong |= {name: _("Skriv serverens navn.") for name in ("imap_host", "smtp_host") if not values[name]}
        wrong |= {} if has_secret else {"secret": _("Skriv postkassens adgangskode.")}
        wrong |= _unprotected(values)
    if wrong:
        raise RefusedChange(wrong)


def _unprotected(values: Mapping[str, Any]) -> dict[str, str]:
    """A password goes unencrypted to this machine alone."""
    said = _("Uden kryptering kan adgangskoden læses undervejs. Det er kun muligt til en server på samme maskine.")
    pairs = ((f"{way}_security", values[f"{way}_host"], values[f"{way}_security"]) for way in ("imap", "smtp"))
    return {name: said for name, host, security in pairs if security == Security.NONE and host not in _ON_THIS_MACHINE}
