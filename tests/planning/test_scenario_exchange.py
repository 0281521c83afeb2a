"""What single queues, the hours of centres and the flow change, as values of JSON: with the checks of the page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils.datastructures import MultiValueDict

from indgang.accounts.models import RoleAssignment
from indgang.api import bodies
from indgang.api.scenarios import CAN_BE_NULL, OBJECTS, ChangesForm
from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.planning.scenario_forms import ScenarioChangesForm
from indgang.planning import played_staffing, scenarios
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.routing_changes import CentreHours, FlowChange, QueueRouting
from indgang.planning.scenario_exchange import changed
from indgang.planning.scenarios import ScenarioOrigin
from indgang.planning.storing import changes_of
from indgang.planning.whatif import Changes
from indgang.programme import own_cases
from indgang.programme.cases import library
from indgang.programme.models import OwnCase, ScenarioInCase
from indgang.staffing.need import ServiceTarget
from tests.measures.test_reading import published, write
from tests.planning.bases import base, queue
from tests.world import MORNING, World

CENTRE = base(
    replace(queue("a", 300), centre="tmf", centre_name="TMF"), replace(queue("b", 60), centre="bif", centre_name="BIF")
)
ALONE = base(queue("a", 300))
DRAFT = FlowChange("main", "Hoved", {}, {})
STANDING = {
    "volume": "0", "digital": "0", "talk": "0", "after_call": "0", "opens": "08:00", "closes": "17:00", "moved": "50",
    "staffing": "target", "shared": "0", "in_time": "80", "within": "20", "accepts": "50",
}  # fmt: skip


def by_body(given: dict[str, Any], centre: Any = CENTRE, before: Changes | None = None) -> Changes:
    form = bodies.checked(ChangesForm(bodies.of_json(json.dumps(given).encode(), OBJECTS, CAN_BE_NULL)))
    return changed(centre, before or Changes(), form.asked, [DRAFT])


def by_page(given: dict[str, Any], centre: Any = CENTRE) -> Changes | None:
    """The same typed into the form of the page; None where it refuses."""
    places = {each.code: number for number, each in enumerate(centre.queues)}
    typed: dict[str, Any] = {name: value for name, value in given.items() if name not in OBJECTS}
    for row in given.get("queues", ()):
        number = places.get(row["queue"])
        typed |= {f"{name}-{number}": value for name, value in row.items() if name != "queue" and value is not None}
    for row in given.get("hours", ()):
        number = {"tmf": 0, "bif": 1}.get(row["centre"])
        typed |= {f"{name}-{number}": value for name, value in row.items() if name != "centre" and value is not None}
    data = MultiValueDict({name: [str(value)] for name, value in (STANDING | typed).items()})
    form = ScenarioChangesForm(data, base=centre, changes=Changes(), flows=[DRAFT])
    return form.changes if form.is_valid() else None


@pytest.mark.parametrize(
    "given",
    [
        {"queues": [{"queue": "a", "priority": 5, "overflow_after": 0, "overflow_to": "b"}]},
        {"queues": [{"queue": "b", "overflow_after": 20, "overflow_to": "centre:tmf"}]},
        {"queues": [{"queue": "b", "taught": "*", "taught_share": 12.5}, {"queue": "a", "callback_after": 60}]},
        {"queues": [{"queue": "a", "priority": None, "callback_after": None}]},
        {"hours": [{"centre": "bif", "closes": "15:00"}, {"centre": "tmf", "opens": "09:30"}]},
        {"flow": "main", "accepts": 40, "volume": 10},
    ],
)  # fmt: skip
def test_a_program_asks_for_what_the_page_asks_for(given: dict[str, Any]) -> None:
    assert by_body(given) == by_page(given)


@pytest.mark.parametrize(
    ("given", "named", "words"),
    [
        ({"queues": [{"queue": "a", "priority": 101}]}, "queues", "fra 0 til 100"),
        ({"queues": [{"queue": "a", "priority": 1.5}]}, "queues", "0 decimaler"),
        ({"queues": [{"queue": "a", "priority": True}]}, "queues", "et tal"),
        ({"queues": [{"queue": "a", "callback_after": 4}]}, "queues", "fra 5 til 3600"),
        ({"queues": [{"queue": "a", "overflow_after": -1}]}, "queues", "fra 0 til 3600"),
        ({"queues": [{"queue": "a", "taught_share": float("nan")}]}, "queues", "fra 0 til 100"),
        ({"queues": [{"queue": "a", "overflow_to": "a"}]}, "queues", r"overflow_to er en af: \*, centre:tmf, centre:"),
        ({"queues": [{"queue": "a", "taught": "centre:x", "taught_share": 5}]}, "queues", "taught er en af"),
        ({"hours": [{"centre": "tmf", "opens": "09:10"}]}, "hours", "opens er et klokkeslæt på en hel eller halv"),
        ({"hours": [{"centre": "tmf", "opens": "otte"}]}, "hours", "som 8:30"),
        ({"flow": "andet"}, "flow", "flow er en af: main"),
        ({"flow": "main", "queues": [{"queue": "b", "callback_after": 30}]}, "queues", "sit eget tilbud"),
        ({"in_time": 200}, "in_time", "99.9"),
    ],
)  # fmt: skip
def test_what_the_page_refuses_is_refused_with_what_would_be_right(
    given: dict[str, Any], named: str, words: str
) -> None:
    assert by_page(given) is None
    with pytest.raises(RefusedChange, match=words) as refused:
        by_body(given)
    assert list(refused.value.reasons) == [named]


@pytest.mark.parametrize(
    ("given", "centre", "words"),
    [
        ({"queues": [{"queue": "x", "priority": 1}]}, CENTRE, "queue er en af: a, b"),
        ({"queues": [{"priority": 1}]}, CENTRE, "1: queue er en af"),
        ({"queues": [{"queue": "a"}, {"queue": "a"}]}, CENTRE, "2: a står to gange"),
        ({"queues": [{"queue": "a", "color": 1}]}, CENTRE, "color kendes ikke. Det, der kan ændres, er: queue, prior"),
        ({"hours": [{"centre": "a", "until": "9"}]}, CENTRE, "centre er en af: tmf, bif"),
        ({"hours": [{"centre": "tmf", "opens": 9}]}, CENTRE, "klokkeslæt"),
        ({"queues": [{"queue": "a", "priority": 1}]}, ALONE, "priority kræver flere køer"),
        ({"hours": [{"centre": "tmf"}]}, ALONE, "Der er ingen, centre kan være"),
    ],
)
def test_a_row_that_no_page_could_send_is_refused_with_its_number(
    given: dict[str, Any], centre: Any, words: str
) -> None:
    with pytest.raises(RefusedChange, match=words):
        by_body(given, centre)


def test_what_is_not_named_stays_and_null_takes_it_back() -> None:
    before = Changes(
        routing=(QueueRouting("a", priority=5, callback_after=60.0), QueueRouting("b", priority=2)),
        hours=(CentreHours("tmf", time(9), time(16)),), flow=None,
    )  # fmt: skip
    assert by_body({"volume": 10}, before=before) == replace(before, volume=0.1)
    found = by_body({"queues": [{"queue": "a", "callback_after": None, "overflow_after": 20}]}, before=before)
    assert found.routing == (QueueRouting("a", priority=5, overflow_after=20.0), QueueRouting("b", priority=2))
    assert by_body({"queues": [{"queue": "b", "priority": None}]}, before=before).routing == before.routing[:1]
    assert by_body({"hours": [{"centre": "tmf", "opens": None}]}, before=before).hours == (
        CentreHours("tmf", None, time(16)),
    )
    with_flow = replace(before, flow=DRAFT, routing=())
    assert by_body({}, before=with_flow).flow == DRAFT
    assert by_body({"flow": "none"}, before=with_flow).flow is None
    assert by_body({"flow": None}, before=with_flow).flow is None


@pytest.mark.parametrize(
    ("name", "others"),
    [("in_time", {"mean_wait", "abandoned"}), ("mean_wait", {"in_time", "abandoned"}),
     ("abandoned", {"in_time", "mean_wait"})],
)  # fmt: skip
def test_null_takes_a_limit_of_the_target_back(name: str, others: set[str]) -> None:
    before = Changes(target=ServiceTarget(0.7, 30.0, mean_wait=40.0, abandoned=0.05))
    target = by_body({name: None}, before=before).target
    assert target is not None
    limits = {each: getattr(target, each) for each in (name, *others)}
    assert {each for each, limit in limits.items() if limit is not None} == others


def test_null_takes_opening_times_back() -> None:
    found = by_body({"opens": None, "closes": None}, before=Changes(opens=time(10), closes=time(14)))
    assert (found.opens, found.closes) == (None, None)


# --- The command and the API ---------------------------------------------------------------------


@pytest.fixture
def gerda(world: World, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    monkeypatch.setattr(played_staffing, "MOST_CALLS", 0)
    client = Client()
    client.force_login(world.gerda)
    return client


def told(*arguments: str) -> Any:
    out = StringIO()
    call_command("scenario", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def post(client: Client, address: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/scenarios/{address}", body or {}, content_type="application/json")


@pytest.mark.django_db
def test_a_scenario_is_made_with_all_changes_by_a_program_and_from_a_file(
    gerda: Client, world: World, tmp_path: Path
) -> None:
    asked = {
        "name": "Naboerne hjælper", "base": "one-number", "volume": 10, "pooled": False, "staffing": "flat",
        "queues": [{"queue": "number-1", "overflow_after": 20, "overflow_to": "number-2"}],
        "hours": [{"centre": "number-3", "closes": "15:00"}],
    }  # fmt: skip
    (tmp_path / "new.json").write_text(json.dumps(asked))
    by_api = post(gerda, "", asked)
    assert by_api.status_code == 201, by_api.content
    by_file = told("make", str(tmp_path / "new.json"), "--by", "gerda")
    assert by_file["changes"] == by_api.json()["changes"]
    made = changes_of(by_file["changes"])
    assert (made.volume, made.pooled) == (0.1, False)
    assert made.routing == (QueueRouting("number-1", overflow_after=20.0, overflow_to="number-2"),)
    assert made.hours == (CentreHours("number-3", None, time(15)),)
    assert by_file["simulation"] == by_api.json()["simulation"] == "done", "the formulas cannot tell"
    before = Scenario.objects.count()
    refused = post(gerda, "", asked | {"queues": [{"queue": "number-9", "priority": 1}]})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["queues"])
    assert post(gerda, "", asked | {"queues": ["number-1"]}).status_code == 400
    (tmp_path / "new.json").write_text(json.dumps(asked | {"hours": [{"centre": "number-3", "closes": "15:10"}]}))
    with pytest.raises(CommandError, match="hours: 1: closes is a whole or half hour as 8:30") as error:
        told("make", str(tmp_path / "new.json"), "--by", "gerda")
    assert error.value.returncode == 3
    assert Scenario.objects.count() == before


@pytest.mark.django_db
def test_a_run_takes_a_file_and_what_is_set_beside_it(gerda: Client, world: World, tmp_path: Path) -> None:
    kept = scenarios.make(
        "To køer", CENTRE, ScenarioOrigin("tmf-2020"), centre=None, changes=Changes(), by=world.gerda, at=MORNING
    )
    rows = {"volume": 5, "queues": [{"queue": "a", "priority": 3}]}
    (tmp_path / "changes.json").write_text(json.dumps(rows))
    by_file = told("run", str(kept.pk), "--file", str(tmp_path / "changes.json"), "--set", "volume=20", "--by", "gerda")
    assert (by_file["changes"]["volume"], by_file["changes"]["routing"][0]["priority"]) == (0.2, 3)
    by_api = post(gerda, f"{kept.pk}/runs/", rows | {"volume": 20}).json()
    assert by_api["changes"] == by_file["changes"]
    assert (by_api["simulated"], by_api["fte_effect"]) == (by_file["simulated"], by_file["fte_effect"])


@pytest.mark.django_db
def test_the_buttons_of_the_page_are_there_for_programs(gerda: Client, world: World) -> None:
    kept = scenarios.make(
        "Færre", CENTRE, ScenarioOrigin("tmf-2020"), centre=None, changes=Changes(digital=0.2), by=world.gerda,
        at=MORNING,
    )  # fmt: skip
    number = str(kept.pk)
    assert post(gerda, f"{number}/runs/1/simulation/").json()["simulation"] == "done"
    assert told("simulate", number, "--by", "gerda")["simulation"] == "done"
    ScenarioRun.objects.update(simulation=ScenarioRun.Simulation.WAITING)
    assert post(gerda, f"{number}/runs/1/cancellation/").json()["simulation"] == "none"
    ScenarioRun.objects.update(simulation=ScenarioRun.Simulation.WAITING)
    assert told("stop", number, "--run", "1", "--by", "gerda")["simulation"] == "none"
    assert post(gerda, f"{number}/description/", {"name": "Nyt navn", "note": "Til mødet"}).json()["name"] == "Nyt navn"
    told("describe", number, "--name", "Navn af en kommando", "--by", "gerda")
    assert (Scenario.objects.get().name, Scenario.objects.get().note) == ("Navn af en kommando", "Til mødet")
    post(gerda, f"{number}/description/", {"note": ""})
    assert (Scenario.objects.get().name, Scenario.objects.get().note) == ("Navn af en kommando", "")
    RoleAssignment.objects.create(person=world.ukendt, role="planner", unit=world.units["bif"])
    other = Client()
    other.force_login(world.ukendt)
    for each in ("description", "closure"):
        assert post(other, f"{number}/{each}/", {"name": "x"}).status_code == 404, each
    with pytest.raises(CommandError, match="no scenario"):
        told("close", number, "--by", "ukendt")
    assert post(gerda, f"{number}/closure/").status_code == 200
    assert post(gerda, f"{number}/runs/", {"volume": 1}).status_code == 422
    told("close", number, "--by", "gerda")
    actions = ["scenario.stop"] * 2 + ["scenario.change"] * 3 + ["scenario.close"]
    assert list(Change.objects.order_by("pk").values_list("action", flat=True))[-6:] == actions


@pytest.mark.django_db
def test_the_numbers_of_a_run_go_to_a_business_case_by_a_program(gerda: Client, world: World) -> None:
    kept = scenarios.make(
        "Færre", CENTRE, ScenarioOrigin("tmf-2020"), centre=None, changes=Changes(digital=0.2), by=world.gerda,
        at=MORNING,
    )  # fmt: skip
    own_cases.begin(own_cases.text_with(library.text("bc31"), {}, "egen"), reason="x", by=world.finn, at=MORNING)
    address, finn = f"{kept.pk}/runs/1/case/", Client()
    finn.force_login(world.finn)
    assert post(gerda, address).status_code == 403
    made = post(finn, address)
    assert (made.status_code, made.json()) == (201, {"case": f"scenarie-{kept.pk}-1", "version": 1})
    assert "allerede" in post(finn, address).json()["error"]
    for body, named in (
        ({"case": "egen"}, "assumption"), ({"case": "ukendt", "assumption": "fte"}, "case"),
        ({"case": "egen", "assumption": "calls"}, "assumption"),
        ({"case": "egen", "assumption": "fte_cost"}, "assumption"),
    ):  # fmt: skip
        refused = post(finn, address, body)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [named]), body
    told_of = told("hand-over", str(kept.pk), "--case", "egen", "--assumption", "fte", "--by", "finn")
    assert told_of == {"case": "egen", "version": 2}
    assert {each.case.code for each in ScenarioInCase.objects.all()} == {f"scenarie-{kept.pk}-1", "egen"}
    assert OwnCase.objects.count() == 2


@pytest.mark.django_db
def test_a_measured_scenario_is_made_with_its_changes(gerda: Client, world: World) -> None:
    write(*published())
    day = f"{MORNING:%Y-%m-%d}"
    asked = {"name": "Målt", "centres": ["tmf"], "first": day, "last": day, "in_time": 70, "within": 40, "volume": 10}
    with clock.frozen(MORNING + timedelta(days=1)):
        made = post(gerda, "", asked | {"queues": [{"queue": "tmf-byggeri", "callback_after": 60}]})
        refused = post(gerda, "", asked | {"queues": [{"queue": "tmf-byggeri", "priority": 2}]})
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["base"]["target"]["within"], found["changes"]["target"]) == (40, None)
    assert found["changes"]["volume"] == 0.1
    assert found["changes"]["routing"][0]["callback_after"] == 60
    assert "kræver flere køer" in refused.json()["fields"]["queues"]
