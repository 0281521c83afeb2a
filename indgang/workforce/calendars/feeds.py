"""Calendar feeds: a person connects one, the worker reads it, and its busy times become part of their day."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from indgang.accounts import sealing
from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.core.refusals import RefusedChange
from indgang.workforce import own_day
from indgang.workforce.calendars import fetching, reading
from indgang.workforce.calendars.fetching import FeedError, FeedFault
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import CalendarFeed

#: days ahead that busy times are read, and how old they may be before they are read again
DAYS_AHEAD, EVERY = 14, timedelta(minutes=10)
#: feeds read in one turn, and how many of them at the same time
ONE_TURN, AT_ONCE = 400, 8
_PURPOSE = "calendar_feed"
_log = logging.getLogger(__name__)


def horizon(at: datetime) -> datetime:
    """Until when calendars are read at `at`: a midnight, so that what lasts longer ends at the same moment all day."""
    return datetime.combine(day_of(at) + timedelta(days=DAYS_AHEAD), time(0), COPENHAGEN)


@transaction.atomic
def connect(person: Person, address: str, *, by: Person, at: datetime) -> CalendarFeed:
    """Connect a calendar; it replaces an earlier one. Raises RefusedChange for an address that is not allowed.

    The trail says that a calendar was connected, not where it is: whoever knows the address reads all of it.
    """
    address = address.strip().replace("webcal://", "https://", 1)
    if not fetching.is_allowed(address):
        raise RefusedChange(
            {"address": _("Kalendere fra den adresse må ikke læses her. Spørg den, der driver systemet.")}
        )
    feed, _made = CalendarFeed.objects.update_or_create(
        person=person,
        defaults={"address": sealing.seal(address, _PURPOSE), "asked_at": None, "answered_at": None, "fault": ""},
    )
    own_day.forget_calendars([person.pk], at=at)
    trail.record(by=by, at=at, action="calendar_feed.connect", target=person)
    return feed


@transaction.atomic
def disconnect(person: Person, *, by: Person, at: datetime) -> None:
    """Forget the calendar and what it says of the time after `at`; a second time changes nothing."""
    if not CalendarFeed.objects.filter(person=person).delete()[0]:
        return
    own_day.forget_calendars([person.pk], at=at)
    trail.record(by=by, at=at, action="calendar_feed.remove", target=person)


def read_due(at: datetime) -> int:
    """Read the feeds that have not been asked for some minutes; how many. A feed is asked by one worker only."""
    feeds = _claim(at)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        # only the network is asked in threads; the database belongs to this one
        found = list(threads.map(lambda feed: _busy(feed, at), feeds))
    for feed, busy in zip(feeds, found, strict=True):
        _keep(feed, busy, at)
    return len(feeds)


@transaction.atomic
def _claim(at: datetime) -> list[CalendarFeed]:
    due = CalendarFeed.objects.filter(Q(asked_at=None) | Q(asked_at__lte=at - EVERY), person__is_active=True)
    feeds = list(
        due.select_for_update(of=("self",), skip_locked=True).order_by(F("asked_at").asc(nulls_first=True))[:ONE_TURN]
    )
    CalendarFeed.objects.filter(pk__in=[feed.pk for feed in feeds]).update(asked_at=at)
    return feeds


def _busy(feed: CalendarFeed, at: datetime) -> RangeSet[TimeRange] | FeedFault:
    try:
        return reading.busy_times(fetching.fetch(sealing.unseal(feed.address, _PURPOSE)), at, horizon(at))
    except FeedError as error:
        return error.fault
    except reading.UnknownZone:
        return FeedFault.UNKNOWN_ZONE
    except (reading.UnreadableCalendar, sealing.Unsealable):
        return FeedFault.NO_CALENDAR
    except Exception as error:  # noqa: BLE001  # one calendar must not take the turn from the others
        _log.error("calendar feed %s cannot be read: %s", feed.pk, type(error).__name__)
        return FeedFault.NO_CALENDAR


@transaction.atomic
def _keep(feed: CalendarFeed, busy: RangeSet[TimeRange] | FeedFault, at: datetime) -> None:
    """Store what was read. After a fault the times that were read last stay, and the feed says what is wrong."""
    current = CalendarFeed.objects.select_for_update().filter(pk=feed.pk, address=feed.address)
    if isinstance(busy, FeedFault):
        current.update(fault=busy)
    elif current.update(fault="", answered_at=at):
        own_day.take_over(feed.person_id, [DayPart(DayKind.BUSY, during) for during in busy], at=at)
