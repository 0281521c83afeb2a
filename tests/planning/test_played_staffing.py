"""The simulation of today is fitted to the measured days: a centre that is staffed in another way than the formulas
assume agrees with itself afterwards."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.measures.totals import Times, Totals
from indgang.planning import fitting as formulas
from indgang.planning import played_days, played_staffing, twin_scenarios
from indgang.planning.fitting import MeasuredQueue
from indgang.planning.measured_times import pick_up
from indgang.planning.routing_changes import EVERYBODY
from indgang.planning.storing import base_of, stored
from indgang.planning.whatif import (
    Changes,
    PlayedStaffing,
    QueueLoad,
    ScenarioBase,
    SeenFigure,
    Staffing,
    compute,
)
from indgang.routing.distribution.requirement import QueueRule
from indgang.staffing.twin import simulation
from indgang.staffing.twin.calibration import FitLine
from indgang.staffing.twin.result import Estimated, TwinResult
from indgang.staffing.twin.scenario import Attendance, Crew, Inflow, RandomTime, TwinScenario
from tests.planning.bases import base, queue

AS_TODAY = Changes(staffing=Staffing.TODAY)
NAMES = ("service_level", "mean_wait", "abandoned_share")


def real(queues: tuple[QueueLoad, ...], people: int, rings: float) -> TwinResult:
    """What such a centre measures in four weeks: the same people all day, who all serve both queues."""
    codes = frozenset(each.code for each in queues)
    scenario = TwinScenario(
        "real", "", tuple(Inflow(each.code, each.calls, RandomTime(each.talk), RandomTime(each.after_call),
                                 RandomTime(each.patience or 180.0)) for each in queues),
        tuple(QueueRule(each) for each in sorted(codes)),
        (Crew("all", people, codes, (Attendance(0.0, 18 * 1800.0),)),), within=20.0, pick_up=rings,
    )  # fmt: skip
    return simulation.run(scenario, 20, seed=77)


def measured(found: TwinResult, queues: tuple[QueueLoad, ...], rings: float) -> ScenarioBase:
    """The base that is made of it: seats by the formulas, queue by queue."""
    loads = []
    for each in queues:
        answered, lost, offered = (_mean(found, name, each.code) for name in ("answered", "abandoned", "offered"))
        waited = _mean(found, "mean_wait", each.code) * offered
        seen = MeasuredQueue(each.calls, round(20 * answered), round(20 * lost), 0, 20 * waited, 240.0, 1800.0)
        fitted = formulas.fit(seen, 20.0)
        assert fitted is not None
        loads.append(replace(each, seats=fitted.seats, patience=seen.patience))
    figures = [SeenFigure(name, _mean(found, name), found.estimate(name).half_width) for name in NAMES]
    return replace(base(*loads), seen=tuple(figures), pick_up=rings)


def _mean(found: TwinResult, name: str, queue_: str | None = None) -> float:
    value = found.estimate(name, queue_).mean
    assert value is not None
    return value


def lines(centre: ScenarioBase) -> list[FitLine]:
    today, _other = played_days.of(centre, compute(centre, AS_TODAY), AS_TODAY, 20)
    played = simulation.run_days(today)
    return [FitLine(each.name, Estimated(each.mean, each.half_width, ()), played.estimate(each.name))
            for each in centre.seen]  # fmt: skip


@pytest.mark.slow("plays a hundred days")
def test_a_centre_whose_people_serve_all_queues_all_day_agrees_with_what_it_measured() -> None:
    queues = (queue("a", 220), queue("b", 90))
    centre = measured(real(queues, 7, 6.0), queues, 6.0)
    assert not any(each.agrees for each in lines(centre)), "the seats of the formulas explain it badly"
    found = played_staffing.fitted(centre)
    assert found.played is not None
    assert all(each.agrees for each in lines(found)), [
        (each.name, each.observed, each.simulated) for each in lines(found)
    ]
    assert found.played.seats > 1.2, "those of another queue help, and nobody waits less than a call rings"


def test_nothing_is_fitted_without_measured_days_or_with_too_many_calls() -> None:
    centre = base(queue("a", 300, seats=9))
    assert played_staffing.fitted(centre) is centre
    seen = (SeenFigure("mean_wait", 10.0, 1.0),)
    assert played_staffing.fitted(replace(base(queue("a", 50_000, seats=900)), seen=seen)).played is None
    empty = replace(base(queue("a", 0, seats=1)), seen=seen)
    assert played_staffing.fitted(empty) is empty, "what cannot be computed is refused by the scenario itself"


def test_the_people_of_today_are_played_as_fitted_and_those_of_a_target_as_computed() -> None:
    centre = replace(base(queue("a", 200, seats=6), queue("b", 60, seats=4)), pick_up=5.0,
                     played=PlayedStaffing(1.5, 1.0, 0.5, 12))  # fmt: skip
    found = compute(centre, AS_TODAY)
    today = twin_scenarios.today(centre, found.today)
    assert today.pick_up == 5.0
    people = Counter(tuple(sorted(each.queues)) for each in today.crews)
    assert people == {("a",): 4, ("b",): 3, ("a", "b"): 8}, "half of nine and six, and half of fifteen for both"
    same = twin_scenarios.other(found.changed, found.other, AS_TODAY)
    assert replace(same, code="today", title="today") == today, "nothing changed is today"
    target = compute(centre, Changes())
    other = twin_scenarios.other(target.changed, target.other, Changes())
    both = [
        max(map(sum, zip(*(group.seats for group in side.groups), strict=True))) for side in (found.today, target.other)
    ]
    assert both[0] == 10
    assert len(other.crews) == pytest.approx(both[1], abs=1.5)
    assert base_of(json.loads(json.dumps(stored(centre)))) == centre


@given(
    st.lists(st.lists(st.floats(0, 40), min_size=3, max_size=3), min_size=2, max_size=7), st.sampled_from([0.5, 1.0])
)  # fmt: skip
def test_as_many_people_are_there_as_seats_are_held(seats: list[list[float]], shared: float) -> None:
    teams = list(twin_scenarios._apart([(str(number), each) for number, each in enumerate(seats)], shared))
    held = [sum(column) for column in zip(*(each.seats for each in teams), strict=True)]
    assert held == [round(sum(column)) for column in zip(*seats, strict=True)]
    assert all(number >= 0 and number == round(number) for each in teams for number in each.seats)
    assert [each.code for each in teams][-1] == EVERYBODY


def test_a_scenario_of_the_release_before_is_played_with_the_seats_of_the_formulas() -> None:
    old = stored(base(queue("a", 300, seats=9)))
    del old["played"], old["pick_up"]
    assert base_of(old) == base(queue("a", 300, seats=9))


def test_a_tenth_of_the_waits_says_how_long_a_call_rings() -> None:
    def waits(counts: dict[int, int]) -> Totals:
        return Totals(answer_waits=Times(sum(counts.values()), 0.0, counts))

    assert pick_up([waits({4: 2, 6: 30, 40: 8}), waits({6: 50, 90: 10})]) == 5.5
    assert pick_up([waits({120: 50})]) == 15.0
    assert pick_up([waits({0: 50})]) == 0.0
    assert pick_up([]) == 0.0
