"""A shift plan from draft to publication, and requests of employees, as JSON."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import LeaveRequest, PlanRun, ShiftPlan, TimeWish
from indgang.workforce.shifts import leave, running, swaps
from tests.api.test_day import client, printed, read, sent
from tests.workforce.shifts.rows import activity, contracts, lacking, plan, ready, shift, workplace
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_draft_gets_its_need_is_planned_published_and_followed(world: World) -> None:
    contracts(world, world.anna, world.bo, world.clara)
    place = {"activity": activity(ActivityKind.PHONE).code, "workplace": workplace().code}
    eva = client(world, "eva")
    days = {"first": "2026-03-16", "last": "2026-03-22"}
    made = sent(eva, "tmf/plans/", **days)
    assert made.status_code == 201
    assert list(sent(eva, "tmf/plans/", **days).json()["fields"]) == ["first"], "there is one already"
    own = f"plans/{made.json()['plan']}/"
    assert sent(eva, f"{own}run/").status_code == 422, "no need is written yet"
    need = place | {"weekdays": [0, 1], "opens": "08:00", "closes": "16:00", "people": 1}
    assert sent(eva, f"{own}need/", **need).json()["days"] == 2
    assert set(sent(eva, f"{own}need/", **need | {"people": 9e9, "weekdays": []}).json()["fields"]) == {
        "people", "weekdays"
    }  # fmt: skip
    for weekday in range(5):
        TimeWish.objects.create(person=world.anna, kind="free", weekday=weekday, weight=1, wished_at=MORNING)
    assert sent(eva, f"{own}forecast-need/", **place, queues=["tmf-byggeri"]).status_code == 422, "no forecast"
    ordered = sent(eva, f"{own}run/", seconds=5)
    assert (ordered.status_code, ordered.json()["state"]) == (202, "waiting")
    running.carry_out(ordered.json()["run"], lambda: MORNING)
    found = read(eva, own)
    assert (found["run"]["state"], found["missing_hours"], found["broken"]) == ("done", 0, [])
    assert found["shifts"] > 0
    assert found["costs"]["wishes"] > 0, "she has to work on some of these days"
    last = found["run"]["course"][-1]
    assert last["cost"] == found["run"]["cost"] == found["cost"] == pytest.approx(sum(found["costs"].values()))
    assert last["bound"] == found["run"]["bound"]
    assert found["run"]["over_bound"] == pytest.approx(found["cost"] / last["bound"] - 1)
    assert sent(eva, f"{own}run/{ordered.json()['run']}/stop/").json()["state"] == "done", "it is over"
    assert sent(eva, f"{own}publication/").json()["state"] == "published"
    assert sent(eva, f"{own}removal/").status_code == 422
    version = sent(eva, f"{own}version/").json()
    assert version["follows"] == found["plan"]
    assert sent(eva, f"plans/{version['plan']}/run/").status_code == 202
    assert list(PlanRun.objects.values_list("seconds", flat=True)) == [15, 5], "somebody waits for a version"
    PlanRun.objects.update(state=PlanRun.State.FAILED)
    assert sent(eva, f"plans/{version['plan']}/removal/").status_code == 200
    assert not ShiftPlan.objects.filter(pk=version["plan"]).exists()
    assert Change.objects.filter(action="shift_plan.publish", by_id=f"person:{world.eva.pk}").count() == 1


def test_where_people_lack_and_what_each_person_gets_is_said_by_the_api_and_the_command(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    made = lacking(world)
    eva, own = client(world, "eva"), f"plans/{made.pk}/"
    found = read(eva, own)
    assert [(each["activity"], each["needed_hours"], each["missing_hours"]) for each in found["missing"]] == [
        ("mail", 2, 2), ("phone", 2, 0),
    ]  # fmt: skip
    assert found["shares"] == [
        {
            "person": "anna", "hours": 6, "late_shifts": 1, "even_late_shifts": 0, "off_phone_hours": 2,
            "agreed_off_phone_hours": 1.5,
        }
    ]  # fmt: skip
    assert found["costs"] == {
        "paid": 24, "understaffed": 32, "wishes": 0, "changes": 0, "late": 2, "off_phone": 0,
    }  # fmt: skip
    staffing = read(eva, f"{own}staffing/")["staffing"]
    assert [(each["day"], each["workplace"], each["need"][40:48], each["at_work"][40:48]) for each in staffing] == [
        ("2026-03-11", "norrebro", [1] * 8, [0] * 8),
        ("2026-03-11", "islands-brygge", [1] * 8, [1] * 8),
        ("2026-03-14", "islands-brygge", [0] * 8, [1] * 8),
    ]
    PlanRun.objects.create(
        plan=made, state=PlanRun.State.DONE, asked_by="Gerda", asked_at=MORNING, seconds=5, cost=110, bound=100,
        course=[[1, 150, None], [3, 110, 100]], share=1,
    )  # fmt: skip
    printed_plan = printed("plans", "tmf", "--plan", str(made.pk))
    assert printed_plan["run"]["course"][0] == {"seconds": 1, "cost": 150, "bound": None}
    for name in ("missing", "shares", "costs"):
        assert printed_plan[name] == found[name], name
    assert printed_plan["staffing"] == staffing
    with clock.frozen(MORNING):
        call_command("plans", "tmf", "--plan", str(made.pk))
    lines = capsys.readouterr().out
    for said in (
        "100 %, cost 110, bound 100, at most 10.0 % over the best", "lacks 2.0 of 2.0 hours: mail, norrebro",
        "costs 32: understaffed", "share: anna 1 late or weekend shifts of 0, 2.0 hours off the phone of 1.5",
    ):  # fmt: skip
        assert said in lines, said


def test_broken_rules_and_rules_in_conflict_are_named(world: World) -> None:
    draft = ready(world)
    shift(draft, world.anna, MORNING + 5 * DAY, *[ActivityKind.PHONE] * 6)
    PlanRun.objects.create(
        plan=draft, state=PlanRun.State.IMPOSSIBLE, asked_by="Gerda", asked_at=MORNING, seconds=5,
        answer={"person": str(world.anna.pk), "rules": ["contract"]},
    )  # fmt: skip
    found = read(client(world, "eva"), f"plans/{draft.pk}/")
    assert found["run"]["conflict"] == {"person": "anna", "rules": ["contract"]}
    assert {(each["person"], each["day"]) for each in found["broken"]} >= {("anna", "2026-03-16")}


def test_leave_and_a_swap_are_answered(world: World) -> None:
    contracts(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    row = shift(made, world.anna, MORNING + DAY, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    first = day_of(MORNING) + 10 * DAY
    leave.ask(world.anna, kind=LeaveRequest.Kind.HOLIDAY, first=first, last=first, note="Påske", at=MORNING)
    swap = swaps.offer(row, to=None, at=MORNING)
    swaps.take(swap, in_return=None, by=world.bo, at=MORNING)
    eva = client(world, "eva")
    waiting = read(eva, "requests/")
    assert [(each["person"], each["note"]) for each in waiting["leave"]] == [("anna", "Påske")]
    assert [(each["person"], each["taken_by"]) for each in waiting["swaps"]] == [("anna", "bo")]
    asked = f"requests/leave/{waiting['leave'][0]['leave']}/"
    assert list(sent(eva, asked, decision="refuse").json()["fields"]) == ["answer"], "a refusal says why"
    assert list(sent(eva, asked, decision="maybe").json()["fields"]) == ["decision"]
    assert sent(eva, asked, decision="approve").json()["state"] == "approved"
    assert sent(eva, f"requests/swaps/{swap.pk}/", decision="approve").json()["state"] == "approved"
    assert read(eva, "requests/") == {"leave": [], "swaps": []}
    row.refresh_from_db()
    assert row.person == world.bo


@pytest.mark.parametrize("name", ["anna", "david", "hans", "ukendt"])
def test_only_planners_make_plans_and_answer(world: World, name: str) -> None:
    draft, by = plan(world, ShiftPlan.State.DRAFT), client(world, name)
    own = ("", "need/", "forecast-need/", "run/", "publication/", "version/", "removal/")
    changes = [f"plans/{draft.pk}/{each}" for each in own[1:]]
    assert {sent(by, each).status_code for each in (*changes, "requests/leave/1/", "requests/swaps/1/")} == {403}
    with clock.frozen(MORNING):
        assert {by.get(f"/api/shifts/{each}").status_code for each in (f"plans/{draft.pk}/", "requests/")} == {403}


def test_who_is_not_signed_in_or_may_not_is_told_so_in_json(world: World) -> None:
    nobody = Client()
    for answer in (nobody.get("/api/shifts/tmf/day/"), sent(nobody, "tmf/day/move/", key="x")):
        assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert nobody.get("/api/shifts/tmf/day/", headers={"Accept": "text/html"}).status_code == 302, "a browser signs in"
    assert list(client(world, "anna").get("/api/shifts/tmf/day/").json()) == ["error"]
