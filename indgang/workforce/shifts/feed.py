"""The address at which a person's calendar reads their published shifts (iCalendar, RFC 5545)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from icalendar import Calendar as ICalendar
from icalendar import Event as ICalendarEvent

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import COPENHAGEN
from indgang.workforce.models import ShiftFeed
from indgang.workforce.shifts.published import PublishedPart, PublishedShift, planned

#: what the feed holds, before and after the present
_BACK, _AHEAD = timedelta(days=31), timedelta(days=190)
#: bytes of the secret
_SECRET = 32


@transaction.atomic
def make(person: Person, *, at: datetime) -> str:
    """A new secret for the person's address; an earlier one stops working. It is returned once and never kept."""
    secret = secrets.token_urlsafe(_SECRET)
    ShiftFeed.objects.update_or_create(person=person, defaults={"digest": _digest(secret), "made_at": at})
    trail.record(by=person, at=at, action="shift_feed.create", target=person)
    return secret


@transaction.atomic
def close(person: Person, *, at: datetime) -> None:
    """The address stops working; a second time changes nothing."""
    if ShiftFeed.objects.filter(person=person).delete()[0]:
        trail.record(by=person, at=at, action="shift_feed.remove", target=person)


def person_of(secret: str) -> Person | None:
    """Whose secret this is; None for any other text, and for a closed account."""
    found = ShiftFeed.objects.filter(digest=_digest(secret), person__is_active=True).select_related("person").first()
    return found.person if found else None


def calendar(person: Person, at: datetime) -> bytes:
    """The person's shifts as iCalendar."""
    made = ICalendar()
    made.add("prodid", "-//Indgang//Shifts//DA")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("Vagter"))
    for shift in planned([person.pk], at - _BACK, at + _AHEAD):
        made.add_component(_event(shift, at))
    return bytes(made.to_ical())


def _event(shift: PublishedShift, at: datetime) -> ICalendarEvent:
    event = ICalendarEvent()
    event.add("uid", f"shift-{shift.pk}@indgang")
    event.add("dtstamp", at)
    event.add("dtstart", shift.starts_at)
    event.add("dtend", shift.ends_at)
    event.add("summary", _("Vagt, %(place)s") % {"place": shift.workplace})
    event.add("description", "\n".join(_line(each) for each in shift.parts))
    return event


def _line(part: PublishedPart) -> str:
    starts, ends = part.starts_at.astimezone(COPENHAGEN), part.ends_at.astimezone(COPENHAGEN)
    return f"{starts:%H.%M}–{ends:%H.%M} {part.title or part.activity or _('Pause')}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
