"""The services of a rollout stage come into a forecast through their page, and through the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from indgang.catalogue.models import Service
from indgang.planning.models import MovedService
from indgang.programme.rollout.models import RolloutPlan
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.programme.rollout.test_plans import begun
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/office/planning/forecast/tmf-oevrige/"
API = "/api/forecasts/tmf-oevrige/moves/"
CHOSEN = {"services": ["jordanmeldelse"], "counts": "all", "by_phone": "", "ramp_days": "0"}


@pytest.fixture
def plan(world: World) -> RolloutPlan:
    for code, cases in (("jordanmeldelse", 3_000), ("affald", 1_000)):
        Service.objects.filter(code=code).update(cases_per_year=cases)
    return begun(world)


def test_a_planner_takes_a_stage_and_sees_when_it_no_longer_fits(as_person: SignIn, plan: RolloutPlan) -> None:
    gerda = as_person("gerda")
    assert "Tag ydelser med fra udrulningsplanen" in text_of(gerda.get(f"{PAGE}knowledge/"))
    shown = text_of(gerda.get(f"{PAGE}rollout/"))
    assert "Jordanmeldelser, 1. september 2026: 8.212 henvendelser om året (Jord og affald: 10.950 " in shown
    assert "Gravetilladelser: ingen har skrevet, hvor mange henvendelser ydelsen får." in shown
    answer = gerda.post(f"{PAGE}rollout/?stage=2", CHOSEN, follow=True)
    assert "1 ydelse er taget med" in text_of(answer)
    assert "Jordanmeldelser, 7.725 opkald om året" in text_of(answer)
    assert "fra Udrulning" in text_of(answer)
    plan.stages.filter(number=2).update(moved_to=date(2026, 12, 1))
    assert "1 ydelse, der flytter, passer ikke længere med udrulningsplanen." in text_of(gerda.get(PAGE))
    knowledge = text_of(gerda.get(f"{PAGE}knowledge/"))
    assert "Passer ikke længere med planen. Planen siger nu 1. december 2026." in knowledge
    assert "1 ydelse følger nu planen" in text_of(gerda.post(f"{PAGE}rollout/following/", follow=True))
    assert MovedService.objects.get().first == date(2026, 12, 1)
    assert "passer ikke" not in text_of(gerda.get(PAGE))


def test_what_makes_no_sense_is_refused_beside_its_field(as_person: SignIn, plan: RolloutPlan, world: World) -> None:
    gerda = as_person("gerda")
    wrong: tuple[dict[str, object], ...] = (
        {"services": ["gravetilladelse"]}, {"services": []}, {"by_phone": "101"}, {"ramp_days": "x"},
    )  # fmt: skip
    for fields in wrong:
        assert gerda.post(f"{PAGE}rollout/?stage=2", CHOSEN | fields).status_code == 422
    assert "ingen ydelser, der kan tages med" in text_of(gerda.get(f"{PAGE}rollout/?stage=1"))
    for odd in ("x", "9" * 30, "%00", "-1"):
        assert gerda.get(f"{PAGE}rollout/?stage={odd}").status_code == 200
    assert gerda.post(f"{PAGE}rollout/?stage=2", CHOSEN | {"services": ["\0"], "by_phone": "\0"}).status_code == 422
    assert not MovedService.objects.exists()
    plan.closed_at = plan.created_at
    plan.save()
    assert "har ingen åben udrulningsplan" in text_of(gerda.get(f"{PAGE}rollout/"))
    assert gerda.post(f"{PAGE}rollout/?stage=2", CHOSEN).status_code == 200
    assert not MovedService.objects.exists()


def test_who_does_not_plan_takes_nothing(as_person: SignIn, plan: RolloutPlan) -> None:
    for name, status in (("hans", 403), ("anna", 403)):
        client = as_person(name)
        assert client.post(f"{PAGE}rollout/?stage=2", CHOSEN).status_code == status
        assert client.post(f"{PAGE}rollout/following/").status_code == status
        assert client.post(API, {"stage": 2}, content_type="application/json").status_code == status
    gerda = as_person("gerda")
    assert gerda.get("/office/planning/forecast/bif-erhverv/rollout/").status_code == 404
    assert gerda.get("/api/forecasts/bif-erhverv/moves/").status_code == 404


def _post(client: Client, address: str, **body: object) -> tuple[int, dict[str, Any]]:
    answer = client.post(address, body, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_program_does_the_same(as_person: SignIn, plan: RolloutPlan) -> None:
    gerda = as_person("gerda")
    offered = gerda.get(API).json()["stages"][1]
    assert offered["day"] == "2026-09-01"
    status, made = _post(gerda, API, stage=2, services=["affald"], by_phone=50, counts="resolved")
    assert (status, [each["name"] for each in made["moves"]]) == (201, ["Byggeaffald"])
    assert _post(gerda, API, stage=2)[0] == 201, "the others"
    status, refused = _post(gerda, API, stage=2)
    assert (status, refused["error"]) == (422, "Ingen af ydelserne kan tages med i prognosen.")
    for stage in (9, 10**30, -1, "x", None, "²"):
        assert _post(gerda, API, stage=stage)[0] == 422, stage
    assert _post(gerda, API, stage=2, services=["\0"])[0] == 400
    assert _post(gerda, API, stage=2, services=["findes-ikke"])[0] == 422
    plan.stages.filter(number=2).update(moved_to=date(2026, 12, 1))
    assert gerda.get(API).json()["moves"][0]["misfits"] == ["day"]
    status, followed = _post(gerda, f"{API}follow/")
    assert (status, followed["changed"]) == (200, 2)
