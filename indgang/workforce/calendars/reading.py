"""Busy times in an iCalendar file (RFC 5545). Pure.

Busy is an event that is neither cancelled nor transparent ("show as free"), that the calendar's owner has not
declined, and that lasts. Times without a zone are Copenhagen's; a zone that nobody knows makes the calendar unreadable,
because its times cannot be told. An event of whole days is busy from midnight to midnight in Copenhagen. A published
VFREEBUSY counts as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any

import icalendar
import recurring_ical_events

from indgang.core.clock import COPENHAGEN
from indgang.core.ranges import RangeSet, TimeRange

#: a larger file is refused, in bytes; ten years of a busy person's calendar take 2 MB
LARGEST = 5_000_000
#: the most events that are looked at in the time asked for
MOST_EVENTS = 2_000
#: nobody meets by the second; such a rule would be followed for ever
_ENDLESS = frozenset(("SECONDLY", "MINUTELY", "HOURLY"))
#: zones are at most 14 hours from Copenhagen's
_DAY = timedelta(days=1)
_FREE_HERE = frozenset(("FREE", "WORKINGELSEWHERE"))


class UnreadableCalendar(ValueError):
    """The file is no calendar, or is too large."""


class UnknownZone(UnreadableCalendar):
    """An event of the time asked for is in a zone that neither the file nor IANA nor Windows knows."""


def busy_times(file: bytes, start: datetime, end: datetime) -> RangeSet[TimeRange]:
    """When the owner of the calendar is busy from `start` to `end`. Raises UnreadableCalendar."""
    if len(file) > LARGEST:
        raise UnreadableCalendar("too large")
    asked = TimeRange(start, end)
    try:
        calendars = icalendar.Calendar.from_ical(file, multiple=True)
        found = [during for calendar in calendars for during in _busy(calendar, asked)]
    except UnknownZone:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise UnreadableCalendar(type(error).__name__) from error
    if not calendars:
        raise UnreadableCalendar("empty")
    return RangeSet(found).intersection(RangeSet([asked]))


def _busy(calendar: Any, asked: TimeRange) -> Iterator[TimeRange]:
    for component in calendar.walk("VFREEBUSY"):
        yield from _published(component)
    for event in calendar.walk("VEVENT"):
        _refuse_unknown_zone(event, asked)
        _bound(event, asked)
    occurrences = recurring_ical_events.of(calendar, skip_bad_series=True).after(asked.start)
    coming = takewhile(lambda event: _begins(event) < (asked.end or _begins(event)), occurrences)
    for event in islice(coming, MOST_EVENTS):
        during = _during(event)
        if during is not None and _is_busy(event):
            yield during


def _refuse_unknown_zone(event: Any, asked: TimeRange) -> None:
    """Old events do not matter; of those that recur nobody knows whether they do."""
    for name in ("DTSTART", "DTEND"):
        written = event.get(name)
        if written is None or "TZID" not in written.params or getattr(written.dt, "tzinfo", UTC) is not None:
            continue
        if "RRULE" in event or _is_near(written.dt, asked):
            raise UnknownZone(name)


def _is_near(local: date, asked: TimeRange) -> bool:
    """Whether a time lies within the time asked for in any zone of the world."""
    moment = _moment(local)
    start, end = asked
    return (start is None or moment > start - _DAY) and (end is None or moment < end + _DAY)


def _bound(event: Any, asked: TimeRange) -> None:
    """Let no rule run on after the time asked for: one that never comes to it would be followed for ever."""
    if "RRULE" not in event or asked.end is None:
        return
    rule, begin = event["RRULE"], event["DTSTART"].dt
    if _ENDLESS & set(map(str, _as_list(rule.get("FREQ", [])))) or any(
        each < 1 for each in _as_list(rule.get("INTERVAL", 1))
    ):
        del event["RRULE"]
    elif "COUNT" not in rule:
        ends = [asked.end, *(_moment(each) for each in _as_list(rule.get("UNTIL", [])))]
        rule["UNTIL"] = [_like(min(ends), begin)]


def _like(moment: datetime, begin: date | datetime) -> date | datetime:
    """The moment as a date, a local time or a time in UTC, as the event's beginning is."""
    local = moment.astimezone(COPENHAGEN)
    if not isinstance(begin, datetime):
        return local.date()
    return moment.astimezone(UTC) if begin.tzinfo is not None else local.replace(tzinfo=None)


def _is_busy(event: Any) -> bool:
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in _FREE_HERE:
        return False
    return not _declined(event)


def _declined(event: Any) -> bool:
    """Whether the only participant that the file names has declined: a person's own file names nobody else's answer."""
    answers = [str(each.params.get("PARTSTAT", "")).upper() for each in _as_list(event.get("ATTENDEE", []))]
    return answers == ["DECLINED"]


def _during(event: Any) -> TimeRange | None:
    begin = event["DTSTART"].dt
    start = _begins(event)
    if "DTEND" in event:
        end = _moment(event["DTEND"].dt)
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    else:
        end = start if isinstance(begin, datetime) else _moment(begin + timedelta(days=1))
    return TimeRange(start, end) if start < end else None


def _begins(event: Any) -> datetime:
    return _moment(event["DTSTART"].dt)


def _moment(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), COPENHAGEN)
    return value if value.tzinfo is not None else value.replace(tzinfo=COPENHAGEN)


def _published(component: Any) -> Iterator[TimeRange]:
    for each in _as_list(component.get("FREEBUSY", [])):
        if str(each.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        for begin, until in _periods(each):
            start = _moment(begin)
            end = start + until if isinstance(until, timedelta) else _moment(until)
            if start < end:
                yield TimeRange(start, end)


def _periods(property_: Any) -> Iterable[tuple[datetime, Any]]:
    dts = getattr(property_, "dts", None)
    return [each.dt for each in dts] if dts is not None else [property_.dt]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
