"""Invitations in calendars (RFC 5545, 5546), for people to see; nothing is entered anywhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

import icalendar

from indgang.core.clock import COPENHAGEN
from indgang.messaging.reading.charsets import one_line
from indgang.messaging.reading.contents import Invitation, MailAddress, MailProblem
from indgang.messaging.reading.headers import addresses
from indgang.messaging.reading.limits import MailLimits

#: what the library raises for files that are no calendar
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def read(calendar: bytes, limits: MailLimits, problems: set[MailProblem]) -> tuple[Invitation, ...]:
    """The events of a calendar in its order; broken ones are left out and named as a problem."""
    if len(calendar) > limits.calendar:
        problems.add(MailProblem.BROKEN_CALENDAR)
        return ()
    try:
        found = icalendar.Calendar.from_ical(calendar, multiple=True)
        events = tuple(islice(_invitations(found, problems), limits.invitations))
    except _BROKEN:
        problems.add(MailProblem.BROKEN_CALENDAR)
        return ()
    if not events and (not found or b"BEGIN:VEVENT" in calendar):
        problems.add(MailProblem.BROKEN_CALENDAR)
    return events


def _invitations(calendars: list[Any], problems: set[MailProblem]) -> Iterator[Invitation]:
    for calendar in calendars:
        method = one_line(str(calendar.get("METHOD", "")), 30).upper()
        for event in calendar.walk("VEVENT"):
            try:
                yield _invitation(event, method)
            except _BROKEN:
                problems.add(MailProblem.BROKEN_CALENDAR)


def _invitation(event: Any, method: str) -> Invitation:
    return Invitation(
        summary=one_line(str(event.get("SUMMARY", "")), 500),
        begins=_moment(event.get("DTSTART")),
        ends=_ends(event),
        organiser=_organiser(event.get("ORGANIZER")),
        method=method,
        place=one_line(str(event.get("LOCATION", "")), 500),
        uid=one_line(str(event.get("UID", "")), 500),
        recurs="RRULE" in event or "RDATE" in event,
    )


def _ends(event: Any) -> datetime | None:
    if "DTEND" in event:
        return _moment(event["DTEND"])
    begins = _moment(event.get("DTSTART"))
    return begins + event["DURATION"].dt if begins and "DURATION" in event else None


def _moment(written: Any) -> datetime | None:
    """In UTC; a time without a zone is Copenhagen's."""
    if written is None:
        return None
    at: date | datetime = written.dt
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=COPENHAGEN)).astimezone(UTC)


def _organiser(written: Any) -> MailAddress | None:
    if written is None:
        return None
    address = str(written).strip().lower().removeprefix("mailto:")
    name = one_line(str(written.params.get("CN", "")), 200)
    found = addresses(f"<{address}>", 1, set())
    return MailAddress(name, found[0].address) if found else None
