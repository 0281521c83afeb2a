"""The trial of a flow uses the live state of the centre: who is at work, who waits, and what rings where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from indgang.routing.centre.plan import Plan, QueuePlan
from indgang.routing.centre.rehearsal import Action, ActionKind, LineKind, Rehearsal, Scene, Staffed, rehearse
from indgang.routing.distribution.requirement import QueueRule, Relaxation, Requirement
from indgang.routing.flows import CallerCallback, FlowEnding, data

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
NUMBER = "+4520304050"
FLOW: dict[str, Any] = {
    "code": "erhverv", "version": 2, "title": "Erhverv", "start": "byg",
    "steps": [
        {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 600, "on_max_wait": "farvel",
         "messages": [{"prompts": ["foer", "@position"], "after": 5, "every": 30}],
         "overflow": [{"when": "agents_below", "below": 1, "after": 20, "to": "farvel"},
                      {"when": "expected_wait_over", "over": 900, "to": "byliv"}],
         "callback": {"after": 15, "key": "1", "prompts": ["tilbud"], "to": "op"}},
        {"id": "op", "kind": "callback_offer", "queue": "byg", "prompts": ["op"], "enter_prompts": ["op"],
         "confirm_prompts": ["op"], "done_prompts": ["tak"], "on_declined": "byg"},
        {"id": "byliv", "kind": "queue", "queue": "byliv", "max_wait": 600, "on_max_wait": "farvel"},
        {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
    ],
}  # fmt: skip


def plan() -> Plan:
    """A plan in which Byggesager requires a skill, and Byliv helps after a minute."""
    asks = (Relaxation(0.0, Requirement.of({"byggeri": 3})), Relaxation(60.0, Requirement.of({}), ("byliv",)))
    queues = {
        "byg": QueuePlan(QueueRule("byg", steps=asks, ring_seconds=15.0), "Byggesager", "tmf"),
        "byliv": QueuePlan(QueueRule("byliv", ring_seconds=15.0), "Byliv", "tmf"),
        "safe": QueuePlan(QueueRule("safe"), "Sikker kø", "tmf"),
    }
    return Plan(
        entries={}, flows={}, versions={}, flow_centres={"erhverv": "tmf"}, queues=queues, schedules={}, people={},
        safe_queue="safe",
    )  # fmt: skip


NOBODY, BUSY = Staffed(agents=0), Staffed()


def play(*actions: str, byg: Staffed = BUSY, byliv: Staffed = NOBODY, safe: Staffed = BUSY) -> Rehearsal:
    acted = [Action(ActionKind(kind), value) for kind, _, value in (each.partition(":") for each in actions)]
    scene = Scene(AT, NUMBER, queues={"byg": byg, "byliv": byliv, "safe": safe})
    return rehearse(plan(), data.parse(FLOW), scene, acted)


def decided(rehearsal: Rehearsal) -> list[tuple[float, str]]:
    """(seconds after the call's arrival, code) of each decision."""
    lines: Sequence[Any] = [line for line in rehearsal.lines if line.kind is LineKind.DECIDED]
    return [((line.at - AT).total_seconds(), line.code) for line in lines]


def heard(rehearsal: Rehearsal) -> list[str]:
    return [line.value for line in rehearsal.lines if line.kind is LineKind.HEARD]


def test_somebody_who_is_free_is_rung_at_once_and_takes_the_call() -> None:
    played = play(byg=Staffed(are_free=True))
    assert (0.0, "offered") in decided(played)
    assert played.can_be_answered
    assert play("queue_answered", byg=Staffed(are_free=True)).state.ending is FlowEnding.ANSWERED


def test_who_is_rung_and_does_not_answer_is_asked_no_more_and_the_next_one_is() -> None:
    played = play("wait:18", byg=Staffed(agents=2, are_free=True))
    assert [each for each in decided(played) if each[1] in ("offered", "waiting_again")] == [
        (0.0, "offered"), (15.0, "waiting_again"), (15.0, "offered"),
    ]  # fmt: skip
    assert heard(played) == [], "nothing is said while it rings"
    away = play("wait:21", byg=Staffed(agents=1, are_free=True))
    assert (20.0, "overflow") in decided(away), "whoever did not answer is at work no more"


def test_while_all_talk_the_caller_waits_behind_those_who_came_before() -> None:
    played = play("wait:8", byg=Staffed(agents=3, waiting=2))
    assert heard(played)[0] == "foer number:3"
    assert "offered" not in [code for _, code in decided(played)]
    answered = play("wait:8", "queue_answered", byg=Staffed(agents=3, waiting=2))
    assert answered.state.ending is FlowEnding.ANSWERED


def test_with_nobody_at_work_the_caller_goes_on_and_nobody_can_answer() -> None:
    assert not play("wait:5", byg=Staffed(agents=0), safe=Staffed(agents=0)).can_be_answered
    played = play("wait:21", byg=Staffed(agents=0), safe=Staffed(agents=0))
    assert (20.0, "overflow") in decided(played)
    nobody = play("wait:5", "queue_answered", byg=Staffed(agents=0), safe=Staffed(agents=0))
    assert not nobody.state.has_ended


def test_whoever_nobody_can_ever_take_goes_to_the_safe_queue_as_live() -> None:
    played = play("wait:16", byg=Staffed(agents=0), safe=Staffed(agents=1))
    assert played.state.queue == "safe"
    assert play("wait:16", "queue_answered", byg=Staffed(agents=0)).state.ending is FlowEnding.ANSWERED


def test_a_long_expected_wait_is_reckoned_from_who_is_there_as_live() -> None:
    assert play(byg=Staffed(agents=2, waiting=3)).state.queue == "byg", "two reckon with eight minutes"
    assert play(byg=Staffed(agents=1, waiting=3)).state.queue == "byliv", "one with sixteen"


def test_another_queue_helps_when_its_time_comes() -> None:
    played = play("wait:70", byliv=Staffed(are_free=True))
    assert [each for each in decided(played) if each[1] == "offered"] == [(60.0, "offered")]


def test_those_ahead_are_helped_first() -> None:
    played = play("wait:70", byg=Staffed(waiting=1), byliv=Staffed(agents=2, are_free=True))
    offered = [seconds for seconds, code in decided(played) if code == "offered"]
    assert offered == [60.0], "one of two took the other caller, who waited longer"
    alone = play("wait:70", byg=Staffed(waiting=1), byliv=Staffed(agents=1, are_free=True))
    assert "offered" not in [code for _, code in decided(alone)]


def test_a_callback_is_promised_and_the_line_is_free() -> None:
    played = play("wait:25", "press:1", "press:1", "listen")
    assert played.state.ending is FlowEnding.CALLBACK_PROMISED
    assert not played.can_be_answered


def test_a_promise_of_before_waits_for_the_caller() -> None:
    promised = CallerCallback("byg", waits=True, place=AT - timedelta(minutes=9))
    asks = {**FLOW, "start": "har", "steps": [
        {"id": "har", "kind": "condition", "all": [{"fact": "callback_waiting"}], "on_true": "plads",
         "on_false": "byg"},
        {"id": "plads", "kind": "queue", "queue": "@promised", "max_wait": 600, "on_max_wait": "farvel"},
        *FLOW["steps"],
    ]}  # fmt: skip
    scene = Scene(AT, NUMBER, callback=promised)
    played = rehearse(plan(), data.parse(asks), scene, [])
    assert (played.state.queue, played.state.queued_since) == ("byg", promised.place)
    withheld = rehearse(plan(), data.parse(asks), replace(scene, number=""), [])
    assert withheld.state.step == "byg"


@pytest.mark.parametrize("number", range(3))
def test_the_same_again_is_the_same(number: int) -> None:
    actions = ("wait:20", "press:1", "press:*", "wait:70", "hang_up")
    crowded = {"byg": Staffed(agents=number, waiting=number), "byliv": Staffed(agents=2, are_free=True)}
    assert play(*actions, **crowded) == play(*actions, **crowded)
