"""Tasks of the board: pushed to who is in a window or is named, put back, withdrawn."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from indgang.core.ranges import TimeRange
from indgang.entry.board.board import Board
from indgang.entry.board.kept import read_item
from indgang.entry.board.task import TaskItem
from indgang.entry.journal import InHandStage
from indgang.routing.availability.windows import Absence, AbsenceReason, Medium, Substitution
from indgang.routing.centre.desk import Doing
from indgang.routing.centre.plan import PersonPlan
from indgang.routing.centre.second_level import SecondLevel
from indgang.telephony import contract as tel
from tests.entry.board.test_subjects import NAMES, SUBJECT, promised, window
from tests.entry.house import ANNA, BO, DAVID, EVA, START, House, desks_of, new_board, plan

ENQUIRY = str(UUID(int=77))


def task_id(number: int = 1) -> str:
    return str(UUID(int=number))


def house_with(second_level: SecondLevel, *there: int) -> House:
    """Bo, David and Eva serve no queue; those who are there are ready at their desks."""
    serving_nothing = {person: PersonPlan(person, NAMES[person], f"p{person}") for person in (BO, DAVID, EVA)}
    base = plan()
    house = House(new_board(replace(base, second_level=second_level, people={**base.people, **serving_nothing}), START))
    house.sign_in(*there)
    return house


def offer(house: House, number: int = 1, **more: Any) -> Any:
    words = {"task": task_id(number), "enquiry": ENQUIRY, "subject": SUBJECT, **more}
    return house.ask("task_offer", ANNA, **words)


def offered_to(house: House, number: int = 1) -> int | None:
    item = house.board.centre.items.get(task_id(number))
    assert item is None or isinstance(item, TaskItem)
    return item.offer.person if item is not None and item.offer is not None else None


def holder(house: House, number: int = 1) -> int | None:
    item = house.board.centre.items[task_id(number)]
    assert isinstance(item, TaskItem)
    return item.holder


def told(house: House, number: int = 1) -> list[tuple[str, int | None]]:
    """The events of the task, each with its person."""
    events = [event for event in house.events if event.data.get("task") == task_id(number)]
    assert all(event.stream == ENQUIRY for event in events)
    return [(str(event.kind), event.person) for event in events]


def test_a_task_goes_to_the_promised_person_then_to_the_substitute_then_to_the_back_up() -> None:
    away = Absence(BO, TimeRange(START - timedelta(hours=1), None), AbsenceReason.AWAY)
    level = promised(
        window(EVA, id=3, is_back_up=True), window(BO, id=2), absences=(away,), substitutions=(Substitution(BO, DAVID),)
    )
    house = house_with(level, EVA, DAVID)
    offer(house)
    assert offered_to(house) == DAVID, "the substitute before the back-up who has been idle for longer"
    house.ask("refuse", DAVID)
    assert offered_to(house) == EVA
    assert house.ask("answer", EVA).detail == {"task": task_id()}
    assert (holder(house), house.board.desks[EVA].doing) == (EVA, Doing.WORKING)
    assert house.ask("task_withdraw", EVA, task=task_id()).done
    assert task_id() not in house.board.centre.items
    assert house.board.desks[EVA].doing is Doing.READY
    assert told(house) == [
        ("task_queued", ANNA), ("task_offered", DAVID), ("task_withdrawn", DAVID), ("task_offered", EVA),
        ("task_accepted", EVA), ("task_over", EVA),
    ]  # fmt: skip


def test_the_offer_is_on_the_screen_and_no_telephone_rings() -> None:
    house = house_with(promised(window(BO)), BO)
    offer(house)
    (item,) = house.presences[BO].in_hand
    assert (item.kind, item.stage, item.enquiry, item.task) == ("task", InHandStage.RINGING, ENQUIRY, task_id())
    assert item.offered_until == START + timedelta(seconds=45)
    assert house.ringing() == []


def test_who_has_no_telephone_at_hand_is_offered_tasks_nevertheless() -> None:
    house = house_with(promised(window(BO)))
    house.ask("sign_in", BO)
    house.ask("ready", BO)
    offer(house)
    assert offered_to(house) == BO


def test_a_task_waits_until_a_window_opens_and_is_not_offered_after_it_has_closed() -> None:
    house = house_with(
        promised(window(BO, id=1, opens=10, closes=11), window(DAVID, id=2, opens=11, closes=12)), BO, DAVID
    )
    offer(house)
    assert offered_to(house) is None
    house.wait(1_800 - 60)
    assert offered_to(house) is None, "09.59"
    house.wait(61)
    assert offered_to(house) == BO
    house.ask("refuse", BO)
    house.wait(3_600)
    assert offered_to(house) == DAVID, "11.00, when Bo's window has closed"


def test_a_window_for_chats_counts_for_a_task_and_not_for_a_promised_call() -> None:
    chats = replace(window(BO), media=frozenset({Medium.CHAT}))
    house = house_with(promised(chats, window(DAVID, id=2, is_back_up=True)), BO, DAVID)
    offer(house)
    offer(house, 2, is_call=True)
    assert (offered_to(house), offered_to(house, 2)) == (BO, DAVID)
    kept = house.board.centre.items[task_id(2)]
    assert isinstance(kept, TaskItem)
    assert TaskItem.from_data(json.loads(json.dumps(kept.as_data()))).is_call


def test_a_promised_call_waits_where_the_windows_are_for_chats_alone() -> None:
    house = house_with(promised(replace(window(BO), media=frozenset({Medium.CHAT}))), BO)
    offer(house, is_call=True)
    assert offered_to(house) is None
    offer(house)
    assert offered_to(house) == BO, "it is a task now"


def test_a_task_for_people_goes_to_them_alone_whatever_the_windows() -> None:
    house = house_with(promised(window(BO)), BO)
    offer(house, people=[DAVID])
    assert offered_to(house) is None
    house.sign_in(DAVID)
    assert offered_to(house) == DAVID


def test_changed_agreements_are_followed() -> None:
    house = house_with(promised(window(BO)), DAVID)
    offer(house)
    house._take(house.board.promise_anew(promised(window(DAVID)), house.at))
    assert offered_to(house) == DAVID


def test_who_does_not_react_stays_ready_and_another_is_offered_it() -> None:
    house = house_with(promised(window(BO, DAVID)), BO, DAVID)
    offer(house)
    first = offered_to(house)
    house.wait(46)
    assert first is not None
    assert {first, offered_to(house)} == {BO, DAVID}
    assert house.board.desks[first].doing is Doing.READY
    house.wait(46)
    assert offered_to(house) is None, "both get it again after a while"
    house.wait(260)
    assert offered_to(house) == first


def test_one_task_at_a_time_and_a_call_may_interrupt_it() -> None:
    house = House()
    house.sign_in(BO)
    offer(house, people=[BO])
    offer(house, 2, people=[BO])
    house.ask("answer", BO)
    assert offered_to(house, 2) is None
    house.call()
    house.press("caller-1", "1")
    house.answer(house.ringing()[-1].leg)
    assert house.board.desks[BO].doing is Doing.TALKING
    house.gone("caller-1")
    house.wait(31)
    assert (house.board.desks[BO].doing, holder(house)) == (Doing.WORKING, BO)
    house.ask("task_withdraw", BO, task=task_id())
    assert offered_to(house, 2) == BO


def test_who_accepted_it_keeps_what_is_withdrawn_from_all_others() -> None:
    house = house_with(promised(window(BO)), BO)
    offer(house)
    assert house.ask("task_withdraw", ANNA, task=task_id(), why="accepted", unless_held_by=DAVID).done
    assert task_id() not in house.board.centre.items
    offer(house)
    house.ask("answer", BO)
    assert house.ask("task_withdraw", ANNA, task=task_id(), why="accepted", unless_held_by=BO).done
    assert holder(house) == BO


def test_a_task_that_is_offered_anew_leaves_the_hands_of_whoever_had_it() -> None:
    house = house_with(promised(window(BO)), BO)
    offer(house)
    house.ask("answer", BO)
    offer(house)
    assert (holder(house), offered_to(house)) == (None, BO)


@pytest.mark.parametrize("stage", ["waiting", "offered", "in hand"])
def test_a_withdrawn_task_leaves_nothing_behind(stage: str) -> None:
    house = house_with(promised(window(BO)), *([] if stage == "waiting" else [BO]))
    offer(house)
    if stage == "in hand":
        house.ask("answer", BO)
    assert house.ask("task_withdraw", ANNA, task=task_id(), why="closed").done
    assert task_id() not in house.board.centre.items
    assert house.kept == {}
    assert told(house)[-1] == ("task_over", BO if stage == "in hand" else ANNA)
    house.sign_in(BO)
    assert house.board.desks[BO].doing is Doing.READY
    assert house.board.desks[BO].in_hand == []
    assert house.ask("task_withdraw", ANNA, task=task_id()).detail == {"code": "no_task"}
    offer(house, 2)
    assert offered_to(house, 2) == BO


def test_only_who_has_a_task_in_hand_puts_it_back() -> None:
    house = house_with(promised(window(BO)), BO, EVA)
    offer(house)
    assert house.ask("task_put_back", EVA, task=task_id()).detail == {"code": "not_taken"}
    house.ask("answer", BO)
    assert house.ask("task_put_back", EVA, task=task_id()).detail == {"code": "not_taken"}
    assert house.ask("task_put_back", BO, task="nonsense").detail == {"code": "no_task"}
    assert house.ask("task_put_back", BO, task=task_id()).done


def test_an_order_for_the_same_task_changes_whom_it_is_for() -> None:
    house = house_with(promised(window(BO)), BO, DAVID)
    offer(house)
    offer(house)
    assert [kind for kind, _person in told(house)] == ["task_queued", "task_offered"], "the same again changes nothing"
    offer(house, people=[DAVID])
    assert offered_to(house) == DAVID
    assert house.board.desks[BO].doing is Doing.READY


@pytest.mark.parametrize(
    "words",
    [
        {"task": "x"}, {"enquiry": "x"}, {"subject": ""}, {"people": ["Bo"]}, {"due": "soon"}, {"people": 3},
        {"laid_down_by": "Bo"},
    ],
)  # fmt: skip
def test_an_order_that_makes_no_sense_is_refused(words: dict[str, Any]) -> None:
    house = house_with(promised(window(BO)), BO)
    assert offer(house, **words).detail["code"] == "bad_order"
    assert house.board.centre.items == {}


def restarted(house: House) -> House:
    """The switchboard is killed and starts again; the exchange and the phones are up."""
    board: Board = new_board(house.board.plan, house.at)
    kept = [read_item(json.loads(json.dumps(each))) for each in house.kept.values()]
    house._take(board.restore(kept, desks_of(house.board), house.at))
    house.board = board
    on = frozenset(f"p{desk.person}" for desk in board.desks.values() if desk.signed_in)
    house.tell(tel.Connected((), house.at, on))
    return house


def test_tasks_are_there_after_a_restart_those_in_hand_with_their_people() -> None:
    house = house_with(promised(window(BO)), BO)
    due = (START + timedelta(days=2)).isoformat()
    offer(house, due=due)
    house.ask("answer", BO)
    offer(house, 2, people=[DAVID])
    offer(house, 3)
    again = restarted(house)
    assert (holder(again), again.board.desks[BO].doing) == (BO, Doing.WORKING)
    kept = again.board.centre.items[task_id()]
    assert isinstance(kept, TaskItem)
    assert (kept.subject, kept.due, kept.story) == (SUBJECT, START + timedelta(days=2), ENQUIRY)
    again.ask("task_withdraw", BO, task=task_id())
    assert offered_to(again, 3) == BO
    again.sign_in(DAVID)
    assert offered_to(again, 2) == DAVID
    assert [kind for kind, _person in told(again, 2)].count("task_queued") == 1


def test_who_goes_home_keeps_what_they_took_and_nobody_else_is_offered_it() -> None:
    house = house_with(promised(window(BO, DAVID)), BO)
    offer(house)
    house.ask("answer", BO)
    kept = dict(house.kept)
    house.ask("sign_out", BO)
    assert told(house)[-1] == ("task_over", BO)
    house.sign_in(DAVID)
    assert (offered_to(house), house.kept) == (None, {})
    house.kept = kept  # as it was written before
    again = restarted(house)
    assert told(again)[-1] == ("task_over", BO)
    assert task_id() not in again.board.centre.items


@pytest.mark.parametrize("is_ordered_anew", [False, True])
def test_who_put_a_task_back_is_not_offered_it_again_at_once(is_ordered_anew: bool) -> None:
    house = house_with(promised(window(BO)), BO)
    offer(house)
    house.ask("answer", BO)
    assert house.ask("task_put_back", BO, task=task_id()).done
    if is_ordered_anew:
        offer(house, due=(START + timedelta(days=1)).isoformat())
    assert offered_to(house) is None
    house.wait(299)
    assert offered_to(house) is None
    house.wait(2)
    assert offered_to(house) == BO


@pytest.mark.parametrize("is_in_hand", [False, True])
def test_who_laid_a_task_down_without_their_desk_is_not_offered_it_again_at_once(is_in_hand: bool) -> None:
    house = house_with(promised(window(BO)), BO)
    if is_in_hand:
        offer(house)
        house.ask("answer", BO)
    offer(house, laid_down_by=BO)
    house.wait(299)
    assert (holder(house), offered_to(house)) == (None, None)
    house.wait(2)
    assert offered_to(house) == BO


def test_who_put_a_task_back_is_not_offered_it_at_once_after_a_restart() -> None:
    house = house_with(promised(window(BO)), BO)
    offer(house)
    house.ask("answer", BO)
    house.ask("task_put_back", BO, task=task_id())
    again = restarted(house)
    again.wait(299)
    assert offered_to(again) is None
    again.wait(2)
    assert offered_to(again) == BO


def test_nothing_is_offered_while_nothing_can_be_written() -> None:
    house = house_with(promised(window(BO)), BO)
    house._take(house.board.halt(house.at))
    offer(house)
    assert offered_to(house) is None
    house._take(house.board.go_on(house.at))
    assert offered_to(house) == BO
