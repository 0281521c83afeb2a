"""The expected wait of a caller: work per answer, shared by the agents present.

    expected wait = position x work per answer / agents present

Work per answer is measured in agent-seconds: the time between two answers of a queue that did not run empty between
them, times the agents present. So it includes wrap-up, ringing, and agents who also serve other queues. The estimate
changes at once when agents come or go. Until there are enough measurements, the mean handling time is used instead.
When the time since the last answer exceeds the usual spacing, that longer time is used, so that the estimate of a
stalled queue grows. The estimate is proportional to the position, so nobody further back gets a shorter one.
"""

from __future__ import annotations

from indgang.routing.distribution.line import LiveQueue

WEIGHT = 0.1
"""Weight of the newest measurement: the last ten or so count."""
ENOUGH = 5
"""Answers under load before their spacing is believed."""


def answered(queue: LiveQueue, now: float) -> None:
    """An item of the queue was answered."""
    if queue.last_answer is not None and queue.present:
        sample = (now - queue.last_answer) * queue.present
        queue.load = sample if not queue.samples else queue.load + WEIGHT * (sample - queue.load)
        queue.samples += 1
    queue.last_answer = now if queue.waiting else None


def handled(queue: LiveQueue, seconds: float) -> None:
    """An item of the queue took an agent this many seconds, wrap-up included."""
    before = queue.handling or (queue.rule.handling_seconds if queue.rule is not None else seconds)
    queue.handling = before + WEIGHT * (seconds - before)


def wait(queue: LiveQueue, position: int, now: float) -> float | None:
    """The expected wait in seconds at a position (from 1); None if nobody serves the queue."""
    if not queue.present or queue.rule is None:
        return None
    work = queue.load if queue.samples >= ENOUGH else queue.handling or queue.rule.handling_seconds
    if queue.last_answer is not None:
        work = max(work, (now - queue.last_answer) * queue.present)
    return position * work / queue.present
