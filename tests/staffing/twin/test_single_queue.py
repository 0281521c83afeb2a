"""The fast model of one queue: the same waits as the twin, call by call, and Erlang A."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.staffing.erlang import erlang_a
from indgang.staffing.twin.calls import NEVER
from indgang.staffing.twin.scenario import BadScenario, RandomTime
from indgang.staffing.twin.simulation import played
from indgang.staffing.twin.single_queue import estimate, waits
from tests import sample
from tests.staffing.twin.centres import one_queue


@given(st.integers(0, 8), st.floats(0.5, 9), st.none() | st.floats(5, 300), st.integers(0, 99))
@settings(deadline=None, max_examples=sample.examples(30))
def test_it_gives_each_call_the_wait_that_the_twin_gives(
    agents: int, load: float, patience: float | None, seed: int
) -> None:
    scenario = one_queue(agents, load, patience=RandomTime(patience) if patience else None, intervals=3)
    calls = played(scenario, seed, 0)
    arrivals, talk, patient = (np.asarray([each]).T for each in (calls.at, calls.talk, calls.patience))
    waited, answered = waits(agents, arrivals, talk, patient)
    # who still waits when the twin's day ends is answered here, where nobody goes home
    for call, at in enumerate(calls.at):
        if calls.answered[call] != NEVER:
            assert answered[call, 0]
            assert waited[call, 0] == pytest.approx(calls.answered[call] - at, abs=1e-6)
        elif calls.left[call] < scenario.ends:
            assert not answered[call, 0]


def test_it_agrees_with_erlang_a() -> None:
    exact = erlang_a(9, 9.0, 180.0, 20.0, 120.0)
    found = estimate(9, 9.0 / 180.0, RandomTime(180.0), RandomTime(120.0), calls=1_000, copies=300)
    for estimated, value in (
        (found.in_time, exact.in_time), (found.abandoned, exact.abandoned), (found.mean_wait, exact.mean_wait),
    ):  # fmt: skip
        assert estimated.mean == pytest.approx(float(value), abs=1.5 * (estimated.half_width or 0.0))
        assert (estimated.half_width or 1.0) < 0.05 * float(value)


def test_without_agents_everybody_hangs_up() -> None:
    found = estimate(0, 0.1, RandomTime(180.0), RandomTime(60.0), calls=50, warm_up=0, copies=20)
    assert found.abandoned.mean == 1
    assert found.in_time.mean == 0


@pytest.mark.parametrize(
    "options",
    [{"agents": -1}, {"calls_a_second": 0.0}, {"warm_up": 50}, {"copies": 0}, {"calls": 10_000_000, "copies": 10}],
)
def test_odd_input_is_refused(options: dict[str, float]) -> None:
    asked = {"agents": 1, "calls_a_second": 0.1, "handling": RandomTime(1.0), "calls": 50, "warm_up": 0, "copies": 2}
    with pytest.raises(BadScenario):
        estimate(**(asked | options))  # type: ignore[arg-type]
