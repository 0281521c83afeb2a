"""The laws of sharing duty turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.routing import duty
from indgang.routing.duty import DutyMember, Slot
from tests import sample

_START = datetime(2026, 3, 2, 16, tzinfo=UTC)
_weights = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0.5, 1.0, 2.0, 3.5]), min_size=1)


def members(weights: dict[str, float]) -> list[DutyMember]:
    return [DutyMember(name, weight, _START - timedelta(days=1)) for name, weight in weights.items()]


@st.composite
def turns(draw: st.DrawFn) -> list[Slot]:
    hours = draw(st.lists(st.sampled_from([3.0, 6.0, 9.0]), max_size=60))
    return [
        Slot(_START + timedelta(days=day), _START + timedelta(days=day, hours=each), each)
        for day, each in enumerate(hours)
    ]


@given(turns(), _weights)
@settings(max_examples=sample.examples(150))
def test_members_differ_by_no_more_than_one_turn(wanted: list[Slot], weights: dict[str, float]) -> None:
    shared = duty.share(wanted, members(weights), {})
    done = {member: sum(each.burden for each in shared if each.member == member) for member in weights}
    by_weight = [done[member] / weights[member] for member in weights]
    heaviest = max((each.burden for each in wanted), default=0.0)
    assert max(by_weight) - min(by_weight) <= heaviest / min(weights.values()) + 1e-9


@given(turns(), _weights)
@settings(max_examples=sample.examples(100))
def test_every_turn_is_given_to_one_member_and_the_same_input_gives_the_same(
    wanted: list[Slot], weights: dict[str, float]
) -> None:
    shared = duty.share(list(reversed(wanted)), members(weights), {})
    assert [(each.starts, each.ends) for each in shared] == [(each.starts, each.ends) for each in wanted]
    assert {each.member for each in shared} <= weights.keys()
    assert shared == duty.share(wanted, members(dict(reversed(weights.items()))), {})


@given(turns(), _weights)
@settings(max_examples=sample.examples(100))
def test_balances_add_up(wanted: list[Slot], weights: dict[str, float]) -> None:
    found = duty.balances(duty.share(wanted, members(weights), {}), weights)
    assert sum(each.burden for each in found) == pytest.approx(sum(each.burden for each in wanted))
    assert sum(each.difference for each in found) == pytest.approx(0.0)
    assert sum(each.turns for each in found) == len(wanted)


def test_whoever_has_done_more_before_gets_less_now() -> None:
    wanted = [Slot(_START + timedelta(days=day), _START + timedelta(days=day, hours=6), 6.0) for day in range(4)]
    shared = duty.share(wanted, members({"a": 1.0, "b": 1.0}), {"a": 12.0, "b": 0.0})
    assert [each.member for each in shared] == ["b", "b", "a", "b"]


def test_a_turn_that_somebody_has_stays_theirs() -> None:
    fixed = Slot(_START, _START + timedelta(hours=6), 6.0, "b")
    following = Slot(_START + timedelta(days=1), _START + timedelta(days=1, hours=6), 6.0)
    assert [each.member for each in duty.share([fixed, following], members({"a": 1.0, "b": 1.0}), {})] == ["b", "a"]


def test_without_members_nobody_gets_anything() -> None:
    assert [each.member for each in duty.share([Slot(_START, _START, 1.0)], [], {})] == [""]
    assert duty.balances([], {}) == []


def test_a_newcomer_need_not_catch_up_and_nobody_gets_turns_after_leaving() -> None:
    wanted = [Slot(_START + timedelta(days=day), _START + timedelta(days=day, hours=6), 6.0) for day in range(12)]
    there = [
        DutyMember("a", 1.0, _START - timedelta(days=1), until=_START + timedelta(days=8)),
        DutyMember("b", 1.0, _START - timedelta(days=1)),
        DutyMember("c", 1.0, _START + timedelta(days=4)),
    ]
    named = [each.member for each in duty.share(wanted, there, {"a": 540.0, "b": 540.0})]
    assert "c" not in named[:4]
    assert sorted(named[4:8]).count("c") <= 2, "it does not make up for the half year before"
    assert "a" not in named[8:]
