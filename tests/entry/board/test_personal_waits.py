"""Personal waits: the caller reaches the colleague when free, or returns to the earlier place in the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from indgang.entry.board.call import Call
from indgang.entry.board.kept import read_item
from indgang.entry.board.notices import NOTICES_TIMER
from indgang.entry.event_kinds import Kind
from indgang.events.event import Event
from indgang.routing.centre.desk import Doing
from indgang.routing.flows.state import Notice
from indgang.telephony import contract as tel
from tests.entry.board.test_board import talking
from tests.entry.house import ANNA, BO, DAVID, EVA, House, desks_of, new_board, plan


def waiting_for(house: House, person: int, seconds: int = 300, key: str = "1") -> str:
    """`person` (not Anna) talks on a call of their own, and Anna transfers her caller to wait for them."""
    call = talking(house, key=key)
    if person not in house.board.desks:
        house.sign_in(person)
    busy(house, person)
    house.ask("transfer", ANNA, address=f"person:{person}", name="Kollegaen", wait=seconds)
    assert house.last_answer is not None
    assert house.last_answer.done, house.last_answer.detail
    return call


def busy(house: House, person: int) -> str:
    call = str(house.ask("dial", person, number="+4533333333").detail["enquiry"])
    house.answer(house.ringing()[-1].leg)
    house.answer(house.ringing()[-1].leg)
    return call


def of_kind(house: House, call: str, *kinds: str) -> list[Event[Any]]:
    return [event for event in house.events if event.stream == call and event.kind in kinds]


def rings(house: House) -> list[tuple[str, str]]:
    return [(ring.address, ring.call) for ring in house.ringing()]


@pytest.mark.parametrize("expert", [BO, DAVID])
def test_whoever_is_waited_for_gets_the_caller_when_free_also_who_serves_no_queue(expert: int) -> None:
    house = House()
    call = waiting_for(house, expert)
    house.wait(60)
    assert not house.ringing(), "Anna is done with her wrap-up, and the caller is not for her"
    house.ask("hang_up", expert)
    house.ask("wrap_up_over", expert)
    assert rings(house) == [(f"agent:p{expert}", call)]
    (offered,) = of_kind(house, call, Kind.OFFERED)[1:]
    assert ["personal", str(expert)] in offered.data["reasons"]
    assert ["queue", "byg"] in offered.data["reasons"]
    house.answer(house.ringing()[0].leg)
    since = house.kinds(call).index(Kind.TRANSFERRED)
    assert [kind for kind in house.kinds(call)[since:] if kind is not Kind.WRAPPED_UP] == [
        Kind.TRANSFERRED, Kind.QUEUED, Kind.PERSONAL_WAIT, Kind.OFFERED, Kind.ACCEPTED, Kind.ANSWERED,
    ]  # fmt: skip
    assert house.board.calls[call].reserved_by is None


def test_whoever_is_waited_for_is_offered_nothing_else_of_that_queue() -> None:
    house = House()
    call = waiting_for(house, DAVID)
    house.ask("pause", ANNA)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    assert house.board.centre.distributor.count_present("byg") == 0
    house.ask("hang_up", DAVID)
    house.ask("wrap_up_over", DAVID)
    assert rings(house) == [(f"agent:p{DAVID}", call)]
    house.ask("refuse", DAVID)
    house.wait(31)
    assert not house.ringing(), "two wait in a queue that a case worker does not serve"


def test_a_colleague_who_is_free_by_then_rings_at_once() -> None:
    house = House()
    call = talking(house)
    house.sign_in(BO)
    house.ask("transfer", ANNA, address=f"person:{BO}", wait=300)
    assert rings(house) == [("agent:p2", call)]


def test_when_the_time_is_up_the_caller_has_the_old_place_in_the_old_queue() -> None:
    house = House()
    call = waiting_for(house, BO, seconds=60)
    house.ask("pause", ANNA)
    house.wait(1)
    later = house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    house.wait(60)
    (over,) = of_kind(house, call, Kind.PERSONAL_WAIT_OVER)
    assert (over.person, over.queue, over.data["why"]) == (BO, "byg", "time")
    distributor = house.board.centre.distributor
    assert distributor.waiting("byg") == [call, later]
    assert house.ordered(tel.Play)[-1].prompts == ("foerste-ledige-medarbejder.da",)
    assert isinstance(house.orders[-1], tel.Music)
    house.ask("ready", ANNA)
    assert rings(house) == [("agent:p1", call)]
    (queued,) = of_kind(house, call, Kind.QUEUED)[1:]
    assert queued.data["reasons"] == [["personal", str(BO)]]


def test_the_caller_hears_for_whom_they_wait_and_the_messages_of_the_queue() -> None:
    of = plan()
    queue = replace(of.queues["byg"], notices=(Notice(("raad-1",), 40.0), Notice(("raad-2",), 40.0)))
    house = House(new_board(replace(of, queues={**of.queues, "byg": queue}), House().at))
    waiting_for(house, BO)
    plays = house.ordered(tel.Play)
    assert plays[-1].prompts == ("venter-paa-medarbejder.da",)
    assert isinstance(house.orders[house.orders.index(plays[-1]) + 1], tel.Music)
    house.wait(100)
    said = [play.prompts for play in house.ordered(tel.Play) if play.prompts[0].startswith("raad")]
    assert said == [("raad-1.da",), ("raad-2.da",)]


def test_the_messages_come_as_often_however_often_nothing_could_be_written_meanwhile() -> None:
    of = plan()
    queue = replace(of.queues["byg"], notices=(Notice(("raad-1",), 40.0), Notice(("raad-2",), 40.0)))
    house = House(new_board(replace(of, queues={**of.queues, "byg": queue}), House().at))
    waiting_for(house, BO)
    for _ in range(20):
        house.wait(5)
        house._take(house.board.halt(house.at))
        house._take(house.board.go_on(house.at))
    said = [play.prompts for play in house.ordered(tel.Play) if play.prompts[0].startswith("raad")]
    assert said == [("raad-1.da",), ("raad-2.da",)]
    chains = [name for _, _, _, name in house.board.centre.timers if name == NOTICES_TIMER]
    assert len(chains) <= 4, "timers of before run out and start nothing"


@pytest.mark.parametrize(
    ("does", "why"), [("pause", "agent_paused"), ("sign_out", "agent_off"), ("refuse", "refused"), ("", "no_answer")]
)
def test_when_the_colleague_goes_or_does_not_take_it_the_caller_goes_back_at_once(does: str, why: str) -> None:
    house = House()
    call = waiting_for(house, DAVID)
    if does in ("refuse", ""):
        house.ask("hang_up", DAVID)
        house.ask("wrap_up_over", DAVID)
        assert rings(house) == [("agent:p4", call)]
    if does:
        house.ask(does, DAVID)
    house.wait(31)
    (over,) = of_kind(house, call, Kind.PERSONAL_WAIT_OVER)
    assert over.data["why"] == why
    assert rings(house) == [("agent:p1", call)]


def test_all_who_wait_for_somebody_who_does_not_answer_go_back() -> None:
    house = House()
    first = waiting_for(house, DAVID)
    house.ask("wrap_up_over", ANNA)
    second = talking(house, "caller-2")
    house.ask("transfer", ANNA, address=f"person:{DAVID}", wait=300)
    house.ask("hang_up", DAVID)
    house.ask("wrap_up_over", DAVID)
    house.wait(21)
    assert house.board.desks[DAVID].doing is Doing.NOT_RESPONDING
    assert [of_kind(house, call, Kind.PERSONAL_WAIT_OVER)[0].data["why"] for call in (first, second)] == [
        "no_answer", "agent_not_responding",
    ]  # fmt: skip


def test_who_cannot_be_waited_for_is_refused_and_nothing_changes() -> None:
    house = House()
    call = talking(house)
    house.sign_in(BO, DAVID)
    before = house.kinds(call)
    house.ask("pause", BO)
    wrong = [
        (f"person:{BO}", 300, "not_coming"), (f"person:{ANNA}", 300, "yourself"), (f"person:{EVA}", 300, "not_there"),
        ("queue:byg", 300, "bad_address"), (f"person:{DAVID}", 29, "bad_wait"), (f"person:{DAVID}", 3_600, "bad_wait"),
        (f"person:{DAVID}", float("nan"), "bad_wait"), ("person:99", 300, "unknown_person"),
    ]  # fmt: skip
    for address, seconds, code in wrong:
        answer = house.ask("transfer", ANNA, address=address, wait=seconds)
        assert (answer.done, answer.detail.get("code")) == (False, code), address
    assert house.kinds(call) == before
    busy(house, DAVID)
    house.ask("pause", DAVID)
    assert house.ask("transfer", ANNA, address=f"person:{DAVID}", wait=300).detail["code"] == "not_coming"


def test_who_hangs_up_meanwhile_has_abandoned_the_queue_they_came_from() -> None:
    house = House()
    call = waiting_for(house, DAVID)
    house.wait(50)
    house.gone("caller-1")
    (abandoned,) = of_kind(house, call, Kind.ABANDONED)
    assert (abandoned.queue, abandoned.data["waited"]) == ("byg", 50.0)
    assert not house.board.centre.reserved


@pytest.mark.parametrize(("who", "done"), [(ANNA, True), (EVA, True), (BO, False)])
def test_who_let_them_wait_and_the_team_leader_may_take_them_back(who: int, done: bool) -> None:
    house = House()
    call = waiting_for(house, DAVID)
    house.sign_in(BO)
    answer = house.ask("take_back", who, enquiry=call)
    assert answer.done is done
    assert rings(house) == ([("agent:p2", call)] if done else [])
    if done:
        assert of_kind(house, call, Kind.PERSONAL_WAIT_OVER)[0].data["why"] == "taken_back"
        assert house.ask("take_back", who, enquiry=call).detail["code"] == "waits_for_nobody"
    else:
        assert answer.detail["code"] == "not_yours"


def test_who_was_in_no_queue_goes_to_one_of_the_agents_centre() -> None:
    house = House()
    house.sign_in(BO, DAVID)
    busy(house, DAVID)
    call = busy(house, BO)
    house.ask("transfer", BO, address=f"person:{DAVID}", wait=30)
    house.sign_in(ANNA)
    assert house.board.calls[call].queue == "byg"
    house.wait(31)
    assert ("agent:p1", call) in rings(house)


def test_a_restart_in_the_middle_changes_nothing_but_that_no_time_passed() -> None:
    house = House()
    call = waiting_for(house, DAVID, seconds=120)
    house.wait(60)
    ringing_back = dict(house.kept[call])
    house.at += timedelta(seconds=40)
    board = new_board(plan(), house.at)
    seen = {"exchange": house.at - timedelta(seconds=40)}
    house._take(board.restore([read_item(kept) for kept in house.kept.values()], desks_of(house.board), house.at,
                              seen=seen))  # fmt: skip
    house.board = board
    legs = tuple(tel.LegUp(leg, up, None, "", "") for leg, up in house.up.items())
    house.tell(tel.Connected(legs, house.at, frozenset({"p1", "p4"})))
    item = board.calls[call]
    assert (item.reserved_for, item.reserved_by) == (DAVID, ANNA)
    assert item.first_queued == Call.from_data(ringing_back).first_queued
    house.wait(50)
    assert not of_kind(house, call, Kind.PERSONAL_WAIT_OVER)
    house.wait(11)
    assert of_kind(house, call, Kind.PERSONAL_WAIT_OVER)[0].data["why"] == "time"
    until = of_kind(house, call, Kind.PERSONAL_WAIT)
    assert until[0].data["until"] < until[1].data["until"], "what the desk shows is later by as long as we were away"


def test_a_colleague_whose_page_is_loaded_anew_is_still_waited_for() -> None:
    house = House()
    call = waiting_for(house, DAVID)
    house.ask("hang_up", DAVID)
    house.ask("wrap_up_over", DAVID)
    assert rings(house) == [("agent:p4", call)]
    leg = house.ringing()[0].leg
    house.up.pop(leg)
    house.tell(tel.Failed(leg, tel.Failure.UNREACHABLE, house.at))
    house.wait(5)
    assert not of_kind(house, call, Kind.PERSONAL_WAIT_OVER), "a page that was loaded anew blames nobody"
    house.tell(tel.PhoneRegistered("p4", True, house.at))
    assert rings(house) == [("agent:p4", call)]


def test_who_rings_when_the_time_is_up_rings_on() -> None:
    house = House()
    call = waiting_for(house, DAVID, seconds=60)
    house.wait(55)
    house.ask("hang_up", DAVID)
    house.ask("wrap_up_over", DAVID)
    assert rings(house) == [("agent:p4", call)]
    house.wait(10)
    assert rings(house) == [("agent:p4", call)], "for twenty seconds, as any phone"
    leg = house.ringing()[0].leg
    house.up.pop(leg)
    house.tell(tel.Failed(leg, tel.Failure.UNREACHABLE, house.at))
    house.wait(2)
    assert of_kind(house, call, Kind.PERSONAL_WAIT_OVER)[0].data["why"] == "time"


def rung_past_the_time(house: House) -> str:
    """A caller waits a minute for David, whose phone rings from five seconds before the end to five seconds after."""
    call = waiting_for(house, DAVID, seconds=60)
    house.wait(55)
    house.ask("hang_up", DAVID)
    house.ask("wrap_up_over", DAVID)
    house.wait(10)
    assert rings(house) == [("agent:p4", call)]
    return call


def test_when_the_time_is_up_the_wait_ends_with_the_ringing() -> None:
    house = House()
    call = rung_past_the_time(house)
    house.tell(tel.PhoneRegistered("p4", False, house.at))
    assert of_kind(house, call, Kind.PERSONAL_WAIT_OVER)[0].data["why"] == "time"
    assert rings(house) == [("agent:p1", call)]


def test_a_time_that_was_up_when_nothing_could_be_written_is_up_afterwards() -> None:
    house = House()
    call = rung_past_the_time(house)
    house._take(house.board.halt(house.at))
    assert not house.ringing()
    house.wait(20)
    house._take(house.board.go_on(house.at))
    assert [event.data["why"] for event in of_kind(house, call, Kind.PERSONAL_WAIT_OVER)] == ["time"]
    assert rings(house) == [("agent:p1", call)]


def test_a_caller_in_the_fallback_plan_is_offered_to_nobody_when_the_wait_ends() -> None:
    house = House()
    call = waiting_for(house, DAVID)
    house.ask("wrap_up_over", ANNA)
    outcome = house.board.fall_back("caller-1", house.at)
    assert outcome is not None
    house._take(outcome)
    house.ask("pause", DAVID)
    assert of_kind(house, call, Kind.PERSONAL_WAIT_OVER)[0].data["why"] == "agent_paused"
    assert not house.ringing()
    house.tell(tel.Arrived("caller-1", "", "", "", house.at))
    assert rings(house) == [("agent:p1", call)]


@pytest.mark.parametrize("state", [Doing.PAUSED, Doing.NOT_RESPONDING])
def test_who_takes_no_calls_after_the_one_they_dialled_cannot_be_waited_for(state: Doing) -> None:
    house = House()
    call = talking(house)
    house.sign_in(BO)
    if state is Doing.PAUSED:
        house.ask("pause", BO)
    else:
        house.call("caller-2", "+4520304051")
        house.press("caller-2", "1")
        house.wait(16)
        house.gone("caller-2")
    assert house.board.desks[BO].doing is state
    busy(house, BO)
    assert house.board.desks[BO].doing is Doing.TALKING
    assert house.ask("transfer", ANNA, address=f"person:{BO}", wait=300).detail.get("code") == "not_coming"
    assert house.board.calls[call].talk is not None
    house.ask("ready", BO)
    assert house.ask("transfer", ANNA, address=f"person:{BO}", wait=300).done


def test_who_is_offered_no_calls_cannot_be_waited_for() -> None:
    house = House()
    call = talking(house)
    house.sign_in(DAVID)
    of = house.board.plan
    david = replace(of.people[DAVID], capacity={"call": 0, "callback": 1})
    house._take(house.board.replan(replace(of, people={**of.people, DAVID: david}), house.at))
    answer = house.ask("transfer", ANNA, address=f"person:{DAVID}", wait=300)
    assert answer.detail["code"] == "takes_none"
    assert house.board.calls[call].talk is not None
