"""What was counted in a queue, as forecasts read it: calls by day and quarter, and what handling them took.

A call counts in the queue that it came to last, when it came into it; written work when it arrived. A day without any
contact in the whole centre was not counted: it is missing, and not a day without calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Min, Q, QuerySet, Sum

from indgang.catalogue.hours import schedule_of
from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule
from indgang.entry.models import Queue
from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.period import Period
from indgang.measures.rollups.facts import Measure
from indgang.measures.rollups.grains import Grain
from indgang.measures.sums import SegmentOutcome
from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast.history import History, open_intervals

#: quarters of a day
PER_DAY = 96
#: counts of earlier days say little of the days to come
MOST_DAYS = 3 * 366
#: days whose handling times count
HANDLING_DAYS = 180
_SEGMENTS = (Measure.SEGMENTS, Measure.WRITTEN_SEGMENTS)
#: what went on to another queue counts there
_ARRIVED = ~Q(outcome=SegmentOutcome.OVERFLOWED)
#: a call that waits may still go on; what was written came when it came, and waits for days until it is answered
_ARRIVED &= Q(measure=Measure.WRITTEN_SEGMENTS) | ~Q(outcome=SegmentOutcome.WAITING)


@dataclass(frozen=True)
class MeasuredHandling:
    """Handled calls and their seconds, by weekday and quarter of the day; `squares` are the seconds squared over the
    calls of single quarters, and `quarters` how many of these had calls (`handling.variance_of_a_call`)."""

    calls: Numbers
    seconds: Numbers
    squares: Numbers
    quarters: Numbers


def opening(queue: Queue) -> Schedule | None:
    """When contacts can come into the queue; None is day and night, as what people write."""
    if queue.work == Queue.Work.WRITTEN:
        return None
    return schedule_of(queue.opening_hours)


def history(queue: Queue, end: date) -> History:
    """What was counted before `end`, from the first day on which anything was."""
    first = _first(queue, end)
    days = (end - first).days
    counts = np.zeros((days, PER_DAY))
    for quarter, calls in _calls(queue, first, end):
        local = quarter.astimezone(COPENHAGEN)
        counts[(local.date() - first).days, _slot(local.hour, local.minute)] += calls
    counted = counted_days(queue, first, end)
    counts[[first + timedelta(days=number) not in counted for number in range(days)]] = np.nan
    return History(first, counts, open_intervals(opening(queue), first, days, PER_DAY))


def handling(queue: Queue, end: date) -> MeasuredHandling:
    """What calls took in the last months before `end`."""
    found = MeasuredHandling(*(np.zeros((7, PER_DAY)) for _field in fields(MeasuredHandling)))
    rows = _between(queue, end - timedelta(days=HANDLING_DAYS), end).filter(measure=Measure.HANDLED)
    summed = rows.values_list("quarter").annotate(calls=Sum("whole"), spent=Sum("milliseconds"))
    for quarter, calls, milliseconds in summed:
        local = quarter.astimezone(COPENHAGEN)
        place = local.weekday(), _slot(local.hour, local.minute)
        found.calls[place] += calls
        found.seconds[place] += milliseconds / 1000
        if calls:
            found.squares[place] += (milliseconds / 1000) ** 2 / calls
            found.quarters[place] += 1
    return found


def of_day(queue: Queue, day: date) -> Numbers:
    """Calls of each quarter of a day by the clock on the wall, as far as they are counted."""
    counts = np.zeros(PER_DAY)
    for quarter, calls in _calls(queue, day, day + timedelta(days=1)):
        local = quarter.astimezone(COPENHAGEN)
        counts[_slot(local.hour, local.minute)] += calls
    return counts


def counted(queue: Queue, first: date, end: date) -> dict[date, float]:
    """Calls of each day that was counted, while it was open, from `first` until `end`."""
    days = (end - first).days
    opened = open_intervals(opening(queue), first, days, PER_DAY)
    sums = np.zeros(days)
    for quarter, calls in _calls(queue, first, end):
        local = quarter.astimezone(COPENHAGEN)
        row = (local.date() - first).days
        if opened[row, _slot(local.hour, local.minute)] > 0:
            sums[row] += calls
    there = counted_days(queue, first, end)
    return {
        first + timedelta(days=number): float(sums[number])
        for number in range(days)
        if opened[number].any() and first + timedelta(days=number) in there
    }


def _first(queue: Queue, end: date) -> date:
    """The first day with a contact in the queue; `end` when there is none."""
    rows = SummedRollup.objects.filter(grain=Grain.DAY_QUEUES, queue=queue.code, measure__in=_SEGMENTS, day__lt=end)
    found: date | None = rows.aggregate(first=Min("day"))["first"]
    return max(found, end - timedelta(days=MOST_DAYS)) if found else end


def _between(queue: Queue, first: date, end: date) -> QuerySet[Rollup]:
    period = Period.days(first, end - timedelta(days=1))
    return Rollup.objects.filter(queue=queue.code, quarter__gte=period.start, quarter__lt=period.end).order_by()


def _calls(queue: Queue, first: date, end: date) -> Iterable[tuple[datetime, int]]:
    if first >= end:
        return []
    rows = _between(queue, first, end).filter(_ARRIVED, measure__in=_SEGMENTS)
    return rows.values_list("quarter").annotate(calls=Sum("whole"))


def counted_days(queue: Queue, first: date, end: date) -> set[date]:
    """The days with any contact in the centre of the queue."""
    rows = SummedRollup.objects.filter(
        grain=Grain.DAY_QUEUES, centre=queue.centre.code, measure__in=_SEGMENTS, day__gte=first, day__lt=end
    )
    return set(rows.order_by().values_list("day", flat=True).distinct())


def _slot(hour: int, minute: int) -> int:
    return (hour * 60 + minute) * PER_DAY // 1440
