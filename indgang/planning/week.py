"""A week of a queue by half-hours: what was answered in time, and how many people the calls to come need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Sum

from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.measures import service_level
from indgang.measures.models import Rollup
from indgang.measures.period import Period
from indgang.measures.rollups.facts import Measure
from indgang.measures.sums import SegmentOutcome, Segments
from indgang.planning import shift_need
from indgang.staffing.erlang import Numbers

DAYS, HALF_HOURS = 7, 48
#: weeks whose calls are added up
WEEKS = 8
_DECIDED = (SegmentOutcome.ANSWERED, SegmentOutcome.ABANDONED)


@dataclass(frozen=True)
class AnsweredWeek:
    """By weekday (0 is Monday) and half-hour, the calls that count in the service level (SL4), and those of them that
    were answered within what the queue promises."""

    calls: Numbers
    in_time: Numbers


def answered(queue: Queue, end: date) -> AnsweredWeek:
    """The calls of the last weeks before `end`. An hour that comes twice counts as one, one that is left out not."""
    period = Period.days(end - timedelta(weeks=WEEKS), end - timedelta(days=1))
    rows = (
        Rollup.objects.filter(
            measure=Measure.SEGMENTS, queue=queue.code, quarter__gte=period.start, quarter__lt=period.end,
            outcome__in=_DECIDED,
        )
        .order_by()
        .values_list("quarter", "outcome")
        .annotate(calls=Sum("whole"), kept=Sum("part"))
    )  # fmt: skip
    found = AnsweredWeek(np.zeros((DAYS, HALF_HOURS)), np.zeros((DAYS, HALF_HOURS)))
    for quarter, outcome, calls, kept in rows:
        local = quarter.astimezone(COPENHAGEN)
        place = local.weekday(), 2 * local.hour + local.minute // 30
        share = service_level.in_time(Segments(**{outcome: calls, f"{outcome}_in_time": kept}))
        found.calls[place] += share.whole
        found.in_time[place] += share.part
    return found


def needed(queue: Queue, first: date) -> Numbers | None:
    """The people that seven days of the forecast need, by day from `first` and half-hour; None when nobody can tell."""
    try:
        by_day = shift_need.people_needed([queue], first, first + timedelta(days=DAYS - 1))
    except RefusedChange:
        return None
    quarters = np.asarray([by_day[first + timedelta(days=number)] for number in range(DAYS)])
    per_half_hour = quarters.shape[1] // HALF_HOURS
    return np.asarray(quarters.reshape(DAYS, HALF_HOURS, per_half_hour).max(axis=2))
