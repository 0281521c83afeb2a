"""A task through the running switchboard: offered to who is in a window, taken, and there again after a restart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.enquiries.models import Enquiry
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Command, DeadLetter, InHand, LiveWork
from indgang.entry.switchboard import process
from indgang.events.models import StoredEvent
from tests.entry.running import running, told
from tests.entry.switchboard.test_process import a_call
from tests.entry.switchboard.test_second_level import promise
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TASK = UUID(int=7)


def test_a_task_is_offered_taken_kept_over_a_restart_and_done(world: World, tmp_path: Path) -> None:
    promise(world)

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.david)
            await a_call(house, "2")
            enquiry = await house.until(lambda: Enquiry.objects.first())
            due = (clock.now() + timedelta(hours=4)).isoformat()
            words = {"task": str(TASK), "enquiry": str(enquiry.pk), "subject": "arrangement", "due": due}
            await house.give("task_offer", world.anna, **words)
            await house.until(lambda: _at(world.david, "ringing"))
            await house.give("answer", world.david)
            await house.until(lambda: _at(world.david, "open"))
            simulator = house.simulator
        async with running(tmp_path, simulator=simulator) as house:
            await house.until(lambda: _at(world.david, "open"))
            await house.give("task_withdraw", world.david, task=str(TASK))
            await house.until(lambda: not InHand.objects.filter(person=world.david).exists())

    told(story())
    kinds = StoredEvent.objects.filter(data__task=str(TASK)).order_by("number").values_list("kind", flat=True)
    assert list(kinds) == [Kind.TASK_QUEUED, Kind.TASK_OFFERED, Kind.TASK_ACCEPTED, Kind.TASK_OVER]
    assert not LiveWork.objects.filter(item=TASK).exists()


def test_a_task_that_cannot_be_read_makes_room_for_its_next_order_and_nobody_has_left(
    world: World, tmp_path: Path
) -> None:
    broken = {"kind": "task", "id": str(TASK), "story": str(UUID(int=8))}
    LiveWork.objects.create(item=TASK, since=clock.now(), kept=broken)

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.until(lambda: not LiveWork.objects.exists())

    told(story())
    assert DeadLetter.objects.exists()
    assert not StoredEvent.objects.exists()


def test_people_do_not_wait_for_the_orders_that_nobody_gives(world: World) -> None:
    for number in range(4):
        _order_of_nobody(number)
    mine = [commands.give(kind, by=world.david, at=clock.now()) for kind in ("ready", "pause")]
    theirs = commands.give("ready", by=world.anna, at=clock.now())
    found = [command.pk for command in process._waiting_commands(frozenset())]
    assert found[:3] == [*(each.pk for each in mine), theirs.pk]
    assert found[3:] == sorted(found[3:])
    assert [each.pk for each in process._waiting_commands(frozenset(found[:-1]))] == found[-1:]


def test_a_burst_of_orders_is_read_to_its_end_at_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_FOR_COMMANDS_SECONDS", 1000.0)
    monkeypatch.setattr(process, "MOST_COMMANDS", 3)
    for number in range(20):
        _order_of_nobody(number)

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.until(lambda: not Command.objects.filter(outcome=Command.Outcome.WAITING).exists())

    told(story())
    assert Command.objects.filter(outcome=Command.Outcome.REFUSED, detail__code="no_task").count() == 20


def _order_of_nobody(number: int) -> None:
    """To withdraw a task that is not there."""
    words = {"task": str(UUID(int=100 + number)), "why": "closed", "unless_held_by": None}
    Command.objects.create(kind="task_withdraw", payload=words, at=clock.now())


def _at(person: Person, stage: str) -> InHand | None:
    found: InHand | None = InHand.objects.filter(person=person, task=TASK, kind="task", stage=stage).first()
    return found
