"""How long the switchboard waits between two writes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indgang.entry.board.outcome import BoardOutcome
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch, RobotStep
from indgang.entry.switchboard.process import first, pause_after
from tests.world import MORNING

#: a caller must not hear that writes are collected: a quarter of what a key press may take
MOST_SECONDS = 0.05


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_work_never_shortens_the_pause_and_no_pause_is_heard(some: int, more: int) -> None:
    assert 0 < pause_after(some) <= pause_after(some + more) <= MOST_SECONDS


def test_a_busy_centre_writes_more_seldom() -> None:
    assert pause_after(100) > pause_after(1)


def test_what_robot_calls_alone_need_waits_unless_it_would_change_its_sequence() -> None:
    robots = BoardOutcome(Batch(MORNING), can_wait=True)
    call = BoardOutcome(Batch(MORNING))
    both = BoardOutcome(Batch(MORNING, robot_steps=[RobotStep(0, Kind.ROBOT_RUNG.event("robot", MORNING))]))
    assert first([robots, call]) == ([call], [robots])
    assert first([robots]) == ([robots], [])
    assert first([robots, both, call]) == ([robots, both, call], [])
