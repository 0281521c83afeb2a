"""Rows of shift planning for tests: a workplace, activities, and shifts with their parts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.entry.models import AgentState, Presence, QueueMembership
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import (
    PlannedActivity,
    PlannedNeed,
    PlannedShift,
    PlanRun,
    ShiftActivity,
    ShiftPlan,
    WorkContract,
    Workplace,
)
from indgang.workforce.shifts import plans, running
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


def contracts(world: World, *people: Person, **changes: Any) -> None:
    """37 hours a week in the centre of TMF, from 7 to 22, for each of the people."""
    centre = world.queues["tmf-byggeri"].centre
    for person in people:
        WorkContract.objects.create(person=person, centre=centre, weekends_off=0, **changes)


def ready(world: World, *, needed: float = 1, weeks: int = 1) -> ShiftPlan:
    """A draft from the next Monday on, with a need from 8 to 16 on weekdays, for anna, bo and clara."""
    contracts(world, world.anna, world.bo, world.clara)
    first = day_of(MORNING) + timedelta(days=5)
    centre = world.queues["tmf-byggeri"].centre
    made = plans.draft(centre, first=first, last=first + timedelta(days=7 * weeks - 1), by=world.gerda, at=MORNING)
    plans.set_need(
        made, activity=activity(ActivityKind.PHONE), workplace=workplace(), weekdays=range(5), opens=time(8),
        closes=time(16), people=needed, by=world.gerda, at=MORNING,
    )  # fmt: skip
    return made


def solve(made: ShiftPlan, world: World, seconds: int = 2) -> PlanRun:
    """Carry out a run as the worker's process does."""
    run = running.order(made, seconds=seconds, by=world.gerda, at=MORNING)
    running.carry_out(run.pk, lambda: MORNING)
    run.refresh_from_db()
    return run


def needed(made: ShiftPlan, first: int, last: int, people: float) -> None:
    """People on the phone from one quarter of the first day to another."""
    row = [0.0] * 96
    row[first:last] = [people] * (last - first)
    PlannedNeed.objects.create(
        plan=made, day=made.first, activity=activity(ActivityKind.PHONE), workplace=workplace(), people=row
    )


def lacking(world: World) -> ShiftPlan:
    """A draft in which nobody answers mails at Nørrebro on Wednesday from 10 to 12, while anna answers the phone at
    Islands Brygge. Somebody is needed there then, but nobody on Saturday, when she is there too. A quarter of her time
    is to be off the phone; it is two hours of six."""
    contracts(world, world.anna, off_phone_share=Decimal("0.25"))
    made = plan(world, ShiftPlan.State.DRAFT)
    needed(made, 40, 48, 1)
    mails = [0.0] * 40 + [1.0] * 8 + [0.0] * 48
    PlannedNeed.objects.create(
        plan=made, day=made.first, activity=activity(ActivityKind.MAIL), workplace=workplace("norrebro"), people=mails
    )
    ten = MORNING + timedelta(minutes=30)
    shift(made, world.anna, ten, ActivityKind.PHONE, ActivityKind.OFF_PHONE)
    shift(made, world.anna, ten + timedelta(days=3), ActivityKind.PHONE)
    return made


def two_centres(world: World) -> World:
    """Anna's centre is short from 10 to 12, and clara has nothing to do in the other one from 9 to 13."""
    contracts(world, world.anna)
    needed(plan(world, ShiftPlan.State.PUBLISHED), 40, 48, 1)
    bif = world.centres["bif"]
    there = ShiftPlan.objects.create(
        centre=bif, first=day_of(MORNING), last=day_of(MORNING), state=ShiftPlan.State.PUBLISHED, made_at=MORNING
    )
    WorkContract.objects.create(person=world.clara, centre=bif, weekends_off=0)
    needed(there, 0, 0, 0)
    shift(there, world.clara, MORNING, ActivityKind.PHONE, ActivityKind.PHONE)
    QueueMembership.objects.filter(person=world.clara, queue__centre__code="tmf").delete()
    Presence.objects.update_or_create(person=world.clara, defaults={"state": AgentState.READY, "since": MORNING})
    return world
