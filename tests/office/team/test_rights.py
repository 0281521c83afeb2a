"""Team leaders reach only the people who serve their centres today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from indgang.accounts.models import RoleAssignment
from indgang.audit import trail
from indgang.audit.models import Change
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import QueueMembership
from tests.enquiries.told_calls import happen, talking
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

ORDERS: dict[str, dict[str, Any] | None] = {
    "": None,
    "queues/": {"queues": []},
    "levels/": {"skill": "1", "level": "5"},
    "state/": {"state": "signed_out"},
    "call/": {"mode": "listen"},
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace the switchboard by one that accepts every order. Returns the kinds of its orders."""
    kinds: list[str] = []

    def give_and_wait(kind: str, **_rest: Any) -> dict[str, Any]:
        kinds.append(kind)
        return {}

    monkeypatch.setattr(commands, "give_and_wait", give_and_wait)
    return kinds


@pytest.mark.parametrize("noun", ORDERS)
@pytest.mark.parametrize("ended", ["membership", "role"])
def test_an_agent_of_yesterday_is_out_of_a_leaders_reach(
    noun: str, ended: str, world: World, as_person: SignIn, asked: list[str]
) -> None:
    """Otto serves BIF; his membership or role in TMF ended in February."""
    february = {"valid_from": date(2025, 1, 1), "valid_to": date(2026, 3, 1)}
    membership, role = february, february
    membership = {} if ended == "role" else membership
    role = {} if ended == "membership" else role
    QueueMembership.objects.create(person=world.otto, queue=world.queues["tmf-byliv"], **membership)
    RoleAssignment.objects.create(person=world.otto, role="agent", unit=world.units["tmf"], **role)
    client, address = as_person("eva"), f"/office/wallboard/tmf/agents/{world.otto.pk}/{noun}"
    answer = client.get(address) if ORDERS[noun] is None else client.post(address, ORDERS[noun])
    assert answer.status_code == 404
    assert not asked
    assert not Change.objects.exists()


def test_an_agent_whose_queues_are_switched_off_is_still_the_leaders(
    world: World, as_person: SignIn, asked: list[str]
) -> None:
    QueueMembership.objects.filter(person=world.anna).update(active=False)
    address = f"/office/wallboard/tmf/agents/{world.anna.pk}/state/"
    assert as_person("eva").post(address, {"state": "signed_out"}).status_code == 200
    assert asked == ["set_state"]


def test_the_trail_of_a_unit_holds_what_was_done_on_days_with_a_role_there(world: World, as_person: SignIn) -> None:
    RoleAssignment.objects.create(person=world.ukendt, role="administrator", unit=world.units["tmf"])
    for holder, first, after in (
        (world.otto, date(2026, 1, 1), date(2026, 3, 11)),  # ended on the day before the tests' day
        (world.gerda, date(2026, 3, 12), None),
        (world.hans, date(2026, 3, 11), date(2026, 3, 12)),
    ):
        holder.roles.all().delete()
        RoleAssignment.objects.create(
            person=holder, role="planner", unit=world.units["ctb"], valid_from=first, valid_to=after
        )
        with transaction.atomic():
            trail.record(by=holder, at=MORNING, action="person.edit", target=holder)
    page: Any = as_person("ukendt").get("/office/audit/changes/").context["page"]
    assert [change.by_label for change in page] == [world.hans.audit_label]


def test_a_leader_takes_a_caller_who_waits_for_one_colleague_back_to_the_queue_in_their_own_centre(
    world: World, as_person: SignIn, asked: list[str]
) -> None:
    pk = str(talking(world.anna).pk)
    until = (MORNING + timedelta(minutes=15)).isoformat()
    happen(pk, (Kind.TRANSFERRED, 90, {"name": "Bo", "person": world.anna, "queue": "tmf-byggeri"}),
           (Kind.QUEUED, 90, {"queue": "tmf-byggeri"}),
           (Kind.PERSONAL_WAIT, 90, {"queue": "tmf-byggeri", "person": world.bo, "until": until,
                                     "by": world.anna.pk}))  # fmt: skip
    address = f"/office/wallboard/tmf/personal-waits/{pk}/"
    client = as_person("eva")
    shown = " ".join(client.get("/office/wallboard/tmf/").content.decode().split())
    assert "Et opkald i Byggeri venter på Bo Bakkedal til 09:45" in shown, shown[shown.find("Venter på en") :][:400]
    assert address in shown
    assert "venter på Bo" not in client.get("/office/wallboard/tmf/?wall=1").content.decode()
    for name, status in (("anna", 403), ("david", 403), ("gerda", 403), ("hans", 403), ("ida", 403)):
        assert as_person(name).post(address).status_code == status, name
    assert as_person("eva").post(address.replace("/tmf/", "/bif/")).status_code == 404
    assert not asked
    assert as_person("eva").post(address).status_code == 302
    assert asked == ["take_back"]
