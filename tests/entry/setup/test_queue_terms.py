"""The terms of a queue apply from a day: they are planned ahead and never changed afterwards."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indgang.audit.models import Change
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import SINCE_EVER, Command, Queue, QueueTerms
from indgang.entry.setup import queue_terms
from indgang.entry.switchboard import plans
from indgang.routing.centre.plan import CallbackRule
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

TODAY = day_of(MORNING)
A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)


@pytest.fixture
def queue(world: World) -> Queue:
    return world.queues["tmf-byggeri"]


def decide(queue: Queue, world: World, day: date, **fields: Any) -> QueueTerms:
    return queue_terms.decide(queue, fields, day=day, by=world.finn, at=MORNING)


def rows(queue: Queue) -> list[tuple[date, date | None, int]]:
    return list(QueueTerms.objects.filter(queue=queue).values_list("valid_from", "valid_to", "service_level_seconds"))


def test_what_is_decided_holds_from_its_day_on_and_yesterday_keeps_what_it_had(queue: Queue, world: World) -> None:
    decide(queue, world, TODAY, service_level_seconds=60)
    assert rows(queue) == [(SINCE_EVER, TODAY, 100), (TODAY, None, 60)]
    assert queue_terms.on(queue, TODAY - timedelta(days=1)).service_level_seconds == 100
    assert queue_terms.on(queue, TODAY).service_level_seconds == 60
    change = Change.objects.get(action="queue_terms.change")
    assert (change.before, change.after) == (
        {"service_level_seconds": 100}, {"service_level_seconds": 60, "valid_from": TODAY.isoformat()},
    )  # fmt: skip
    assert Command.objects.filter(kind="reload").exists()


def test_what_is_decided_twice_on_a_day_holds_as_decided_last(queue: Queue, world: World) -> None:
    decide(queue, world, TODAY, service_level_seconds=60)
    decide(queue, world, TODAY, service_level_seconds=40)
    assert rows(queue) == [(SINCE_EVER, TODAY, 100), (TODAY, None, 40)]


def test_what_is_planned_for_later_stays_when_something_is_decided_before_it(queue: Queue, world: World) -> None:
    decide(queue, world, TODAY + A_MONTH, service_level_seconds=30)
    decide(queue, world, TODAY + A_WEEK, service_level_seconds=60)
    assert rows(queue) == [
        (SINCE_EVER, TODAY + A_WEEK, 100), (TODAY + A_WEEK, TODAY + A_MONTH, 60), (TODAY + A_MONTH, None, 30),
    ]  # fmt: skip


def test_the_same_terms_change_nothing_and_leave_no_trace(queue: Queue, world: World) -> None:
    decide(queue, world, TODAY + A_WEEK, service_level_seconds=100, service_level_percent=80)
    assert len(rows(queue)) == 1
    assert not Change.objects.filter(action="queue_terms.change").exists()


def test_what_is_planned_can_be_called_off_and_what_was_before_goes_on(queue: Queue, world: World) -> None:
    decide(queue, world, TODAY + A_MONTH, service_level_seconds=30)
    planned = decide(queue, world, TODAY + A_WEEK, service_level_seconds=60)
    queue_terms.call_off(planned, by=world.finn, at=MORNING)
    assert rows(queue) == [(SINCE_EVER, TODAY + A_MONTH, 100), (TODAY + A_MONTH, None, 30)]
    assert Change.objects.filter(action="queue_terms.remove").exists()


@pytest.mark.parametrize("day", [TODAY, SINCE_EVER])
def test_what_holds_already_cannot_be_called_off(queue: Queue, world: World, day: date) -> None:
    decide(queue, world, TODAY, service_level_seconds=60)
    with pytest.raises(RefusedChange):
        queue_terms.call_off(QueueTerms.objects.get(queue=queue, valid_from=day), by=world.finn, at=MORNING)


@pytest.mark.parametrize(
    ("day", "fields", "where"),
    [
        (TODAY - timedelta(days=1), {"service_level_seconds": 60}, "valid_from"),
        (TODAY + timedelta(days=1200), {"service_level_seconds": 60}, "valid_from"),
        (TODAY, {"service_level_percent": 0}, "service_level_percent"),
        (TODAY, {"service_level_percent": 101}, "service_level_percent"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    queue: Queue, world: World, day: date, fields: dict[str, int], where: str
) -> None:
    with pytest.raises(RefusedChange) as refused:
        decide(queue, world, day, **fields)
    assert set(refused.value.reasons) == {where}
    assert len(rows(queue)) == 1


def test_the_database_lets_only_one_row_hold_on_a_day(queue: Queue) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueTerms.objects.create(queue=queue, valid_from=TODAY)


def test_the_switchboard_reads_the_terms_of_its_day(queue: Queue, world: World) -> None:
    decide(queue, world, TODAY + A_WEEK, wrap_up_seconds=15, reserved=2)
    today, later = (plans.read(MORNING + after).queues[queue.code].rule for after in (timedelta(), A_WEEK))
    assert (today.wrap_up_seconds, today.reserved) == (60.0, 0)
    assert (later.wrap_up_seconds, later.reserved) == (15.0, 2)


def test_how_a_queue_calls_back_is_decided_by_the_day(queue: Queue, world: World) -> None:
    decide(queue, world, TODAY + A_WEEK, callback_attempts=5, callback_pause_minutes=30, callback_until_hour=18)
    assert plans.read(MORNING).queues[queue.code].callbacks == CallbackRule()
    later = plans.read(MORNING + A_WEEK).queues[queue.code].callbacks
    assert later == CallbackRule(attempts=5, pause_seconds=1800.0, latest=time(18))
    others = plans.read(MORNING + A_WEEK).queues["tmf-byliv"].callbacks
    assert others == CallbackRule()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("callback_attempts", 0), ("callback_attempts", 11), ("callback_pause_minutes", 0),
        ("callback_pause_minutes", 1441), ("callback_from_hour", 6), ("callback_from_hour", 22),
        ("callback_until_hour", 23), ("callback_until_hour", 8),
    ],
)  # fmt: skip
def test_nobody_is_rung_at_night_for_ever_or_not_at_all(queue: Queue, world: World, field: str, value: int) -> None:
    with pytest.raises(RefusedChange) as refused:
        decide(queue, world, TODAY, **{field: value})
    assert list(refused.value.reasons) == [field]


def test_callbacks_are_made_in_the_queues_own_hours_or_in_those_of_its_centre(queue: Queue, world: World) -> None:
    assert (queue.schedule, plans.read(MORNING).queues[queue.code].callback_hours) == (None, queue.centre.schedule.code)
    own = next(each for each in world.schedules.values() if each != queue.centre.schedule)
    Queue.objects.filter(pk=queue.pk).update(schedule=own)
    assert plans.read(MORNING).queues[queue.code].callback_hours == own.code
