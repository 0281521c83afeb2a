"""Meetings, fixed shifts and wishes as JSON and as commands: read and changed as on the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from indgang.core import clock
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import ShiftAppointment, ShiftPlan
from tests.api.test_day import client, printed, read, sent
from tests.workforce.shifts.rows import activity, contracts, plan, ready, shift, workplace
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
MEETING = {
    "title": "Byggesager", "activity": "training", "people": ["anna"], "mentor": "bo", "weekdays": [0, 2],
    "opens": "09:00", "closes": "10:00", "valid_from": "2026-03-16",
}  # fmt: skip


@pytest.fixture
def two(world: World) -> World:
    contracts(world, world.anna, world.bo)
    activity(ActivityKind.TRAINING)
    return world


def test_training_with_a_mentor_is_added_listed_and_ended(two: World) -> None:
    eva = client(two, "eva")
    made = sent(eva, "tmf/meetings/", **MEETING)
    assert made.status_code == 201
    (found,) = read(eva, "tmf/meetings/")["meetings"]
    assert found == made.json()
    assert found == {
        **MEETING, "meeting": found["meeting"], "kind": "training", "every_weeks": 1, "last": None,
    }  # fmt: skip
    again = sent(eva, "tmf/meetings/", **MEETING)
    assert (again.status_code, list(again.json()["fields"])) == (422, ["people"]), "they are in the other one then"
    odd = {"people": ["anna", "nobody"], "weekdays": [9], "every_weeks": 10**30, "opens": "25:00", "last": "9999-12-31"}
    refused = sent(eva, "tmf/meetings/", **MEETING | odd).json()
    assert set(refused["fields"]) == set(odd)
    end = f"tmf/meetings/{found['meeting']}/end/"
    assert sent(eva, end, on="2026-03-01").status_code == 422, "that day is over"
    assert sent(eva, end, on="2026-04-01").json()["meetings"][0]["last"] == "2026-03-31"
    assert sent(eva, f"tmf/meetings/{10**17}/end/", on="2026-04-01").status_code == 404


def test_a_command_adds_and_ends_a_meeting_for_a_planner(two: World, tmp_path: Path) -> None:
    file = tmp_path / "meeting.json"
    file.write_text(json.dumps(MEETING | {"last": "2026-05-01"}))
    (found,) = printed("meetings", "tmf", "--add", str(file), "--by", "eva")["meetings"]
    assert (found["mentor"], found["last"]) == ("bo", "2026-05-01")
    for args in (("--add", str(file)), ("--end", "9" * 30), ("--end", str(found["meeting"]), "--on", "x")):
        with pytest.raises(CommandError):
            printed("meetings", "tmf", *args, "--by", "eva")
    file.write_text("[")
    with pytest.raises(CommandError, match="cannot be read"):
        printed("meetings", "tmf", "--add", str(file), "--by", "eva")
    with pytest.raises(CommandError, match="does not plan"):
        printed("meetings", "tmf", "--end", str(found["meeting"]), "--by", "anna")
    assert printed("meetings", "tmf", "--end", str(found["meeting"]), "--by", "eva")["meetings"] == []
    assert not ShiftAppointment.objects.exists()


def test_shifts_of_a_draft_are_fixed_held_and_freed(world: World) -> None:
    draft = ready(world)
    eva = client(world, "eva")
    (listed,) = read(eva, "tmf/plans/")["plans"]
    assert (listed["plan"], listed["state"]) == (draft.pk, "draft")
    days = {
        "person": "anna", "activity": "phone", "workplace": workplace().code, "weekdays": [0], "opens": "08:00",
        "closes": "16:00",
    }  # fmt: skip
    (fixed,) = sent(eva, f"plans/{draft.pk}/fixed-shifts/", **days).json()["fixed_shifts"]
    assert (fixed["person"], fixed["starts_at"][:16]) == ("anna", "2026-03-16T08:00")
    refused = sent(eva, f"plans/{draft.pk}/fixed-shifts/", **days | {"closes": "08:15"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["closes"])
    freed = sent(eva, f"plans/{draft.pk}/held-shifts/{fixed['shift']}/removal/").json()
    assert freed["fixed_shifts"] == []
    held = sent(eva, f"plans/{draft.pk}/held-shifts/", person="anna", day="2026-03-16").json()
    assert held["fixed_shifts"] == [fixed] == read(eva, f"plans/{draft.pk}/fixed-shifts/")["fixed_shifts"]
    assert sent(eva, f"plans/{draft.pk}/held-shifts/", person="bo", day="2026-03-16").status_code == 422
    assert sent(eva, f"plans/{draft.pk}/held-shifts/{10**17}/removal/").status_code == 404


def test_a_person_wishes_and_the_planner_sees_what_the_plan_makes_of_it(world: World) -> None:
    contracts(world, world.anna)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    shift(made, world.anna, MORNING, ActivityKind.PHONE)
    anna = client(world, "anna")

    def wished(**values: Any) -> Any:
        with clock.frozen(MORNING):
            return anna.post("/api/own-wishes/", values, content_type="application/json")

    assert wished(kind="free", day="2026-03-11", weight=3).status_code == 201
    assert set(wished(kind="nap", weekday=7, weight=9).json()["fields"]) == {"kind", "weekday", "weight"}
    assert list(wished(kind="free", weight=1).json()["fields"]) == ["day"], "a day or a weekday"
    with clock.frozen(MORNING):
        (own,) = anna.get("/api/own-wishes/").json()["wishes"]
        assert (own["kind"], own["days"], own["met"]) == ("free", 1, 0)
    (seen,) = read(client(world, "eva"), f"plans/{made.pk}/wishes/")["people"]
    assert (seen["person"], seen["wishes"], seen["met"]) == ("anna", 1, 0)
    assert seen["unmet"] == [{"kind": "free", "day": "2026-03-11"}]
    assert printed("shifts", "--plan", str(made.pk))["people"] == [seen]
    with pytest.raises(CommandError, match="no plan"):
        printed("shifts", "--plan", "9" * 25)
    removal = f"/api/own-wishes/{own['wish']}/removal/"
    assert client(world, "bo").post(removal).status_code == 404, "it is not his"
    assert anna.post(removal).json() == {"wishes": []}


@pytest.mark.parametrize(
    ("name", "plans", "wishes"),
    [("anna", 403, 200), ("david", 403, 200), ("hans", 403, 403), ("ukendt", 403, 403), ("eva", 200, 200)],
)
def test_plans_are_for_those_who_plan_and_wishes_for_those_who_work(
    world: World, name: str, plans: int, wishes: int
) -> None:
    made = plan(world, ShiftPlan.State.DRAFT)
    by = client(world, name)
    reads = ("tmf/meetings/", "tmf/plans/", f"plans/{made.pk}/fixed-shifts/", f"plans/{made.pk}/wishes/")
    with clock.frozen(MORNING):
        assert {by.get(f"/api/shifts/{each}").status_code for each in reads} == {plans}
        assert by.get("/api/own-wishes/").status_code == wishes
    changes = (
        "tmf/meetings/",
        "tmf/meetings/1/end/",
        f"plans/{made.pk}/held-shifts/",
        f"plans/{made.pk}/fixed-shifts/",
    )
    assert {sent(by, each).status_code for each in changes} <= ({403} if plans == 403 else {404, 422})


def test_the_plan_of_another_centre_is_not_found(world: World) -> None:
    bif = world.centres["bif"]
    made = plan(world, ShiftPlan.State.DRAFT)
    ShiftPlan.objects.filter(pk=made.pk).update(centre=bif)
    eva = client(world, "eva")
    with clock.frozen(MORNING):
        assert eva.get(f"/api/shifts/plans/{made.pk}/wishes/").status_code == 404
    assert sent(eva, f"plans/{made.pk}/held-shifts/", person="anna", day="2026-03-16").status_code == 404
