"""Flows that lead to whoever is on duty."""

from __future__ import annotations

from indgang.routing import flows
from indgang.routing.flows import Enqueue, LeaveQueue, QueueNews, QueueSaid
from indgang.routing.flows.problems import Known
from tests.routing.flows.test_flows import AT, BYE, WAIT, Caller, facts_of, flow_of

DUTY = {**WAIT, "queue": "@duty:aften"}


def test_a_caller_waits_for_whoever_is_on_duty_and_stays_there_when_the_duty_changes() -> None:
    caller = Caller(flow_of(DUTY, BYE), facts_of(on_duty=lambda rota, _at: "r" if rota == "aften" else ""))
    assert caller.orders(Enqueue) == [Enqueue("r", 0, AT)]
    caller.facts = facts_of(on_duty=lambda _rota, _at: "q")
    caller.hears(QueueSaid(QueueNews.CHANGED))
    assert caller.state.queue == "r"
    assert caller.orders(LeaveQueue) == []


def test_a_rota_with_nobody_on_duty_is_a_closed_queue() -> None:
    closed = {**DUTY, "overflow": [{"when": "queue_closed", "to": "bye"}]}
    assert Caller(flow_of(closed, BYE), facts_of()).state.step == "bye"
    onward = {**DUTY, "max_wait": 60, "on_max_wait": "wait2"}
    caller = Caller(flow_of(onward, {**WAIT, "id": "wait2"}, BYE), facts_of())
    assert caller.orders(Enqueue) == [Enqueue("q", 0, AT)]


def test_an_unknown_rota_is_a_problem_of_the_flow() -> None:
    flow = flow_of(DUTY, BYE)
    known = Known(queues=frozenset("q"), prompts=frozenset({"bye"}))
    assert flows.Code.UNKNOWN_ROTA in {each.code for each in flows.problems(flow, known)}
