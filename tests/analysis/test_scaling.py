"""From a counted week to a year: laws of the estimate and its interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.analysis.counting.scaling import YearEstimate, in_a_year, rounded

weeks = st.lists(st.integers(0, 400), min_size=1, max_size=20)


@given(weeks, st.integers(1, 366), st.integers(1, 1000))
def test_the_year_lies_in_its_interval_and_is_a_whole_number_of_steps(days: list[int], year: int, step: int) -> None:
    found = in_a_year(days, days_a_year=year, rounds_to=step)
    assert found.counted == sum(days)
    assert found.year % step == 0
    if len(days) == 1:
        assert found.low is found.high is None
    else:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.year <= found.high


def width(found: YearEstimate) -> int:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


@given(st.integers(1, 100), st.integers(2, 8))
def test_more_days_with_the_same_mean_say_more(mean: int, days: int) -> None:
    few = in_a_year([mean] * days, days_a_year=250, rounds_to=1)
    many = in_a_year([mean] * (2 * days), days_a_year=250, rounds_to=1)
    assert few.year == many.year
    assert width(many) < width(few)


def test_days_that_agree_are_still_counted_by_chance() -> None:
    """Five days with 20 each: the deviation of independent enquiries is the root of 20, and t(4) is 2.776."""
    found = in_a_year([20] * 5, days_a_year=250, rounds_to=1)
    assert (found.low, found.year, found.high) == (3612, 5000, 6388)


def test_five_days_are_a_fiftieth_of_a_year() -> None:
    found = in_a_year([9, 11, 10, 8, 12], days_a_year=250)
    assert (found.factor, found.year) == (50.0, 2500)


@pytest.mark.parametrize(("days", "year"), [([], 250), ([3, -1], 250), ([3], 0)])
def test_what_cannot_be_scaled_is_refused(days: list[int], year: int) -> None:
    with pytest.raises(ValueError, match="are needed"):
        in_a_year(days, days_a_year=year)


def test_halves_are_rounded_up() -> None:
    assert [rounded(value, 50) for value in (24.9, 25, 75, 124)] == [0, 50, 100, 100]
