"""The course of a call on the board, from arrival to wrap-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from indgang.entry.board.board import Board
from indgang.entry.board.call import Call
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState
from indgang.routing.centre import offers
from indgang.routing.centre.desk import Doing
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, BO, DAVID, EVA, EXCHANGE, FLOW, START, House, desks_of, new_board, plan


def talking(house: House, leg: str = "caller-1", key: str = "2") -> str:
    """Anna is signed in and talks with a caller who pressed 2 (Byliv; 1 is Byggesager). Returns the call's id."""
    if ANNA not in house.board.desks:
        house.sign_in(ANNA)
    call = house.call(leg)
    house.press(leg, key)
    house.answer(house.ringing()[-1].leg)
    return call


def agent_leg(house: House, call: str) -> str:
    talk = house.board.calls[call].talk
    assert talk is not None
    return talk.leg


def test_words_for_states_are_those_of_the_presence_rows() -> None:
    assert {doing.value for doing in Doing} == set(AgentState.values)


def test_a_caller_who_presses_a_key_rings_at_a_free_agent_and_talks() -> None:
    house = House()
    house.sign_in(ANNA)
    call = house.call()
    assert house.ordered(tel.Answer)
    assert house.ordered(tel.Play)[0].prompts == ("menu.da",)
    house.wait(2)
    house.press("caller-1", "2")
    ring = house.ringing()[0]
    assert ring.address == "agent:p1"
    assert ring.call == call
    assert house.board.desks[ANNA].doing is Doing.RINGING
    house.wait(3)
    house.answer(ring.leg)
    assert house.ordered(tel.Connect)[-1].legs == ("caller-1", ring.leg)
    assert house.kinds(call) == [Kind.ARRIVED, Kind.MENU, Kind.QUEUED, Kind.OFFERED, Kind.ACCEPTED, Kind.ANSWERED]
    menu = next(event for event in house.events if event.kind is Kind.MENU)
    assert (menu.payload.key, menu.payload.label) == ("2", "Byliv")


def test_when_the_caller_hangs_up_the_agent_wraps_up_and_is_ready_again_by_herself() -> None:
    house = House()
    call = talking(house)
    house.wait(60)
    house.gone("caller-1")
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    assert house.board.desks[ANNA].wrapping == call
    assert not house.board.calls
    house.wait(29)
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    house.wait(2)
    assert house.board.desks[ANNA].doing is Doing.READY
    wrapped = [event for event in house.events if event.kind is Kind.WRAPPED_UP]
    assert wrapped[0].stream == call
    assert wrapped[0].data["seconds"] == 30


def test_the_agent_can_end_and_extend_wrap_up() -> None:
    house = House()
    talking(house)
    house.ask("hang_up", ANNA)
    assert house.ask("extend_wrap_up", ANNA, seconds=60).done
    house.wait(80)
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    assert house.ask("wrap_up_over", ANNA).done
    assert house.board.desks[ANNA].doing is Doing.READY
    assert house.ask("wrap_up_over", ANNA).detail == {"code": "not_wrapping_up"}


def test_an_agent_who_does_not_answer_takes_no_calls_and_the_next_one_gets_the_call() -> None:
    house = House()
    house.sign_in(ANNA, BO)
    call = house.call()
    house.press("caller-1", "1")
    first = house.ringing()[0]
    house.wait(16)
    assert house.board.desks[ANNA].doing is Doing.NOT_RESPONDING
    second = house.ringing()[0]
    assert {first.address, second.address} == {"agent:p1", "agent:p2"}
    house.answer(second.leg)
    assert Kind.WITHDRAWN in house.kinds(call)
    assert house.board.calls[call].talk is not None


def test_a_refused_call_keeps_its_place_and_goes_to_another() -> None:
    house = House()
    house.sign_in(ANNA, BO)
    call = house.call()
    house.press("caller-1", "1")
    house.tell(tel.Failed(house.ringing()[0].leg, tel.Failure.REFUSED, house.at))
    offer = house.board.calls[call].offer
    assert offer is not None
    assert offer.person == BO


def test_a_refused_call_that_nobody_else_can_take_lets_the_agent_breathe() -> None:
    house = House()
    house.sign_in(ANNA)
    call = house.call()
    house.press("caller-1", "2")
    house.tell(tel.Failed(house.ringing()[0].leg, tel.Failure.REFUSED, house.at))
    assert house.board.calls[call].offer is None
    withdrawn = next(event for event in house.events if event.kind is Kind.WITHDRAWN)
    assert ["reoffer_earliest", house.at.timestamp() + 15] in withdrawn.data["reasons"]
    house.wait(14.9)
    assert house.board.calls[call].offer is None
    house.wait(0.1)
    assert house.board.calls[call].offer is not None


def test_a_caller_who_hangs_up_in_the_queue_is_abandoned_with_the_wait_measured() -> None:
    house = House()
    call = house.call()
    house.press("caller-1", "1")
    house.wait(42)
    house.gone("caller-1")
    last = house.events[-1]
    assert last.kind is Kind.ABANDONED
    assert last.data["waited"] == 42
    assert last.queue == "byg"
    assert not house.board.calls
    assert call not in house.kept


def test_a_caller_who_hangs_up_while_it_rings_stops_the_ringing() -> None:
    house = House()
    house.sign_in(ANNA)
    house.call()
    house.press("caller-1", "1")
    house.gone("caller-1")
    assert not house.ringing()
    assert house.board.desks[ANNA].doing is Doing.READY


def test_silence_wrong_keys_star_and_square_end_in_the_queue_that_the_flow_names() -> None:
    for keys in ("", "9", "*#", "##*"):
        house = House()
        call = house.call()
        for key in keys:
            house.press("caller-1", key)
        for _ in range(10):
            for play in house.ordered(tel.Play):
                house.tell(tel.Played("caller-1", play.playback, house.at))
            house.wait(6)
        assert house.board.calls[call].queue == "byg", keys


def test_hold_and_resume_are_heard_and_measured() -> None:
    house = House()
    call = talking(house)
    house.ask("hold", ANNA)
    assert house.ordered(tel.Music)[-1] == tel.Music("caller-1", True)
    house.wait(20)
    house.ask("resume", ANNA)
    assert house.kinds(call)[-2:] == [Kind.HELD, Kind.RESUMED]
    assert house.ordered(tel.Connect)[-1].legs[0] == "caller-1"


def test_consulting_then_completing_leaves_the_caller_with_the_case_worker() -> None:
    house = House()
    house.sign_in(DAVID)
    call = talking(house)
    assert house.ask("consult", ANNA, address=f"person:{DAVID}", name="David").done
    ring = house.ringing()[0]
    assert ring.address == "agent:p4"
    house.answer(ring.leg)
    assert house.board.desks[DAVID].doing is Doing.TALKING
    house.ask("complete_transfer", ANNA)
    board_call = house.board.calls[call]
    assert board_call.talk is not None
    assert board_call.talk.person == DAVID
    assert house.ordered(tel.Connect)[-1].legs == ("caller-1", ring.leg)
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    house.gone("caller-1")
    assert house.board.desks[DAVID].doing is Doing.WRAP_UP
    assert not house.board.calls


def test_the_one_consulted_hanging_up_brings_the_caller_back() -> None:
    house = House()
    house.sign_in(DAVID)
    call = talking(house)
    house.ask("consult", ANNA, address=f"person:{DAVID}")
    leg = house.ringing()[0].leg
    house.answer(leg)
    house.gone(leg)
    assert house.kinds(call)[-2:] == [Kind.CONSULT_ENDED, Kind.RESUMED]
    assert house.board.desks[DAVID].doing is Doing.READY
    assert house.board.calls[call].consult is None


def test_hanging_up_while_consulting_hangs_up_on_the_one_consulted_alone() -> None:
    house = House()
    house.sign_in(DAVID)
    call = talking(house)
    for answered in (False, True):
        house.ask("consult", ANNA, address=f"person:{DAVID}")
        leg = house.ringing()[0].leg
        if answered:
            house.answer(leg)
        assert house.ask("hang_up", ANNA).done
        assert house.kinds(call)[-2:] == [Kind.CONSULT_ENDED, Kind.RESUMED]
        assert tel.Hangup(leg) in house.orders
        assert tel.Hangup("caller-1") not in house.orders
        assert house.board.desks[ANNA].doing is Doing.TALKING
    house.ask("hang_up", ANNA)
    assert house.kinds(call)[-1] is Kind.ENDED


def test_ending_for_everyone_while_consulting_is_said_on_purpose() -> None:
    house = House()
    house.sign_in(DAVID)
    call = talking(house)
    house.ask("consult", ANNA, address=f"person:{DAVID}")
    house.ask("hang_up", ANNA, everyone=True)
    assert house.kinds(call)[-1] is Kind.ENDED
    assert tel.Hangup("caller-1") in house.orders
    assert not house.board.calls


def test_a_desk_phone_put_down_while_its_owner_asks_somebody_does_not_lose_the_caller_who_waits() -> None:
    house = House()
    house.sign_in(DAVID, ANNA)
    house.ask("sign_in", ANNA, phone_kind="sip", phone_address="sip:1@desk")
    call = talking(house)
    house.ask("consult", ANNA, address=f"person:{DAVID}")
    house.gone(agent_leg(house, call))
    assert house.board.calls[call].waits
    assert tel.Hangup("caller-1") not in house.orders


def test_a_pause_that_a_call_interrupts_keeps_its_reason() -> None:
    house = House()
    house.sign_in(DAVID)
    house.ask("pause", DAVID, reason="frokost")
    house.ask("dial", DAVID, number="+4533333333")
    house.answer(house.ringing()[-1].leg)
    house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.NO_ANSWER, house.at))
    assert (house.board.desks[DAVID].doing, house.board.desks[DAVID].reason) == (Doing.PAUSED, "frokost")
    call = talking(house)
    house.ask("consult", ANNA, address=f"person:{DAVID}")
    house.answer(house.ringing()[0].leg)
    house.ask("consult_end", ANNA)
    assert (house.board.desks[DAVID].doing, house.board.desks[DAVID].reason) == (Doing.PAUSED, "frokost")
    assert call in house.board.calls
    house.ask("ready", DAVID)
    house.ask("pause", DAVID)
    assert house.board.desks[DAVID].reason == ""


def test_the_language_a_caller_chooses_is_told() -> None:
    flow = FLOW | {
        "steps": [
            {"id": "menu", "kind": "menu", "prompts": ["menu"], "keys": {"9": "english"}, "on_exhausted": "byg"},
            {"id": "english", "kind": "language", "language": "en", "next": "byg"},
            {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 600, "on_max_wait": "byg"},
        ]
    }
    spoken = data.parse(flow)
    with_english = replace(plan(), flows={"erhverv": spoken}, versions={("erhverv", 1): spoken})
    house = House(new_board(with_english, START))
    call = house.call()
    house.press("caller-1", "9")
    told = [event.data for event in house.events if event.stream == call and event.kind is Kind.LANGUAGE]
    assert told == [{"language": "en"}]
    assert house.kinds(call).index(Kind.LANGUAGE) < house.kinds(call).index(Kind.QUEUED)


def test_all_three_talk_after_join() -> None:
    house = House()
    call = talking(house)
    house.ask("consult", ANNA, address="tel:+4533333333", name="Brandvæsenet")
    leg = house.ringing()[0].leg
    house.answer(leg)
    house.ask("join", ANNA)
    assert set(house.ordered(tel.Connect)[-1].legs) == {"caller-1", agent_leg(house, call), leg}


def test_a_blind_transfer_to_an_outside_number_ends_when_either_side_hangs_up() -> None:
    house = House()
    call = talking(house)
    house.ask("transfer", ANNA, address="tel:+4533333333", name="Udenfor")
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    leg = house.ringing()[0].leg
    house.answer(leg)
    assert house.kinds(call)[-1] is Kind.PASSED_ON
    house.gone(leg)
    assert not house.board.calls
    assert house.kinds(call)[-1] is Kind.ENDED
    assert tel.Hangup("caller-1") in house.orders


def test_a_blind_transfer_that_nobody_answers_puts_the_caller_first_in_the_queue() -> None:
    house = House()
    call = talking(house)
    house.ask("pause", ANNA)
    house.ask("transfer", ANNA, address="tel:+4533333333", name="Udenfor")
    house.tell(tel.Failed(house.ringing()[0].leg, tel.Failure.NO_ANSWER, house.at))
    assert Kind.TRANSFER_FAILED in house.kinds(call)
    house.call("caller-2")
    house.press("caller-2", "2")
    assert house.board.centre.distributor.position(call) == 1


def test_a_blind_transfer_to_a_queue_waits_there() -> None:
    house = House()
    call = talking(house)
    house.ask("transfer", ANNA, address="queue:byg", name="Byggesager")
    assert house.board.calls[call].queue == "byg"
    assert house.board.calls[call].waits


def test_a_caller_who_is_transferred_again_within_a_queue_does_not_climb() -> None:
    house = House()
    call = talking(house)
    house.ask("transfer", ANNA, address="queue:byg", name="Byggesager")
    house.sign_in(BO)
    house.answer(house.ringing()[0].leg)
    house.ask("transfer", BO, address="queue:byg", name="Byggesager")
    queued = [event for event in house.events if event.stream == call and event.kind is Kind.QUEUED]
    assert [event.data["priority"] for event in queued] == [0, 1, 1]


def test_consulting_a_queue_finds_an_agent_there() -> None:
    house = House()
    house.sign_in(BO)
    call = talking(house)
    house.ask("consult", ANNA, address="queue:byg", name="Byggesager")
    ring = house.ringing()[0]
    assert ring.address == "agent:p2"
    house.answer(ring.leg)
    house.ask("complete_transfer", ANNA)
    talk = house.board.calls[call].talk
    assert talk is not None
    assert talk.person == BO


def test_who_was_consulted_and_took_over_may_consult_a_queue_and_keeps_the_call() -> None:
    house = House()
    house.sign_in(DAVID)
    call = talking(house)
    house.ask("consult", ANNA, address=f"person:{DAVID}", name="David")
    house.answer(house.ringing()[0].leg)
    house.ask("complete_transfer", ANNA)
    house.sign_in(BO)
    house.ask("consult", DAVID, address="queue:byg", name="Byggesager")
    house.answer(house.ringing()[0].leg)
    house.ask("consult_end", DAVID)
    talk = house.board.calls[call].talk
    assert talk is not None
    assert house.board.centre.distributor.in_hand(str(DAVID)) == (call,)
    assert house.board.telephones.phone(DAVID).call == call
    assert house.board.telephones.phone(BO).call is None


def test_a_person_who_is_busy_or_not_there_cannot_be_consulted() -> None:
    house = House()
    talking(house)
    assert house.ask("consult", ANNA, address=f"person:{DAVID}").detail == {"code": "not_there"}
    assert house.ask("consult", ANNA, address=f"person:{ANNA}").detail == {"code": "yourself"}
    assert house.ask("consult", ANNA, address="person:77").detail == {"code": "unknown_person"}
    assert house.ask("consult", ANNA, address="http://x").detail == {"code": "bad_address"}


def test_a_browser_that_vanishes_in_mid_call_does_not_lose_the_caller() -> None:
    house = House()
    call = talking(house)
    house.sign_in(BO)
    house.tell(tel.PhoneRegistered("p1", False, house.at))
    house.wait(9)
    assert Kind.AGENT_LOST in house.kinds(call)
    assert house.board.calls[call].waits
    assert tel.Hangup("caller-1") not in house.orders


def reload(house: House, call: str, *, seconds: float = 1.5) -> None:
    """Report what an exchange reports when an agent reloads the page: the audio ends first, then the registration."""
    house.gone(agent_leg(house, call))
    assert not house.ringing(), "the phone counts as on, but what rings there rings nowhere"
    house.wait(0.05)
    house.tell(tel.PhoneRegistered("p1", False, house.at))
    house.wait(seconds)
    house.tell(tel.PhoneRegistered("p1", True, house.at))


def test_an_agent_who_reloads_the_page_gets_the_caller_back() -> None:
    house = House()
    house.sign_in(ANNA)
    call = house.call()
    house.press("caller-1", "1")
    house.answer(house.ringing()[0].leg)
    house.sign_in(BO)
    others = house.call("caller-2", "+4520304051")
    house.ask("pause", BO)
    house.press("caller-2", "1")
    house.wait(100)
    reload(house, call)
    (ring,) = house.ringing()
    assert (ring.address, ring.call) == ("agent:p1", call), f"not {others}, who has waited longer"
    house.answer(ring.leg)
    talk = house.board.calls[call].talk
    assert talk is not None
    assert talk.person == ANNA
    assert Kind.AGENT_LOST in house.kinds(call)


def test_while_the_page_is_loaded_anew_the_caller_is_told_and_not_given_to_others() -> None:
    house = House()
    call = talking(house, key="1")
    house.sign_in(BO)
    reload(house, call)
    said = house.ordered(tel.Play)[-1]
    assert (said.leg, said.prompts) == ("caller-1", ("linjen-afbrudt.da",))
    assert isinstance(house.orders[house.orders.index(said) + 1], tel.Music), "and then there is music again"
    assert [ring.address for ring in house.ringing()] == ["agent:p1"]


def test_a_caller_whose_agent_does_not_come_back_is_the_first_for_anybody() -> None:
    house = House()
    call = talking(house, key="1")
    house.gone(agent_leg(house, call))
    house.tell(tel.PhoneRegistered("p1", False, house.at))
    house.sign_in(BO)
    house.wait(14)
    assert not house.ringing()
    house.wait(2)
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p2", call)]


@pytest.mark.parametrize("to", ["tel:+4533333333", f"person:{ANNA}"])
def test_a_flow_rings_for_as_long_as_its_step_says(to: str) -> None:
    step = {"id": "ud", "kind": "transfer", "to": to, "on_failed": "farvel", "timeout": 12}
    flow = data.parse({**FLOW, "start": "ud", "steps": [step, FLOW["steps"][-1]]})  # type: ignore[index]
    house = House(new_board(replace(plan(), flows={"erhverv": flow}, versions={("erhverv", 1): flow}), START))
    house.sign_in(ANNA)
    house.call()
    assert [ring.timeout for ring in house.ringing()] == [12]


def _with_direct_number(*there: int) -> House:
    """The number leads to David himself; when he cannot be rung, to the queue of the centre."""
    step = {"id": "direkte", "kind": "transfer", "to": f"person:{DAVID}", "on_failed": "byg", "timeout": 25}
    flow = data.parse({**FLOW, "start": "direkte", "steps": [step, *FLOW["steps"]]})  # type: ignore[misc]
    house = House(new_board(replace(plan(), flows={"erhverv": flow}, versions={("erhverv", 1): flow}), START))
    house.sign_in(*there)
    return house


def test_a_case_worker_is_rung_at_a_direct_number_and_sends_the_caller_to_the_centre() -> None:
    house = _with_direct_number(DAVID)
    call = house.call()
    (ring,) = house.ringing()
    assert (ring.address, ring.timeout) == ("agent:p4", 25)
    house.answer(ring.leg)
    assert house.board.desks[DAVID].doing is Doing.TALKING
    assert house.ask("transfer", DAVID, address="queue:byg", name="Byggesager").done
    house.sign_in(BO)
    (ring,) = house.ringing()
    house.answer(ring.leg)
    talking_now = house.board.calls[call].talk
    assert talking_now is not None
    assert (talking_now.person, house.board.calls[call].queue) == (BO, "byg")
    answered = [event.person for event in house.events if event.stream == call and event.kind is Kind.ANSWERED]
    assert answered == [DAVID, BO]


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_caller_of_a_direct_number_that_cannot_be_rung_goes_on_with_the_reason(is_busy: bool) -> None:
    house = _with_direct_number(*([DAVID] if is_busy else []))
    if is_busy:
        house.call("caller-2")
        house.answer(house.ringing()[0].leg)
    call = house.call()
    assert not house.ringing()
    assert (house.board.calls[call].queue, house.board.calls[call].waits) == ("byg", True)
    (queued,) = [event for event in house.events if event.stream == call and event.kind is Kind.QUEUED]
    assert ["transfer_failed", "not_there"] in [list(each) for each in queued.data["reasons"]]


def test_nobody_waits_for_an_agent_who_takes_a_pause_instead() -> None:
    house = House()
    call = talking(house, key="1")
    house.sign_in(BO)
    house.gone(agent_leg(house, call))
    house.ask("pause", ANNA)
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p2", call)]


def test_a_phone_that_stayed_on_is_rung_again_after_a_moment() -> None:
    house = House()
    call = talking(house)
    house.gone(agent_leg(house, call))
    house.wait(2.1)
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p1", call)]


@pytest.mark.parametrize("how", ["off", "unreachable", "page closed"])
def test_a_phone_that_vanishes_while_it_rings_blames_nobody(how: str) -> None:
    house = House()
    house.sign_in(ANNA)
    call = house.call()
    house.press("caller-1", "1")
    (ring,) = house.ringing()
    if how == "off":
        house.tell(tel.PhoneRegistered("p1", False, house.at))
    elif how == "unreachable":
        house.up.pop(ring.leg)
        house.tell(tel.Failed(ring.leg, tel.Failure.UNREACHABLE, house.at))
    else:
        house.ask("broken_off", ANNA, leg=ring.leg)
    assert house.board.desks[ANNA].doing is Doing.READY
    assert not house.ringing()
    house.tell(tel.PhoneRegistered("p1", True, house.at))
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p1", call)]


def test_the_page_that_had_a_call_says_that_it_is_gone_though_its_sound_goes_on() -> None:
    house = House()
    call = talking(house)
    leg = agent_leg(house, call)
    house.ask("broken_off", ANNA, leg="another")
    assert house.board.calls[call].talk is not None
    house.ask("broken_off", ANNA, leg=leg)
    assert house.board.calls[call].waits
    assert tel.Hangup(leg) in house.orders
    house.tell(tel.PhoneRegistered("p1", True, house.at))
    (ring,) = house.ringing()
    house.answer(ring.leg)
    house.ask("broken_off", ANNA, leg=leg)  # reported twice, and late
    assert house.board.calls[call].talk is not None


def test_answer_on_the_screen_rings_a_browser_anew_and_says_why_nothing_can() -> None:
    house = House()
    house.sign_in(ANNA)
    assert house.ask("answer", ANNA).detail == {"code": "no_call"}
    call = house.call()
    house.press("caller-1", "1")
    (first,) = house.ringing()
    assert house.ask("answer", ANNA).done
    (second,) = house.ringing()
    assert second.leg != first.leg
    assert (second.address, second.call) == ("agent:p1", call)
    house.answer(second.leg)
    assert house.board.calls[call].talk is not None

    house = House()
    house.ask("sign_in", ANNA, phone_kind="sip", phone_address="sip:anna@10.0.0.1")
    house.ask("ready", ANNA)
    house.call()
    house.press("caller-1", "1")
    assert house.ask("answer", ANNA).detail == {"code": "answer_at_phone"}


def test_a_desk_phone_hung_up_ends_the_call() -> None:
    house = House()
    house.ask("sign_in", ANNA, phone_kind="sip", phone_address="sip:anna@10.0.0.1")
    house.ask("ready", ANNA)
    call = house.call()
    house.press("caller-1", "1")
    ring = house.ringing()[0]
    assert ring.address == "sip:anna@10.0.0.1"
    house.answer(ring.leg)
    house.gone(ring.leg)
    assert house.kinds(call)[-1] is Kind.ENDED
    assert not house.board.calls


def test_a_pause_taken_while_talking_begins_after_wrap_up() -> None:
    house = House()
    talking(house)
    house.ask("pause", ANNA, reason="frokost")
    assert house.board.desks[ANNA].doing is Doing.TALKING
    house.ask("hang_up", ANNA)
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    house.wait(31)
    desk = house.board.desks[ANNA]
    assert (desk.doing, desk.reason) == (Doing.PAUSED, "frokost")


def test_signing_out_while_talking_happens_when_the_work_is_done() -> None:
    house = House()
    talking(house)
    house.ask("sign_out", ANNA)
    house.ask("hang_up", ANNA)
    house.wait(31)
    assert house.board.desks[ANNA].doing is Doing.SIGNED_OUT


def test_signing_out_while_it_rings_gives_the_call_to_another() -> None:
    house = House()
    house.sign_in(ANNA, BO)
    call = house.call()
    house.press("caller-1", "1")
    first = house.board.calls[call].offer
    assert first is not None
    house.ask("sign_out", first.person)
    second = house.board.calls[call].offer
    assert second is not None
    assert second.person != first.person


def test_dialling_rings_the_own_phone_first_and_then_the_number() -> None:
    house = House()
    house.sign_in(ANNA)
    answer = house.ask("dial", ANNA, number="+4520304050")
    call = answer.detail["enquiry"]
    own = house.ringing()[0]
    assert own.address == "agent:p1"
    house.answer(own.leg)
    outside = house.ringing()[0]
    assert outside.address == "tel:+4520304050"
    house.answer(outside.leg)
    assert house.kinds(call) == [Kind.DIALLED, Kind.ANSWERED]
    house.gone(outside.leg)
    assert house.kinds(call)[-1] is Kind.ENDED


def test_a_number_that_does_not_answer_frees_the_agent_without_wrap_up() -> None:
    house = House()
    house.sign_in(ANNA)
    call = house.ask("dial", ANNA, number="+4520304050").detail["enquiry"]
    house.answer(house.ringing()[0].leg)
    house.tell(tel.Failed(house.ringing()[0].leg, tel.Failure.BUSY, house.at))
    assert house.board.desks[ANNA].doing is Doing.READY
    assert house.kinds(call)[-1] is Kind.LEFT


@pytest.mark.parametrize("why", ["the phone goes off", "nobody answers"])
def test_who_dials_in_wrap_up_and_reaches_nobody_is_in_wrap_up_again_until_it_is_over(why: str) -> None:
    house = House()
    talking(house)
    house.ask("hang_up", ANNA)
    house.wait(10)
    house.ask("dial", ANNA, number="+4520304050")
    assert house.board.desks[ANNA].doing is Doing.TALKING
    if why == "nobody answers":
        house.answer(house.ringing()[0].leg)
        house.tell(tel.Failed(house.ringing()[0].leg, tel.Failure.NO_ANSWER, house.at))
    else:
        house.tell(tel.PhoneRegistered("p1", False, house.at))
    assert house.board.telephones.phone(ANNA).call is None
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    house.wait(21)
    assert house.board.desks[ANNA].doing is Doing.READY


def test_a_team_leader_listens_whispers_and_stops() -> None:
    house = House()
    call = talking(house)
    house.tell(tel.PhoneRegistered("p5", True, house.at))
    assert house.ask("monitor", EVA, person=ANNA, mode="listen").done
    leg = house.ringing()[0].leg
    house.answer(leg)
    assert house.ordered(tel.Monitor)[-1].mode is tel.MonitorMode.LISTEN
    house.ask("monitor", EVA, person=ANNA, mode="whisper")
    assert house.ordered(tel.Monitor)[-1].mode is tel.MonitorMode.WHISPER
    house.ask("monitor_end", EVA)
    assert [event.data["mode"] for event in house.events if event.kind is Kind.SUPERVISED] == ["listen", "whisper", ""]
    assert house.board.calls[call].talk is not None


def test_an_unknown_number_meets_the_safe_queue_and_an_alert() -> None:
    house = House()
    outcome = house.tell(tel.Arrived("caller-9", "+4599999999", "", "", house.at))
    assert outcome.batch.alerts[0].code == "no_flow"
    call = house.board.legs["caller-9"][0]
    assert house.board.calls[call].queue == "safe"


def test_repeated_and_late_reports_change_nothing() -> None:
    house = House()
    call = talking(house)
    before = len(house.events)
    house.tell(tel.Arrived("caller-1", "+4533661000", "+4520304050", "", house.at))
    house.tell(tel.Answered(agent_leg(house, call), house.at))
    house.tell(tel.Gone("somebody-else", house.at))
    house.tell(tel.Keyed("nobody", "1", house.at))
    assert len(house.events) == before
    assert len(house.board.calls) == 1


def test_a_clock_that_jumps_back_does_not_shorten_anything() -> None:
    house = House()
    house.call()
    house.press("caller-1", "1")
    house.wait(10)
    later = house.at
    house.at -= timedelta(hours=1)
    house.gone("caller-1")
    assert house.events[-1].data["waited"] == 10
    assert house.events[-1].at == later


def test_after_a_restart_talkers_talk_on_and_waiters_keep_their_place() -> None:
    house = House()
    talker = talking(house)
    first, second = house.call("caller-2"), house.call("caller-3")
    house.press("caller-2", "1")
    house.wait(30)
    house.press("caller-3", "1")
    house.wait(5)
    legs = tuple(
        tel.LegUp(leg, True, None, "", "") for leg in ("caller-1", agent_leg(house, talker), "caller-2", "caller-3")
    )

    again = House(board=_restored(house), at=house.at, events=house.events, is_new=False)
    again.tell(tel.Connected(legs, again.at))
    assert again.board.calls[talker].talk is not None
    assert again.board.centre.distributor.waiting("byg") == [first, second]
    assert again.board.desks[ANNA].doing is Doing.TALKING
    again.gone("caller-1")
    assert again.board.desks[ANNA].doing is Doing.WRAP_UP


def test_after_a_restart_those_who_hung_up_meanwhile_are_closed_and_strangers_are_met() -> None:
    house = House()
    talker = talking(house)
    waiter = house.call("caller-2")
    house.press("caller-2", "1")
    again = House(board=_restored(house), at=house.at, events=house.events, is_new=False)
    again.tell(tel.Connected((tel.LegUp("caller-8", False, None, "+4533661000", "+4511223344"),), again.at))
    assert again.kinds(talker)[-1] is Kind.ENDED
    assert again.kinds(waiter)[-1] is Kind.ABANDONED
    assert [call.contact for call in again.board.calls.values()] == ["+4511223344"]


def _restored(house: House) -> Board:
    """A new board restored from the stored calls, before any report of the exchange."""
    board = new_board(plan(), house.at)
    desks = desks_of(house.board)
    board.restore([Call.from_data(kept) for kept in house.kept.values()], desks, house.at)
    board.telephones.exchanges[EXCHANGE] = True
    return board


def test_a_queue_that_is_closed_until_a_time_takes_callers_again_from_then_on() -> None:
    base = plan()
    closed = replace(base.queues["byg"], closed=True, closed_until=START + timedelta(minutes=10))
    house = House(new_board(replace(base, queues={**base.queues, "byg": closed}), START))
    figures = [_open_at(house, seconds) for seconds in (0, 599, 1)]
    assert figures == [False, False, True]


def _open_at(house: House, seconds: float) -> bool:
    house.wait(seconds)
    found = offers.figures(house.board.centre, "byg")
    assert found is not None
    return found.is_open
