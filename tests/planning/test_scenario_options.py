"""A what-if is changed by name: on the command line and through the API, with the limits of the page."""

from __future__ import annotations

import json
from datetime import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from indgang.accounts.models import RoleAssignment
from indgang.core import clock, compiled
from indgang.office.planning.scenario_forms import ScenarioChangesForm
from indgang.planning import scenarios
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.routing_changes import QueueRouting
from indgang.planning.scenario_options import LIMITS, NAMES, changed, read
from indgang.planning.scenarios import ScenarioOrigin
from indgang.planning.whatif import Changes, Staffing
from indgang.staffing.need import Impossible, ServiceTarget
from indgang.staffing.twin import simulation
from indgang.staffing.twin.scenario import BadScenario
from tests.planning.bases import base, queue
from tests.world import MORNING, World

CENTRE = base(queue("a", 300, seats=9), queue("b", 60, seats=3))


def said(**texts: str) -> Changes:
    return changed(CENTRE, Changes(), {name: read(name, text) for name, text in texts.items()})


def test_each_option_is_read_in_the_unit_of_the_page() -> None:
    found = said(volume="10", digital="25", talk="-5.5", opens="7:30", closes="18:00", shared="40", pooled="yes")
    assert (found.volume, found.digital, found.talk, found.shared) == (0.1, 0.25, -0.055, 0.4)
    assert (found.opens, found.closes, found.pooled) == (time(7, 30), time(18), True)
    assert said(in_time="90", within="30").target == ServiceTarget(0.9, 30.0)
    assert said(in_time="80", within="20").target is None, "that of the base"
    assert said(in_time="none", mean_wait="60").target == ServiceTarget(None, 20.0, 60.0)
    assert (said(agents="12").staffing, said(staffing="today").agents) == (Staffing.NUMBER, None)


def test_what_is_not_named_stays_as_in_the_run_before() -> None:
    before = Changes(digital=0.2, routing=(QueueRouting("a", priority=5),), target=ServiceTarget(0.9, 20.0))
    found = changed(CENTRE, before, {"volume": 10.0})
    assert found == Changes(volume=0.1, digital=0.2, routing=before.routing, target=before.target)
    assert changed(CENTRE, before, {}) == before


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("volume", "501", "percent from -100 to 500"), ("within", "1e9", "seconds from 0 to 900"),
        ("talk", "nan", "percent"), ("digital", "", "percent"), ("in_time", "100", "99.9"),
        ("volume", "none", "percent"),
        ("opens", "25:00", "as 8:30"), ("opens", "08:30Z", "as 8:30"), ("opens", "otte", "as 8:30"),
        ("staffing", "mange", "target, flat"),
        ("agents", "0", "1 to 2,000"), ("agents", "12.5", "1 to 2,000"), ("agents", "²", "1 to 2,000"),
        ("pooled", "måske", "yes or no"), ("farve", "1", "not one of"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_what_would(name: str, text: str, words: str) -> None:
    with pytest.raises(Impossible, match=words):
        read(name, text)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"opens": "8:15"}, "half hour"), ({"staffing": "number"}, "needs agents"), ({"in_time": "none"}, "one limit"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(texts: dict[str, str], words: str) -> None:
    with pytest.raises(Impossible, match=words):
        said(**texts)
    with pytest.raises(Impossible, match="today's seats"):
        changed(base(queue("a", 300)), Changes(), {"staffing": Staffing.TODAY})


def test_a_time_that_is_as_today_is_no_change_and_can_be_taken_back() -> None:
    before = Changes(opens=time(9), closes=time(16))
    assert said(opens="8:00", closes="17:00") == Changes(), "those of the centre"
    back = {name: read(name, text) for name, text in (("opens", "none"), ("closes", "17:00"))}
    assert changed(CENTRE, before, back) == Changes()
    with pytest.raises(Impossible, match="needs in_time or mean_wait"):
        said(in_time="none", abandoned="5")


@given(st.sampled_from(sorted(LIMITS)), st.text(max_size=8) | st.floats().map(str))
def test_a_text_is_a_value_within_the_limits_or_refused(name: str, text: str) -> None:
    low, high = map(float, LIMITS[name])
    try:
        found = read(name, text)
    except Impossible:
        return
    assert found is None or low <= found <= high


def test_the_page_has_every_option_with_the_same_limits() -> None:
    fields = ScenarioChangesForm(base=CENTRE, changes=Changes()).fields
    assert set(NAMES) <= set(fields)
    for name, (low, high) in LIMITS.items():
        field: Any = fields[name]
        assert (str(field.min_value), str(field.max_value)) == (low, high), name


# --- The command and the API ---------------------------------------------------------------------


@pytest.fixture
def kept(world: World) -> Scenario:
    return scenarios.make(
        "Færre opkald", CENTRE, ScenarioOrigin("tmf-2020"), centre=None, changes=Changes(digital=0.1), by=world.gerda,
        at=MORNING,
    )  # fmt: skip


def told(*arguments: str) -> str:
    out = StringIO()
    with clock.frozen(MORNING):
        call_command("scenario", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_lists_shows_and_runs(kept: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    number = str(kept.pk)
    (listed,) = json.loads(told("list", "--json"))["scenarios"]
    assert (listed["scenario"], listed["run"]) == (kept.pk, 1)
    assert "Færre opkald" in told("list")
    ran = json.loads(told("run", number, "--set", "volume=20", "--by", "gerda", "--json"))
    assert (ran["run"], ran["changes"]["volume"], ran["changes"]["digital"]) == (2, 0.2, 0.1)
    assert ran["fte"] > listed["fte"]
    assert told("show", number).splitlines()[0] == "Færre opkald, run 2"
    assert told("show", number, "--run", "1").splitlines()[0] == "Færre opkald, run 1"
    played = told("run", number, "--set", "shared=50", "--by", "gerda")
    assert "leave out overflow" in played
    assert "service_level" in played
    assert "±" in played
    assert kept.runs.get(number=3).simulation == ScenarioRun.Simulation.DONE


@pytest.mark.django_db
def test_a_long_simulation_is_the_workers_and_one_that_is_refused_leaves_no_run(
    kept: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = str(kept.pk)
    monkeypatch.setattr(scenarios, "MOST_AT_ONCE", 0)
    said = told("run", number, "--simulate", "--by", "gerda")
    assert f"the worker simulates it; see: indgang scenario show {number} --run 2" in said
    assert scenarios.give_up_lost() == 0, "it has a job"
    assert kept.runs.get(number=2).simulation == ScenarioRun.Simulation.WAITING
    monkeypatch.setattr(scenarios, "MOST_CALLS", 0)
    with pytest.raises(CommandError, match="So many calls cannot be simulated") as error:
        told("run", number, "--simulate", "--by", "gerda")
    assert error.value.returncode == 3
    assert kept.runs.count() == 2


@pytest.mark.django_db
def test_a_centre_of_the_documents_is_computed_and_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiled, "are_compiled", lambda: False)
    found = json.loads(told("run", "one-number", "--json"))
    assert not capsys.readouterr().err, "nothing was simulated"
    assert found["result"]["other"]["total"]["fte"]["value"] < found["result"]["today"]["total"]["fte"]["value"] - 5
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    assert json.loads(told("run", "bc31", "--simulate", "--json"))["simulated"]["other"]["replications"] == 2
    assert capsys.readouterr().err.count("run as Python") == 1
    assert not Scenario.objects.exists()

    def unusable(*_sides: object, **_options: object) -> None:
        raise BadScenario("nobody is there")

    monkeypatch.setattr(simulation, "compare_days", unusable)
    with pytest.raises(CommandError, match="nobody is there") as error:
        told("run", "one-number", "--set", "pooled=no", "--set", "shared=50")
    assert error.value.returncode == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "99999999999999999999"), 2, "no scenario"),
        (("show", "1", "--run", "7"), 2, "no scenario 1 with run 7"),
        (("run", "ukendt"), 2, "one of one-number"),
        (("run", "1", "--set", "volume"), 2, "--set volume: volume is a number of percent"),
        (("run", "1"), 2, "--by"),
        (("run", "1", "--by", "anna"), 3, "does not plan"),
        (("run", "2147483647", "--by", "gerda"), 2, "no scenario"),
        (("run", "bc31", "--set", "staffing=today"), 3, "today's seats"),
        (("simulate", "1", "--by", "gerda"), 2, "no scenario 1"),
        (("close", "1"), 2, "--by"),
        (("hand-over", "1", "--by", "gerda"), 3, "does not edit business cases"),
        (("run", "bc31", "--set", "digital=100"), 3, "No calls are left"),
    ],
)
def test_the_command_says_what_is_wrong(world: World, arguments: tuple[str, ...], code: int, words: str) -> None:
    with pytest.raises(CommandError, match=words) as error:
        told(*arguments)
    assert error.value.returncode == code


@pytest.mark.django_db
def test_a_measured_scenario_of_another_centre_is_not_run(world: World) -> None:
    made = scenarios.make(
        "Målt", CENTRE, ScenarioOrigin("measured", MORNING.date(), MORNING.date()), centre=world.centres["tmf"],
        changes=Changes(), by=world.gerda, at=MORNING,
    )  # fmt: skip
    RoleAssignment.objects.create(person=world.ukendt, role="planner", unit=world.units["bif"])
    with pytest.raises(CommandError, match="no scenario"):
        told("run", str(made.pk), "--by", "ukendt")
    other = Client()
    other.force_login(world.ukendt)
    assert other.post(f"/api/scenarios/{made.pk}/runs/", {}, content_type="application/json").status_code == 404


@pytest.mark.django_db
def test_a_program_computes_a_scenario_with_other_changes(
    kept: Scenario, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    gerda, address = Client(), f"/api/scenarios/{kept.pk}/runs/"
    gerda.force_login(world.gerda)

    def sent(**values: Any) -> Any:
        return gerda.post(address, values, content_type="application/json")

    with clock.frozen(MORNING):
        made = sent(volume=20, staffing="number", agents=14, pooled=True, simulate=True)
        assert made.status_code == 201
        told_of = made.json()
        assert (told_of["run"], told_of["changes"]["agents"], told_of["simulation"]) == (2, 14, "done")
        assert told_of["changes"]["digital"] == 0.1, "as in the run before"
        for values, named in (({"volume": 501}, "volume"), ({"staffing": "x"}, "staffing"), ({"opens": "x"}, "opens")):
            refused = sent(**values)
            assert (refused.status_code, list(refused.json()["fields"])) == (422, [named])
        assert "half hour" in sent(opens="08:15").json()["error"]
        assert sent(pooled=False, shared=50).json()["simulation"] == "done", "the formulas know nothing of it"
        kept.runs.get(number=3).delete()
        assert sent(digital=100).status_code == 422, "no calls are left"
        assert kept.runs.count() == 2
        monkeypatch.setattr(scenarios, "MOST_CALLS", 0)
        assert sent(volume=30, simulate=True).status_code == 422, "too many calls"
        assert kept.runs.count() == 2, "no run is left by what was refused"
