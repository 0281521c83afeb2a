"""Rows of shift planning for tests: a workplace, activities, and shifts with their parts."""

from __future__ import annotations

from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import PlannedActivity, PlannedShift, ShiftActivity, ShiftPlan, Workplace
from tests.world import MORNING, World


def workplace(code: str = "islands-brygge") -> Workplace:
    return Workplace.objects.get_or_create(code=code, defaults={"name": code.replace("-", " ").title()})[0]


def activity(kind: ActivityKind) -> ShiftActivity:
    return ShiftActivity.objects.get_or_create(code=kind.value, defaults={"name": kind.value, "kind": kind})[0]


def plan(world: World, state: ShiftPlan.State, days: int = 14) -> ShiftPlan:
    first = day_of(MORNING)
    return ShiftPlan.objects.create(
        centre=world.queues["tmf-byggeri"].centre, first=first, last=first + timedelta(days=days - 1), state=state,
        made_at=MORNING, published_at=MORNING if state == ShiftPlan.State.PUBLISHED else None,
    )  # fmt: skip


def shift(made: ShiftPlan, person: Person, starts_at: datetime, *kinds: ActivityKind) -> PlannedShift:
    """A shift of parts that last two hours each."""
    step = timedelta(hours=2)
    row = PlannedShift.objects.create(
        plan=made, person=person, workplace=workplace(), starts_at=starts_at, ends_at=starts_at + step * len(kinds)
    )
    for number, kind in enumerate(kinds):
        PlannedActivity.objects.create(
            shift=row, activity=None if kind is ActivityKind.BREAK else activity(kind),
            starts_at=starts_at + step * number, ends_at=starts_at + step * (number + 1),
        )  # fmt: skip
    return row
