"""Roll-ups of a queue whose calls are the same in all open half-hours of a weekday."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from indgang.core.clock import COPENHAGEN
from indgang.entry.models import Queue
from indgang.measures.rollups import store
from indgang.measures.rollups.facts import FactKey, Measure, quarter_of
from indgang.measures.rollups.tallies import Tallies
from indgang.measures.sums import SegmentOutcome
from indgang.planning import call_history

#: seconds of each call
HANDLED = 240


def _always(_at: datetime) -> int:
    return HANDLED


def count(
    queue: Queue, first: date, end: date, *, each: int = 2, odd: dict[date, int] | None = None,
    seconds: Callable[[datetime], int] = _always,
) -> None:  # fmt: skip
    """`each` calls in each open hour, and one more on Mondays; `odd` has other numbers for some days, and `seconds`
    says how long the calls of an hour take."""
    schedule = call_history.opening(queue)
    assert schedule is not None
    tallies: Tallies[FactKey] = Tallies()
    for number in range((end - first).days):
        day = first + timedelta(days=number)
        calls = (odd or {}).get(day, each + (day.weekday() == 0))
        for hour in range(24):
            at = datetime.combine(day, time(hour), COPENHAGEN)
            if schedule.is_open(at) and calls:
                _add(tallies, queue, at, calls, seconds(at))
    store.add(tallies)


def _add(tallies: Tallies[FactKey], queue: Queue, at: datetime, calls: int, seconds: int) -> None:
    quarter, centre = quarter_of(at), queue.centre.code
    key = FactKey(quarter, Measure.SEGMENTS, centre, queue.code, channel="phone", outcome=SegmentOutcome.ANSWERED)
    tallies.at(key).whole += calls
    handled = tallies.at(FactKey(quarter, Measure.HANDLED, centre, queue.code, channel="phone"))
    handled.whole += calls
    handled.milliseconds += calls * seconds * 1000
