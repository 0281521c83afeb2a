"""The workbench: every variant over the same days."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from indgang.agreements.variants import FigureFamily, FigureVariant, KeptCounts, compare, variants
from indgang.measures.sums import Segments
from indgang.measures.totals import Times, Totals
from tests.measures.test_formulas import PUBLISHED

DAY = date(2026, 3, 11)
LEVELS = variants(FigureFamily.SERVICE_LEVEL, [20, 60, 20], on=DAY)


def totals(segments: Segments) -> Totals:
    late, early = segments.answered - segments.answered_in_time, segments.abandoned_in_time
    return Totals(
        segments=segments,
        answer_waits=Times(segments.answered, 0.0, {20: segments.answered_in_time, 70: late}),
        abandon_waits=Times(segments.abandoned, 0.0, {15: early, 90: segments.abandoned - early}),
    )


def test_each_service_level_comes_once_for_each_threshold() -> None:
    assert [each.code for each in LEVELS[:9]] == [
        *(f"service_level_sl{number}" for number in range(1, 6)), "service_level_slg", "answered_within_20_seconds",
        "whole_wait_within_100_seconds", "service_level_sl1-20",
    ]  # fmt: skip
    assert len(LEVELS) == 20, "those with seconds of their own come once"
    assert [each.within for each in variants(FigureFamily.WAIT, [20], on=DAY)] == [None] * 5


def test_the_published_day_in_every_variant_and_what_80_and_82_would_make_of_it() -> None:
    results = compare(LEVELS[:5], {"day": totals(PUBLISHED)}, {}, length=2, value=82.5)
    assert [round(each.figure.value or 0, 1) for each in results] == [83.0, 86.0, 81.1, 82.7, 81.9]
    assert [each.is_kept for each in results] == [True, True, False, True, False]
    assert results[0].days == KeptCounts(kept=1, missed=0, unknown=1)
    assert results[2].days == KeptCounts(kept=0, missed=1, unknown=1)


def test_without_a_limit_nothing_is_kept_or_missed() -> None:
    (result, *_rest) = compare(LEVELS, {}, {}, length=3, value=None)
    assert (result.is_kept, result.days, result.services, result.figure.value) == (None, None, None, None)


def test_few_contacts_are_not_shown_and_keep_nothing() -> None:
    few = totals(Segments(offered=3, answered=3, answered_in_time=3))
    (result,) = compare(LEVELS[:1], {"day": few}, {}, length=1, value=80)
    assert (result.is_hidden, result.is_kept, result.figure.value, result.figure.base) == (True, None, None, 0)


def test_a_level_beside_a_small_one_is_not_shown() -> None:
    many, few = totals(PUBLISHED), totals(Segments(offered=3, answered=3, answered_in_time=3))
    (result,) = compare(LEVELS[:1], {"day": many}, {}, length=1, value=80, beside=few)
    assert (result.is_hidden, result.is_kept, result.figure.base) == (True, None, 0)
    (shown,) = compare(LEVELS[:1], {"day": many}, {}, length=1, value=80, beside=Totals())
    assert not shown.is_hidden


def test_lower_is_better_for_waits() -> None:
    wait = variants(FigureFamily.WAIT, [], on=DAY)[1]
    (result,) = compare([wait], {"day": totals(PUBLISHED)}, {"x": totals(PUBLISHED)}, length=1, value=20)
    assert (result.figure.value, result.is_kept, result.services) == (20, True, KeptCounts(kept=1))


_segments = st.builds(
    lambda in_time, late, early, gone: Segments(
        offered=in_time + late + early + gone, answered=in_time + late, answered_in_time=in_time,
        abandoned=early + gone, abandoned_in_time=early,
    ),
    *[st.integers(0, 20)] * 4,
)  # fmt: skip


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), _segments, max_size=6), st.floats(0, 100))
def test_every_day_is_kept_missed_or_unknown_and_a_milder_variant_keeps_no_fewer(
    days: dict[str, Segments], value: float
) -> None:
    by_day = {day: totals(each) for day, each in days.items()}
    results = {each.variant.code: each for each in compare(LEVELS, by_day, by_day, length=8, value=value)}
    for each in results.values():
        assert each.days is not None
        assert each.days.kept + each.days.missed + each.days.unknown == 8
    for seconds in ("", "-20", "-60"):
        strict, mild = (results[f"service_level_sl{number}{seconds}"] for number in (3, 1))
        assert mild.is_kept or not strict.is_kept


def test_a_higher_threshold_never_lowers_a_service_level() -> None:
    low, high = (FigureVariant(LEVELS[3].kpi, seconds).of(totals(PUBLISHED), 1).value or 0 for seconds in (20, 60))
    assert low <= high
