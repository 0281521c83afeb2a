"""The staffing need and scenarios as JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from indgang.planning import bases, scenarios
from indgang.planning.models import Scenario
from indgang.planning.scenarios import ScenarioOrigin
from indgang.planning.whatif import Changes
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
