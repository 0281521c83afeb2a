"""What staff read about a hand-over: where it lies, and its promise."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN
from indgang.handover.models import Handover, Promise
from indgang.handover.time_words import moment
from indgang.workforce.window_words import clock


def place(handover: Handover) -> str:
    """Where it lies: "David Degnemark, Byliv", "Events, Byliv" or "Byliv"."""
    first = handover.person.name if handover.person else handover.group.name if handover.group else ""
    return ", ".join(filter(None, (first, handover.unit.name)))


def promised(promise: Promise, at: datetime) -> str:
    """ "svar senest i dag kl. 16.00", "opkald i morgen kl. 10.00–12.00"."""
    if promise.starts_at is None:
        return _("svar senest %(time)s") % {"time": moment(promise.due_at, at)}
    ends = clock(promise.due_at.astimezone(COPENHAGEN).time())
    return _("opkald %(time)s") % {"time": f"{moment(promise.starts_at, at)}–{ends}"}
