"""When a demo begins: always on a working day in opening hours, and never before its latest event."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule
from indgang.enquiries.models import Enquiry
from indgang.entry.models import PresenceEvent

#: the minimum of opening hours that must remain, so that there is something to see
_LEFT = timedelta(minutes=45)
#: a day of the demo begins this long after opening, when the day is under way
_AFTER_OPENING = timedelta(minutes=30)
#: openings to check before giving up on a schedule without a long enough one
_TRIES = 50


def beginning(now: datetime, latest: datetime | None, hours: Schedule) -> datetime:
    """The demo's time when it is started now.

    That is the present time when the centre is open and stays open for a while, otherwise half an hour after the next
    opening. `latest` is the demo's latest event; a demo that is ahead of the clock continues from there.
    """
    earliest = now if latest is None else max(now, latest)
    if not _closes_soon(earliest, hours):
        return earliest
    for _ in range(_TRIES):
        opening = hours.next_opening(earliest)
        if opening is None:
            break
        begins = max(opening + _AFTER_OPENING, earliest)
        if not _closes_soon(begins, hours):
            return begins
        earliest = hours.next_change(begins) or begins
    return now if latest is None else max(now, latest)


def _closes_soon(at: datetime, hours: Schedule) -> bool:
    closes = hours.next_change(at)
    return not hours.is_open(at) or (closes is not None and closes - at < _LEFT)


def latest_event() -> datetime | None:
    """The moment of the demo's latest event."""
    moments = (
        Enquiry.objects.aggregate(at=Max("arrived_at"))["at"],
        Enquiry.objects.aggregate(at=Max("ended_at"))["at"],
        PresenceEvent.objects.aggregate(at=Max("at"))["at"],
    )
    return max((moment for moment in moments if moment), default=None)


def sentence(begins: datetime, now: datetime) -> str:
    """The console's sentence about the demo's time; empty when it is the real time."""
    if begins - now < timedelta(seconds=1):
        return ""
    local = begins.astimezone(COPENHAGEN)
    return f"The centres are closed now, so the demo's clock shows {local:%A %d %B %Y, %H:%M} and runs on from there."
