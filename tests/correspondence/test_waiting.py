"""What waits in writing is counted for the wallboard as the desks list it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.core import clock
from indgang.correspondence.mail import closing
from indgang.correspondence.models import Thread
from indgang.correspondence.waiting import WrittenWaiting, waiting_of
from indgang.desk.written_lists import WrittenLists
from indgang.entry.models import QueueTerms
from tests.correspondence.mails import mailbox, receive
from tests.correspondence.test_answering import in_hand
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_board_and_the_desk_count_the_same(world: World) -> None:
    box = mailbox(world)
    QueueTerms.objects.filter(queue=box.queue).update(service_level_seconds=7200)
    receive(box, number=1, at=MORNING)
    late = receive(box, number=2, at=MORNING - timedelta(days=2))
    mine = in_hand(world, receive(box, number=3, at=MORNING + HOUR))
    closing.close(in_hand(world, receive(box, number=4, at=MORNING)), by=world.anna, at=MORNING)
    at = MORNING + 2 * HOUR
    with clock.frozen(at):
        found = waiting_of([box.queue.pk], at=at)
        hers, waiting = WrittenLists(world.anna, at=at).all
    assert found == {box.queue.pk: WrittenWaiting(2, 1, 1, late.waits_since)}
    assert (waiting.count, hers.count) == (found[box.queue.pk].waiting, found[box.queue.pk].in_hand)
    overdue = [line.pk for each in (hers, waiting) for line in each.lines if line.is_overdue]
    assert overdue == [late.pk]
    assert mine.pk in Thread.objects.open().values_list("pk", flat=True)


def test_empty_queues_are_left_out_and_sums_keep_the_oldest(world: World) -> None:
    box = mailbox(world)
    assert waiting_of([box.queue.pk], at=MORNING) == {}
    one, two = WrittenWaiting(1, 0, 0, MORNING), WrittenWaiting(2, 1, 1, MORNING - HOUR)
    assert one + two + WrittenWaiting() == WrittenWaiting(3, 1, 1, MORNING - HOUR)
