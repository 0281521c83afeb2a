"""Flows that cannot run are refused with the step and the reason."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.routing import flows
from indgang.routing.flows import Code, FlowError, Known

KNOWN = Known(
    frozenset({"p", "vent-minutter", "vent-under-et-minut"}), frozenset({"q"}), frozenset({"h"}), frozenset({"f", "g"})
)

BYE = {"id": "bye", "kind": "hang_up"}
WAIT = {"id": "wait", "kind": "queue", "queue": "q", "max_wait": 600, "on_max_wait": "bye"}
MENU = {"id": "menu", "kind": "menu", "prompts": ["p"], "keys": {"1": "wait"}, "on_exhausted": "bye"}
SAY = {"id": "say", "kind": "announcement", "prompts": ["p"], "next": "bye"}
OFFER = {
    "id": "offer", "kind": "callback_offer", "queue": "q", "prompts": ["p"], "enter_prompts": ["p"],
    "confirm_prompts": ["p", "@number"], "done_prompts": ["p"], "on_declined": "wait",
}  # fmt: skip


def data_of(*steps: dict[str, Any], start: str = "") -> dict[str, Any]:
    return {"code": "f", "version": 1, "title": "F", "start": start or steps[0]["id"], "steps": list(steps)}


def found(*steps: dict[str, Any], start: str = "") -> list[tuple[str, Code, str]]:
    return [
        (each.step, each.code, each.detail) for each in flows.problems(flows.parse(data_of(*steps, start=start)), KNOWN)
    ]


def test_a_good_flow_has_no_problems() -> None:
    assert found(MENU, WAIT, BYE) == []


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ([{**SAY, "next": "nowhere"}, BYE], ("say", Code.MISSING_TARGET, "next: nowhere")),
        ([{**MENU, "keys": {"1": "nowhere"}}, BYE], ("menu", Code.MISSING_TARGET, "keys.1: nowhere")),
        ([{**SAY, "prompts": ["unknown"]}, BYE], ("say", Code.MISSING_PROMPT, "unknown")),
        ([{**WAIT, "queue": "x"}, BYE], ("wait", Code.UNKNOWN_QUEUE, "x")),
        (
            [{"id": "o", "kind": "opening_hours", "schedule": "x", "on_open": "bye", "on_closed": "bye"}, BYE],
            ("o", Code.UNKNOWN_SCHEDULE, "x"),
        ),
        ([{"id": "o", "kind": "overflow", "flow": "x"}], ("o", Code.UNKNOWN_FLOW, "x")),
        ([{**SAY, "prompts": []}, BYE], ("say", Code.NOTHING_SAID, "prompts")),
        ([{**WAIT, "messages": [{"prompts": []}]}, BYE], ("wait", Code.NOTHING_SAID, "messages.0")),
        ([{**SAY, "prompts": ["p", "@position"]}, BYE], ("say", Code.FIGURE_OUT_OF_PLACE, "@position")),
        ([{**MENU, "keys": {}}, BYE], ("menu", Code.NO_KEYS, "")),
        ([{**MENU, "timeout": 0}, WAIT, BYE], ("menu", Code.ZERO_TIMEOUT, "timeout")),
        (
            [{**WAIT, "callback": {"to": "bye", "prompts": ["p"], "after": 0}}, BYE],
            ("wait", Code.ZERO_TIMEOUT, "callback.after"),
        ),
        (
            [{**WAIT, "overflow": [{"when": "waited", "to": "bye"}]}, BYE],
            ("wait", Code.ZERO_TIMEOUT, "overflow.0.after"),
        ),
        ([{**WAIT, "max_wait": 0}, BYE], ("wait", Code.ZERO_TIMEOUT, "max_wait")),
        ([{**WAIT, "on_max_wait": ""}], ("wait", Code.MISSING_TARGET, "on_max_wait: ")),
        (
            [{"id": "if", "kind": "condition", "all": [], "on_true": "bye", "on_false": "bye"}, BYE],
            ("if", Code.NO_TESTS, ""),
        ),
        ([{**WAIT, "overflow": [{"when": "outside_hours", "to": "bye"}]}, BYE], ("wait", Code.NO_SCHEDULE, "0")),
        ([{"id": "wait", "kind": "queue", "queue": "q"}], ("wait", Code.ENDLESS_QUEUE, "")),
        (
            [{"id": "wait", "kind": "queue", "queue": "q", "overflow": [{"when": "queue_closed", "to": "bye"}]}, BYE],
            ("wait", Code.NO_WAY_OUT_BY_TIME, ""),
        ),
        ([BYE, SAY], ("say", Code.UNREACHABLE, "")),
    ],
)
def test_what_is_wrong_is_named_with_its_step(steps: list[dict[str, Any]], problem: tuple[str, Code, str]) -> None:
    assert problem in found(*steps)


@pytest.mark.parametrize(
    "test",
    [
        {"fact": "waiting_over", "value": 3},
        {"fact": "waiting_over", "queue": "q"},
        {"fact": "waiting_over", "queue": "q", "value": ["3"]},
        {"fact": "weekday", "value": [7]},
        {"fact": "weekday", "value": []},
        {"fact": "time_between", "value": ["9", "10"]},
        {"fact": "time_between", "value": ["10:00", "09:00"]},
        {"fact": "time_between", "value": ["09:00+01:00", "10:00+01:00"]},
        {"fact": "date_between", "value": ["2026-01-01"]},
        {"fact": "date_between", "value": [1, 2]},
        {"fact": "phase", "value": 1},
    ],
)
def test_a_test_that_could_not_be_evaluated_is_found(test: dict[str, Any]) -> None:
    condition = {"id": "if", "kind": "condition", "all": [test], "on_true": "bye", "on_false": "bye"}
    assert ("if", Code.BAD_COMPARISON, test["fact"]) in found(condition, BYE)


def test_a_start_that_is_missing_is_a_problem_of_the_flow() -> None:
    assert found(BYE, start="nowhere")[0] == ("", Code.MISSING_START, "nowhere")


def test_the_words_around_a_spoken_wait_must_be_there() -> None:
    flow = flows.parse(data_of({**WAIT, "messages": [{"prompts": ["@wait"]}]}, BYE))
    assert [each.detail for each in flows.problems(flow, Known(queues=KNOWN.queues))] == [
        "vent-under-et-minut",
        "vent-minutter",
    ]


LOOPS = [
    [{**SAY, "next": "say"}],
    [{**SAY, "next": "menu"}, {**MENU, "keys": {"1": "say"}, "on_exhausted": "say"}],
    [{"id": "o", "kind": "overflow", "flow": "f"}],
    [{**WAIT, "overflow": [{"when": "queue_closed", "to": "say"}]}, {**SAY, "next": "wait"}, BYE],
    # a closed queue goes at once to the target of the longest wait
    [{**WAIT, "on_max_wait": "say"}, {**SAY, "next": "wait"}],
    [{**OFFER, "on_declined": "again"}, {**SAY, "id": "again", "next": "offer"}],
    [{"id": "m", "kind": "take_message", "queue": "q", "prompts": ["p"], "on_empty": "m"}],
    [{"id": "t", "kind": "transfer", "to": "unit:x", "on_failed": "t"}],
]


@pytest.mark.parametrize("steps", LOOPS)
def test_a_round_that_turns_by_itself_is_an_error(steps: list[dict[str, Any]]) -> None:
    assert Code.LOOP_WITHOUT_EXIT in {code for _, code, _ in found(*steps)}


PACED = [
    # the caller asks to hear it again
    [{**MENU, "keys": {"1": "wait", "*": "say"}}, {**SAY, "next": "menu"}, WAIT, BYE],
    # time in the queue, where the caller can be answered, before the round begins again
    [
        {**WAIT, "overflow": [{"when": "queue_closed", "to": "bye"}, {"when": "waited", "after": 60, "to": "say"}]},
        {**SAY, "next": "wait"},
        BYE,
    ],
    # the caller asks to be rung back and changes their mind
    [{**WAIT, "callback": {"to": "offer", "prompts": ["p"]}}, OFFER, BYE],
]


@pytest.mark.parametrize("steps", PACED)
def test_a_round_that_takes_the_caller_or_time_in_a_queue_is_fine(steps: list[dict[str, Any]]) -> None:
    assert found(*steps) == []


def test_a_loop_is_told_once_with_all_its_steps() -> None:
    loop: list[dict[str, Any]] = [
        {**SAY, "next": "b"},
        {**SAY, "id": "b", "next": "c"},
        {**SAY, "id": "c", "next": "say"},
    ]
    assert [each for each in found(*loop) if each[1] is Code.LOOP_WITHOUT_EXIT] == [
        ("say", Code.LOOP_WITHOUT_EXIT, "say, b, c")
    ]


def test_steps_from_which_nobody_is_reached_are_dead_ends() -> None:
    steps: list[dict[str, Any]] = [{**MENU, "keys": {"1": "menu"}, "on_exhausted": "say"}, {**SAY, "next": "menu"}]
    assert {step for step, code, _ in found(*steps) if code is Code.DEAD_END} == {"menu", "say"}


def test_warnings_do_not_hinder_publishing() -> None:
    flow = flows.parse(data_of(BYE, SAY))
    assert [each.code for each in flows.problems(flow, KNOWN)] == [Code.UNREACHABLE]
    assert flows.errors(flow, KNOWN) == []


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ({**MENU, "kind": "maze"}, "kind 'maze' is none of"),
        ({**MENU, "kind": ["menu"]}, "is none of"),
        ({**MENU, "tiemout": 3}, "'tiemout' is not known here; known are"),
        ({"id": "menu", "kind": "menu", "prompts": ["p"], "keys": {"1": "bye"}}, "'on_exhausted' is missing"),
        ({**MENU, "prompts": "p"}, "'prompts' must be a list"),
        ({**MENU, "prompts": ["a b"]}, "'prompts' must be a name"),
        ({**MENU, "keys": {"A": "bye"}}, "'keys' must be one key"),
        ({**MENU, "keys": ["1"]}, "'keys' must be an object from key to step"),
        ({**MENU, "timeout": "3"}, "'timeout' must be a number of seconds"),
        ({**MENU, "timeout": -1}, "'timeout' must be a number of seconds"),
        ({**MENU, "timeout": float("nan")}, "'timeout' must be a number of seconds"),
        ({**MENU, "timeout": True}, "'timeout' must be a number of seconds"),
        ({**MENU, "retries": 1.5}, "'retries' must be a whole number"),
        ({**MENU, "retries": -1}, "'retries' must not be below 0"),
        ({**SAY, "interruptible": "yes"}, "'interruptible' must be true or false"),
        ({**SAY, "next": ""}, "'next' must be a name"),
        ({**WAIT, "overflow": [{"when": "sunday", "to": "bye"}]}, "'overflow.0.when' must be one of waited"),
        ({**WAIT, "overflow": ["waited"]}, "'overflow.0' must be an object"),
        ({**WAIT, "callback": {"to": "bye", "prompts": ["p"], "key": "12"}}, "'callback.key' must be one key"),
        ({"id": "t", "kind": "transfer", "to": "33663366", "on_failed": "bye"}, "'to' must be an address"),
        ({**BYE, "cause": "rude"}, "'cause' must be one of normal"),
    ],
)
def test_a_step_that_is_not_understood_is_refused_with_its_id_and_the_reason(step: dict[str, Any], reason: str) -> None:
    with pytest.raises(FlowError) as refused:
        flows.parse(data_of(step))
    assert refused.value.step == step["id"]
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([], "a flow is an object"),
        ({"code": "f", "start": "a"}, "'steps' must be a list"),
        ({"code": "f", "start": "a", "steps": ["a"]}, "step number 1 must be an object"),
        ({"code": "f", "start": "a", "steps": [{"kind": "hang_up"}]}, "step number 1 needs an 'id'"),
        ({"code": "f", "start": "a", "steps": [{"id": "!safe", "kind": "hang_up"}]}, "step number 1 needs an 'id'"),
        ({"code": "", "start": "a", "steps": []}, "code, version, title or start: must be a name"),
        ({"code": "f", "start": "a", "steps": [], "step": []}, "'step' is not known here"),
        ({"code": "f", "start": "a", "steps": [BYE, BYE]}, "two steps have this id"),
    ],
)
def test_data_that_is_no_flow_is_refused_with_the_reason(data: Any, reason: str) -> None:
    with pytest.raises(FlowError, match="^.*" + reason.replace("'", ".")):
        flows.parse(data)
