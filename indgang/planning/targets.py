"""The targets of queues, as staffing reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from indgang.entry.models import Queue
from indgang.entry.setup import queue_terms
from indgang.staffing.need import ServiceTarget

#: stands for 100 percent: no number of people answers every caller in time
MOST_IN_TIME = 0.99


def target_of(queue: Queue, day: date) -> ServiceTarget:
    """What the queue promises on a day."""
    terms = queue_terms.on(queue, day)
    return ServiceTarget(min(terms.service_level_percent / 100, MOST_IN_TIME), float(terms.service_level_seconds))


def common_target(queues: Iterable[Queue], day: date) -> ServiceTarget | None:
    """What all the queues promise; None when they do not promise the same."""
    found = {target_of(each, day) for each in queues}
    return found.pop() if len(found) == 1 else None
