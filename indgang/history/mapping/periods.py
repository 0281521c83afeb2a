"""Reads the period that a value is about: a day, a month, a quarter or a year."""

from __future__ import annotations

import re
from datetime import date, timedelta

from indgang.history.mapping.faults import BadCell, CellFault
from indgang.history.mapping.moments import FIRST_YEAR, DayOrder, MomentReader, Zone

Days = tuple[date, date]
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_ENGLISH = {"may": 5, "oct": 10}
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(
    r"(?:k|q|kvartal)? ?([1-4])(?:\.? ?kvartal|\. ?kv\.?)?[ ,/-]+(\d{4})|(\d{4})[ /-]+(?:k|q)\.? ?([1-4])"
)
_NAMED = re.compile(r"([a-z]{3})[a-z]*\.?[ -]+(\d{4})")


class PeriodReader:
    """Reads periods: 2026-03-01, 1.3.2026, 2026-03, marts 2026, K1 2026, 2026-Q1 and 2026."""

    def __init__(self, order: DayOrder) -> None:
        self._days = MomentReader(order, Zone.COPENHAGEN)

    def read(self, text: str) -> Days:
        """The first day and the last. Raises BadCell."""
        plain = text.lower()
        if _YEAR.fullmatch(plain):
            return _months(text, int(plain), 1, 12)
        if month := _MONTH.fullmatch(plain):
            return _months(text, int(month[1]), int(month[2]), 1)
        if quarter := _QUARTER.fullmatch(plain):
            year, number = int(quarter[2] or quarter[3]), int(quarter[1] or quarter[4])
            return _months(text, year, 3 * number - 2, 3)
        if named := _NAMED.fullmatch(plain):
            month_number = _month_named(named[1])
            if month_number:
                return _months(text, int(named[2]), month_number, 1)
        day = self._days.day(text.split(" ")[0].split("T")[0])
        return day, day


def _month_named(name: str) -> int:
    return _MONTHS.index(name) + 1 if name in _MONTHS else _ENGLISH.get(name, 0)


def _months(text: str, year: int, first: int, number: int) -> Days:
    if not 1 <= first <= 12:
        raise BadCell(CellFault.NO_DAY, text)
    if not FIRST_YEAR <= year <= 9000:
        raise BadCell(CellFault.OUT_OF_RANGE, text)
    following = date(year + (first + number - 1) // 12, (first + number - 1) % 12 + 1, 1)
    return date(year, first, 1), following - timedelta(days=1)
