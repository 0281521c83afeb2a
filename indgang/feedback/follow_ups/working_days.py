"""Deadlines in working days: days on which a centre is open. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from indgang.core.clock import day_of
from indgang.core.schedule import Schedule

#: days looked at for each working day; a centre that has closed for good counts calendar days
_LOOKED_AT = 4


def end_of(hours: Schedule, since: datetime, days: int) -> datetime:
    """When the last of so many working days after the day of `since` closes."""
    today = day_of(since)
    later = (today + timedelta(days=each) for each in range(1, _LOOKED_AT * days + 15))
    spans = [spans[-1] for day in later if (spans := hours.spans(day))]
    end = spans[days - 1].end if len(spans) >= days else None
    return end or since + timedelta(days=days)
