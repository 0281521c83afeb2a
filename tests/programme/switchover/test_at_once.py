"""Two workers at the same switch, and two people who take it back: each is done once. With real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.audit.models import Change
from indgang.config import jobs
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.programme.switchover import carrying
from indgang.programme.switchover.models import Switchover
from tests.programme.switchover import made
from tests.programme.switchover.made import AT, OLD_NUMBER
from tests.world import build

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_at_once_carry_it_out_once(transactional_db: None) -> None:
    world = build()
    made.old_number(world)
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    decided = made.decided(world, made.switch(world, starts_targets=True, **numbers))
    with clock.frozen(AT):
        jobs.begin_switchovers(0)
        jobs.begin_switchovers(0)
    (job,) = ProcrastinateJob.objects.filter(task_name=carrying.JOB)
    assert job.args == {"key": str(decided.pk)}
    outcomes = _at_once(lambda: carrying.carry_out_due(UUID(str(decided.pk)), at=AT))
    assert sorted(outcomes) == [False, True]
    assert Switchover.objects.get().state == Switchover.State.DONE
    assert Change.objects.filter(action="switchover.carry_out").count() == 1
    assert made.led_to(OLD_NUMBER, AT.date()) == ("erhverv", "tmf")


def test_two_people_at_once_take_it_back_once(transactional_db: None) -> None:
    world = build()
    made.old_number(world)
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    decided = made.decided(world, made.switch(world, starts_targets=True, **numbers))
    assert carrying.carry_out_due(decided.pk, at=AT)

    def take_back() -> bool:
        try:
            carrying.take_back(decided, because="Fejl", by=world.finn, at=AT)
        except RefusedChange:
            return False
        return True

    assert sorted(_at_once(take_back)) == [False, True]
    assert Change.objects.filter(action="switchover.take_back").count() == 1
    assert made.led_to(OLD_NUMBER, AT.date()) == ("borger", "kff")


def _at_once(act: Callable[[], bool]) -> list[bool]:
    """What the action says to each of two who begin it at the same moment."""
    together, outcomes = threading.Barrier(2, timeout=20), list[bool]()

    def work() -> None:
        together.wait()
        try:
            outcomes.append(act())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(20)
    return outcomes
