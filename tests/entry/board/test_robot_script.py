"""The laws of the script of a robot call, and its rules one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.entry.board import robot_script as scripts
from indgang.entry.board.robot_script import RobotOutcome, Script, ScriptPart, ScriptPlace, ScriptTurn

START = datetime(2026, 11, 30, 9, tzinfo=UTC)
FOUR = Script("intro", ("q1", "q2", "q3", "q4"), "again", "wrong", "thanks", "out", comment="comment")
#: what may happen to somebody in a script
INPUTS = st.lists(st.sampled_from([*"0123456789*#", "said", "silent", "gone", "recorded"]), max_size=60)


class Person:
    """Somebody in a script. Seconds pass between the inputs, so that the same key twice is two presses."""

    def __init__(self, script: Script = FOUR) -> None:
        self.script, self.at = script, START
        self.turns: list[ScriptTurn] = [scripts.begin(script)]
        self.hung_up = False

    @property
    def place(self) -> ScriptPlace:
        return self.turns[-1].place

    @property
    def heard(self) -> tuple[str, ...]:
        return self.turns[-1].say

    @property
    def outcome(self) -> RobotOutcome:
        return scripts.outcome(self.script, self.place, hung_up=self.hung_up)

    def does(self, *inputs: str, apart: float = 2.0) -> Person:
        for each in inputs:
            if self.hung_up or self.place.is_over:
                return self
            self.at += timedelta(seconds=apart)
            self._take(each)
        return self

    def _take(self, each: str) -> None:
        match each:
            case "said":
                self.turns.append(scripts.said(self.script, self.place))
            case "silent":
                self.turns.append(scripts.silent(self.script, self.place))
            case "recorded":
                self.turns.append(scripts.recorded(self.script, self.place, 3.0))
            case "gone":
                self.hung_up = True
            case key:
                self.turns.append(scripts.keyed(self.script, self.place, key, self.at))


def test_four_keys_while_the_prompts_speak_answer_everything() -> None:
    person = Person().does("said", "8", "9", "7", "9")
    assert person.place.marks == (8, 9, 7, 9)
    assert (person.place.part, person.heard) == (ScriptPart.OFFER, ("comment",))
    assert person.does("said", "silent", "said").outcome is RobotOutcome.ANSWERED
    assert person.turns[-1].hang_up


def test_who_hangs_up_in_question_3_has_answered_the_first_two() -> None:
    person = Person().does("said", "5", "6", "gone")
    assert (person.place.marks, person.outcome) == ((5, 6), RobotOutcome.PARTLY)


def test_without_a_key_a_question_is_asked_once_more_and_then_the_call_ends() -> None:
    person = Person().does("said", "said", "silent")
    assert person.heard == ("again", "q1")
    assert person.does("said", "silent").place.part is ScriptPart.LAST
    assert person.does("said").outcome is RobotOutcome.SILENT


def test_who_has_answered_something_is_asked_the_next_question() -> None:
    person = Person().does("said", "5", "silent", "silent")
    assert (person.place.marks, person.heard) == ((5, None), ("q3",))
    assert person.does("7", "7", "gone").outcome is RobotOutcome.PARTLY


@pytest.mark.parametrize("key", ["0", "#"])
def test_a_wrong_key_is_said_to_be_wrong_and_the_question_is_asked_again(key: str) -> None:
    person = Person().does("said", key)
    assert person.heard == ("wrong", "q1")
    assert person.does("4").place.marks == (4,)


def test_who_presses_wrong_keys_again_and_again_gets_to_the_end() -> None:
    person = Person().does("said", "5", *"0" * 9)
    assert person.place.marks == (5, None, None, None)
    assert person.outcome is RobotOutcome.PARTLY


def test_a_key_that_bounces_is_one_answer() -> None:
    person = Person().does("said").does("7", "7", "7", apart=0.2)
    assert person.place.marks == (7,)


def test_a_key_in_the_introduction_answers_no_question_that_was_not_heard() -> None:
    person = Person().does("9")
    assert (person.place.marks, person.heard) == ((), ("q1",))


def test_a_comment_is_recorded_only_after_a_key() -> None:
    asked = Person().does("said", "8", "9", "7", "9", "said")
    assert not any(turn.record for turn in asked.turns)
    asked.does("1")
    assert asked.turns[-1].record
    assert asked.does("recorded", "said").place.comment
    assert [step.kind for turn in asked.turns for step in turn.steps].count("comment") == 1


def test_the_key_of_the_last_answer_begins_a_recording_three_seconds_after_it_however_often_it_is_pressed() -> None:
    person = Person().does("said", "8", "9", "7", "1").does("1", "1", apart=1.4)
    assert person.place.part is ScriptPart.OFFER
    assert person.does("1", apart=1.4).turns[-1].record


@given(INPUTS)
def test_marks_are_keys_that_were_pressed_and_never_change(inputs: list[str]) -> None:
    person = Person().does(*inputs)
    for before, after in zip(person.turns, person.turns[1:], strict=False):
        assert after.place.marks[: len(before.place.marks)] == before.place.marks
    keyed = [step for turn in person.turns for step in turn.steps if step.kind == "keyed"]
    assert {step.question: int(step.key) for step in keyed} == {
        number: mark for number, mark in enumerate(person.place.marks) if mark is not None
    }
    assert len(keyed) == len({step.question for step in keyed}), "no question is answered twice"


@given(INPUTS)
def test_a_place_is_read_back_as_it_was(inputs: list[str]) -> None:
    place = Person().does(*inputs).place
    assert ScriptPlace.from_data(place.as_data()) == place
    assert Script.from_data(FOUR.as_data()) == FOUR


@given(INPUTS)
def test_whoever_falls_silent_is_hung_up_soon(inputs: list[str]) -> None:
    person = Person().does(*inputs)
    for _ in range(2 * scripts.ASKED_TIMES * len(FOUR.questions) + 6):
        turn = person.turns[-1]
        is_recorded = person.place.part is ScriptPart.COMMENT
        person.does("recorded" if is_recorded else "said" if turn.wait is None else "silent")
    assert person.hung_up or person.place.is_over


@given(INPUTS)
def test_the_outcome_says_what_the_marks_say(inputs: list[str]) -> None:
    person = Person().does(*inputs)
    marks = [mark for mark in person.place.marks if mark is not None]
    if person.place.opted_out:
        assert person.outcome is RobotOutcome.OPTED_OUT
    elif len(marks) == 4:
        assert person.outcome is RobotOutcome.ANSWERED
    else:
        assert (person.outcome is RobotOutcome.PARTLY) == bool(marks)


@given(INPUTS, st.integers(0, 30))
def test_the_key_that_opts_out_does_so_in_any_part(inputs: list[str], after: int) -> None:
    person = Person().does(*[each for each in inputs[:after] if each != "gone"])
    if person.place.part is not ScriptPart.OVER and not person.place.opted_out:
        was = person.place.marks
        person.does("*")
        assert (person.heard, person.place.marks, person.outcome) == (("out",), was, RobotOutcome.OPTED_OUT)


@given(INPUTS)
def test_after_an_outage_nothing_that_was_keyed_is_asked_again(inputs: list[str]) -> None:
    place = Person().does(*inputs).place
    again = scripts.resume(FOUR, place)
    assert again.place.marks == place.marks
    asked = [FOUR.questions.index(code) for code in again.say if code in FOUR.questions]
    assert asked in ([], [len(place.marks)])
