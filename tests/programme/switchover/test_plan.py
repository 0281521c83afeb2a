"""The laws of a plan: it leads where it says, back to where it began, and notices what others have changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.programme.switchover import change, findings
from indgang.programme.switchover.change import PartKind, SwitchPart
from tests.world import MORNING

_PARTS = st.builds(SwitchPart, st.sampled_from(PartKind), st.sampled_from("abc"))
_VALUES = st.sampled_from(["", "1", "2", "3"])
_STATES = st.dictionaries(_PARTS, _VALUES, max_size=8)
_DAY = date(2026, 3, 11)


@given(_STATES, _STATES)
def test_carried_out_and_taken_back_everything_is_as_before(present: change.State, wanted: change.State) -> None:
    plan = change.plan(present, wanted)
    after = change.applied(present, plan)
    assert all(after[part] == value for part, value in wanted.items() if present.get(part, "") != value)
    back = change.taking_back(plan)
    assert change.moved(plan, present) == change.moved(back, after) == ()
    restored = change.applied(after, back)
    assert {part: value for part, value in restored.items() if value} == {p: v for p, v in present.items() if v}
    assert change.taking_back(back) == plan


@given(_STATES, _STATES)
def test_what_holds_already_is_not_changed_and_nothing_is_done_twice(
    present: change.State, wanted: change.State
) -> None:
    plan = change.plan(present, wanted)
    after = change.applied(present, plan)
    assert change.plan(after, wanted) == ()
    assert change.moved(plan, after) == plan


@given(_STATES, _STATES, _PARTS, _VALUES)
def test_exactly_the_parts_that_somebody_else_has_changed_are_named(
    present: change.State, wanted: change.State, part: SwitchPart, value: str
) -> None:
    plan = change.plan(present, wanted)
    named = change.moved(plan, {**present, part: value})
    touched = present.get(part, "") != value and any(each.part == part for each in plan)
    assert [each.part for each in named] == ([part] if touched else [])


@given(_STATES, _STATES)
def test_a_stored_plan_is_read_as_it_was_with_calls_before_pages(present: change.State, wanted: change.State) -> None:
    plan = change.plan(present, wanted)
    assert change.from_data(change.as_data(plan)) == plan
    order = [list(PartKind).index(each.part.kind) for each in plan]
    assert order == sorted(order)


@pytest.mark.parametrize(("late", "minutes"), [(0, None), (5, None), (6, 6), (90, 90)])
def test_a_switch_is_late_when_the_worker_should_have_been_there(late: int, minutes: int | None) -> None:
    found = findings.late_by(MORNING, MORNING + timedelta(minutes=late))
    assert found == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("last", "diverted", "may"),
    [
        (None, date(2026, 2, 9), True),
        (None, date(2026, 2, 10), False),
        (date(2026, 2, 10), date(2025, 1, 1), False),
        (date(2026, 2, 9), date(2025, 1, 1), True),
        (date(2025, 1, 1), date(2026, 3, 1), False),
        (None, date(2026, 4, 1), False),
    ],
)
def test_a_number_may_be_closed_when_nobody_has_rung_it_for_thirty_days(
    last: date | None, diverted: date, may: bool
) -> None:
    assert findings.may_close(last, diverted, _DAY) is may


def test_a_moment_of_another_zone_is_compared_as_a_moment() -> None:
    assert findings.late_by(datetime.fromisoformat("2026-03-11T10:00+01:00"), MORNING + timedelta(minutes=30)) is None
