"""Callers from another municipality: recognised, counted once, told the right number, and never lost."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.routing.flows import (
    Code,
    Elsewhere,
    EndCall,
    Instruction,
    Key,
    Known,
    NoteElsewhere,
    Resumed,
    TransferFailed,
    TransferTo,
    errors,
    parse,
)
from tests.routing.flows.test_flows import ENDS, Caller, facts_of, flow_of

FJORDBY = Elsewhere("Fjordby", "+4533445566")
IF = {
    "id": "if", "kind": "condition", "all": [{"fact": "caller_from_elsewhere"}], "on_true": "send", "on_false": "open",
}  # fmt: skip
SEND: dict[str, Any] = {"id": "send", "kind": "send_elsewhere", "prompts": ["p", "@elsewhere"], "on_failed": "open"}


def noted(caller: Caller) -> list[Instruction]:
    return caller.orders(NoteElsewhere)


def test_a_caller_of_another_municipality_is_told_its_number_and_counted_once() -> None:
    caller = Caller(flow_of(IF, SEND, *ENDS), facts_of(elsewhere=FJORDBY))
    assert caller.said() == [("p", "digits:33445566")]
    assert noted(caller) == [NoteElsewhere("Fjordby", "number")]
    caller.prompt_ends()
    assert noted(caller) == [NoteElsewhere("Fjordby", "told")]
    assert caller.orders(EndCall)


def test_others_go_on_and_are_not_counted() -> None:
    caller = Caller(flow_of(IF, SEND, *ENDS), facts_of())
    assert (caller.state.step, noted(caller)) == ("open", [])


@pytest.mark.parametrize("found", [None, Elsewhere("Fjordby", "")])
def test_where_no_number_is_known_the_caller_stays_with_us(found: Elsewhere | None) -> None:
    caller = Caller(flow_of(SEND, *ENDS), facts_of(elsewhere=found))
    assert caller.state.step == "open"
    assert "number_elsewhere_unknown" in [code for code, _value in caller.reasons()]


def test_a_transfer_that_nobody_answers_leads_on() -> None:
    caller = Caller(flow_of({**SEND, "transfer": True}, *ENDS), facts_of(elsewhere=FJORDBY))
    caller.prompt_ends()
    assert caller.orders(TransferTo, NoteElsewhere) == [
        NoteElsewhere("Fjordby", "transferred"), TransferTo("tel:+4533445566", 30.0),
    ]  # fmt: skip
    caller.hears(Resumed())
    assert caller.orders(TransferTo, NoteElsewhere) == [TransferTo("tel:+4533445566", 30.0)], "counted once"
    caller.hears(TransferFailed("busy"))
    assert caller.state.step == "open"


def test_a_choice_in_the_menu_counts_whoever_has_no_such_number() -> None:
    menu = {
        "id": "menu", "kind": "menu", "prompts": ["p"], "keys": {"1": "open", "2": "send"}, "elsewhere": "2",
        "on_exhausted": "open",
    }  # fmt: skip
    caller = Caller(flow_of(menu, SEND, *ENDS), facts_of())
    caller.hears(Key("2"))
    assert noted(caller) == [NoteElsewhere("", "menu")]
    assert caller.state.step == "open"


def _codes(*steps: dict[str, Any]) -> set[Code]:
    flow = parse({"code": "f", "version": 1, "title": "f", "start": steps[0]["id"], "steps": list(steps)})
    return {each.code for each in errors(flow, Known(frozenset({"p"})))}


BYE = {"id": "open", "kind": "hang_up"}


def test_the_checks_know_the_step_and_the_key() -> None:
    assert not _codes(SEND, BYE)
    assert _codes({**SEND, "prompts": []}, BYE) == {Code.NOTHING_SAID}
    assert _codes({**SEND, "on_failed": "x"}, BYE) == {Code.MISSING_TARGET}
    assert _codes({**SEND, "timeout": 0}, BYE) == {Code.ZERO_TIMEOUT}
    said = {"id": "say", "kind": "announcement", "prompts": ["p", "@elsewhere"], "next": "open"}
    assert _codes(said, BYE) == {Code.NUMBER_OUT_OF_PLACE}
    menu = {"id": "m", "kind": "menu", "prompts": ["p"], "keys": {"1": "open"}, "on_exhausted": "open"}
    assert _codes({**menu, "elsewhere": "2"}, BYE) == {Code.NO_SUCH_KEY}
    assert not _codes({**menu, "elsewhere": "1"}, BYE)
