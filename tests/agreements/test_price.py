"""What an agreement costs in each year and for each enquiry."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.agreements.presets import PRESETS
from indgang.agreements.price import AgreedPrice

KRONER = st.decimals(min_value=0, max_value=10**9, places=2)
PERCENT = st.decimals(min_value=0, max_value=100, places=1)


@pytest.mark.parametrize(
    ("code", "third", "fourth", "each"),
    [("estimate", 12_100_000, 10_890_000, "60.50"), ("proposal", 4_950_000, 4_455_000, "70.71")],
)
def test_the_two_estimates_of_the_documents(code: str, third: int, fourth: int, each: str) -> None:
    preset = next(one for one in PRESETS if one.code == code)
    price = AgreedPrice(preset.price, Decimal(10), 3)
    assert (int(price.in_year(3)), int(price.in_year(4))) == (third, fourth)
    assert price.for_each(preset.enquiries_a_year) == Decimal(each)


@given(KRONER, PERCENT, st.integers(1, 20), st.integers(1, 40))
def test_the_price_falls_once_and_is_never_negative(kroner: Decimal, percent: Decimal, after: int, year: int) -> None:
    price = AgreedPrice(kroner, percent, after)
    assert 0 <= price.in_year(year + 1) <= price.in_year(year) <= kroner
    assert price.in_year(after) == kroner


def test_without_enquiries_there_is_no_price_for_each() -> None:
    assert AgreedPrice(Decimal(100), Decimal(0), 3).for_each(0) is None


def test_years_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        AgreedPrice(Decimal(100), Decimal(0), 3).in_year(0)


@given(
    KRONER, PERCENT, st.integers(1, 6), st.lists(st.integers(1, 1200), max_size=6), st.integers(0, 1200),
    st.dates(date(2024, 2, 27), date(2024, 3, 2)),
)  # fmt: skip
def test_a_new_version_goes_on_with_the_same_price_whenever_it_takes_over(
    kroner: Decimal, percent: Decimal, after: int, lasted: list[int], later: int, began: date
) -> None:
    """Each version lasts so many days, the latest one is looked at `later` days after it began."""
    price = renewed = AgreedPrice(kroner, percent, after)
    day = began
    for days in lasted:
        day += timedelta(days=days)
        renewed = renewed.renewed(began, day)
    day += timedelta(days=later)
    span = day, day + timedelta(days=1)
    assert renewed.of_days(began, *span) == price.of_days(began, *span)


def test_days_cost_their_share_of_the_year_and_fall_with_the_price() -> None:
    price = AgreedPrice(Decimal(365_000), Decimal(10), 3)
    began = date(2025, 7, 1)
    assert price.of_days(began, date(2026, 3, 1), date(2026, 4, 1)) == Decimal("31000.00")
    assert price.of_days(began, date(2028, 6, 30), date(2028, 7, 2)) == Decimal("1894.81"), (
        "366 days, 10 % less from July"
    )
    assert price.of_days(began, date(2025, 1, 1), date(2026, 1, 1)) == Decimal(365_000)
