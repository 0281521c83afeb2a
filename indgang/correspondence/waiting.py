"""What waits for an answer in the queues of written work now, as the desks count it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from indgang.correspondence.models import Thread


@dataclass(frozen=True, slots=True)
class WrittenWaiting:
    """`waiting` is what nobody has in hand, `in_hand` what somebody answers. `overdue` of both are due before now, and
    `since` is the oldest message of a contact without an answer."""

    waiting: int = 0
    in_hand: int = 0
    overdue: int = 0
    since: datetime | None = None

    def __add__(self, other: WrittenWaiting) -> WrittenWaiting:
        times = [each for each in (self.since, other.since) if each is not None]
        return WrittenWaiting(
            self.waiting + other.waiting, self.in_hand + other.in_hand, self.overdue + other.overdue,
            min(times, default=None),
        )  # fmt: skip


def waiting_of(queues: Iterable[int], *, at: datetime) -> dict[int, WrittenWaiting]:
    """What waits now by queue (id); empty queues are left out. One query."""
    rows = Thread.objects.open().filter(queue__in=list(queues)).values_list("queue")
    counted = rows.annotate(
        waiting=Count("pk", filter=Q(state=Thread.State.WAITING)),
        in_hand=Count("pk", filter=Q(state=Thread.State.IN_WORK)),
        overdue=Count("pk", filter=Q(waits_since__isnull=False, due_at__lt=at)),
        since=Min("waits_since"),
    ).order_by()  # fmt: skip
    return {queue: WrittenWaiting(*rest) for queue, *rest in counted}
