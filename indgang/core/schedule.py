"""Opening hours as a value: weekly hours with breaks, Danish public holidays, and exceptions.

Rules, strongest first:

1. An exception for a day decides that day, also on a holiday.
2. On a Danish public holiday, and on the optional closing days chosen, it is closed (`closed_on_holidays`).
3. Otherwise the weekly hours that are valid that day hold. Hours that overlap or touch are one span.

Public holidays come from the `holidays` package (so Store Bededag is a holiday until 2023 and not after).
Three days are no public holidays but are days off by agreement in most municipalities: Grundlovsdag (5 June),
Juleaftensdag (24 December) and Nytårsaftensdag (31 December). They are closed all day unless a schedule names fewer
of them; half a day is written as an exception with its spans. 1 May is a working day.

Hours are what the clock on the wall shows. A time that is skipped in March counts as the moment the clock is put
forward; a time that comes twice in October means the first one, so hours that follow each other still do.
A span ends at the latest at midnight, written 00:00; hours over midnight are written as two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from indgang.core.clock import COPENHAGEN, in_utc
from indgang.core.ranges import ALWAYS, DateRange, RangeSet, TimeRange

#: how far ahead the next opening is searched for; longer than a year, so that every yearly pattern occurs
HORIZON_DAYS = 400

_MIDNIGHT = time(0)


class OptionalClosing(StrEnum):
    """Days that are not public holidays, but days off by agreement."""

    GRUNDLOVSDAG = "grundlovsdag"
    JULEAFTENSDAG = "juleaftensdag"
    NYTAARSAFTENSDAG = "nytaarsaftensdag"


_OPTIONAL_DAYS = {
    (6, 5): (OptionalClosing.GRUNDLOVSDAG, "Grundlovsdag"),
    (12, 24): (OptionalClosing.JULEAFTENSDAG, "Juleaftensdag"),
    (12, 31): (OptionalClosing.NYTAARSAFTENSDAG, "Nytårsaftensdag"),
}


class ClosedKind(StrEnum):
    """Why it is closed at a moment."""

    BEFORE_HOURS = "before_hours"
    AFTER_HOURS = "after_hours"
    BREAK = "break"
    CLOSED_DAY = "closed_day"
    HOLIDAY = "holiday"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Closed:
    """Why it is closed; `detail` is the holiday's Danish name or the exception's reason, else empty."""

    kind: ClosedKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Open from `opens` to `closes` (00:00 is midnight) on one weekday, 0 for Monday, on the days in `valid`."""

    weekday: int
    opens: time
    closes: time
    valid: DateRange = ALWAYS

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"weekday must be 0 (Monday) to 6 (Sunday), not {self.weekday}")
        _check_hours(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class ExceptionDay:
    """The hours of one day instead of the usual ones; no spans means closed. `reason` is shown to people."""

    date: date
    spans: tuple[tuple[time, time], ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        for opens, closes in self.spans:
            _check_hours(opens, closes)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Opening hours. Of several exceptions for one day the last one applies."""

    weekly: tuple[Weekly, ...] = ()
    exceptions: tuple[ExceptionDay, ...] = ()
    closed_on_holidays: bool = True
    optional_closings: frozenset[OptionalClosing] = frozenset(OptionalClosing)
    zone: ZoneInfo = field(default=COPENHAGEN)

    def spans(self, day: date) -> list[TimeRange]:
        """The open spans of a day in order, disjoint, in UTC; each unpacks to (start, end)."""
        found = (self._span(day, opens, closes) for opens, closes in self._hours(day))
        return list(RangeSet(span for span in found if span is not None))

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at the moment. Raises ValueError when `at` has no zone."""
        moment = in_utc(at)
        return any(moment in span for span in self.spans(self._day(moment)))

    def next_opening(self, at: datetime) -> datetime | None:
        """`at` if it is open then, else the next moment at which it opens (UTC); None if there is none within
        HORIZON_DAYS."""
        moment = in_utc(at)
        span = self._next_span(moment)
        if span is None or span.start is None:
            return None
        return max(span.start, moment)

    def next_change(self, at: datetime) -> datetime | None:
        """The next moment after `at` at which it opens or closes (UTC); None if there is none within HORIZON_DAYS."""
        moment = in_utc(at)
        span = self._next_span(moment)
        if span is None:
            return None
        return span.end if moment in span else span.start

    def why_closed(self, at: datetime) -> Closed | None:
        """Why it is closed at a moment, or None when it is open."""
        moment = in_utc(at)
        day = self._day(moment)
        spans = self.spans(day)
        if any(moment in span for span in spans):
            return None
        exception = self._exception(day)
        if exception is not None:
            return Closed(ClosedKind.EXCEPTION, exception.reason)
        holiday = self.holiday(day)
        if holiday:
            return Closed(ClosedKind.HOLIDAY, holiday)
        return Closed(_where(moment, spans))

    def open_seconds(self, a: datetime, b: datetime) -> float:
        """The open seconds from `a` to `b`; 0 when `b` is not after `a`."""
        start, end = in_utc(a), in_utc(b)
        if end <= start:
            return 0.0
        asked = TimeRange(start, end)
        shared = (asked.intersection(span) for day in self._days(start, end) for span in self.spans(day))
        return sum(each.seconds() for each in shared if each is not None)

    def after_open_seconds(self, at: datetime, seconds: float) -> datetime | None:
        """The moment (UTC) at which it has been open for `seconds` since `at`; None if that is not within HORIZON_DAYS.

        A deadline of two hours that is set an hour before closing ends an hour after the next opening.
        """
        moment, left = in_utc(at), seconds
        if left <= 0:
            return moment
        for day in self._days(moment, moment + timedelta(days=HORIZON_DAYS)):
            for span in self.spans(day):
                rest = TimeRange(moment, None).intersection(span)
                if rest is None or rest.start is None:
                    continue
                if left <= rest.seconds():
                    return rest.start + timedelta(seconds=left)
                left -= rest.seconds()
        return None

    def before_open_seconds(self, at: datetime, seconds: float) -> datetime | None:
        """The latest moment (UTC) from which it is open for `seconds` until `at`; None if that is not within
        HORIZON_DAYS."""
        moment, left = in_utc(at), seconds
        if left <= 0:
            return moment
        first = self._day(moment)
        for number in range(HORIZON_DAYS):
            for span in reversed(self.spans(first - timedelta(days=number))):
                rest = TimeRange(None, moment).intersection(span)
                if rest is None or rest.end is None:
                    continue
                if left <= rest.seconds():
                    return rest.end - timedelta(seconds=left)
                left -= rest.seconds()
        return None

    def holiday(self, day: date) -> str:
        """The Danish name of the day off that closes this day (exceptions aside), or empty."""
        if not self.closed_on_holidays:
            return ""
        closing, name = _OPTIONAL_DAYS.get((day.month, day.day), (None, ""))
        if closing in self.optional_closings:
            return name
        return _public_holidays(day.year).get(day, "")

    def _hours(self, day: date) -> list[tuple[time, time]]:
        exception = self._exception(day)
        if exception is not None:
            return list(exception.spans)
        if self.holiday(day):
            return []
        weekday = day.weekday()
        return [(each.opens, each.closes) for each in self.weekly if each.weekday == weekday and day in each.valid]

    def _exception(self, day: date) -> ExceptionDay | None:
        return next((each for each in reversed(self.exceptions) if each.date == day), None)

    def _span(self, day: date, opens: time, closes: time) -> TimeRange | None:
        start = _moment(day, opens, self.zone)
        end = _moment(day + timedelta(days=1) if closes == _MIDNIGHT else day, closes, self.zone)
        # hours within the hour that is skipped in March do not exist that day
        return TimeRange(start, end) if start < end else None

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _days(self, start: datetime, end: datetime) -> Iterator[date]:
        day, last = self._day(start), self._day(end)
        while day <= last:
            yield day
            day += timedelta(days=1)

    def _next_span(self, moment: datetime) -> TimeRange | None:
        """The span that holds `moment` or the next one, joined over midnight; None when it never opens again.

        A span that lasts to the horizon has no end.
        """
        last = moment + timedelta(days=HORIZON_DAYS)
        joined: TimeRange | None = None
        for day in self._days(moment, last):
            for span in self.spans(day):
                if span.end is not None and span.end <= moment:
                    continue
                if joined is None:
                    joined = span
                elif joined.touches(span):
                    joined = joined.hull(span)
                else:
                    return joined
            if joined is not None and joined.end is not None and joined.end < _moment(day, _MIDNIGHT, self.zone):
                return joined
        if joined is not None and joined.end is not None and joined.end > last:
            return TimeRange(joined.start, None)
        return joined


def _check_hours(opens: time, closes: time) -> None:
    if opens.tzinfo is not None or closes.tzinfo is not None:
        raise ValueError("hours are times on the wall, without a zone")
    if closes != _MIDNIGHT and opens >= closes:
        raise ValueError(f"opens {opens:%H:%M} is not before closes {closes:%H:%M}; write hours over midnight as two")


def _where(moment: datetime, spans: list[TimeRange]) -> ClosedKind:
    if not spans:
        return ClosedKind.CLOSED_DAY
    first, last = spans[0], spans[-1]
    if first.start is not None and moment < first.start:
        return ClosedKind.BEFORE_HOURS
    if last.end is not None and moment >= last.end:
        return ClosedKind.AFTER_HOURS
    return ClosedKind.BREAK


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the local clock shows `wall`; for a skipped time, the moment of the change."""
    local = datetime.combine(day, wall, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # skipped: with the offset after the change it is too early by the length of the gap, with the one before too late
    gap = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    return _change_between(local.replace(tzinfo=UTC), gap, zone)


def _change_between(wall: datetime, offsets: tuple[timedelta | None, timedelta | None], zone: ZoneInfo) -> datetime:
    """The moment of the zone's change, to the second, between the two readings of a skipped time."""
    before, after = offsets
    if before is None or after is None:
        raise ValueError(f"{zone} has no offset")
    low, high = wall - after, wall - before
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def working_days(first: date, last: date) -> list[date]:
    """The days from one to another that most people work: Monday to Friday, and no public holiday."""
    schedule = Schedule()
    days = (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
    return [day for day in days if day.weekday() < 5 and not schedule.holiday(day)]


@lru_cache(maxsize=32)
def _public_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("DK", years=year, language="da").items())


def is_public_holiday(day: date) -> bool:
    """Whether the day is a Danish public holiday by law."""
    return day in _public_holidays(day.year)
