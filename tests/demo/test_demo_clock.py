"""The demo always begins when somebody is at work, and never goes back in time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.schedule import Schedule, Weekly
from indgang.demo import demo_clock

HOURS = Schedule(weekly=tuple(Weekly(day, time(9), time(16)) for day in range(5)))


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year to minute


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (_utc(2026, 3, 11, 9, 12), _utc(2026, 3, 11, 9, 12)),  # open: the real time
        (_utc(2026, 3, 11, 20, 0), _utc(2026, 3, 12, 8, 30)),  # evening: tomorrow 9.30
        (_utc(2026, 3, 11, 14, 40), _utc(2026, 3, 12, 8, 30)),  # closes in 20 minutes
        (_utc(2026, 3, 11, 4, 0), _utc(2026, 3, 11, 8, 30)),  # early: today 9.30
        (_utc(2026, 3, 14, 12, 0), _utc(2026, 3, 16, 8, 30)),  # Saturday: Monday
        (_utc(2026, 4, 2, 12, 0), _utc(2026, 4, 7, 7, 30)),  # Easter: the Tuesday after, in summer time
        (_utc(2026, 12, 24, 12, 0), _utc(2026, 12, 28, 8, 30)),  # Christmas
    ],
)
def test_the_demo_begins_in_opening_hours(now: datetime, begins: datetime) -> None:
    assert demo_clock.beginning(now, None, HOURS) == begins


def test_a_demo_that_is_ahead_goes_on_where_it_was() -> None:
    latest = _utc(2026, 3, 12, 9, 50)
    assert demo_clock.beginning(_utc(2026, 3, 11, 20, 30), latest, HOURS) == latest


@given(
    st.datetimes(_utc(2026, 1, 1).replace(tzinfo=None), _utc(2030, 1, 1).replace(tzinfo=None)), st.integers(-400, 400)
)
def test_it_is_open_for_a_while_and_time_does_not_go_back(naive: datetime, ahead: int) -> None:
    now = naive.replace(tzinfo=UTC)
    latest = now + timedelta(hours=ahead)
    begins = demo_clock.beginning(now, latest, HOURS)
    assert begins >= max(now, latest)
    assert HOURS.is_open(begins)
    assert HOURS.is_open(begins + timedelta(minutes=44))


def test_hours_that_never_open_leave_the_clock_alone() -> None:
    now = _utc(2026, 3, 11, 20)
    assert demo_clock.beginning(now, None, Schedule()) == now


def test_the_console_says_when_the_clock_differs() -> None:
    now = _utc(2026, 3, 11, 20)
    assert not demo_clock.sentence(now, now)
    assert "Thursday 12 March 2026, 09:30" in demo_clock.sentence(_utc(2026, 3, 12, 8, 30), now)
