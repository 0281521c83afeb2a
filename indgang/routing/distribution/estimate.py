"""How long a caller may expect to wait: work per answer, shared by those who are there.

    expected wait = position x work per answer / agents present

Work per answer is counted in agent-seconds: the time between two answers of a queue that never ran empty between
them, times the agents present. So it includes wrap-up, ringing, and agents who also serve other queues, and when
agents come or go the expectation follows at once. Until enough has been measured, the mean handling time stands in.
A gap
that is already longer than the usual spacing counts as it is, so a stalled queue does not go on promising.
It grows in proportion to the position, hence never promises somebody further back less.
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
    """An item of the queue took an agent so long, wrap-up included."""
    before = queue.handling or (queue.rule.handling_seconds if queue.rule is not None else seconds)
    queue.handling = before + WEIGHT * (seconds - before)


def wait(queue: LiveQueue, position: int, now: float) -> float | None:
    """Seconds to expect at a position (from 1); None if nobody is there to serve the queue."""
    if not queue.present or queue.rule is None:
        return None
    work = queue.load if queue.samples >= ENOUGH else queue.handling or queue.rule.handling_seconds
    if queue.last_answer is not None:
        work = max(work, (now - queue.last_answer) * queue.present)
    return position * work / queue.present
