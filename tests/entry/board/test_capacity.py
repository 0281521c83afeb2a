"""Capacity is part of the plan, and a new capacity holds as soon as the plan is read."""

from __future__ import annotations

from dataclasses import replace

from indgang.entry.event_kinds import Kind
from indgang.routing.distribution.requirement import CALL, CALLBACK, CONSULT
from tests.entry.house import BO, House


def with_load(house: House, callbacks: int, *interrupts: str, calls: int = 1) -> None:
    """Give Bo a new capacity and let the board read the plan."""
    of = house.board.plan
    capacity = {CALL: calls, CONSULT: calls, CALLBACK: callbacks}
    bo = replace(of.people[BO], capacity=capacity, interrupts=frozenset(interrupts))
    house._take(house.board.replan(replace(of, people={**of.people, BO: bo}), house.at))


def ordered(house: House, number: str) -> str:
    return str(house.ask("callback_order", BO, number=number, queue="byg").detail["enquiry"])


def in_hand_of_bo(house: House) -> str:
    """Bo is paused and has accepted a callback without dialling it. Returns the item's id."""
    promised = ordered(house, "+4520304099")
    (item,) = [item for item in house.board.centre.items.values() if item.stream == promised]
    house.board.telephones.phone(BO).call = "another"  # during a conversation, an accepted callback is not dialled
    assert house.ask("callback_take", BO, enquiry=promised).done
    house.board.telephones.phone(BO).call = None
    assert item.id in house.board.desks[BO].in_hand
    return item.id


def test_a_call_waits_beside_a_callback_in_hand_until_it_may_interrupt_and_the_callback_is_kept() -> None:
    house = House()
    house.sign_in(BO)
    house.ask("pause", BO)
    with_load(house, 1)
    kept = in_hand_of_bo(house)
    call = house.call()
    house.press("caller-1", "1")
    house.ask("ready", BO)
    assert not house.ringing(), "nothing may interrupt"
    with_load(house, 1, CALL, CONSULT)
    assert [ring.call for ring in house.ringing()] == [call]
    house.answer(house.ringing()[0].leg)
    house.ask("hang_up", BO)
    house.ask("wrap_up_over", BO)
    assert house.board.desks[BO].in_hand == [kept], "what was interrupted is still there"


def test_who_takes_no_calls_is_offered_callbacks_alone() -> None:
    house = House()
    with_load(house, 1, calls=0)
    house.sign_in(BO)
    call = house.call()
    house.press("caller-1", "1")
    assert not house.ringing()
    promised = ordered(house, "+4520304099")
    assert house.kinds(promised)[-1] is Kind.CALLBACK_OFFERED
    house.ask("refuse", BO)
    with_load(house, 0)
    assert [ring.call for ring in house.ringing()] == [call]
