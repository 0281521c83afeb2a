"""The day of a centre and its loans as JSON and as commands: read and changed by those who plan there."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from indgang.audit.models import Change
from indgang.core import clock
from indgang.entry.models import AgentLoan
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import PlannedActivity, ShiftPlan
from tests.measures.test_on_shift import team
from tests.workforce.shifts.rows import contracts, needed, plan, shift, two_centres
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ADDRESSES = ("day/", "loans/")
POSTED = ("day/move/", "loans/", "loans/1/answer/", "loans/1/end/")


def client(world: World, name: str) -> Client:
    found = Client()
    found.force_login(getattr(world, name))
    return found


def sent(by: Client, address: str, **values: Any) -> Any:
    with clock.frozen(MORNING):
        return by.post(f"/api/shifts/{address}", values, content_type="application/json")


def read(by: Client, address: str) -> Any:
    with clock.frozen(MORNING):
        return by.get(f"/api/shifts/{address}").json()


def printed(*args: str) -> Any:
    out = StringIO()
    with clock.frozen(MORNING):
        call_command(*args, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def mailing(world: World) -> World:
    """Anna is at mail from 9 to 11 while somebody is needed on the phone."""
    contracts(world, world.anna)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    needed(made, 36, 44, 1)
    shift(made, world.anna, MORNING, ActivityKind.MAIL, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    return world


def test_a_planner_reads_the_day_and_accepts_a_move_once(mailing: World) -> None:
    eva = client(mailing, "eva")
    day = read(eva, "tmf/day/")
    (person,) = day["people"]
    assert (person["person"], person["state"], person["kind"]) == ("anna", "there", "mail")
    assert day["quarters"][2] == {
        "starts_at": "2026-03-11T10:00:00+01:00", "planned_need": 1.0, "need": 1.0, "at_work": 0,
    }  # fmt: skip
    assert day["missing"] == [{"activity": "phone", "workplace": "islands-brygge", "missing_hours": 1.5}]
    with clock.frozen(MORNING):
        assert "phone, Islands Brygge: der mangler 1,5 timer." in eva.get("/office/shifts/tmf/day/").content.decode()
    first = day["moves"][0]
    assert (first["kind"], first["to"], first["person"]) == ("activity", "phone", "anna")
    after = sent(eva, "tmf/day/move/", key=first["key"])
    assert after.status_code == 200
    assert after.json()["quarters"] != day["quarters"]
    assert PlannedActivity.objects.filter(shift__person=mailing.anna, activity__code="phone").count() > 2
    assert Change.objects.get(action="planned_shift.move").by_id == f"person:{mailing.eva.pk}"
    again = sent(eva, "tmf/day/move/", key=first["key"])
    assert (again.status_code, set(again.json())) == (422, {"error", "fields"})


def test_a_command_prints_the_day_and_accepts_a_move_for_a_planner(mailing: World) -> None:
    day = printed("day", "tmf")
    assert day == read(client(mailing, "eva"), "tmf/day/") | {
        name: day[name] for name in ("moves", "offers", "loans")
    }  # in English
    key = day["moves"][0]["key"]
    for by in ("anna", "hans", "nobody", "\0"):
        with pytest.raises(CommandError, match="does not plan for tmf"):
            printed("day", "tmf", "--accept", key, "--by", by)
    with pytest.raises(CommandError, match="gælder ikke længere") as refused:
        printed("day", "tmf", "--accept", "x", "--by", "eva")
    assert refused.value.returncode == 3
    assert printed("day", "tmf", "--accept", key, "--by", "eva")["quarters"] != day["quarters"]
    for args in (("day", "none"), ("day", "tmf", "--accept", key)):
        with pytest.raises(CommandError) as fault:
            printed(*args)
        assert fault.value.returncode == 2


def test_page_api_and_command_say_how_the_time_of_five_people_went_and_nothing_of_four(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """At noon an hour of telephone and half an hour of break went as planned, of three hours; an hour and a half was
    worked, of two."""
    made, eva = plan(world, ShiftPlan.State.PUBLISHED), client(world, "eva")
    people = team(world, 5, made)

    def told() -> tuple[Any, str, str]:
        with clock.frozen(MORNING + timedelta(hours=3)):
            day, page = eva.get("/api/shifts/tmf/day/").json(), eva.get("/office/shifts/tmf/day/").content.decode()
            call_command("day", "tmf")
        return day["adherence"], page, capsys.readouterr().out

    found, page, lines = told()
    assert found == {"people": 5, "adherence": 50, "conformance": 75}
    assert "Indtil nu er 50 % af tiden gået som planlagt for 5 medarbejdere." in page
    assert "De har arbejdet 75 % af den tid, der var planlagt til arbejde." in page
    assert "adherence: 50 % of 5 people, conformance: 75 %" in lines
    made.shifts.filter(person=people[0]).delete()
    found, page, lines = told()
    assert found is None
    assert "gået som planlagt" not in page
    assert "adherence" not in lines


def test_somebody_is_asked_for_lent_and_taken_back(world: World) -> None:
    two_centres(world)
    eva, finn = client(world, "eva"), client(world, "finn")
    (offer,) = read(eva, "tmf/loans/")["offers"]
    assert (offer["lender"], offer["people"]) == ("bif", 1)
    asked = sent(eva, "tmf/loans/", key=offer["key"])
    assert asked.status_code == 201
    number = asked.json()["loan"]
    assert sent(eva, "tmf/loans/", key=offer["key"]).status_code == 422, "it is asked for already"
    (seen,) = read(finn, "bif/loans/")["loans"]
    assert seen["could_lend"] == ["clara"]
    answer = f"bif/loans/{number}/answer/"
    assert sent(eva, answer, answer="yes", person="clara").status_code == 404, "she does not plan there"
    assert set(sent(finn, answer, answer="yes").json()["fields"]) == {"person"}
    assert set(sent(finn, answer, answer="yes", person="anna").json()["fields"]) == {"person"}
    assert set(sent(finn, answer, answer="perhaps").json()["fields"]) == {"answer"}
    lent = sent(finn, answer, answer="yes", person="clara").json()
    assert (lent["state"], lent["person"]) == ("accepted", "clara")
    assert sent(finn, answer, answer="no").status_code == 422
    assert sent(eva, f"tmf/loans/{number}/end/").json()["state"] == "withdrawn"
    again = sent(eva, f"tmf/loans/{number}/end/")
    assert (again.status_code, again.json()["state"]) == (200, "withdrawn"), "it was ended in another tab"
    assert sent(eva, "tmf/loans/999/end/").status_code == 404


def test_the_day_tells_no_shift_of_another_centre(world: World) -> None:
    """Anna is in the plan of TMF tomorrow and works in BIF today; neither is she missing, nor can TMF lend her."""
    two_centres(world)
    tmf, bif = (ShiftPlan.objects.get(centre=world.centres[code]) for code in ("tmf", "bif"))
    shift(tmf, world.anna, MORNING + timedelta(days=1), ActivityKind.PHONE)
    shift(bif, world.anna, MORNING - timedelta(hours=1), ActivityKind.PHONE, ActivityKind.PHONE)
    assert read(client(world, "eva"), "tmf/day/")["people"] == []
    assert {each["person"] for each in read(client(world, "finn"), "bif/day/")["people"]} == {"anna", "clara"}


def test_loans_are_made_by_commands_too(world: World) -> None:
    two_centres(world)
    (offer,) = printed("loans", "tmf")["offers"]
    (loan,) = printed("loans", "tmf", "--ask", offer["key"], "--by", "eva")["loans"]
    number = str(loan["loan"])
    for odd in (("--lend", number), ("--lend", number, "--person", "anna"), ("--lend", "9" * 25, "--person", "clara")):
        with pytest.raises(CommandError):
            printed("loans", "bif", *odd, "--by", "finn")
    with pytest.raises(CommandError, match="--end takes it back"):
        printed("loans", "tmf", "--refuse", number, "--by", "eva")
    (lent,) = printed("loans", "bif", "--lend", number, "--person", "clara", "--by", "finn")["loans"]
    assert lent["person"] == "clara"
    assert printed("loans", "tmf", "--end", number, "--by", "eva")["loans"] == []
    assert AgentLoan.objects.get().state == AgentLoan.State.WITHDRAWN
    again = printed("loans", "tmf", "--ask", offer["key"], "--by", "eva")["loans"][0]
    assert printed("loans", "bif", "--refuse", str(again["loan"]), "--by", "finn")["loans"] == []


@pytest.mark.parametrize(
    ("name", "status"), [("anna", 403), ("david", 403), ("hans", 403), ("ida", 403), ("eva", 200), ("gerda", 200)]
)
def test_the_day_is_for_those_who_plan(world: World, name: str, status: int) -> None:
    by = client(world, name)
    with clock.frozen(MORNING):
        assert {by.get(f"/api/shifts/tmf/{each}").status_code for each in ADDRESSES} == {status}
    refused = {status} if status == 403 else {404, 422}
    assert {sent(by, f"tmf/{each}", key="x", answer="no").status_code for each in POSTED} <= refused
    assert sent(by, "none/day/move/", key="x").status_code == (status if status == 403 else 404)


@pytest.mark.parametrize(
    "body", ["{", "[]", "[" * 100_000, '{"key": {"a": 1}}', '{"key": "a\\u0000"}', '{"key": "\\ud800"}', '"x"', "\xff"]
)
def test_a_body_that_is_no_json_object_is_refused_in_words(world: World, body: str) -> None:
    with clock.frozen(MORNING):
        found = client(world, "eva").post("/api/shifts/tmf/day/move/", body, content_type="application/json")
    assert (found.status_code, list(found.json())) == (400, ["error"])


def test_a_change_needs_the_token_of_the_session(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.eva)
    refused = sent(strict, "tmf/day/move/", key="x")
    assert (refused.status_code, "X-CSRFToken" in refused.json()["error"]) == (403, True)
