"""What people read about their own and others' days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import TimeRange
from indgang.workforce.calendars.fetching import FeedFault
from indgang.workforce.day_line import DayKind, DayPart, LineFault, UnreadableLine
from indgang.workforce.models import CalendarFeed

KINDS: dict[DayKind, str | Promise] = {
    DayKind.SICK: gettext_lazy("Syg"),
    DayKind.MEETING: gettext_lazy("Møde"),
    DayKind.AWAY: gettext_lazy("Væk"),
    DayKind.OFF: gettext_lazy("Fri"),
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
    """ "10.00–11.30", "fra 13.00", "4.12. hele dagen": with the day first unless it is that of `at`."""
    start, end = during
    if start is None or end is None:
        return _("indtil videre")
    first, last = start.astimezone(COPENHAGEN), end.astimezone(COPENHAGEN)
    day = "" if day_of(start) == day_of(at) else f"{first.day}.{first.month}. "
    ends_at_midnight = f"{last:%H%M}" == "0000" and (last.date() - first.date()).days == 1
    if ends_at_midnight and f"{first:%H%M}" == "0000":
        return day + _("hele dagen")
    if ends_at_midnight:
        return day + _("fra %(time)s") % {"time": f"{first:%H.%M}"}
    if last.date() != first.date():
        return f"{first.day}.{first.month}. {first:%H.%M}–{last.day}.{last.month}. {last:%H.%M}"
    return f"{day}{first:%H.%M}–{last:%H.%M}"


_CALENDAR_FAULTS: dict[FeedFault, str | Promise] = {
    FeedFault.NOT_ALLOWED: gettext_lazy("Kalendere fra den adresse må ikke læses mere."),
    FeedFault.UNREACHABLE: gettext_lazy("Kalenderen svarer ikke."),
    FeedFault.SLOW: gettext_lazy("Kalenderen svarer for langsomt."),
    FeedFault.REFUSED: gettext_lazy("Kalenderen kræver login. Brug den adresse, som kalenderen giver til at dele den."),
    FeedFault.GONE: gettext_lazy("Kalenderen findes ikke på adressen mere."),
    FeedFault.TOO_LARGE: gettext_lazy("Kalenderen er for stor. Del kun det kommende år."),
    FeedFault.NO_CALENDAR: gettext_lazy("Det, adressen svarer, er ikke en kalender."),
}


def of_calendar(feed: CalendarFeed, at: datetime) -> str:
    """How a calendar feed is, and which times hold while it cannot be read."""
    read = feed.answered_at.astimezone(COPENHAGEN) if feed.answered_at else None
    if not feed.fault:
        return _("Læst kl. %(time)s.") % {"time": f"{read:%H.%M}"} if read else _("Læses om lidt.")
    fault = str(_CALENDAR_FAULTS[FeedFault(feed.fault)])
    if read is None:
        return fault
    day = "" if read.date() == day_of(at) else f"{read.day}.{read.month}. "
    return fault + " " + _("Tiderne fra %(time)s gælder, indtil den kan læses igen.") % {"time": f"{day}{read:%H.%M}"}
