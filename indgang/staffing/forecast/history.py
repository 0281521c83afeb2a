"""What was counted: calls by day and interval, and when it was open. Pure.

Intervals are those of the clock on the wall. `open` says how many times an interval was open: 0 when closed, 1, a
fraction when it opened within it. The hour that comes twice in October counts 2, the one that is skipped in March 0, so
days of 23 and 25 hours need no rule of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule
from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible

#: intervals of a day: of a whole hour, half an hour, a quarter
INTERVALS_A_DAY = (24, 48, 96)
#: more calls in an interval are taken for a fault of the input
MOST_CALLS = 1_000_000
_DAY_MINUTES = 1440


@dataclass(frozen=True)
class History:
    """Counted calls. `counts` and `open` have a row for each day from `first` and a column for each interval.

    A day that was not counted has NaN in all its intervals: it is missing, which is not the same as no calls.
    `excluded` holds days that a planner leaves out, each with the reason.
    """

    first: date
    counts: Numbers
    open: Numbers
    excluded: Mapping[date, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.counts.shape != self.open.shape or self.counts.ndim != 2:
            raise Impossible("counts and open have the same number of days and intervals")
        if self.counts.shape[1] not in INTERVALS_A_DAY:
            raise Impossible(f"a day has 24, 48 or 96 intervals, not {self.counts.shape[1]}")
        known = self.counts[~np.isnan(self.counts)]
        if known.size and (known.min() < 0 or not known.max() <= MOST_CALLS):
            raise Impossible(
                f"the calls of an interval are 0 to {MOST_CALLS:,}, not {known.min():g} to {known.max():g}"
            )
        if not np.all((self.open >= 0) & (self.open <= 2)):
            raise Impossible("an interval is open 0 to 2 times in a day")

    @property
    def days(self) -> int:
        return int(self.counts.shape[0])

    @property
    def per_day(self) -> int:
        return int(self.counts.shape[1])

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.first + timedelta(days=self.days)

    @property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.days)]

    @property
    def totals(self) -> Numbers:
        """Calls of each day in the intervals that were open; NaN for a missing day."""
        return np.asarray(
            np.where(self.open > 0, self.counts, np.where(np.isnan(self.counts), np.nan, 0.0)).sum(axis=1)
        )

    @property
    def outside(self) -> float:
        """Calls in intervals that were closed. They are not forecast."""
        return float(np.nansum(np.where(self.open > 0, 0.0, self.counts)))

    @property
    def usable(self) -> NDArray[np.bool_]:
        """The days that a model learns from: open, counted and not excluded."""
        there = (self.open.sum(axis=1) > 0) & ~np.isnan(self.counts).any(axis=1)
        for day in self.excluded:
            if self.first <= day < self.end:
                there[(day - self.first).days] = False
        return np.asarray(there)

    def until(self, end: date) -> History:
        """The same history as it was known on the morning of `end`."""
        days = max((end - self.first).days, 0)
        return replace(self, counts=self.counts[:days], open=self.open[:days])

    def without(self, days: Mapping[date, str]) -> History:
        """With these days left out too."""
        return replace(self, excluded={**days, **self.excluded})


def open_intervals(schedule: Schedule | None, first: date, days: int, per_day: int = 96) -> Numbers:
    """How many times each interval of these days is open; without a schedule it is open day and night."""
    found = np.zeros((days, per_day))
    for number in range(days):
        for start, end in _spans(schedule, first + timedelta(days=number)):
            _add(found[number], start, end)
    return found


def _spans(schedule: Schedule | None, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The open time of a day, as moments in Copenhagen."""
    if schedule is None:
        following = day + timedelta(days=1)
        yield datetime.combine(day, time(), COPENHAGEN), datetime.combine(following, time(), COPENHAGEN)
        return
    for span in schedule.spans(day):
        if span.start is not None and span.end is not None:
            yield span.start.astimezone(COPENHAGEN), span.end.astimezone(COPENHAGEN)


def _add(row: Numbers, start: datetime, end: datetime) -> None:
    """Count the time from `start` until `end` in the intervals of the wall's clock that it passes."""
    if start.utcoffset() == end.utcoffset():
        _add_minutes(row, _minutes(start), _minutes(end, start))
        return
    # the clock is changed within: an hour at a time in UTC, each on the clock of its beginning
    at, last = start.timestamp(), end.timestamp()
    while at < last:
        step = min(900.0 - at % 900.0, last - at)
        local = datetime.fromtimestamp(at, COPENHAGEN)
        _add_minutes(row, _minutes(local), _minutes(local) + step / 60)
        at += step


def _minutes(at: datetime, since: datetime | None = None) -> float:
    """Minutes after midnight on the wall; the midnight that ends the day of `since` is the end of the day."""
    if since is not None and at.date() > since.date():
        return float(_DAY_MINUTES)
    return at.hour * 60 + at.minute + at.second / 60


def _add_minutes(row: Numbers, start: float, end: float) -> None:
    length = _DAY_MINUTES / len(row)
    edges = np.arange(len(row)) * length
    row += np.clip(np.minimum(edges + length, end) - np.maximum(edges, start), 0.0, length) / length
