"""The simulation's times spread as the measured ones do, where enough were measured to tell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from indgang.measures.histogram import bucket
from indgang.measures.sums import Segments
from indgang.measures.totals import Times, Totals
from indgang.planning.measured_times import FEWEST, handling_spread, lognormal_patience, seen, times
from indgang.planning.storing import base_of, stored
from indgang.planning.twin_scenarios import today
from indgang.planning.whatif import Changes, SeenFigure, apply, compute
from indgang.staffing.twin import draws
from indgang.staffing.twin.scenario import RandomTime, TimeShape
from tests.planning.bases import base, queue

LOGNORMAL = RandomTime(240.0, TimeShape.LOGNORMAL, 0.6)


def histogram(seconds: Iterable[float]) -> Counter[int]:
    return Counter(bucket(timedelta(seconds=float(each))) for each in seconds)


def counted(time: RandomTime, number: int = 5_000) -> Counter[int]:
    """The histogram of so many drawn times."""
    return histogram(draws.times(time, number, np.random.default_rng(1)))


def test_a_histogram_of_handling_times_says_their_shape_when_enough_are_counted() -> None:
    assert handling_spread(counted(LOGNORMAL)) == pytest.approx(0.6, rel=0.05)
    assert handling_spread(counted(RandomTime(240.0))) is None
    assert handling_spread(counted(LOGNORMAL, FEWEST - 1)) is None
    assert handling_spread({0: 1_000}) is None, "calls without any time"


@pytest.mark.parametrize("patience", [RandomTime(90.0), RandomTime(90.0, TimeShape.LOGNORMAL, 0.4)])
def test_patience_has_the_shape_of_what_callers_did(patience: RandomTime) -> None:
    numbers = np.random.default_rng(2)
    patient, answered = draws.times(patience, 5_000, numbers), numbers.exponential(40.0, 5_000)
    has_left = patient < answered
    sides = histogram(answered[~has_left]), histogram(patient[has_left])
    expected = (90.0, 0.4) if patience.shape is TimeShape.LOGNORMAL else None
    assert lognormal_patience(*sides) == (expected and pytest.approx(expected, rel=0.1))
    assert lognormal_patience(sides[0], histogram(patient[has_left][: FEWEST - 1])) is None


def test_talk_and_after_call_work_have_together_the_spread_that_was_measured() -> None:
    talk, after_call, patience = times(replace(queue("a", 100), handling_spread=0.6))
    numbers = np.random.default_rng(4)
    drawn = draws.times(talk, 200_000, numbers) + draws.times(after_call, 200_000, numbers)
    assert drawn.mean() == pytest.approx(240, rel=0.01)
    assert drawn.std() / drawn.mean() == pytest.approx(0.6, rel=0.03)
    assert patience == RandomTime(180)
    assert times(queue("a", 100)) == (RandomTime(210), RandomTime(30), RandomTime(180)), "nothing was measured"


def test_the_measured_shapes_are_stored_and_played_on_both_sides() -> None:
    measured = replace(queue("a", 300, seats=9), handling_spread=0.6, lognormal_patience=(90.0, 0.4))
    centre = replace(base(measured), seen=(SeenFigure("mean_wait", 12.0, None),))
    assert base_of(json.loads(json.dumps(stored(centre)))) == centre
    inflow = today(centre, compute(centre, Changes()).today).inflows[0]
    assert inflow.talk.shape is TimeShape.LOGNORMAL
    assert inflow.patience == RandomTime(90.0, TimeShape.LOGNORMAL, 0.4)
    changed = apply(centre, Changes(talk=0.5))
    assert times(changed.queues[0])[0].mean == pytest.approx(315)
    assert changed.seen == (), "the changed centre was never measured"


def test_a_scenario_of_the_release_before_is_still_read() -> None:
    old = stored(base(queue("a", 300)))
    del old["seen"]
    for each in old["queues"]:
        del each["handling_spread"], each["lognormal_patience"]
    assert base_of(old) == base(queue("a", 300))


def test_figures_of_measured_days_are_means_of_days_with_their_interval() -> None:
    def day(in_time: int, late: int, lost: int) -> Totals:
        answered = Times(in_time + late, 10.0 * in_time + 60.0 * late, {10: in_time, 60: late})
        segments = Segments(answered=in_time + late, abandoned=lost)
        return Totals(segments, answer_waits=answered, abandon_waits=Times(lost, 30.0 * lost, {30: lost}))

    found = {each.name: each for each in seen([day(80, 10, 10), day(60, 30, 10), Totals()], 20)}
    means = [found[name].mean for name in ("service_level", "mean_wait", "abandoned_share")]
    assert means == pytest.approx([0.7, (17.0 + 27.0) / 2, 0.1])
    assert found["service_level"].half_width == pytest.approx(12.706 * 0.1, abs=0.01), "t with one degree of freedom"
    assert [each.half_width for each in seen([day(80, 10, 10)], 20)] == [None] * 3
    assert seen([Totals()], 20) == ()
