"""Mailboxes of secure post are made and changed, tried, and found for an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import chain, count
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from indgang.accounts import sealing
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue import changes, collisions
from indgang.catalogue.models import not_ended
from indgang.core.clock import day_of
from indgang.core.cvr import is_cvr
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import accounts
from indgang.correspondence.models import Mailbox, Thread
from indgang.correspondence.texts import signatures
from indgang.entry.models import Queue
from indgang.messaging.secure_post import opening
from indgang.messaging.secure_post.contract import SecurePostError, SecurePostFault, SecurePostService
from indgang.messaging.secure_post.memo import PartyKind, PostParty

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@transaction.atomic
def save(mailbox: Mailbox, values: Mapping[str, Any], *, secret: str = "", by: Actor, at: datetime) -> Mailbox:
    """Make or change a mailbox; an empty `secret` keeps the present key. Raises RefusedChange by field.

    The key is given to no other system than the one it was typed for: with another id it is typed again. The trail says
    that it was changed, not what it is.
    """
    mailbox.code = mailbox.code or _free_code(values["name"])
    moved = mailbox.pk is not None and (mailbox.adapter, mailbox.login) != (values["adapter"], values["login"])
    _refuse(values, has_secret=bool(secret or (mailbox.secret and not moved)))
    _refuse_taken(mailbox, values)
    signatures.refuse(values, ("signature", "signature_en"))
    if secret:
        mailbox.secret = accounts.sealed(secret)
    changes.save(mailbox, dict(values), by=by, at=at)
    if secret:
        trail.record(by=by, at=at, action="mailbox.secret", target=mailbox)
    return mailbox


def trial(mailbox: Mailbox) -> str:
    """Ask for what waits; returns the fault (`SecurePostFault`), or nothing. It waits for another machine: not inside a
    transaction."""
    try:
        service_of(mailbox).waiting()
    except SecurePostError as error:
        return error.fault.value
    return ""


def service_of(mailbox: Mailbox) -> SecurePostService:
    """The service, as the system that the mailbox is there. Raises SecurePostError."""
    if mailbox.adapter == Mailbox.Adapter.SIMULATED_POST:
        return opening.simulated(mailbox.code)
    try:
        key = accounts.secret_of(mailbox)
    except sealing.Unsealable:
        raise SecurePostError(SecurePostFault.SECRET_UNREADABLE) from None
    return opening.digital_post(system=mailbox.login, key=key)


def for_answers_to(thread: Thread, *, at: datetime) -> Mailbox | None:
    """The mailbox that a thread is answered from by secure post: its own, else (also when that has ended) the present
    one of its centre."""
    today = day_of(at)
    own = thread.mailbox
    if own is not None and own.is_secure_post and own.valid_on(today):
        return own
    centre = thread.queue.centre_id if thread.queue else thread.enquiry.centre_id
    found: Mailbox | None = Mailbox.objects.for_secure_post().valid_on(today).filter(centre=centre).first()
    return found


def sender_of(mailbox: Mailbox) -> PostParty:
    """The municipality, as the sender of an answer."""
    return PostParty(PartyKind.CVR, mailbox.cvr, mailbox.sender_name or mailbox.name)


def _free_code(name: str) -> str:
    """A code after the name, which no other mailbox has."""
    base = slugify(name)[:50] or "digital-post"
    taken = set(Mailbox.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in chain([base], (f"{base}-{number}" for number in count(2))) if code not in taken)


def _refuse(values: Mapping[str, Any], *, has_secret: bool) -> None:
    wrong: dict[str, str] = {}
    if values["queue"].work != Queue.Work.WRITTEN:
        wrong["queue"] = _("Vælg en kø til skriftlige henvendelser.")
    if not is_cvr(values["cvr"]):
        wrong["cvr"] = _("Skriv kommunens CVR-nummer.")
    if values["adapter"] == Mailbox.Adapter.POST:
        if not _UUID.fullmatch(values["login"]):
            wrong["login"] = _("Skriv systemets id, som det står i Digital Posts administration.")
        if not has_secret:
            wrong["secret"] = _("Skriv systemets nøgle. Den skal skrives igen, når id'et ændres.")
    if wrong:
        raise RefusedChange(wrong)


def _refuse_taken(mailbox: Mailbox, values: Mapping[str, Any]) -> None:
    """Two mailboxes of one system would take each other's messages and receipts: one at a time."""
    if values["adapter"] != Mailbox.Adapter.POST:
        return
    collisions.wait_for_turn("correspondence.secure_post.system")
    same = Mailbox.objects.filter(adapter=Mailbox.Adapter.POST, login__iexact=values["login"]).exclude(pk=mailbox.pk)
    other = same.filter(not_ended(values["valid_from"]))
    if mailbox.valid_to is not None:
        other = other.filter(valid_from__lt=mailbox.valid_to)
    taken = other.first()
    if taken is not None:
        said = _("Systemet læses allerede af postkassen %(name)s. Afslut den først.") % {"name": taken.name}
        raise RefusedChange({"login": said})
