"""The background jobs: how many there are, how long they wait, and which of them nobody works on.

procrastinate gives a job a time only when it is deferred to one; every other job waits from the moment it was deferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

_BY_STATUS = """
WITH job AS (
    SELECT status, worker_id, CASE WHEN status = 'todo' THEN now() - coalesce(scheduled_at, (
        SELECT min(event.at) FROM procrastinate_events event WHERE event.job_id = each.id AND event.type = 'deferred'
    )) END AS waited
    FROM procrastinate_jobs each
)
SELECT status::text, count(*), greatest(max(waited), '0'), count(*) FILTER (WHERE waited > '10 minutes'),
    count(*) FILTER (WHERE status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers worker
        WHERE worker.id = worker_id AND worker.last_heartbeat > now() - interval '2 minutes'
    ))
FROM job GROUP BY status
"""


@dataclass(frozen=True, slots=True)
class Jobs:
    """How many jobs have each status, how late the one is that has waited longest, how many are more than ten minutes
    late, and how many a worker has left that is dead."""

    by_status: Mapping[str, int]
    longest: timedelta
    late: int
    left: int


def read() -> Jobs:
    """The jobs of this moment, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATUS)
        rows = cursor.fetchall()
    by_status = {status: count for status, count, *_others in rows}
    longest = max((row[2] for row in rows), default=timedelta())
    return Jobs(by_status, longest, sum(row[3] for row in rows), sum(row[4] for row in rows))
