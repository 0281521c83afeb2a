"""The staffing need and scenarios as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from indgang.core import clock
from indgang.core.clock import day_of
from indgang.planning import bases, scenarios
from indgang.planning.models import Scenario
from indgang.planning.scenarios import ScenarioOrigin
from indgang.planning.whatif import Changes
from tests.api.test_day import printed
from tests.measures.test_reading import published, write
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def as_person(world: World) -> SignIn:
    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(getattr(world, username))
        return client

    return sign_in


def made(world: World) -> Scenario:
    base = bases.shipped(bases.ONE_NUMBER, {})
    return scenarios.make(
        "Ét nummer", base, ScenarioOrigin(bases.ONE_NUMBER), centre=None, changes=Changes(pooled=True), by=world.gerda,
        at=MORNING,
    )  # fmt: skip


def test_the_need_of_a_preset_with_other_numbers(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    assert round(gerda.get("/api/staffing-need/").json()["fte"], 1) == 22.5
    found = gerda.get("/api/staffing-need/?preset=bc31&calls=140000&seats=curve").json()
    assert found["fte"] == found["fte_curve"] > 10
    assert (found["sources"]["calls_a_year"], len(found["intervals"]), len(found["steps"])) == ("given", 14, 3)
    assert (found["printed_fte"], found["assumptions"]["calls_a_year"]) == (9, 140_000)
    query, arguments = "preset=bc31&sickness=0.1&busiest=1.2&intervals=30,60,40.5&blocked=0.01", (
        "--preset", "bc31", "--sickness", "0.1", "--busiest", "1.2", "--intervals", "30", "60", "40.5", "--blocked",
        "0.01",
    )  # fmt: skip
    assert printed("staffing", *arguments) == gerda.get(f"/api/staffing-need/?{query}").json()
    lines = gerda.get("/api/staffing-need/?preset=bc31&blocked=0.01").json()["lines"]["lines"]
    page = gerda.get("/office/planning/need/?preset=bc31&blocked=1")
    assert page.context["answer"].lines.lines == lines > found["intervals"][0]["seats"]
    assert "Telefonlinjer, så højst 1,0" in page.content.decode()


def test_assumptions_are_decided_listed_and_a_sizing_begins_from_them(as_person: SignIn, world: World) -> None:
    """The same figure on the page, in the API and by the command, with the source and the day of what was decided."""
    day, later = day_of(MORNING), day_of(MORNING) + timedelta(days=30)
    by = ("--by", "finn")
    with clock.frozen(MORNING):
        finn, gerda = as_person("finn"), as_person("gerda")
        assert finn.get("/api/staffing-need/?preset=decided").status_code == 400, "nothing is decided"
        undecided = {each["assumption"]: each for each in gerda.get("/api/assumptions/").json()["assumptions"]}
        assert (undecided["sickness"]["value"], undecided["paid_break"]["value"]) == (6.2, 30)
        assert undecided["talk"]["source"].startswith("001:1705")
        talk = {"assumption": "talk", "value": 300, "source": "Målt i oktober"}
        made = finn.post("/api/assumptions/", talk, "application/json")
        assert made.status_code == 201, made.content
        sickness = ("--set", "sickness=9.5", "--source", "Løn 2026", "--from", later.isoformat(), *by)
        printed("assumptions", *sickness)
        own = talk | {"value": 200, "centre": "tmf"}
        assert gerda.post("/api/assumptions/", own, "application/json").status_code == 201
        assert gerda.post("/api/assumptions/", talk, "application/json").status_code == 404, "she plans for TMF alone"
        assert as_person("hans").post("/api/assumptions/", own, "application/json").status_code == 404
        assert as_person("anna").get("/api/assumptions/").status_code == 403
        for odd, name in (
            ({"value": 0}, "value"), ({"value": 1.234}, "value"), ({"source": " "}, "source"),
            ({"assumption": "x"}, "assumption"), ({"valid_from": "2020-01-01"}, "valid_from"),
        ):  # fmt: skip
            refused = finn.post("/api/assumptions/", talk | odd, "application/json")
            assert (refused.status_code, list(refused.json()["fields"])) == (422, [name])
        held = {each["assumption"]: each for each in finn.get("/api/assumptions/").json()["assumptions"]}
        assert held["talk"] == {
            "assumption": "talk", "name": held["talk"]["name"], "is_decided": True, "value": 300.0, "centre": None,
            "source": "Målt i oktober", "valid_from": day.isoformat(), "valid_to": None,
        }  # fmt: skip
        assert held["sickness"]["is_decided"] is False, "not yet"
        of_centre = gerda.get(f"/api/assumptions/?centre=tmf&on={later}").json()
        assert printed("assumptions", "--centre", "tmf", "--on", later.isoformat()) == of_centre
        assert {each["assumption"]: each["value"] for each in of_centre["assumptions"] if each["is_decided"]} == {
            "talk": 200, "sickness": 9.5,
        }  # fmt: skip
        assert gerda.get("/api/assumptions/?centre=bif").status_code == 404
        history = gerda.get("/api/assumptions/talk/?centre=tmf").json()
        assert printed("assumptions", "--history", "talk", "--centre", "tmf") == history
        assert [each["value"] for each in history["decided"]] == [200]
        needed = finn.get("/api/staffing-need/?preset=decided").json()
        assert needed == printed("staffing", "--preset", "decided")
        assert (needed["assumptions"]["talk_seconds"], needed["printed_fte"]) == (300, None)
        assert needed["sources"]["talk_seconds"] == "Målt i oktober"
        assert needed["valid_from"] == {"talk_seconds": day.isoformat()}
        page = finn.get("/office/planning/need/")
        assert page.context["answer"].chosen.fte == pytest.approx(needed["fte"])
        assert printed("staffing", "--preset", "decided", "--talk", "200")["valid_from"] == {}


@pytest.mark.parametrize(
    "query", ["preset=x", "calls=many", "calls=-1", "calls=nan", "calls=1e300", "talk=0", "seats=x", "phone_share=0",
              "abandoned=0.1", "hours=25", "shrinkage=1", "patience=0", "in_time=1", "blocked=0", "intervals=1,x",
              "day=0", "preset=decided"],
)  # fmt: skip
def test_numbers_without_an_answer_are_refused_in_words(as_person: SignIn, query: str) -> None:
    answer = as_person("gerda").get(f"/api/staffing-need/?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_scenarios_say_people_and_kroner_and_how(as_person: SignIn, world: World) -> None:
    scenario, gerda = made(world), as_person("gerda")
    (listed,) = gerda.get("/api/scenarios/").json()["scenarios"]
    assert listed["fte"] < listed["fte_today"]
    one = gerda.get(f"/api/scenarios/{scenario.pk}/").json()
    assert one["changes"]["pooled"] is True
    assert one["fte"] == listed["fte"]
    assert gerda.get(f"/api/scenarios/{scenario.pk}/?run=9").status_code == 404
    assert gerda.get("/api/scenarios/99999999999999999999/").status_code == 404
    assert as_person("anna").get("/api/scenarios/").status_code == 403


def test_a_scenario_is_made_from_measured_days_or_from_the_documents(
    as_person: SignIn, world: World, tmp_path: Path
) -> None:
    write(*published())
    day = f"{MORNING:%Y-%m-%d}"
    asked = {"name": "Målt 010203-1234", "centres": ["tmf"], "first": day, "last": day, "digital": 20}
    with clock.frozen(MORNING + timedelta(days=1)):
        gerda = as_person("gerda")
        measured = gerda.post("/api/scenarios/", asked, content_type="application/json")
        refused = [
            gerda.post("/api/scenarios/", asked | wrong, content_type="application/json")
            for wrong in ({"last": "2020-01-01"}, {"first": ""}, {"centres": ["bif"]}, {"in_time": 80}, {"name": ""})
        ]
        (tmp_path / "new.json").write_text(json.dumps({"name": "Som BC31", "base": "bc31"}))
        out = StringIO()
        call_command("scenario", "make", str(tmp_path / "new.json"), "--by", "gerda", "--json", stdout=out)
        with pytest.raises(CommandError, match="does not plan"):
            call_command("scenario", "make", str(tmp_path / "new.json"), "--by", "anna")
    assert measured.status_code == 201, measured.content
    assert (measured.json()["changes"]["digital"], measured.json()["run"]) == (0.2, 1)
    assert [each.status_code for each in refused] == [422] * 5, [each.content for each in refused]
    made_here, of_bc31 = Scenario.objects.order_by("pk")
    assert (made_here.owner, made_here.centre, made_here.is_measured) == (world.gerda, world.centres["tmf"], True)
    assert "1234" not in made_here.name
    assert (json.loads(out.getvalue())["name"], of_bc31.source) == ("Som BC31", "bc31")
