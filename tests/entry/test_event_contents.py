"""What events say besides their kind: what figures will ask of them later."""

from __future__ import annotations

from typing import Any

from indgang.entry.event_kinds import Arrived, Kind, MenuChosen
from indgang.events.event import Event
from indgang.telephony import contract as tel
from tests.entry.board.test_board import talking
from tests.entry.house import ANNA, BO, DAVID, House


def of_kind(house: House, call: str, *kinds: str) -> list[Event[Any]]:
    return [event for event in house.events if event.stream == call and event.kind in kinds]


def consulting_a_queue() -> tuple[House, str]:
    """Anna talks and asks the queue of building cases, where Bo is ready."""
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
    assert isinstance(arrived.payload, Arrived)
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


def test_an_agent_of_the_queue_who_refuses_a_consult_is_named() -> None:
    house, call = consulting_a_queue()
    house.ask("refuse", BO)
    (ended,) = of_kind(house, call, Kind.CONSULT_ENDED)
    assert (ended.payload.consulted, ended.payload.why) == (BO, "refused")


def test_a_colleague_who_refuses_to_be_asked_is_named() -> None:
    house = House()
    call = talking(house)
    house.sign_in(DAVID)
    house.ask("consult", ANNA, address=f"person:{DAVID}", name="David")
    (offered,) = of_kind(house, call, Kind.CONSULT_OFFERED)
    assert offered.person == DAVID
    house.ask("refuse", DAVID)
    (ended,) = of_kind(house, call, Kind.CONSULT_ENDED)
    assert (ended.person, ended.payload.consulted, ended.payload.why) == (ANNA, DAVID, "refused")


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
