"""The laws of who is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from inspect import signature

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.feedback import sampling
from indgang.feedback.sampling import Asking, SurveyCandidate, WhyNot

KEY = b"kornblomst"
RULE = Asking(
    share=100, ways=("robot",), delay=timedelta(minutes=5), asks_from=time(9), asks_until=time(20),
    quarantine=timedelta(days=30), deadline=timedelta(hours=72),
)  # fmt: skip
MOMENTS = st.integers(0, 1_500_000).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
NOON = datetime(2026, 3, 11, 11, tzinfo=UTC)


def candidate(part: str = "a:1", ended_at: datetime = NOON, **more: object) -> SurveyCandidate:
    facts = {"part": part, "parts": {part}, "ended_at": ended_at, "ways": {"robot", "sms"}, **more}
    return SurveyCandidate(**facts)  # type: ignore[arg-type]


@given(st.text(min_size=1), MOMENTS, st.integers(0, 100))
def test_the_same_part_is_decided_the_same_again(part: str, ended_at: datetime, share: int) -> None:
    rule = replace(RULE, share=share)
    first, again = (sampling.decide(rule, candidate(part, ended_at), key=KEY, now=ended_at) for _twice in range(2))
    assert first == again


@given(MOMENTS, st.times(), st.times())
def test_nobody_is_asked_in_the_quiet_hours_nor_before_the_delay(at: datetime, one: time, other: time) -> None:
    asks_from, asks_until = sorted((one, other))
    if asks_from == asks_until:
        return
    found = sampling.in_hours(at, asks_from, asks_until)
    assert at <= found < at + timedelta(days=7)
    local = found.astimezone(COPENHAGEN)
    assert local.weekday() < 5
    # a time that the clock skips in spring is an hour later
    assert asks_from <= local.time() < asks_until or local.utcoffset() != at.astimezone(COPENHAGEN).utcoffset()


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        (datetime(2026, 3, 14, 12, tzinfo=COPENHAGEN), datetime(2026, 3, 16, 9, tzinfo=COPENHAGEN)),  # Saturday
        (datetime(2026, 3, 15, 7, tzinfo=COPENHAGEN), datetime(2026, 3, 16, 9, tzinfo=COPENHAGEN)),  # Sunday
        (datetime(2026, 4, 2, 12, tzinfo=COPENHAGEN), datetime(2026, 4, 7, 9, tzinfo=COPENHAGEN)),  # Easter
        (datetime(2026, 12, 24, 12, tzinfo=COPENHAGEN), datetime(2026, 12, 28, 9, tzinfo=COPENHAGEN)),  # Christmas Eve
        (datetime(2026, 3, 13, 12, tzinfo=COPENHAGEN), datetime(2026, 3, 13, 12, tzinfo=COPENHAGEN)),  # Friday
    ],
)
def test_nobody_is_asked_on_days_off(at: datetime, asked: datetime) -> None:
    assert sampling.in_hours(at, time(9), time(20)) == asked


@given(st.integers(0, 100))
def test_the_share_is_what_the_rule_says(share: int) -> None:
    drawn = [
        sampling.decide(replace(RULE, share=share), candidate(f"{number}:1"), key=KEY, now=NOON).why_not
        for number in range(1000)
    ]
    asked = drawn.count(None)
    assert set(drawn) <= {None, WhyNot.NOT_DRAWN}
    assert abs(asked / 10 - share) < 6
    if share in (0, 100):
        assert asked == share * 10


def test_a_larger_share_asks_everybody_that_a_smaller_one_asks() -> None:
    def asked(share: int) -> set[int]:
        rule = replace(RULE, share=share)
        return {
            number for number in range(300)
            if sampling.decide(rule, candidate(f"{number}:1"), key=KEY, now=NOON).why_not is None
        }  # fmt: skip

    assert asked(20) < asked(50) < asked(90)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True))
def test_one_part_of_an_enquiry_is_asked_about(parts: list[str]) -> None:
    asked = [
        part for part in parts
        if sampling.decide(RULE, candidate(part, parts=set(parts)), key=KEY, now=NOON).why_not is None
    ]  # fmt: skip
    assert len(asked) == 1


def test_both_levels_are_asked_about_as_often() -> None:
    first = sum(sampling.chosen({f"{number}:1", f"{number}:2"}, key=KEY).endswith(":1") for number in range(1000))
    assert 440 < first < 560


def test_another_installation_draws_otherwise() -> None:
    mine, other = ([sampling.draw(key, str(number)) for number in range(20)] for key in (KEY, b"havnen"))
    assert mine != other


@given(st.integers(0, 60 * 24))
def test_who_was_asked_is_left_in_peace_on_every_channel(hours: int) -> None:
    asked_at = NOON - timedelta(hours=hours)
    found = sampling.decide(RULE, candidate(asked_at=asked_at), key=KEY, now=NOON)
    assert (found.why_not == WhyNot.RECENTLY) is (hours < 30 * 24)


def test_ways_take_turns_among_those_that_reach_the_person() -> None:
    rule = replace(RULE, ways=("robot", "sms", "mail"))
    ways = [sampling.decide(rule, candidate(asked=asked), key=KEY, now=NOON).way for asked in range(4)]
    assert ways == ["robot", "sms", "robot", "sms"]


@pytest.mark.parametrize(
    ("facts", "why_not"),
    [
        ({"ways": set()}, WhyNot.NO_ADDRESS), ({"ways": {"mail"}}, WhyNot.NO_ADDRESS),
        ({"opted_out": True}, WhyNot.OPTED_OUT), ({"is_ours": True}, WhyNot.OUR_NUMBER),
        ({"ended_at": NOON - timedelta(days=4)}, WhyNot.TOO_LATE),
    ],
)  # fmt: skip
def test_why_somebody_is_not_asked_is_said(facts: dict[str, object], why_not: WhyNot) -> None:
    found = sampling.decide(RULE, candidate(**facts), key=KEY, now=NOON)  # type: ignore[arg-type]
    assert (found.why_not, found.way) == (why_not, "")


def test_who_is_no_longer_on_the_line_is_not_asked_there() -> None:
    rule = replace(RULE, on_line=True)
    found = [sampling.decide(rule, candidate(on_line=each), key=KEY, now=NOON).why_not for each in (True, False)]
    assert found == [None, WhyNot.NOT_ON_LINE]


def test_who_ends_in_the_evening_is_asked_in_the_morning() -> None:
    evening = datetime(2026, 3, 11, 19, 30, tzinfo=UTC)
    found = sampling.decide(RULE, candidate(ended_at=evening), key=KEY, now=evening)
    assert found.at.astimezone(COPENHAGEN) == datetime(2026, 3, 12, 9, tzinfo=COPENHAGEN)


def test_nothing_about_the_employee_can_be_given_to_the_decision() -> None:
    names = {
        *signature(sampling.decide).parameters,
        *SurveyCandidate.__dataclass_fields__,
        *Asking.__dataclass_fields__,
    }
    assert not {name for name in names if "employee" in name or "agent" in name or "person" in name}
