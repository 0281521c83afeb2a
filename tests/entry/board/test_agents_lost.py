"""A caller whose agent loses the browser waits for the agent, and is offered to others first in line after a delay."""

from __future__ import annotations

import pytest

from indgang.entry.event_kinds import Kind
from indgang.routing.centre import offers
from indgang.routing.centre.desk import Doing
from indgang.routing.distribution.decision import SeatState
from indgang.telephony import contract as tel
from tests.entry.board.test_board import agent_leg, reload, talking
from tests.entry.house import ANNA, BO, DAVID, House


def test_a_caller_is_put_first_for_a_fault_until_answered_and_is_like_others_when_handed_on() -> None:
    house = House()
    call = talking(house, key="1")
    house.gone(agent_leg(house, call))
    house.tell(tel.PhoneRegistered("p1", True, house.at))
    (item,) = [call.as_data()["raised"] for call in house.board.calls.values()]
    assert item == offers.COMES_BACK_PRIORITY
    house.answer(house.ringing()[0].leg)
    early = house.call("caller-2", "+4520304051")
    house.press("caller-2", "2")
    house.wait(60)
    house.ask("transfer", ANNA, address="queue:byliv", name="Byliv")
    house.wait(31)
    assert [ring.call for ring in house.ringing()] == [call], "a call that was handed on goes before one that was not"
    queued = [event for event in house.events if event.stream == call and event.kind is Kind.QUEUED]
    assert [event.data["priority"] for event in queued] == [0, offers.COMES_BACK_PRIORITY, 1]
    assert house.board.calls[early].waits


def rung_out(house: House, who: int, number: str = "+4520304050") -> str:
    """The agent dials a number outside and the person there answers. Returns the enquiry's id."""
    call = str(house.ask("dial", who, number=number).detail["enquiry"])
    house.answer(house.ringing()[-1].leg)
    house.answer(house.ringing()[-1].leg)
    assert house.kinds(call) == [Kind.DIALLED, Kind.ANSWERED]
    return call


@pytest.mark.parametrize("by", ["sound", "page"])
def test_who_was_rung_hears_music_until_the_agent_is_back(by: str) -> None:
    house = House()
    house.sign_in(ANNA, BO)
    call = rung_out(house, ANNA)
    outside = house.board.calls[call].leg
    if by == "page":
        house.ask("broken_off", ANNA, leg=agent_leg(house, call))
        house.tell(tel.PhoneRegistered("p1", False, house.at))
        house.tell(tel.PhoneRegistered("p1", True, house.at))
    else:
        reload(house, call)
    assert tel.Hangup(outside) not in house.orders
    assert house.ordered(tel.Play)[-1].prompts == ("linjen-afbrudt.da",)
    assert isinstance(house.orders[house.orders.index(house.ordered(tel.Play)[-1]) + 1], tel.Music)
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p1", call)]
    house.answer(house.ringing()[0].leg)
    assert house.ordered(tel.Connect)[-1].legs == (outside, agent_leg(house, call))
    house.ask("hang_up", ANNA)
    assert house.kinds(call)[-1] is Kind.ENDED
    assert tel.Hangup(outside) in house.orders


@pytest.mark.parametrize("who", [ANNA, DAVID])
def test_who_was_rung_in_a_pause_is_given_back_and_the_pause_goes_on(who: int) -> None:
    house = House()
    house.tell(tel.PhoneRegistered(f"p{who}", True, house.at))
    house.ask("sign_in", who)
    house.ask("pause", who, reason="frokost")
    house.sign_in(BO)
    call = rung_out(house, who)
    waits = house.call("caller-2", "+4520304051")
    house.ask("pause", BO)
    house.press("caller-2", "1")
    house.gone(agent_leg(house, call))
    house.tell(tel.PhoneRegistered(f"p{who}", False, house.at))
    house.tell(tel.PhoneRegistered(f"p{who}", True, house.at))
    assert [(ring.address, ring.call) for ring in house.ringing()] == [(f"agent:p{who}", call)]
    house.answer(house.ringing()[0].leg)
    house.ask("hang_up", who)
    house.wait(61)
    desk = house.board.desks[who]
    assert (desk.doing, desk.reason) == (Doing.PAUSED, "frokost")
    house.ask("pause", BO)
    assert not house.ringing(), f"{waits} is nothing for somebody in a pause"


def test_a_pause_goes_on_when_who_was_rung_is_given_to_another() -> None:
    house = House()
    house.sign_in(ANNA, BO)
    house.ask("pause", ANNA, reason="frokost")
    call = rung_out(house, ANNA)
    house.gone(agent_leg(house, call))
    house.tell(tel.PhoneRegistered("p1", False, house.at))
    house.wait(14)
    assert not house.ringing()
    house.wait(2)
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p2", call)]
    house.tell(tel.PhoneRegistered("p1", True, house.at))
    desk = house.board.desks[ANNA]
    assert (desk.doing, desk.reason) == (Doing.PAUSED, "frokost")
    assert house.board.centre.distributor.state_of_agent(str(ANNA)) is SeatState.PAUSED


def test_a_caller_waits_for_a_case_worker_who_serves_no_queue() -> None:
    house = House()
    call = talking(house, key="1")
    house.sign_in(DAVID)
    house.ask("consult", ANNA, address=f"person:{DAVID}")
    house.answer(house.ringing()[-1].leg)
    house.ask("complete_transfer", ANNA)
    house.gone(agent_leg(house, call))
    house.tell(tel.PhoneRegistered("p4", False, house.at))
    house.wait(1)
    house.tell(tel.PhoneRegistered("p4", True, house.at))
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p4", call)]
    house.answer(house.ringing()[0].leg)
    house.ask("hang_up", DAVID)
    house.wait(60)
    house.ask("pause", ANNA)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    assert not house.ringing(), "a caller is nothing for somebody who serves no queue"
