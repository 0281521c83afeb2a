"""The index of a group: mean, interval, differences, and small groups."""

from __future__ import annotations

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.feedback import index, scales
from indgang.feedback.index import IndexChange, Ratings


def interval(answers: list[float]) -> tuple[float, float, float]:
    """The lower end, the mean and the upper end."""
    found = index.index(Ratings.of(answers))
    assert found.low is not None
    assert found.mean is not None
    assert found.high is not None
    return found.low, found.mean, found.high


def changed(before: Ratings, now: Ratings, comparisons: int = 1) -> IndexChange:
    found = index.change(before, now, comparisons=comparisons)
    assert found is not None
    return found


SOME = st.lists(st.sampled_from([scales.index("keys_1_9", key) for key in range(1, 10)]), min_size=1, max_size=60)


@given(SOME)
def test_the_interval_holds_the_mean_and_stays_on_the_index(answers: list[float]) -> None:
    low, mean, high = interval(answers)
    assert mean == pytest.approx(fmean(answers))
    assert 0 <= low <= mean <= high <= 100


@given(SOME, SOME)
def test_parts_add_up_to_the_whole(one: list[float], other: list[float]) -> None:
    added, whole = Ratings.of(one) + Ratings.of(other), Ratings.of(one + other)
    assert (added.count, added.total, added.squares) == pytest.approx((whole.count, whole.total, whole.squares))


@given(SOME)
def test_ten_times_as_many_equal_answers_say_more(answers: list[float]) -> None:
    few, many = interval(answers), interval(answers * 10)
    assert many[2] - many[0] < few[2] - few[0]


@given(SOME)
def test_a_group_does_not_differ_from_itself(answers: list[float]) -> None:
    found = index.change(Ratings.of(answers), Ratings.of(answers))
    assert found is None or (not found.is_certain and found.by == pytest.approx(0))


def test_five_equal_answers_are_not_certainty() -> None:
    low, _mean, high = interval([100.0] * 5)
    assert high == 100
    assert low < 75


@pytest.mark.parametrize("size", [5, 12, 40, 150])
@pytest.mark.parametrize("weights", [[1] * 9, [1, 0, 0, 0, 1, 2, 6, 20, 30], [10, 1, 1, 1, 1, 1, 1, 1, 12]])
def test_the_interval_holds_the_mean_of_all_in_some_95_of_100_samples(size: int, weights: list[int]) -> None:
    """Also where nearly everybody presses 9, or nobody is in the middle. The samples are the same in every run."""
    chance = random.Random(f"{size}{weights}")
    keys = range(1, 10)
    true = sum(scales.index("keys_1_9", key) * weight for key, weight in zip(keys, weights, strict=True)) / sum(weights)
    held = 0
    for _ in range(400):
        sample = [scales.index("keys_1_9", key) for key in chance.choices(keys, weights, k=size)]
        low, _mean, high = interval(sample)
        held += low <= true <= high
    assert held / 400 > 0.925


def test_a_difference_is_called_one_only_when_chance_is_unlikely() -> None:
    before, now = Ratings.of([75.0, 62.5, 87.5] * 3), Ratings.of([87.5, 75.0, 62.5, 87.5] * 3)
    assert not changed(before, now).is_certain
    much = changed(Ratings.of([75.0, 62.5, 87.5] * 100), Ratings.of([87.5, 75.0, 100.0] * 100))
    assert much.is_certain
    assert much.by == pytest.approx(12.5)


def test_equal_groups_seldom_look_different_when_many_are_compared() -> None:
    """200 pages with 20 comparisons each between groups drawn from the same callers."""
    chance = random.Random(4)
    answers = [scales.index("keys_1_9", key) for key in (5, 6, 7, 8, 9, 9, 1)]
    wrong = 0
    for _page in range(200):
        groups = [Ratings.of(chance.choices(answers, k=30)) for _each in range(40)]
        pairs = zip(groups[::2], groups[1::2], strict=True)
        wrong += any(changed(one, other, 20).is_certain for one, other in pairs)
    assert wrong / 200 < 0.09


def test_nothing_is_said_about_fewer_than_five() -> None:
    few = Ratings.of([50.0] * 4)
    assert index.change(few, Ratings.of([90.0] * 40)) is None
    groups = index.shown({"a": few, "b": Ratings.of([60.0] * 9), "c": Ratings.of([70.0] * 30), "d": Ratings()})
    assert groups["a"] is None
    assert groups["b"] is None, "the hidden one could be worked out from the whole"
    assert groups["c"] is not None
    assert groups["c"].count == 30
    assert groups["d"] is not None
    assert groups["d"].mean is None
