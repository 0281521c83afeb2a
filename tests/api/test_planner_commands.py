"""What planners do on the pages of shift planning, as JSON and as commands: contracts, places, plans, requests."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.api import shift_requests
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN, day_of
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import LeaveRequest, PlanRun, ShiftPlan, SwapRequest, WorkContract
from indgang.workforce.shifts import leave, swaps
from tests.api.test_day import client, printed, read, sent
from tests.workforce.shifts.rows import activity, contracts, plan, ready, shift, workplace
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CONTRACT = {
    "person": "anna", "valid_from": "2026-03-16", "weekly_hours": 30, "days_a_week": 4, "shortest": 240, "longest": 510,
    "earliest": "08:00", "latest": "16:00", "weekends_off": 4, "off_phone_share": 0.3,
    "workplaces": ["islands-brygge"],
}  # fmt: skip


def written(folder: Path, **values: Any) -> str:
    file = folder / "values.json"
    file.write_text(json.dumps(values))
    return str(file)


def refused(*args: str) -> int:
    with pytest.raises(CommandError) as fault:
        printed(*args)
    return int(fault.value.returncode)


def test_contracts_are_agreed_listed_and_ended(world: World, tmp_path: Path) -> None:
    workplace()
    eva = client(world, "eva")
    made = sent(eva, "tmf/contracts/", **CONTRACT)
    assert made.status_code == 201
    (found,) = read(eva, "tmf/contracts/")["contracts"]
    assert found == made.json() == {**CONTRACT, "contract": found["contract"], "last": None}
    odd = {"person": "nobody", "weekly_hours": 99, "shortest": 61, "earliest": "25:00", "workplaces": ["nowhere"]}
    assert set(sent(eva, "tmf/contracts/", **CONTRACT | odd).json()["fields"]) == set(odd)
    assert list(sent(eva, "tmf/contracts/", **CONTRACT | {"latest": "09:00"}).json()["fields"]) == ["latest"]
    end = f"tmf/contracts/{found['contract']}/end/"
    assert sent(eva, end, on="2026-03-01").status_code == 422
    assert sent(eva, end, on="2026-04-01").json()["contracts"][0]["last"] == "2026-03-31"
    assert sent(eva, f"tmf/contracts/{10**17}/end/", on="2026-04-01").status_code == 404
    two = printed("contracts", "tmf", "--agree", written(tmp_path, **CONTRACT | {"person": "bo"}), "--by", "eva")
    number = next(each["contract"] for each in two["contracts"] if each["person"] == "bo")
    assert refused("contracts", "tmf", "--end", str(number), "--by", "anna") == 3
    assert refused("contracts", "tmf", "--end", "9" * 30, "--by", "eva") == 2
    assert refused("contracts", "tmf", "--agree", written(tmp_path, person="bo"), "--by", "eva") == 3
    assert refused("contracts", "tmf", "--on", "2026-03-12") == 2, "of what?"
    (left,) = printed("contracts", "tmf", "--end", str(number), "--on", "2026-03-12", "--by", "eva")["contracts"]
    assert (left["person"], WorkContract.objects.count()) == ("anna", 1)


def test_workplaces_and_activities_are_added_and_listed(world: World) -> None:
    eva = client(world, "eva")
    assert sent(eva, "workplaces/", name="Islands Brygge").json() == {
        "workplace": "islands-brygge", "name": "Islands Brygge",
    }  # fmt: skip
    assert list(sent(eva, "workplaces/", name="Islands Brygge").json()["fields"]) == ["code"]
    assert set(sent(eva, "activities/", name="", kind="break", skill="x").json()["fields"]) == {"name", "kind", "skill"}
    assert sent(eva, "activities/", name="Telefon", kind="phone").json()["kind"] == "phone"
    assert [each["name"] for each in read(eva, "workplaces/")["workplaces"]] == ["Islands Brygge"]
    found = printed("places", "--activity", "Skranke", "--kind", "counter", "--by", "eva")
    assert {each["activity"] for each in found["activities"]} == {"telefon", "skranke"}
    assert printed("places", "--workplace", "Nørrebro", "--by", "eva")["workplaces"][1]["name"] == "Nørrebro"
    assert refused("places", "--workplace", "X", "--by", "anna") == 3
    assert refused("places", "--workplace", "X") == 2
    assert refused("places", "--kind", "mail") == refused("places", "--workplace", "X", "--skill", "byg") == 2
    assert refused("places", "--activity", "X", "--kind", "nap", "--by", "eva") == 3


def test_a_plan_is_made_written_run_published_and_followed_by_commands(world: World, tmp_path: Path) -> None:
    contracts(world, world.anna, world.bo, world.clara)
    place = {"activity": activity(ActivityKind.PHONE).code, "workplace": workplace().code}

    def plans(*args: str) -> Any:
        return printed("plans", "tmf", *args, "--by", "eva")

    number = str(plans("--draft", "2026-03-16", "2026-03-22")["plan"])
    assert [each["plan"] for each in printed("plans", "tmf")["plans"]] == [int(number)]
    one = ("--plan", number)
    assert refused("plans", "tmf", *one, "--run", "--by", "eva") == 3, "no need is written"
    need = written(tmp_path, **place, weekdays=[0, 1], opens="08:00", closes="16:00", people=1)
    plans(*one, "--need", need)
    eva = client(world, "eva")
    assert {each["day"] for each in read(eva, f"plans/{number}/need/")["need"]} == {"2026-03-16", "2026-03-17"}
    assert refused("plans", "tmf", *one, "--forecast-need", written(tmp_path, **place), "--by", "eva") == 3
    assert plans(*one, "--prices", written(tmp_path, wish=20))["prices"]["wish"] == 20
    assert sent(eva, f"plans/{number}/prices/", late=5).json()["prices"] == {
        "paid": 1, "understaffed": 4, "wish": 20, "change": 12, "late": 5, "off_phone": 1,
    }  # fmt: skip
    assert list(sent(eva, f"plans/{number}/prices/", wish=-1).json()["fields"]) == ["wish"]
    days = written(tmp_path, **place, person="anna", weekdays=[0], opens="08:00", closes="16:00")
    (fixed,) = plans(*one, "--fix", days)["fixed_shifts"]
    assert plans(*one, "--free", str(fixed["shift"]))["fixed_shifts"] == []
    assert plans(*one, "--hold", "anna", "2026-03-16")["fixed_shifts"] == [fixed]
    (listed,) = read(eva, f"plans/{number}/shifts/")["shifts"]
    assert (listed["person"], listed["is_fixed"], listed["parts"][0]["kind"]) == ("anna", True, "phone")
    ordered = plans(*one, "--run", "30")["run"]
    assert (ordered["state"], PlanRun.objects.get().seconds) == ("waiting", 30)
    assert plans(*one, "--stop")["run"]["state"] == "waiting"
    assert PlanRun.objects.get().is_stopping
    PlanRun.objects.update(state=PlanRun.State.CANCELLED)
    assert refused("plans", "tmf", *one, "--publish", "--by", "eva") == 3, "it breaks rules"
    assert refused("plans", "tmf", "--publish", "--by", "eva") == 2, "which plan?"
    assert refused("plans", "bif", *one) == 2, "it is of another centre"
    ShiftPlan.objects.update(state=ShiftPlan.State.PUBLISHED)
    version = plans(*one, "--follow")
    assert version["follows"] == int(number)
    assert [each["plan"] for each in plans("--plan", str(version["plan"]), "--discard")["plans"]] == [int(number)]
    assert refused("plans", "tmf", *one, "--discard", "--by", "anna") == 3


def test_a_plan_is_printed_for_people(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    draft = ready(world)
    shift(draft, world.anna, MORNING + 5 * DAY, ActivityKind.PHONE)
    with clock.frozen(MORNING):
        call_command("plans", "tmf")
        call_command("plans", "tmf", "--plan", str(draft.pk))
        call_command("contracts", "tmf")
        call_command("requests", "tmf")
        call_command("places")
    lines = capsys.readouterr().out
    for said in (
        f"plan {draft.pk}, 2026-03-16",
        "broken: anna",
        "shift",
        "37 hours a week",
        "nothing waits",
        "(phone)",
    ):
        assert said in lines, said


def test_requests_are_answered_by_a_command(world: World) -> None:
    contracts(world, world.anna, world.bo)
    kinds = (ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    row = shift(plan(world, ShiftPlan.State.PUBLISHED), world.anna, MORNING + DAY, *kinds)
    first = day_of(MORNING) + 10 * DAY
    asked = leave.ask(world.anna, kind=LeaveRequest.Kind.HOLIDAY, first=first, last=first, note="Påske", at=MORNING)
    swap = swaps.offer(row, to=None, at=MORNING)
    SwapRequest.objects.filter(pk=swap.pk).update(state=SwapRequest.State.TAKEN, taken_by=world.bo)
    waiting = printed("requests", "tmf")
    assert ([each["leave"] for each in waiting["leave"]], [each["swap"] for each in waiting["swaps"]]) == (
        [asked.pk], [swap.pk],
    )  # fmt: skip
    assert refused("requests", "tmf", "--refuse-leave", str(asked.pk), "--by", "eva") == 3, "a refusal says why"
    assert refused("requests", "tmf", "--approve-leave", str(asked.pk), "--by", "anna") == 3
    assert refused("requests", "bif", "--approve-leave", str(asked.pk), "--by", "finn") == 2, "of another centre"
    printed("requests", "tmf", "--refuse-leave", str(asked.pk), "--answer", "Vi mangler dig.", "--by", "eva")
    assert printed("requests", "tmf", "--approve-swap", str(swap.pk), "--by", "eva")["swaps"] == []
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("refused", "Vi mangler dig.")


def test_leave_that_waits_says_how_many_shifts_it_takes_and_more_of_it_asks_no_more(world: World) -> None:
    contracts(world, world.anna, world.bo)
    published, first = plan(world, ShiftPlan.State.PUBLISHED), day_of(MORNING) + 3 * DAY
    midnight = datetime.combine(first, time(), COPENHAGEN)
    for starts_at in (midnight - DAY / 96, midnight, midnight + 2 * DAY - DAY / 96, midnight + 2 * DAY):
        shift(published, world.anna, starts_at, ActivityKind.PHONE)
    shift(plan(world, ShiftPlan.State.DRAFT), world.anna, midnight + DAY / 2, ActivityKind.PHONE)
    shift(published, world.bo, midnight, ActivityKind.PHONE)
    only = ContactCentre.objects.filter(code="tmf")
    days: Any = {"first": first, "last": first + DAY}
    about: Any = {"kind": LeaveRequest.Kind.HOLIDAY, "note": "", "at": MORNING}
    leave.ask(world.anna, **days, **about)
    with CaptureQueriesContext(connection) as one:
        assert [each["shifts"] for each in shift_requests.waiting(only)["leave"]] == [2]
    leave.ask(world.bo, **days, **about)
    leave.ask(world.bo, first=first + 20 * DAY, last=first + 21 * DAY, **about)
    with CaptureQueriesContext(connection) as three:
        found = {(each["person"], each["first"]): each["shifts"] for each in shift_requests.waiting(only)["leave"]}
    assert sorted(found.values()) == [0, 1, 2]
    assert found["anna", first.isoformat()] == 2
    assert len(three) == len(one)


@pytest.mark.parametrize("name", ["anna", "david", "hans", "ukendt"])
def test_contracts_and_places_are_for_those_who_plan(world: World, name: str) -> None:
    by, draft = client(world, name), plan(world, ShiftPlan.State.DRAFT)
    own = ("tmf/contracts/", "workplaces/", "activities/", f"plans/{draft.pk}/shifts/", f"plans/{draft.pk}/prices/")
    with clock.frozen(MORNING):
        assert {by.get(f"/api/shifts/{each}").status_code for each in own} == {403}
    changes = ("tmf/contracts/", "tmf/contracts/1/end/", "workplaces/", "activities/", f"plans/{draft.pk}/prices/")
    assert {sent(by, each).status_code for each in changes} == {403}
