"""The spans of a day: contiguous, never in two states, and never negative, whatever clocks do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.ranges import TimeRange
from indgang.measures import timeline
from indgang.measures.period import Period
from indgang.measures.timeline import DaySums, HandMove, StateChange, StateSpan
from indgang.routing.centre.desk import Doing

START = datetime(2026, 3, 11, 7, tzinfo=UTC)
END = START + timedelta(minutes=60)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def told(*changes: tuple[float, str]) -> list[tuple[float, float, str]]:
    """The spans in minutes."""
    found = timeline.spans([StateChange(at(minute), state) for minute, state in changes], start=START, end=END)
    return [((each.start - START) / timedelta(minutes=1), each.seconds / 60, each.state) for each in found]


_CHANGES = st.lists(st.tuples(st.integers(-90, 90), st.sampled_from(Doing)), max_size=12)


def _state_then(changes: Sequence[tuple[int, Doing]], minute: int) -> Doing | None:
    """What holds during a minute: the last that was written among those that had begun."""
    known = [state for begun, state in changes if begun <= minute]
    return known[-1] if known else None


@given(_CHANGES)
def test_each_minute_has_the_state_that_was_written_last_for_it(changes: list[tuple[int, Doing]]) -> None:
    found = timeline.spans([StateChange(at(minute), state) for minute, state in changes], start=START, end=END)
    for minute in range(60):
        held = [each.state for each in found if each.start <= at(minute) < each.end]
        state = _state_then(changes, minute)
        assert held == ([] if state is None else [state])


@given(_CHANGES)
def test_spans_follow_each_other_and_add_up_to_the_time_signed_in(changes: list[tuple[int, Doing]]) -> None:
    found = timeline.spans([StateChange(at(minute), state) for minute, state in changes], start=START, end=END)
    assert all(each.seconds > 0 for each in found)
    assert all(a.end == b.start and a.state != b.state for a, b in pairwise(found))
    minutes = Counter(_state_then(changes, minute) for minute in range(60))
    signed_in = sum(n for state, n in minutes.items() if state not in (None, Doing.SIGNED_OUT))
    sums = DaySums.of(found)
    assert sums.signed_in == 60 * signed_in
    assert sums.signed_in == sum(each.seconds for each in timeline.at_work(found) if each.is_signed_in)
    assert sums.occupancy is None or 0 <= sums.occupancy <= 100


@given(_CHANGES, st.data())
def test_a_change_that_is_written_twice_changes_nothing(changes: list[tuple[int, Doing]], data: st.DataObject) -> None:
    if changes:
        place = data.draw(st.integers(0, len(changes) - 1))
        twice = [*changes[: place + 1], *changes[place:]]
        assert told(*twice) == told(*changes)


def test_a_state_of_the_day_before_begins_with_the_day_and_one_that_goes_on_ends_with_it() -> None:
    assert told((-30, "ready"), (20, "talking")) == [(0, 20, "ready"), (20, 40, "talking")]


def test_a_clock_that_is_set_back_takes_time_away_but_never_below_zero() -> None:
    assert told((0, "ready"), (30, "talking"), (20, "wrap_up"), (40, "ready")) == [
        (0, 20, "ready"), (20, 20, "wrap_up"), (40, 20, "ready"),
    ]  # fmt: skip


def test_what_was_before_the_first_change_is_not_known() -> None:
    assert told() == []
    assert told((15, "ready")) == [(15, 45, "ready")]


def test_time_signed_out_at_both_ends_is_no_part_of_the_work() -> None:
    names = ("signed_out", "ready", "signed_out", "paused", "signed_out")
    found = [StateSpan(at(n), at(n + 1), name) for n, name in enumerate(names)]
    assert [each.state for each in timeline.at_work(found)] == ["ready", "signed_out", "paused"]
    assert timeline.at_work(found[:1]) == ()


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 11), 24)])
def test_a_day_has_the_hours_that_it_has(day: date, hours: int) -> None:
    period = Period.day(day)
    found = timeline.spans([StateChange(period.start, "ready")], start=period.start, end=period.end)
    assert DaySums.of(found).signed_in == hours * 3600


@pytest.mark.parametrize(
    ("seconds", "occupancy"),
    [
        ({"talking": 1800, "wrap_up": 600, "working": 300, "ready": 900, "paused": 3600, "signed_out": 900}, 75.0),
        ({"ready": 60}, 0.0),
        ({"paused": 60}, None),
        ({}, None),
    ],
)
def test_occupancy_is_work_out_of_the_time_signed_in_without_pauses(
    seconds: dict[str, float], occupancy: float | None
) -> None:
    assert DaySums(seconds).occupancy == occupancy


def test_what_is_in_hand_beside_counts_once_and_goes_on() -> None:
    moves = [
        HandMove(at(-10), "a", is_taken=True), HandMove(at(10), "a", is_taken=False),
        HandMove(at(5), "b", is_taken=True), HandMove(at(15), "b", is_taken=False),
        HandMove(at(16), "b", is_taken=False), HandMove(at(50), "c", is_taken=True),
        HandMove(at(30), "d", is_taken=True), HandMove(at(29), "d", is_taken=False),
    ]  # fmt: skip
    found = timeline.in_hand(moves, start=START, end=END)
    assert list(found) == [TimeRange(at(0), at(15)), TimeRange(at(50), at(60))]
    assert not timeline.in_hand(moves, start=START, end=START)
