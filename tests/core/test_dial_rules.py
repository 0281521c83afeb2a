"""Who may call which numbers: the decision of the rules, and calls that look odd."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.dial_rules import DialRule, NumberKind, Refusal, decide, kind_of
from indgang.core.odd_calls import MANY_BARRED, MANY_SHORT, MANY_TO_ONE, OddCalls, Pattern

AGENT = DialRule("agent", frozenset({NumberKind.SHORT, NumberKind.DENMARK}), longest_seconds=600, at_once=2)
NORDIC = DialRule("case_worker", countries=frozenset({"SE", "NO"}), longest_seconds=3600)
NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
NUMBER = "+4533663366"


@pytest.mark.parametrize(
    ("number", "kind", "country"),
    [
        ("+4533663366", NumberKind.DENMARK, "DK"), ("+4542424242", NumberKind.DENMARK, "DK"),
        ("1813", NumberKind.SHORT, ""), ("5200", NumberKind.SHORT, ""), ("+46812345678", NumberKind.ABROAD, "SE"),
        ("+299321000", NumberKind.ABROAD, "GL"), ("+88213300000", NumberKind.ABROAD, ""),
    ],
)  # fmt: skip
def test_a_number_has_a_kind_and_a_country(number: str, kind: NumberKind, country: str) -> None:
    assert kind_of(number) == (kind, country if country != "" or kind is NumberKind.SHORT else kind_of(number)[1])


@pytest.mark.parametrize(
    ("rules", "number", "refusal", "longest"),
    [
        ((), "+46812345678", None, 0),
        ((AGENT,), NUMBER, None, 600),
        ((AGENT,), "+46812345678", Refusal.KIND, 0),
        ((AGENT,), "112", None, 0),
        ((NORDIC,), "+46812345678", None, 3600),
        ((NORDIC,), "+4930123456", Refusal.COUNTRY, 0),
        ((AGENT, NORDIC), "+46812345678", None, 3600),
        ((AGENT, NORDIC), NUMBER, None, 3600),
        ((AGENT, NORDIC), "+4930123456", Refusal.COUNTRY, 0),
    ],
)
def test_a_person_may_call_what_any_of_their_rules_allows(
    rules: tuple[DialRule, ...], number: str, refusal: Refusal | None, longest: int
) -> None:
    decision = decide(rules, number, {})
    assert decision.refusal == refusal
    if decision.allowed:
        assert decision.longest_seconds == longest


def test_a_role_has_only_so_many_calls_at_once() -> None:
    assert decide((AGENT,), NUMBER, {"agent": 1}).allowed
    assert decide((AGENT,), NUMBER, {"agent": 2}).refusal is Refusal.AT_ONCE
    assert decide((AGENT, NORDIC), NUMBER, {"agent": 2}).role == "case_worker"
    assert decide((AGENT,), "112", {"agent": 2}).allowed, "the alarm is never refused"


_RULES = st.builds(
    DialRule, st.sampled_from(["agent", "team_leader"]), st.frozensets(st.sampled_from(NumberKind)),
    st.frozensets(st.sampled_from(["SE", "DE", "*"])), st.integers(0, 3600), st.integers(0, 3),
)  # fmt: skip


@given(st.lists(_RULES, min_size=1, max_size=4), _RULES, st.integers(0, 4))
def test_another_rule_never_takes_a_call_away(rules: list[DialRule], more: DialRule, up: int) -> None:
    calls_up = {"agent": up, "team_leader": up}
    for number in (NUMBER, "1813", "+46812345678"):
        if decide(rules, number, calls_up).allowed:
            assert decide([*rules, more], number, calls_up).allowed


def test_patterns_are_told_once_an_hour() -> None:
    odd = OddCalls()
    at, told = NOON, []
    for _ in range(MANY_TO_ONE + 3):
        told += list(odd.begun(7, NUMBER, at))
        at += timedelta(minutes=1)
    assert [(each.pattern, each.person, each.number) for each in told] == [(Pattern.ONE_NUMBER, 7, NUMBER)]
    for _ in range(MANY_TO_ONE):
        told += list(odd.begun(7, NUMBER, at + timedelta(hours=1)))
    assert len(told) == 2


def test_calls_spread_over_the_day_are_not_odd() -> None:
    odd = OddCalls()
    for hour in range(8):
        for number in range(MANY_TO_ONE - 1):
            at = NOON.replace(hour=7) + timedelta(hours=hour, minutes=number)
            assert not list(odd.begun(7, NUMBER, at))


def test_night_many_short_and_many_barred_calls_are_odd() -> None:
    odd = OddCalls()
    (night,) = odd.begun(7, NUMBER, NOON.replace(hour=23))
    assert night.pattern is Pattern.NIGHT
    short = [each for _ in range(MANY_SHORT) for each in odd.ended(8, NUMBER, 3.0, NOON)]
    assert [each.pattern for each in short] == [Pattern.SHORT]
    assert not list(odd.ended(8, NUMBER, 60.0, NOON))
    barred = [each for _ in range(MANY_BARRED) for each in odd.refused(9, "+4590112233", NOON)]
    assert [each.pattern for each in barred] == [Pattern.BARRED]
