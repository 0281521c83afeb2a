"""Reads what Microsoft Graph's `getSchedule` answers: when people are busy, away or elsewhere, and nothing else. Pure.

An answer also holds subjects and places of what people do. They are left behind here, and no error repeats them.
Source: https://learn.microsoft.com/graph/api/calendar-getschedule
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from indgang.core.ranges import RangeError, RangeSet, TimeRange
from indgang.workforce.day_line import DayKind, DayPart

#: the length of a place in `availabilityView` that is asked for
SLOT = timedelta(minutes=30)
#: the most entries of one person that are read
MOST_ENTRIES = 2_000
#: the error code for an address that the tenant does not know, and for more entries than it gives
_UNKNOWN_CODES, _TOO_MANY_CODES = ("5009",), ("5006",)
_KINDS = {
    "busy": DayKind.BUSY,
    # somebody who has not yet said no to a meeting is expected there
    "tentative": DayKind.BUSY,
    "oof": DayKind.AWAY,
    "workingelsewhere": DayKind.HOME,
    "free": None,
    # neither busy nor free is known of this time
    "unknown": None,
}
_UTC_NAMES = frozenset(("UTC", "tzone://Microsoft/Utc"))
_FREE_SLOTS = frozenset("04")


class ScheduleFault(StrEnum):
    """Why one person's times could not be read from an answer."""

    UNKNOWN_PERSON = "unknown_person"
    TOO_MANY = "too_many"
    WRONG_ZONE = "wrong_zone"
    NOT_GIVEN = "not_given"
    UNREADABLE = "unreadable_times"


class UnreadableAnswer(ValueError):
    """The whole answer is not one of `getSchedule`."""


class _Fault(Exception):
    def __init__(self, fault: ScheduleFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: DayKind | None
    during: TimeRange


def read(
    body: bytes, addresses: Iterable[str], start: datetime, end: datetime
) -> dict[str, list[DayPart] | ScheduleFault]:
    """For each address (in lower case) the parts of the time from `start` to `end`, or why they cannot be read.

    `start` is the beginning of the time that was asked for; `availabilityView` counts from it. Raises UnreadableAnswer.
    """
    given = _by_address(body)
    asked = TimeRange(start, end)
    return {address.lower(): _of(given.get(address.lower()), start, asked) for address in addresses}


def _by_address(body: bytes) -> dict[str, Mapping[str, Any]]:
    try:
        # the text of an error would show a piece of the answer, so nothing of it goes on
        rows = json.loads(body)["value"]
        return {str(row["scheduleId"]).lower(): row for row in rows}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnreadableAnswer from None


def _of(row: Mapping[str, Any] | None, start: datetime, asked: TimeRange) -> list[DayPart] | ScheduleFault:
    if row is None:
        return ScheduleFault.NOT_GIVEN
    try:
        _refuse_error(row)
        entries = list(_entries(row))
        _refuse_other_zone(str(row.get("availabilityView", "")), entries, start)
        return list(_parts(entries, asked))
    except _Fault as error:
        return error.fault
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return ScheduleFault.UNREADABLE


def _refuse_error(row: Mapping[str, Any]) -> None:
    error = row.get("error")
    if not error:
        return
    code = str(error.get("responseCode", ""))
    if code in _UNKNOWN_CODES:
        raise _Fault(ScheduleFault.UNKNOWN_PERSON)
    raise _Fault(ScheduleFault.TOO_MANY if code in _TOO_MANY_CODES else ScheduleFault.NOT_GIVEN)


def _entries(row: Mapping[str, Any]) -> Iterator[_Entry]:
    items = row["scheduleItems"]
    if len(items) > MOST_ENTRIES:
        raise _Fault(ScheduleFault.TOO_MANY)
    for item in items:
        kind, during = _KINDS[str(item["status"]).lower()], _during(item)
        if during is not None:
            yield _Entry(kind, during)


def _during(item: Mapping[str, Any]) -> TimeRange | None:
    start, end = _moment(item["start"]), _moment(item["end"])
    if end <= start:  # in the hour that comes twice when the clock is set back, the end is in the second one
        end = _moment(item["end"], fold=1)
    try:
        return TimeRange(start, end)
    except RangeError:
        return None


def _moment(given: Mapping[str, Any], *, fold: int = 0) -> datetime:
    written = datetime.fromisoformat(str(given["dateTime"]))
    zone = _zone(str(given["timeZone"]))
    if written.tzinfo is None:
        return written.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if written.utcoffset() != written.astimezone(zone).utcoffset():
        raise _Fault(ScheduleFault.WRONG_ZONE)
    return written.astimezone(UTC)


def _zone(name: str) -> tzinfo:
    """The zone by the name that Windows or IANA gives it. Another name is a fault: no zone is assumed."""
    if name in _UTC_NAMES:
        return UTC
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _Fault(ScheduleFault.WRONG_ZONE) from None


def _refuse_other_zone(view: str, entries: Iterable[_Entry], start: datetime) -> None:
    """Refuse entries that contradict `availabilityView`, whose places count from the moment that was asked for.

    They do when the entries name another zone than the one in which they are written.
    """
    touched, covered = set[int](), set[int]()
    for piece in RangeSet(each.during for each in entries if each.kind in (DayKind.BUSY, DayKind.AWAY)):
        first, last = ((moment - start) / SLOT if moment else 0.0 for moment in piece)
        touched.update(range(max(floor(first), 0), min(ceil(last), len(view))))
        covered.update(range(max(ceil(first), 0), min(floor(last), len(view))))
    said_free = {number for number, letter in enumerate(view) if letter in _FREE_SLOTS}
    if said_free & covered or set(range(len(view))) - said_free - touched:
        raise _Fault(ScheduleFault.WRONG_ZONE)


def _parts(entries: Iterable[_Entry], asked: TimeRange) -> Iterator[DayPart]:
    """Joined times of each kind. Who is away is not also busy."""
    entries = list(entries)
    of_kind = {
        kind: RangeSet(each.during for each in entries if each.kind is kind).intersection(RangeSet([asked]))
        for kind in (DayKind.AWAY, DayKind.BUSY, DayKind.HOME)
    }
    of_kind[DayKind.BUSY] = of_kind[DayKind.BUSY].difference(of_kind[DayKind.AWAY])
    for kind, times in of_kind.items():
        for during in times:
            yield DayPart(kind, during)
