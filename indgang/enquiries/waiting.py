"""Contacts waiting now, by queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from indgang.prepared import statements

_WAITING = """
    SELECT queue_id, count(*),
           min(coalesce(phase_since - make_interval(secs => wait_seconds), queued_at, arrived_at))
    FROM enquiries_enquiry WHERE state IN ('waiting', 'ringing') AND queue_id = ANY(%(queues)s) GROUP BY queue_id
"""


@dataclass(frozen=True, slots=True)
class WaitingNow:
    """The contacts waiting now, whenever they came. `since` lies as far back as the longest total wait of one of
    them."""

    calls: int = 0
    since: datetime | None = None

    def __add__(self, other: WaitingNow) -> WaitingNow:
        times = [each for each in (self.since, other.since) if each is not None]
        return WaitingNow(self.calls + other.calls, min(times, default=None))

    def seconds(self, at: datetime) -> float:
        """The longest total wait in seconds; 0 when nobody waits."""
        return max((at - self.since).total_seconds(), 0.0) if self.since else 0.0


def waiting_of(queues: Iterable[int]) -> dict[int, WaitingNow]:
    """The contacts waiting now by queue (id); empty queues are left out. One query."""
    rows = statements.rows(_WAITING, {"queues": list(queues)})
    return {queue: WaitingNow(calls, since) for queue, calls, since in rows}
