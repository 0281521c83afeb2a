"""The assessment of benchmark figures on machines of different speed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benches import _machine, centre, phone
from benches.__main__ import main
from indgang.core import compiled


def judged(machine: float, **figure: Any) -> dict[str, Any]:
    line = {"bench": "desk", "figure": "it", "value": 30.0, "unit": "ms", "goal": "none"} | figure
    answer: dict[str, Any] = json.loads(_machine.judged(json.dumps(line), machine))
    return answer


@pytest.mark.parametrize(
    ("machine", "figure", "scaled", "kept"),
    [
        (0.5, {"value": 50.0, "goal": "<= 30"}, 25.0, True),
        (2.0, {"value": 20.0, "goal": "<= 30"}, 40.0, False),
        (2.0, {"value": 740.0, "goal": "<= 1000", "fixed": 700.0}, 780.0, True),
        (2.0, {"value": 100.0, "goal": "<= 150", "fixed": 30.0}, 170.0, False),
        (0.5, {"value": 12_000.0, "unit": "1/s", "goal": ">= 20000"}, 24_000.0, True),
        (2.0, {"value": 30_000.0, "unit": "1/s", "goal": ">= 20000"}, 15_000.0, False),
        (2.0, {"value": 0.3, "unit": "s", "goal": "< 1.5 (of the supervisor)"}, 0.6, True),
        (2.0, {"value": 1.4, "unit": "times", "goal": "< 1.39 (log squared)"}, None, False),
        (2.0, {"value": 3, "unit": "calls", "goal": "0"}, None, False),
        (2.0, {"value": 0, "unit": "calls", "goal": "0"}, None, True),
        (2.0, {"value": 0.85, "unit": "share", "goal": ">= 0.8"}, None, True),
        (2.0, {"value": 3e-13, "unit": "relative", "goal": "<= 1e-12"}, None, True),
        (2.0, {"value": 2e-12, "unit": "relative", "goal": "<= 1e-12"}, None, False),
    ],
)
def test_an_absolute_goal_is_held_by_what_the_machine_of_the_figures_would_show(
    machine: float, figure: dict[str, Any], scaled: float | None, kept: bool
) -> None:
    answer = judged(machine, **figure)
    assert (answer.get("scaled"), answer["kept"]) == (scaled, kept)
    assert answer["value"] == figure["value"]


@pytest.mark.parametrize("goal", ["ratio >= 0.8", ">= 0.8 of the peer"])
def test_a_goal_against_a_peer_is_held_by_the_ratio_as_it_is(goal: str) -> None:
    assert judged(9.0, value=100.0, unit="1/s", goal=goal, ratio=0.81)["kept"] is True
    assert judged(9.0, value=100.0, unit="1/s", goal=goal, ratio=0.79)["kept"] is False


@pytest.mark.parametrize("goal", ["none", "none: start-up is in it", ""])
def test_without_a_goal_nothing_is_kept(goal: str) -> None:
    assert "kept" not in judged(1.0, goal=goal)


@pytest.mark.parametrize("goal", ["<= 30", "ratio <= 1.0"])
def test_what_could_not_be_measured_meets_no_goal(goal: str) -> None:
    assert judged(1.0, value=None, goal=goal)["kept"] is False
    assert "kept" not in judged(1.0, value=None)


def test_the_fixed_work_is_the_same_each_time() -> None:
    assert 0 < _machine.speed() < 100


@pytest.mark.parametrize(("are_compiled", "least"), [(True, 0.65), (False, 0.55)])
def test_the_goal_of_the_phone_is_that_of_the_engines_which_run(
    are_compiled: bool, least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "are_wanted", lambda: True)
    monkeypatch.setattr(compiled, "is_built", lambda: are_compiled)
    for value, kept in ((least, True), (least - 0.01, False)):
        assert judged(1.0, value=value, unit="share", goal=phone.work_goal())["kept"] is kept


@pytest.mark.parametrize("are_compiled", [True, False])
def test_compiled_engines_do_not_keep_the_goal_of_plain_python(
    are_compiled: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiled, "are_compiled", lambda: are_compiled)
    centre._print("calls_per_second", 9_000.0, "1/s", "ratio >= 0.15", ratio=0.2)
    figure = json.loads(_machine.judged(capsys.readouterr().out, 1.0))
    assert figure["figure"] == ("compiled_calls_per_second" if are_compiled else "calls_per_second")
    assert figure["engines"] == ("compiled" if are_compiled else "Python")
    assert ("kept" in figure) == (not are_compiled)


@pytest.mark.parametrize("wrong", [["--", "--long"], ["shifts", "phone", "--", "--long"], ["shiftz"]])
def test_options_are_those_of_one_bench_that_exists(wrong: list[str]) -> None:
    assert main(wrong) == 2
