"""What the simulation takes from measured days: how handling times and patience spread, and the figures that it is
compared with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

import numpy as np

from indgang.measures.histogram import seconds_of
from indgang.measures.totals import Times, Totals
from indgang.planning.whatif import QueueLoad, SeenFigure
from indgang.staffing.twin import calibration
from indgang.staffing.twin.calibration import Numbers
from indgang.staffing.twin.result import Estimated
from indgang.staffing.twin.scenario import RandomTime, TimeShape

#: fewer calls, or callers who hung up, say nothing about a shape
FEWEST = 30

#: a tenth of the calls that are answered is answered at once, after ringing so long; at most so many seconds
_AT_ONCE, _LONGEST_RING = 10.0, 15.0

_Histogram = Mapping[int, int]


def handling_spread(counts: _Histogram) -> float | None:
    """Of a lognormal handling time, where it is likelier than an exponential one; else None."""
    if sum(counts.values()) - counts.get(0, 0) < FEWEST:
        return None
    found = calibration.handling(_seconds(counts)).time
    return found.spread if found.shape is TimeShape.LOGNORMAL else None


def lognormal_patience(answered: _Histogram, abandoned: _Histogram) -> tuple[float, float] | None:
    """Mean and spread of a lognormal patience, where it is likelier than an exponential one; else None. Of those who
    were answered only a least patience is known."""
    lost = _seconds(abandoned)
    if len(lost) < FEWEST:
        return None
    waits = np.concatenate((lost, _seconds(answered)))
    found = calibration.patience_time(waits, np.arange(len(waits)) < len(lost))
    return (found.mean, found.spread) if found is not None and found.shape is TimeShape.LOGNORMAL else None


def _seconds(counts: _Histogram) -> Numbers:
    """A time for each that was counted."""
    return np.repeat(np.asarray([seconds_of(each) for each in counts]), np.asarray([*counts.values()], dtype=np.int64))


def times(queue: QueueLoad) -> tuple[RandomTime, RandomTime, RandomTime | None]:
    """Talk, after-call work and patience of a queue. Only the spread of talk and after-call work together is measured:
    both get the one with which their sum has it."""
    patience = None if queue.patience is None else RandomTime(queue.patience)
    if patience is not None and queue.lognormal_patience is not None:
        mean, spread = queue.lognormal_patience
        patience = RandomTime(mean, TimeShape.LOGNORMAL, spread)
    if queue.handling_spread is None:
        return RandomTime(queue.talk), RandomTime(queue.after_call), patience
    both = sqrt(queue.talk**2 + queue.after_call**2) or 1.0
    spread = queue.handling_spread * (queue.talk + queue.after_call) / both
    talk, after_call = (RandomTime(each, TimeShape.LOGNORMAL, spread) for each in (queue.talk, queue.after_call))
    return talk, after_call, patience


def pick_up(queues: Iterable[Totals]) -> float:
    """Seconds that a call rings until somebody takes it: nobody who is answered waits less. A bucket of the histogram
    ends at its second, so half a second less. Where all wait long, a tenth of the waits says nothing of ringing: it is
    taken for the longest that a telephone rings by habit."""
    found = sum((each.answer_waits for each in queues), Times()).percentile(_AT_ONCE)
    return 0.0 if found is None else min(max(found - 0.5, 0.0), _LONGEST_RING)


def seen(days: Sequence[Totals], within: float) -> tuple[SeenFigure, ...]:
    """Share in time, mean wait and share lost of these days. Days on which nobody called do not count."""
    known = [each for each in days if each.segments.answered + each.segments.abandoned]
    rows = [_figures(each, within) for each in known]
    found = []
    for name, values in zip(("service_level", "mean_wait", "abandoned_share"), zip(*rows, strict=True), strict=False):
        estimated = Estimated.of(values)
        if estimated.mean is not None:
            found.append(SeenFigure(name, estimated.mean, estimated.half_width))
    return tuple(found)


def _figures(day: Totals, within: float) -> tuple[float, float, float]:
    offered = day.segments.answered + day.segments.abandoned
    waited = day.answer_waits.seconds + day.abandon_waits.seconds
    return day.answer_waits.within(int(within)) / offered, waited / offered, day.segments.abandoned / offered
