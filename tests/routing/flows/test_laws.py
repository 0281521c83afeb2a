"""Laws of entry flows: any flow, any caller, any order of events."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from indgang.routing import flows
from indgang.routing.flows import (
    SAFE_STEP,
    CallerGone,
    Elsewhere,
    Enqueue,
    Flow,
    FlowState,
    Key,
    LeaveQueue,
    MessageRecorded,
    NoteConsent,
    NoteElsewhere,
    Notice,
    OpenKind,
    OpenState,
    Progress,
    PromptEnded,
    QueueNews,
    QueueSaid,
    RecordingQuestion,
    Resumed,
    Say,
    Signal,
    StopSaying,
    TimedOut,
    TransferAnswered,
    TransferFailed,
)
from tests import sample
from tests.routing.flows.facts import FlowFacts, QueueFigures

AT = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
KNOWN = flows.Known(
    frozenset({"p", "q", "vent-under-et-minut", "vent-minutter"}),
    frozenset({"q1", "q2"}),
    frozenset({"h"}),
    frozenset({"f", "g"}),
)

# --- Flows -------------------------------------------------------------------------------------

prompts = st.lists(st.sampled_from(["p", "q"]), min_size=1, max_size=2)
queues = st.sampled_from(["q1", "q2"])
seconds = st.sampled_from([1, 5, 20, 90])
waits = st.sampled_from([0, 10, 60])
keys = st.sampled_from("1290*#")


@st.composite
def overflows(draw: st.DrawFn, target: st.SearchStrategy[str]) -> dict[str, Any]:
    when = draw(st.sampled_from(["waited", "agents_below", "expected_wait_over", "outside_hours", "queue_closed"]))
    after = draw(seconds) if when == "waited" else draw(waits)
    return {"when": when, "to": draw(target), "after": after, "schedule": "h"}


def messages() -> st.SearchStrategy[dict[str, Any]]:
    figures = st.sampled_from([["p"], ["p", "@position"], ["@wait"]])
    return st.fixed_dictionaries(
        {"prompts": figures, "after": waits, "every": waits, "phases": st.sampled_from([[], ["1"], ["2"]])}
    )


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.builds(
            dict,
            fact=st.sampled_from(["waiting_over", "agents_below", "expected_wait_over"]),
            queue=queues,
            value=st.just(2),
        ),
        st.sampled_from(
            [
                {"fact": "caller_known"},
                {"fact": "caller_withheld"},
                {"fact": "caller_from_elsewhere"},
                {"fact": "weekday", "value": [0, 4]},
                {"fact": "time_between", "value": ["09:00", "12:30"]},
                {"fact": "date_between", "value": ["2026-01-01", "2027-01-01"]},
                {"fact": "phase", "value": ["1"]},
            ]
        ),
    )


def steps_to(target: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Any step, with targets from `target`."""
    wrong, went_on = st.lists(st.just("q"), max_size=1), {"next": target, "interruptible": st.booleans()}
    callback = st.fixed_dictionaries({"to": target, "prompts": prompts, "after": seconds, "key": keys})
    tests = conditions()
    kinds: list[dict[str, st.SearchStrategy[Any]]] = [
        {
            "kind": st.just("opening_hours"), "schedule": st.just("h"),
            "on_open": target, "on_closed": target, "on_break": target,
        },
        {"kind": st.just("announcement"), "prompts": prompts, **went_on},
        {"kind": st.just("greeting"), **went_on},
        {
            "kind": st.just("menu"), "prompts": prompts, "keys": st.dictionaries(keys, target, min_size=1, max_size=4),
            "on_exhausted": target, "on_wrong": wrong, "retries": st.integers(0, 2), "timeout": seconds,
            "elsewhere": st.one_of(st.just(""), keys),
        },
        {
            "kind": st.just("condition"), "all": st.lists(tests, min_size=1, max_size=2),
            "on_true": target, "on_false": target,
        },
        {"kind": st.just("language"), "language": st.sampled_from(["da", "en"]), "next": target},
        {
            "kind": st.just("queue"), "queue": queues, "priority": st.integers(-5, 5),
            "messages": st.lists(messages(), max_size=2), "overflow": st.lists(overflows(target), max_size=3),
            "callback": st.one_of(st.none(), callback), "max_wait": seconds, "on_max_wait": target,
        },
        {"kind": st.just("overflow"), "flow": st.sampled_from(["f", "g"]), "prompts": st.one_of(st.just([]), prompts)},
        {
            "kind": st.just("callback_offer"), "queue": queues, "prompts": prompts, "enter_prompts": prompts,
            "confirm_prompts": st.just(["p", "@number"]), "done_prompts": prompts, "on_declined": target,
            "next": st.one_of(st.just(""), target), "on_wrong": wrong, "retries": st.integers(0, 2),
        },
        {
            "kind": st.just("take_message"), "queue": queues, "prompts": prompts, "on_empty": target,
            "next": st.one_of(st.just(""), target), "retries": st.integers(0, 1),
        },
        {"kind": st.just("transfer"), "to": st.just("tel:+4533663366"), "on_failed": target, "timeout": seconds},
        {
            "kind": st.just("send_elsewhere"), "prompts": st.sampled_from([["p"], ["p", "@elsewhere"]]),
            "on_failed": target, "next": st.one_of(st.just(""), target), "transfer": st.booleans(), "timeout": seconds,
        },
        {"kind": st.just("safe_queue"), "prompts": st.one_of(st.just([]), prompts)},
        {"kind": st.just("hang_up"), "prompts": st.one_of(st.just([]), prompts)},
    ]  # fmt: skip
    # queues have the most ways out, so they come more often
    often = [*kinds, *[each for each in kinds if "overflow" in each] * 4]
    return st.one_of(*(st.fixed_dictionaries(each) for each in often))


@cache
def step_of(size: int, number: int, onwards: bool) -> st.SearchStrategy[dict[str, Any]]:
    """The step of this number in a flow of this size. Cached, because creating a strategy takes longer than a draw."""
    ids = [f"s{number}" for number in range(size)]
    anywhere = st.sampled_from(ids) if onwards else st.sampled_from([*ids, "nowhere"])
    further = ids[number + 1 :] or ["end"]
    return steps_to(st.one_of(*[st.sampled_from(further)] * 4, anywhere) if onwards else anywhere)


@st.composite
def any_flows(draw: st.DrawFn, code: str = "f", onwards: bool = False) -> Flow:
    """A flow whose steps lead anywhere, also to steps that do not exist; with `onwards` mostly forwards."""
    size = draw(st.integers(1, 6))
    steps = [{"id": f"s{number}", **draw(step_of(size, number, onwards))} for number in range(size)]
    if onwards:
        steps.append({"id": "end", "kind": "hang_up"})
    return flows.parse({"code": code, "version": 1, "title": "", "start": "s0", "steps": steps})


def valid_flows(code: str = "f") -> st.SearchStrategy[Flow]:
    return any_flows(code, onwards=True).filter(lambda flow: not flows.errors(flow, KNOWN))


# --- Facts -------------------------------------------------------------------------------------

figures = st.builds(
    QueueFigures,
    is_open=st.booleans(),
    waiting=st.integers(0, 9),
    agents=st.integers(0, 3),
    expected_wait=st.sampled_from([None, 0.0, 100.0, 900.0]),
    notices=st.sampled_from([(), (Notice(("p",), 20.0), Notice(("q",), 20.0))]),
    recording=st.sampled_from([None, RecordingQuestion(1, ("c",)), RecordingQuestion(2, ("c", "d"))]),
)


@st.composite
def any_facts(draw: st.DrawFn, others: tuple[Flow, ...] = (), *, reliable: bool = True) -> FlowFacts:
    """Facts; unless `reliable`, schedules, queues and flows can be unknown and asking can fail."""
    hours = draw(st.sampled_from(OpenKind))
    known = {"q1": draw(figures), "q2": draw(figures)}
    named = {flow.code: flow for flow in others}
    broken = "" if reliable else draw(st.sampled_from(["", "hours", "queue", "flow", "fault"]))

    def is_open(code: str, at: datetime) -> OpenState:
        if broken == "hours":
            raise KeyError(code)
        if broken == "fault":
            raise RuntimeError("the facts are out of order")
        return OpenState(hours)

    return FlowFacts(
        is_open=is_open,
        queue=lambda code: None if broken == "queue" else known.get(code),
        flow=lambda code: None if broken == "flow" else named.get(code),
        disturbance=draw(st.sampled_from([lambda code: (), lambda code: ("d",)])),
        greeting=draw(st.sampled_from([lambda code: "", lambda code: "g"])),
        caller_number=draw(st.sampled_from(["", "anonymous", "+4533663366", "5200"])),
        caller_known=draw(st.booleans()),
        elsewhere=draw(st.sampled_from([None, Elsewhere("Fjordby", ""), Elsewhere("Fjordby", "+4533445566")])),
        position=draw(st.sampled_from([None, 1, 12])),
        expected_wait=draw(st.sampled_from([None, 10.0, 400.0])),
        phase=draw(st.sampled_from(["", "1", "2"])),
    )


# --- Callers -----------------------------------------------------------------------------------

Move = Callable[[FlowState], Signal]

fixed: list[Signal] = [
    *(Key(key) for key in "1234567890*#"),
    *(Key(key) for key in ("", "A", "11", "é")),
    *(QueueSaid(news) for news in QueueNews if news is not QueueNews.ANSWERED),
    *(QueueSaid(QueueNews.OVERFLOW, when) for when in ("waited", "queue_closed", "nonsense")),
    PromptEnded(0), PromptEnded(999), TimedOut("nothing"), MessageRecorded(0), MessageRecorded(12.5),
    TransferFailed("busy"), Resumed(),
]  # fmt: skip
last: list[Signal] = [CallerGone(), QueueSaid(QueueNews.ANSWERED), TransferAnswered()]


def _timer(state: FlowState, number: int) -> Signal:
    if not state.timers:
        return TimedOut("none")
    return TimedOut(state.timers[number % len(state.timers)].name)


moves: st.SearchStrategy[Move] = st.one_of(
    st.just(lambda state: PromptEnded(state.saying)),
    st.integers(0, 9).map(lambda number: lambda state: _timer(state, number)),
    st.integers(0, 5).map(lambda number: lambda state: _timer(state, number)),
    st.sampled_from(fixed).map(lambda signal: lambda state: signal),
    st.one_of(*[st.sampled_from(fixed)] * 4, st.sampled_from(last)).map(lambda signal: lambda state: signal),
)
# clocks stand still, run, and jump both ways
pauses = st.sampled_from([0.0, 1.0, 30.0, 100_000.0, -3_600.0])


@dataclass
class Driver:
    """The state that the switchboard would have after carrying out the instructions."""

    saying: int = 0
    queue: str = ""

    def perform(self, progress: Progress) -> None:
        for each in progress.instructions:
            match each:
                case Say(number):
                    assert not self.saying, "said over something that is being said"
                    self.saying = number
                case StopSaying(number):
                    assert number == self.saying
                    self.saying = 0
                case Enqueue(queue, again=again):
                    assert not self.queue or again, "put in two queues"
                    self.queue = queue
                case LeaveQueue(queue):
                    assert queue == self.queue
                    self.queue = ""

    def hear(self, signal: Signal) -> None:
        if isinstance(signal, PromptEnded) and signal.say == self.saying:
            self.saying = 0
        elif isinstance(signal, QueueSaid) and signal.news is QueueNews.ANSWERED:
            self.queue = ""


def check(flow: Flow, progress: Progress, driver: Driver) -> None:
    state = progress.state
    assert state.step == SAFE_STEP or flow.step(state.step) is not None
    assert (state.flow, state.version) == (flow.code, flow.version) or state.step == SAFE_STEP
    assert FlowState.from_data(json.loads(json.dumps(state.as_data()))) == state
    assert len({each.name for each in state.timers}) == len({each.what for each in state.timers}) == len(state.timers)
    assert (state.saying, state.queue) == (driver.saying, driver.queue)
    if state.has_ended:
        assert not state.timers
        assert not state.queue
        assert not state.saying
        assert not state.consent_open
    else:
        assert state.timers, "nothing would ever happen to this caller again"
    assert not state.consent_open or state.queue, "a question outlives the wait"


def check_timers(before: FlowState, signal: Signal, after: FlowState, at: datetime) -> None:
    """An expired timer is removed, and no timer gets more time than it was set for."""
    if isinstance(signal, TimedOut):
        assert signal.name not in {each.name for each in after.timers}
    for each in after.timers:
        is_new = each.name not in {other.name for other in before.timers}
        if is_new or isinstance(signal, Resumed):
            assert at <= each.due <= at + timedelta(seconds=each.seconds)


@settings(max_examples=sample.examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), any_flows("f"), any_flows("g"), st.lists(st.tuples(moves, pauses), max_size=15))
def test_whatever_happens_the_caller_is_in_one_step_and_something_comes_next(
    data: st.DataObject, flow: Flow, other: Flow, story: list[tuple[Move, float]]
) -> None:
    facts, at = data.draw(any_facts((flow, other), reliable=False)), AT
    driver, current = Driver(), {"f": flow, "g": other}
    progress = flows.begin(flow, facts, at)
    driver.perform(progress)
    if progress.state.step == SAFE_STEP or flow.step(progress.state.step):
        check(current[progress.state.flow], progress, driver)
    for move, pause in story:
        facts = data.draw(any_facts((flow, other), reliable=False))
        at += timedelta(seconds=pause)
        signal, before = move(progress.state), progress.state
        written = before.as_data()
        progress = flows.advance(current[before.flow], before, signal, facts, at)
        assert before.as_data() == written, "a state is a value"
        check_timers(before, signal, progress.state, at)
        again = flows.advance(current[before.flow], before, signal, facts, at)
        assert progress == again
        if not before.has_ended:
            driver.hear(signal)
        driver.perform(progress)
        check(current[progress.state.flow], progress, driver)
        if before.has_ended:
            assert progress.state.has_ended


@settings(max_examples=sample.examples(40), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data(), valid_flows("f"), valid_flows("g"))
def test_a_caller_who_does_nothing_is_led_to_an_end_or_to_a_queue_within_a_round(
    data: st.DataObject, flow: Flow, other: Flow
) -> None:
    facts, at = data.draw(any_facts((flow, other))), AT
    current = {"f": flow, "g": other}
    progress, without_queue = flows.begin(flow, facts, at), 0
    # between two queues: at most 7 flows, each step at most once in each, asked at most 3 times with 2 reports each
    allowed = 7 * 8 * max(len(flow.steps), len(other.steps))
    for _ in range(450):
        for failure in (value for code, value in progress.reasons if code == "failed"):
            led_in_circles = failure.startswith("too_many_steps") and progress.state.queued_since is not None
            assert led_in_circles or failure.startswith("to_and_fro"), failure
        if progress.state.has_ended or progress.state.step == SAFE_STEP:
            return
        without_queue = 0 if progress.state.queue else without_queue + 1
        assert without_queue <= allowed
        timer = min(progress.state.timers, key=lambda each: each.due)
        at = max(at, timer.due)
        progress = flows.advance(current[progress.state.flow], progress.state, TimedOut(timer.name), facts, at)


@settings(max_examples=sample.examples(40), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data(), valid_flows("f"), st.lists(moves, max_size=12))
def test_a_validated_flow_never_fails_while_its_facts_hold(data: st.DataObject, flow: Flow, story: list[Move]) -> None:
    assume(all(step.kind != "overflow" for step in flow.steps))
    facts, at = data.draw(any_facts((flow,))), AT
    progress = flows.begin(flow, facts, at)
    for move in story:
        assert all(code != "failed" or value.startswith("queue_refused") for code, value in progress.reasons)
        at += timedelta(seconds=7)
        progress = flows.advance(flow, progress.state, move(progress.state), facts, at)


@settings(max_examples=sample.examples(60), suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), any_flows(), st.lists(moves, max_size=10))
def test_hanging_up_anywhere_ends_the_flow_and_what_was_promised_stays_promised(
    data: st.DataObject, flow: Flow, story: list[Move]
) -> None:
    facts, at = data.draw(any_facts((flow,))), AT
    progress = flows.begin(flow, facts, at)
    for move in story:
        progress = flows.advance(flow, progress.state, move(progress.state), facts, at)
    kept, ending = progress.state.kept, progress.state.ending
    progress = flows.advance(flow, progress.state, CallerGone(), facts, at)
    assert progress.state.has_ended
    assert progress.state.ending == (ending or kept or "caller_gone")


@settings(max_examples=sample.examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), any_flows(), st.lists(st.tuples(moves, pauses), max_size=15))
def test_a_conversation_may_be_recorded_after_the_key_1_to_its_question_alone(
    data: st.DataObject, flow: Flow, story: list[tuple[Move, float]]
) -> None:
    at, answered = AT, list[int]()
    progress = flows.begin(flow, data.draw(any_facts((flow,), reliable=False)), at)
    for move, pause in story:
        at += timedelta(seconds=pause)
        before, signal = progress.state, move(progress.state)
        progress = flows.advance(flow, before, signal, data.draw(any_facts((flow,), reliable=False)), at)
        for each in (each for each in progress.instructions if isinstance(each, NoteConsent)):
            answered.append(each.purpose)
            assert (each.queue, each.purpose) == (before.queue, before.consent_open) or not each.given
            if each.given:
                assert signal == Key("1")
                assert before.consent_since is not None
                assert at - before.consent_since >= timedelta(seconds=1), "nobody has heard the question"
    assert len(answered) == len(set(answered)), "each question has one answer"
    assert set(answered) <= set(progress.state.consents_asked)


@settings(max_examples=sample.examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), any_flows(), st.lists(moves, max_size=15))
def test_a_caller_is_recognised_at_most_once_and_sent_only_where_a_number_is_known(
    data: st.DataObject, flow: Flow, story: list[Move]
) -> None:
    facts = data.draw(any_facts((flow,), reliable=False))
    progress, noted = flows.begin(flow, facts, AT), list[NoteElsewhere]()
    noted += (each for each in progress.instructions if isinstance(each, NoteElsewhere))
    for move in story:
        progress = flows.advance(flow, progress.state, move(progress.state), facts, AT)
        noted += (each for each in progress.instructions if isinstance(each, NoteElsewhere))
    assert sum(each.what in ("number", "menu") for each in noted) <= 1
    sent = [each for each in noted if each.what in ("told", "transferred")]
    assert not sent or (facts.elsewhere is not None and facts.elsewhere.number)
    assert {each.municipality for each in noted} <= {facts.elsewhere.municipality if facts.elsewhere else ""}


@settings(max_examples=sample.examples(40), suppress_health_check=[HealthCheck.too_slow])
@given(any_flows())
def test_a_flow_written_down_is_read_back_the_same(flow: Flow) -> None:
    assert flows.parse(json.loads(json.dumps(flows.dump(flow)))) == flow


@settings(max_examples=sample.examples(40))
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["s0", "menu", "", "kind"])),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(["code", "version", "start", "steps", "id", "kind", "keys", "prompts", "all"]),
                inner,
                max_size=5,
            ),
        ),
        max_leaves=20,
    )
)
def test_data_that_is_no_flow_is_refused_in_words(data: Any) -> None:
    try:
        flow = flows.parse(data)
    except flows.FlowError as error:
        reason = error.reason
    else:
        reason = f"none: {flow.code}"
    assert reason
