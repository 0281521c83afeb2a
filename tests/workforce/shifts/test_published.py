"""What others read of shift plans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce import shifts
from indgang.workforce.models import ShiftPlan
from tests.workforce.shifts.rows import plan, shift
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_published_shift_says_what_a_person_does_at_a_moment(world: World) -> None:
    made = plan(world, ShiftPlan.State.PUBLISHED)
    row = shift(made, world.anna, MORNING, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.MAIL)
    (found,) = shifts.planned([world.anna.pk, world.bo.pk], MORNING + HOUR, MORNING + 2 * HOUR)
    assert (found.pk, found.person, found.workplace) == (row.pk, world.anna.pk, "Islands Brygge")
    kinds = [found.at(MORNING + hours * HOUR) for hours in (-1, 0, 2, 5, 6)]
    assert [each and each.kind for each in kinds] == [
        None, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.MAIL, None,
    ]  # fmt: skip


def test_parts_that_go_on_with_the_same_are_one(world: World) -> None:
    made = plan(world, ShiftPlan.State.PUBLISHED)
    kinds = (ActivityKind.PHONE, ActivityKind.MAIL, ActivityKind.MAIL, ActivityKind.PHONE)
    shift(made, world.anna, MORNING, *kinds)
    (found,) = shifts.planned([world.anna.pk], MORNING, MORNING + HOUR)
    spans = [(each.starts_at - MORNING, each.ends_at - MORNING) for each in found.parts]
    assert spans == [(0 * HOUR, 2 * HOUR), (2 * HOUR, 6 * HOUR), (6 * HOUR, 8 * HOUR)]


def test_drafts_and_replaced_versions_are_not_read_and_a_day_takes_three_queries(
    world: World, django_assert_num_queries: Any
) -> None:
    for state, person in (("draft", world.anna), ("replaced", world.bo), ("published", world.clara)):
        shift(plan(world, ShiftPlan.State(state)), person, MORNING, ActivityKind.PHONE)
    with django_assert_num_queries(3):
        found = shifts.planned([world.anna.pk, world.bo.pk, world.clara.pk], MORNING, MORNING + HOUR)
    assert [each.person for each in found] == [world.clara.pk]
    assert shifts.planned([world.clara.pk], MORNING + 2 * HOUR, MORNING + 3 * HOUR) == []
