"""Callers who wait are told once that they will be asked how it went, and a key is their no."""

from __future__ import annotations

import json
from dataclasses import replace

from indgang.entry.board.kept import read_item
from indgang.entry.event_kinds import Kind
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, START, House, new_board, plan

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
    made.wait(60)
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
