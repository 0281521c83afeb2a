"""When a busy colleague will be free: estimated from the current activity, its start, and the callers in line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from indgang.desk import expected_wait
from indgang.desk.expected_wait import Busy
from indgang.entry.models import AgentState
from indgang.measures.handling import Usual

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
USUAL = Usual(talk=200.0, wrap_up=40.0)


def busy(state: AgentState, *, ago: float = 0.0, until: float | None = None, ahead: int = 0) -> Busy:
    ends = None if until is None else AT + timedelta(seconds=until)
    return Busy(state, AT - timedelta(seconds=ago), ends, USUAL, ahead)


@pytest.mark.parametrize(
    ("who", "seconds"),
    [
        (busy(AgentState.TALKING), 240),
        (busy(AgentState.TALKING, ago=120), 80 + 40),
        (busy(AgentState.TALKING, ago=3_600), 50 + 40),
        (busy(AgentState.TALKING, ago=-30), 240),
        (busy(AgentState.WRAP_UP, until=25), 25),
        (busy(AgentState.WRAP_UP, until=-5), 0),
        (busy(AgentState.WRAP_UP), 40),
        (busy(AgentState.RINGING), 240),
        (busy(AgentState.WORKING), 240),
        (busy(AgentState.WRAP_UP, until=25, ahead=2), 25 + 2 * 240),
    ],
)
def test_the_wait_follows_from_the_state(who: Busy, seconds: float) -> None:
    assert expected_wait.seconds(who, AT) == seconds
