"""Work of several kinds at one person: interruptions, the return to interrupted work, and no endless waits."""

from __future__ import annotations

from collections import deque
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from indgang.routing.distribution.decision import Decision, ItemState, Offer, SeatState
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import CALL, CALLBACK, Agent, Item, QueueRule

ANNA = "anna"


def offers(decisions: list[Decision]) -> list[str]:
    return [each.item for each in decisions if isinstance(each, Offer)]


def with_a_callback_in_hand(interrupts: frozenset[str]) -> Distributor:
    """Anna has a callback in hand, and a call waits."""
    distributor = Distributor([QueueRule("byg", wrap_up_seconds=10.0)])
    distributor.agent_on(Agent(ANNA, frozenset({"byg"}), {}, {CALL: 1, CALLBACK: 1}, interrupts), 0.0)
    distributor.arrive(Item("callback", "byg", 0.0, kind=CALLBACK), 0.0)
    distributor.accept("callback", ANNA, 1.0)
    return distributor


def test_a_call_interrupts_a_callback_which_is_kept_and_comes_back() -> None:
    distributor = with_a_callback_in_hand(frozenset({CALL}))
    assert offers(distributor.arrive(Item("call", "byg", 2.0), 2.0)) == ["call"]
    distributor.accept("call", ANNA, 3.0)
    assert distributor.in_hand(ANNA) == ("callback", "call")
    assert offers(distributor.arrive(Item("other", "byg", 4.0, kind=CALLBACK), 4.0)) == [], "she talks"
    distributor.finish("call", ANNA, 60.0)
    distributor.tick(70.0)
    assert distributor.in_hand(ANNA) == ("callback",)
    assert distributor.state_of_agent(ANNA) is SeatState.WORKING
    assert offers(distributor.finish("callback", ANNA, 80.0, 0.0)) == ["other"]


def test_a_call_waits_where_nothing_may_be_interrupted() -> None:
    distributor = with_a_callback_in_hand(frozenset())
    assert offers(distributor.arrive(Item("call", "byg", 2.0), 2.0)) == []
    assert offers(distributor.finish("callback", ANNA, 60.0, 0.0)) == ["call"]


def test_what_no_longer_rings_by_a_new_rule_is_interrupted_at_once() -> None:
    distributor = Distributor([QueueRule("post", ring_seconds=20.0), QueueRule("byg")])
    able = Agent(ANNA, frozenset({"post", "byg"}), {}, {CALL: 1, "mail": 2}, frozenset({CALL}))
    distributor.agent_on(able, 0.0)
    assert offers(distributor.arrive(Item("mail", "post", 1.0, kind="mail"), 1.0)) == ["mail"]
    assert offers(distributor.arrive(Item("call", "byg", 2.0), 2.0)) == [], "the mail rings"
    assert offers(distributor.set_rule(QueueRule("post", ring_seconds=inf), 3.0)) == ["call"]


def test_another_capacity_holds_at_once_and_what_is_in_hand_stays() -> None:
    distributor = with_a_callback_in_hand(frozenset())
    distributor.arrive(Item("call", "byg", 2.0), 2.0)
    able = Agent(ANNA, frozenset({"byg"}), {}, {CALL: 1, CALLBACK: 0}, frozenset({CALL}))
    assert offers(distributor.set_agent(able, 3.0)) == ["call"]
    assert distributor.in_hand(ANNA) == ("callback", "call")
    distributor.finish("callback", ANNA, 4.0, 0.0)
    distributor.accept("call", ANNA, 5.0)
    distributor.arrive(Item("next", "byg", 6.0, kind=CALLBACK), 6.0)
    assert offers(distributor.finish("call", ANNA, 60.0, 0.0)) == [], "she takes no callbacks any more"


@given(
    kind=st.sampled_from([CALL, CALLBACK, "mail"]),
    points=st.integers(0, 40),
    ageing=st.sampled_from([0.25, 0.5, 1.0]),
    seconds=st.integers(1, 30),
    interrupts=st.sampled_from([frozenset[str](), frozenset({CALL})]),
)
def test_whoever_ages_is_served_however_many_come_with_more_points(
    kind: str, points: int, ageing: float, seconds: int, interrupts: frozenset[str]
) -> None:
    """One agent, and a steady flow of calls with more points: the item is served when ageing has made up for them."""
    distributor = Distributor([QueueRule("byg", ageing=ageing), QueueRule("first", priority=points, ageing=ageing)])
    capacity = {CALL: 1, CALLBACK: 1, "mail": 1}
    distributor.agent_on(Agent(ANNA, frozenset({"byg", "first"}), {}, capacity, interrupts), 0.0)
    distributor.occupy(ANNA, "call-0", 0.0)
    distributor.arrive(Item("lonely", "byg", 0.0, kind=kind), 0.0)
    in_hand, now, number = deque(["call-0"]), 0.0, 0
    bound = points / ageing + 2 * seconds
    while distributor.state_of("lonely") is ItemState.WAITING:
        assert now <= bound, "it waits although it has more points than any other"
        number += 1
        distributor.arrive(Item(f"call-{number}", "first", now), now)
        now += seconds
        for item in offers(distributor.finish(in_hand.popleft(), ANNA, now, 0.0)):
            distributor.accept(item, ANNA, now)
            in_hand.append(item)
