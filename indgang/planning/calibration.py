"""What the log says about queues: calls in each half-hour of an average day, times, patience, and the fit.

Calls are queue segments by phone, each in the queue that it came to last: those that went on to another queue count
there. Handling is talk, hold and after-call work. An opening day is one on which a queue was open and the centre was
counted; calls on other days are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from statistics import fmean, stdev

from django.db.models import Sum

from indgang.core.clock import COPENHAGEN
from indgang.enquiries.models import Channel
from indgang.entry.models import Queue
from indgang.measures.models import Rollup
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.facts import Measure
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.sums import SegmentOutcome
from indgang.measures.totals import Times, Totals
from indgang.planning import call_history, measured_times
from indgang.planning.fitting import MeasuredQueue, QueueFit, fit
from indgang.planning.whatif import CountedWeekday, QueueLoad, SeenFigure
from indgang.staffing.twin.calibration import arrivals

MINUTES = 30
_SLOTS = 24 * 60 // MINUTES
#: a half-hour at the edge of the day with a smaller share of all calls is taken for a clock or a test
_EDGE = 0.002
#: fewer days say nothing about how they differ
_FEWEST_DAYS = 3
_YEAR = 365

#: calls by queue, day and half-hour of the day
_Counted = Mapping[str, Mapping[date, Mapping[int, int]]]


@dataclass(frozen=True, slots=True)
class CalibratedQueues:
    """Queues on an average opening day. `fits` has those with calls."""

    opens: time
    queues: tuple[QueueLoad, ...]
    fits: Mapping[str, QueueFit]
    days: int
    open_days: int
    """The days from the first to the last on which a queue was open, counted or not."""
    days_a_year: int
    """Opening days of the year that ends with the last day."""
    spread: float
    """The standard error of the mean of all calls of a day, beside it; 0 when too few days are known."""
    weekdays: tuple[CountedWeekday, ...]
    seen: tuple[SeenFigure, ...]
    pick_up: float
    """Seconds that a call rings until it is taken."""


def calibrate(queues: Sequence[Queue], first: date, last: date, *, within: float) -> CalibratedQueues | None:
    """The queues as they were from the first day to the last. None when no call was counted."""
    codes = [each.code for each in queues]
    opened = _opening_days(queues, last - timedelta(days=_YEAR - 1), last)
    within_hours = _opening_days(queues, first, last)
    days = sorted(within_hours & _seen_days(queues, first, last))
    counted = _within(_counted(codes, first, last), days)
    slots = _slots(counted)
    if not days or not slots:
        return None
    only = {"queue": codes, "channel": [Channel.PHONE.value]}
    period = Period.days(first, last)
    totals = reading.totals(period, by=GroupBy.QUEUE, only=only)
    handled = reading.times(Measure.HANDLED, period, by=GroupBy.QUEUE, only=only)
    loads, fits = [], {}
    for queue in queues:
        found = totals.get(queue.code, Totals())
        calls = _average(counted.get(queue.code, {}), len(days), slots)
        measured = _measured(calls, found, within)
        fitted = fit(measured, within)
        if fitted is not None:
            fits[queue.code] = fitted
            talk = found.contacts.talk_seconds / found.contacts.talked if found.contacts.talked else measured.handling
            loads.append(QueueLoad(
                queue.code, queue.name, calls, min(talk, measured.handling), max(measured.handling - talk, 0.0),
                measured.patience, fitted.seats, _day_spread(counted[queue.code], days, slots), queue.centre.code,
                queue.centre.name, measured_times.handling_spread(handled.get(queue.code, Times()).counts),
                measured_times.lognormal_patience(found.answer_waits.counts, found.abandon_waits.counts),
            ))  # fmt: skip
    opens = time(slots[0] * MINUTES // 60, slots[0] * MINUTES % 60)
    if not loads:
        return None
    spread, weekdays = _spread(counted, days), _weekdays([counted[each.code] for each in loads], days, slots)
    by_day = reading.totals(period, by=GroupBy.DAY, only=only)
    seen = measured_times.seen([by_day[str(day)] for day in days if str(day) in by_day], within)
    return CalibratedQueues(
        opens, tuple(loads), fits, len(days), len(within_hours), len(opened), spread, weekdays, seen,
        measured_times.pick_up(totals.values()),
    )  # fmt: skip


def _opening_days(queues: Sequence[Queue], first: date, last: date) -> set[date]:
    """The days on which one of the queues is open at any time."""
    schedules = [call_history.opening(each) for each in queues]
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {day for day in days if any(each is None or each.spans(day) for each in schedules)}


def _seen_days(queues: Sequence[Queue], first: date, last: date) -> set[date]:
    """The days on which anything was counted in the centres of the queues."""
    of_centres = {each.centre_id: each for each in queues}.values()
    end = last + timedelta(days=1)
    return set().union(*(call_history.counted_days(each, first, end) for each in of_centres))


def _within(counted: _Counted, days: Sequence[date]) -> _Counted:
    """The calls of these days alone."""
    return {queue: {day: by_day[day] for day in days if day in by_day} for queue, by_day in counted.items()}


def _counted(codes: Sequence[str], first: date, last: date) -> _Counted:
    period = Period.days(first, last)
    rows = (
        Rollup.objects.filter(
            measure=Measure.SEGMENTS, queue__in=codes, channel=Channel.PHONE, quarter__gte=period.start,
            quarter__lt=period.end,
        )
        .exclude(outcome__in=(SegmentOutcome.OVERFLOWED, SegmentOutcome.WAITING))
        .order_by()
        .values_list("queue", "quarter")
        .annotate(calls=Sum("whole"))
    )  # fmt: skip
    found: defaultdict[str, defaultdict[date, defaultdict[int, int]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(int))
    )
    for queue, quarter, calls in rows:
        local = quarter.astimezone(COPENHAGEN)
        found[queue][local.date()][(local.hour * 60 + local.minute) // MINUTES] += calls
    return found


def _slots(counted: _Counted) -> range:
    """From the first half-hour of the day with calls to the last."""
    by_slot = [0] * _SLOTS
    for by_day in counted.values():
        for slots in by_day.values():
            for slot, calls in slots.items():
                by_slot[slot] += calls
    busy = [slot for slot, calls in enumerate(by_slot) if calls > _EDGE * sum(by_slot)]
    return range(busy[0], busy[-1] + 1) if busy else range(0)


def _average(by_day: Mapping[date, Mapping[int, int]], days: int, slots: range) -> tuple[float, ...]:
    return tuple(sum(each.get(slot, 0) for each in by_day.values()) / days for slot in slots)


def _weekdays(
    counted: Sequence[Mapping[date, Mapping[int, int]]], days: Sequence[date], slots: range
) -> tuple[CountedWeekday, ...]:
    """What each weekday among the days was like, queue by queue."""
    found = []
    for weekday in sorted({each.weekday() for each in days}):
        chosen = [each for each in days if each.weekday() == weekday]
        rows = ({day: by_day[day] for day in chosen if day in by_day} for by_day in counted)
        found.append(CountedWeekday(weekday, len(chosen), tuple(_average(each, len(chosen), slots) for each in rows)))
    return tuple(found)


def _day_spread(by_day: Mapping[date, Mapping[int, int]], days: Sequence[date], slots: range) -> float:
    return arrivals([[by_day.get(day, {}).get(slot, 0) for slot in slots] for day in days]).day_spread


def _spread(counted: _Counted, days: Sequence[date]) -> float:
    sums = [sum(sum(by_day.get(day, {}).values()) for by_day in counted.values()) for day in days]
    return 0.0 if len(sums) < _FEWEST_DAYS else stdev(sums) / len(sums) ** 0.5 / fmean(sums)


def _measured(calls: tuple[float, ...], totals: Totals, within: float) -> MeasuredQueue:
    contacts, segments = totals.contacts, totals.segments
    return MeasuredQueue(
        calls, segments.answered, segments.abandoned, totals.answer_waits.within(int(within)),
        totals.answer_waits.seconds + totals.abandon_waits.seconds,
        contacts.handle_seconds / contacts.handled if contacts.handled else 0.0, MINUTES * 60.0,
    )  # fmt: skip
