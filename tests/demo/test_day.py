"""The demo's callers: as many as asked for, as the counts say, in order and repeatable."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.demo import day, flows
from indgang.demo.day import Caller, DayOfCalls

EIGHT = datetime(2026, 3, 11, 7, tzinfo=UTC)
SIX = EIGHT + timedelta(hours=10)


def _callers(seed: int = 1, per_minute: float = 4.0) -> list[Caller]:
    return list(DayOfCalls(Random(seed), per_minute, ("+4599990101", "+4599990102")).callers(EIGHT, SIX))


@pytest.fixture(scope="module")
def many() -> list[Caller]:
    return [caller for seed in range(5) for caller in _callers(seed)]


def test_the_same_random_numbers_give_the_same_day() -> None:
    assert _callers(7) == _callers(7)


@given(st.integers(0, 2**32), st.floats(0.05, 3))
def test_callers_come_in_order_and_in_time(seed: int, per_minute: float) -> None:
    callers = list(DayOfCalls(Random(seed), per_minute).callers(EIGHT, EIGHT + timedelta(hours=1)))
    assert all(one.at < other.at for one, other in pairwise(callers))
    assert all(EIGHT <= each.at < EIGHT + timedelta(hours=1) for each in callers)
    assert all(each.talk > 0 and each.patience > 0 for each in callers)


def test_nobody_calls_when_the_rate_is_nothing() -> None:
    assert not _callers(per_minute=0)


def test_there_are_as_many_callers_as_the_hours_rate_says(many: list[Caller]) -> None:
    asked = 5 * sum(4 * 30 * day.rate(EIGHT + timedelta(minutes=30 * half)) for half in range(20))
    assert len(many) == pytest.approx(asked, rel=0.05)


def test_units_are_called_as_often_as_the_count_says(many: list[Caller]) -> None:
    found = Counter(caller.wish.unit for caller in many)
    total = sum(subject.calls_per_year for subject in day.subjects())
    for subject in day.subjects():
        if subject.calls_per_year > 10_000:
            share = found[subject.unit] / len(many)
            assert share == pytest.approx(subject.calls_per_year / total, rel=0.2), subject.unit


def test_event_permits_are_resolved_at_once_as_often_as_the_count_says() -> None:
    events = next(each for each in day.subjects() if each.unit == "ctb-byliv")
    counted = sum(each.calls * each.resolved for each in events.purposes) / sum(each.calls for each in events.purposes)
    drawn = DayOfCalls(Random(3), 1.0, subjects=(events,))
    resolved = mean(drawn.caller(EIGHT).wish.outcome in ("resolved", "directed") for _ in range(4000))
    assert resolved == pytest.approx(counted, abs=0.03)


def test_resolved_calls_last_five_and_a_half_minutes_and_the_others_one(many: list[Caller]) -> None:
    resolved = [each.talk for each in many if each.wish.outcome in ("resolved", "directed")]
    others = [each.talk for each in many if each.wish.outcome not in ("resolved", "directed")]
    assert mean(resolved) == pytest.approx(330, rel=0.06)
    assert mean(others) == pytest.approx(60, rel=0.06)


def test_every_route_dials_a_number_there_is_and_presses_keys_that_the_menu_has() -> None:
    numbers = {entry["number"] for entry in flows.ENTRY_POINTS}
    menus = {
        step["prompts"][0]: step["keys"]
        for flow in flows.FLOWS.values()
        for step in flow["steps"]
        if step["kind"] == "menu"
    }
    for subject in day.subjects():
        assert subject.queue in flows.QUEUES
        for dialled, keys in subject.routes:
            assert dialled in numbers
            assert all(key in menus[prompt] for prompt, key in keys)
