"""Flows from the caller's side, step by step."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from indgang.routing import flows
from indgang.routing.flows import (
    SAFE_STEP,
    CallerGone,
    EndCall,
    Enqueue,
    Flow,
    FlowEnding,
    FlowState,
    GoTo,
    HangUpCause,
    Instruction,
    KeepMessage,
    Key,
    LeaveQueue,
    MessageRecorded,
    NoteConsent,
    Notice,
    OpenKind,
    OpenState,
    Phase,
    PlayMusic,
    Progress,
    PromiseCallback,
    PromptEnded,
    QueueNews,
    QueueSaid,
    RaiseAlert,
    RecordingQuestion,
    RecordMessage,
    Resumed,
    Say,
    Signal,
    StopSaying,
    TimedOut,
    TransferAnswered,
    TransferFailed,
    TransferTo,
)
from tests.routing.flows.facts import FlowFacts, QueueFigures

AT = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
OPEN = {"q": QueueFigures(), "r": QueueFigures()}


def facts_of(**changes: Any) -> FlowFacts:
    queues: dict[str, QueueFigures] = changes.pop("queues", OPEN)
    hours = changes.pop("hours", OpenState(OpenKind.OPEN))
    others: dict[str, Flow] = {flow.code: flow for flow in changes.pop("others", ())}
    return FlowFacts(is_open=lambda code, at: hours, queue=queues.get, flow=others.get, **changes)


def flow_of(*steps: dict[str, Any], code: str = "f") -> Flow:
    return flows.parse({"code": code, "start": steps[0]["id"], "steps": list(steps)})


BYE = {"id": "bye", "kind": "hang_up", "prompts": ["bye"]}
WAIT = {"id": "wait", "kind": "queue", "queue": "q", "max_wait": 600, "on_max_wait": "bye"}
MENU = {
    "id": "menu", "kind": "menu", "prompts": ["ask"], "keys": {"1": "wait", "*": "menu"}, "on_wrong": ["wrong"],
    "retries": 1, "timeout": 5, "on_exhausted": "bye",
}  # fmt: skip


class Caller:
    """A caller in a flow, with the state and the latest orders and decisions."""

    def __init__(self, flow: Flow, facts: FlowFacts | None = None) -> None:
        self.flow, self.facts, self.at = flow, facts or facts_of(), AT
        self.last = flows.begin(flow, self.facts, AT)

    def hears(self, signal: Signal, after: float = 0.0) -> Progress:
        self.at += timedelta(seconds=after)
        self.last = flows.advance(self.flow, self.state, signal, self.facts, self.at)
        return self.last

    def prompt_ends(self) -> Progress:
        return self.hears(PromptEnded(self.state.saying))

    def times_out(self, what: str, after: float = 0.0) -> Progress:
        return self.hears(TimedOut(next(each.name for each in self.state.timers if each.what == what)), after)

    @property
    def state(self) -> FlowState:
        return self.last.state

    def left(self) -> list[float]:
        """Seconds until each timer runs out."""
        return [(each.due - self.at).total_seconds() for each in self.state.timers]

    def orders(self, *kinds: type[Instruction]) -> list[Instruction]:
        return [each for each in self.last.instructions if isinstance(each, kinds)]

    def said(self) -> list[tuple[str, ...]]:
        return [each.prompts for each in self.last.instructions if isinstance(each, Say)]

    def reasons(self) -> list[tuple[str, str]]:
        return list(self.last.reasons)


# --- Menu --------------------------------------------------------------------------------------


def test_a_key_before_the_prompt_ends_stops_it_and_chooses() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.hears(Key("1"))
    assert caller.orders(StopSaying, Enqueue) == [StopSaying(1), Enqueue("q", 0, AT)]
    assert caller.state.choices == (("f", "menu", "1"),)
    assert caller.reasons() == [("key", "1"), ("step", "wait"), ("queue", "q")]


def test_a_wrong_key_is_told_and_the_question_put_again_until_the_tries_are_used() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.hears(Key("#"))
    assert caller.said() == [("wrong", "ask")]
    caller.hears(Key("7"))
    assert caller.state.step == "bye"
    assert ("exhausted", "2") in caller.reasons()


def test_silence_counts_from_the_end_of_the_prompt() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    assert not any(each.what == "silence" for each in caller.state.timers)
    caller.prompt_ends()
    assert [each.seconds for each in caller.state.timers] == [5]
    caller.times_out("silence", 5)
    assert caller.said() == [("ask",)]
    caller.prompt_ends()
    caller.times_out("silence", 5)
    caller.prompt_ends()
    assert caller.state.ending is FlowEnding.HUNG_UP
    assert caller.orders(EndCall) == [EndCall(HangUpCause.NORMAL)]


def test_star_and_hash_are_keys_like_the_others() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.hears(Key("*"))
    assert (caller.state.step, caller.said()) == ("menu", [("ask",)])


@pytest.mark.parametrize("key", ["", "A", "11", "é", "١"])
def test_what_is_no_key_is_no_wrong_key(key: str) -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.hears(Key(key))
    assert caller.reasons() == [("key_ignored", key)]
    assert caller.state.tries == 0


def test_a_key_pressed_in_the_welcome_is_taken_by_the_menu_after_it() -> None:
    welcome = {"id": "hi", "kind": "announcement", "prompts": ["hi"], "next": "menu"}
    caller = Caller(flow_of(welcome, MENU, WAIT, BYE))
    caller.hears(Key("1"))
    assert caller.state.step == "wait"


def test_a_key_pressed_in_the_welcome_that_no_menu_knows_only_ends_it() -> None:
    welcome = {"id": "hi", "kind": "announcement", "prompts": ["hi"], "next": "menu"}
    caller = Caller(flow_of(welcome, MENU, WAIT, BYE))
    caller.hears(Key("9"))
    assert (caller.state.step, caller.said(), caller.state.tries) == ("menu", [("ask",)], 0)


def test_an_announcement_that_must_be_heard_is_not_ended_by_a_key() -> None:
    law = {"id": "law", "kind": "announcement", "prompts": ["law"], "next": "bye", "interruptible": False}
    caller = Caller(flow_of(law, BYE))
    caller.hears(Key("1"))
    assert caller.state.step == "law"
    assert not caller.last.instructions


# --- Late and repeated reports -----------------------------------------------------------------


def test_the_end_of_a_prompt_that_was_stopped_means_nothing_to_the_next_one() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.hears(Key("7"))
    before = caller.state
    caller.hears(PromptEnded(1))
    assert caller.state == before
    assert caller.reasons() == [("signal_ignored", "prompt 1")]


def test_a_timer_that_ran_out_as_the_key_was_pressed_does_not_count_against_the_next_question() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.prompt_ends()
    late = TimedOut(next(each.name for each in caller.state.timers if each.what == "silence"))
    caller.hears(Key("7"))
    caller.prompt_ends()
    before = caller.state
    assert caller.hears(late).state == before


def test_a_prompt_whose_end_is_never_reported_does_not_hold_the_caller() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.times_out("prompt", 120)
    assert any(each.what == "silence" for each in caller.state.timers)


def test_nothing_counts_after_the_end() -> None:
    caller = Caller(flow_of(BYE))
    caller.hears(CallerGone())
    assert caller.state.ending is FlowEnding.CALLER_GONE
    caller.hears(Key("1"))
    assert caller.reasons() == [("signal_ignored", "Key")]
    assert not caller.last.instructions


# --- Branches ----------------------------------------------------------------------------------

HOURS = {
    "id": "hours", "kind": "opening_hours", "schedule": "h",
    "on_open": "open", "on_closed": "closed", "on_break": "break", "on_holiday": "",
}  # fmt: skip
ENDS = [{"id": each, "kind": "hang_up", "prompts": [each]} for each in ("open", "closed", "break")]


@pytest.mark.parametrize(
    ("kind", "step"),
    [(OpenKind.OPEN, "open"), (OpenKind.CLOSED, "closed"), (OpenKind.BREAK, "break"), (OpenKind.HOLIDAY, "closed")],
)
def test_opening_hours_branch_and_an_empty_branch_is_closed(kind: OpenKind, step: str) -> None:
    caller = Caller(flow_of(HOURS, *ENDS), facts_of(hours=OpenState(kind, "Påskedag")))
    assert caller.state.step == step
    assert caller.reasons()[2] == (f"hours_{kind.value}", "h: Påskedag")


@pytest.mark.parametrize(
    ("test", "met"),
    [
        ({"fact": "waiting_over", "queue": "q", "value": 4}, True),
        ({"fact": "waiting_over", "queue": "q", "value": 5}, False),
        ({"fact": "agents_below", "queue": "q", "value": 3}, True),
        ({"fact": "agents_below", "queue": "q", "value": 2}, False),
        ({"fact": "expected_wait_over", "queue": "q", "value": 299}, True),
        ({"fact": "expected_wait_over", "queue": "r", "value": 0}, False),
        ({"fact": "queue_closed", "queue": "q"}, False),
        ({"fact": "caller_known"}, True),
        ({"fact": "caller_withheld"}, False),
        ({"fact": "weekday", "value": [0]}, True),
        ({"fact": "weekday", "value": [1, 6]}, False),
        ({"fact": "time_between", "value": ["10:00", "10:01"]}, True),
        ({"fact": "time_between", "value": ["09:00", "10:00"]}, False),
        ({"fact": "date_between", "value": ["2026-03-09", "2026-03-10"]}, True),
        ({"fact": "date_between", "value": ["2026-03-01", "2026-03-09"]}, False),
        ({"fact": "phase", "value": ["1", "2"]}, True),
        ({"fact": "phase", "value": ["2"]}, False),
    ],
)
def test_conditions_hold_or_not(test: dict[str, Any], met: bool) -> None:
    condition = {"id": "if", "kind": "condition", "all": [test], "on_true": "open", "on_false": "closed"}
    queues = {"q": QueueFigures(waiting=5, agents=2, expected_wait=300.0), "r": QueueFigures()}
    facts = facts_of(queues=queues, caller_known=True, caller_number="+4533663366", phase="1")
    caller = Caller(flow_of(condition, *ENDS), facts)
    assert caller.state.step == ("open" if met else "closed")


def test_all_tests_of_a_condition_must_hold() -> None:
    tests = [{"fact": "weekday", "value": [0]}, {"fact": "caller_known"}]
    condition = {"id": "if", "kind": "condition", "all": tests, "on_true": "open", "on_false": "closed"}
    caller = Caller(flow_of(condition, *ENDS))
    assert ("condition_not_met", "caller_known") in caller.reasons()


def test_the_language_is_kept_from_where_it_was_chosen() -> None:
    english = {"id": "en", "kind": "language", "language": "en", "next": "bye"}
    caller = Caller(flow_of(english, BYE))
    assert [each.language for each in caller.last.instructions if isinstance(each, Say)] == ["en"]


# --- Disturbances ------------------------------------------------------------------------------


def test_a_disturbance_is_said_before_the_first_step_and_only_once_in_a_call() -> None:
    other = flow_of(MENU, WAIT, BYE, code="g")
    over = {"id": "over", "kind": "overflow", "flow": "g", "prompts": ["over"]}
    caller = Caller(flow_of(over), facts_of(others=[other], disturbance=lambda code: ("strike",)))
    assert caller.said() == [("strike",)]
    assert (caller.state.step, caller.state.phase) == ("over", Phase.DISTURBANCE)
    caller.prompt_ends()
    caller.prompt_ends()
    assert (caller.state.flow, caller.said()) == ("g", [("ask",)])


def test_a_disturbance_of_the_other_centre_is_heard_on_the_way_there() -> None:
    other = flow_of(MENU, WAIT, BYE, code="g")
    facts = facts_of(others=[other], disturbance=lambda code: ("strike",) if code == "g" else ())
    caller = Caller(flow_of({"id": "over", "kind": "overflow", "flow": "g"}), facts)
    assert caller.said() == [("strike",)]
    assert caller.orders(GoTo) == [GoTo("g", 1)]


def test_who_knows_the_menu_need_not_hear_the_disturbance_out() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE), facts_of(disturbance=lambda code: ("strike",)))
    caller.hears(Key("1"))
    assert caller.state.step == "wait"


# --- The centre's greeting -----------------------------------------------------------------------

GREETING = {"id": "hi", "kind": "greeting", "next": "menu"}


def test_the_greeting_is_that_of_the_centre_whose_flow_it_is() -> None:
    other = flow_of(GREETING, MENU, WAIT, BYE, code="g")
    over = {"id": "over", "kind": "overflow", "flow": "g"}
    facts = facts_of(others=[other], greeting=lambda code: f"welcome-{code}")
    caller = Caller(flow_of({**GREETING, "next": "over"}, over), facts)
    assert caller.said() == [("welcome-f",)]
    caller.prompt_ends()
    assert (caller.state.flow, caller.said()) == ("g", [("welcome-g",)])


def test_a_key_during_the_greeting_counts_in_the_menu_after_it() -> None:
    caller = Caller(flow_of(GREETING, MENU, WAIT, BYE), facts_of(greeting=lambda code: "welcome"))
    caller.hears(Key("1"))
    assert caller.state.step == "wait"


def test_without_a_greeting_the_caller_goes_on_at_once() -> None:
    caller = Caller(flow_of(GREETING, MENU, WAIT, BYE))
    assert caller.said() == [("ask",)]
    assert caller.state.step == "menu"


# --- Queue -------------------------------------------------------------------------------------


def queue_with(**changes: Any) -> dict[str, Any]:
    return {**WAIT, **changes}


def test_an_answer_ends_the_flow() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    assert caller.orders(Enqueue, PlayMusic) == [Enqueue("q", 0, AT), PlayMusic()]
    caller.hears(QueueSaid(QueueNews.OFFERED, "agent 7"))
    caller.hears(QueueSaid(QueueNews.ANSWERED))
    assert (caller.state.ending, caller.state.timers) == (FlowEnding.ANSWERED, ())
    assert not caller.orders(LeaveQueue, EndCall)


def test_position_and_expected_wait_are_filled_in_and_music_follows() -> None:
    messages = [{"prompts": ["a", "@position", "b"], "after": 5, "every": 60}, {"prompts": ["@wait"], "after": 7}]
    caller = Caller(flow_of(queue_with(messages=messages), BYE), facts_of(position=3, expected_wait=200.0))
    caller.times_out("message:0", 5)
    assert caller.said() == [("a", "number:3", "b")]
    caller.times_out("message:1", 2)
    assert not caller.said(), "one message does not cut the other off"
    caller.prompt_ends()
    assert caller.orders(PlayMusic) == [PlayMusic()]
    caller.times_out("message:1", 5)
    assert caller.said() == [("number:3", "vent-minutter")]
    assert {each.what for each in caller.state.timers} >= {"message:0", "max_wait"}


def test_a_short_wait_is_said_in_words() -> None:
    messages = [{"prompts": ["@wait"], "after": 5}]
    caller = Caller(flow_of(queue_with(messages=messages), BYE), facts_of(expected_wait=70.0))
    caller.times_out("message:0", 5)
    assert caller.said() == [("vent-under-et-minut",)]


def test_a_message_whose_figure_is_not_known_is_passed_over_and_comes_again() -> None:
    messages = [{"prompts": ["@position"], "after": 5, "every": 30}]
    caller = Caller(flow_of(queue_with(messages=messages), BYE))
    caller.times_out("message:0", 5)
    assert (caller.said(), caller.reasons()) == ([], [("figure_unknown", "@position")])
    assert any(each.what == "message:0" for each in caller.state.timers)


def test_messages_are_said_in_their_phase_only() -> None:
    messages = [{"prompts": ["one"], "phases": ["1"]}, {"prompts": ["two"], "phases": ["2"]}]
    caller = Caller(flow_of(queue_with(messages=messages), BYE), facts_of(phase="2"))
    assert caller.said() == [("two",)]


def test_notices_that_are_switched_on_are_said_in_turn() -> None:
    queues = {"q": QueueFigures(notices=(Notice(("a",), 30.0), Notice(("b",), 30.0)))}
    caller = Caller(flow_of(WAIT, BYE), facts_of(queues=queues))
    heard = []
    for _ in range(8):
        caller.times_out("check", 15)
        heard += caller.said()
        if caller.state.saying:
            caller.prompt_ends()
    assert heard == [("a",), ("b",), ("a",), ("b",)]


ASKS = {**OPEN, "q": QueueFigures(recording=RecordingQuestion(3, ("may-we",)))}


def test_who_joins_a_queue_that_records_is_asked_there_and_then_hears_the_rest() -> None:
    messages = [{"prompts": ["hello"]}]
    callback = {"to": "bye", "prompts": ["offer"], "after": 6, "key": "1"}
    caller = Caller(flow_of(queue_with(messages=messages, callback=callback), BYE), facts_of(queues=ASKS))
    assert [type(each) for each in caller.orders(Enqueue, Say)] == [Enqueue, Say], "the place is taken first"
    assert caller.said() == [("may-we",)]
    caller.at += timedelta(seconds=4)
    caller.prompt_ends()
    caller.times_out("callback", 2)
    assert caller.said() == [], "the key 1 means one thing at a time"
    caller.hears(Key("1"))
    assert caller.orders(NoteConsent) == [NoteConsent("q", 3, True, "1")]
    caller.times_out("message:0")
    assert caller.said() == [("hello",)]


def test_a_caller_who_overflows_and_comes_back_is_not_asked_twice() -> None:
    overflow = [{"when": "waited", "after": 30, "to": "wait2"}]
    flow = flow_of(queue_with(overflow=overflow), {**WAIT, "id": "wait2"}, BYE)
    caller = Caller(flow, facts_of(queues=ASKS))
    caller.times_out("overflow:0", 30)
    assert caller.orders(NoteConsent) == [NoteConsent("q", 3, False, "left")]
    assert (caller.state.step, caller.said()) == ("wait2", [])


def test_the_question_is_put_again_after_an_outage() -> None:
    caller = Caller(flow_of(WAIT, BYE), facts_of(queues=ASKS))
    caller.hears(Resumed(), 5)
    assert caller.said() == [("may-we",)]
    caller.hears(Key("1"), 2)
    assert caller.orders(NoteConsent) == [NoteConsent("q", 3, True, "1")]


def test_the_first_overflow_that_holds_is_taken_on_entering() -> None:
    overflow = [{"when": "agents_below", "below": 1, "to": "bye"}, {"when": "queue_closed", "to": "wait2"}]
    flow = flow_of(queue_with(overflow=overflow), {**WAIT, "id": "wait2", "queue": "r"}, BYE)
    assert Caller(flow, facts_of(queues={"q": QueueFigures(agents=0, is_open=False)})).state.step == "bye"
    moved = Caller(flow, facts_of(queues={**OPEN, "q": QueueFigures(is_open=False)}))
    assert moved.state.step == "wait2"
    assert moved.orders(Enqueue, LeaveQueue) == [Enqueue("r", 0, AT)], "never was in the first queue"


def test_waiting_time_is_kept_when_the_caller_overflows_to_another_queue() -> None:
    overflow = [{"when": "waited", "after": 30, "to": "wait2"}]
    caller = Caller(flow_of(queue_with(overflow=overflow), {**WAIT, "id": "wait2", "queue": "r"}, BYE))
    caller.times_out("overflow:0", 30)
    assert caller.orders(Enqueue, LeaveQueue) == [LeaveQueue("q"), Enqueue("r", 0, AT)]
    assert caller.reasons()[0] == ("overflow", "waited 30")


def test_an_overflow_that_is_ripe_is_taken_when_its_condition_comes_true() -> None:
    overflow = [{"when": "agents_below", "below": 1, "after": 20, "to": "bye"}]
    caller = Caller(flow_of(queue_with(overflow=overflow), BYE))
    caller.facts = facts_of(queues={"q": QueueFigures(agents=0)})
    caller.hears(QueueSaid(QueueNews.CHANGED))
    assert caller.state.step == "wait", "not before its time"
    caller.facts = facts_of()
    caller.times_out("overflow:0", 20)
    assert caller.state.step == "wait", "somebody is at work"
    caller.facts = facts_of(queues={"q": QueueFigures(agents=0)})
    caller.times_out("check", 15)
    assert caller.state.step == "bye"


def test_nobody_is_taken_out_of_the_queue_while_an_agents_phone_rings() -> None:
    overflow = [{"when": "waited", "after": 30, "to": "bye"}]
    caller = Caller(flow_of(queue_with(overflow=overflow), BYE))
    caller.hears(QueueSaid(QueueNews.OFFERED))
    caller.times_out("overflow:0", 30)
    assert caller.state.step == "wait"
    caller.hears(QueueSaid(QueueNews.WAITING, "no answer"))
    assert caller.state.step == "bye"


def test_who_waits_when_the_hours_are_over_goes_on_where_the_flow_says() -> None:
    overflow = [{"when": "outside_hours", "schedule": "h", "to": "bye"}]
    caller = Caller(flow_of(queue_with(overflow=overflow), BYE))
    caller.facts = facts_of(hours=OpenState(OpenKind.CLOSED))
    caller.times_out("check", 15)
    assert caller.reasons()[0] == ("overflow", "outside_hours h")


def test_a_closed_queue_without_an_overflow_for_it_leads_where_a_long_wait_leads() -> None:
    caller = Caller(flow_of(WAIT, BYE), facts_of(queues={"q": QueueFigures(is_open=False)}))
    assert (caller.state.step, caller.reasons()[2]) == ("bye", ("queue_closed", "q"))


def test_who_waits_already_when_the_queue_is_closed_is_still_served() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    caller.facts = facts_of(queues={"q": QueueFigures(is_open=False)})
    caller.hears(QueueSaid(QueueNews.CHANGED))
    assert caller.state.queue == "q"


def test_the_distributor_can_ask_for_an_overflow_that_the_flow_has() -> None:
    caller = Caller(flow_of(queue_with(overflow=[{"when": "expected_wait_over", "over": 60, "to": "bye"}]), BYE))
    caller.hears(QueueSaid(QueueNews.OVERFLOW, "waited"))
    assert caller.state.step == "wait"
    caller.hears(QueueSaid(QueueNews.OVERFLOW, "expected_wait_over"))
    assert caller.state.step == "bye"


def test_the_longest_wait_is_kept_to() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    caller.times_out("max_wait", 600)
    assert caller.orders(LeaveQueue) == [LeaveQueue("q")]
    assert caller.state.step == "bye"


def test_a_clock_that_is_set_back_strands_nobody() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    caller.times_out("max_wait", -3600)
    assert caller.state.step == "bye"


# --- Ringing back ------------------------------------------------------------------------------

OFFER = {
    "id": "offer", "kind": "callback_offer", "queue": "q", "prompts": ["offer"], "enter_prompts": ["type"],
    "confirm_prompts": ["typed", "@number"], "done_prompts": ["thanks"], "on_declined": "wait", "retries": 1,
    "on_wrong": ["wrong"],
}  # fmt: skip


def test_the_callers_own_number_is_promised_a_call_with_the_place_in_the_queue() -> None:
    callback = {"after": 60, "key": "1", "prompts": ["press"], "to": "offer"}
    flow = flow_of(queue_with(callback=callback), OFFER, BYE)
    caller = Caller(flow, facts_of(caller_number="+4533663366"))
    caller.hears(Key("1"))
    assert caller.reasons() == [("key_ignored", "1")], "it has not been offered yet"
    caller.times_out("callback", 60)
    assert caller.said() == [("press",)]
    caller.hears(Key("1"), 5)
    assert caller.orders(LeaveQueue) == [LeaveQueue("q")]
    caller.hears(Key("1"), 5)
    assert caller.orders(PromiseCallback) == [PromiseCallback("+4533663366", "q", AT)]
    caller.prompt_ends()
    assert (caller.state.ending, caller.orders(EndCall)) == (
        FlowEnding.CALLBACK_PROMISED,
        [EndCall(HangUpCause.NORMAL)],
    )


def test_a_promise_holds_when_the_caller_does_not_wait_for_the_thanks() -> None:
    caller = Caller(flow_of(OFFER, WAIT, BYE), facts_of(caller_number="+4533663366"))
    caller.hears(Key("1"))
    caller.hears(CallerGone())
    assert caller.state.ending is FlowEnding.CALLBACK_PROMISED


@pytest.mark.parametrize("number", ["", "anonymous", "5200"])
def test_who_has_no_number_is_asked_to_type_one(number: str) -> None:
    caller = Caller(flow_of(OFFER, WAIT, BYE), facts_of(caller_number=number))
    assert (caller.state.phase, caller.said()) == (Phase.TYPING, [("type",)])


@pytest.mark.parametrize(
    ("typed", "spoken", "promised"),
    [
        ("12345678", "digits:12345678", "+4512345678"),
        ("004685080000#", "digits:004685080000", "+4685080000"),
    ],
)
def test_a_typed_number_is_said_back_and_promised_when_confirmed(typed: str, spoken: str, promised: str) -> None:
    caller = Caller(flow_of(OFFER, WAIT, BYE))
    for key in typed:
        caller.hears(Key(key))
    assert caller.said() == [("typed", spoken)]
    caller.hears(Key("#"))
    assert caller.state.tries == 0, "the hash that ends the number is no wrong answer"
    caller.hears(Key("1"))
    assert caller.orders(PromiseCallback) == [PromiseCallback(promised, "q", AT)]


def test_a_number_can_be_typed_anew_and_confirmed_as_wrong() -> None:
    caller = Caller(flow_of(OFFER, WAIT, BYE))
    for key in "1234*":
        caller.hears(Key(key))
    assert (caller.state.typed, caller.said()) == ("", [("type",)])
    for key in "876543212":
        caller.hears(Key(key))
    assert (caller.state.phase, caller.state.typed) == (Phase.TYPING, "")


def test_a_number_that_is_too_short_is_asked_for_again_and_then_given_up() -> None:
    caller = Caller(flow_of(OFFER, WAIT, BYE))
    for key in "123#":
        caller.hears(Key(key))
    assert caller.said() == [("wrong", "type")]
    for key in "12":
        caller.hears(Key(key))
    caller.times_out("silence", 8)
    assert caller.state.step == "wait"


def test_who_says_no_is_back_in_the_queue_with_the_old_place() -> None:
    callback = {"after": 60, "key": "1", "prompts": ["press"], "to": "offer"}
    flow = flow_of(queue_with(callback=callback), OFFER, BYE)
    caller = Caller(flow, facts_of(caller_number="+4533663366"))
    caller.times_out("callback", 60)
    caller.hears(Key("1"), 5)
    caller.hears(Key("*"), 5)
    assert caller.reasons()[0] == ("declined", "*")
    assert caller.orders(Enqueue) == [Enqueue("q", 0, AT)]


# --- Message, transfer -------------------------------------------------------------------------

MESSAGE = {
    "id": "message", "kind": "take_message", "queue": "q", "prompts": ["speak"], "done_prompts": ["thanks"],
    "on_empty": "bye", "max_seconds": 90, "retries": 1,
}  # fmt: skip


def test_a_message_is_recorded_after_the_prompt_and_kept() -> None:
    caller = Caller(flow_of(MESSAGE, BYE))
    assert not caller.orders(RecordMessage)
    caller.prompt_ends()
    assert caller.orders(RecordMessage) == [RecordMessage(90)]
    caller.hears(MessageRecorded(12.5))
    assert caller.orders(KeepMessage) == [KeepMessage("q", 12.5)]
    caller.prompt_ends()
    assert caller.state.ending is FlowEnding.MESSAGE_TAKEN


def test_a_message_ended_by_hanging_up_is_kept() -> None:
    caller = Caller(flow_of(MESSAGE, BYE))
    caller.prompt_ends()
    caller.hears(CallerGone())
    caller.hears(MessageRecorded(20))
    assert caller.orders(KeepMessage) == [KeepMessage("q", 20)]
    assert caller.state.ending is FlowEnding.MESSAGE_TAKEN
    caller.hears(MessageRecorded(20))
    assert not caller.orders(KeepMessage), "and only once"


def test_nothing_said_is_asked_for_again_and_then_given_up_also_when_no_report_comes() -> None:
    caller = Caller(flow_of(MESSAGE, BYE))
    caller.prompt_ends()
    caller.hears(MessageRecorded(0.2))
    assert caller.said() == [("speak",)]
    caller.prompt_ends()
    caller.times_out("recording", 105)
    assert caller.state.step == "bye"


def test_a_transfer_that_is_answered_ends_the_flow_and_one_that_fails_goes_on() -> None:
    transfer = {"id": "go", "kind": "transfer", "to": "tel:+4512345678", "on_failed": "bye", "timeout": 20}
    caller = Caller(flow_of(transfer, BYE))
    assert caller.orders(TransferTo) == [TransferTo("tel:+4512345678", 20)]
    failed = flows.advance(caller.flow, caller.state, TransferFailed("busy"), caller.facts, AT)
    assert (failed.state.step, failed.reasons[0][1]) == ("bye", "busy")
    caller.hears(TransferAnswered())
    assert caller.state.ending is FlowEnding.TRANSFERRED
    assert not caller.orders(EndCall)


# --- The safe queue ----------------------------------------------------------------------------


def alerts(progress: Progress) -> list[str]:
    return [each.code for each in progress.instructions if isinstance(each, RaiseAlert)]


def broken_hours(code: str, at: datetime) -> OpenState:
    raise RuntimeError("no database")


def no_schedule(code: str, at: datetime) -> OpenState:
    raise KeyError(code)


@pytest.mark.parametrize(
    ("flow", "facts", "code"),
    [
        (flow_of(WAIT, BYE), facts_of(queues={}), "unknown_queue"),
        (flow_of({"id": "over", "kind": "overflow", "flow": "g"}), facts_of(), "unknown_flow"),
        (flow_of({"id": "a", "kind": "language", "language": "en", "next": "b"}), facts_of(), "missing_step"),
        (flow_of({"id": "a", "kind": "language", "language": "en", "next": "a"}), facts_of(), "loop"),
        (flow_of(HOURS, *ENDS), FlowFacts(is_open=broken_hours), "fault"),
        (flow_of(HOURS, *ENDS), FlowFacts(is_open=no_schedule), "unknown_schedule"),
        (
            flow_of(
                {"id": "if", "kind": "condition", "all": [{"fact": "weekday"}], "on_true": "open", "on_false": "open"},
                *ENDS,
            ),
            facts_of(),
            "condition_failed",
        ),
    ],
)
def test_what_cannot_be_decided_goes_to_the_safe_queue_with_an_alert(flow: Flow, facts: FlowFacts, code: str) -> None:
    caller = Caller(flow, facts)
    assert (caller.state.step, caller.state.queue) == (SAFE_STEP, "sikker-koe")
    assert alerts(caller.last) == [code, "safe_queue"]
    assert caller.orders(Enqueue) == [Enqueue("sikker-koe", 0, AT)]
    assert any(name == "failed" and value.startswith(code) for name, value in caller.reasons())


def test_a_turn_that_fails_is_thrown_away_as_a_whole() -> None:
    overflow = [{"when": "waited", "after": 30, "to": "lost"}]
    caller = Caller(flow_of(queue_with(overflow=overflow), BYE))
    caller.times_out("overflow:0", 30)
    assert caller.orders(LeaveQueue, Enqueue) == [LeaveQueue("q"), Enqueue("sikker-koe", 0, AT)]


def test_two_centres_cannot_send_a_caller_to_and_fro_for_ever() -> None:
    here = flow_of({"id": "over", "kind": "overflow", "flow": "g"})
    there = flow_of({"id": "over", "kind": "overflow", "flow": "f"}, code="g")
    caller = Caller(here, facts_of(others=[here, there]))
    assert alerts(caller.last) == ["to_and_fro", "safe_queue"]


def test_another_version_than_the_callers_own_is_not_played() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.flow = flows.parse({**flows.dump(caller.flow), "version": 2})
    caller.hears(Key("1"))
    assert alerts(caller.last) == ["wrong_flow", "safe_queue"]


def test_a_lost_version_does_not_hinder_an_answer() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    caller.flow = flow_of(BYE, code="other")
    caller.hears(QueueSaid(QueueNews.ANSWERED))
    assert caller.state.ending is FlowEnding.ANSWERED


def test_who_waits_in_the_safe_queue_is_not_forgotten() -> None:
    caller = Caller(flow_of({"id": "safe", "kind": "safe_queue", "prompts": ["stay"]}))
    assert caller.said() == [("stay",)]
    caller.times_out("safe", 120)
    assert alerts(caller.last) == ["safe_queue"]
    caller.hears(QueueSaid(QueueNews.ANSWERED))
    assert caller.state.ending is FlowEnding.ANSWERED


# --- After a restart ---------------------------------------------------------------------------


def restart(caller: Caller) -> Progress:
    caller.last = Progress(FlowState.from_data(caller.state.as_data()), (), ())
    return caller.hears(Resumed(), 10)


def test_a_caller_in_queue_keeps_the_place_and_the_time_left() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    restart(caller)
    assert caller.orders(Enqueue) == [Enqueue("q", 0, AT, again=True)]
    assert caller.left() == [590, 15], "and soon looks whether something has changed meanwhile"


def test_a_clock_set_back_during_a_restart_does_not_lengthen_a_wait() -> None:
    caller = Caller(flow_of(WAIT, BYE))
    caller.at -= timedelta(days=1)
    restart(caller)
    assert caller.left() == [600, 15]


def test_a_question_is_put_again_and_the_tries_are_not_forgotten() -> None:
    caller = Caller(flow_of(MENU, WAIT, BYE))
    caller.hears(Key("7"))
    restart(caller)
    assert (caller.said(), caller.state.tries) == ([("ask",)], 1)
    assert caller.orders(StopSaying), "what the exchange may still be saying"


def test_a_promise_is_not_made_twice() -> None:
    caller = Caller(flow_of(OFFER, WAIT, BYE), facts_of(caller_number="+4533663366"))
    caller.hears(Key("1"))
    restart(caller)
    assert not caller.orders(PromiseCallback)
    assert caller.said() == [("thanks",)]


def test_a_turn_writes_on_a_copy_of_the_whole_state() -> None:
    state = FlowState("f", 1, "s", Phase.ASKING, AT)
    for number, each in enumerate(fields(FlowState)):
        setattr(state, each.name, f"content {number}")
    assert state.copied() == state


def test_a_state_that_is_no_state_is_refused() -> None:
    good = Caller(flow_of(MENU, WAIT, BYE)).state.as_data()
    for bad in ({}, {**good, "phase": "lost"}, {**good, "entered_at": None}, {**good, "timers": [1]}):
        with pytest.raises(flows.FlowError, match="no state"):
            FlowState.from_data(bad)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        flows.begin(flow_of(BYE), facts_of(), AT.replace(tzinfo=None))
