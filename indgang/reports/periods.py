"""Which period a report is about, and on which day it is made. Pure."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def last_whole(cadence: str, *, before: date, starts_on: date) -> tuple[date, date] | None:
    """The first and last day of the latest period that ended before a day and began on `starts_on` or later; None
    without one.

    Weeks begin on Mondays; fortnights are counted from the first Monday on or after `starts_on`. Months, quarters and
    years are those of the calendar.
    """
    if cadence in _MONTHS:
        end = _month_start(before, _MONTHS[cadence])
        first = _months_before(end, _MONTHS[cadence])
    else:
        length = 14 if cadence == "fortnightly" else 7
        anchor = starts_on + timedelta(days=-starts_on.weekday() % 7)
        whole = (before - anchor).days // length
        end = anchor + timedelta(days=length * whole)
        first = end - timedelta(days=length)
    return (first, end - _DAY) if first >= starts_on else None


def before(cadence: str, first: date) -> tuple[date, date]:
    """The period before the one that begins on `first`."""
    if cadence in _MONTHS:
        return _months_before(first, _MONTHS[cadence]), first - _DAY
    return first - timedelta(days=14 if cadence == "fortnightly" else 7), first - _DAY


def a_year_back(last: date) -> date:
    """The first day of the twelve months that end with the month of `last`."""
    return _months_before(last.replace(day=1), 11)


def months(first: date, last: date) -> list[date]:
    """The first day of each month from one day to another."""
    found = [first.replace(day=1)]
    while found[-1] < last.replace(day=1):
        found.append(_months_before(found[-1], -1))
    return found


def _month_start(day: date, months: int) -> date:
    """The first day of the month, quarter or year of a day."""
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def _months_before(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return first.replace(year=number // 12, month=number % 12 + 1)
