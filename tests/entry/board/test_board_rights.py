"""Permissions on the board are checked for the call's centre, and people who lose their permission stop monitoring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indgang.entry.board.call import Call, Phone
from indgang.entry.board.kept_desks import KeptDesk
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.plan import Plan, QueuePlan
from indgang.routing.distribution.requirement import QueueRule
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, BO, EVA, EXCHANGE, START, House, new_board, plan

NOBODY: frozenset[str] = frozenset()


def talking(house: House) -> str:
    """Anna talks with a caller of the queue Byliv, and Eva is signed in. Returns the call's id."""
    house.sign_in(ANNA, EVA)
    call = house.call()
    house.press("caller-1", "2")
    house.answer(house.ringing()[-1].leg)
    return call


def changed(house: House, **changes: Any) -> None:
    """Replace the board's plan by one with these changes."""
    house._take(house.board.replan(replace(house.board.plan, **changes), house.at))


def without(plan: Plan, person: int) -> dict[int, Any]:
    return {each: known for each, known in plan.people.items() if each != person}


def code(house: House, kind: str, who: int, **payload: Any) -> str:
    answer = house.ask(kind, who, **payload)
    return "" if answer.done else str(answer.detail["code"])


def test_a_call_is_listened_to_by_the_right_of_its_own_centre_alone() -> None:
    house = House()
    talking(house)
    bif = QueuePlan(QueueRule("byliv"), "Byliv", "bif")
    changed(house, queues={**house.board.plan.queues, "byliv": bif})
    call = next(iter(house.board.calls.values()))
    call.centre = "bif"  # as if the call had arrived by a queue of that centre
    for mode in ("listen", "whisper", "barge_in"):
        assert code(house, "monitor", EVA, person=ANNA, mode=mode) == "not_yours"
    changed(house, supervisors={EVA: frozenset({"tmf", "bif"})})
    assert house.ask("monitor", EVA, person=ANNA, mode="listen").done


def test_a_call_of_no_centre_is_for_those_with_the_right_everywhere() -> None:
    house = House()
    talking(house)
    next(iter(house.board.calls.values())).centre = ""
    assert code(house, "monitor", EVA, person=ANNA, mode="listen") == "not_yours"
    changed(house, supervisors={EVA: frozenset({"tmf", ""})})
    assert house.ask("monitor", EVA, person=ANNA, mode="listen").done


def test_whose_right_to_listen_ends_hears_no_more() -> None:
    house = House()
    call = talking(house)
    house.ask("monitor", EVA, person=ANNA, mode="listen")
    leg = house.ringing()[-1].leg
    house.answer(leg)
    changed(house, supervisors={})
    assert leg not in house.up
    assert house.presences[EVA].monitored is None
    last = [event for event in house.events if event.kind is Kind.SUPERVISED][-1]
    assert (last.stream, last.data["supervisor"], last.data["mode"]) == (call, EVA, "")


@pytest.mark.parametrize("state", ["ready", "paused", "signed_out"])
def test_a_leader_changes_those_alone_who_serve_one_of_their_centres_today(state: str) -> None:
    house = House()
    house.sign_in(ANNA, EVA)
    elsewhere = replace(house.board.plan.people[ANNA], centres=frozenset({"bif"}))
    changed(house, people={**house.board.plan.people, ANNA: elsewhere})
    before = house.board.desks[ANNA].doing
    assert code(house, "set_state", EVA, person=ANNA, state=state) == "not_yours"
    assert code(house, "set_state", BO, person=ANNA, state=state) == "not_yours", "who leads nobody changes nobody"
    assert house.board.desks[ANNA].doing is before
    changed(house, leaders={EVA: frozenset({"bif"})})
    assert house.ask("set_state", EVA, person=ANNA, state=state).done


def test_whose_role_ends_leaves_the_board_and_does_not_come_back() -> None:
    house = House()
    house.sign_in(ANNA)
    changed(house, people=without(house.board.plan, ANNA))
    assert house.presences[ANNA].state == Doing.SIGNED_OUT
    house.call()
    house.press("caller-1", "2")
    house.wait(60)
    assert not house.ringing(), "nobody is there whom the caller could ring at"
    for kind, payload in (("sign_in", {}), ("ready", {}), ("dial", {"number": "+4520304050"})):
        assert code(house, kind, ANNA, **payload) == "no_role"
    assert house.board.desks[ANNA].doing is Doing.SIGNED_OUT


def test_a_phone_that_rings_as_the_role_ends_stops_and_the_caller_goes_to_somebody_else() -> None:
    house = House()
    house.sign_in(ANNA)
    house.call()
    house.press("caller-1", "1")
    assert house.ringing()
    house.sign_in(BO)
    changed(house, people=without(house.board.plan, ANNA))
    assert [ring.address for ring in house.ringing()] == ["agent:p2"]


def test_whose_role_ends_in_a_call_brings_it_to_its_end_first() -> None:
    house = House()
    talking(house)
    changed(house, people=without(house.board.plan, ANNA))
    assert house.board.desks[ANNA].doing is Doing.TALKING
    assert house.ask("hold", ANNA).done
    assert house.ask("resume", ANNA).done
    assert house.ask("hang_up", ANNA).done
    house.wait(60)
    assert house.board.desks[ANNA].doing is Doing.SIGNED_OUT


def test_a_queue_that_is_taken_from_somebody_rings_there_no_more() -> None:
    house = House()
    house.sign_in(ANNA)
    fewer = replace(house.board.plan.people[ANNA], queues=frozenset({"byg"}))
    changed(house, people={**house.board.plan.people, ANNA: fewer})
    house.call()
    house.press("caller-1", "2")
    assert not house.ringing()


def test_a_restart_after_a_role_has_ended_seats_nobody_and_loses_no_call() -> None:
    before = House()
    call = talking(before)
    before.ask("monitor", EVA, person=ANNA, mode="listen")
    before.answer(before.ringing()[-1].leg)
    left = replace(plan(), people={}, supervisors={}, leaders={})
    after = House(board=new_board(left, START), at=before.at, is_new=False)
    desks = [
        KeptDesk(Desk(ANNA, "Anna", Doing.TALKING, since=START), Phone(ANNA)),
        KeptDesk(Desk(BO, "Bo", Doing.READY, since=START), Phone(BO)),
    ]
    after._take(after.board.restore([Call.from_data(before.kept[call])], desks, after.at))
    legs = tuple(tel.LegUp(leg, True, None, "", "") for leg in before.up)
    after._take(after.board.report(EXCHANGE, tel.Connected(legs, after.at)))
    assert call in after.board.calls
    assert after.board.desks[BO].doing is Doing.SIGNED_OUT
    assert not after.board.calls[call].monitors
    after.gone("caller-1")
    after.wait(60)
    assert after.board.desks[ANNA].doing is Doing.SIGNED_OUT
