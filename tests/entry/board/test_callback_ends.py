"""A contact with a callback who calls can wait at the same place or cancel it, and is told about missed attempts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from indgang.entry.board.kept import read_item
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.core import MISSED_CALLBACK_KEPT
from indgang.routing.centre.plan import CallbackRule
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests.entry.board.test_callbacks import callbacks, dialled, offered
from tests.entry.house import ANNA, BO, EVA, FLOW, START, House, desks_of, new_board, plan

NUMBER, OTHER = "+4520304050", "+4520304051"

STEPS: list[dict[str, Any]] = [
    {"id": "lovet", "kind": "condition", "all": [{"fact": "callback_waiting"}], "on_true": "lovet-menu",
     "on_false": "forgaeves"},
    {"id": "lovet-menu", "kind": "menu", "prompts": ["lovet"], "keys": {"1": "plads", "2": "afmeld"}, "retries": 0,
     "on_exhausted": "byliv"},
    {"id": "afmeld", "kind": "cancel_callback", "prompts": ["afmeldt"]},
    {"id": "forgaeves", "kind": "condition", "all": [{"fact": "callback_missed"}], "on_true": "forgaeves-menu",
     "on_false": "byliv"},
    {"id": "forgaeves-menu", "kind": "menu", "prompts": ["forgaeves"], "keys": {"1": "plads", "2": "ring-op"},
     "retries": 0, "on_exhausted": "byliv"},
    {"id": "plads", "kind": "queue", "queue": "@promised", "max_wait": 600, "on_max_wait": "farvel"},
    {"id": "ring-op", "kind": "callback_offer", "queue": "@promised", "prompts": ["menu"], "enter_prompts": ["menu"],
     "confirm_prompts": ["menu"], "done_prompts": ["farvel"], "on_declined": "byliv"},
    {"id": "byliv", "kind": "queue", "queue": "byliv", "max_wait": 600, "on_max_wait": "farvel"},
    {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
]  # fmt: skip
RULE = CallbackRule(attempts=2, pause_seconds=300.0)


def house_with(rule: CallbackRule = RULE) -> House:
    """A house whose flow recognises callers with a callback; everybody else waits for Byliv."""
    flow = data.parse({**FLOW, "start": "lovet", "steps": STEPS})
    base = plan()
    queues = {**base.queues, "byg": replace(base.queues["byg"], callbacks=rule)}
    return House(
        new_board(replace(base, flows={"erhverv": flow}, versions={("erhverv", 1): flow}, queues=queues), START)
    )


def ordered(house: House, number: str = NUMBER, **more: Any) -> str:
    """Order a callback as the public site does, and return the enquiry's id."""
    answer = house.ask("callback_order", EVA, number=number, queue="byg", **more)
    return str(answer.detail["enquiry"])


def said(house: House) -> str:
    """Returns the latest prompt."""
    return str(house.ordered(tel.Play)[-1].prompts[0])


def over(house: House, enquiry: str) -> dict[str, Any]:
    """Returns the data of the event that ended this callback."""
    (event,) = (each for each in house.events if each.stream == enquiry and each.kind == Kind.CALLBACK_OVER)
    return dict(event.data)


def missed(house: House) -> str:
    """Let every attempt of a callback fail, and return the enquiry's id."""
    enquiry = ordered(house)
    house.sign_in(ANNA)
    for _attempt in range(RULE.attempts):
        house.tell(tel.Failed(dialled(house, ANNA), tel.Failure.NO_ANSWER, house.at))
        house.wait(RULE.pause_seconds)
    house.ask("pause", ANNA)
    return enquiry


def test_who_calls_in_waits_on_the_line_at_the_place_of_the_promised_call() -> None:
    house = house_with()
    enquiry = ordered(house)
    house.wait(60)
    ordered(house, OTHER)
    house.wait(60)
    call = house.call("caller-1", NUMBER)
    assert said(house) == "lovet.da"
    house.press("caller-1", "1")
    assert house.board.calls[call].queued_since == START
    house.sign_in(ANNA)
    assert [ring.call for ring in house.ringing()] == [call], "the other was promised a call later"
    house.answer(house.ringing()[-1].leg)
    assert over(house, enquiry) == {"why": "called_in", "attempts": 0, "number": NUMBER, "call": call}
    assert [item.contact for item in callbacks(house)] == [OTHER]


@pytest.mark.parametrize("seconds", [3, 700])
def test_who_takes_up_the_place_and_is_not_answered_is_rung_after_all(seconds: int) -> None:
    house = house_with()
    enquiry = ordered(house)
    house.wait(3600)
    call = house.call("caller-1", NUMBER)
    house.press("caller-1", "1")
    assert house.ask("callback_take", ANNA, enquiry=enquiry).detail in ({"code": "taken"}, {"code": "not_signed_in"})
    house.wait(seconds)  # the caller hangs up while waiting, or reaches the longest wait of ten minutes
    house.gone("caller-1")
    assert call not in house.board.calls
    assert Kind.ABANDONED not in house.kinds(call), "what was promised stands"
    (callback,) = callbacks(house)
    assert (callback.story, callback.place, callback.call) == (enquiry, START, "")
    house.sign_in(ANNA)
    assert offered(house, ANNA) == enquiry


def test_who_waits_at_the_place_can_call_it_off_on_the_site() -> None:
    house = house_with()
    enquiry = ordered(house)
    house.call("caller-1", NUMBER)
    house.press("caller-1", "1")
    assert house.ask("callback_cancel", EVA, enquiry=enquiry).done
    house.gone("caller-1")
    assert callbacks(house) == []


def test_who_waits_at_the_place_is_judged_by_that_queue_whatever_else_is_ordered() -> None:
    house = house_with()
    ordered(house)
    call = house.call("caller-1", NUMBER)
    house.press("caller-1", "1")
    answer = house.ask("callback_order", EVA, number=NUMBER, queue="safe")
    assert answer.detail["standing"] is True
    house.wait(60)
    assert house.board.calls[call].queue == "byg"


def test_a_restart_in_the_meantime_keeps_the_promise_with_the_call() -> None:
    house = house_with()
    enquiry = ordered(house)
    call = house.call("caller-1", NUMBER)
    house.press("caller-1", "1")
    board = new_board(house.board.plan, house.at)
    kept = [read_item(data) for data in house.kept.values()]
    house._take(board.restore(kept, desks_of(house.board), house.at))
    restored = next(item for item in board.centre.items.values() if isinstance(item, Callback))
    assert (restored.story, restored.call, restored.queued_since) == (enquiry, call, None)


def test_the_place_of_a_chosen_time_that_is_still_to_come_is_now() -> None:
    house = house_with()
    enquiry = ordered(house, due=(START + timedelta(hours=3)).isoformat())
    house.wait(60)
    call = house.call("caller-1", NUMBER)
    house.press("caller-1", "1")
    assert house.board.calls[call].queued_since == house.at
    house.sign_in(ANNA)
    house.answer(house.ringing()[-1].leg)
    assert over(house, enquiry)["why"] == "called_in"


def test_the_same_number_calls_it_off() -> None:
    house = house_with()
    enquiry = ordered(house)
    call = house.call("caller-1", NUMBER)
    house.press("caller-1", "2")
    assert said(house) == "afmeldt.da"
    assert over(house, enquiry) == {"why": "cancelled", "attempts": 0, "number": NUMBER, "call": call}
    assert callbacks(house) == []
    house.gone("caller-1")
    assert not house.kept


def test_another_number_is_not_asked_and_calls_nothing_off() -> None:
    house = house_with()
    ordered(house)
    house.call("caller-1", OTHER)
    house.press("caller-1", "2")
    assert [item.contact for item in callbacks(house)] == [NUMBER]
    assert not house.ordered(tel.Play)


def test_who_hangs_up_or_calls_about_something_else_keeps_the_promise() -> None:
    house = house_with()
    ordered(house)
    house.call("caller-1", NUMBER)
    house.gone("caller-1")
    call = house.call("caller-2", NUMBER)
    house.tell(tel.Played("caller-2", house.ordered(tel.Play)[-1].playback, house.at))
    house.wait(10)
    assert house.board.calls[call].queue == "byliv"
    assert [item.contact for item in callbacks(house)] == [NUMBER]


def test_an_offer_of_it_is_withdrawn_and_what_is_in_hand_is_put_down() -> None:
    house = house_with()
    first = ordered(house)
    house.sign_in(BO)
    assert offered(house, BO) == first
    house.call("caller-1", NUMBER)
    house.press("caller-1", "1")
    assert [ring.address for ring in house.ringing()] == ["agent:p2"], "the call rings where the callback was offered"

    house = house_with()
    house.sign_in(ANNA)
    other = house.call("caller-1", OTHER)
    house.answer(house.ringing()[-1].leg)
    second = ordered(house)
    assert house.ask("callback_take", ANNA, enquiry=second).done
    house.call("caller-2", NUMBER)
    house.press("caller-2", "2")
    assert over(house, second)["why"] == "cancelled"
    assert house.board.desks[ANNA].in_hand == [other]


def test_who_is_being_rung_just_now_is_not_asked() -> None:
    house = house_with()
    ordered(house)
    house.sign_in(ANNA)
    dialled(house, ANNA)
    call = house.call("caller-1", NUMBER)
    assert house.board.calls[call].queue == "byliv"


def test_whom_we_could_not_reach_is_told_so_and_waits_or_is_promised_a_new_call() -> None:
    house = house_with()
    missed(house)
    call = house.call("caller-1", NUMBER)
    assert said(house) == "forgaeves.da"
    house.press("caller-1", "1")
    waiting = house.board.calls[call]
    assert (waiting.queue, waiting.queued_since) == ("byg", house.at), "the old place is used up"

    house = house_with()
    missed(house)
    house.call("caller-1", NUMBER)
    house.press("caller-1", "2")
    house.press("caller-1", "1")
    assert [(item.target, item.attempts) for item in callbacks(house)] == [("byg", 0)]
    house.gone("caller-1")
    house.call("caller-2", NUMBER)
    assert said(house) == "lovet.da", "what was missed is forgotten: a call is promised again"


def test_whoever_has_talked_with_us_since_is_not_told_that_we_tried() -> None:
    house = house_with()
    missed(house)
    house.call("caller-1", NUMBER)
    house.wait(120)
    house.tell(tel.Played("caller-1", house.ordered(tel.Play)[-1].playback, house.at))
    house.wait(10)
    house.ask("ready", ANNA)
    house.answer(house.ringing()[-1].leg)
    house.gone("caller-1")
    call = house.call("caller-2", NUMBER)
    assert house.board.calls[call].queue == "byliv"


def test_after_some_days_it_is_forgotten() -> None:
    house = house_with()
    missed(house)
    house.wait(MISSED_CALLBACK_KEPT.total_seconds() + 1)
    call = house.call("caller-1", NUMBER)
    assert house.board.calls[call].queue == "byliv"


def test_a_restart_still_knows_whom_we_could_not_reach() -> None:
    known = replace(house_with().board.plan, missed_callbacks={NUMBER: (START - timedelta(days=2), "byg")})
    house = House(new_board(known, START))
    house.call("caller-1", NUMBER)
    assert said(house) == "forgaeves.da"


@pytest.mark.parametrize("attempts", [1, 4])
def test_how_often_and_how_far_apart_is_the_queues_rule(attempts: int) -> None:
    house = house_with(CallbackRule(attempts=attempts, pause_seconds=60.0))
    enquiry = ordered(house)
    house.sign_in(ANNA)
    for _attempt in range(attempts):
        house.tell(tel.Failed(dialled(house, ANNA), tel.Failure.NO_ANSWER, house.at))
        house.wait(60)
    assert over(house, enquiry)["attempts"] == attempts


def test_nobody_is_rung_outside_the_queues_hours() -> None:
    house = house_with(CallbackRule(earliest=time(11), latest=time(12)))
    ordered(house)
    house.sign_in(ANNA)
    assert offered(house, ANNA) is None
    (callback,) = callbacks(house)
    assert callback.parked_until == datetime.fromisoformat("2026-11-23T11:00:00+01:00")
