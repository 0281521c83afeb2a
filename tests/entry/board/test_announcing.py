"""Callers who wait are told once that they will be asked how it went, and a key is their no."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from indgang.entry.board.kept import read_item
from indgang.entry.event_kinds import Kind
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, FLOW, START, House, new_board, plan

ANNOUNCED, CONFIRMED = "survey-announcement.da", "survey-not-asked.da"
LEG = "caller-1"


def house() -> House:
    """Only the queue of building cases announces."""
    return House(new_board(replace(plan(), announcements={"byg": ("survey-announcement", "survey-not-asked")}), START))


def waiting(key: str = "1") -> tuple[House, str]:
    """A caller chooses a queue, where nobody is."""
    made = house()
    call = made.call()
    made.press(LEG, key)
    made.wait(1)
    return made, call


def said(made: House) -> list[tuple[str, ...]]:
    return [order.prompts for order in made.ordered(tel.Play)]


def test_whoever_waits_is_told_once_and_hears_music_again() -> None:
    made, call = waiting()
    made.wait(120)
    assert said(made).count((ANNOUNCED,)) == 1
    assert made.orders[-1] == tel.Music(LEG, True)
    assert made.kinds(call).count(Kind.SURVEY_ANNOUNCED) == 1


def test_the_key_is_a_no_that_is_written_once_and_confirmed() -> None:
    made, call = waiting()
    made.press(LEG, "*")
    made.press(LEG, "*")
    assert said(made)[-1] == (CONFIRMED,)
    assert made.kinds(call).count(Kind.SURVEY_DECLINED) == 1


def test_long_after_the_announcement_the_key_means_nothing() -> None:
    made, call = waiting()
    made.wait(60)
    made.press(LEG, "*")
    assert Kind.SURVEY_DECLINED not in made.kinds(call)


def with_callback(key: str) -> House:
    """The queue of building cases offers a callback after five seconds, under this key."""
    steps: Any = FLOW["steps"]
    flow = data.parse(
        {
            **FLOW,
            "steps": [
                *(each for each in steps if each["id"] != "byg"),
                {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 600, "on_max_wait": "besked",
                 "callback": {"after": 5, "key": key, "prompts": ["tilbud"], "to": "tilbud"}},
                {"id": "tilbud", "kind": "callback_offer", "queue": "byg", "prompts": ["tilbud"],
                 "enter_prompts": ["tast"], "confirm_prompts": ["ja"], "done_prompts": ["ja"], "on_declined": "byg"},
            ],
        }
    )  # fmt: skip
    known = replace(
        plan(), announcements={"byg": ("survey-announcement", "survey-not-asked")}, flows={"erhverv": flow},
        versions={("erhverv", 1): flow},
    )  # fmt: skip
    made = House(new_board(known, START))
    made.call()
    made.press(LEG, "1")
    made.wait(7)
    return made


def step_of(made: House, call: str) -> str:
    state = made.board.calls[call].flow
    assert state is not None
    return state.step


def test_in_an_offer_of_a_callback_the_key_is_a_no_to_the_callback() -> None:
    made = with_callback("1")
    (call,) = made.board.calls
    made.press(LEG, "1")
    made.press(LEG, "*")
    assert Kind.SURVEY_DECLINED not in made.kinds(call)
    assert step_of(made, call) == "byg"
    made.press(LEG, "*")
    assert Kind.SURVEY_DECLINED in made.kinds(call)


def test_a_callback_under_the_same_key_goes_first() -> None:
    made = with_callback("*")
    (call,) = made.board.calls
    made.press(LEG, "*")
    assert Kind.SURVEY_DECLINED not in made.kinds(call)
    assert step_of(made, call) == "tilbud"


def test_in_a_queue_that_announces_nothing_the_key_means_nothing() -> None:
    made, call = waiting("2")
    made.press(LEG, "*")
    assert not {Kind.SURVEY_ANNOUNCED, Kind.SURVEY_DECLINED} & set(made.kinds(call))


def test_after_a_restart_nobody_is_told_twice() -> None:
    made, call = waiting()
    kept = read_item(json.loads(json.dumps(made.kept[call])))
    board = new_board(made.board.plan, made.at)
    made._take(board.restore([kept], [], made.at))
    made.board = board
    made.tell(tel.Connected((tel.LegUp(LEG, True, None, "", ""),), made.at))
    made.wait(20)
    made.press(LEG, "*")
    assert said(made).count((ANNOUNCED,)) == 1
    assert made.kinds(call).count(Kind.SURVEY_DECLINED) == 1


def test_who_talks_is_told_nothing() -> None:
    made = house()
    made.sign_in(ANNA)
    made.call()
    made.press(LEG, "1")
    made.answer(made.ringing()[-1].leg)
    made.wait(10)
    assert (ANNOUNCED,) not in said(made)
