"""The calculator's engine: the documents' sizings, one agent more or fewer, and what is too large."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.planning.calculation import Excess, answer, excess, of_preset
from indgang.staffing.presets import BC31, CONCEPT_2006, TMF_2020, falling_day
from indgang.staffing.sizing import Seats, hold


def test_the_estimate_of_2020_needs_22_people_and_following_the_day_17() -> None:
    found = answer(of_preset(TMF_2020))
    assert round(found.chosen.fte, 1) == 22.5
    assert round(found.by_seats[Seats.CURVE].fte, 1) == 17.4
    assert (found.most_seats, round(found.busiest.load, 2)) == (10, 7.70)
    assert list(found.question.begins())[:2] == [time(8), time(8, 30)]
    assert round(found.chosen.kroner or 0, -5) == 12_400_000


def test_one_agent_fewer_is_cheaper_and_worse() -> None:
    fewer, same, more = (step.held for step in answer(of_preset(BC31)).steps)
    assert fewer.fte < same.fte < more.fte
    assert fewer.mean_wait > same.mean_wait > more.mean_wait
    assert same.mean_wait <= 100 < fewer.mean_wait or math.isinf(fewer.mean_wait)


def test_a_queue_without_patience_that_has_too_few_agents_never_ends() -> None:
    question = of_preset(TMF_2020)
    held = hold(question.demand, question.supply, question.target, [1] * 18)
    assert math.isinf(held.mean_wait)
    assert (held.in_time, held.occupancy) == (0.0, 1.0)


def test_seats_are_given_for_each_interval() -> None:
    question = of_preset(TMF_2020)
    with pytest.raises(ValueError, match="18 intervals"):
        hold(question.demand, question.supply, question.target, [8])


def test_what_would_take_minutes_is_named() -> None:
    question = of_preset(CONCEPT_2006)
    assert excess(question) is None
    many = replace(question, demand=replace(question.demand, calls_a_year=100_000_000))
    patient = replace(question, demand=replace(question.demand, patience_seconds=7_200 * 50))
    assert (excess(many), excess(patient)) == (Excess.LOAD, Excess.PATIENCE)


@given(st.integers(1, 48), st.floats(1, 5))
def test_a_day_has_the_peak_that_is_asked_for(intervals: int, busiest: float) -> None:
    if not (busiest < intervals * 0.95 or intervals == busiest == 1):
        return
    day = falling_day(intervals, busiest)
    assert len(day) == intervals
    assert min(day) >= 0
    assert max(day) / (sum(day) / intervals) == pytest.approx(busiest, rel=1e-6)


@pytest.mark.parametrize(("intervals", "busiest"), [(0, 1), (1, 2), (2, 2), (18, 0.9)])
def test_a_day_that_cannot_be_is_refused(intervals: int, busiest: float) -> None:
    with pytest.raises(ValueError, match="cannot have a peak"):
        falling_day(intervals, busiest)
