"""The laws of escalation: every step once, in order, never early, and none lost while nobody worked."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule, Weekly
from indgang.handover import escalation
from indgang.handover.escalation import DEFAULT_STEPS, Deadline, EscalationStep, Rung
from tests import sample

WEEKDAYS = Schedule(weekly=tuple(Weekly(day, time(9), time(16)) for day in range(5)))
#: open through the night in which the clock is changed
ALWAYS_OPEN = Schedule(weekly=tuple(Weekly(day, time(0), time(0)) for day in range(7)), closed_on_holidays=False)
_AROUND = st.sampled_from(
    [datetime(2026, 3, 27, 8, tzinfo=UTC), datetime(2026, 10, 23, 8, tzinfo=UTC), datetime(2026, 3, 31, 8, tzinfo=UTC)]
)
_minutes = st.integers(0, 7 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
_steps = st.lists(
    st.builds(EscalationStep, st.sampled_from(Rung), st.integers(-600, 1200)), min_size=1, max_size=4,
    unique_by=lambda step: step.rung,
)  # fmt: skip


@st.composite
def deadlines(draw: st.DrawFn) -> Deadline:
    begun = draw(_AROUND) + draw(_minutes)
    due = draw(_AROUND) + draw(_minutes)
    return Deadline(begun, due, draw(st.sampled_from([WEEKDAYS, ALWAYS_OPEN, Schedule(), None])))


@given(_steps, deadlines(), st.lists(_minutes, max_size=12))
@settings(max_examples=sample.examples(200))
def test_every_step_is_taken_once_and_in_order_however_long_the_worker_was_away(
    steps: list[EscalationStep], deadline: Deadline, turns: list[timedelta]
) -> None:
    taken: list[EscalationStep] = []
    for at in [
        *sorted(deadline.begun + each for each in turns),
        max(deadline.begun, deadline.due) + timedelta(days=60),
    ]:
        due = escalation.due_steps(steps, taken={step.rung for step in taken}, deadline=deadline, at=at)
        assert all(deadline.time_of(step) <= at for step in due)
        taken += due
        left = escalation.in_order(steps)[len(taken) :]
        assert not left or deadline.time_of(left[0]) > at
    assert taken == escalation.in_order(steps)


@given(_steps, deadlines())
@settings(max_examples=sample.examples(200))
def test_later_steps_have_later_times_and_none_comes_before_its_owner_had_it(
    steps: list[EscalationStep], deadline: Deadline
) -> None:
    times = [deadline.time_of(step) for step in escalation.in_order(steps)]
    assert times == sorted(times)
    assert all(each >= deadline.begun for each in times)


@given(deadlines(), st.integers(0, 1200))
@settings(max_examples=sample.examples(200))
def test_steps_after_the_due_time_leave_their_open_minutes(deadline: Deadline, minutes: int) -> None:
    if deadline.hours in (None, Schedule()):
        return
    assert deadline.hours is not None
    since = max(deadline.begun, deadline.due)
    got = deadline.hours.open_seconds(since, deadline.time_of(EscalationStep(Rung.LEADER, minutes)))
    assert abs(got - 60 * minutes) < 1e-3


@given(_AROUND, _minutes, st.integers(1, 3000))
@settings(max_examples=sample.examples(200))
def test_open_time_is_counted_backwards_as_forwards(around: datetime, more: timedelta, minutes: int) -> None:
    at = around + more
    before = WEEKDAYS.before_open_seconds(at, 60.0 * minutes)
    assert before is not None
    assert abs(WEEKDAYS.open_seconds(before, at) - 60 * minutes) < 1e-3


def test_a_warning_before_a_holiday_counts_no_closed_day() -> None:
    due = datetime(2026, 4, 7, 9, 30, tzinfo=COPENHAGEN)  # the Tuesday after Easter
    deadline = Deadline(datetime(2026, 3, 30, 9, tzinfo=COPENHAGEN), due, WEEKDAYS)
    warned, leader = deadline.time_of(DEFAULT_STEPS[0]), deadline.time_of(DEFAULT_STEPS[-1])
    assert warned == datetime(2026, 4, 1, 15, 30, tzinfo=COPENHAGEN)  # Maundy Thursday to Easter Monday are closed
    assert leader == datetime(2026, 4, 7, 13, 30, tzinfo=COPENHAGEN)


def test_a_promise_for_soon_is_warned_of_half_way() -> None:
    begun = datetime(2026, 3, 11, 10, tzinfo=COPENHAGEN)
    deadline = Deadline(begun, begun + timedelta(minutes=40), WEEKDAYS)
    assert deadline.time_of(EscalationStep(Rung.OWNER, -60)) == begun + timedelta(minutes=20)
