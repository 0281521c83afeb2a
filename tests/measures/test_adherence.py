"""How a day went beside the plan, worked out by hand, and the laws that hold for any day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.measures.adherence import PlannedSpan, on_shift
from indgang.measures.sums import OnShift
from indgang.measures.timeline import StateSpan
from indgang.routing.centre.desk import Doing
from indgang.staffing.shifts.activities import ActivityKind
from tests import sample
from tests.world import MORNING

Step = tuple[str, int]


def plan(*parts: tuple[ActivityKind, int]) -> list[PlannedSpan]:
    """Parts of so many minutes one after the other, from the morning on."""
    found, at = [], MORNING
    for kind, minutes in parts:
        found.append(PlannedSpan(at, at + timedelta(minutes=minutes), kind))
        at = found[-1].end
    return found


def day(*steps: Step, late: int = 0) -> list[StateSpan]:
    """States of so many minutes one after the other, which begin so many minutes late."""
    found, at = [], MORNING + timedelta(minutes=late)
    for state, minutes in steps:
        found.append(StateSpan(at, at + timedelta(minutes=minutes), state))
        at = found[-1].end
    return found


SHIFT = plan((ActivityKind.PHONE, 120), (ActivityKind.BREAK, 30), (ActivityKind.MEETING, 60), (ActivityKind.MAIL, 90))


def test_a_day_as_planned_is_kept_all_of_it() -> None:
    spans = day((Doing.READY, 60), (Doing.TALKING, 60), (Doing.PAUSED, 90), (Doing.WORKING, 90))
    assert on_shift(SHIFT, spans) == OnShift(1, 240 * 60, 240 * 60, 210 * 60, 210 * 60)


def test_what_is_late_missed_or_worked_in_a_break_is_not_kept_and_overtime_is_worked() -> None:
    spans = day((Doing.READY, 110), (Doing.TALKING, 10), (Doing.PAUSED, 70), (Doing.READY, 130), late=10)
    # ten minutes late, ten of work in the break, ten before the end of the meeting, thirty longer than planned
    found = on_shift(SHIFT, spans)
    assert found == OnShift(1, 240 * 60, (110 + 20 + 90) * 60, 210 * 60, (120 + 130 - 10) * 60)
    assert found.adherence == pytest.approx(100 * 220 / 240)
    assert found.conformance == pytest.approx(100 * 240 / 210)


def test_whoever_does_not_come_keeps_nothing_not_even_the_break() -> None:
    found = on_shift(SHIFT, [])
    assert (found.adherence, found.conformance) == (0, 0)


def test_a_day_with_nothing_for_callers_is_no_data() -> None:
    found = on_shift(plan((ActivityKind.TRAINING, 400)), day((Doing.READY, 30)))
    assert (found.adherence, found.conformance) == (None, None)


kinds = st.lists(st.tuples(st.sampled_from(ActivityKind), st.integers(1, 200)), max_size=5)
states = st.lists(st.tuples(st.sampled_from(Doing), st.integers(1, 200)), max_size=8)


@given(parts=kinds, steps=states, late=st.integers(0, 60))
@settings(max_examples=sample.examples(60), deadline=None)
def test_no_more_is_kept_than_planned_and_no_more_worked_than_signed_in(
    parts: list[tuple[ActivityKind, int]], steps: list[Step], late: int
) -> None:
    spans = day(*steps, late=late)
    found = on_shift(plan(*parts), spans)
    assert 0 <= found.kept <= found.planned
    assert 0 <= found.worked <= sum(each.seconds for each in spans if each.is_signed_in)
    assert found.to_work <= found.planned
