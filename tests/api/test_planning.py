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
from indgang.planning import bases, scenarios
from indgang.planning.models import Scenario
from indgang.planning.scenarios import ScenarioOrigin
from indgang.planning.whatif import Changes
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
    assert (found["sources"]["calls"], len(found["intervals"]), len(found["steps"])) == ("given", 14, 3)


@pytest.mark.parametrize(
    "query", ["preset=x", "calls=many", "calls=-1", "calls=nan", "calls=1e300", "talk=0", "seats=x", "phone_share=0",
              "abandoned=0.1", "hours=25", "shrinkage=1", "patience=0", "in_time=1"],
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
