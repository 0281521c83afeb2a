"""A person's own shifts, swaps, leave and wishes as JSON and as a command: read and changed as on the page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from indgang.core import clock
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import LeaveRequest, PlannedShift, ShiftPlan, SwapRequest, TimeWish
from indgang.workforce.shifts import swaps
from tests.api.test_day import client, printed
from tests.workforce.shifts.rows import contracts, plan, shift
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PHONE, BREAK = ActivityKind.PHONE, ActivityKind.BREAK


@pytest.fixture
def shifts(world: World) -> dict[str, PlannedShift]:
    """Anna and bo work tomorrow and the day after; clara has no contract."""
    contracts(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    return {
        "anna": shift(made, world.anna, MORNING + DAY, PHONE, BREAK, PHONE),
        "bo": shift(made, world.bo, MORNING + 2 * DAY, PHONE, BREAK, PHONE),
    }


def own(by: Client) -> Any:
    with clock.frozen(MORNING):
        return by.get("/api/own-shifts/").json()


def sent(by: Client, address: str, **values: Any) -> Any:
    with clock.frozen(MORNING):
        return by.post(f"/api/own-shifts/{address}", values, content_type="application/json")


def test_a_shift_is_offered_taken_for_another_and_the_leaders_answer_read(
    world: World, shifts: dict[str, PlannedShift]
) -> None:
    anna, bo = client(world, "anna"), client(world, "bo")
    (mine,) = own(anna)["shifts"]
    assert (mine["shift"], [each["kind"] for each in mine["parts"]]) == (
        shifts["anna"].pk, ["phone", "break", "phone"],
    )  # fmt: skip
    offer = f"{mine['shift']}/offer/"
    assert sent(bo, offer).status_code == 404, "it is hers"
    for odd in ("nobody", "anna", "clara"):
        assert list(sent(anna, offer, to=odd).json()["fields"]) == ["to"], odd
    made = sent(anna, offer, to="bo")
    assert (made.status_code, made.json()["state"], made.json()["offered_to"]) == (201, "offered", "bo")
    (seen,) = own(bo)["offered"]
    assert (seen["swap"], seen["person"], seen["could_return"]) == (made.json()["swap"], "anna", [shifts["bo"].pk])
    taking = f"swaps/{seen['swap']}/taking/"
    assert list(sent(bo, taking, in_return=shifts["anna"].pk).json()["fields"]) == ["in_return"], "it is not his"
    assert list(sent(bo, taking, in_return="9" * 30).json()["fields"]) == ["in_return"]
    assert sent(client(world, "clara"), taking).status_code == 422, "it is not offered to her"
    taken = sent(bo, taking, in_return=shifts["bo"].pk).json()
    assert (taken["state"], taken["taken_by"], taken["in_return"]) == ("taken", "bo", shifts["bo"].pk)
    assert sent(bo, taking).status_code == 422, "it is taken"
    swaps.decide(SwapRequest.objects.get(), is_approved=False, answer="Vi mangler dig.", by=world.eva, at=MORNING)
    for both in (anna, bo):
        (over,) = own(both)["swaps"]
        assert (over["state"], over["answer"]) == ("refused", "Vi mangler dig.")
        with clock.frozen(MORNING):
            page = re.sub(r"\s+", " ", both.get("/desk/shifts/").content.decode())
        assert "Afvist. Vi mangler dig." in page, "the page says it too"


def test_an_offered_shift_is_kept_and_not_offered_twice(world: World, shifts: dict[str, PlannedShift]) -> None:
    anna = client(world, "anna")
    offer = f"{shifts['anna'].pk}/offer/"
    swap = sent(anna, offer).json()["swap"]
    assert sent(anna, offer).status_code == 422
    assert sent(client(world, "bo"), f"swaps/{swap}/withdrawal/").status_code == 404
    assert sent(anna, f"swaps/{swap}/withdrawal/").json()["state"] == "withdrawn"
    assert sent(anna, f"swaps/{swap}/withdrawal/").status_code == 422
    assert own(client(world, "bo"))["offered"] == []


def test_the_colleague_who_was_asked_says_no_and_the_shift_is_offered_to_others(
    world: World, shifts: dict[str, PlannedShift]
) -> None:
    anna, bo = client(world, "anna"), client(world, "bo")
    offer = f"{shifts['anna'].pk}/offer/"
    swap = sent(anna, offer, to="bo").json()["swap"]
    assert sent(anna, f"swaps/{swap}/refusal/").status_code == 422, "she is not asked"
    assert sent(bo, f"swaps/{swap}/refusal/").json()["state"] == "declined"
    assert sent(bo, f"swaps/{swap}/taking/").status_code == sent(bo, f"swaps/{swap}/refusal/").status_code == 422
    for by in (anna, bo):
        (over,) = own(by)["swaps"]
        assert (over["state"], over["offered_to"]) == ("declined", "bo")
    assert own(bo)["offered"] == []
    again = sent(anna, offer).json()
    assert again["state"] == "offered"
    assert sent(bo, f"swaps/{again['swap']}/refusal/").status_code == 422, "it is offered to all"
    assert [each["state"] for each in own(anna)["swaps"]] == ["offered", "declined"]


def test_leave_is_asked_for_and_taken_back(world: World) -> None:
    anna = client(world, "anna")
    days = {"kind": "holiday", "first": "2026-03-30", "last": "2026-04-01", "note": "Påske"}
    made = sent(anna, "leave/", **days)
    assert (made.status_code, {name: made.json()[name] for name in days}) == (201, days)
    assert list(sent(anna, "leave/", **days).json()["fields"]) == ["first"], "she has asked for these days"
    assert set(sent(anna, "leave/", kind="nap", first="x", last="9999-12-31").json()["fields"]) == {
        "kind", "first", "last"
    }  # fmt: skip
    assert [each["state"] for each in own(anna)["leave"]] == ["asked"]
    own_one = f"leave/{made.json()['leave']}/withdrawal/"
    assert sent(client(world, "bo"), own_one).status_code == 404
    assert sent(anna, own_one).json()["state"] == "withdrawn"
    assert sent(anna, own_one).status_code == 422


def test_a_command_does_the_same_for_a_person(
    world: World, shifts: dict[str, PlannedShift], capsys: pytest.CaptureFixture[str]
) -> None:
    number = str(shifts["anna"].pk)
    (swap,) = printed("ownshifts", "anna", "--offer", number, "--to", "bo")["swaps"]
    assert (swap["state"], swap["offered_to"]) == ("offered", "bo")
    assert printed("ownshifts", "bo", "--take", str(swap["swap"]), "--give", str(shifts["bo"].pk))["offered"] == []
    assert printed("ownshifts", "anna", "--keep", str(swap["swap"]))["swaps"][0]["state"] == "withdrawn"
    swap = printed("ownshifts", "anna", "--offer", number, "--to", "bo")["swaps"][0]
    assert printed("ownshifts", "bo", "--decline", str(swap["swap"]))["swaps"][0]["state"] == "declined"
    days = ("--first", "2026-03-30", "--last", "2026-03-30")
    (leave,) = printed("ownshifts", "anna", "--leave", "holiday", *days)["leave"]
    assert printed("ownshifts", "anna", "--withdraw", str(leave["leave"]))["leave"][0]["state"] == "withdrawn"
    (wish,) = printed("ownshifts", "anna", "--wish", "free", "--weekday", "2", "--weight", "3")["wishes"]
    assert (wish["kind"], wish["weekday"]) == ("free", 2)
    with clock.frozen(MORNING):
        call_command("ownshifts", "anna")
    lines = capsys.readouterr().out
    assert all(said in lines for said in (f"shift {number:>5}  2026-03-12T", "leave", "free weekday 2"))
    assert printed("ownshifts", "anna", "--unwish", str(wish["wish"]))["wishes"] == []
    assert not TimeWish.objects.exists()
    for refused, code in (
        (("anna", "--offer", str(shifts["bo"].pk)), 2), (("anna", "--withdraw", "9" * 30), 2),
        (("anna", "--leave", "nap"), 3), (("nobody",), 3), (("hans",), 3), (("\0",), 3),
        (("anna", "--leave", "holiday", "--first", "\0"), 2),
    ):  # fmt: skip
        with pytest.raises(CommandError) as fault:
            printed("ownshifts", *refused)
        assert fault.value.returncode == code, refused


@pytest.mark.parametrize(("name", "status"), [("anna", 200), ("eva", 200), ("hans", 403), ("ukendt", 403)])
def test_own_shifts_are_for_those_who_work(world: World, name: str, status: int) -> None:
    by = client(world, name)
    with clock.frozen(MORNING):
        assert by.get("/api/own-shifts/").status_code == status
    of_swaps = ("swaps/1/taking/", "swaps/1/refusal/", "swaps/1/withdrawal/")
    changes = ("1/offer/", *of_swaps, "leave/", "leave/1/withdrawal/")
    assert {sent(by, each).status_code for each in changes} <= ({403} if status == 403 else {404, 422})
    assert not LeaveRequest.objects.exists()
