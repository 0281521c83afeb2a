"""The second level in the twin: who is rung, how long that takes, and when the caller has an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indgang.routing.distribution.requirement import QueueRule
from indgang.staffing.twin.asking import BUSY_SECONDS
from indgang.staffing.twin.calls import PlayedCalls
from indgang.staffing.twin.presets import PASSED_ON, PRESETS
from indgang.staffing.twin.scenario import (
    Attendance,
    BadScenario,
    Consulting,
    Crew,
    Inflow,
    Specialist,
    TwinScenario,
    WayOfAsking,
)
from indgang.staffing.twin.simulation import compare, played, run
from tests.staffing.twin.centres import HALF_HOUR, constant
from tests.staffing.twin.test_whole import met_by, straight

DAY = 86_400.0


def asked(way: WayOfAsking, *people: Specialist, calls: float = 4.0, **changes: Any) -> TwinScenario:
    """A centre in whose first half-hour everybody needs the second level."""
    consulting = Consulting(1.0, people, way, constant(300.0), answers_message=constant(7_200.0), **changes)
    inflow = Inflow("q", (calls, 0.0, 0.0, 0.0), constant(60.0), consulting=consulting)
    crew = Crew("first", 9, frozenset({"q"}), (Attendance(0.0, 4 * HALF_HOUR),))
    return TwinScenario("asked", "Asked", (inflow,), (QueueRule("q"),), (crew,))


def _first(scenario: TwinScenario, seed: int = 1) -> tuple[PlayedCalls, float]:
    """The calls, and when the first of them was asked about."""
    calls = played(scenario, seed, 0)
    return calls, calls.answered[0] + calls.talk[0]


def test_who_answers_from_the_list_is_rung_for_half_the_time_and_told_about_it() -> None:
    calls, at = _first(asked(WayOfAsking.PHONE_LIST, Specialist("there", at_desk=1.0)))
    found = calls.consulted[0]
    assert found.at_once
    assert found.seconds == 15.0 + 10.0 + 20.0
    assert found.solved == pytest.approx(at + 45.0 + 300.0)
    assert calls.over[0] == pytest.approx(at + 45.0)


def test_when_nobody_answers_there_are_three_tries_and_a_message() -> None:
    nobody = [Specialist(str(each), at_desk=0.0) for each in range(5)]
    calls, at = _first(asked(WayOfAsking.PHONE_LIST, *nobody))
    found = calls.consulted[0]
    assert not found.at_once
    assert found.seconds == 15.0 + 3 * 20.0 + 60.0
    assert found.solved == pytest.approx(at + found.seconds + 7_200.0)


def test_a_colleague_who_talks_is_busy() -> None:
    calls = played(asked(WayOfAsking.PHONE_LIST, Specialist("there", at_desk=1.0), calls=60.0), 1, 0)
    seconds = {found.seconds for found in calls.consulted.values() if not found.at_once}
    assert seconds == {15.0 + BUSY_SECONDS + 60.0}
    assert len(calls.consulted) == len(calls.at)


def test_in_a_window_the_promised_colleague_is_rung_at_once() -> None:
    people = (Specialist("away"), Specialist("promised", 0.0, ((0.0, DAY / 4),), keeps=1.0))
    calls, at = _first(asked(WayOfAsking.AGREEMENT, *people))
    assert calls.consulted[0].at_once
    assert calls.consulted[0].seconds == 10.0 + 20.0
    assert calls.consulted[0].solved == pytest.approx(at + 30.0 + 300.0)


def test_outside_the_windows_nobody_is_rung_and_the_next_window_answers_in_turn() -> None:
    opens = 3_600.0
    promised = Specialist("later", 1.0, ((opens, opens + 7_200.0),))
    calls = played(asked(WayOfAsking.AGREEMENT, promised), 1, 0)
    assert len(calls.consulted) > 1
    assert {found.seconds for found in calls.consulted.values()} == {60.0}
    solved = sorted(found.solved for found in calls.consulted.values())
    assert solved == pytest.approx([opens + 300.0 * (nth + 1) for nth in range(len(solved))])


def test_the_busy_colleague_is_passed_over_for_the_next_one() -> None:
    both = [Specialist(str(each), 0.0, ((0.0, DAY / 4),), keeps=1.0) for each in range(2)]
    calls = played(asked(WayOfAsking.AGREEMENT, *both, calls=8.0), 2, 0)
    at_once = [found for found in calls.consulted.values() if found.at_once]
    assert len(at_once) > 1
    assert {found.seconds for found in at_once} == {30.0}


def test_both_doors_ask_alike() -> None:
    plain = asked(WayOfAsking.PHONE_LIST, Specialist("now and then", at_desk=0.5), Specialist("seldom", at_desk=0.1))
    direct, whole = played(plain, 3, 0), played(met_by(plain, straight()), 3, 0)
    assert direct.consulted.keys() == whole.consulted.keys()
    for call, found in direct.consulted.items():
        assert found.at_once == whole.consulted[call].at_once
        assert found.solved == pytest.approx(whole.consulted[call].solved, abs=1e-3)


def test_who_is_more_often_at_the_desk_is_reached_more_often() -> None:
    list_40, list_20, list_60, windows, all_day = PRESETS["second-level"]
    reached = [run(each, 10, 4).estimate("reached_share").mean or 0.0 for each in (list_20, list_40, list_60, all_day)]
    assert reached == sorted(reached)
    result = run(list_40, 10, 4)
    share = (result.estimate("consulted").mean or 0.0) / (result.estimate("answered").mean or 1.0)
    assert share == pytest.approx(PASSED_ON, abs=0.03)
    asking = compare(list_40, windows, 10, 4).difference("mean_asking")
    assert (asking.mean or 0.0) + (asking.half_width or 0.0) < 0


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Specialist("x", at_desk=1.5), "0 to 1"),
        (lambda: Specialist("x", keeps=-0.1), "0 to 1"),
        (lambda: Specialist("x", windows=((5.0, 5.0),)), "must end"),
        (lambda: Consulting(2.0, (), WayOfAsking.AGREEMENT, constant(1.0)), "second level"),
        (lambda: Consulting(0.5, (), WayOfAsking.AGREEMENT, constant(1.0)), "nobody"),
        (lambda: Consulting(0.5, (Specialist("x"),), WayOfAsking.AGREEMENT, constant(1.0), tries=0), "tries"),
        (
            lambda: replace(
                asked(WayOfAsking.AGREEMENT, Specialist("x")).inflows[0].consulting or object(),  # type: ignore[type-var]
                rings=float("nan"),
            ),
            "seconds",
        ),
    ],
)
def test_an_impossible_second_level_is_refused(make: Any, says: str) -> None:
    with pytest.raises(BadScenario, match=says):
        make()
