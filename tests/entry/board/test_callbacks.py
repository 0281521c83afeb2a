"""Callbacks keep their place, are offered in turn, are dialled when accepted, and are attempted several times."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from indgang.core.schedule import Schedule, Weekly
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.desk import Doing
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, BO, EVA, FLOW, START, House, desks_of, new_board, plan

NUMBER = "+4520304050"


def with_offer() -> House:
    """A house whose flow offers a callback to callers who press 1 in the queue."""
    steps = [
        {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 600, "on_max_wait": "farvel",
         "callback": {"after": 10, "key": "1", "prompts": ["menu"], "to": "ring-op"}},
        {"id": "ring-op", "kind": "callback_offer", "queue": "byg", "prompts": ["menu"], "enter_prompts": ["menu"],
         "confirm_prompts": ["menu"], "done_prompts": ["farvel"], "on_declined": "byg"},
        {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
    ]  # fmt: skip
    flow = data.parse({**FLOW, "start": "byg", "steps": steps})
    return House(new_board(replace(plan(), flows={"erhverv": flow}, versions={("erhverv", 1): flow}), START))


def promised(house: House, leg: str = "caller-1", number: str = NUMBER) -> str:
    """A caller waits 12 seconds, accepts a callback and hangs up. Returns the enquiry's id."""
    call = house.call(leg, number)
    house.wait(12)
    house.press(leg, "1")
    house.press(leg, "1")
    house.gone(leg)
    return call


def callbacks(house: House) -> list[Callback]:
    return [item for item in house.board.centre.items.values() if isinstance(item, Callback)]


def offered(house: House, who: int) -> str | None:
    """Returns the enquiry of the callback that is offered to this person, if any."""
    found = [item.story for item in callbacks(house) if item.offer and item.offer.person == who]
    return found[0] if found else None


def dialled(house: House, who: int) -> str:
    """The person accepts the offer and answers the phone. Returns the contact's leg, which rings."""
    assert house.ask("answer", who).done
    house.answer(house.ringing()[-1].leg)
    return house.ringing()[-1].leg


def test_a_promised_call_keeps_the_place_and_is_rung_in_turn() -> None:
    house = with_offer()
    first = promised(house)
    house.call("caller-2", "+4511111111")
    house.wait(3)
    assert [item.place for item in callbacks(house)] == [START]
    assert house.board.calls[second(house)].waits
    house.sign_in(ANNA)
    assert offered(house, ANNA) == first
    assert not house.ringing(), "no phone rings before the callback is taken"
    (item,) = house.presences[ANNA].in_hand
    assert (item.enquiry, item.kind, item.stage, item.attempts) == (first, "callback", "ringing", 0)
    leg = dialled(house, ANNA)
    assert [order.address for order in house.ordered(tel.Ring)] == ["agent:p1", f"tel:{NUMBER}"]
    house.answer(leg)
    assert house.board.desks[ANNA].doing is Doing.TALKING
    assert house.presences[ANNA].enquiry == first
    assert callbacks(house) == []
    house.gone(leg)
    assert house.kinds(first)[-8:] == [
        Kind.CALLBACK, Kind.CALLBACK_QUEUED, Kind.LEFT, Kind.CALLBACK_OFFERED, Kind.CALLBACK_ACCEPTED,
        Kind.CALLED_BACK, Kind.ANSWERED, Kind.ENDED,
    ]  # fmt: skip
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP


def second(house: House) -> str:
    return house.board.legs["caller-2"][0]


def test_who_waits_longer_on_the_line_goes_first() -> None:
    house = with_offer()
    house.call("caller-2", "+4511111111")
    house.wait(5)
    promised(house)
    house.sign_in(ANNA)
    assert [ring.call for ring in house.ringing()] == [second(house)]


def test_a_callback_that_is_rejected_keeps_its_place_and_goes_to_another() -> None:
    house = with_offer()
    call = promised(house)
    house.sign_in(ANNA, BO)
    assert offered(house, ANNA) == call
    house.ask("refuse", ANNA)
    assert offered(house, BO) == call
    house.wait(16)
    assert house.board.desks[BO].doing is Doing.NOT_RESPONDING
    assert offered(house, ANNA) == call, "nobody else can take it, and she has rested from it"


def test_a_contact_who_does_not_answer_is_tried_again_after_a_pause_and_then_no_more() -> None:
    house = with_offer()
    call = promised(house)
    house.sign_in(ANNA)
    for attempt in (1, 2, 3):
        leg = dialled(house, ANNA)
        house.tell(tel.Failed(leg, tel.Failure.NO_ANSWER, house.at))
        assert house.board.desks[ANNA].doing is Doing.READY, attempt
        assert offered(house, ANNA) is None
        if attempt < 3:
            house.wait(890)
            assert offered(house, ANNA) is None
            house.wait(20)
    over = house.events[-1]
    assert (over.kind, over.stream, over.data) == (
        Kind.CALLBACK_OVER, call, {"why": "not_reached", "attempts": 3, "number": NUMBER},
    )  # fmt: skip
    assert callbacks(house) == []
    assert not house.kept


def test_an_agent_who_gives_up_before_the_contact_is_rung_spends_no_attempt() -> None:
    house = with_offer()
    call = promised(house)
    house.sign_in(ANNA)
    house.ask("answer", ANNA)
    house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.NO_ANSWER, house.at))
    (callback,) = callbacks(house)
    assert (callback.story, callback.attempts, callback.call) == (call, 0, "")
    assert callback.waits


def test_who_calls_again_and_talks_with_us_need_not_be_rung() -> None:
    house = with_offer()
    call = promised(house)
    house.call("caller-2", NUMBER)
    house.sign_in(ANNA)
    house.ask("refuse", ANNA)
    house.answer(house.ringing()[-1].leg)
    assert [event.data["why"] for event in house.events if event.kind is Kind.CALLBACK_OVER] == ["answered"]
    assert house.kinds(call)[-1] is Kind.CALLBACK_OVER


def test_who_is_promised_a_call_twice_is_rung_once_at_the_better_place() -> None:
    house = with_offer()
    first = promised(house)
    house.wait(60)
    again = promised(house, "caller-2")
    assert [item.story for item in callbacks(house)] == [first]
    told = [event.data.get("standing") for event in house.events if event.kind is Kind.CALLBACK]
    assert told == [None, first]
    assert again != first


def test_a_call_may_come_while_a_callback_waits_in_hand_and_both_are_there() -> None:
    house = with_offer()
    call = promised(house)
    house.call("caller-2", "+4511111111")
    house.sign_in(ANNA)
    house.ask("refuse", ANNA)
    house.answer(house.ringing()[-1].leg)
    assert house.ask("callback_take", ANNA, enquiry=call).detail == {"enquiry": call}
    assert len(house.board.desks[ANNA].in_hand) == 2
    assert not house.ringing(), "it waits in hand until the call is over"
    house.gone("caller-2")
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    assert house.ask("callback_take", ANNA, enquiry=call).done
    assert [ring.address for ring in house.ringing()] == ["agent:p1"]


def test_what_was_taken_and_is_put_down_again_goes_back_to_its_place() -> None:
    house = with_offer()
    call = promised(house)
    house.sign_in(ANNA)
    house.ask("pause", ANNA)
    house.call("caller-2", "+4511111111")
    house.sign_in(BO)
    assert offered(house, BO) == call
    assert house.ask("callback_take", ANNA, enquiry=call).detail == {"code": "taken"}
    house.ask("refuse", BO)
    assert house.ask("callback_give_back", ANNA, enquiry=call).detail == {"code": "not_taken"}


def test_a_call_is_ordered_for_a_time_and_offered_then() -> None:
    house = with_offer()
    at = START + timedelta(hours=2)
    answer = house.ask("callback_order", ANNA, number="20304050", queue="byg", due=at.isoformat(), name="Lis")
    assert answer.done
    enquiry = answer.detail["enquiry"]
    assert house.events[-1].kind is Kind.CALLBACK_ORDERED
    house.sign_in(BO)
    house.wait(7190)
    assert offered(house, BO) is None
    house.wait(15)
    assert offered(house, BO) == enquiry
    again = house.ask("callback_order", ANNA, number="+4520304050", queue="byg")
    assert again.detail == {"enquiry": enquiry, "standing": True}
    assert house.ask("callback_cancel", EVA, enquiry=enquiry).done
    assert callbacks(house) == []
    assert house.board.desks[BO].doing is Doing.READY
    assert house.ask("callback_cancel", EVA, enquiry=enquiry).detail == {"code": "no_callback"}


def test_nobody_is_rung_outside_the_hours() -> None:
    base = plan()
    hours = {"dag": Schedule(tuple(Weekly(day, time(9), time(16)) for day in range(5)))}
    byg = replace(base.queues["byg"], callback_hours="dag")
    house = House(new_board(replace(base, schedules=hours, queues={**base.queues, "byg": byg}), START))
    house.at = START + timedelta(hours=8)  # 17.30 in Copenhagen
    house.ask("callback_order", ANNA, number=NUMBER, queue="byg")
    (callback,) = callbacks(house)
    assert callback.parked_until == START + timedelta(hours=23, minutes=30)
    assert not callback.waits


def test_after_a_restart_callbacks_wait_at_their_places_and_parked_ones_are_still_parked() -> None:
    house = with_offer()
    first = promised(house)
    later = (house.at + timedelta(hours=1)).isoformat()
    house.ask("callback_order", EVA, number="+4599999999", queue="byg", due=later)
    board = new_board(house.board.plan, house.at)
    kept = [Callback.from_data(each) for each in house.kept.values()]
    house._take(board.restore(kept, desks_of(house.board), house.at))
    house.board = board
    house.tell(tel.Connected((), house.at))
    house.sign_in(BO)
    assert offered(house, BO) == first
    house.ask("sign_out", BO)
    house.wait(3600)
    assert [item.waits for item in callbacks(house)] == [True, True]


def test_while_nothing_can_be_written_no_callback_is_offered() -> None:
    house = with_offer()
    call = promised(house)
    house.sign_in(ANNA)
    assert offered(house, ANNA) == call
    house._take(house.board.halt(house.at))
    assert offered(house, ANNA) is None
    assert house.board.desks[ANNA].doing is Doing.READY
    house._take(house.board.go_on(house.at))
    assert offered(house, ANNA) == call


def test_who_goes_home_leaves_what_was_taken_in_its_place() -> None:
    house = with_offer()
    call = promised(house)
    house.call("caller-2", "+4511111111")
    house.sign_in(ANNA)
    house.ask("refuse", ANNA)
    house.answer(house.ringing()[-1].leg)
    house.ask("callback_take", ANNA, enquiry=call)
    house.gone("caller-2")
    house.ask("sign_out", ANNA)
    assert house.board.desks[ANNA].in_hand == []
    house.sign_in(BO)
    assert offered(house, BO) == call


def test_a_pause_need_not_wait_for_what_is_only_in_hand() -> None:
    house = with_offer()
    call = promised(house)
    house.sign_in(EVA)
    house.ask("pause", EVA)
    board = house.board
    assert house.ask("callback_take", EVA, enquiry=call).done
    house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.NO_ANSWER, house.at))
    assert board.desks[EVA].doing is Doing.PAUSED


def test_who_has_no_phone_is_told_before_anything_is_taken() -> None:
    house = with_offer()
    call = promised(house)
    house.sign_in(ANNA)
    house.ask("refuse", ANNA)
    house.tell(tel.PhoneRegistered("p1", False, house.at))
    assert house.ask("callback_take", ANNA, enquiry=call).detail == {"code": "no_phone"}
    assert [item.waits for item in callbacks(house)] == [True]
