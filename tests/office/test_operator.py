"""KFF operates TMF's centre: its people plan, lead and staff it, each by their own role, and decide nothing of its
owner's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.access import may_in
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission as P
from indgang.analysis import registrations
from indgang.analysis.gap_rights import scope_for
from indgang.core import clock
from indgang.correspondence.models import ReplyText
from indgang.enquiries.models import Question
from indgang.entry import commands
from indgang.entry.models import Disturbance, QueueMembership
from indgang.entry.switchboard import plans
from indgang.entry.team import loans
from indgang.measures.models import SettlementTerms
from indgang.office.cooperation.access import agreements_seen
from indgang.office.settlement import access as settlement
from indgang.tables import reading
from indgang.tables.kinds import UnitScope
from indgang.tables.registry import KINDS
from indgang.workforce.models import ShiftPlan, WorkContract
from tests.agreements.agreed import draft
from tests.correspondence.mails import mailbox
from tests.entry.house import House, new_board
from tests.measures.test_settlement import agreed, close, helped
from tests.office.conftest import SignIn
from tests.office.potential.test_pages import registered
from tests.office.reply_texts.test_reply_texts import TYPED
from tests.world import MORNING, World

__all__ = ["registered"]
pytestmark = pytest.mark.django_db
TODAY = MORNING.date()
LATER = timedelta(days=30)
CONTRACT = {
    "valid_from": "2026-03-11", "weekly_hours": "37", "days_a_week": "5", "shortest": "360", "longest": "510",
    "earliest": "07:00", "latest": "18:00", "weekends_off": "4", "off_phone_share": "0",
}  # fmt: skip


@pytest.fixture
def at_kff(world: World, as_person: SignIn) -> Callable[[str], tuple[Person, Client]]:
    """Returns a function that makes somebody with this role for KFF alone, and their client."""

    def made(role: str) -> tuple[Person, Client]:
        person = Person.objects.create(username=f"kff-{role.replace('_', '-')}", name=f"Karla {role}")
        RoleAssignment.objects.create(person=person, role=role, unit=world.units["kff"])
        world.people[person.username] = person
        return person, as_person(person.username)

    return made


def statuses(client: Client, *addresses: str) -> dict[str, int]:
    return {each: client.get(each).status_code for each in addresses}


def test_a_planner_of_the_operator_plans_and_gives_its_own_agents_contracts(world: World, at_kff: Any) -> None:
    (_planner, client), (agent, _) = at_kff("planner"), at_kff("agent")
    read = ("/api/shifts/?centre=tmf", "/office/shifts/tmf/", "/office/wallboard/tmf/", "/office/figures/?centre=tmf")
    assert set(statuses(client, *read).values()) == {200}
    assert client.post("/office/shifts/tmf/", {"first": "2026-03-16", "last": "2026-03-22"}).status_code == 302
    assert ShiftPlan.objects.get().centre == world.centres["tmf"]
    for person in (agent, world.anna):
        assert client.post(f"/office/shifts/tmf/people/{person.username}/", CONTRACT).status_code == 302
    assert set(WorkContract.objects.values_list("person", flat=True)) == {agent.pk, world.anna.pk}
    assert client.get(f"/office/shifts/tmf/people/{world.otto.username}/").status_code == 404
    assert client.post("/office/shifts/bif/", {"first": "2026-03-16", "last": "2026-03-22"}).status_code == 404
    for page in ("wallboard/tmf/disturbances/", "queues/tmf-byggeri/members/", "reply-texts/new/"):
        assert client.post(f"/office/{page}").status_code == 403, "a planner leads no team"


def test_a_team_leader_of_the_operator_leads_on_the_page_and_in_the_switchboard(
    world: World, at_kff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, client = at_kff("team_leader")
    plan = plans.read(MORNING)
    assert plan.leaders[leader.pk] == plan.supervisors[leader.pk] == {"tmf", "kff"}
    house = House(board=new_board(plan, MORNING), at=MORNING)
    house.sign_in(world.anna.pk, leader.pk)
    orders: list[str] = []

    def give_and_wait(kind: str, *, by: Person, at: Any, **payload: Any) -> dict[str, Any]:
        answer = house.ask(kind, by.pk, **{name: each for name, each in payload.items() if name != "patience"})
        orders.append(kind if answer.done or answer.detail["code"] != "not_yours" else "not_yours")
        return {}

    monkeypatch.setattr(commands, "give_and_wait", give_and_wait)
    agent = f"/office/wallboard/tmf/agents/{world.anna.pk}/"
    assert client.post(f"{agent}call/", {"mode": "listen"}).status_code == 200
    assert client.post(f"{agent}state/", {"state": "signed_out"}).status_code == 200
    assert orders == ["monitor", "set_state"]
    assert house.presences[world.anna.pk].state == "signed_out"
    sent = {"text": "Vi har travlt.", "ends_at": "2026-03-11T12:00"}
    assert client.post("/office/wallboard/tmf/disturbances/", sent).status_code == 302
    assert Disturbance.objects.get().centre == world.centres["tmf"]


def test_a_team_leader_of_the_operator_staffs_the_queues_with_its_own_agents(world: World, at_kff: Any) -> None:
    (_leader, client), (agent, _) = at_kff("team_leader"), at_kff("agent")
    assert agent in loans.may_serve(world.centres["tmf"], clock.now())
    assert agent not in loans.may_serve(world.centres["bif"], clock.now())
    page = "/office/queues/tmf-oevrige/members/"
    assert client.post(page, {"people": [agent.pk], "day": "2026-03-11"}).status_code == 302
    assert client.post(page, {"people": [world.otto.pk], "day": "2026-03-11"}).status_code == 422, "of neither side"
    assert QueueMembership.objects.serving_on(TODAY).filter(person=agent, queue__code="tmf-oevrige").exists()
    assert plans.read(MORNING).people[agent.pk].queues == {"tmf-oevrige"}


def test_a_team_leader_of_the_operator_writes_the_texts_of_its_queues(world: World, at_kff: Any) -> None:
    queue, (_leader, client) = mailbox(world).queue, at_kff("team_leader")
    assert queue.centre == world.centres["tmf"]
    assert client.post("/office/reply-texts/new/", {**TYPED, "place": f"queue:{queue.pk}"}).status_code == 302
    row = ReplyText.objects.get()
    assert client.get(f"/office/reply-texts/{row.pk}/").status_code == 200
    assert "/tak" in client.get("/office/reply-texts/").content.decode()


@pytest.mark.usefixtures("registered")
def test_the_operator_sees_registrations_and_gaps_where_it_sees_figures(world: World, at_kff: Any) -> None:
    leader, client = at_kff("team_leader")
    assert set(registrations.centres_of(leader) or ()) == {"tmf", "kff"}
    assert Question.objects.filter(scope_for(leader)).exists()
    assert statuses(client, "/api/potential/?centre=tmf", "/api/potential/?centre=bif") == {
        "/api/potential/?centre=tmf": 200, "/api/potential/?centre=bif": 404,
    }  # fmt: skip


def test_the_table_of_people_gives_the_queues_that_the_page_gives(world: World) -> None:
    rows = (
        "Brugernavn;Navn;Roller;Køer\nx;Xenia;Kontaktcentermedarbejder: kff;tmf-byggeri\n"
        "y;Yrsa;Kontaktcentermedarbejder: kff;bif-erhverv\n"
    )
    scope = UnitScope(frozenset({world.units["kff"].pk}))
    planned = KINDS["people"].plan(reading.read(rows.encode()), scope=scope, day=TODAY)
    assert [str(row.state) for row in planned.rows] == ["new", "bad"]


@pytest.mark.parametrize("role", ["planner", "team_leader", "administrator"])
def test_settlements_are_the_owners(world: World, at_kff: Any, role: str) -> None:
    agreed(world)
    helped(world)
    close(world, at=MORNING + LATER)
    person, client = at_kff(role)
    assert settlement.seen_by(person).codes == {"kff"}
    assert settlement.seen_by(world.eva).codes == {"tmf"}
    assert not settlement.terms_of(person).filter(pk=SettlementTerms.objects.get().pk).exists()
    with clock.frozen(MORNING + LATER):
        found = statuses(
            client, "/office/settlement/statements/1/", "/office/settlement/statements/1/file/",
            "/office/settlement/tmf/2026/3/",
        )  # fmt: skip
        assert set(found.values()) == {404}
        assert client.post("/office/settlement/tmf/2026/3/").status_code == 404
    assert client.post("/office/settlement/terms/new/").status_code == (200 if role == "administrator" else 403)
    assert "tmf" not in {each.code for each in settlement.centres_to_decide(person)}


def test_what_the_centre_is_its_owner_decides(world: World, at_kff: Any) -> None:
    """Neither a planner nor a team leader drafts or reads drafts of agreements; no administrator of KFF changes TMF's
    flows and queues."""
    made = draft(world)
    for role in ("planner", "team_leader"):
        person, client = at_kff(role)
        assert not agreements_seen(person).filter(pk=made.pk).exists()
        assert client.get(f"/office/cooperation/{made.pk}/").status_code == 404
        assert client.post("/office/cooperation/centres/tmf/draft/").status_code == 403
        assert client.post("/office/flows/erhverv/draft/").status_code == 403
    person, client = at_kff("administrator")
    pages = ("/office/flows/erhverv/", "/office/queues/tmf-byggeri/", "/office/centres/tmf/")
    assert set(statuses(client, *pages).values()) == {404}
    assert client.post("/office/flows/erhverv/draft/").status_code == 404
    owners = {P.EDIT_FLOWS, P.PUBLISH_FLOWS, P.EDIT_QUEUES, P.EDIT_CATALOGUE, P.EDIT_PROMPTS}
    assert not {each for each in owners if may_in(person, each, world.centres["tmf"])}
