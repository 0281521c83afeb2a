"""The laws of a benefit that is followed: no data counts as nothing known, and intervals come from both
measurements."""

from __future__ import annotations

from datetime import date
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.measures.baselines import MeasuredFigure
from indgang.programme.benefits.following import (
    BenefitEstimate,
    BenefitForecast,
    BenefitSum,
    MonthFacts,
    NoData,
    added,
    effect,
    so_far,
    to_years_end,
    together,
)
from indgang.programme.benefits.terms import (
    BenefitStep,
    UnreadableSteps,
    months,
    read_steps,
    share_in,
    steps_of_years,
    steps_text,
)

#: twenty enquiries a day before, give or take two
WAS = MeasuredFigure(20.0, 18.0, 22.0, 1_240, 9)
#: an enquiry costs 150 kr.
JANUARY, FEBRUARY, MARCH = (date(2026, number, 1) for number in (1, 2, 3))


def figure(value: float, wide: float = 1.0) -> MeasuredFigure:
    return MeasuredFigure(value, value - wide, value + wide, 400, 4)


def fact(month: date, value: float | None, change: float = -5.0, factor: float = 150 * 31.0) -> MonthFacts:
    return MonthFacts(month, factor, change, WAS, None if value is None else figure(value),
                      NoData.NOTHING if value is None else None)  # fmt: skip


def test_fewer_enquiries_are_a_saving_with_the_uncertainty_of_both_periods() -> None:
    """Four a day fewer than twenty, in 31 days at 150 kr., give or take one now and two before."""
    found = effect([fact(JANUARY, 16.0)])
    assert found is not None
    assert found.value == -4 * 31 * 150
    reach = 31 * 150 * sqrt(1**2 + 2**2)
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach))


def test_the_baseline_is_one_measurement_however_many_months_rest_on_it() -> None:
    """Its uncertainty doubles over two months, and that of the months grows by the square root of two."""
    found = effect([fact(JANUARY, 16.0), fact(FEBRUARY, 16.0)])
    assert found is not None
    assert found.high is not None
    assert found.high - found.value == pytest.approx(31 * 150 * sqrt(1 + 1 + (2 * 2) ** 2))


def test_a_price_below_zero_turns_the_interval_round() -> None:
    """More contacts that are resolved at once save money."""
    month = MonthFacts(JANUARY, -10.0, 5.0, MeasuredFigure(50.0, 49.0, 53.0, 400, 9), MeasuredFigure(55, 53, 56, 90, 4))
    found = effect([month])
    assert found is not None
    assert found.value == -50
    assert found.low == pytest.approx(-50 - 10 * sqrt(1**2 + 1**2))
    assert found.high == pytest.approx(-50 + 10 * sqrt(2**2 + 3**2))


def test_a_month_without_data_is_neither_zero_nor_as_planned() -> None:
    both = so_far([fact(JANUARY, 16.0), fact(FEBRUARY, None)])
    one = so_far([fact(JANUARY, 16.0)])
    assert (both.realised, both.expected_of_measured) == (one.realised, one.expected_of_measured)
    assert (both.measured, both.over) == (1, 2)
    nothing = so_far([fact(FEBRUARY, None)])
    assert nothing.realised is None
    assert to_years_end([fact(FEBRUARY, None)], 2026).forecast is None


def test_a_month_with_one_week_has_a_value_and_no_interval() -> None:
    lone = MonthFacts(JANUARY, 100.0, -1.0, WAS, MeasuredFigure(16.0, None, None, 80, 1))
    found = effect([lone, fact(FEBRUARY, 16.0)])
    assert found is not None
    assert found.low is None


def test_a_year_ends_as_planned_with_the_mean_deviation_of_what_was_measured() -> None:
    """Ten kroner too little in each of two measured months: the ten others lack as much."""
    year = [
        MonthFacts(
            month,
            10.0,
            -5.0,
            WAS,
            figure(16.0) if month <= FEBRUARY else None,
            None if month <= FEBRUARY else NoData.NOT_OVER,
        )
        for month in months(JANUARY, date(2026, 12, 1))
    ]
    found = to_years_end(year, 2026)
    assert found.expected == -600
    assert found.forecast is not None
    assert found.forecast.value == pytest.approx(-600 + 12 * 10)
    assert (found.measured, found.months) == (2, 12)
    so_far_high = so_far(year).realised
    assert so_far_high is not None
    assert found.forecast.high is not None
    assert so_far_high.high is not None
    assert found.forecast.high - found.forecast.value > so_far_high.high - so_far_high.value


def test_contracts_on_one_measurement_share_its_chance_and_others_do_not() -> None:
    """What reaches three kroner reaches six twice, and with another of four the root of 6² + 4²."""
    three, four = (BenefitSum(BenefitEstimate(-10.0, -10.0 - wide, -10.0 + wide), -9.0, -9.0, 1, 1) for wide in (3, 4))
    found = together([three, three, four], ["calls", "calls", "staff"]).realised
    assert found is not None
    assert found.high == pytest.approx(-30 + sqrt(6**2 + 4**2))
    forecasts = [BenefitForecast(2026, -9.0, each.realised, 1, 1) for each in (three, four)]
    apart, one = added(forecasts, ["calls", "staff"]), added(forecasts, ["calls", "calls"])
    assert apart is not None
    assert one is not None
    assert apart.low == pytest.approx(-20 - 5)
    assert one.low == pytest.approx(-20 - 7)


values = st.floats(0, 100, allow_nan=False)


@given(st.lists(st.one_of(st.none(), values), min_size=1, max_size=12), st.floats(-500, 500), st.floats(-50, 50))
def test_what_was_measured_adds_up_and_a_whole_year_is_its_own_forecast(
    told: list[float | None], price: float, change: float
) -> None:
    facts = [fact(date(2026, place, 1), value, change, price) for place, value in enumerate(told, start=1)]
    found = so_far(facts)
    parts = [part.value for each in facts if (part := effect([each]))]
    assert (found.realised.value if found.realised else 0.0) == pytest.approx(sum(parts), abs=1e-6)
    if found.realised:
        assert found.realised.low is not None
        assert found.realised.high is not None
        assert found.realised.low <= found.realised.value <= found.realised.high
    if None not in told:
        forecast = to_years_end(facts, 2026).forecast
        assert forecast is not None
        assert found.realised is not None
        assert forecast.value == pytest.approx(found.realised.value, abs=1e-6)
        assert forecast.low == pytest.approx(found.realised.low, abs=1e-6)


# --- Steps --------------------------------------------------------------------------------------


def test_the_documents_phasing_is_three_steps() -> None:
    """R-326: nothing in year 1, 80 percent in year 2, all of it from year 3."""
    steps = read_steps("2021-01: 0\n\n2022-01: 80 %\n2023-1 100")
    assert steps == steps_of_years(2021, [0, -909, -1136.25, -1136.25, -1136.25])
    assert [share_in(steps, date(year, 6, 1)) for year in (2020, 2021, 2022, 2023, 2040)] == [0, 0, 0.8, 1, 1]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "none", 1),
        ("2027: 80", "unreadable", 1),
        ("2027-12", "unreadable", 1),
        ("2027-10", "unreadable", 1),
        ("2026-01: 50\n2027-0180", "unreadable", 2),
        ("2027-13: 80", "unreadable", 1),
        ("2027-01: 80\nx", "unreadable", 2),
        ("1899-01: 1", "unreadable", 1),
        ("2027-01: 80\n2027-01: 90", "order", 2),
        ("2027-01: 900", "share", 1),
        ("\n".join(f"{2000 + n // 12}-{n % 12 + 1:02}: 1" for n in range(61)), "too_many", 61),
    ],
)
def test_steps_that_cannot_be_read_are_refused_with_their_line(text: str, code: str, line: int) -> None:
    with pytest.raises(UnreadableSteps) as refused:
        read_steps(text)
    assert (refused.value.code, refused.value.line) == (code, line)


@given(st.lists(st.tuples(st.integers(0, 1_200), st.integers(0, 2_000)), min_size=1, max_size=20,
                unique_by=lambda each: each[0]))  # fmt: skip
def test_steps_are_read_as_they_are_written(told: list[tuple[int, int]]) -> None:
    steps = tuple(
        BenefitStep(date(2000 + place // 12, place % 12 + 1, 1), share / 1000) for place, share in sorted(told)
    )
    again = read_steps(steps_text(steps))
    assert [each.month for each in again] == [each.month for each in steps]
    assert [each.share for each in again] == pytest.approx([each.share for each in steps])


def test_a_line_that_ends_at_nothing_has_no_steps() -> None:
    assert steps_of_years(2021, [3000, 0]) == ()
