"""Reads days, times of the day and durations as other systems write them.

A moment is a day in Copenhagen and the seconds since it began, so days of 23 and 25 hours are right. The hour that is
left out in spring is a fault. Of the hour that comes twice in autumn the first one is taken, unless the text says
which: it names an offset, or the file is in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import TypeVar

from indgang.core.clock import COPENHAGEN
from indgang.history.mapping.faults import BadCell, CellFault

FIRST_YEAR = 2000
#: other systems write 31-12-9999 where they know no day
LAST_YEAR = 9000
#: the longest wait or conversation that is believed
LONGEST_SECONDS = 86_400
_MOST_REMEMBERED = 200_000
T = TypeVar("T")
_DAY = re.compile(r"(\d{1,4})[-./ ](\d{1,2})[-./ ](\d{2,4})\.?")
_TIME = re.compile(
    r"(?:kl\.? ?)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)? ?(?:([AaPp])[Mm])?"
    r" ?(Z|[+-]\d{2}:?\d{2})?"
)
_CLOCK = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}))?(?:[.,]\d{1,6})?")
_WORDS = re.compile(
    r"(?:(\d{1,3}) ?(?:t|time|timer|h|hours?) ?)?(?:(\d{1,4}) ?(?:m|min|minut|minutter|minutes?)\.? ?)?"
    r"(?:(\d{1,5}) ?(?:s|sek|sekund|sekunder|sec|seconds?)\.?)?"
)


class DayOrder(StrEnum):
    """How days are written. A day that begins with four digits is always year, month, day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Zone(StrEnum):
    COPENHAGEN = "copenhagen"
    UTC = "utc"


class DurationUnit(StrEnum):
    """What a plain number counts, and what two numbers with a colon mean."""

    SECONDS = "seconds"
    """3:20 is three minutes and twenty seconds."""
    MINUTES = "minutes"
    """3:20 is three hours and twenty minutes; 1,5 is a minute and a half."""


_SECONDS_IN = {DurationUnit.SECONDS: 1, DurationUnit.MINUTES: 60}


Moment = tuple[date, int]


class OtherOrder(ValueError):
    """The days of a file are written in the other order."""


class MomentReader:
    """Reads moments; what it has read before it remembers, for extracts of a million rows."""

    def __init__(self, order: DayOrder, zone: Zone) -> None:
        self._order, self._zone = order, zone
        self._days: dict[str, date] = {}
        self._times: dict[str, tuple[int, str]] = {}
        self._plain: dict[date, bool] = {}
        self._plain_days: dict[str, date] = {}
        self._only_so = False
        self._only_otherwise = ""

    def refuse_other_order(self) -> None:
        """Raise OtherOrder when all that was read says that days are written in the other order: some can be read only
        so, and none can be read only in this one."""
        if self._only_otherwise and not self._only_so:
            raise OtherOrder(self._only_otherwise)

    def day(self, text: str) -> date:
        """The day that a text names. Raises BadCell."""
        found = self._days.get(text)
        if found is None:
            found = _bounded(self._days)[text] = self._read_day(text)
        return found

    def moment(self, day_text: str, time_text: str) -> Moment:
        """The day in Copenhagen and the seconds since it began. Raises BadCell."""
        day = self.day(day_text)
        found = self._times.get(time_text)
        if found is None:
            found = _bounded(self._times)[time_text] = _read_time(time_text)
        seconds, offset = found
        if not offset and self._zone is Zone.COPENHAGEN:
            return day, seconds if self._is_plain(day) else _elapsed(day, seconds)
        return _local(day, seconds, offset)

    def both(self, text: str) -> Moment:
        """As `moment`, of a day and a time in one text, with a space or a T between them."""
        day_text, between, time_text = text.partition("T" if "T" in text else " ")
        if not between:
            raise BadCell(CellFault.NO_MOMENT, text)
        plain, known = self._plain_days.get(day_text), self._times.get(time_text)
        if plain is not None and known is not None and not known[1]:
            return plain, known[0]
        try:
            found = self.moment(day_text, time_text.strip())
        except BadCell as bad:
            raise BadCell(bad.fault, text) from bad
        self._remember(day_text)
        return found

    def _remember(self, day_text: str) -> None:
        """Keep a day on which the time of the clock is the time since it began."""
        day = self.day(day_text)
        if self._zone is Zone.COPENHAGEN and self._is_plain(day):
            _bounded(self._plain_days)[day_text] = day

    def _is_plain(self, day: date) -> bool:
        """Whether the clock is not set on that day."""
        found = self._plain.get(day)
        if found is None:
            found = self._plain[day] = _offset(day) == _offset(day + timedelta(days=1))
        return found

    def _read_day(self, text: str) -> date:
        match = _DAY.fullmatch(text)
        if match is None:
            raise BadCell(CellFault.NO_DAY, text)
        first, second, third = (int(each) for each in match.groups())
        if len(match[1]) == 4:
            return _date(text, first, second, third)
        if len(match[1]) > 2 or len(match[3]) == 3:
            raise BadCell(CellFault.NO_DAY, text)
        year = third + 2000 if len(match[3]) == 2 else third
        if self._order is DayOrder.MONTH_FIRST:
            first, second = second, first
        if first <= 12 < second <= 31:
            self._only_otherwise = self._only_otherwise or text
        found = _date(text, year, second, first)
        self._only_so = self._only_so or first > 12
        return found


def _bounded(held: dict[str, T]) -> dict[str, T]:
    if len(held) > _MOST_REMEMBERED:
        held.clear()
    return held


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise BadCell(CellFault.NO_DAY, text) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadCell(CellFault.OUT_OF_RANGE, text)
    return found


def _read_time(text: str) -> tuple[int, str]:
    """Seconds of the clock, and the offset that is written behind them."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise BadCell(CellFault.NO_MOMENT, text)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise BadCell(CellFault.NO_MOMENT, text)
        hour = hour % 12 + (12 if match[4] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise BadCell(CellFault.NO_MOMENT, text)
    return hour * 3600 + minute * 60 + second, match[5] or ""


def _offset(day: date) -> timedelta:
    return datetime.combine(day, time(), COPENHAGEN).utcoffset() or timedelta()


def _elapsed(day: date, seconds: int) -> int:
    """The seconds since the day began, on a day on which the clock is set."""
    local = datetime.combine(day, time(), COPENHAGEN) + timedelta(seconds=seconds)
    moment = local.astimezone(UTC)
    if moment.astimezone(COPENHAGEN).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise BadCell(CellFault.NO_SUCH_TIME, f"{local:%d.%m.%Y %H:%M}")
    return _since_midnight(moment, day)


def _since_midnight(moment: datetime, day: date) -> int:
    return int((moment - datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)).total_seconds())


def _local(day: date, seconds: int, offset: str) -> Moment:
    zone = UTC
    if offset and offset != "Z":
        sign, hours, minutes = offset[0], int(offset[1:3]), int(offset[-2:])
        if hours > 14 or minutes > 59:
            raise BadCell(CellFault.NO_MOMENT, offset)
        zone = timezone(timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1))
    moment = (datetime.combine(day, time(), zone) + timedelta(seconds=seconds)).astimezone(UTC)
    own = moment.astimezone(COPENHAGEN).date()
    return own, _since_midnight(moment, own)


class DurationReader:
    """Reads durations as whole seconds, rounded. `plain` is what a plain number counts, where that is known apart from
    what two numbers with a colon mean."""

    def __init__(self, unit: DurationUnit, plain: DurationUnit | None = None) -> None:
        self._unit, self._plain = unit, plain or unit
        #: what has been read
        self.known: dict[str, int] = {}

    def read(self, text: str) -> int:
        """Raises BadCell."""
        found = self.known.get(text)
        if found is None:
            found = _bounded(self.known)[text] = self._read(text)
        return found

    def _read(self, text: str) -> int:
        seconds = self._seconds(text)
        if seconds < 0:
            raise BadCell(CellFault.NEGATIVE, text)
        if seconds > LONGEST_SECONDS:
            raise BadCell(CellFault.TOO_LONG, text)
        return round(seconds)

    def _seconds(self, text: str) -> float:
        if clock := _CLOCK.fullmatch(text):
            first, second = int(clock[1]), int(clock[2])
            if clock[3] is not None:
                return first * 3600 + second * 60 + int(clock[3])
            return (first * 60 + second) * _SECONDS_IN[self._unit]
        try:
            return number(text) * _SECONDS_IN[self._plain]
        except BadCell:
            words = _WORDS.fullmatch(text.lower())
            if not words or not any(words.groups()):
                raise BadCell(CellFault.NO_DURATION, text) from None
            hours, minutes, seconds = (int(each or 0) for each in words.groups())
            return hours * 3600 + minutes * 60 + seconds


_PLAIN = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[. \u00a0]\d{3}){1,4}(?:,\d{1,9})?")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3}){1,4}\.\d{1,9}")


def number(text: str) -> float:
    """A number with a decimal comma or a point: 1234,5, 1.234,5, 1,234.5 and 1234.5 are the same. Raises BadCell.

    Three digits after a point are thousands (1.234); after a comma they are decimals, as Danish writes them.
    """
    if _GROUPED.fullmatch(text):
        return float(re.sub(r"[. \u00a0]", "", text).replace(",", "."))
    if _ENGLISH.fullmatch(text):
        return float(text.replace(",", ""))
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    raise BadCell(CellFault.NO_NUMBER, text)
