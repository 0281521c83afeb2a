"""Estimates from what happened: they find what the twin was given, and say how sure they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.staffing.twin.calibration import arrivals, fit, handling, patience, patience_time, still_waiting
from indgang.staffing.twin.draws import draw, times
from indgang.staffing.twin.result import FIGURES, figure
from indgang.staffing.twin.scenario import BadScenario, RandomTime, TimeShape
from indgang.staffing.twin.simulation import played, run
from tests.staffing.twin.centres import HALF_HOUR, one_queue


def test_patience_is_the_total_wait_over_those_who_hung_up() -> None:
    """Waits of 10, 20, 30 and 60 seconds, of which two hung up: 120 / 2. Chi-square with 4 degrees of freedom."""
    found = patience([10, 20, 30, 60], [False, True, False, True])
    assert found.mean == 60
    assert found.least == pytest.approx(240 / 11.143, rel=1e-3)
    assert found.most == pytest.approx(240 / 0.4844, rel=1e-3)
    assert found.as_random_time() == RandomTime(60.0)


def test_without_anybody_who_hung_up_there_is_only_a_least_patience() -> None:
    """Chi-square with 2 degrees of freedom: 7.378."""
    found = patience([100, 200], [False, False])
    assert found.mean is None
    assert found.most is None
    assert found.as_random_time() is None
    assert found.least == pytest.approx(600 / 7.378, rel=1e-3)


def test_the_patience_of_the_twins_callers_is_found() -> None:
    scenario = one_queue(8, 8.5, patience=RandomTime(90.0), intervals=60)
    calls = played(scenario, 4, 0)
    at, answered, left = (np.asarray(each) for each in (calls.at, calls.answered, calls.left))
    waits = np.minimum(answered, left) - at
    found = patience(waits, np.isfinite(left))
    assert found.most is not None
    assert found.least <= 90.0 <= found.most
    assert found.most - found.least < 25.0
    for seconds, share in still_waiting(waits, np.isfinite(left)):
        if seconds < 120.0:
            assert share == pytest.approx(np.exp(-seconds / 90.0), abs=0.06)


@pytest.mark.parametrize(
    "time",
    [RandomTime(120.0), RandomTime(120.0, TimeShape.LOGNORMAL, 0.5), RandomTime(200.0, TimeShape.LOGNORMAL, 1.5)],
)
def test_the_shape_of_patience_is_found_although_most_are_answered_first(time: RandomTime) -> None:
    numbers = np.random.default_rng(3)
    patient, answered = times(time, 20_000, numbers), numbers.exponential(50.0, 20_000)
    has_left = patient < answered
    found = patience_time(np.minimum(patient, answered), has_left)
    assert has_left.mean() < 0.4
    assert found is not None
    assert found.shape is time.shape
    assert found.mean == pytest.approx(time.mean, rel=0.1)
    assert found.spread == pytest.approx(time.spread, rel=0.1)
    assert patience_time([5.0, 9.0], [False, False]) is None


def test_the_share_that_still_waits_by_hand() -> None:
    """Kaplan and Meier: of five, one hangs up at 5 (4/5), one is answered at 7, of three one hangs up at 9 (2/3)."""
    found = still_waiting([5, 7, 9, 12, 20], [True, False, True, False, False])
    assert [seconds for seconds, _ in found] == [5.0, 9.0]
    assert [share for _, share in found] == pytest.approx([0.8, 0.8 * 2 / 3])


@given(st.lists(st.tuples(st.floats(0, 900), st.booleans()), min_size=1, max_size=40))
def test_the_share_that_still_waits_only_falls(callers: list[tuple[float, bool]]) -> None:
    shares = [share for _, share in still_waiting([wait for wait, _ in callers], [left for _, left in callers])]
    assert all(0.0 <= after <= before <= 1.0 for before, after in pairwise([1.0, *shares]))


@pytest.mark.parametrize(
    "time", [RandomTime(200.0), RandomTime(240.0, TimeShape.LOGNORMAL, 0.6), RandomTime(90.0, TimeShape.LOGNORMAL, 1.4)]
)
def test_the_shape_of_handling_times_is_found(time: RandomTime) -> None:
    scenario = one_queue(1, 20.0, intervals=60)
    inflows = (replace(scenario.inflows[0], talk=time),)
    drawn = draw(replace(scenario, inflows=inflows), 5, 0)[0].talk
    found = handling([*drawn, 0.0])
    assert found.time.shape is time.shape
    assert found.time.mean == pytest.approx(time.mean, rel=0.06)
    if time.shape is TimeShape.LOGNORMAL:
        assert found.time.spread == pytest.approx(time.spread, rel=0.08)
    assert found.distance < 1.6 / len(drawn) ** 0.5
    assert found.passed_over == 1


def test_days_that_differ_by_chance_alone_have_no_spread_of_their_own() -> None:
    spreads = []
    for seed in range(1_000, 1_200):
        found = arrivals(np.random.default_rng(seed).poisson([5.0, 20.0, 10.0], size=(200, 3)))
        spreads.append(found.day_spread)
    assert spreads.count(0.0) >= 180
    assert found.expected == pytest.approx((5.0, 20.0, 10.0), rel=0.1)
    assert found.dispersion == pytest.approx(1.0, abs=0.15)


def test_busy_and_quiet_days_of_the_twin_are_found() -> None:
    scenario = one_queue(1, 10.0, intervals=10, warm_up=0)
    scenario = replace(scenario, inflows=(replace(scenario.inflows[0], day_spread=0.3),))
    days = []
    for replication in range(150):
        at = draw(scenario, 2, replication)[0].arrivals
        days.append(np.bincount((at / HALF_HOUR).astype(int), minlength=10))
    found = arrivals(days)
    assert found.day_spread == pytest.approx(0.3, rel=0.2)
    assert found.dispersion is not None
    assert found.dispersion > 2
    assert sum(found.expected) == pytest.approx(1_000.0, rel=0.08)


def test_one_day_says_nothing_about_days() -> None:
    found = arrivals([[1.0, 2.0]])
    assert (found.expected, found.day_spread, found.dispersion, found.days) == ((1.0, 2.0), 0.0, None, 1)


def test_a_twin_with_the_estimates_fits_and_one_with_half_the_people_does_not() -> None:
    truth = one_queue(6, 5.0, patience=RandomTime(120.0), intervals=8, warm_up=0)
    counts = run(truth, 20, seed=50).counts
    rows = np.asarray([0])
    observed = {name: [figure(each, name, rows) for each in counts] for name in ("service_level", "abandoned_share")}
    assert set(observed) <= set(FIGURES)
    right = fit(observed, run(truth, 20, seed=9), "q")
    assert [line.agrees for line in right] == [True, True]
    wrong = fit(observed, run(replace(truth, crews=(replace(truth.crews[0], number=3),)), 20, seed=9), "q")
    assert [line.agrees for line in wrong] == [False, False]
    assert fit({"mean_wait": [3.0]}, run(truth, 2), "q")[0].agrees is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: patience([-1.0], [True]),
        lambda: patience([1.0, 2.0], [True]),
        lambda: handling([0.0, 5.0]),
        lambda: handling([float("inf"), 5.0]),
        lambda: arrivals([]),
        lambda: arrivals([1.0, 2.0]),
        lambda: arrivals([[-1.0]]),
    ],
)
def test_what_cannot_be_estimated_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(BadScenario):
        make()
