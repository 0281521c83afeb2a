"""Expected waits for callers: the present wait, and when it is shortest.

The estimate follows the rule of the queues (`routing.distribution.estimate`): position x work per answer / agents
present. The site has no queue in memory, so it treats a centre's queues as one and uses the mean handling time of its
newest calls as the work; the queue measures that as well. The wait is zero while an agent is free.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from indgang.core.clock import day_of
from indgang.portal.page_cache import for_seconds

#: number of weeks behind the best times to call
WEEKS = 4
#: the fewest calls in an hour of the week for a meaningful mean
ENOUGH = 5
#: used until the day has its own measurement
HANDLING_SECONDS = 240.0
#: calls that arrived within this time give the handling time
HANDLED_LATELY = timedelta(hours=12)

_NOW = """
SELECT c.id,
    (SELECT count(*) FROM enquiries_enquiry e WHERE e.centre_id = c.id AND e.channel = 'phone'
       AND e.state IN ('waiting', 'ringing')) AS calls,
    count(DISTINCT p.person_id) AS present,
    count(DISTINCT p.person_id) FILTER (WHERE p.state = 'ready') AS ready,
    (SELECT avg(talk_seconds + hold_seconds + wrap_up_seconds) FROM (
        SELECT talk_seconds, hold_seconds, wrap_up_seconds FROM enquiries_enquiry e
        WHERE e.centre_id = c.id AND e.channel = 'phone' AND e.arrived_at >= %(since)s AND e.arrived_at <= %(now)s
          AND e.ended_at IS NOT NULL AND e.answered_at IS NOT NULL
        ORDER BY e.arrived_at DESC LIMIT 50) AS newest) AS handling
FROM catalogue_contactcentre c
LEFT JOIN entry_queue q ON q.centre_id = c.id AND (q.closed_at IS NULL OR q.closed_until <= %(now)s)
LEFT JOIN entry_queuemembership m ON m.queue_id = q.id AND m.active AND m.valid_from <= %(day)s
    AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
LEFT JOIN entry_presence p ON p.person_id = m.person_id AND p.state IN ('ready', 'ringing', 'talking', 'wrap_up')
GROUP BY c.id
"""

_WEEKS = """
SELECT extract(isodow FROM arrived_at AT TIME ZONE 'Europe/Copenhagen')::int - 1 AS weekday,
       extract(hour FROM arrived_at AT TIME ZONE 'Europe/Copenhagen')::int AS hour,
       count(*) AS calls, sum(wait_seconds) AS seconds
FROM enquiries_enquiry
WHERE centre_id = %(centre)s AND arrived_at >= %(since)s AND arrived_at < %(now)s AND channel = 'phone'
  AND queued_at IS NOT NULL
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """`seconds` for a new caller; None when nobody is there to answer. `calls` are waiting already."""

    seconds: float | None
    calls: int

    @property
    def minutes(self) -> int:
        """Minutes rounded up, because a wait shorter than promised is better than a longer one."""
        return -(-round(self.seconds or 0) // 60)


def expected(at: datetime) -> dict[int, Expected]:
    """The expected wait of each centre, by its id. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, {"now": at, "day": day_of(at), "since": at - HANDLED_LATELY})
        return {pk: _expected(*row) for pk, *row in cursor.fetchall()}


def _expected(calls: int, present: int, ready: int, handling: float | None) -> Expected:
    if not present:
        return Expected(None, calls)
    if ready and not calls:
        return Expected(0.0, 0)
    return Expected((calls + 1) * (handling or HANDLING_SECONDS) / present, calls)


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the day over all weekdays: the mean wait, and its share of the longest."""

    hour: int
    seconds: float
    percent: int

    @property
    def minutes(self) -> int:
        return max(1, round(self.seconds / 60)) if self.seconds >= 30 else 0


@dataclass(frozen=True, slots=True)
class Habit:
    """How waits vary over the week. `best` are the three hours (weekday, hour) with the shortest waits."""

    hours: tuple[Hour, ...]
    best: tuple[tuple[int, int], ...]

    @property
    def shortest(self) -> int | None:
        """The hour of the day with the shortest wait."""
        return min(self.hours, key=lambda each: each.seconds).hour if self.hours else None


@for_seconds(3600)
def habit(centre: int, *, at: datetime) -> Habit:
    """The pattern of the last four weeks; empty when there were too few calls."""
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS, {"centre": centre, "since": at - timedelta(weeks=WEEKS), "now": at})
        return _habit(cursor.fetchall())


def _habit(rows: list[Any]) -> Habit:
    week = {(weekday, hour): (calls, float(seconds or 0)) for weekday, hour, calls, seconds in rows if calls >= ENOUGH}
    day: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (_weekday, hour), each in week.items():
        day[hour].append(each)
    means = {
        hour: sum(seconds for _, seconds in each) / sum(calls for calls, _ in each)
        for hour, each in sorted(day.items())
    }
    longest = max(means.values(), default=0.0)
    hours = tuple(Hour(hour, mean, round(100 * mean / longest) if longest else 0) for hour, mean in means.items())
    best = sorted(week, key=lambda slot: (week[slot][1] / week[slot][0], slot))[:3]
    return Habit(hours, tuple(sorted(best)))
