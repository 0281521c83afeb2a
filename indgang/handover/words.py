"""What people read and say about a hand-over: its promise, the time left, and what the caller is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.core.clock import COPENHAGEN
from indgang.handover.models import Handover, Promise
from indgang.handover.suggestions import moment
from indgang.workforce.window_words import clock

_HOUR, _DAY = 60, 24 * 60


def place(handover: Handover) -> str:
    """Where it lies: "David Degnemark, Byliv", "Events, Byliv" or "Byliv"."""
    first = handover.person.name if handover.person else handover.group.name if handover.group else ""
    return ", ".join(filter(None, (first, handover.unit.name)))


def promised(promise: Promise, at: datetime) -> str:
    """ "svar inden i dag 16.00", "opkald i morgen 10.00–12.00"."""
    if promise.starts_at is None:
        return _("svar inden %(time)s") % {"time": moment(promise.due_at, at)}
    ends = clock(promise.due_at.astimezone(COPENHAGEN).time())
    return _("opkald %(time)s") % {"time": f"{moment(promise.starts_at, at)}–{ends}"}


def time_left(promise: Promise, at: datetime) -> str:
    """ "1 time 20 min. tilbage", "overskredet med 3 dage"; a call that is not due says when it may begin."""
    if promise.due_at < at:
        return _("overskredet med %(time)s") % {"time": _long(at - promise.due_at)}
    return _("%(time)s tilbage") % {"time": _long(promise.due_at - at)}


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < _HOUR:
        return _("%(minutes)s min.") % {"minutes": minutes}
    hours = minutes // _HOUR
    if minutes < _DAY:
        whole = ngettext("%(hours)s time", "%(hours)s timer", hours) % {"hours": hours}
        return f"{whole} {_('%(minutes)s min.') % {'minutes': minutes % _HOUR}}" if minutes % _HOUR else whole
    days = minutes // _DAY
    return ngettext("%(days)s dag", "%(days)s dage", days) % {"days": days}


def to_say(handover: Handover, promise: Promise | None, at: datetime) -> str:
    """The sentence that tells the caller what happens now, and when."""
    words = {"unit": handover.unit.name, "number": handover.number, "code": handover.code}
    follow = _("Henvendelsen har nummer %(number)s, og koden er %(code)s. Med dem kan du følge den på hjemmesiden.")
    if promise is None:
        return follow % words
    if promise.starts_at is not None:
        ends = clock(promise.due_at.astimezone(COPENHAGEN).time())
        words |= {"start": moment(promise.starts_at, at), "end": ends}
        first = _("%(unit)s ringer til dig %(start)s til %(end)s.")
    else:
        words |= {"time": moment(promise.due_at, at)}
        first = _("Jeg har sendt dit spørgsmål til %(unit)s. Du får svar senest %(time)s.")
    return f"{first % words} {follow % words}"
