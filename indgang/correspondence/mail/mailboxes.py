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
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import accounts
from indgang.correspondence.models import Mailbox, MailboxState
from indgang.correspondence.texts import signatures
from indgang.entry.models import Queue
from indgang.messaging.mailbox import opening
from indgang.messaging.mailbox.contract import MailboxError, Security

#: the address of Microsoft's servers for every mailbox of Microsoft 365
MICROSOFT = {
    "imap_host": "outlook.office365.com", "imap_port": 993, "imap_security": "tls", "smtp_host": "smtp.office365.com",
    "smtp_port": 587, "smtp_security": "starttls", "server_keeps_copies": True,
}  # fmt: skip
#: what says where the secret is sent, and whose it is
_REACHED_BY = (
    "adapter", "imap_host", "imap_port", "imap_security", "smtp_host", "smtp_port", "smtp_security", "tenant", "client",
)  # fmt: skip
_ON_THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))


@transaction.atomic
def save(mailbox: Mailbox, values: Mapping[str, Any], *, secret: str = "", by: Actor, at: datetime) -> Mailbox:
    """Make or change a mailbox; an empty `secret` keeps the present one. Raises RefusedChange by field.

    A secret is given to no other server than the one it was typed for: with a new server or user it is typed again.
    The mailbox is then read from its first mail, for numbers of another folder mean nothing here; mails that have been
    stored are known by their digests. The trail says that the secret was changed, not what it is.
    """
    known = {**values, **(MICROSOFT if values["adapter"] == Mailbox.Adapter.MICROSOFT else {})}
    mailbox.code = mailbox.code or _free_code(known["address"])
    present = _present(mailbox)
    moved = mailbox.pk is not None and _reached({**present, **known}) != _reached(present)
    _refuse(known, has_secret=bool(secret or (mailbox.secret and not moved)))
    signatures.refuse(known, ("signature", "signature_en"))
    if moved or (mailbox.pk is not None and known.get("folder", mailbox.folder) != mailbox.folder):
        MailboxState.objects.filter(mailbox=mailbox).update(uid_validity=None)
    if secret:
        mailbox.secret = accounts.sealed(secret)
    changes.save(mailbox, known, by=by, at=at)
    if secret:
        trail.record(by=by, at=at, action="mailbox.secret", target=mailbox)
    return mailbox


def _present(mailbox: Mailbox) -> dict[str, Any]:
    return {name: getattr(mailbox, name) for name in (*_REACHED_BY, "login", "address")}


def _reached(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where the mailbox is, and who signs in."""
    return (*(values[name] for name in _REACHED_BY), values["login"] or values["address"])


@transaction.atomic
def lead(mailbox: Mailbox, *, queue: Queue, centre: ContactCentre, by: Actor, at: datetime) -> Mailbox:
    """Have the mails that come from now on wait in a queue of a centre. Threads that are there stay where they lie, and
    rules of the mailbox go before its queue. Raises RefusedChange."""
    locked: Mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    if queue.work != Queue.Work.WRITTEN:
        raise RefusedChange({"queue": _("Vælg en kø til skriftlige henvendelser.")})
    if (locked.queue_id, locked.centre_id) == (queue.pk, centre.pk):
        return locked
    return changes.save(locked, {"queue": queue, "centre": centre}, by=by, at=at)


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
        missing = _("Skriv postkassens adgangskode. Den skal skrives igen, når server eller bruger ændres.")
        wrong |= {} if has_secret else {"secret": missing}
        wrong |= _unprotected(values)
    if wrong:
        raise RefusedChange(wrong)


def _unprotected(values: Mapping[str, Any]) -> dict[str, str]:
    """A password goes unencrypted to this machine alone."""
    said = _("Uden kryptering kan adgangskoden læses undervejs. Det er kun muligt til en server på samme maskine.")
    pairs = ((f"{way}_security", values[f"{way}_host"], values[f"{way}_security"]) for way in ("imap", "smtp"))
    return {name: said for name, host, security in pairs if security == Security.NONE and host not in _ON_THIS_MACHINE}
