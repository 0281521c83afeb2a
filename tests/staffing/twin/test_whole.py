"""The twin with flows: the whole centre, callbacks and overflow included."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.routing.distribution.requirement import CALL, CHAT, WRITTEN, QueueRule
from indgang.routing.flows import data
from indgang.routing.flows.steps import Flow
from indgang.staffing.twin.calls import NEVER, PlayedCalls
from indgang.staffing.twin.direct import DirectCentre
from indgang.staffing.twin.draws import draw
from indgang.staffing.twin.scenario import Attendance, BadScenario, Crew, Inflow, RandomTime, Retry, TwinScenario
from indgang.staffing.twin.simulation import played, run
from indgang.staffing.twin.whole import DIALS_SECONDS, WholeCentre, not_before
from tests import sample
from tests.staffing.twin.centres import HALF_HOUR, constant, one_queue


def flow(*steps: dict[str, Any], code: str = "entry") -> Flow:
    return data.parse({"code": code, "version": 1, "title": code, "start": steps[0]["id"], "steps": list(steps)})


def straight(queue: str = "q") -> Flow:
    return flow({"id": "wait", "kind": "queue", "queue": queue})


def met_by(scenario: TwinScenario, *flows: Flow, **changes: Any) -> TwinScenario:
    """The scenario with its callers met by the first of these flows."""
    inflows = tuple(replace(each, flow=flows[0].code, **changes) for each in scenario.inflows)
    return replace(scenario, inflows=inflows, flows=flows)


@given(st.integers(1, 5), st.floats(0.5, 6), st.none() | st.floats(20, 200), st.integers(0, 99))
@settings(deadline=None, max_examples=sample.examples(15))
def test_straight_into_the_queue_both_doors_play_the_same_day(
    agents: int, load: float, patience: float | None, seed: int
) -> None:
    plain = one_queue(agents, load, patience=RandomTime(patience) if patience else None, intervals=2, warm_up=0)
    stay = Attendance(0.0, 2 * HALF_HOUR - 600.0, ((900.0, 1_500.0),))
    plain = replace(plain, pick_up=3.0, crews=(replace(plain.crews[0], attendances=(stay,)),))
    direct, whole = (PlayedCalls(plain, draw(plain, seed, 0)) for _ in range(2))
    DirectCentre(plain, direct).run()
    WholeCentre(met_by(plain, straight()), whole).run()
    for mine, theirs in ((direct.answered, whole.answered), (direct.left, whole.left)):
        assert mine == pytest.approx(theirs, abs=1e-3)
    assert direct.person == whole.person


MENU = flow(
    {"id": "menu", "kind": "menu", "prompts": ["menu"], "keys": {"1": "one", "2": "two"}, "on_exhausted": "one"},
    {"id": "one", "kind": "queue", "queue": "one"},
    {"id": "two", "kind": "queue", "queue": "two"},
)


def test_callers_press_their_key_and_wait_from_then_on() -> None:
    inflows = tuple(
        Inflow(queue, (20.0,), constant(60.0), patience=constant(1e5), flow="entry", keys=key)
        for queue, key in (("one", "1"), ("two", "2"))
    )
    crews = tuple(Crew(queue, 9, frozenset({queue}), (Attendance(0.0, HALF_HOUR),)) for queue in ("one", "two"))
    scenario = TwinScenario(
        "menu", "Menu", inflows, (QueueRule("one"), QueueRule("two")), crews, flows=(MENU,), prompt_seconds=5.0
    )
    calls = played(scenario, 1, 0)
    for call, at in enumerate(calls.at):
        assert calls.since[call] == pytest.approx(at + 5.0, abs=1e-3)
        assert (calls.person[call] < 9) == (calls.inflow[call] == 0)
    assert run(scenario, 1, 1).counts[0].helped.sum() == 0


OVERFLOW = (
    flow(
        {"id": "here", "kind": "queue", "queue": "here", "overflow": [{"when": "waited", "after": 60, "to": "there"}]},
        {"id": "there", "kind": "overflow", "flow": "neighbour"},
    ),
    flow({"id": "wait", "kind": "queue", "queue": "neighbour"}, code="neighbour"),
)


def test_after_a_minute_the_neighbours_help() -> None:
    here = Inflow("here", (12.0,), constant(600.0), flow="entry")
    crews = tuple(Crew(name, 2, frozenset({name}), (Attendance(0.0, 9e4),)) for name in ("here", "neighbour"))
    scenario = TwinScenario(
        "overflow", "Overflow", (here,), (QueueRule("here"), QueueRule("neighbour")), crews, flows=OVERFLOW
    )
    calls, counts = played(scenario, 2, 0), run(scenario, 1, 2).counts[0]
    helped = [call for call, person in enumerate(calls.person) if person >= 2]
    assert helped
    assert all(calls.answered[call] >= calls.since[call] + 60.0 for call in helped)
    assert counts.helped[0].sum() == len(helped)


CALLBACK = flow(
    {
        "id": "wait", "kind": "queue", "queue": "q",
        "callback": {"to": "offer", "prompts": ["offer"], "after": 30, "key": "1"},
    },
    {
        "id": "offer", "kind": "callback_offer", "queue": "q", "prompts": ["which"], "enter_prompts": ["type"],
        "confirm_prompts": ["right"], "done_prompts": ["thanks"], "on_declined": "wait",
    },
)  # fmt: skip


def _busy(accepts: float, **changes: Any) -> TwinScenario:
    """Two people with far too many callers in the first half hour, and time to ring back after it."""
    inflow = Inflow(
        "q", (30.0, 0.0, 0.0, 0.0), constant(180.0), constant(20.0), constant(240.0), Retry(0.5, constant(900.0)),
        flow="entry", accepts_callback=accepts,
    )  # fmt: skip
    crew = Crew("two", 2, frozenset({"q"}), (Attendance(0.0, 4 * HALF_HOUR),))
    return TwinScenario(
        "busy", "Busy", (inflow,), (QueueRule("q"),), (crew,), pick_up=2.0, flows=(CALLBACK,), **changes
    )


def test_who_accepts_a_callback_is_rung_in_turn_and_not_lost() -> None:
    with_offer, without = (run(_busy(share, reached=1.0), 3) for share in (1.0, 0.0))
    lost = [each.estimate("abandoned").mean or 0.0 for each in (with_offer, without)]
    assert lost[0] < 0.2 * lost[1]
    promised = with_offer.estimate("promised").mean
    assert promised is not None
    assert promised > 5
    assert with_offer.estimate("called_back").mean == promised
    calls = played(_busy(1.0, reached=1.0), 1, 0)
    rung = sorted((calls.answered[call], calls.at[call]) for call, is_one in enumerate(calls.callback) if is_one)
    assert [place for _, place in rung] == sorted(place for _, place in rung)


def test_who_does_not_answer_a_callback_is_tried_again_later() -> None:
    never, sometimes = (run(_busy(1.0, reached=share), 2) for share in (0.0, 0.5))
    assert never.estimate("called_back").mean == 0
    found = sometimes.estimate("called_back").mean or 0.0
    assert 0 < found < (sometimes.estimate("promised").mean or 0.0)
    calls = played(_busy(1.0, reached=1.0), 1, 0)
    for call, is_callback in enumerate(calls.callback):
        if is_callback:
            assert calls.over[call] - calls.answered[call] == pytest.approx(200.0, abs=1e-3)
    assert DIALS_SECONDS > 0


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 99))
@settings(deadline=None, max_examples=sample.examples(8))
def test_every_call_is_answered_lost_promised_ended_or_waits(accepts: float, reached: float, seed: int) -> None:
    counts = run(_busy(accepts, reached=reached), 1, seed).counts[0]
    parts = counts.answered + counts.abandoned + counts.promised + counts.turned_away + counts.waiting
    assert (counts.offered == parts).all()
    assert counts.called_back.sum() <= counts.promised.sum()


def test_a_flow_that_says_no_turns_callers_away() -> None:
    closed = flow(
        {"id": "if", "kind": "condition", "all": [{"fact": "agents_below", "queue": "q", "value": 1}],
         "on_true": "bye", "on_false": "wait"},
        {"id": "wait", "kind": "queue", "queue": "q"},
        {"id": "bye", "kind": "hang_up", "prompts": ["closed"]},
    )  # fmt: skip
    scenario = met_by(one_queue(0, 1.0, patience=constant(60.0), intervals=2, warm_up=0), closed)
    counts = run(scenario, 1).counts[0]
    assert counts.turned_away.sum() == counts.offered.sum() > 0
    assert counts.wait.sum() == 0


def test_two_chats_at_once_and_none_beside_a_call() -> None:
    inflows = (
        Inflow("chat", (20.0, 0.0), constant(600.0), kind=CHAT),
        Inflow("q", (3.0, 0.0), constant(300.0)),
    )
    crew = Crew("one", 1, frozenset({"chat", "q"}), (Attendance(0.0, 9e4),), capacity={CALL: 1, CHAT: 2})
    scenario = TwinScenario("chat", "Chat", inflows, (QueueRule("chat"), QueueRule("q", priority=9)), (crew,))
    calls = played(scenario, 3, 0)
    moments = sorted(each for each in calls.answered if each != NEVER)
    for at in moments:
        now = [call for call, begun in enumerate(calls.answered) if begun <= at < calls.over[call]]
        kinds = [calls.inflow[call] for call in now]
        assert kinds.count(0) <= 2
        assert kinds.count(1) <= 1
    assert any(sum(begun <= at < calls.over[call] for call, begun in enumerate(calls.answered)) == 2 for at in moments)


def test_written_work_comes_without_a_flow_beside_calls_with_one() -> None:
    calls_in = met_by(one_queue(2, 1.0, intervals=2, warm_up=0), straight())
    letters = Inflow("post", (4.0, 0.0), constant(300.0), kind=WRITTEN)
    crew = replace(calls_in.crews[0], queues=frozenset({"q", "post"}), capacity={CALL: 1, WRITTEN: 1})
    scenario = replace(
        calls_in, inflows=(*calls_in.inflows, letters), queues=(*calls_in.queues, QueueRule("post", ring_seconds=1e9)),
        crews=(crew,),
    )  # fmt: skip
    counts = run(scenario, 1).counts[0]
    assert counts.answered[1].sum() == counts.offered[1].sum() > 0


def test_an_unknown_flow_is_refused() -> None:
    with pytest.raises(BadScenario, match="no flow"):
        met_by(one_queue(1, 1.0), straight()).__class__(
            "x", "X", (Inflow("q", (1.0,), constant(1.0), flow="gone"),), (QueueRule("q"),), ()
        )


@given(st.floats(1.7e9, 1.9e9))
def test_a_moment_between_two_microseconds_is_not_waited_for_for_ever(due: float) -> None:
    assert 0 <= not_before(due).timestamp() - due < 2e-6
