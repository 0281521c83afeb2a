"""Periods for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from indgang.core.clock import COPENHAGEN, day_of, in_utc


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until (not including) `end`, in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def day(cls, day: date) -> Self:
        """The 23, 24 or 25 hours of one day in Copenhagen."""
        start, end = (datetime.combine(each, time(), COPENHAGEN) for each in (day, day + timedelta(days=1)))
        return cls(in_utc(start), in_utc(end))

    @classmethod
    def days(cls, first: date, last: date) -> Self:
        """From the first day to the last, both included."""
        return cls(cls.day(first).start, cls.day(last).end)

    @classmethod
    def month(cls, day: date) -> Self:
        """The calendar month in Copenhagen that the day lies in."""
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        start, end = (datetime.combine(each, time(), COPENHAGEN) for each in (first, following))
        return cls(in_utc(start), in_utc(end))

    @classmethod
    def day_of(cls, at: datetime) -> Self:
        return cls.day(day_of(at))
