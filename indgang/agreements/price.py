"""What an agreement costs in each year, and for each enquiry. Pure: decimals in kroner, rounded to øre at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

#: of a krone (øre)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """`a_year` kroner, which fall once by `falls_percent` after `falls_after_years` whole years."""

    a_year: Decimal
    falls_percent: Decimal
    falls_after_years: int

    def in_year(self, number: int) -> Decimal:
        """Kroner in the first (1), second … year of the agreement. Raises ValueError for a number below 1."""
        if number < 1:
            raise ValueError("years are counted from 1")
        falls = self.falls_percent if number > self.falls_after_years else Decimal(0)
        return _rounded(self.a_year * (100 - falls) / 100)

    def renewed(self, began: date, day: date) -> AgreedPrice:
        """The price for a new version on a day, of an agreement whose years are counted from `began`. A fall that has
        happened is in it; one that has not is counted from `began` still."""
        if _year(began, day) > self.falls_after_years:
            return AgreedPrice(self.in_year(_year(began, day)), Decimal(0), self.falls_after_years)
        return self

    def of_days(self, began: date, first: date, end: date) -> Decimal:
        """Kroner from `first` until `end` (not included) of an agreement that began on a day: each day costs its share
        of the year. Days before the beginning cost what the first year costs."""
        days = (first + timedelta(days=number) for number in range((end - first).days))
        return _rounded(sum((self.of_day(began, day) for day in days), Decimal(0)))

    def of_day(self, began: date, day: date) -> Decimal:
        """Kroner of one day, not rounded, so that days add up."""
        return self.in_year(_year(began, day)) / _length(day.year)

    def for_each(self, enquiries_a_year: int, year: int = 1) -> Decimal | None:
        """Kroner for each enquiry at that volume; None when there are none."""
        return _rounded(self.in_year(year) / enquiries_a_year) if enquiries_a_year else None


def _year(began: date, day: date) -> int:
    """The number of the agreement's year that a day lies in, from 1."""
    passed = day.year - began.year - ((day.month, day.day) < (began.month, began.day))
    return max(passed, 0) + 1


def _length(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _rounded(kroner: Decimal) -> Decimal:
    return kroner.quantize(_CENT, rounding=ROUND_HALF_UP)
