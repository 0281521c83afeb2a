"""A repaired plan in a whole installation: somebody is ill this morning, and the planner wants a draft that can be
published. Everything counts: the draft is copied, the worker picks the job up, its process and the solver start and
search, and the shifts are stored and checked.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from benches import _own

if TYPE_CHECKING:
    from indgang.accounts.models import Person
    from indgang.catalogue.models import ContactCentre
    from indgang.workforce.models import PlannedShift, PlanRun, ShiftPlan

#: seconds that are waited for a run
_PATIENCE = 600.0


@dataclass(frozen=True)
class MeasuredRepair:
    """Seconds from the order to the checked draft, and of them until the worker's process had begun; hours that the
    draft lacks, and that it would lack if nobody had come instead; people whose shifts are others, and the seconds that
    the order allowed."""

    seconds: float
    picked_up: float
    missing: float
    missing_before: float
    changed: int
    allowed: int


def measured(need: Mapping[int, list[float]], people: int, seconds: float) -> MeasuredRepair:
    """Plan the shifts of so many people for `seconds`, publish them, and repair them after an illness. `need` has the
    quarters of each day of the plan, by its number from today."""
    with _own.product("shifts"):
        from indgang.core import clock
        from indgang.core.clock import day_of

        centre, planner = _municipality(people)
        plan = _published(centre, planner, day_of(clock.now()), need, seconds)
        with _worker():
            _until_ready()
            return _repair(plan, planner)


def _municipality(people: int) -> tuple[ContactCentre, Person]:
    """The tests' small municipality, with so many agents on contracts of 36 hours."""
    from indgang.accounts.models import Person, RoleAssignment
    from indgang.workforce.models import WorkContract
    from tests.world import build

    world = build()
    centre = world.queues["tmf-byggeri"].centre
    agents = Person.objects.bulk_create(
        Person(username=f"agent{n}", name=f"Agent {n}", password="!") for n in range(people)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=each, role="agent", unit=world.units["tmf"]) for each in agents
    )
    WorkContract.objects.bulk_create(WorkContract(person=each, centre=centre, weekly_hours=36) for each in agents)
    return centre, world.gerda


def _published(
    centre: ContactCentre, planner: Person, first: date, need: Mapping[int, list[float]], seconds: float
) -> ShiftPlan:
    from indgang.core import clock
    from indgang.staffing.shifts.activities import ActivityKind
    from indgang.workforce.models import PlannedNeed, PlanRun
    from indgang.workforce.shifts import contracts, plans, running

    at = clock.now()
    place = contracts.add_workplace("Hallen", by=planner, at=at)
    phone = contracts.add_activity("Telefon", kind=ActivityKind.PHONE, skill=None, by=planner, at=at)
    made = plans.draft(centre, first=first, last=first + timedelta(days=len(need) - 1), by=planner, at=at)
    PlannedNeed.objects.bulk_create(
        PlannedNeed(plan=made, day=first + timedelta(days=day), activity=phone, workplace=place, people=people)
        for day, people in need.items()
    )
    run = running.order(made, seconds=int(seconds), by=planner, at=at)
    running.carry_out(run.pk, clock.now)
    run.refresh_from_db()
    assert run.state == PlanRun.State.DONE, run.answer
    return plans.publish(made, by=planner, at=clock.now())


def _repair(plan: ShiftPlan, planner: Person) -> MeasuredRepair:
    from indgang.core import clock
    from indgang.workforce.day_line import DayKind
    from indgang.workforce.models import DayNote, PlannedShift
    from indgang.workforce.shifts import plans, running

    first = PlannedShift.objects.filter(plan=plan, starts_at__gt=clock.now()).order_by("starts_at", "pk")[0]
    DayNote.objects.create(
        person=first.person, kind=DayKind.SICK, starts_at=first.starts_at,
        ends_at=first.starts_at + timedelta(hours=12), noted_at=clock.now(), noted_by=planner.audit_label,
    )  # fmt: skip
    begun, ordered_at = time.perf_counter(), clock.now()
    draft = plans.follow(plan, by=planner, at=ordered_at)
    run = running.order(draft, seconds=running.usual(draft), by=planner, at=clock.now())
    run = _ended(run)
    plans.refuse_breaches(draft, clock.now())
    took = time.perf_counter() - begun
    assert run.begun_at is not None
    return MeasuredRepair(
        took, (run.begun_at - ordered_at).total_seconds(), _missing(draft), _missing(plan, without=first),
        _changed(plan, draft), run.seconds,
    )  # fmt: skip


def _ended(run: PlanRun) -> PlanRun:
    from indgang.workforce.models import PlanRun

    deadline = time.monotonic() + _PATIENCE
    while run.is_going:
        assert time.monotonic() < deadline, "the run does not end"
        time.sleep(0.1)
        run.refresh_from_db()
    assert run.state == PlanRun.State.DONE, (run.state, run.answer)
    return run


def _missing(plan: ShiftPlan, without: PlannedShift | None = None) -> float:
    """Hours of people that the plan lacks, without one of its shifts."""
    from indgang.core import clock
    from indgang.staffing.shifts.checker import cost
    from indgang.workforce.shifts.question import PlanQuestion

    asked = PlanQuestion(plan, clock.now())
    value = dict(asked.value)
    if without is not None:
        start = asked.calendar.quarter(without.starts_at)
        key = str(without.person_id)
        value[key] = tuple(each for each in value[key] if each.start != start)
    return cost(asked.problem, value).short / 4


def _changed(plan: ShiftPlan, draft: ShiftPlan) -> int:
    """People whose shifts are others."""
    was, now = (
        {(each.person_id, each.starts_at, each.ends_at) for each in which.shifts.all()} for which in (plan, draft)
    )
    return len({person for person, *_span in was ^ now})


@contextmanager
def _worker() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "indgang", "worker"], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _until_ready() -> None:
    """The worker has begun to do jobs, as it has for hours in an installation; it gives a sign of life first."""
    from indgang.live.models import RunningProcess

    deadline = time.monotonic() + _PATIENCE
    while not RunningProcess.objects.filter(name="worker").exists():
        assert time.monotonic() < deadline, "the worker does not begin"
        time.sleep(0.2)
    time.sleep(5)
