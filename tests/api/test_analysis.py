"""Business cases, potential, segments and counting weeks as JSON: what the pages show, to those who see the pages."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from indgang.analysis.counting.models import CountedEnquiry
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.programme.cases import evaluation, library
from tests.analysis.weeks import TODAY, tmf_counts
from tests.office.potential.test_pages import registered
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
__all__ = ["registered"]

ALL = ("cases/", "cases/bc31/", "potential/", "segments/", "counting-weeks/")


def told(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def gerda(world: World) -> Iterator[Client]:
    client = Client()
    client.force_login(world.gerda)
    with clock.frozen(MORNING + timedelta(minutes=5)):
        yield client


def test_who_sees_the_pages_reads_the_answers(world: World, gerda: Client) -> None:
    assert {gerda.get(f"/api/{each}").status_code for each in ALL} == {200}
    gerda.force_login(world.david)
    assert {gerda.get(f"/api/{each}").status_code for each in ALL} == {403}


def test_a_case_is_read_with_other_values(gerda: Client) -> None:
    table = evaluation.table(library.shipped("bc31"))
    found = gerda.get("/api/cases/bc31/").json()
    assert (found["net"], found["payback_years"]) == (list(table.net), 6)
    assert {"tornado", "simulation", "remarks", "disagreements"} <= found.keys()
    assert gerda.get("/api/cases/bc31/?scenario=no-buildings").json()["payback_years"] == 11
    (branch,) = (each for each in found["branches"] if each["scenario"] == "no-buildings")
    assert (branch["payback_years"], len(found["branches"])) == (11, len(found["scenarios"]))
    assert found["versions"] == []
    assert [gerda.get(f"/api/cases/bc31/{each}").status_code for each in ("?version=1", "comparison/")] == [404, 404]
    drawn = gerda.get("/api/cases/bc31/?seed=7&runs=50").json()["simulation"]
    assert (drawn["seed"], drawn["runs"], found["simulation"]["seed"]) == (7, 50, 1)
    assert gerda.get("/api/cases/bc31/?seed=0&runs=50").json()["simulation"]["seed"] == 0
    assert gerda.get("/api/cases/bc31/?fte=10").json()["lines"][0]["amounts"] != found["lines"][0]["amounts"]
    assert [each["case"] for each in gerda.get("/api/cases/").json()["cases"]] == list(library.SHIPPED)
    assert {each["code"] for each in found["groups"]} == {"administration", "savings", "once-service"}
    assert {each["of"] for each in found["printed"]} >= {"savings", "permanent", "net"}
    assert found["present_value_of"] == [2021, 2026]
    (outside,) = gerda.get("/api/cases/bc31/?fte=12").json()["outside_interval"]
    assert (outside["assumption"], outside["value"], outside["interval"]) == ("fte", 12, [8, 11])
    refused = gerda.get("/api/cases/bc31/?price_year=2026")
    assert (refused.status_code, refused.json()["error"].count("2026")) == (400, 1)
    odd = ("scenario=x", "fte=mange", "fte=-9", "fte=nan", "fte=1e300", "fte=900000000&fte_cost=900000000",
           "price_year=x", "price_year=1999", "runs=0", "runs=-1", "runs=50001", "seed=x", "version=x")  # fmt: skip
    assert {gerda.get(f"/api/cases/bc31/?{each}").status_code for each in odd} == {400}
    assert gerda.get("/api/cases/bc99/").status_code == 404


def test_a_case_that_cannot_be_computed_at_an_end_of_an_interval_is_given_without_chances(gerda: Client) -> None:
    """Nine people fit below the largest amount, eleven do not."""
    answer = gerda.get("/api/cases/bc31/?fte_cost=10000000")
    found = answer.json()
    assert (answer.status_code, found["tornado"], found["simulation"]) == (200, None, None)
    assert found["uncertain_fault"].startswith("The line")
    assert found["net"]
    assert gerda.get("/api/cases/bc31/").json()["uncertain_fault"] == ""


@pytest.mark.usefixtures("registered")
def test_registrations_are_decided_by_rules_whose_limits_move(world: World, gerda: Client) -> None:
    gerda.force_login(world.finn)
    found = gerda.get("/api/potential/").json()
    assert (found["counted"], found["units"][-1]["total"], found["units"][-1]["future"]["digital"]) == (4, 1000, 250)
    moved = gerda.get("/api/potential/?digital=1").json()
    assert (moved["limits"]["digital"], moved["units"][-1]["future"]["digital"]) == (1, 0)
    odd = ("rules=x", "digital=-1", "digital=x", "digital=nan", "first=x", "last=9999-12-31&first=9999-01-01",
           "first=2026-05-01&last=2026-01-01", "first=1900-01-01")  # fmt: skip
    for each in odd:
        assert gerda.get(f"/api/potential/?{each}").status_code == 400, each
    assert {gerda.get(f"/api/potential/?week={each}").status_code for each in ("9", "x", "9" * 30)} == {404}


def test_a_counting_week_is_read_and_decided(world: World, gerda: Client) -> None:
    week = tmf_counts(world)
    purpose = week.purposes.exclude(purpose=None)[0]
    for _index in range(3):
        CountedEnquiry.objects.create(
            week=week, key=uuid4(), day=TODAY - timedelta(days=1), purpose=purpose, character="general", minutes=2,
            counted_at=MORNING, counted_by=world.eva,
        )  # fmt: skip
    gerda.force_login(world.finn)
    (listed,) = gerda.get("/api/counting-weeks/").json()["counting_weeks"]
    found = gerda.get(f"/api/counting-weeks/{week.pk}/").json()
    assert listed["id"] == found["id"] == week.pk
    assert found["total"]["counted"] == sum(each["counted"] for each in found["lines"]) > 0
    assert gerda.get(f"/api/potential/?week={week.pk}").json()["counted"] > 0
    assert (listed["people"], listed["rounded_to"], listed["closed_at"], listed["service"]) == (2, 50, None, None)
    assert listed["marks"] == ["channel", "character", "minutes", "is_resolved", "should_be_digital"]
    assert (found["factor"], found["confidence"], found["days"]) == (125, 0.95, [["2026-03-09", 0], ["2026-03-10", 3]])
    assert not found["unit_ended"]
    assert gerda.get("/api/counting-weeks/99999/").status_code == 404
    for arguments, address in ((), ""), ((str(week.pk),), f"{week.pk}/"):
        said = json.loads(told("counting", *arguments, "--json"))
        assert said == gerda.get(f"/api/counting-weeks/{address}").json()
    plain = told("counting", str(week.pk))
    assert "a year is the count times 125, rounded to 50" in plain
    assert plain.splitlines()[-1].split()[:4] == ["in", "all", "3", "400"]
    assert told("counting").splitlines() == plain.splitlines()[:1]
    with pytest.raises(CommandError, match="no counting week"):
        told("counting", "99999")


def test_a_week_says_that_its_unit_has_ended_on_page_api_and_command(world: World, gerda: Client) -> None:
    week = tmf_counts(world)
    Unit.objects.filter(pk=week.unit_id).update(valid_to=week.ends_on)
    gerda.force_login(world.finn)
    found = gerda.get(f"/api/counting-weeks/{week.pk}/").json()
    assert (found["unit_ended"], found["total"], found["factor"], found["lines"]) == (True, None, None, [])
    assert "(unit ended)" in told("counting", str(week.pk))
    assert "ophørte 13.03.2026" in gerda.get(f"/office/counting/{week.pk}/").content.decode()


def test_services_have_their_segment_and_proposals(gerda: Client) -> None:
    rows = gerda.get("/api/segments/").json()["services"]
    assert rows
    assert all(set(each["proposals"]) == {"enquiries_per_case", "interfaces", "target_group_breadth", "variation"}
               for each in rows)  # fmt: skip
