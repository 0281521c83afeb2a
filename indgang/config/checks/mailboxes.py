"""Shared mailboxes: what the worker that follows them has found, and when it last looked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from indgang.core import clock
from indgang.correspondence.models import Mailbox, MailboxState
from indgang.health.finding import Finding, error, ok, warning
from indgang.messaging.mailbox.contract import MailboxFault
from indgang.messaging.mailbox.fault_words import WORDS
from indgang.messaging.secure_post import fault_words as secure_words

#: the worker looks into each mailbox every minute
_LOOKED = timedelta(minutes=10)


def look() -> Iterator[Finding]:
    at = clock.now()
    rows = list(Mailbox.objects.valid_on(clock.day_of(at)).select_related("state"))
    found = [finding for row in rows for finding in _of(row, at)]
    yield from found
    if not found:
        text = _("Alle fællespostkasser kan bruges: %(count)s.") % {"count": len(rows)}
        yield ok(text if rows else _("Der er ingen fællespostkasser."))


def _of(mailbox: Mailbox, at: datetime) -> Iterator[Finding]:
    """What is known of it, however old, and beside it that nobody has looked since."""
    state: MailboxState | None = getattr(mailbox, "state", None)
    if state is not None:
        yield from _faults(mailbox, state)
    if state is None or state.checked_at is None or at - state.checked_at > _LOOKED:
        text = _("Fællespostkassen %(name)s er ikke blevet læst i ti minutter.") % {"name": mailbox.name}
        yield warning(text, _("Se efter, om `indgang worker` kører, og læs dens log."))


def _faults(mailbox: Mailbox, state: MailboxState) -> Iterator[Finding]:
    advice = _("Ret fællespostkassens opsætning, eller sig det til den, der administrerer mailserveren.")
    told = {"name": mailbox.name, "why": _words(state.fault)}
    if state.down_since is not None:
        yield error(_("Fællespostkassen %(name)s kan ikke læses. %(why)s") % told, advice)
    elif state.fault:
        yield warning(_("Mails i fællespostkassen %(name)s kan ikke flyttes til arkivmappen. %(why)s") % told, advice)
    if state.send_fault:
        told["why"] = _words(state.send_fault)
        yield error(_("Fællespostkassen %(name)s kan ikke sende. %(why)s") % told, advice)


def _words(fault: str) -> str:
    if said := secure_words.words_of(fault):
        return said
    return str(WORDS[MailboxFault(fault)]) if fault in set(MailboxFault) else fault
