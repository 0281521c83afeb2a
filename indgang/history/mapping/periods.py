"""Reads the period that a value is about: a day, a month, a quarter or a year."""

from __future__ import annotations

import re
from datetime import date, timedelta

from indgang.core.months import months_later
from indgang.history.mapping.faults import BadCell, CellFault
from indgang.history.mapping.moments import FIRST_YEAR, LAST_YEAR, DayOrder, MomentReader, Zone

Days = tuple[date, date]
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_ENGLISH = {"may": 5, "oct": 10}
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})|(?P<first>\d{1,2})[-/.](?P<behind>\d{4})")
_QUARTER = re.compile(
    r"(?:k|q|kvartal)\.? ?([1-4])[ ,/-]+(\d{4})|([1-4])\.? ?(?:kvartal|kv\.?|k|q)[ ,/-]+(\d{4})"
    r"|(\d{4})[ ,/-]*(?:k|q|kvartal)\.? ?([1-4])|(\d{4})[ ,/-]+([1-4])\. ?(?:kvartal|kv\.?)"
)
_NAMED = re.compile(r"([a-z]{3})[a-z]*\.?[ -]+(\d{4})")
_SPAN = re.compile(
    r"(.+?)(?: +(?:-|til|to) +| *[–—] *)(.+)|(\d{1,2}[./]\d{1,2}[./]\d{2,4})-(\d{1,2}[./].+)", re.IGNORECASE
)


class PeriodReader:
    """Reads periods: 2026-03-01, 1.3.2026, 2026-03, 3/2026, marts 2026, K1 2026, 2026-Q1, 2026, and two of these with a
    dash or "til" between them. A number alone is never a quarter."""

    def __init__(self, order: DayOrder) -> None:
        self._days = MomentReader(order, Zone.COPENHAGEN)
        self.refuse_other_order = self._days.refuse_other_order

    def read(self, text: str) -> Days:
        """The first day and the last. Raises BadCell."""
        span = _SPAN.fullmatch(text)
        if span is None or _whole(text):
            return self._one(text)
        first, last = self._one(span[1] or span[3])[0], self._one(span[2] or span[4])[1]
        if last < first:
            raise BadCell(CellFault.NO_DAY, text)
        return first, last

    def _one(self, text: str) -> Days:
        if found := _whole(text):
            return found
        day = self._day(text)
        return day, day

    def _day(self, text: str) -> date:
        """A day, also with a time of day behind it, as spreadsheets write it."""
        if " " not in text and "T" not in text:
            return self._days.day(text)
        try:
            return self._days.both(text)[0]
        except BadCell as bad:
            raise BadCell(CellFault.NO_DAY if bad.fault is CellFault.NO_MOMENT else bad.fault, text) from bad


def _whole(text: str) -> Days | None:
    """A year, a quarter or a month; None for another text."""
    plain = text.lower()
    if _YEAR.fullmatch(plain):
        return _months(text, int(plain), 1, 12)
    if month := _MONTH.fullmatch(plain):
        return _months(text, int(month["year"] or month["behind"]), int(month["month"] or month["first"]), 1)
    if quarter := _QUARTER.fullmatch(plain):
        number, year = sorted(map(int, filter(None, quarter.groups())))
        return _months(text, year, 3 * number - 2, 3)
    if (named := _NAMED.fullmatch(plain)) and (month_number := _month_named(named[1])):
        return _months(text, int(named[2]), month_number, 1)
    return None


def _month_named(name: str) -> int:
    return _MONTHS.index(name) + 1 if name in _MONTHS else _ENGLISH.get(name, 0)


def _months(text: str, year: int, first: int, number: int) -> Days:
    if not 1 <= first <= 12:
        raise BadCell(CellFault.NO_DAY, text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadCell(CellFault.OUT_OF_RANGE, text)
    begins = date(year, first, 1)
    return begins, months_later(begins, number) - timedelta(days=1)
