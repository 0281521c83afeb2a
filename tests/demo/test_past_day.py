"""A past day of the demo is played by the twin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indgang.demo.day import Caller, Wish
from indgang.demo.past_day import PastAnswer, Staff, play

OPENS = datetime(2026, 3, 9, 8, tzinfo=UTC)
STAFF = Staff({"a": "one", "b": "two"}, {"one": 1, "two": 1}, {"one": "b"})
WISH = Wish("u", "s", "p", "", False, "resolved", False)


def _caller(seconds: float, queue: str, patience: float = 600.0, talk: float = 300.0) -> Caller:
    return Caller(OPENS + timedelta(seconds=seconds), "", "+4533665300", {}, queue, patience, talk, WISH)


def _play(*callers: Caller) -> list[PastAnswer | None]:
    return play(
        callers, OPENS, OPENS + timedelta(hours=8), STAFF, menu=timedelta(seconds=20), rings=timedelta(seconds=6),
        wrap_up=30.0, helps_after=timedelta(seconds=45),
    )  # fmt: skip


def test_the_own_centre_answers_and_after_a_while_the_helping_one() -> None:
    assert _play(_caller(0, "a"), _caller(10, "a")) == [PastAnswer("one", 0, 6.0), PastAnswer("two", 0, 51.0)]


def test_nobody_helps_a_centre_without_a_helper_and_who_has_no_patience_goes() -> None:
    found = _play(_caller(0, "b"), _caller(10, "b", patience=60.0), _caller(20, "b"))
    # the conversation ends after 6 + 300 s, wrap-up 30 s later: 336 - 20 + 6
    assert found == [PastAnswer("two", 0, 6.0), None, PastAnswer("two", 0, 322.0)]


def test_a_caller_just_before_the_end_is_answered_after_it() -> None:
    assert _play(_caller(8 * 3_600.0 - 1.0, "a")) == [PastAnswer("one", 0, 6.0)]


def test_a_day_without_callers() -> None:
    assert _play() == []
