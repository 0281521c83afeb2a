"""How a caller who waits is looked at again: in turns, where something may change that nobody reports."""

from __future__ import annotations

from indgang.routing.flows import Notice, QueueNews, QueueSaid
from tests.routing.flows.facts import QueueFigures
from tests.routing.flows.test_flows import BYE, WAIT, Caller, facts_of, flow_of, queue_with


def test_a_caller_is_looked_at_again_only_where_something_may_change_without_a_report() -> None:
    waited = [{"when": "waited", "after": 30, "to": "bye"}]
    below = [{"when": "agents_below", "below": 1, "to": "bye"}]
    checked = {
        name: "check" in {each.what for each in Caller(flow_of(queue_with(overflow=overflow), BYE)).state.timers}
        for name, overflow in (("none", []), ("waited", waited), ("below", below))
    }
    assert checked == {"none": False, "waited": False, "below": True}


def test_notices_switched_on_while_a_caller_waits_are_said_and_stop_when_they_are_switched_off() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    caller.facts = facts_of(queues={"q": QueueFigures(notices=(Notice(("a",), 30.0),))})
    caller.hears(QueueSaid(QueueNews.CHANGED), 5)
    caller.times_out("check", 15)
    caller.times_out("check", 15)
    assert caller.said() == [("a",)]
    caller.facts = facts_of()
    caller.times_out("check", 15)
    assert "check" not in {each.what for each in caller.state.timers}


def test_a_caller_whose_phone_rings_when_it_is_time_to_look_is_looked_at_later() -> None:
    overflow = [{"when": "agents_below", "below": 1, "to": "bye"}]
    caller = Caller(flow_of(queue_with(overflow=overflow), BYE))
    caller.facts = facts_of(queues={"q": QueueFigures(agents=0)})
    caller.hears(QueueSaid(QueueNews.OFFERED))
    caller.times_out("check", 15)
    assert caller.state.step == "wait"
    caller.hears(QueueSaid(QueueNews.WAITING))
    assert caller.state.step == "bye"
