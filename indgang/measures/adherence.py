"""How the time of a person went beside their published shifts. Pure.

**Adherence** is the time in the planned state out of the planned time, **conformance** the time worked out of the time
planned for work (features.md 4.3). What is planned away from callers (meetings, training, own cases, windows of the
second level) is in neither: a person is not signed in for it, so nothing tells whether it was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from indgang.measures.sums import OnShift
from indgang.measures.timeline import StateSpan
from indgang.routing.centre.desk import Doing
from indgang.staffing.shifts.activities import ActivityKind


@dataclass(frozen=True, slots=True)
class PlannedSpan:
    """What a person is planned for from `start` until just before `end`."""

    start: datetime
    end: datetime
    kind: ActivityKind

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


def on_shift(plan: Sequence[PlannedSpan], found: Sequence[StateSpan]) -> OnShift:
    """The sums of one person and day, from the parts of their shifts and the spans of their states that day.

    In the planned state is who is signed in without a pause while work for callers is planned, and who is not while a
    break is. Whoever was not signed in that day has kept nothing of the plan, not even its breaks.
    """
    there = [each for each in found if each.is_signed_in and each.state != Doing.PAUSED]
    planned = kept = to_work = away = 0.0
    for part in plan:
        at_work = sum(_shared(part, each) for each in there)
        if part.kind.is_wanted_by_callers:
            planned, kept, to_work = planned + part.seconds, kept + at_work, to_work + part.seconds
        elif part.kind is ActivityKind.BREAK:
            planned, kept = planned + part.seconds, kept + (part.seconds - at_work if there else 0.0)
        else:
            away += at_work
    return OnShift(1, planned, kept, to_work, sum(each.seconds for each in there) - away)


def _shared(part: PlannedSpan, span: StateSpan) -> float:
    """The seconds of both."""
    return max((min(part.end, span.end) - max(part.start, span.start)).total_seconds(), 0.0)
