"""The data of events that figures need later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indgang.entry.board.call import ConsultState
from indgang.entry.event_kinds import CallArrived, Kind, MenuChosen
from indgang.events.event import Event
from indgang.routing.centre.desk import Doing
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests.entry.board.test_board import talking
from tests.entry.house import ANNA, BO, DAVID, FLOW, START, House, new_board, plan


def of_kind(house: House, call: str, *kinds: str) -> list[Event[Any]]:
    return [event for event in house.events if event.stream == call and event.kind in kinds]


def consulting_a_queue() -> tuple[House, str]:
    """Anna talks and consults the queue of building cases, where Bo is ready. Returns the house and the call's id."""
    house = House()
    call = talking(house)
    house.sign_in(BO)
    house.ask("consult", ANNA, address="queue:byg", name="Byggesager")
    return house, call


def test_an_arrival_and_a_choice_name_the_flow_and_its_version() -> None:
    house = House()
    call = house.call()
    house.press("caller-1", "2")
    (arrived,) = of_kind(house, call, Kind.ARRIVED)
    (chosen,) = of_kind(house, call, Kind.MENU)
    assert isinstance(arrived.payload, CallArrived)
    assert (arrived.payload.flow, arrived.payload.flow_version) == ("erhverv", 1)
    assert chosen.payload == MenuChosen("2", "Byliv", "erhverv", 1, "menu")


def test_a_consult_through_a_queue_names_who_is_rung_and_who_answers() -> None:
    house, call = consulting_a_queue()
    (offered,) = of_kind(house, call, Kind.CONSULT_OFFERED)
    assert (offered.person, offered.queue, offered.payload.leg) == (BO, "byg", house.ringing()[-1].leg)
    house.answer(house.ringing()[-1].leg)
    (answered,) = of_kind(house, call, Kind.CONSULT_ANSWERED)
    assert (answered.person, answered.payload.consulted) == (ANNA, BO)
    house.ask("join", ANNA)
    (joined,) = of_kind(house, call, Kind.JOINED)
    assert (joined.person, joined.payload.consulted) == (ANNA, BO)
    house.ask("consult_end", ANNA)
    (ended,) = of_kind(house, call, Kind.CONSULT_ENDED)
    assert (ended.payload.consulted, ended.payload.why) == (BO, "ended")


def test_an_agent_of_the_queue_who_does_not_answer_a_consult_is_named() -> None:
    house, call = consulting_a_queue()
    house.wait(20)
    (withdrawn,) = of_kind(house, call, Kind.CONSULT_WITHDRAWN)
    assert (withdrawn.person, withdrawn.payload.why, withdrawn.payload.rang) == (BO, "no_answer", 15.0)


@pytest.mark.parametrize("how", ["on the screen", "at the phone", "by hanging up"])
def test_an_agent_of_the_queue_who_refuses_a_consult_is_named_and_the_queue_is_asked_on(how: str) -> None:
    house, call = consulting_a_queue()
    house.wait(6)
    if how == "at the phone":
        house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.REFUSED, house.at))
    else:
        house.ask("refuse" if how == "on the screen" else "hang_up", BO)
    (refused,) = of_kind(house, call, Kind.CONSULT_REFUSED)
    assert (refused.person, refused.queue, refused.payload.name, refused.payload.rang) == (
        BO, "byg", "Byggesager", 6.0,
    )  # fmt: skip
    (withdrawn,) = of_kind(house, call, Kind.CONSULT_WITHDRAWN)
    assert (withdrawn.person, withdrawn.payload.why) == (BO, "refused")
    assert not of_kind(house, call, Kind.CONSULT_ENDED)
    consult = house.board.calls[call].consult
    assert consult is not None
    assert (consult.state, consult.person) == (ConsultState.WAITING, None)
    house.wait(60)
    house.answer(house.ringing()[-1].leg)
    (answered,) = of_kind(house, call, Kind.CONSULT_ANSWERED)
    assert answered.payload.consulted == BO, "nobody else can be asked, and he has been left alone for a while"


def test_a_phone_of_the_queue_that_cannot_be_reached_is_nobodys_fault() -> None:
    house, call = consulting_a_queue()
    house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.UNREACHABLE, house.at))
    assert not of_kind(house, call, Kind.CONSULT_ENDED, Kind.CONSULT_REFUSED)
    assert house.board.desks[BO].doing is Doing.READY
    house.wait(31)
    assert [event.person for event in of_kind(house, call, Kind.CONSULT_OFFERED)] == [BO, BO]
    assert not of_kind(house, call, Kind.CONSULT_ENDED)


def test_going_on_in_another_flow_says_which_version_and_which_queue() -> None:
    elsewhere = data.parse({**FLOW, "code": "anden", "version": 3, "start": "byliv"})
    here = data.parse({**FLOW, "steps": [
        {"id": "menu", "kind": "queue", "queue": "byg", "max_wait": 10, "on_max_wait": "videre"},
        {"id": "videre", "kind": "overflow", "flow": "anden"},
    ]})  # fmt: skip
    versions = {("erhverv", 1): here, ("anden", 3): elsewhere}
    flows = {"erhverv": here, "anden": elsewhere}
    house = House(new_board(replace(plan(), flows=flows, versions=versions), START))
    call = house.call()
    house.wait(11)
    (overflowed,) = of_kind(house, call, Kind.OVERFLOWED)
    assert (overflowed.queue, overflowed.payload.to, overflowed.payload.to_version, overflowed.payload.to_queue) == (
        "byg", "anden", 3, "byliv",
    )  # fmt: skip


@pytest.mark.parametrize(("queue", "points"), [("byliv", 1), ("byg", 8)])
def test_what_a_flow_gave_a_call_in_one_queue_does_not_go_along_to_another(queue: str, points: int) -> None:
    urgent = data.parse({**FLOW, "steps": [
        {"id": "menu", "kind": "queue", "queue": "byg", "priority": 7, "max_wait": 600, "on_max_wait": "farvel"},
        {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
    ]})  # fmt: skip
    versions = {("erhverv", 1): urgent}
    house = House(new_board(replace(plan(), flows={"erhverv": urgent}, versions=versions), START))
    house.sign_in(BO)
    call = house.call()
    house.answer(house.ringing()[-1].leg)
    house.ask("transfer", BO, address=f"queue:{queue}", name="en kø")
    queued = of_kind(house, call, Kind.QUEUED)
    assert [event.payload.priority for event in queued] == [7, points]


def test_a_colleague_who_refuses_to_be_asked_is_named() -> None:
    house = House()
    call = talking(house)
    house.sign_in(DAVID)
    house.ask("consult", ANNA, address=f"person:{DAVID}", name="David")
    (offered,) = of_kind(house, call, Kind.CONSULT_OFFERED)
    assert offered.person == DAVID
    house.wait(4)
    house.ask("refuse", DAVID)
    (refused,) = of_kind(house, call, Kind.CONSULT_REFUSED)
    assert (refused.person, refused.payload.rang) == (DAVID, 4.0)
    (ended,) = of_kind(house, call, Kind.CONSULT_ENDED)
    assert (ended.person, ended.payload.consulted, ended.payload.why, ended.payload.rang) == (
        ANNA, DAVID, "refused", 4.0,
    )  # fmt: skip


def test_a_transfer_that_fails_names_whom_it_was_for() -> None:
    house = House()
    call = talking(house)
    house.sign_in(DAVID)
    house.ask("transfer", ANNA, address=f"person:{DAVID}", name="David")
    house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.BUSY, house.at))
    (failed,) = of_kind(house, call, Kind.TRANSFER_FAILED)
    assert (failed.payload.consulted, failed.payload.name, failed.payload.why) == (DAVID, "David", "busy")


def test_ringing_back_says_when_the_caller_asked_for_it() -> None:
    house = House()
    house.sign_in(ANNA)
    asked_at = "2026-11-23T08:15:00+00:00"
    house.ask("dial", ANNA, number="+4520304050", return_call=7, asked_at=asked_at)
    (dialled,) = [event for event in house.events if event.kind == Kind.DIALLED]
    assert (dialled.payload.return_call, dialled.payload.asked_at) == (7, asked_at)
