"""What a date means in Denmark: weekday, season, public holidays and the days beside them, school holidays, the days on
which benefits are paid. Pure.

School holidays are Copenhagen's: weeks 7 and 42, the days from Palm Sunday to Easter Monday, six weeks from the last
Saturday in June, and Christmas. Benefits are paid on the last bank day of the month, pensions and housing benefit on
the first; child benefit on the 20th of January, April, July and October, or the bank day before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

import holidays
import numpy as np

from indgang.staffing.erlang import Numbers

_DAY = timedelta(days=1)
_SUMMER_WEEKS, _QUIET_WEEKS = 6, (28, 29, 30)
#: no public holidays, but days on which most of the country is off
_DAYS_OFF = ((6, 5), (12, 24), (12, 31))


@lru_cache(maxsize=64)
def days_off(year: int) -> frozenset[date]:
    """Public holidays and the days off by agreement."""
    public = holidays.country_holidays("DK", years=year)
    return frozenset(public) | {date(year, month, day) for month, day in _DAYS_OFF}


def is_day_off(day: date) -> bool:
    return day in days_off(day.year)


def is_bank_day(day: date) -> bool:
    return day.weekday() < 5 and not is_day_off(day)


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def summer_holiday(year: int) -> tuple[date, date]:
    """The first and the last day of the schools' summer holiday."""
    begins = date(year, 6, 30)
    while begins.weekday() != 5:
        begins -= _DAY
    return begins, begins + timedelta(weeks=_SUMMER_WEEKS, days=1)


def _week(*weeks: int) -> Callable[[date], bool]:
    return lambda day: day.isocalendar().week in weeks


def _in_summer(day: date) -> bool:
    first, last = summer_holiday(day.year)
    return first <= day <= last


def _at_easter(day: date) -> bool:
    sunday = easter(day.year)
    return sunday - timedelta(days=8) <= day <= sunday + _DAY


def _at_christmas(day: date) -> bool:
    return (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 2)


def _before_day_off(day: date) -> bool:
    return not is_day_off(day) and is_day_off(day + _DAY)


def _after_days_off(day: date) -> bool:
    """The first working day after days off, over the weekend if they end at it."""
    if not is_bank_day(day):
        return False
    before = day - _DAY
    while before.weekday() >= 5 and not is_day_off(before):
        before -= _DAY
    return is_day_off(before)


def _is_squeezed(day: date) -> bool:
    """A working day between a day off and a weekend or another day off."""
    free_before = not is_bank_day(day - _DAY)
    free_after = not is_bank_day(day + _DAY)
    beside = is_day_off(day - _DAY) or is_day_off(day + _DAY)
    return is_bank_day(day) and free_before and free_after and beside


@lru_cache(maxsize=512)
def _bank_days(year: int, month: int) -> tuple[date, ...]:
    day, found = date(year, month, 1), []
    while day.month == month:
        if is_bank_day(day):
            found.append(day)
        day += _DAY
    return tuple(found)


def _first_bank_day(day: date) -> bool:
    return day == _bank_days(day.year, day.month)[0]


def _second_bank_day(day: date) -> bool:
    return day == _bank_days(day.year, day.month)[1]


def _early_in_month(day: date) -> bool:
    return day in _bank_days(day.year, day.month)[2:5]


def _last_bank_day(day: date) -> bool:
    return day == _bank_days(day.year, day.month)[-1]


def child_benefit_day(year: int, month: int) -> date | None:
    """The day on which child benefit is paid in this month, if it is."""
    if month not in (1, 4, 7, 10):
        return None
    day = date(year, month, 20)
    while not is_bank_day(day):
        day -= _DAY
    return day


def _at_child_benefit(day: date) -> bool:
    paid = child_benefit_day(day.year, day.month)
    return paid is not None and paid <= day <= paid + _DAY


#: what can be true of a date, and how much it may be expected to change the day: the deviation of its logarithm
TRAITS: Mapping[str, tuple[Callable[[date], bool], float]] = {
    **{f"weekday_{number}": (lambda day, number=number: day.weekday() == number, 0.6) for number in range(7)},  # type: ignore[misc]
    "day_off": (is_day_off, 0.8),
    "before_day_off": (_before_day_off, 0.25),
    "after_days_off": (_after_days_off, 0.25),
    "squeezed": (_is_squeezed, 0.4),
    "winter_holiday": (_week(7), 0.15),
    "easter_holiday": (_at_easter, 0.2),
    "summer_holiday": (_in_summer, 0.2),
    "quiet_weeks": (_week(*_QUIET_WEEKS), 0.25),
    "autumn_holiday": (_week(42), 0.15),
    "christmas": (_at_christmas, 0.35),
    "first_bank_day": (_first_bank_day, 0.25),
    "second_bank_day": (_second_bank_day, 0.2),
    "early_in_month": (_early_in_month, 0.15),
    "last_bank_day": (_last_bank_day, 0.2),
    "child_benefit": (_at_child_benefit, 0.2),
}
#: waves of a year: how many, and how large each may be expected to be
_WAVES = (0.2, 0.14, 0.1, 0.08, 0.06, 0.05)
YEAR = 365.2425
#: a season is learned from histories that are nearly a year
SEASON_DAYS = 330


@lru_cache(maxsize=16)
def traits(first: date, days: int) -> Numbers:
    """A row for each day and a column for each trait: its size where it is true, else 0."""
    dates = [first + timedelta(days=number) for number in range(days)]
    columns = [np.array([bool(holds(day)) for day in dates]) * size for holds, size in TRAITS.values()]
    return np.stack(columns, axis=1) if dates else np.zeros((0, len(TRAITS)))


@lru_cache(maxsize=16)
def season(first: date, days: int) -> Numbers:
    """A row for each day and two columns for each wave of the year."""
    turn = 2 * np.pi * (first.toordinal() + np.arange(days)) / YEAR
    waves = [size * wave((number + 1) * turn) for number, size in enumerate(_WAVES) for wave in (np.sin, np.cos)]
    return np.stack(waves, axis=1)


def names(with_season: bool) -> Sequence[str]:
    """The names of the columns of `traits`, followed by those of `season`."""
    waves = [f"{wave}_{number + 1}" for number in range(len(_WAVES)) for wave in ("sine", "cosine")]
    return [*TRAITS, *(waves if with_season else [])]
