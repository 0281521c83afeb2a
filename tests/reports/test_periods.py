"""Which period a report is about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.measures.control_limits import limits
from indgang.reports import periods

_DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
_CADENCES = ("weekly", "fortnightly", "monthly", "quarterly", "yearly")


@pytest.mark.parametrize(
    ("cadence", "first", "last"),
    [
        ("weekly", date(2026, 3, 9), date(2026, 3, 15)), ("fortnightly", date(2026, 2, 23), date(2026, 3, 8)),
        ("monthly", date(2026, 2, 1), date(2026, 2, 28)), ("quarterly", date(2025, 10, 1), date(2025, 12, 31)),
        ("yearly", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)  # fmt: skip
def test_the_latest_whole_period(cadence: str, first: date, last: date) -> None:
    assert periods.last_whole(cadence, before=date(2026, 3, 17), starts_on=date(2024, 1, 1)) == (first, last)


@given(st.sampled_from(_CADENCES), _DAYS, _DAYS)
def test_a_period_is_over_begins_late_enough_and_follows_the_one_before(
    cadence: str, at: date, starts_on: date
) -> None:
    found = periods.last_whole(cadence, before=at, starts_on=starts_on)
    if found is None:
        return
    assert starts_on <= found[0] <= found[1] < at
    assert periods.before(cadence, found[0])[1] == found[0] - timedelta(days=1)
    following = periods.last_whole(cadence, before=at + timedelta(days=400), starts_on=starts_on)
    assert following is not None
    # every day lies in one period: going back from a later one meets this one
    while following[0] > found[0]:
        following = periods.before(cadence, following[0])
    assert following == found


def test_nothing_is_whole_before_the_first_period_has_ended() -> None:
    assert periods.last_whole("monthly", before=date(2026, 3, 31), starts_on=date(2026, 3, 1)) is None
    assert periods.last_whole("monthly", before=date(2026, 4, 1), starts_on=date(2026, 3, 2)) is None


def test_the_months_of_a_year() -> None:
    found = periods.months(periods.a_year_back(date(2026, 3, 31)), date(2026, 3, 31))
    assert (found[0], found[-1], len(found)) == (date(2025, 4, 1), date(2026, 3, 1), 12)


@given(st.lists(st.none() | st.floats(0, 100), max_size=60))
def test_control_limits_hold_their_middle_and_stay_where_values_can_be(values: list[float | None]) -> None:
    found = limits(values, highest=100.0)
    known = [value for value in values if value is not None]
    if found is not None:
        assert 0 <= found[0] <= sum(known) / len(known) + 1e-6
        assert sum(known) / len(known) - 1e-6 <= found[1] <= 100
    assert limits(known[:7]) is None


def test_the_limits_of_a_textbook_chart() -> None:
    # middle 50, mean moving range 2: 50 - 5.32 and 50 + 5.32
    found = limits([49.0, 51.0] * 5)
    assert found is not None
    assert found == pytest.approx((44.68, 55.32))
