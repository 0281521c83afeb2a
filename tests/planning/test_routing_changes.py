"""What if other people answer, at other times or by another flow: keys that lead to queues, hours, rules and crews."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.planning import flow_paths, twin_scenarios
from indgang.planning.routing_changes import EVERYBODY, CentreHours, FlowChange, QueueRouting
from indgang.planning.storing import changes_of, stored
from indgang.planning.whatif import Changes, ScenarioBase, Staffing, apply, compute
from indgang.routing import flows as routing_flows
from indgang.routing.flows.steps import Flow
from indgang.staffing.twin.result import TwinComparison
from indgang.staffing.twin.simulation import compare
from tests import sample
from tests.planning.bases import base, queue


def flow(*steps: dict[str, Any], code: str = "entry") -> Flow:
    return routing_flows.parse(
        {"code": code, "version": 1, "title": code, "start": steps[0]["id"], "steps": list(steps)}
    )


def two_centres(**seats: float | None) -> ScenarioBase:
    """Queue a in centre x and queue b in centre y."""
    queues = [queue("a", 200, seats=seats.get("a")), queue("b", 200, seats=seats.get("b"))]
    return base(*(replace(each, centre=centre, centre_name=centre) for each, centre in zip(queues, "xy", strict=True)))


def simulated(centre: ScenarioBase, changes: Changes, replications: int = 6) -> TwinComparison:
    found = compute(centre, changes)
    today = twin_scenarios.today(centre, found.today, changes)
    return compare(today, twin_scenarios.other(found.changed, found.other, changes), replications)


def mean(played: TwinComparison, figure: str, queue: str | None = None) -> tuple[float, float]:
    """Today and with the changes."""
    before, after = (side.estimate(figure, queue).mean for side in (played.today, played.other))
    assert before is not None
    assert after is not None
    return before, after


# --- keys ------------------------------------------------------------------------------------------------------


MENU = flow(
    {"id": "hours", "kind": "opening_hours", "schedule": "s", "on_open": "known", "on_closed": "bye"},
    {"id": "known", "kind": "condition", "all": [{"fact": "caller_known"}], "on_true": "vip", "on_false": "first"},
    {"id": "first", "kind": "menu", "prompts": ["p"], "keys": {"1": "one", "2": "second"}, "on_exhausted": "silent"},
    {"id": "second", "kind": "menu", "prompts": ["p"], "keys": {"3": "over"}, "on_exhausted": "one"},
    {"id": "one", "kind": "queue", "queue": "one"}, {"id": "vip", "kind": "queue", "queue": "vip"},
    {"id": "silent", "kind": "queue", "queue": "silent"}, {"id": "over", "kind": "overflow", "flow": "neighbour"},
    {"id": "bye", "kind": "hang_up"},
)  # fmt: skip


def test_each_queue_is_reached_by_its_keys() -> None:
    neighbour = flow({"id": "wait", "kind": "queue", "queue": "there"}, code="neighbour")
    found = flow_paths.keys_to(MENU, {"neighbour": neighbour})
    assert found == {"one": "1", "silent": "", "there": "23"}
    assert flow_paths.keys_to(MENU, {}) == {"one": "1", "silent": ""}
    assert flow_paths.schedules_named([MENU]) == {"s"}


# --- hours of centres --------------------------------------------------------------------------------------------


def test_one_centre_closes_earlier_and_the_other_stays_open() -> None:
    changed = apply(two_centres(a=5, b=5), Changes(hours=(CentreHours("y", closes=time(15)),), moved=0.0))
    a, b = changed.queues
    assert changed.intervals == 18
    assert a.calls == two_centres().queues[0].calls
    assert (b.calls[14:], b.seats[14:] if b.seats else None) == ((0.0,) * 4, (0.0,) * 4)
    assert b.calls[:14] == two_centres().queues[1].calls[:14]


def test_a_centre_that_opens_before_the_others_opens_alone() -> None:
    changed = apply(two_centres(), Changes(hours=(CentreHours("x", opens=time(7)),), moved=0.5))
    a, b = changed.queues
    assert (changed.opens, changed.intervals) == (time(7), 20)
    assert a.calls[:2] == (0.5 * a.calls[2],) * 2
    assert b.calls[:2] == (0.0, 0.0)
    assert b.calls[2:] == two_centres().queues[1].calls


def test_nobody_is_counted_at_a_centre_that_is_closed() -> None:
    hours = (CentreHours("y", closes=time(12)),)
    for staffing in (Staffing.TARGET, Staffing.FLAT, Staffing.TODAY, Staffing.NUMBER):
        changes = Changes(hours=hours, staffing=staffing, agents=10)
        b = compute(two_centres(a=5, b=5), changes).other.groups[1]
        assert set(b.seats[8:]) == {0.0}
        assert 0.0 not in b.seats[:8]
    played = simulated(two_centres(a=6, b=6), Changes(hours=hours, staffing=Staffing.TODAY, moved=0.0))
    assert mean(played, "offered", "b")[1] < mean(played, "offered", "b")[0]
    assert mean(played, "offered", "a")[0] == mean(played, "offered", "a")[1]


def test_a_centre_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="closes after"):
        apply(two_centres(), Changes(hours=(CentreHours("y", time(15), time(9)),)))


# --- who takes a call --------------------------------------------------------------------------------------------


def _busy_and_idle() -> ScenarioBase:
    return base(queue("a", 200, seats=3), queue("b", 30, seats=4))


def test_neighbours_help_after_a_time() -> None:
    changes = Changes(staffing=Staffing.TODAY, routing=(QueueRouting("a", overflow_after=20, overflow_to="b"),))
    played = simulated(_busy_and_idle(), changes)
    assert mean(played, "helped", "a")[0] == 0
    assert mean(played, "helped", "a")[1] > 10
    before, after = mean(played, "mean_wait", "a")
    assert after < 0.8 * before
    waited = mean(played, "mean_wait", "b")
    assert waited[1] >= waited[0], "who helps is not there for their own"


def test_a_centre_and_everybody_can_be_named() -> None:
    centre = two_centres()
    assert [each.code for each in centre.queues if twin_scenarios.is_named("centre:y", each)] == ["b"]
    assert [each.code for each in centre.queues if twin_scenarios.is_named(EVERYBODY, each)] == ["a", "b"]


def test_calls_of_a_higher_priority_go_first() -> None:
    changes = Changes(staffing=Staffing.TODAY, pooled=True, routing=(QueueRouting("a", priority=5),))
    played = simulated(base(queue("a", 250, seats=3), queue("b", 250, seats=3)), changes)
    assert mean(played, "mean_wait", "a")[1] < 0.7 * mean(played, "mean_wait", "b")[1]


def test_a_share_of_the_neighbours_learns_the_queue() -> None:
    changes = Changes(staffing=Staffing.TODAY, routing=(QueueRouting("a", taught="b", taught_share=0.5),))
    centre = _busy_and_idle()
    played = twin_scenarios.other(centre, compute(centre, changes).other, changes)
    assert [sorted(crew.queues) for crew in played.crews] == [["a"]] * 3 + [["a", "b"]] * 2 + [["b"]] * 2
    before, after = mean(simulated(centre, changes), "mean_wait", "a")
    assert after < before


def test_who_is_offered_to_be_rung_hangs_up_less() -> None:
    changes = Changes(
        staffing=Staffing.TODAY, routing=(QueueRouting("a", callback_after=30),), accepts=1.0,
    )  # fmt: skip
    played = simulated(base(queue("a", 250, seats=2.5), queue("b", 30, seats=2)), changes)
    before, after = mean(played, "abandoned", "a")
    assert after < 0.7 * before
    assert mean(played, "promised", "b")[1] == 0
    promised = mean(played, "promised", "a")
    assert promised[0] == 0
    assert promised[1] > 5


@given(st.integers(0, 9), st.none() | st.floats(0, 300), st.floats(0, 1), st.sampled_from(["a", "b", EVERYBODY]))
@settings(deadline=None, max_examples=sample.examples(8))
def test_other_rules_bring_no_calls_and_no_people(priority: int, after: float | None, share: float, whom: str) -> None:
    changes = Changes(
        staffing=Staffing.TODAY,
        routing=(QueueRouting("a", priority, after, whom, taught=whom, taught_share=share),),
    )  # fmt: skip
    played = simulated(_busy_and_idle(), changes, 1)
    assert mean(played, "offered")[0] == mean(played, "offered")[1]
    today, other = (side.scenario.crews for side in (played.today, played.other))
    assert [each.attendances for each in today] == [each.attendances for each in other]


# --- a draft of a flow ---------------------------------------------------------------------------------------------


LIVE = flow(
    {"id": "menu", "kind": "menu", "prompts": ["p"], "keys": {"1": "a", "2": "b"}, "on_exhausted": "a"},
    {"id": "a", "kind": "queue", "queue": "a"}, {"id": "b", "kind": "queue", "queue": "b"},
)  # fmt: skip
DRAFT = flow(
    {"id": "menu", "kind": "menu", "prompts": ["p"], "keys": {"1": "b", "2": "a"}, "on_exhausted": "a"},
    {"id": "a", "kind": "queue", "queue": "a", "overflow": [{"when": "waited", "after": 30, "to": "b"}]},
    {"id": "b", "kind": "queue", "queue": "b"},
)  # fmt: skip
LEADS_AWAY = flow(
    {"id": "bye", "kind": "announcement", "prompts": ["p"], "next": "new"},
    {"id": "new", "kind": "queue", "queue": "new"},
)


def change(draft: Flow) -> FlowChange:
    return FlowChange("entry", "Kladden", routing_flows.dump(LIVE), routing_flows.dump(draft))


def test_the_draft_of_a_flow_is_played_beside_the_one_in_force() -> None:
    changes = Changes(staffing=Staffing.TODAY, flow=change(DRAFT))
    centre = _busy_and_idle()
    assert (twin_scenarios.unreached(centre, changes), twin_scenarios.unstaffed(centre, changes)) == ([], [])
    played = simulated(centre, changes, 3)
    keys = [[(each.flow, each.keys) for each in side.scenario.inflows] for side in (played.today, played.other)]
    assert keys == [[("entry", "1"), ("entry", "2")], [("entry", "2"), ("entry", "1")]], "the same wish, another key"
    assert mean(played, "helped", "a")[0] == 0
    assert mean(played, "helped", "a")[1] > 5
    assert mean(played, "offered")[0] == mean(played, "offered")[1]


OFFERS = flow(
    {"id": "menu", "kind": "menu", "prompts": ["p"], "keys": {"1": "a", "2": "b"}, "on_exhausted": "a"},
    {
        "id": "a", "kind": "queue", "queue": "a",
        "callback": {"to": "offer", "prompts": ["offer"], "after": 30, "key": "1"},
    },
    {
        "id": "offer", "kind": "callback_offer", "queue": "a", "prompts": ["which"], "enter_prompts": ["type"],
        "confirm_prompts": ["right"], "done_prompts": ["thanks"], "on_declined": "a",
    },
    {"id": "b", "kind": "queue", "queue": "b"},
)  # fmt: skip


def test_as_many_accept_the_offers_of_today_as_those_of_the_draft() -> None:
    same = FlowChange("entry", "Kladden", routing_flows.dump(OFFERS), routing_flows.dump(OFFERS))
    changes = Changes(staffing=Staffing.TODAY, flow=same, accepts=0.9)
    played = simulated(base(queue("a", 250, seats=2.5), queue("b", 30, seats=2)), changes, 3)
    before, after = mean(played, "promised", "a")
    assert before == after > 5


def test_a_draft_that_leads_elsewhere_is_said() -> None:
    changes = Changes(staffing=Staffing.TODAY, flow=change(LEADS_AWAY))
    centre = base(queue("a", 20, seats=2), queue("b", 20, seats=2))
    assert twin_scenarios.unreached(centre, changes) == ["a", "b"]
    assert twin_scenarios.unstaffed(centre, changes) == ["new"]
    before, after = mean(simulated(centre, changes, 1), "mean_wait")
    assert after > before, "nobody serves the queue that the draft leads to"


def test_flows_count_for_more_when_a_simulation_is_weighed() -> None:
    centre = _busy_and_idle()
    plain, flows = Changes(), Changes(flow=change(DRAFT))
    assert twin_scenarios.effort(centre, centre, flows, 1) > 2 * twin_scenarios.effort(centre, centre, plain, 1)


def test_all_of_it_comes_back_from_the_store() -> None:
    changes = Changes(
        hours=(CentreHours("x", time(7, 30)), CentreHours("y", None, time(15))),
        routing=(QueueRouting("a", 3, 20.0, "b", 45.0, EVERYBODY, 0.25),), flow=change(DRAFT), accepts=0.4,
    )  # fmt: skip
    assert changes_of(json.loads(json.dumps(stored(changes)))) == changes
    old = stored(Changes())
    for name in ("hours", "routing", "flow", "accepts"):
        del old[name]
    assert changes_of(old) == Changes(), "a run of the release before"
