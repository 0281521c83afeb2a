"""What people read about their own and others' days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import TimeRange
from indgang.workforce.calendars.fetching import FeedFault
from indgang.workforce.day_line import DayKind, DayPart, LineFault, UnreadableLine
from indgang.workforce.models import CalendarFeed
from indgang.workforce.window_words import clock

KINDS: dict[DayKind, str | Promise] = {
    DayKind.SICK: gettext_lazy("Syg"),
    DayKind.MEETING: gettext_lazy("Møde"),
    DayKind.AWAY: gettext_lazy("Væk"),
    # without the context Django would read the English Friday
    DayKind.OFF: pgettext_lazy("own day", "Fri"),
    DayKind.BUSY: gettext_lazy("Optaget i kalenderen"),
    DayKind.PRESENT: gettext_lazy("Kan træffes, selv om kalenderen siger optaget"),
    DayKind.HOME: gettext_lazy("Arbejder hjemme, kan træffes"),
}

_FAULTS: dict[LineFault, str | Promise] = {
    LineFault.EMPTY: gettext_lazy("Skriv for eksempel “møde 10-11.30, så hjemme”."),
    LineFault.TOO_LONG: gettext_lazy("Skriv det kortere: kun hvad og hvornår."),
    LineFault.NO_KIND: gettext_lazy(
        "“%(part)s” kan ikke forstås. Brug ord som møde, syg, væk, frokost, fri, hjemme eller tilbage."
    ),
    LineFault.NO_SUCH_TIME: gettext_lazy("“%(part)s”: det klokkeslæt eller den dato findes ikke."),
    LineFault.BACKWARDS: gettext_lazy("“%(part)s”: det slutter, før det begynder."),
    LineFault.OVER: gettext_lazy("“%(part)s” er allerede forbi."),
    LineFault.UNCLEAR: gettext_lazy(
        "“%(part)s” kan ikke læses sikkert. Skriv klokkeslæt som “kl. 12” eller “12.30”, og dage som “1/12-5/12”."
    ),
    LineFault.UNTIL_A_DAY: gettext_lazy(
        "“%(part)s”: skriv, hvornår du er tilbage, for eksempel “ferie, tilbage torsdag”."
    ),
    LineFault.NEGATED: gettext_lazy("“%(part)s”: skriv det uden “ikke”, for eksempel “tilbage kl. 13”."),
}


def of_fault(error: UnreadableLine) -> str:
    return str(_FAULTS[error.fault]) % {"part": error.part}


def of_parts(parts: Iterable[DayPart], at: datetime) -> list[str]:
    """One sentence for each part, as the person reads it before it is stored."""
    return [f"{KINDS[part.kind]}: {of_time(part.during, at)}" for part in parts]


def of_time(during: TimeRange, at: datetime) -> str:
    """ "9.30–10.00", "fra 13.00", "7.12. til og med 11.12.": with the day first unless it is that of `at`."""
    start, end = during
    if start is None or end is None:
        return _("indtil videre")
    first, last = start.astimezone(COPENHAGEN), end.astimezone(COPENHAGEN)
    day = "" if day_of(start) == day_of(at) else f"{_date(first)} "
    begins, ends = clock(first.time()), clock(last.time())
    if last.time() != time():
        return f"{day}{begins}–{ends}" if last.date() == first.date() else f"{day}{begins}–{_date(last)} {ends}"
    last_day = last - timedelta(days=1)
    if last_day.date() == first.date():
        return day + (_("hele dagen") if first.time() == time() else _("fra %(time)s") % {"time": begins})
    since = f"{_date(first)} " if first.time() == time() else f"{day}{_('fra %(time)s') % {'time': begins}} "
    return since + _("til og med %(day)s") % {"day": _date(last_day)}


def _date(moment: datetime) -> str:
    return f"{moment.day}.{moment.month}."


_CALENDAR_FAULTS: dict[FeedFault, str | Promise] = {
    FeedFault.NOT_ALLOWED: gettext_lazy("Kalendere fra den adresse må ikke læses mere."),
    FeedFault.UNREACHABLE: gettext_lazy("Kalenderen svarer ikke."),
    FeedFault.SLOW: gettext_lazy("Kalenderen svarer for langsomt."),
    FeedFault.REFUSED: gettext_lazy("Kalenderen kræver login. Brug den adresse, som kalenderen giver til at dele den."),
    FeedFault.GONE: gettext_lazy("Kalenderen findes ikke på adressen mere."),
    FeedFault.TOO_LARGE: gettext_lazy("Kalenderen er for stor. Del kun det kommende år."),
    FeedFault.NO_CALENDAR: gettext_lazy("Adressen fører ikke til en kalender."),
    FeedFault.UNKNOWN_ZONE: gettext_lazy("Kalenderen bruger en tidszone, som ikke findes, så dens tider bruges ikke."),
}


def of_calendar(feed: CalendarFeed, at: datetime) -> str:
    """How a calendar feed is, and which times hold while it cannot be read."""
    read = feed.answered_at.astimezone(COPENHAGEN) if feed.answered_at else None
    if not feed.fault:
        return _("Hentet kl. %(time)s.") % {"time": clock(read.time())} if read else _("Hentes om lidt.")
    fault = str(_CALENDAR_FAULTS[FeedFault(feed.fault)])
    if read is None:
        return fault
    day = "" if read.date() == day_of(at) else f"{read.day}.{read.month}. "
    return (
        fault
        + " "
        + _("Det, der blev hentet kl. %(time)s, gælder, indtil den kan læses igen.")
        % {"time": day + clock(read.time())}
    )
