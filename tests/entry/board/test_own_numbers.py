"""Agents with an own number: the board dials it through a trunk, and the agent accepts the call with the key 1."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from indgang.core.dial_rules import DialRule, NumberKind
from indgang.entry.board.agent_legs import ANY_QUEUE_LINE, LINES, queue_line
from indgang.entry.board.call import LegRole, Stage
from indgang.entry.board.kept import read_item
from indgang.entry.board.outcome import Ask
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.desk import Doing
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, BO, DAVID, EVA, EXCHANGE, FLOW, NUMBER, House, desks_of, mobile, new_board, plan

CALLER = "+4520304050"


def rung(house: House, person: int = ANNA) -> str:
    """Returns the leg that rings at the person's mobile."""
    (ring,) = [ring for ring in house.ringing() if ring.address == f"tel:{mobile(person)}"]
    return ring.leg


def calling(house: House, key: str = "1") -> str:
    """A caller waits in a queue. Returns the enquiry's id."""
    call = house.call()
    house.press("caller-1", key)
    return call


def takes(house: House, leg: str) -> None:
    house.answer(leg)
    house.press(leg, "1")


def talking(house: House) -> tuple[str, str]:
    """Anna talks with a caller at her mobile. Returns the enquiry's id and her leg."""
    house.at_mobile(ANNA)
    call = calling(house)
    leg = rung(house)
    takes(house, leg)
    assert house.board.calls[call].stage is Stage.TALKING
    return call, leg


def connected(house: House) -> list[tuple[str, ...]]:
    return [order.legs for order in house.ordered(tel.Connect)]


def outside_legs(house: House) -> list[dict[str, object]]:
    return [event.data for event in house.events if event.kind is Kind.OUTSIDE_LEG]


# --- an offer ------------------------------------------------------------------------------------


def test_the_caller_is_connected_when_the_key_is_pressed_and_not_before() -> None:
    house = House()
    house.at_mobile(ANNA)
    call = calling(house)
    ring = next(ring for ring in house.ringing())
    assert (ring.address, ring.caller_number, ring.centre_number) == (f"tel:{mobile(ANNA)}", CALLER, NUMBER)
    house.answer(ring.leg)
    (play,) = [play for play in house.ordered(tel.Play) if play.leg == ring.leg]
    assert set(play.prompts) == {f"{ANY_QUEUE_LINE}.da"}
    assert house.board.calls[call].offer is not None
    for key in "2#0":
        house.press(ring.leg, key)
    assert connected(house) == []
    assert house.presences[ANNA].in_hand[0].stage == "ringing"
    house.press(ring.leg, "1")
    assert connected(house) == [("caller-1", ring.leg)]
    assert tel.StopPlaying(ring.leg, play.playback) in house.orders
    assert house.presences[ANNA].state == Doing.TALKING
    assert Kind.ANSWERED in house.kinds(call)


def test_the_line_names_the_queue() -> None:
    house = House()
    named = replace(plan(), prompts=plan().prompts | {f"{queue_line('byg')}.da"})
    house.board.replan(named, house.at)
    house.at_mobile(ANNA)
    calling(house)
    house.answer(rung(house))
    (play,) = [play for play in house.ordered(tel.Play) if play.leg != "caller-1"]
    assert set(play.prompts) == {f"{queue_line('byg')}.da"}


def test_a_voicemail_takes_no_call_and_the_next_agent_is_offered_it() -> None:
    house = House()
    house.at_mobile(ANNA)
    call = calling(house)
    leg = rung(house)
    house.sign_in(BO)
    house.answer(leg)
    since = house.board.calls[call].queued_since
    house.wait(16)
    assert leg not in house.up, "the voicemail is hung up"
    assert house.presences[ANNA].state == Doing.NOT_RESPONDING
    assert house.presences[ANNA].phone_fault == "no_key"
    (ring,) = house.ringing()
    assert ring.address == "agent:p2"
    assert house.board.calls[call].queued_since == since, "the caller keeps their place"
    assert not [order for order in house.orders if isinstance(order, tel.Play) and order.leg == "caller-1"][1:]
    assert connected(house) == []
    (told,) = outside_legs(house)
    assert (told["accepted"], told["number_kind"], told["country"]) == (False, "denmark", "DK")
    assert told["seconds"] > 10  # type: ignore[operator]


def test_who_hangs_up_before_the_key_has_not_answered() -> None:
    house = House()
    house.at_mobile(ANNA)
    call = calling(house)
    leg = rung(house)
    house.answer(leg)
    house.gone(leg)
    assert house.presences[ANNA].state == Doing.NOT_RESPONDING
    assert house.board.calls[call].waits


@pytest.mark.parametrize(
    ("why", "state", "fault"),
    [
        (tel.Failure.BUSY, Doing.NOT_RESPONDING, "busy"),
        (tel.Failure.NO_ANSWER, Doing.NOT_RESPONDING, "no_answer"),
        (tel.Failure.REFUSED, Doing.READY, "refused"),
        (tel.Failure.UNREACHABLE, Doing.PAUSED, "unreachable"),
    ],
)
def test_a_number_that_fails_leaves_the_caller_in_the_queue(why: tel.Failure, state: Doing, fault: str) -> None:
    house = House()
    house.at_mobile(ANNA)
    call = calling(house)
    leg = rung(house)
    house.up.pop(leg)
    house.tell(tel.Failed(leg, why, house.at))
    assert (house.presences[ANNA].state, house.presences[ANNA].phone_fault) == (state, fault)
    assert house.board.calls[call].waits
    house.sign_in(BO)
    assert house.ringing()[-1].address == "agent:p2"


def test_a_line_that_is_down_is_not_tried_call_after_call_until_the_person_is_ready_again() -> None:
    house = House()
    house.at_mobile(ANNA)
    calling(house)
    leg = rung(house)
    house.up.pop(leg)
    house.tell(tel.Failed(leg, tel.Failure.UNREACHABLE, house.at))
    house.wait(60)
    assert len(house.ordered(tel.Ring)) == 1
    assert not house.presences[ANNA].phone_on
    house.ask("ready", ANNA)
    assert house.presences[ANNA].phone_fault == ""
    assert rung(house) != leg


def test_the_call_cannot_be_picked_up_on_the_screen() -> None:
    house = House()
    house.board.telephones.pick_up_at.add(EXCHANGE)
    house.at_mobile(ANNA)
    calling(house)
    assert house.ask("answer", ANNA).detail == {"code": "answer_at_number"}


def test_a_flow_that_ends_the_call_keeps_the_leg_that_rang() -> None:
    house = House()
    wait = {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 60, "on_max_wait": "farvel"}
    flow = data.parse({**FLOW, "version": 2, "start": "byg", "steps": [wait, {"id": "farvel", "kind": "hang_up"}]})
    flows = {"flows": {"erhverv": flow}, "versions": {("erhverv", 2): flow}}
    house.board.replan(replace(plan(), **flows), house.at)  # type: ignore[arg-type]
    call = house.call()
    house.wait(55)
    house.at_mobile(ANNA)
    leg = rung(house)
    house.wait(20)
    assert leg not in house.up
    assert house.kinds(call)[-2:] == [Kind.OUTSIDE_LEG, Kind.LEFT]


# --- a conversation ------------------------------------------------------------------------------


def test_the_desk_leads_the_conversation_and_the_mobile_ends_it() -> None:
    house = House()
    call, leg = talking(house)
    for kind in ("hold", "resume"):
        assert house.ask(kind, ANNA).done
    assert house.ask("mute", ANNA, on=True).done
    assert tel.Mute(leg, True) in house.orders
    house.wait(45)
    house.gone(leg)
    assert tel.Hangup("caller-1") in house.orders
    assert house.presences[ANNA].state == Doing.WRAP_UP
    assert house.kinds(call)[-2:] == [Kind.OUTSIDE_LEG, Kind.ENDED]
    (told,) = outside_legs(house)
    assert (told["accepted"], told["seconds"]) == (True, 45.0)


def test_a_consult_and_a_transfer_from_the_desk() -> None:
    house = House()
    call, leg = talking(house)
    house.sign_in(DAVID)
    assert house.ask("consult", ANNA, address=f"person:{DAVID}", name="David").done
    house.answer(house.ringing()[0].leg)
    assert house.ask("complete_transfer", ANNA).done
    assert leg not in house.up
    assert house.presences[ANNA].state == Doing.WRAP_UP
    talk = house.board.calls[call].talk
    assert talk is not None
    assert talk.person == DAVID


def test_a_colleague_is_consulted_at_their_number_by_the_same_rule() -> None:
    house = House()
    call, _leg = talking(house)
    house.at_mobile(DAVID)
    assert house.ask("consult", ANNA, address=f"person:{DAVID}", name="David").done
    asked = rung(house, DAVID)
    house.answer(asked)
    consult = house.board.calls[call].consult
    assert consult is not None
    assert not consult.is_talking
    play = house.ordered(tel.Play)[-1]
    assert play.prompts[0] == f"{LINES[LegRole.CONSULT]}.da"
    house.press(asked, "1")
    assert consult.is_talking
    assert house.ask("join", ANNA).done
    assert house.ask("complete_transfer", ANNA).done
    assert house.board.calls[call].talk is not None


def test_a_voicemail_that_is_consulted_is_hung_up_and_the_agent_goes_on() -> None:
    house = House()
    call, _leg = talking(house)
    house.at_mobile(DAVID)
    assert house.ask("transfer", ANNA, address=f"person:{DAVID}", name="David").done
    asked = rung(house, DAVID)
    house.answer(asked)
    house.wait(31)
    assert asked not in house.up
    assert house.board.calls[call].waits, "the caller is back in the queue"
    assert Kind.TRANSFER_FAILED in house.kinds(call)


def test_a_number_is_dialled_only_when_its_agent_has_pressed_the_key() -> None:
    house = House()
    house.at_mobile(ANNA)
    assert house.ask("dial", ANNA, number="+4533333333").done
    leg = rung(house)
    house.answer(leg)
    assert len(house.ringing()) == 0
    house.press(leg, "1")
    (ring,) = house.ringing()
    assert ring.address == "tel:+4533333333"
    house.answer(ring.leg)
    assert connected(house)


def test_nobody_listens_in_before_the_key() -> None:
    house = House()
    talking(house)
    house.at_mobile(EVA)
    assert house.ask("monitor", EVA, person=ANNA, mode="listen").done
    leg = rung(house, EVA)
    house.answer(leg)
    assert house.ordered(tel.Monitor) == []
    house.press(leg, "1")
    assert len(house.ordered(tel.Monitor)) == 1


def test_who_goes_off_duty_at_the_mobile_ends_the_conversation_first() -> None:
    house = House()
    _call, leg = talking(house)
    house.ask("sign_out", ANNA)
    assert leg in house.up
    assert house.presences[ANNA].state == Doing.TALKING
    house.gone(leg)
    house.wait(31)
    assert house.presences[ANNA].state == Doing.SIGNED_OUT


# --- which numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (mobile(BO), "number_not_confirmed"),
        ("+4590112233", "barred_premium"),
        ("nonsense", "bad_number"),
        ("+46812345678", "number_not_confirmed"),
    ],
)
def test_only_a_confirmed_number_of_ones_own_takes_calls(number: str, code: str) -> None:
    house = House()
    assert house.ask("sign_in", ANNA, phone_kind="number", phone_address=number).detail == {"code": code}


def test_two_people_do_not_take_calls_at_one_number() -> None:
    house = House()
    shared = frozenset({mobile(ANNA)})
    people = {each: replace(known, own_numbers=shared) for each, known in plan().people.items()}
    house.board.replan(replace(plan(), people=people), house.at)
    house.at_mobile(ANNA)
    refused = house.ask("sign_in", BO, phone_kind="number", phone_address=mobile(ANNA))
    assert refused.detail == {"code": "number_taken"}


def test_the_telephone_is_not_changed_during_a_call() -> None:
    house = House()
    talking(house)
    assert house.ask("sign_in", ANNA, phone_kind="browser").detail == {"code": "busy"}
    assert house.ask("sign_in", ANNA, phone_kind="number", phone_address=mobile(ANNA)).done, "the same again"


def test_a_number_that_is_taken_away_rings_no_more() -> None:
    house = House()
    house.at_mobile(ANNA)
    people = {**plan().people, ANNA: replace(plan().people[ANNA], own_numbers=frozenset())}
    house.board.replan(replace(plan(), people=people), house.at)
    calling(house)
    assert house.ringing() == []


# --- the rules about outside numbers -------------------------------------------------------------


def under(house: House, *people: int, **rule: int) -> None:
    of_role = DialRule("agent", frozenset(NumberKind), **rule)  # type: ignore[arg-type]  # whole numbers
    house.board.replan(replace(plan(), dial_rules=dict.fromkeys(people, (of_role,))), house.at)


def test_the_legs_count_among_the_calls_out_at_once() -> None:
    house = House()
    under(house, ANNA, BO, at_once=1)
    house.at_mobile(ANNA, BO)
    calling(house)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    house.wait(1)
    assert [ring.address for ring in house.ringing()] == [f"tel:{mobile(ANNA)}"], "Bo's would be the second"
    assert house.presences[BO].state == Doing.READY
    leg = rung(house)
    takes(house, leg)
    assert house.ringing() == []
    house.gone(leg)
    assert [ring.address for ring in house.ringing()] == [f"tel:{mobile(BO)}"]


@pytest.mark.parametrize("waits", [ANNA, BO])
def test_a_full_limit_is_busy_and_no_reason_for_the_safe_queue(waits: int) -> None:
    """Anna's own conversation fills it; she, or Bo beside her, could take the next call."""
    house = House()
    under(house, ANNA, BO, at_once=1)
    house.at_mobile(ANNA)
    calling(house)
    leg = rung(house)
    takes(house, leg)
    if waits == BO:
        house.at_mobile(BO)
    second = house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    house.wait(60)
    assert house.alerts == []
    assert house.board.calls[second].queue == "byg"
    house.gone(leg)
    house.wait(31)
    assert len(house.ringing()) == 1


def test_a_caller_is_told_of_when_those_at_the_limit_have_gone() -> None:
    house = House()
    under(house, BO, DAVID, at_once=1)
    house.sign_in(DAVID)
    assert house.ask("dial", DAVID, number="+4520304055").done
    house.at_mobile(BO)
    calling(house)
    house.wait(25)
    assert house.alerts == []
    house.ask("sign_out", BO)
    house.wait(20)
    assert "nobody_able" in house.alerts


def test_a_full_limit_is_told_while_it_is_full() -> None:
    house = House()
    under(house, ANNA, BO, at_once=1)
    house.at_mobile(ANNA, BO)
    calling(house)
    leg = rung(house)
    assert house.presences[BO].phone_fault == "rule_at_once"
    house.answer(leg)
    house.gone("caller-1")
    assert (house.presences[BO].phone_fault, house.presences[BO].phone_on) == ("", True)


def test_a_leg_that_came_too_late_for_the_limit_is_no_fault_of_the_number() -> None:
    house = House()
    under(house, ANNA, BO, at_once=1)
    calling(house)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    house.at_mobile(ANNA)
    house.at_mobile(BO)
    house.wait(1)
    for caller in ("caller-1", "caller-2"):
        house.gone(caller)
    assert {house.presences[each].phone_fault for each in (ANNA, BO)} == {""}


def test_a_caller_who_leaves_before_the_key_is_no_fault_of_the_agent() -> None:
    house = House()
    house.at_mobile(ANNA)
    calling(house)
    house.answer(rung(house))
    house.gone("caller-1")
    assert house.presences[ANNA].phone_fault == ""


def test_a_call_out_from_ones_own_number_is_one_call_and_not_two() -> None:
    house = House()
    under(house, ANNA, BO, at_once=1)
    house.at_mobile(ANNA)
    house.sign_in(BO)
    assert house.ask("dial", ANNA, number="+4533333333").done
    takes(house, rung(house))
    (called,) = house.ringing()
    assert called.address == "tel:+4533333333"
    assert house.ask("dial", BO, number="+4533333333").detail == {"code": "rule_at_once"}
    house.answer(called.leg)
    house.gone(called.leg)
    assert house.ask("dial", BO, number="+4533333333").done


def test_two_calls_at_one_moment_do_not_break_the_limit() -> None:
    house = House()
    under(house, ANNA, BO, at_once=1)
    calling(house)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    house.at_mobile(ANNA)
    house.at_mobile(BO)
    house.wait(1)
    assert len(house.ringing()) == 1
    assert house.presences[BO].state == Doing.READY


def test_the_longest_call_out_does_not_cut_a_caller_off() -> None:
    house = House()
    under(house, ANNA, longest_seconds=600)
    _call, leg = talking(house)
    house.wait(3600)
    assert leg in house.up
    assert "caller-1" in house.up


def test_a_call_out_from_ones_own_number_ends_when_its_time_is_over() -> None:
    house = House()
    under(house, ANNA, longest_seconds=600)
    house.at_mobile(ANNA)
    house.ask("dial", ANNA, number="+4533333333")
    takes(house, rung(house))
    (called,) = house.ringing()
    house.answer(called.leg)
    house.wait(605)
    assert tel.Hangup(called.leg) in house.orders


def test_ones_own_number_may_be_rung_often_but_not_at_night_without_word_of_it() -> None:
    house = House()
    house.at_mobile(ANNA)
    told: list[str] = []
    for number in range(8):
        house.call(f"caller-{number}", f"+452030405{number}")
        house.press(f"caller-{number}", "1")
        house.gone(f"caller-{number}")
        told += [alert.code for alert in house.board.centre.out.alerts]
    assert told == []
    house.at += timedelta(hours=14)
    house.call("night")
    house.press("night", "1")
    assert "odd_calls_night" in [alert.code for alert in house.board.centre.out.alerts]


# --- after an outage -----------------------------------------------------------------------------


def restarted(house: House) -> None:
    """Kill the switchboard and start it again; Asterisk reports the legs that are up."""
    board = new_board(house.board.plan, house.at)
    house._take(board.restore([read_item(kept) for kept in house.kept.values()], desks_of(house.board), house.at))
    house.board = board
    up = {leg: answered for leg, answered in house.up.items() if answered}
    house.up = dict(up)
    house.tell(tel.Connected(tuple(tel.LegUp(leg, True, None, "", "") for leg in up), house.at))


def test_a_conversation_goes_on_over_a_restart_of_the_switchboard() -> None:
    house = House()
    call, leg = talking(house)
    house.wait(10)
    restarted(house)
    talk = house.board.calls[call].talk
    assert talk is not None
    assert talk.leg == leg
    assert leg in house.up
    house.wait(20)
    house.gone(leg)
    assert house.presences[ANNA].state == Doing.WRAP_UP
    (told,) = outside_legs(house)
    assert told["seconds"] == 30.0


def test_a_consulted_number_is_asked_again_for_the_key_after_a_restart() -> None:
    house = House()
    call, _leg = talking(house)
    house.at_mobile(DAVID)
    house.ask("consult", ANNA, address=f"person:{DAVID}", name="David")
    asked = rung(house, DAVID)
    house.answer(asked)
    restarted(house)
    assert house.ordered(tel.Play)[-1].leg == asked
    house.press(asked, "1")
    consult = house.board.calls[call].consult
    assert consult is not None
    assert consult.is_talking


def test_a_leg_that_was_offered_is_hung_up_after_a_restart_and_the_call_is_offered_anew() -> None:
    house = House()
    house.at_mobile(ANNA)
    call = calling(house)
    leg = rung(house)
    house.answer(leg)
    restarted(house)
    assert leg not in house.up
    takes(house, rung(house))
    assert house.board.calls[call].stage is Stage.TALKING


# --- test rings ----------------------------------------------------------------------------------


def trial(house: House, code: str = "4711") -> str:
    assert house.ask("confirm_number", ANNA, number="+4520203040", code=code).done
    ring = house.ordered(tel.Ring)[-1]
    assert ring.address == "tel:+4520203040"
    assert not house.board.is_moot(ring)
    return str(ring.leg)


def told_of(house: House, report: tel.Report) -> list[tuple[int, str, str]]:
    tried = house.tell(report).numbers_tried
    assert all(each.code == "4711" for each in tried)
    return [(each.person, each.number, each.outcome) for each in tried]


def test_a_number_is_confirmed_by_the_code_from_the_screen() -> None:
    house = House()
    leg = trial(house)
    house.press(leg, "4")  # before the answer
    house.answer(leg)
    for key in "14471":
        assert told_of(house, tel.Keyed(leg, key, house.at)) == []
    assert told_of(house, tel.Keyed(leg, "1", house.at)) == [(ANNA, "+4520203040", "confirmed")]
    thanks = house.ordered(tel.Play)[-1]
    assert told_of(house, tel.Played(leg, thanks.playback, house.at)) == []
    assert leg not in house.up


def test_a_stranger_does_not_confirm_it() -> None:
    house = House()
    leg = trial(house)
    house.answer(leg)
    told = [each for key in "123412341234" for each in told_of(house, tel.Keyed(leg, key, house.at))]
    assert told == [(ANNA, "+4520203040", "wrong_code")]
    assert leg not in house.up


@pytest.mark.parametrize(("keys", "outcome"), [("", "no_code"), ("4712", "wrong_code")])
def test_who_hangs_up_before_the_code_has_keyed_none_or_a_wrong_one(keys: str, outcome: str) -> None:
    house = House()
    leg = trial(house)
    house.answer(leg)
    for key in keys:
        house.press(leg, key)
    assert told_of(house, tel.Gone(leg, house.at)) == [(ANNA, "+4520203040", outcome)]


def test_a_voicemail_does_not_confirm_it() -> None:
    house = House()
    leg = trial(house)
    house.answer(leg)
    house.wait(80)
    assert leg not in house.up


def test_a_second_trial_ends_the_first_under_its_own_code() -> None:
    house = House()
    first = trial(house)
    second = Ask(99, "confirm_number", ANNA, {"number": "+4520203040", "code": "1234"})
    tried = house._take(house.board.ask(second, house.at)).numbers_tried
    assert [(each.code, each.outcome) for each in tried] == [("4711", "no_code")]
    assert first not in house.up


def test_the_timer_of_the_first_trial_does_not_end_the_second() -> None:
    house = House()
    trial(house)
    house.wait(70)
    second = trial(house)
    house.answer(second)
    house.wait(10)
    assert second in house.up
    house.wait(70)
    assert second not in house.up


def test_the_end_of_the_question_does_not_cut_off_the_thanks() -> None:
    house = House()
    leg = trial(house)
    house.answer(leg)
    asked = house.ordered(tel.Play)[-1]
    for key in "4711":
        house.press(leg, key)
    thanks = house.ordered(tel.Play)[-1]
    house.tell(tel.Played(leg, asked.playback, house.at))
    assert leg in house.up
    house.tell(tel.Played(leg, thanks.playback, house.at))
    assert leg not in house.up


@pytest.mark.parametrize("why", list(tel.Failure))
def test_why_a_number_was_not_reached_is_told(why: tel.Failure) -> None:
    house = House()
    leg = trial(house)
    house.up.pop(leg)
    assert told_of(house, tel.Failed(leg, why, house.at)) == [(ANNA, "+4520203040", why.value)]


def test_a_barred_number_is_not_tried() -> None:
    house = House()
    assert house.ask("confirm_number", ANNA, number="+4590112233", code="4711").detail == {"code": "barred_premium"}
