"""Baselines: the value of a period with its interval."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from indgang.measures import baselines
from indgang.measures.baselines import MeasuredFigure, by_week
from indgang.measures.definitions import Definition, definition
from indgang.measures.histogram import bucket
from indgang.measures.sums import Contacts, Segments, Share
from indgang.measures.totals import Times, Totals

MONDAY = date(2026, 1, 5)
RESOLVED = definition("first_contact_resolution", on=MONDAY)
ARRIVED = definition("contacts_arrived", on=MONDAY)
MEDIAN = definition("median_answer_seconds", on=MONDAY)


def day(resolved: int, registered: int) -> Totals:
    return Totals(
        contacts=Contacts(registered=registered, resolved_at_once=resolved), arrived=Share(0, registered),
        answer_waits=Times(registered, 10.0 * registered, {bucket(timedelta(seconds=10)): registered}),
    )  # fmt: skip


def period(*days: tuple[int, int]) -> dict[date, Totals]:
    return {MONDAY + timedelta(days=number): day(*each) for number, each in enumerate(days)}


def measured(days: dict[date, Totals], kpi: Definition) -> MeasuredFigure:
    return baselines.measured(by_week(days), kpi)


_days = st.lists(st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=70)


@given(_days)
def test_the_interval_surrounds_the_value_and_stays_possible(days: list[tuple[int, int]]) -> None:
    found = measured(period(*days), RESOLVED)
    contacts = sum(of for _resolved, of in days)
    assert found.base == contacts
    if not contacts:
        assert found == MeasuredFigure(None, None, None, 0, 0)
    elif found.low is not None and found.high is not None and found.value is not None:
        assert 0 <= found.low <= found.value <= found.high <= 100
    else:
        assert found.weeks == 1


@given(_days)
def test_the_value_is_that_of_all_days_together(days: list[tuple[int, int]]) -> None:
    assert measured(period(*days), RESOLVED).value == RESOLVED.of(sum(period(*days).values(), Totals())).value


def test_weeks_that_differ_make_the_interval_wider_than_chance_alone() -> None:
    alike = measured(period(*[(5, 10)] * 56), RESOLVED)
    apart = measured(period(*([(1, 10)] * 7 + [(9, 10)] * 7) * 4), RESOLVED)
    assert alike.value == apart.value == 50
    assert alike.high is not None
    assert apart.high is not None
    # Wilson's interval of 280 of 560 is 45.9 to 54.1; eight weeks at 10 and 90 per cent: 50 +- 2.365 * 15.1
    assert (round(alike.low or 0, 1), round(alike.high, 1)) == (45.9, 54.1)
    assert 34 < apart.high - 50 < 37
    assert (alike.is_uncertain, apart.is_uncertain) == (False, True)


def test_equal_weeks_give_the_textbook_standard_error_of_their_mean() -> None:
    """With weeks of one size the jackknife of a mean is the standard error of the week means."""
    weeks = [3, 5, 7, 9]
    days = period(*[(each, 10) for each in weeks for _day in range(7)])
    found = measured(days, RESOLVED)
    deviation = (sum((10 * each - 60) ** 2 for each in weeks) / 3) ** 0.5
    assert found.low is not None
    assert round(60 - found.low, 6) == round(3.182 * deviation / 2, 6)


def test_a_count_is_per_day_and_quiet_days_belong_to_it() -> None:
    found = measured(period(*[(0, 10), (0, 0)] * 28), ARRIVED)
    assert (found.value, found.base) == (5, 280)
    assert found.low is not None
    assert 0 <= found.low <= 5


def test_quiet_weeks_of_a_count_belong_to_its_interval() -> None:
    """Eight weeks of 70 contacts and four without: twelve means of 10 or 0 a day, so t(11) * 4.92 / sqrt(12)."""
    found = measured(period(*[(0, 10)] * 56, *[(0, 0)] * 28), ARRIVED)
    assert found.low is not None
    assert (round(found.value or 0, 2), found.weeks, found.is_uncertain) == (6.67, 8, True)
    assert round((found.value or 0) - found.low, 2) == 3.13


@given(_days)
def test_a_count_has_a_possible_interval_of_all_its_weeks(days: list[tuple[int, int]]) -> None:
    found = measured(period(*days), ARRIVED)
    contacts = sum(of for _resolved, of in days)
    if not contacts:
        assert found == MeasuredFigure(None, None, None, 0, 0)
        return
    assert found.value == contacts / len(days)
    if len(days) > 7:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.value <= found.high
        quiet = len(days) % 7 == 0 and found.weeks < len(days) // 7
        assert not quiet or found.low < found.high, "a week without contacts is one that differs"


@given(_days)
def test_the_other_weeks_are_all_but_the_week(days: list[tuple[int, int]]) -> None:
    found = by_week(period(*days))
    assert all(week.totals + week.others == found.totals for week in found.weeks)
    assert sum(week.days for week in found.weeks) == found.days == len(days)


def test_a_percentile_has_an_interval_too() -> None:
    found = measured(period(*[(5, 10)] * 56), MEDIAN)
    assert (found.low, found.value, found.high) == (10, 10, 10)


def test_too_few_contacts_or_weeks_are_no_baseline() -> None:
    assert not measured(period(*[(1, 1)] * 29), RESOLVED).is_enough
    assert not measured(period(*[(5, 10)] * 21), RESOLVED).is_enough
    assert measured(period(*[(1, 2)] * 28), RESOLVED).is_enough
    one_week = measured(period(*[(5, 10)] * 7), RESOLVED)
    assert (one_week.value, one_week.low, one_week.is_uncertain) == (50, None, True)


@given(st.lists(st.integers(0, 100), min_size=1), st.integers(0, 8))
def test_totals_of_separate_days_add_up_in_any_order(counts: list[int], turn: int) -> None:
    days = [Totals(segments=Segments(offered=each), answer_waits=Times(1, each, {each: 1})) for each in counts]
    turned = days[turn % len(days) :] + days[: turn % len(days)]
    both = sum(days, Totals())
    assert both == sum(turned, Totals())
    assert (both.segments.offered, both.answer_waits.count) == (sum(counts), len(counts))
