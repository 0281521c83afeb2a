"""Work that waits: what people write is done in opening hours, and not in the minute in which it comes. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible


def in_opening_hours(arrivals: Numbers, opened: Numbers) -> Numbers:
    """What is done when: days by intervals, as many as come.

    What comes before a day closes is done that day, spread evenly over its opening hours; what comes later, and on days
    that are closed, is done on the next day that is open. What comes after the last opening hour is left over. `opened`
    says how much of each interval is open.
    """
    due, waiting = np.zeros(len(arrivals)), 0.0
    for day, (came, is_open) in enumerate(zip(arrivals, opened, strict=True)):
        slots = np.flatnonzero(is_open > 0)
        closes = int(slots[-1]) + 1 if slots.size else 0
        due[day] = waiting + came[:closes].sum() if closes else 0.0
        waiting = came[closes:].sum() + (0.0 if closes else waiting)
    return np.asarray(due[:, None] * opened / np.maximum(opened.sum(axis=1, keepdims=True), 1e-9))


def with_losses(people: Numbers, losses: Iterable[float], *, is_whole: bool) -> Numbers:
    """The people to plan so that so many are at work: base / (1 - share), for each share of time that is lost.

    With `is_whole` it is rounded up, else to hundredths. Raises `Impossible` for a share that is not 0 or more and
    below 1.
    """
    kept = 1.0
    for share in losses:
        if not 0 <= share < 1:
            raise Impossible(f"a share of time that is lost is 0 or more and below 1, not {share:g}")
        kept *= 1 - share
    wanted = people / kept
    return np.ceil(np.round(wanted, 6)) if is_whole else np.round(wanted, 2)
