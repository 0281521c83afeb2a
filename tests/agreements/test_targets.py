"""Targets: limits, verdicts, and how targets of parts add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.agreements.targets import Limit, TargetPart, TargetVerdict, add_up, limit_of, verdict, worst_of
from indgang.measures.definitions import Adding

_values = st.floats(0, 100)
_parts = st.lists(st.builds(TargetPart, _values, st.integers(1, 10_000)), min_size=1, max_size=8)


def test_an_improvement_is_a_percentage_of_the_baseline_and_not_points() -> None:
    up = limit_of("up", 10, unit="percent", baseline=50)
    down = limit_of("down", 20, unit="seconds", baseline=100)
    assert up is not None
    assert down is not None
    assert (round(up.value, 9), up.at_least, round(down.value, 9), down.at_least) == (55, True, 80, False)
    assert limit_of("up", 50, unit="percent", baseline=80) == Limit(100, at_least=True), "no share exceeds 100 %"
    assert limit_of("at_most", 25, unit="seconds", baseline=None) == Limit(25, at_least=False)


def test_without_data_or_baseline_nothing_is_kept() -> None:
    assert verdict(None, Limit(0, at_least=True)) is TargetVerdict.NO_DATA
    assert verdict(90, limit_of("up", 10, unit="percent", baseline=None)) is TargetVerdict.NO_BASELINE


def test_what_a_page_shows_is_what_is_judged() -> None:
    assert verdict(79.96, Limit(80, at_least=True)) is TargetVerdict.KEPT
    assert verdict(79.94, Limit(80, at_least=True)) is TargetVerdict.MISSED
    assert verdict(25.04, Limit(25, at_least=False)) is TargetVerdict.KEPT
    kroner = limit_of("at_most", 53.33, unit="kroner", baseline=None)
    assert verdict(53.334, kroner) is TargetVerdict.KEPT
    assert verdict(53.34, kroner) is TargetVerdict.MISSED, "kroner are shown with two decimals"


@given(_values, _values)
def test_a_better_figure_never_breaks_a_target_that_a_worse_one_kept(one: float, other: float) -> None:
    worse, better = sorted((one, other))
    for limit in (0.0, 50.0, 79.95, 100.0):
        assert Limit(limit, at_least=True).is_kept_by(better) >= Limit(limit, at_least=True).is_kept_by(worse)
        assert Limit(limit, at_least=False).is_kept_by(worse) >= Limit(limit, at_least=False).is_kept_by(better)


def test_one_missed_part_is_a_missed_floor() -> None:
    assert worst_of([TargetVerdict.KEPT, TargetVerdict.MISSED, TargetVerdict.NO_DATA]) is TargetVerdict.MISSED
    assert worst_of([TargetVerdict.TOO_FEW, TargetVerdict.KEPT]) is TargetVerdict.KEPT
    assert worst_of([]) is TargetVerdict.NO_DATA


@given(_parts)
def test_parts_together_lie_between_them_and_equal_targets_add_up_to_the_same(parts: list[TargetPart]) -> None:
    whole = sum(part.base for part in parts)
    found = add_up(parts, 70, whole, Adding.BY_BASE)
    assert found is not None
    assert found.covers_all
    assert found.rest is None
    values = [part.value for part in parts]
    assert min(values) - 1e-9 <= found.value <= max(values) + 1e-9
    same = add_up([TargetPart(70, part.base) for part in parts], 70, whole, Adding.BY_BASE)
    assert same is not None
    assert same.difference == pytest.approx(0)


@given(_parts, _values, st.integers(1, 10_000))
def test_the_rest_makes_the_whole_reach_its_target(parts: list[TargetPart], target: float, rest: int) -> None:
    whole = sum(part.base for part in parts) + rest
    found = add_up(parts, target, whole, Adding.BY_BASE)
    assert found is not None
    assert found.rest is not None
    assert found.difference is None
    again = add_up([*parts, TargetPart(found.rest, rest)], target, whole, Adding.BY_BASE)
    assert again is not None
    assert again.value == pytest.approx(target)


def test_counts_are_added_and_percentiles_are_not() -> None:
    parts = [TargetPart(30, 300), TargetPart(20, 100)]
    counts = add_up(parts, 60, 500, Adding.COUNTS)
    assert counts is not None
    assert (counts.value, counts.rest) == (50, 10)
    assert add_up(parts, 60, 500, Adding.NOT) is None
    assert add_up([TargetPart(30, 0)], 60, 500, Adding.BY_BASE) is None
