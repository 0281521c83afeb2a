"""By when a thread is to be answered: the target of its queue, in its opening hours.

The documents promise an answer to mails within two hours (R-046); a queue says it as its target for answering. The
clock runs only while the queue is open, so that a mail of Friday evening is due on Monday morning.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from indgang.catalogue import hours
from indgang.core.clock import day_of
from indgang.core.schedule import Schedule
from indgang.entry.models import Queue, QueueTerms
from indgang.prepared.query import Query

_TERMS = Query(
    lambda queue, day: QueueTerms.objects.filter(queue=queue).valid_on(day).values_list(
        "service_level_seconds", "service_level_percent"
    ),
    queue=int,
    day=date,
)  # fmt: skip


def due_at(queue: Queue, since: datetime) -> datetime:
    """When what has waited since then is to be answered. A queue that does not open again within the horizon of
    schedules counts every hour."""
    seconds = float(promised_seconds(queue, since))
    found = schedule_of(queue).after_open_seconds(since, seconds)
    return found or since + timedelta(seconds=seconds)


def open_seconds(queue: Queue, since: datetime, until: datetime) -> float:
    """The opening time of the queue between them, in seconds."""
    return schedule_of(queue).open_seconds(since, until)


def promised_seconds(queue: Queue, at: datetime) -> int:
    """The target of the queue on that day."""
    found = _TERMS.rows(queue=queue.pk, day=day_of(at))
    return int(found[0][0] if found else QueueTerms().service_level_seconds)


def target_percent(queue: Queue, at: datetime) -> float:
    """How many per cent of the answers of that day are to be given in time."""
    found = _TERMS.rows(queue=queue.pk, day=day_of(at))
    return float(found[0][1] if found else QueueTerms().service_level_percent)


def schedule_of(queue: Queue) -> Schedule:
    """The opening hours of the queue."""
    return hours.schedule_of(queue.opening_hours)
