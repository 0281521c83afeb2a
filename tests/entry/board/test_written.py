"""Written enquiries and chats on the board: offered beside calls, taken, put back, moved, over, kept over a restart."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from indgang.entry.board.in_hand import at as in_hand_at
from indgang.entry.board.kept import read_item, salvaged
from indgang.entry.board.written_item import WrittenItem
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import InHandStage
from indgang.routing.centre.desk import Doing
from indgang.routing.centre.plan import PersonPlan, QueuePlan
from indgang.routing.distribution.requirement import CHAT, WRITTEN, QueueRule
from tests.entry.house import ANNA, BO, DAVID, START, House, desks_of, new_board, plan

MAIL, TALK = "post", "snak"


def house_with(*there: int, **people: Any) -> House:
    """Anna and Bo serve a queue of mails, one of chats and, Anna, those of calls."""
    base = plan(wrap_up=0.0)
    rules = {
        code: QueueRule(code, ring_seconds=30.0, rings=False, wrap_up_seconds=60.0) for code in (MAIL, TALK, "klager")
    }
    written = {code: QueuePlan(rule, code, "tmf") for code, rule in rules.items()}
    serving = {
        ANNA: replace(base.people[ANNA], queues=base.people[ANNA].queues | frozenset(written), **people),
        BO: PersonPlan(BO, "Bo", "p2", frozenset({MAIL, TALK}), centres=frozenset({"tmf"}), **people),
    }
    house = House(new_board(replace(base, queues={**base.queues, **written}, people={**base.people, **serving}), START))
    house.sign_in(*there)
    return house


def key(number: int = 1) -> str:
    return str(UUID(int=number))


def order(house: House, number: int = 1, **more: Any) -> Any:
    words = {"enquiry": key(number), "work": WRITTEN, "queue": MAIL, "contact": "per@example.dk", **more}
    return house.ask("written_order", 0, **words)


def item(house: House, number: int = 1) -> WrittenItem:
    found = house.board.centre.items[key(number)]
    assert isinstance(found, WrittenItem)
    return found


def offered_to(house: House, number: int = 1) -> int | None:
    offer = item(house, number).offer
    return offer.person if offer else None


def told(house: House, number: int = 1) -> list[tuple[str, int | None]]:
    return [(str(event.kind), event.person) for event in house.events if event.stream == key(number)]


def caller(house: House) -> str:
    """Somebody calls and comes into the queue that Anna serves."""
    call = house.call()
    house.press("caller-1", "1")
    return call


def test_a_mail_is_offered_taken_and_answered() -> None:
    house = house_with(ANNA)
    assert order(house).done
    assert offered_to(house) == ANNA
    assert house.ask("answer", ANNA).detail == {"enquiry": key()}
    assert (item(house).holder, house.board.desks[ANNA].doing) == (ANNA, Doing.WORKING)
    assert house.ask("written_over", ANNA, enquiry=key(), why="answered").done
    assert key() not in house.board.centre.items
    assert house.board.desks[ANNA].doing is Doing.READY
    assert told(house) == [
        (Kind.QUEUED, None), (Kind.OFFERED, ANNA), (Kind.ACCEPTED, ANNA), (Kind.WORK_BEGUN, ANNA),
        (Kind.WORK_OVER, ANNA),
    ]  # fmt: skip


def test_a_call_comes_while_a_mail_is_open_and_the_mail_is_kept() -> None:
    house = house_with(ANNA)
    order(house)
    house.ask("answer", ANNA)
    call = caller(house)
    (ring,) = house.ringing()
    house.answer(ring.leg)
    assert house.board.desks[ANNA].doing is Doing.TALKING
    assert [each.enquiry for each in house.presences[ANNA].in_hand] == [call, key()]
    house.gone("caller-1")
    assert (house.board.desks[ANNA].doing, item(house).holder) == (Doing.WORKING, ANNA)


def test_no_call_comes_while_somebody_chats() -> None:
    house = house_with(ANNA)
    order(house, work=CHAT, queue=TALK)
    house.ask("answer", ANNA)
    caller(house)
    assert house.ringing() == []
    house.ask("written_over", ANNA, enquiry=key(), why="answered")
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    house.ask("wrap_up_over", ANNA)
    assert len(house.ringing()) == 1


def test_two_chats_at_once_and_no_third() -> None:
    house = house_with(ANNA)
    for number in (1, 2, 3):
        order(house, number, work=CHAT, queue=TALK)
        house.ask("answer", ANNA)
    assert [item(house, number).holder for number in (1, 2, 3)] == [ANNA, ANNA, None]
    assert offered_to(house, 3) is None


def test_an_offer_that_passes_goes_to_the_next_and_leaves_the_person_ready_for_calls() -> None:
    house = house_with(ANNA, BO)
    order(house)
    first = offered_to(house)
    house.wait(31)
    assert offered_to(house) not in (None, first)
    assert house.board.desks[first or 0].doing is Doing.READY


def test_what_is_put_back_waits_at_its_place_and_goes_to_another_first() -> None:
    house = house_with(ANNA, BO)
    order(house)
    who = offered_to(house)
    assert who is not None
    house.ask("answer", who)
    house.wait(600)
    order(house, 2)
    assert house.ask("written_put_back", who, enquiry=key()).done
    other = BO if who == ANNA else ANNA
    assert offered_to(house) == other or offered_to(house, 2) == other
    assert item(house).queued_since == item(house).arrived
    assert (Kind.WORK_PUT_BACK, who) in told(house)
    assert house.ask("written_put_back", who, enquiry=key()).detail["code"] == "not_taken"


def test_it_is_taken_from_the_list_by_whoever_may_and_once() -> None:
    house = house_with(ANNA, BO)
    order(house)
    other = BO if offered_to(house) == ANNA else ANNA
    assert house.ask("written_take", other, enquiry=key()).done
    assert item(house).holder == other
    assert house.ask("written_take", other, enquiry=key()).done, "again changes nothing"
    assert house.ask("written_take", ANNA if other == BO else BO, enquiry=key()).detail["code"] == "taken"
    assert house.board.desks[ANNA if other == BO else BO].doing is Doing.READY
    assert house.ask("written_take", other, enquiry=key(9)).detail["code"] == "no_written"


def test_a_skill_is_asked_for_beside_the_queue() -> None:
    house = house_with(ANNA, BO)
    order(house, skills={"klager": 3})
    assert offered_to(house) is None
    able = replace(house.board.plan.people[BO], skills={"klager": 4})
    house.board.replan(replace(house.board.plan, people={**house.board.plan.people, BO: able}), house.at)
    assert offered_to(house) == BO


def test_it_moves_to_another_queue_out_of_somebodys_hands() -> None:
    house = house_with(ANNA, BO)
    order(house)
    house.ask("answer", offered_to(house) or 0)
    assert order(house, queue="klager").done
    assert (item(house).queue, item(house).holder, offered_to(house)) == ("klager", None, ANNA)
    assert [kind for kind, _person in told(house)].count(Kind.QUEUED) == 2


def test_an_order_again_for_what_is_in_hand_leaves_it_there() -> None:
    house = house_with(ANNA)
    order(house)
    house.ask("answer", ANNA)
    assert order(house, priority=5, due=START.isoformat()).done
    assert (item(house).holder, item(house).priority, item(house).due) == (ANNA, 5, START)


def test_whoever_goes_home_leaves_the_mail_to_the_others() -> None:
    house = house_with(ANNA)
    order(house)
    house.ask("answer", ANNA)
    house.ask("sign_out", ANNA)
    assert (item(house).holder, item(house).waits) == (None, True)
    house.sign_in(BO)
    assert offered_to(house) == BO


def test_whoever_goes_home_leaves_the_chat_to_the_others_before_those_who_came_later() -> None:
    house = house_with(ANNA)
    order(house, work=CHAT, queue=TALK)
    house.ask("answer", ANNA)
    order(house, 2, work=CHAT, queue=TALK)
    house.ask("sign_out", ANNA)
    assert (item(house).holder, item(house).waits) == (None, True)
    house.sign_in(BO)
    assert offered_to(house) == BO


@pytest.mark.parametrize("in_hand", [False, True])
def test_it_outlives_a_restart(in_hand: bool) -> None:
    house = house_with(ANNA)
    order(house, skills={}, due=START.isoformat())
    if in_hand:
        house.ask("answer", ANNA)
    read = read_item(json.loads(json.dumps(house.kept[key()])))
    assert isinstance(read, WrittenItem)
    board = new_board(house.board.plan, house.at)
    board.restore([read], desks_of(house.board), house.at)
    kept = board.centre.items[key()]
    assert isinstance(kept, WrittenItem)
    assert (kept.holder, kept.due, kept.queue) == (ANNA if in_hand else None, START, MAIL)
    assert (kept.offer is not None) is not in_hand
    stage = InHandStage.OPEN if in_hand else InHandStage.RINGING
    assert [each.stage for each in in_hand_at(board.telephones, board.desks[ANNA])] == [stage]


def test_one_that_cannot_be_read_is_left_to_its_owner() -> None:
    with pytest.raises(ValueError, match="ordered anew"):
        salvaged({"kind": WRITTEN, "id": key()})


@pytest.mark.parametrize("words", [{"work": "call"}, {"enquiry": "x"}, {"since": "never"}, {"skills": {"a": "b"}}])
def test_an_order_that_says_too_little_is_refused(words: dict[str, Any]) -> None:
    house = house_with(ANNA)
    assert order(house, **words).detail["code"] == "bad_order"
    assert house.board.centre.items == {}


def test_an_unknown_queue_is_the_safe_queue() -> None:
    house = house_with(ANNA)
    order(house, queue="lukket")
    assert item(house).queue == "safe"


def test_an_order_again_in_the_same_queue_names_who_is_waited_for_first() -> None:
    house = house_with(ANNA, BO)
    order(house, skills={"polsk": 3})
    assert offered_to(house) is None, "nobody has the skill"
    order(house, prefer={"person": BO, "seconds": 900})
    assert offered_to(house) == BO, "though Anna has been ready for longer"


def test_an_order_for_a_colleague_takes_a_chat_from_who_has_it() -> None:
    house = house_with(ANNA, BO)
    order(house, work=CHAT, queue=TALK, prefer={"person": ANNA, "seconds": 60})
    house.ask("answer", ANNA)
    order(house, work=CHAT, queue=TALK)
    assert item(house).holder == ANNA, "an order without a colleague changes nothing"
    order(house, work=CHAT, queue=TALK, prefer={"person": BO, "seconds": 60})
    assert (item(house).holder, offered_to(house)) == (None, BO)
    house.ask("answer", BO)
    assert item(house).holder == BO


def chat_given_to_david(*there: int, signed_in: bool = True) -> House:
    """Anna had a chat and moved it to David, a case worker who serves no queue."""
    house = house_with(ANNA)
    people = {**house.board.plan.people, DAVID: PersonPlan(DAVID, "David", "p9")}
    house.board.replan(replace(house.board.plan, people=people), house.at)
    order(house, work=CHAT, queue=TALK)
    house.ask("answer", ANNA)
    house.sign_in(*there, *([DAVID] if signed_in else []))
    house.wait(300)
    order(house, work=CHAT, queue=TALK, prefer={"person": DAVID, "seconds": 120})
    return house


def why_not_taken(house: House) -> list[tuple[int | None, str]]:
    return [(each.person, each.payload.why) for each in house.events if each.kind == Kind.PERSONAL_WAIT_OVER]


def test_a_chat_for_a_case_worker_who_serves_no_queue_is_theirs_alone() -> None:
    house = chat_given_to_david(BO)
    assert (item(house).holder, offered_to(house)) == (None, DAVID)
    assert house.ask("answer", DAVID).done
    assert (item(house).holder, item(house).personal, why_not_taken(house)) == (DAVID, None, [])


def test_a_chat_that_the_case_worker_refuses_is_for_the_queue_before_the_others() -> None:
    house = chat_given_to_david()
    house.ask("end_wrap_up", ANNA)
    house.ask("pause", ANNA)
    order(house, 2, work=CHAT, queue=TALK, priority=50)
    house.ask("refuse", DAVID)
    assert why_not_taken(house) == [(DAVID, "refused")]
    house.ask("ready", ANNA)
    assert (offered_to(house), offered_to(house, 2)) == (ANNA, None)


def test_a_case_worker_who_lets_the_chat_pass_stays_ready() -> None:
    house = chat_given_to_david(BO)
    house.wait(31)
    assert why_not_taken(house) == [(DAVID, "no_answer")]
    assert offered_to(house) in (ANNA, BO)
    assert house.board.desks[DAVID].doing is Doing.READY


def test_a_case_worker_who_is_not_there_or_goes_is_not_waited_for() -> None:
    away = chat_given_to_david(BO, signed_in=False)
    assert (why_not_taken(away), offered_to(away) in (ANNA, BO)) == ([(DAVID, "agent_off")], True)


def test_a_case_worker_in_a_pause_is_waited_for_two_minutes_also_over_a_restart() -> None:
    house = chat_given_to_david(BO, signed_in=False)
    house.sign_in(DAVID)
    house.ask("pause", DAVID)
    house.ask("answer", offered_to(house) or 0)
    order(house, work=CHAT, queue=TALK, prefer={"person": DAVID, "seconds": 120})
    assert offered_to(house) is None
    read = read_item(json.loads(json.dumps(house.kept[key()])))
    assert isinstance(read, WrittenItem)
    assert read.personal == DAVID
    assert read.personal_until is not None
    house.wait(121)
    assert why_not_taken(house)[-1] == (DAVID, "time")
    assert offered_to(house) in (ANNA, BO)
