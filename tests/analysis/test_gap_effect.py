"""The effect of a measure on made series; the numbers are those of docs/algorithms/gaps.md."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.analysis.gaps.effect import ChangeEstimate, EffectVerdict, MissingData, effect

WEEKS = 43


def made(
    seed: int, *, weeks: int = WEEKS, published: int = 26, factor: float = 1.0, spread: float = 0.15, own: float = 40.0,
    alike: float = 0.0, drift: float = 0.0,
) -> tuple[list[float], dict[str, list[float]]]:  # fmt: skip
    """Counts a week: a season for all, weeks that differ more than by chance, and a change of one subject."""
    chance = np.random.default_rng(seed)
    season = 1 + 0.3 * np.sin(np.arange(weeks) / 6)
    change = np.where(np.arange(weeks) > published, factor, 1.0) * np.exp(drift * np.arange(weeks))

    def series(mean: float, changed: np.ndarray[Any, Any] | float = 1.0) -> list[float]:
        noise = chance.normal(0, spread, weeks)
        for week in range(1, weeks):
            noise[week] = alike * noise[week - 1] + (1 - alike**2) ** 0.5 * noise[week]
        return [float(count) for count in chance.poisson(mean * season * np.exp(noise) * changed)]

    return series(own, change), {name: series(mean) for name, mean in (("a", 60.0), ("b", 30.0), ("c", 90.0))}


@pytest.mark.parametrize(("alike", "least", "most"), [(0.0, 0.92, 0.98), (0.4, 0.89, 0.97)])
def test_without_an_effect_the_interval_has_no_change_in_it_as_often_as_it_says(
    alike: float, least: float, most: float
) -> None:  # fmt: skip
    covered = 0
    for seed in range(400):
        own, others = made(seed, alike=alike)
        difference = effect(own, others, published=26).difference
        assert difference
        covered += difference.covers_zero
    assert least <= covered / 400 <= most


def test_a_drop_of_thirty_per_cent_is_found_and_an_interval_holds_it() -> None:
    found, held = 0, 0
    for seed in range(200):
        own, others = made(seed, factor=0.7)
        result = effect(own, others, published=26)
        assert result.difference
        found += result.verdict is EffectVerdict.FEWER
        held += result.difference.low <= -0.3 <= result.difference.high
    assert found / 200 >= 0.85
    assert held / 200 >= 0.92


@given(
    own=st.lists(st.integers(1, 60), min_size=24, max_size=40),
    others=st.lists(st.lists(st.integers(8, 90), min_size=40, max_size=40), min_size=2, max_size=4),
    published=st.integers(10, 16), factor=st.sampled_from((0.25, 3.0, 40.0)),
)  # fmt: skip
def test_a_change_does_not_depend_on_the_scale_of_either_side(
    own: list[int], others: list[list[int]], published: int, factor: float
) -> None:  # fmt: skip
    compared = {str(number): each[: len(own)] for number, each in enumerate(others)}
    plain = effect(own, compared, published=published)
    if plain.difference is None:
        return  # a quarter of it would be too little as well
    scaled = effect(
        own, {name: [factor * count for count in each] for name, each in compared.items()}, published=published
    )
    assert scaled.difference is None or _near(scaled.difference, plain.difference)
    scaled = effect([factor * count for count in own], compared, published=published)
    assert scaled.difference is None or _near(scaled.difference, plain.difference)


def _near(one: ChangeEstimate, other: ChangeEstimate) -> bool:
    return np.allclose((one.value, one.low, one.high), (other.value, other.low, other.high), rtol=1e-6, atol=1e-9)


@given(seed=st.integers(0, 10_000), shared=st.floats(0.3, 3.0))
def test_what_happens_to_all_alike_is_no_effect(seed: int, shared: float) -> None:
    own, others = made(seed, spread=0.0)
    after = [1.0 if week <= 26 else shared for week in range(WEEKS)]
    changed = {name: [a * b for a, b in zip(each, after, strict=True)] for name, each in others.items()}
    one = effect([a * b for a, b in zip(own, after, strict=True)], changed, published=26)
    other = effect(own, others, published=26)
    assert one.difference
    assert other.difference
    assert one.difference.value == pytest.approx(other.difference.value)


@given(
    counts=st.lists(st.lists(st.integers(0, 50), min_size=30, max_size=30), min_size=1, max_size=5),
    published=st.integers(-3, 40),
)
def test_any_series_has_an_answer_and_an_interval_holds_its_estimate(counts: list[list[int]], published: int) -> None:
    result = effect(counts[0], {str(number): each for number, each in enumerate(counts[1:])}, published=published)
    assert (result.verdict is EffectVerdict.TOO_LITTLE) == bool(result.missing) == (result.difference is None)
    for each in (result.difference, result.series, result.placebo):
        assert each is None or each.low <= each.value <= each.high
    if result.saved:
        assert result.saved.low <= result.saved.value <= result.saved.high


def test_a_drift_that_began_before_is_not_claimed() -> None:
    verdicts = [effect(*made(seed, drift=-0.03), published=26).verdict for seed in range(60)]
    assert verdicts.count(EffectVerdict.NOT_COMPARABLE) >= 50


def test_the_steps_of_an_estimate_by_hand() -> None:
    """From 20 to 10 a week where the others went from 50 to 100: a quarter is left of what would have come."""
    own, others = [20.0] * 10 + [15.0] + [10.0] * 10, [25.0] * 10 + [30.0] + [50.0] * 10
    result = effect(own, {"a": others, "b": others}, published=10)
    assert result.difference
    assert result.difference.value == pytest.approx(-0.75)
    assert result.saved
    assert result.saved.value == pytest.approx(52 * (40 - 10))
    assert result.expected[0] == pytest.approx((20, 20, 20))
    assert result.expected[-1] == pytest.approx((40, 40, 40))


def test_nothing_that_comes_any_more_is_a_change_with_an_end() -> None:
    own, others = made(3, spread=0.05)
    result = effect(own[:27] + [0.0] * 16, others, published=26)
    assert result.difference
    assert -1 <= result.difference.low < result.difference.value < result.difference.high < -0.5
    usual = sum(own[:26]) / sum(sum(each[:26]) for each in others.values())
    expected = 52 * usual * sum(sum(each[27:]) for each in others.values()) / 16
    assert result.saved
    assert result.saved.value == pytest.approx(expected)
    assert 0.5 * expected < result.saved.low < expected < result.saved.high < 1.2 * expected


@pytest.mark.parametrize(
    ("weeks", "published", "mean", "compared", "missing"),
    [
        (20, 7, 40.0, 2, {MissingData.WEEKS_BEFORE}), (20, 14, 40.0, 2, {MissingData.WEEKS_AFTER}),
        (30, 15, 1.0, 2, {MissingData.QUESTIONS}), (30, 15, 40.0, 1, {MissingData.COMPARABLE}),
        (1, 0, 0.0, 0, set(MissingData)), (30, 90, 40.0, 2, {MissingData.WEEKS_AFTER}),
    ],
)  # fmt: skip
def test_too_little_is_said_with_what_is_missing(
    weeks: int, published: int, mean: float, compared: int, missing: set[MissingData]
) -> None:  # fmt: skip
    result = effect([mean] * weeks, {str(number): [20.0] * weeks for number in range(compared)}, published=published)
    assert (result.verdict, set(result.missing), result.difference) == (EffectVerdict.TOO_LITTLE, missing, None)


@pytest.mark.parametrize(("own", "other"), [([1.0, 2.0], [1.0]), ([-1.0], [1.0]), ([float("nan")], [1.0])])
def test_series_that_make_no_sense_are_refused(own: list[float], other: list[float]) -> None:
    with pytest.raises(ValueError, match=r"week|numbers"):
        effect(own, {"a": other}, published=0)
