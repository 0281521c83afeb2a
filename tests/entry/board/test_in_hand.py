"""The board's list of work in hand: the conversation comes first, each enquiry appears once, and stages are right."""

from __future__ import annotations

from indgang.entry.event_kinds import Kind
from indgang.entry.journal import InHandNow, InHandStage
from indgang.routing.centre.desk import Doing
from tests.entry.board.test_callbacks import dialled, offered, promised, with_offer
from tests.entry.house import ANNA, BO, House


def hand(house: House, who: int) -> list[tuple[str, str, InHandStage]]:
    """Returns the kind, enquiry and stage of each item on the person's desk."""
    return [(item.kind, item.enquiry, item.stage) for item in items(house, who)]


def items(house: House, who: int) -> tuple[InHandNow, ...]:
    hand: tuple[InHandNow, ...] = house.presences[who].in_hand
    return hand


def beside_a_call() -> tuple[House, str, str]:
    """Anna talks and has accepted a callback for later. Returns the house, the call's id and the callback's enquiry."""
    house = with_offer()
    callback = promised(house)
    call = house.call("caller-2", "+4511111111")
    house.sign_in(ANNA)
    house.ask("refuse", ANNA)
    house.answer(house.ringing()[-1].leg)
    assert house.ask("callback_take", ANNA, enquiry=callback).done
    return house, call, callback


def test_a_call_and_a_callback_in_hand_the_conversation_first() -> None:
    house, call, callback = beside_a_call()
    assert hand(house, ANNA) == [
        ("call", call, InHandStage.TALKING), ("callback", callback, InHandStage.OPEN),
    ]  # fmt: skip


def test_after_the_call_its_wrap_up_comes_before_what_still_waits() -> None:
    house, call, callback = beside_a_call()
    house.gone("caller-2")
    assert hand(house, ANNA) == [("call", call, InHandStage.AFTER), ("callback", callback, InHandStage.OPEN)]
    house.ask("wrap_up_over", ANNA)
    assert hand(house, ANNA) == [("callback", callback, InHandStage.OPEN)]
    assert house.board.desks[ANNA].doing is Doing.WORKING
    house.ask("callback_give_back", ANNA, enquiry=callback)
    assert hand(house, ANNA) == []


def test_a_callback_is_dialled_while_the_call_before_it_is_wrapped_up() -> None:
    house, call, callback = beside_a_call()
    house.gone("caller-2")
    assert house.ask("callback_take", ANNA, enquiry=callback).done
    assert hand(house, ANNA)[0] == ("call", callback, InHandStage.DIALLING)
    house.answer(house.ringing()[-1].leg)
    house.answer(house.ringing()[-1].leg)
    assert hand(house, ANNA)[0] == ("call", callback, InHandStage.TALKING)
    assert call in [enquiry for _, enquiry, _ in hand(house, ANNA)[1:]] or house.kinds(call)[-1] is Kind.WRAPPED_UP


def test_what_is_offered_says_until_when_and_why_and_what_is_held_says_so() -> None:
    house = with_offer()
    call = house.call("caller-1")
    house.sign_in(ANNA)
    (item,) = items(house, ANNA)
    assert (item.enquiry, item.stage) == (call, InHandStage.RINGING)
    assert item.offered_until is not None
    assert item.reasons
    house.answer(house.ringing()[-1].leg)
    house.ask("hold", ANNA)
    (item,) = items(house, ANNA)
    assert (item.stage, item.held, item.offered_until) == (InHandStage.TALKING, True, None)


def test_whoever_is_consulted_about_a_promised_call_has_its_enquiry_in_hand() -> None:
    house = with_offer()
    callback = promised(house)
    house.sign_in(ANNA)
    assert offered(house, ANNA) == callback
    house.answer(dialled(house, ANNA))
    house.sign_in(BO)
    assert house.ask("consult", ANNA, address=f"person:{BO}", name="Bo").done
    (asked,) = items(house, BO)
    assert (asked.enquiry, asked.stage) == (callback, InHandStage.RINGING)
    assert items(house, ANNA)[0].consult_state == "ringing"
    house.answer(house.ringing()[-1].leg)
    assert [item.stage for item in items(house, BO)] == [InHandStage.ASKED]
    assert Kind.CONSULT_OFFERED in house.kinds(callback), "in the story of the enquiry, not of the call that keeps it"


def test_a_callback_that_is_cancelled_leaves_the_wrap_up_of_the_call_alone() -> None:
    house, call, callback = beside_a_call()
    house.gone("caller-2")
    until = house.presences[ANNA].wrap_up_until
    house.wait(5)
    assert house.ask("callback_cancel", BO, enquiry=callback).done
    assert hand(house, ANNA) == [("call", call, InHandStage.AFTER)]
    assert (house.board.desks[ANNA].doing, house.presences[ANNA].wrap_up_until) == (Doing.WRAP_UP, until)
    assert house.ask("extend_wrap_up", ANNA, seconds=60).done
    assert Kind.WRAPPED_UP not in house.kinds(call)


def test_empty_hands_are_empty() -> None:
    house = with_offer()
    house.sign_in(ANNA)
    assert items(house, ANNA) == ()
    house.call("caller-1")
    assert items(house, ANNA)
    house.gone("caller-1")
    assert items(house, ANNA) == ()
