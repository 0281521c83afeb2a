"""Laws of ranges and of sets of ranges."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.core.ranges import ALWAYS, DateRange, RangeError, RangeSet, TimeRange

START = date(2026, 1, 1)
days = st.integers(0, 40).map(lambda number: START + timedelta(days=number))
ends = st.one_of(st.none(), days)


@st.composite
def date_ranges(draw: st.DrawFn) -> DateRange:
    start, end = draw(ends), draw(ends)
    if start is not None and end is not None:
        start, end = min(start, end), max(start, end) + timedelta(days=1)
    return DateRange(start, end)


sets = st.lists(date_ranges(), max_size=5).map(RangeSet)


@given(date_ranges(), date_ranges(), days)
def test_a_day_is_in_the_intersection_when_it_is_in_both(one: DateRange, other: DateRange, day: date) -> None:
    shared = one.intersection(other)
    assert (shared is not None and day in shared) == (day in one and day in other)


@given(date_ranges(), date_ranges(), days)
def test_a_day_is_in_the_difference_when_it_is_only_in_the_first(one: DateRange, other: DateRange, day: date) -> None:
    assert any(day in piece for piece in one.difference(other)) == (day in one and day not in other)


@given(sets, sets, days)
def test_set_operations_mean_what_they_say_for_every_day(
    one: RangeSet[DateRange], other: RangeSet[DateRange], day: date
) -> None:
    assert (day in one.union(other)) == (day in one or day in other)
    assert (day in one.intersection(other)) == (day in one and day in other)
    assert (day in one.difference(other)) == (day in one and day not in other)


@given(sets, sets)
def test_difference_and_intersection_partition_a_set(one: RangeSet[DateRange], other: RangeSet[DateRange]) -> None:
    left, shared = one.difference(other), one.intersection(other)
    assert len(left.intersection(shared)) == 0
    assert left.union(shared) == one


@given(sets, sets, sets)
def test_union_does_not_depend_on_order(
    one: RangeSet[DateRange], other: RangeSet[DateRange], third: RangeSet[DateRange]
) -> None:
    assert one.union(other).union(third) == third.union(one).union(other)
    assert hash(one.union(other)) == hash(other.union(one))


@given(sets)
def test_the_ranges_of_a_set_are_in_order_and_apart(ranges: RangeSet[DateRange]) -> None:
    for one, following in pairwise(ranges):
        assert one.end is not None
        assert following.start is not None
        assert one.end < following.start


def test_a_range_holds_its_start_and_not_its_end() -> None:
    week = DateRange(date(2026, 1, 5), date(2026, 1, 12))
    assert date(2026, 1, 5) in week
    assert date(2026, 1, 12) not in week
    assert week.days() == 7
    assert tuple(week) == (date(2026, 1, 5), date(2026, 1, 12))


@pytest.mark.parametrize("end", [START, START - timedelta(days=1)])
def test_a_range_that_holds_nothing_cannot_be_made(end: date) -> None:
    with pytest.raises(RangeError):
        DateRange(START, end)


def test_dates_and_moments_are_not_mixed() -> None:
    with pytest.raises(RangeError, match="not datetimes"):
        DateRange(datetime(2026, 1, 1, tzinfo=UTC), None)
    with pytest.raises(RangeError, match="no time zone"):
        TimeRange(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), None)


def test_an_unbounded_range_has_no_length() -> None:
    with pytest.raises(RangeError, match="no length"):
        ALWAYS.days()
    with pytest.raises(RangeError, match="no length"):
        TimeRange(datetime(2026, 1, 1, tzinfo=UTC)).seconds()


def test_a_range_over_the_night_when_the_clock_is_put_back_is_as_long_as_it_lasts() -> None:
    night = TimeRange(datetime(2026, 10, 25, 0, tzinfo=COPENHAGEN), datetime(2026, 10, 25, 6, tzinfo=COPENHAGEN))
    assert night.seconds() == 7 * 3600
    assert datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=COPENHAGEN) in night
