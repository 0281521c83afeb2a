"""Formulas over sums: the published day, and laws that hold for any calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.entry.journal import SHORT_ABANDON_SECONDS
from indgang.measures.period import Period
from indgang.measures.service_level import ServiceLevel, in_time, service_level
from indgang.measures.sums import Contacts, SegmentOutcome, Segments, Share

PUBLISHED = Segments(
    offered=1060, answered=1000, abandoned=60, answered_in_time=860, abandoned_in_time=20, abandoned_short=10
)


@pytest.mark.parametrize(
    ("variant", "percent"),
    [("SL1", 83.0), ("SL2", 86.0), ("SL3", 81.1), ("SL4", 82.7), ("SL5", 81.9), ("SLG", 81.1)],
)
def test_the_published_day_comes_out_in_every_variant(variant: str, percent: float) -> None:
    level = service_level(PUBLISHED, ServiceLevel(variant))
    assert level is not None
    assert round(level, 1) == percent


def test_what_went_on_elsewhere_counts_against_its_queue_by_slg_alone() -> None:
    moved = replace(PUBLISHED, offered=1090, overflowed=30)
    levels = {each: round(service_level(moved, each) or 0, 1) for each in (ServiceLevel.SL3, ServiceLevel.SLG)}
    assert levels == {ServiceLevel.SL3: 81.1, ServiceLevel.SLG: 78.9}
    assert moved.abandoned_of_offered == Share(60, 1090)


def test_the_published_day_counted_call_by_call_is_the_same() -> None:
    """1,000 answered of which 860 after 20 seconds or less, 60 given up: 10 after 4, 10 after 15 and 40 after 90."""
    ends = [(SegmentOutcome.ANSWERED, 20.0)] * 860 + [(SegmentOutcome.ANSWERED, 21.0)] * 140
    ends += (
        [(SegmentOutcome.ABANDONED, 4.0)] * 10
        + [(SegmentOutcome.ABANDONED, 15.0)] * 10
        + [(SegmentOutcome.ABANDONED, 90.0)] * 40
    )
    day = sum((Segments.of(outcome, seconds, promised=20, target=80) for outcome, seconds in ends), Segments())
    counted = ("offered", "answered", "abandoned", "answered_in_time", "abandoned_in_time", "abandoned_short")
    assert all(getattr(day, name) == getattr(PUBLISHED, name) for name in counted)
    assert day.target_percent == 80
    assert day.average_answer_seconds == pytest.approx((860 * 20 + 140 * 21) / 1000)
    assert day.given_up == Share(50, 1050)


@pytest.mark.parametrize("variant", ServiceLevel)
def test_no_calls_is_no_data_and_not_a_hundred_percent(variant: ServiceLevel) -> None:
    assert service_level(Segments(), variant) is None
    assert service_level(Segments(offered=3, waiting=2, messages=1), variant) is None


def test_only_early_abandons_are_no_data_where_these_are_left_out() -> None:
    early = Segments.of(SegmentOutcome.ABANDONED, 3, promised=100, target=80)
    assert service_level(early, ServiceLevel.SL1) == 100
    assert service_level(early, ServiceLevel.SL3) == 0
    assert {service_level(early, each) for each in (ServiceLevel.SL2, ServiceLevel.SL4, ServiceLevel.SL5)} == {None}


def test_at_the_promised_second_is_in_time_and_at_the_limit_of_a_short_call_is_short() -> None:
    assert Segments.of(SegmentOutcome.ANSWERED, 100, promised=100, target=80).answered_in_time == 1
    assert Segments.of(SegmentOutcome.ANSWERED, 100.1, promised=100, target=80).answered_in_time == 0
    assert Segments.of(SegmentOutcome.ABANDONED, SHORT_ABANDON_SECONDS, promised=100, target=80).abandoned_short == 1
    assert (
        Segments.of(SegmentOutcome.ABANDONED, SHORT_ABANDON_SECONDS + 0.1, promised=100, target=80).abandoned_short == 0
    )


def test_a_day_has_23_hours_when_the_clock_is_put_forward_and_25_when_it_is_put_back() -> None:
    assert Period.day(date(2026, 3, 29)).end - Period.day(date(2026, 3, 29)).start == timedelta(hours=23)
    assert Period.day(date(2026, 10, 25)).end - Period.day(date(2026, 10, 25)).start == timedelta(hours=25)
    assert Period.day(date(2026, 3, 29)).end == Period.day(date(2026, 3, 30)).start


# --- Laws --------------------------------------------------------------------------------------

segments = st.builds(
    Segments.of,
    st.sampled_from(SegmentOutcome),
    st.integers(0, 400),
    promised=st.integers(5, 200),
    target=st.integers(1, 100),
)
days = st.lists(segments, max_size=40)
contacts = st.builds(
    lambda answered, share, seconds: Contacts(
        answered, answered * share // 4, answered, answered, seconds, 2 * seconds, answered, answered * share // 4
    ),
    st.integers(0, 50), st.integers(0, 4), st.integers(0, 10_000),
)  # fmt: skip


def total(each: list[Segments]) -> Segments:
    return sum(each, Segments())


@given(days, st.data())
def test_the_sums_of_periods_that_share_nothing_add_up_however_they_are_cut(
    day: list[Segments], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(day))
    cut = data.draw(st.integers(0, len(day)))
    assert total(order[:cut]) + total(order[cut:]) == total(day)
    assert total(day) + Segments() == total(day)


@given(st.lists(contacts, max_size=6))
def test_contacts_add_up_too(parts: list[Contacts]) -> None:
    whole = sum(parts, Contacts())
    assert whole.talk_seconds == sum(each.talk_seconds for each in parts)
    assert whole.transfers == Share(sum(each.transferred for each in parts), sum(each.answered for each in parts))
    for share in (whole.transfers, whole.first_contact_resolution):
        assert share.percent is None or 0 <= share.percent <= 100


@given(days)
def test_every_segment_is_counted_once(day: list[Segments]) -> None:
    whole = total(day)
    assert whole.offered == len(day) == sum(getattr(whole, outcome) for outcome in SegmentOutcome)
    assert whole.answered_in_time <= whole.answered
    assert whole.abandoned_short <= whole.abandoned
    assert whole.abandoned_in_time <= whole.abandoned


@given(days)
def test_shares_lie_between_none_and_all(day: list[Segments]) -> None:
    whole = total(day)
    for share in (whole.given_up, *(in_time(whole, variant) for variant in ServiceLevel)):
        assert 0 <= share.part <= share.whole or share.whole == 0
        assert share.percent is None or 0 <= share.percent <= 100
    assert whole.target_percent is None or 1 <= whole.target_percent <= 100


@given(days)
def test_the_variants_stand_in_the_order_that_their_formulas_say(day: list[Segments]) -> None:
    """Where both have data; the promises here are no shorter than a short call."""
    level = {variant.name: service_level(total(day), variant) for variant in ServiceLevel}
    for low, high in (("SLG", "SL3"), ("SL3", "SL5"), ("SL5", "SL4"), ("SL4", "SL2"), ("SL4", "SL1"), ("SL3", "SL1")):
        lower, higher = level[low], level[high]
        assert lower is None or higher is None or lower <= higher + 1e-9, (low, high)


@given(st.lists(days, min_size=1, max_size=4))
def test_the_level_of_a_quarter_lies_between_those_of_its_days(quarter: list[list[Segments]]) -> None:
    """Weighted by calls; the mean of the days' percents would be another number."""
    for variant in ServiceLevel:
        levels = [level for day in quarter if (level := service_level(total(day), variant)) is not None]
        whole = service_level(total([each for day in quarter for each in day]), variant)
        assert (whole is None) == (not levels)
        if whole is not None:
            assert min(levels) - 1e-9 <= whole <= max(levels) + 1e-9
