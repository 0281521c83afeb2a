"""The usual length of a conversation in a queue, for estimates of how long a current one lasts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

#: number of recent calls that count
CALLS = 50

_USUAL = """
SELECT queue, avg(talk), avg(wrap_up) FROM unnest(%s) AS asked(queue), LATERAL (
    SELECT talk_seconds + hold_seconds AS talk, wrap_up_seconds AS wrap_up FROM enquiries_enquiry
    WHERE queue_id = asked.queue AND queued_at IS NOT NULL AND ended_at IS NOT NULL AND answered_at IS NOT NULL
    ORDER BY queued_at DESC LIMIT %s
) AS latest GROUP BY queue
"""


@dataclass(frozen=True, slots=True)
class Usual:
    """Seconds of a conversation, hold included, and of the wrap-up. The defaults hold until there are calls."""

    talk: float = 240.0
    wrap_up: float = 60.0


def usual(queues: Collection[int]) -> dict[int, Usual]:
    """The means of the last calls by queue (id); queues without calls are left out. One query."""
    if not queues:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [sorted(queues), CALLS])
        return {queue: Usual(float(talk), float(wrap_up)) for queue, talk, wrap_up in cursor.fetchall()}
