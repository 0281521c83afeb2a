"""Scenarios as JSON, the shipped ones, the command, and the search for the fewest people."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indgang.core import compiled
from indgang.staffing.twin import data
from indgang.staffing.twin.pooling import pooling_gain
from indgang.staffing.twin.presets import CALLS_A_YEAR, PLANNED_CALLS_A_YEAR, PRESETS
from indgang.staffing.twin.scenario import BadScenario, TimeShape
from indgang.staffing.twin.simulation import compare, run

DAY: dict[str, Any] = {
    "code": "day", "title": "A day", "within": 30, "begins": "2026-03-02T07:00:00+00:00",
    "queues": [
        {"queue": "line", "priority": 3, "steps": [{"after": 0}, {"after": 60, "also_queues": ["other"]}]},
        {"queue": "other"},
    ],
    "inflows": [
        {"queue": "line", "arrivals": [12, 30.5, 22], "talk": {"mean": 210, "shape": "lognormal", "spread": 0.9},
         "patience": {"mean": 180}, "retry": {"share": 0.3, "after": {"mean": 600}}, "flow": "entry", "keys": "1"},
    ],
    "crews": [
        {"name": "day", "number": 5, "queues": ["line"], "skills": {"byg": 3}, "capacity": {"call": 1, "written": 2},
         "attendances": [{"begins": 0, "ends": 5400, "breaks": [[1800, 2700]]}]},
    ],
    "flows": [
        {"code": "entry", "version": 1, "title": "Entry", "start": "wait",
         "steps": [{"id": "wait", "kind": "queue", "queue": "line"}]},
    ],
}  # fmt: skip


def test_a_scenario_is_read_from_data() -> None:
    scenario = data.parse(DAY)
    assert scenario.inflows[0].talk.shape is TimeShape.LOGNORMAL
    assert scenario.inflows[0].arrivals == (12.0, 30.5, 22.0)
    assert scenario.crews[0].attendances[0].breaks == ((1800.0, 2700.0),)
    assert scenario.queues[0].steps[1].also_queues == ("other",)
    assert scenario.flows[0].code == "entry"
    assert run(scenario, 1).counts[0].offered.sum() > 0


def _with(path: str, value: Any) -> dict[str, Any]:
    """The day with another value at the path."""
    changed = json.loads(json.dumps(DAY))
    *way, last = path.split(".")
    place = changed
    for each in way:
        place = place[int(each)] if isinstance(place, list) else place[each]
    place[last] = value
    return dict(changed)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ([], "scenario: an object"),
        ({"code": "x"}, "'title' is missing"),
        (_with("wihtin", 20), "'wihtin' is not known"),
        (_with("within", "20"), r"scenario.within: '20' is no float"),
        (_with("within", True), "is no float"),
        (_with("inflows", {}), "a list is needed"),
        (_with("inflows.0.talk.mean", -1), r"inflows\[0\].talk: .*seconds"),
        (_with("inflows.0.talk.shape", "round"), "'round' is not understood"),
        (_with("crews.0.skills", 3), "crews.*skills: an object"),
        (_with("crews.0.number", 2.5), "2.5 is no int"),
        (_with("crews.0.attendances.0.breaks", [[1, 2, 3]]), "a list of 2"),
        (_with("queues.0.ring_seconds", 0), r"queues\[0\]: .*ring_seconds"),
        (_with("flows.0.start", 7), r"flows\[0\]:"),
        (_with("begins", "noon"), "begins: 'noon'"),
        (_with("schedules", {}), "'schedules' is not known"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(raw: Any, says: str) -> None:
    with pytest.raises(BadScenario, match=says):
        data.parse(raw)


def test_the_shipped_volumes_are_those_of_the_documents() -> None:
    assert sum(CALLS_A_YEAR.values()) == 79_050  # 001:1302
    assert PLANNED_CALLS_A_YEAR == {"tmf": 201_350, "bif": 20_050}  # 001:633-648
    for scenarios in PRESETS.values():
        assert len(scenarios) > 1
        assert len({each.code for each in scenarios}) == len(scenarios)


def test_one_number_loses_fewer_callers_than_three_with_the_same_people() -> None:
    apart, _, one = PRESETS["pooling"]
    lost = compare(apart, one, 8, seed=5).difference("abandoned_share")
    assert lost.mean is not None
    assert lost.half_width is not None
    assert lost.mean + lost.half_width < 0


def test_the_fewest_people_suffice_and_one_fewer_does_not() -> None:
    gain = pooling_gain({"a": 20_000, "b": 20_000}, 0.8, replications=4)
    for result in gain.results.values():
        for queue in ("a", "b"):
            assert (result.estimate("service_level", queue).mean or 0.0) >= 0.8
    assert gain.together < sum(gain.apart.values())
    assert sum(gain.helping.values()) <= sum(gain.apart.values())
    assert gain.saved == sum(gain.apart.values()) - gain.together
    with pytest.raises(BadScenario, match="between 0 and 1"):
        pooling_gain({"a": 1}, 1.0)


def _simulate(*options: str) -> str:
    out = StringIO()
    call_command("simulate", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.parametrize("are_compiled", [True, False])
def test_the_command_says_once_when_the_engines_run_as_python(
    are_compiled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "are_compiled", lambda: are_compiled)
    file, said = tmp_path / "day.json", StringIO()
    file.write_text(json.dumps(DAY))
    call_command("simulate", str(file), "--replications", "2", stdout=StringIO(), stderr=said)
    assert said.getvalue().count("run as Python") == (not are_compiled)


def test_the_command_plays_a_file_and_compares_with_the_first(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(json.dumps({"scenarios": [DAY, _with("crews.0.number", 6)]}))
    said = json.loads(_simulate(str(file), "--replications", "3", "--json"))
    assert [each["scenario"] for each in said["results"]] == ["day", "day"]
    assert said["differences"][0]["offered"]["mean"] is not None
    assert "service_level" in _simulate(str(file), "--replications", "2")


@pytest.mark.parametrize(
    "options",
    [
        ("no-such-file.json",), ("pooling", "--replications", "0"), ("pooling", "--seed", "-1"),
        ("README.md",), ("README.md", "--fewest", "0.8"), ("pooling", "--fewest", "2"),
        ("day", "--replications", "5"), ("day", "--fewest", "0.8"),
    ],
)  # fmt: skip
def test_the_command_says_what_is_wrong(options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        _simulate(*options)
