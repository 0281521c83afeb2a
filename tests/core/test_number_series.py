"""Whose a telephone number is: the narrowest of the series that hold it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.number_series import NumberSeries, series_of
from tests import sample

digits = st.text("0123456789", min_size=2, max_size=8)
numbers = st.text("0123456789", min_size=8, max_size=8).map("+45{}".format)


@st.composite
def series(draw: st.DrawFn) -> NumberSeries:
    if draw(st.booleans()):
        return NumberSeries("+45" + draw(digits), "", draw(digits))
    first, last = sorted((draw(numbers), draw(numbers)))
    return NumberSeries(first, last, draw(digits))


@given(st.lists(series(), max_size=8), numbers)
@settings(max_examples=sample.examples(300), deadline=None)
def test_no_other_series_that_holds_the_number_is_narrower(among: list[NumberSeries], number: str) -> None:
    found = series_of(number, among)
    holding = [each for each in among if each.holds(number)]
    assert (found in holding) if holding else found is None
    if found is not None:
        assert all(found.size_for(number) <= each.size_for(number) for each in holding)
        assert series_of(number, reversed(among)).size_for(number) == found.size_for(number)  # type: ignore[union-attr]


@given(series(), numbers)
@settings(max_examples=sample.examples(200), deadline=None)
def test_a_range_holds_what_lies_between_its_ends(one: NumberSeries, number: str) -> None:
    if one.last:
        assert one.holds(number) is (int(one.first[1:]) <= int(number[1:]) <= int(one.last[1:]))
    else:
        assert one.holds(number) is (number[: len(one.first)] == one.first)


@pytest.mark.parametrize("number", ["", "anonymous", "5200", "33445566", "+4633445566", "+45334455667"])
def test_withheld_short_and_foreign_numbers_belong_to_no_range(number: str) -> None:
    assert series_of(number, [NumberSeries("+4500000000", "+4599999999", "Fjordby")]) is None
