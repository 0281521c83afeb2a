"""The worked examples of docs/algorithms/distribution.md, by their numbers there, and cases that no law covers."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

import pytest

from indgang.routing.distribution.decision import (
    Decision,
    ItemState,
    NotAnswering,
    Offer,
    Reason,
    Relaxed,
    SeatState,
    Unreachable,
    Withdraw,
    WrapUpOver,
)
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.line import Entry, LiveQueue, Slot
from indgang.routing.distribution.ordered import Ordered
from indgang.routing.distribution.requirement import Agent, Choose, Item, QueueRule, Relaxation, Requirement, RuleError

T = 1_000_000.0
"""The moment the examples begin."""


def somebody(name: str, *queues: str, **skills: int) -> Agent:
    return Agent(name, frozenset(queues or ("tmf",)), skills)


def offers(decisions: list[Decision]) -> list[tuple[str, str]]:
    return [(decision.item, decision.agent) for decision in decisions if isinstance(decision, Offer)]


def reasons_of(decision: Decision) -> dict[Reason, str | int | float]:
    assert not isinstance(decision, str)
    return dict(decision.reasons)


def with_everybody_talking(distributor: Distributor, *agents: Agent) -> Distributor:
    for agent in agents:
        distributor.agent_on(agent, T)
        distributor.occupy(agent.agent, f"talk-{agent.agent}", T)
    return distributor


# --- 1 Order of service

TWO_SPEEDS = [QueueRule("tmf", priority=0, ageing=0.25), QueueRule("bif", priority=5, ageing=0.125)]


def test_example_1_an_older_item_overtakes_a_more_urgent_one_by_ageing() -> None:
    engine = with_everybody_talking(Distributor(TWO_SPEEDS), somebody("anna", "tmf", "bif"))
    engine.arrive(Item("old", "tmf", T), T)
    engine.arrive(Item("urgent", "bif", T + 20), T + 20)
    decisions = engine.finish("talk-anna", "anna", T + 100)
    assert offers(decisions) == [("old", "anna")]  # 0 + 0.25 x 100 = 25 points against 5 + 0.125 x 80 = 15
    assert reasons_of(decisions[0])[Reason.PRIORITY] == 25
    assert reasons_of(decisions[0])[Reason.WAITED] == 100


def test_example_1_some_time_before_the_urgent_one_would_have_been_first() -> None:
    engine = with_everybody_talking(Distributor(TWO_SPEEDS), somebody("anna", "tmf", "bif"))
    engine.arrive(Item("old", "tmf", T), T)
    engine.arrive(Item("urgent", "bif", T + 4), T + 4)
    assert offers(engine.finish("talk-anna", "anna", T + 20)) == [("urgent", "anna")]  # 5 points against 5 + 2 = 7


# --- 2 Choice of agent


def test_example_2_the_longest_idle_agent_is_chosen() -> None:
    engine = Distributor([QueueRule("tmf")])
    engine.agent_on(somebody("anna"), T)
    engine.agent_on(somebody("bo"), T + 10)
    decisions = engine.arrive(Item("i1", "tmf", T + 70), T + 70)
    assert offers(decisions) == [("i1", "anna")]
    assert reasons_of(decisions[0])[Reason.LONGEST_IDLE] == 70


def test_example_2_the_best_skilled_agent_is_chosen_by_what_was_wished_for_at_first() -> None:
    steps = (Relaxation(0, Requirement.of({"byg": 5})), Relaxation(30, Requirement.of({"byg": 1})))
    engine = Distributor([QueueRule("tmf", steps=steps, choose=Choose.BEST_SKILLED)])
    for number, level in enumerate((2, 4, 3)):
        engine.agent_on(somebody(f"level{level}", byg=level), T + number)
    assert offers(engine.arrive(Item("i1", "tmf", T + 10), T + 10)) == []
    decisions = engine.tick(T + 40)
    assert decisions[0] == Relaxed("i1", 1, ((Reason.WAITED, 30.0),))
    assert offers(decisions) == [("i1", "level4")]
    assert reasons_of(decisions[1])[Reason.BEST_SKILLED] == 4


def test_an_offer_that_the_caller_ended_does_not_cost_the_agent_the_place() -> None:
    engine = Distributor([QueueRule("tmf")])
    engine.agent_on(somebody("anna"), T)
    engine.agent_on(somebody("bo"), T + 10)
    engine.arrive(Item("i1", "tmf", T + 20), T + 20)
    assert engine.leave("i1", T + 25) == [Withdraw("i1", "anna", ((Reason.ITEM_LEFT, 5.0),))]
    assert offers(engine.arrive(Item("i2", "tmf", T + 30), T + 30)) == [("i2", "anna")]


# --- 3 Relaxation


def test_example_3_relaxing_lowers_the_level_and_then_lets_the_neighbour_centre_help() -> None:
    steps = (
        Relaxation(0, Requirement.of({"byg": 3})),
        Relaxation(30, Requirement.of({"byg": 1})),
        Relaxation(120, Requirement.of({"byg": 1}), ("bif",)),
    )
    engine = Distributor([QueueRule("tmf", steps=steps), QueueRule("bif")])
    engine.agent_on(somebody("neighbour", "bif", byg=5), T)
    engine.arrive(Item("i1", "tmf", T), T)
    assert engine.next_due() == T + 30
    assert engine.tick(T + 30) == [Relaxed("i1", 1, ((Reason.WAITED, 30.0),))]
    assert engine.next_due() == T + 120
    assert offers(engine.tick(T + 120)) == [("i1", "neighbour")]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (Relaxation(30, Requirement.of({"byg": 4})), "asks for more"),
        (Relaxation(30, Requirement.of({"dansk": 1})), "asks for more"),
        (Relaxation(0, Requirement.of({"byg": 1})), "must be later"),
        (Relaxation(30, Requirement.of({"byg": 1})), "drops keh"),
    ],
)
def test_a_rule_whose_steps_do_not_widen_is_refused_with_the_step_and_the_reason(
    second: Relaxation, message: str
) -> None:
    with pytest.raises(RuleError, match=f"queue 'tmf', step 2: .*{message}"):
        QueueRule("tmf", steps=(Relaxation(0, Requirement.of({"byg": 3}), ("keh",)), second))


def test_rules_agents_and_requirements_out_of_range_are_refused() -> None:
    with pytest.raises(RuleError, match="first step"):
        QueueRule("tmf", steps=(Relaxation(5),))
    with pytest.raises(RuleError, match="zero or more"):
        QueueRule("tmf", ageing=-1)
    with pytest.raises(RuleError, match="ring_seconds"):
        QueueRule("tmf", ring_seconds=0)
    with pytest.raises(RuleError, match="level 6"):
        Requirement.of({"byg": 6})
    with pytest.raises(RuleError, match="capacity 2"):
        Agent("anna", frozenset({"tmf"}), capacity={"call": 2})
    with pytest.raises(RuleError, match="level 9"):
        somebody("anna", byg=9)


# --- 4 Not answered, refused


def test_example_4_an_unanswered_item_keeps_its_place_and_the_agent_is_away_until_ready() -> None:
    engine = Distributor([QueueRule("tmf", ring_seconds=20, reoffer_seconds=60)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    assert engine.next_due() == T + 20
    assert engine.tick(T + 20) == [
        Withdraw(
            "i1", "anna", ((Reason.NO_ANSWER, 20.0), (Reason.REOFFER_EARLIEST, T + 35), (Reason.REOFFER_AFTER, T + 80))
        ),
        NotAnswering("anna", ((Reason.NO_ANSWER, "i1"),)),
    ]
    assert engine.state_of_agent("anna") is SeatState.NOT_RESPONDING
    engine.arrive(Item("i2", "tmf", T + 21), T + 21)
    assert engine.waiting("tmf") == ["i1", "i2"]
    assert offers(engine.agent_on(somebody("bo"), T + 30)) == [("i1", "bo")]


def test_an_unanswered_offer_that_does_not_ring_leaves_the_agent_ready_for_other_work() -> None:
    engine = Distributor([QueueRule("tasks", ring_seconds=45, rings=False), QueueRule("tmf")])
    engine.agent_on(somebody("anna", "tasks", "tmf"), T)
    engine.arrive(Item("i1", "tasks", T), T)
    (withdrawn,) = engine.tick(T + 45)
    assert reasons_of(withdrawn)[Reason.NO_ANSWER] == 45.0
    assert engine.state_of_agent("anna") is SeatState.READY
    assert offers(engine.arrive(Item("i2", "tmf", T + 46), T + 46)) == [("i2", "anna")]


def test_example_4_a_refused_item_is_spared_the_agent_while_somebody_else_is_there() -> None:
    engine = Distributor([QueueRule("tmf", reoffer_seconds=60, ring_seconds=300)])
    with_everybody_talking(engine, somebody("bo"))
    engine.agent_on(somebody("anna"), T)
    assert offers(engine.arrive(Item("i1", "tmf", T + 1), T + 1)) == [("i1", "anna")]
    assert offers(engine.refuse("i1", "anna", T + 5)) == []  # bo talks, but is present
    assert offers(engine.arrive(Item("i2", "tmf", T + 6), T + 6)) == [("i2", "anna")]
    engine.leave("i2", T + 7)
    assert engine.next_due() == T + 20  # anna's delay is over; bo is still present
    assert engine.tick(T + 20) == []
    assert engine.next_due() == T + 65
    assert offers(engine.tick(T + 65)) == [("i1", "anna")]


def test_example_4_sparing_ends_when_the_last_other_agent_goes() -> None:
    engine = Distributor([QueueRule("tmf", reoffer_seconds=60, min_reoffer_seconds=15)])
    with_everybody_talking(engine, somebody("bo"))
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T + 1), T + 1)
    engine.refuse("i1", "anna", T + 5)
    assert offers(engine.pause("bo", T + 25)) == [("i1", "anna")]


def test_example_4_who_refuses_rests_from_the_item_though_nobody_else_can_take_it() -> None:
    engine = Distributor([QueueRule("tmf", reoffer_seconds=60, min_reoffer_seconds=15)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T + 1), T + 1)
    assert engine.refuse("i1", "anna", T + 5) == [
        Withdraw(
            "i1", "anna", ((Reason.REFUSED, 4.0), (Reason.REOFFER_EARLIEST, T + 20), (Reason.REOFFER_AFTER, T + 65))
        )
    ]
    assert offers(engine.arrive(Item("i2", "tmf", T + 6), T + 6)) == [("i2", "anna")], "other calls ring at once"
    engine.leave("i2", T + 7)
    assert engine.next_due() == T + 20
    assert offers(engine.tick(T + 20)) == [("i1", "anna")]


def test_who_signs_out_and_in_again_still_rests() -> None:
    engine = Distributor([QueueRule("tmf", min_reoffer_seconds=15)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    engine.refuse("i1", "anna", T + 5)
    engine.agent_off("anna", T + 6)
    assert offers(engine.agent_on(somebody("anna"), T + 7)) == []
    assert offers(engine.agent_on(somebody("bo"), T + 8)) == [("i1", "bo")]


def test_a_personal_item_lets_its_agent_rest_too() -> None:
    engine = Distributor([QueueRule("tmf", reoffer_seconds=60, min_reoffer_seconds=15)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T, personal="anna"), T)
    engine.arrive(Item("i2", "tmf", T, personal="anna"), T)
    assert offers(engine.refuse("i1", "anna", T + 5)) == [("i2", "anna")]
    engine.leave("i2", T + 6)
    assert offers(engine.tick(T + 19.5)) == []
    assert offers(engine.tick(T + 20)) == [("i1", "anna")]


def test_without_a_rest_a_refused_item_rings_again_at_once() -> None:
    engine = Distributor([QueueRule("tmf", min_reoffer_seconds=0)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    assert offers(engine.refuse("i1", "anna", T + 5)) == [("i1", "anna")]


def test_an_answer_in_the_last_moment_counts_although_the_time_for_ringing_is_over() -> None:
    engine = Distributor([QueueRule("tmf", ring_seconds=20)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    assert engine.accept("i1", "anna", T + 20.4) == []
    assert engine.state_of("i1") is ItemState.HELD
    assert engine.tick(T + 21) == []


def test_an_answer_after_the_offer_was_withdrawn_changes_nothing_and_occupy_settles_it() -> None:
    engine = Distributor([QueueRule("tmf", ring_seconds=20)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    engine.tick(T + 20)
    assert engine.accept("i1", "anna", T + 20.1) == []
    assert engine.state_of("i1") is ItemState.WAITING
    assert engine.occupy("anna", "i1", T + 20.2) == []
    assert (engine.state_of("i1"), engine.agent_of("i1")) == (ItemState.HELD, "anna")


def test_refusing_costs_the_place_among_the_idle() -> None:
    engine = Distributor([QueueRule("tmf")])
    for number, name in enumerate(("anna", "bo", "carl")):
        engine.agent_on(somebody(name), T + number)
    assert offers(engine.arrive(Item("i1", "tmf", T + 5), T + 5)) == [("i1", "anna")]
    assert offers(engine.refuse("i1", "anna", T + 6)) == [("i1", "bo")]
    given = [offers(engine.arrive(Item(f"n{n}", "tmf", T + 7), T + 7)) for n in (1, 2)]
    assert given == [[("n1", "carl")], [("n2", "anna")]]


def test_sparing_ends_for_each_agent_at_their_own_time() -> None:
    engine = Distributor([QueueRule("tmf", reoffer_seconds=60, ring_seconds=600)])
    with_everybody_talking(engine, somebody("carl"))
    engine.agent_on(somebody("anna"), T)
    engine.agent_on(somebody("bo"), T + 1)
    engine.arrive(Item("i1", "tmf", T + 2), T + 2)
    assert offers(engine.refuse("i1", "anna", T + 10)) == [("i1", "bo")]
    assert offers(engine.refuse("i1", "bo", T + 20)) == []
    assert offers(engine.tick(T + 70)) == [("i1", "anna")]  # bo's re-offer delay lasts until T + 80


# --- 5 Preferred and personal


def test_example_5_an_item_waits_for_its_last_agent_while_others_are_free() -> None:
    engine = with_everybody_talking(Distributor([QueueRule("tmf")]), somebody("anna"))
    engine.agent_on(somebody("bo"), T)
    item = Item("i1", "tmf", T, preferred="anna", preferred_seconds=25)
    assert engine.arrive(item, T) == []
    assert engine.next_due() == T + 25
    assert offers(engine.tick(T + 25)) == [("i1", "bo")]


def test_example_5_it_does_not_wait_when_the_last_agent_is_away() -> None:
    engine = with_everybody_talking(Distributor([QueueRule("tmf")]), somebody("anna"))
    engine.agent_on(somebody("bo"), T)
    engine.arrive(Item("i1", "tmf", T, preferred="anna", preferred_seconds=25), T)
    assert offers(engine.pause("anna", T + 5)) == [("i1", "bo")]


def test_example_5_a_personal_item_waits_for_its_agent_alone() -> None:
    engine = Distributor([QueueRule("tmf")])
    engine.agent_on(somebody("bo"), T)
    decisions = engine.arrive(Item("i1", "tmf", T, personal="anna"), T)
    assert decisions == [Unreachable("i1", ((Reason.PERSON_OFF, "anna"),))]
    assert offers(engine.agent_on(somebody("anna", "bif"), T + 5)) == [("i1", "anna")]


# --- 6 Reservation


def test_example_6_one_free_agent_is_kept_back_for_the_higher_queue() -> None:
    rules = [QueueRule("alarm", priority=10, reserved=1), QueueRule("tmf", priority=0)]
    engine = Distributor(rules)
    engine.agent_on(somebody("anna", "alarm", "tmf"), T)
    engine.agent_on(somebody("bo", "alarm", "tmf"), T + 1)
    assert offers(engine.arrive(Item("i1", "tmf", T + 2), T + 2)) == [("i1", "anna")]
    assert offers(engine.arrive(Item("i2", "tmf", T + 3), T + 3)) == []
    assert offers(engine.arrive(Item("a1", "alarm", T + 4), T + 4)) == [("a1", "bo")]
    assert offers(engine.agent_on(somebody("carl", "alarm", "tmf"), T + 5)) == []
    assert offers(engine.agent_on(somebody("dora", "tmf"), T + 6)) == [("i2", "dora")]


def test_example_6_a_second_free_agent_lets_the_first_one_go() -> None:
    rules = [QueueRule("alarm", priority=10, reserved=1), QueueRule("tmf", priority=0)]
    engine = Distributor(rules)
    engine.agent_on(somebody("anna", "alarm", "tmf"), T)
    engine.arrive(Item("i1", "tmf", T + 1), T + 1)
    assert offers(engine.agent_on(somebody("bo", "alarm"), T + 2)) == [("i1", "anna")]


# --- 7 Capacity


def test_example_7_mails_fill_the_hands_and_a_call_comes_only_if_it_may_interrupt() -> None:
    capacity = {"call": 1, "mail": 2}
    rules = [QueueRule("tmf", ring_seconds=float("inf"))]
    engine = Distributor(rules)
    engine.agent_on(Agent("anna", frozenset({"tmf"}), capacity=capacity), T)
    for number in (1, 2, 3):
        engine.arrive(Item(f"m{number}", "tmf", T + number, kind="mail"), T + number)
    assert engine.in_hand("anna") == ("m1", "m2")
    assert offers(engine.arrive(Item("c1", "tmf", T + 4), T + 4)) == []
    interrupting = Agent("anna", frozenset({"tmf"}), capacity=capacity, interrupts=frozenset({"call"}))
    assert offers(engine.set_agent(interrupting, T + 5)) == [("c1", "anna")]
    engine.accept("c1", "anna", T + 6)
    assert offers(engine.leave("m1", T + 7)) == []  # while talking, no mail
    assert offers(engine.finish("c1", "anna", T + 60)) == [("m3", "anna")]


def test_work_is_spread_before_hands_are_filled() -> None:
    engine = Distributor([QueueRule("tmf", ring_seconds=float("inf"))])
    for name in ("anna", "bo"):
        engine.agent_on(Agent(name, frozenset({"tmf"}), capacity={"mail": 3}), T)
    given = [offers(engine.arrive(Item(f"m{n}", "tmf", T + n, kind="mail"), T + n))[0][1] for n in range(4)]
    assert given == ["anna", "bo", "anna", "bo"]


# --- 8 Wrap-up


def test_example_8_wrap_up_lasts_as_the_rule_says_can_be_extended_and_ended_early() -> None:
    engine = with_everybody_talking(Distributor([QueueRule("tmf", wrap_up_seconds=30)]), somebody("anna"))
    engine.finish("talk-anna", "anna", T + 1)  # came from outside the queues: no wrap-up
    engine.arrive(Item("i1", "tmf", T + 2), T + 2)
    engine.accept("i1", "anna", T + 3)
    engine.finish("i1", "anna", T + 100)
    engine.arrive(Item("i2", "tmf", T + 101), T + 101)
    assert (engine.state_of_agent("anna"), engine.next_due()) == (SeatState.WRAP_UP, T + 130)
    engine.extend_wrap_up("anna", 15, T + 110)
    assert engine.tick(T + 130) == []
    decisions = engine.tick(T + 145)
    assert decisions[0] == WrapUpOver("anna", ((Reason.WRAP_UP_TIME, T + 145),))
    assert offers(decisions) == [("i2", "anna")]
    engine.accept("i2", "anna", T + 146)
    engine.finish("i2", "anna", T + 200, wrap_up=500)
    assert engine.wrap_up_over("anna", T + 210) == [WrapUpOver("anna", ((Reason.WRAP_UP_ENDED, T + 210),))]


def test_a_caller_who_hangs_up_first_starts_the_same_wrap_up_and_a_late_finish_is_harmless() -> None:
    engine = Distributor([QueueRule("tmf", wrap_up_seconds=30)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    engine.accept("i1", "anna", T + 1)
    engine.leave("i1", T + 50)
    assert engine.finish("i1", "anna", T + 51) == []
    assert (engine.state_of_agent("anna"), engine.next_due()) == (SeatState.WRAP_UP, T + 80)


def test_wrap_up_is_not_shortened_by_a_short_call_made_in_it() -> None:
    engine = Distributor([QueueRule("tmf", wrap_up_seconds=60)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    engine.accept("i1", "anna", T)
    engine.finish("i1", "anna", T + 10)
    engine.occupy("anna", "outgoing", T + 11)
    engine.finish("outgoing", "anna", T + 12, wrap_up=5)
    assert (engine.state_of_agent("anna"), engine.next_due()) == (SeatState.WRAP_UP, T + 70)


def test_a_pause_asked_for_while_talking_begins_after_wrap_up() -> None:
    engine = Distributor([QueueRule("tmf", wrap_up_seconds=30)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    engine.accept("i1", "anna", T + 1)
    states = []
    for event in (engine.pause, lambda agent, at: engine.finish("i1", agent, at), engine.wrap_up_over, engine.ready):
        event("anna", T + 10)
        states.append(engine.state_of_agent("anna"))
    assert states == [SeatState.BUSY, SeatState.WRAP_UP, SeatState.PAUSED, SeatState.READY]


# --- 9 Position and expected wait


def test_example_9_expected_wait_is_position_times_work_over_those_present() -> None:
    rule = QueueRule("tmf", handling_seconds=240)
    engine = with_everybody_talking(Distributor([rule]), somebody("anna"), somebody("bo"), somebody("carl"))
    for number in range(3):
        engine.arrive(Item(f"i{number}", "tmf", T + number), T + number)
    assert [engine.expected_wait(f"i{number}", T + 3) for number in range(3)] == [80, 160, 240]
    assert engine.expected_wait("tmf", T + 3) == 320
    engine.pause("carl", T + 4)
    assert engine.expected_wait("i0", T + 4) == 120
    engine.pause("anna", T + 4)
    engine.pause("bo", T + 4)
    assert engine.expected_wait("i0", T + 4) is None


def test_example_9_the_spacing_of_answers_is_believed_after_five_and_a_stalled_queue_shows() -> None:
    engine = with_everybody_talking(Distributor([QueueRule("tmf")]), somebody("anna"), somebody("bo"))
    for number in range(20):
        engine.arrive(Item(f"i{number}", "tmf", T), T)
    now, holding = T, {"anna": "talk-anna", "bo": "talk-bo"}
    for number in range(6):  # an answer every 50 seconds with two agents present: 100 agent-seconds each
        now += 50
        agent = ("anna", "bo")[number % 2]
        decisions = engine.finish(holding[agent], agent, now)
        engine.accept(f"i{number}", agent, now)
        assert offers(decisions) == [(f"i{number}", agent)]
        holding[agent] = f"i{number}"
    assert engine.expected_wait("i6", now) == pytest.approx(50)
    assert engine.expected_wait("i8", now) == pytest.approx(150)
    assert engine.expected_wait("i8", now + 70) == pytest.approx(210)


def test_with_an_agent_free_a_newcomer_waits_not_at_all() -> None:
    engine = Distributor([QueueRule("tmf")])
    engine.agent_on(somebody("anna"), T)
    assert engine.expected_wait("tmf", T) == 0
    assert engine.expected_wait("no such queue", T) is None


def test_position_counts_the_own_queue_in_order_of_service() -> None:
    engine = Distributor([QueueRule("tmf"), QueueRule("bif", priority=9)])
    engine.arrive(Item("a", "tmf", T), T)
    engine.arrive(Item("b", "tmf", T + 1, requirement=Requirement.of({"byg": 2})), T + 1)
    engine.arrive(Item("c", "tmf", T + 2, priority=1), T + 2)
    engine.arrive(Item("d", "bif", T + 3), T + 3)
    assert engine.waiting("tmf") == ["c", "a", "b"]
    assert [engine.position(item) for item in "abcd"] == [2, 3, 1, 1]
    assert engine.ahead("b") == 2
    assert engine.position("unknown") is None


# --- 10 Nobody able


def test_example_10_an_item_nobody_can_ever_take_is_said_once_and_served_when_somebody_can() -> None:
    engine = Distributor([QueueRule("tmf", steps=(Relaxation(0, Requirement.of({"byg": 2})),))])
    engine.agent_on(somebody("anna", dansk=5), T)
    assert engine.arrive(Item("i1", "tmf", T), T) == [Unreachable("i1", ((Reason.NOBODY_ABLE, "tmf"),))]
    assert engine.tick(T + 60) == []
    assert offers(engine.set_agent(somebody("anna", byg=2), T + 70)) == [("i1", "anna")]
    assert engine.agent_off("anna", T + 80) == [
        Withdraw("i1", "anna", ((Reason.AGENT_OFF, 10.0),)),
        Unreachable("i1", ((Reason.NOBODY_ABLE, "tmf"),)),
    ]


def test_example_10_a_closed_queue_serves_those_who_wait_and_takes_nobody_new() -> None:
    engine = with_everybody_talking(Distributor([QueueRule("tmf")]), somebody("anna"))
    engine.arrive(Item("before", "tmf", T), T)
    engine.set_rule(QueueRule("tmf", closed=True), T + 1)
    assert engine.arrive(Item("after", "tmf", T + 2), T + 2) == [Unreachable("after", ((Reason.QUEUE_CLOSED, "tmf"),))]
    assert offers(engine.finish("talk-anna", "anna", T + 3)) == [("before", "anna")]
    engine.leave("before", T + 4)
    assert engine.state_of("after") is ItemState.WAITING
    assert offers(engine.set_rule(QueueRule("tmf"), T + 5)) == [("after", "anna")]


def test_an_item_for_a_queue_without_a_rule_waits_and_is_said() -> None:
    engine = Distributor()
    assert engine.arrive(Item("i1", "new", T), T) == [Unreachable("i1", ((Reason.QUEUE_UNKNOWN, "new"),))]
    engine.agent_on(somebody("anna", "new"), T)
    assert offers(engine.set_rule(QueueRule("new"), T + 1)) == [("i1", "anna")]


# --- restart, transfers, wrong input


def test_an_item_moved_to_another_queue_leaves_the_agent_in_wrap_up_and_keeps_its_arrival() -> None:
    rules = [QueueRule("tmf", wrap_up_seconds=10), QueueRule("bif")]
    engine = Distributor(rules)
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    engine.accept("i1", "anna", T + 1)
    engine.arrive(Item("i1", "bif", T), T + 30)
    assert engine.waiting("bif") == ["i1"]
    assert engine._board.entries["i1"].arrived == T
    assert engine.state_of_agent("anna") is SeatState.WRAP_UP


def test_a_consultation_withdraws_what_rings_and_the_first_call_stays() -> None:
    engine = with_everybody_talking(Distributor([QueueRule("tmf", ring_seconds=99)]), somebody("anna"))
    engine.agent_on(somebody("bo"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    assert engine.occupy("bo", "consult", T + 5) == [Withdraw("i1", "bo", ((Reason.AGENT_OCCUPIED, "consult"),))]
    engine.occupy("anna", "consult-2", T + 6)
    assert set(engine.in_hand("anna")) == {"talk-anna", "consult-2"}
    assert offers(engine.finish("consult-2", "anna", T + 7)) == []
    assert offers(engine.finish("talk-anna", "anna", T + 8)) == [("i1", "anna")]


def test_an_agent_who_signs_out_while_talking_keeps_the_call_and_is_off_when_it_ends() -> None:
    engine = Distributor([QueueRule("tmf", wrap_up_seconds=30)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    engine.accept("i1", "anna", T + 1)
    engine.agent_off("anna", T + 5)
    assert (engine.state_of("i1"), engine.state_of_agent("anna")) == (ItemState.HELD, SeatState.BUSY)
    engine.finish("i1", "anna", T + 60)
    assert engine.state_of_agent("anna") is SeatState.OFF
    assert engine.next_due() is None


def test_a_second_tab_of_the_same_agent_changes_nothing() -> None:
    engine = Distributor([QueueRule("tmf")])
    engine.agent_on(somebody("anna"), T)
    engine.pause("anna", T + 1)
    assert engine.agent_on(somebody("anna"), T + 2) == []
    assert engine.state_of_agent("anna") is SeatState.PAUSED
    assert engine.agents_in("tmf") == ["anna"]
    assert engine.agents_in("tmf", "ready") == []


def test_a_clock_that_jumps_back_or_is_no_number_does_not_move_time() -> None:
    engine = Distributor([QueueRule("tmf", ring_seconds=20)])
    engine.agent_on(somebody("anna"), T)
    engine.arrive(Item("i1", "tmf", T), T)
    for at in (T - 3600, float("nan"), float("inf"), 0.0):
        assert engine.tick(at) == []
    assert engine.next_due() == T + 20
    assert engine.arrive(Item("i2", "tmf", float("nan")), T + 1) == []
    assert engine._board.entries["i2"].arrived == T + 1


def test_an_unknown_state_is_refused_before_anything_changes() -> None:
    engine = Distributor([QueueRule("tmf")])
    with pytest.raises(ValueError, match="asleep"):
        engine.agent_on(somebody("anna"), T, state="asleep")
    assert engine.agents_in("tmf") == []


# --- the parts of the distributor


def test_many_different_requirements_do_not_pile_up() -> None:
    engine = Distributor([QueueRule("tmf")])
    engine.agent_on(somebody("anna"), T)
    for number in range(2_000):
        extra = Requirement.of({f"skill{number}": 1})
        engine.arrive(Item("i", "tmf", T + number, requirement=extra), T + number)
        engine.leave("i", T + number)
    assert len(engine._board.queues["tmf"].lanes) < 600


def test_idle_heaps_and_timers_do_not_pile_up() -> None:
    steps = (Relaxation(0), Relaxation(10_000, Requirement()))
    engine = Distributor([QueueRule("tmf", steps=steps), QueueRule("bif", steps=steps, choose=Choose.BEST_SKILLED)])
    engine.agent_on(somebody("anna", "tmf", "bif"), T)
    engine.arrive(Item("other", "bif", T), T)
    engine.leave("other", T)
    for number in range(2_000):
        engine.arrive(Item("i", "tmf", T + number), T + number)
        engine.accept("i", "anna", T + number)
        engine.finish("i", "anna", T + number)
    assert max(len(lane.idle) for queue in engine._board.queues.values() for lane in queue.lanes) < 50
    assert len(engine._timers) < 600


def test_ordered_slots_stay_sorted_and_count_right_across_blocks() -> None:
    ordered: Ordered[Slot] = Ordered()
    random, kept = Random(3), []
    queue = LiveQueue("tmf")
    for number in range(3_000):
        entry = Entry(Item("i", "tmf", T), queue, T, number)
        slot = (float(random.randrange(50)), float(random.randrange(50)), number, entry)
        ordered.add(slot)
        kept.append(slot)
    random.shuffle(kept)
    for slot in kept[:2_000]:
        ordered.remove(slot)
    left = sorted(kept[2_000:])
    assert list(ordered) == left
    assert (ordered.size, ordered.head) == (1_000, left[0])
    assert [ordered.before(slot) for slot in left] == list(range(1_000))
    assert ordered.before((99.0, 0.0, 0, left[0][3])) == 1_000


SCENARIO = """
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import Agent, Item, QueueRule
engine = Distributor([QueueRule(q, reserved=1, priority=len(q)) for q in ("a", "bb", "ccc")])
for n in range(9):
    queues = frozenset(("a", "bb", "ccc")[: n % 3 + 1])
    print(engine.agent_on(Agent(f"agent{n}", queues, {}, {"call": 1, "mail": 2, "chat": 2}), n))
    print(engine.arrive(Item(f"i{n}", ("a", "bb", "ccc")[n % 3], n, kind=("call", "mail", "chat")[n % 2]), n))
for n in range(9):
    print(engine.refuse(f"i{n}", f"agent{n}", 20 + n), engine.agent_off(f"agent{8 - n}", 30 + n))
"""


def test_decisions_do_not_depend_on_how_python_hashes_words() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", SCENARIO],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert b"Offer" in said[0]
