"""Says where the roll-ups differ from what the events count. Nothing is changed: a difference is a fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from indgang.core.clock import day_of
from indgang.enquiries.models import Enquiry
from indgang.entry.team import alerts
from indgang.events import cursor
from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.period import Period
from indgang.measures.rollups import counting, duty, formula, grains, log, store
from indgang.measures.rollups.facts import NOT_FROM_EVENTS, FactKey, facts, others
from indgang.measures.rollups.grains import Grain, SummedKey
from indgang.measures.rollups.tallies import FactTally, K, Tallies

#: the days that each night counts again; older ones are left to `indgang figures verify`
NIGHTLY_DAYS = 8
ALERT = "figures"
_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class RollupDifference:
    """A key at which the stored tally is not what the events count; or, of a day or month, not the sum of its rows."""

    key: FactKey | SummedKey
    stored: FactTally
    counted: FactTally

    @property
    def day(self) -> date:
        return self.key.day if isinstance(self.key, SummedKey) else grains.day_of_quarter(self.key.quarter)


def differences(period: Period) -> Iterator[RollupDifference]:
    """Where the rows of the days in the period differ from the events that have been counted: each day's in the order
    of their keys, then those of the months.

    Each day is counted in a transaction of its own, with one day in memory. At most one batch of new events is counted
    before it: that takes the reader's row, so that nobody counts meanwhile. Raises `OutdatedRollups`.
    """
    first, last = day_of(period.start), day_of(period.end - timedelta(microseconds=1))
    for number in range((last - first).days + 1):
        yield from _of_day(first + timedelta(days=number))
    for month in sorted({(first + timedelta(days=number)).replace(day=1) for number in range((last - first).days + 1)}):
        yield from _of_month(month)


def check(at: datetime) -> None:
    """Raise the alert when one of the last days differs, and end it when none does any more. Rows of an older formula
    have an alert of their own (`rebuilding.keep_current`)."""
    if formula.is_outdated():
        return
    today = day_of(at)
    period = Period.days(today - timedelta(days=NIGHTLY_DAYS), today - timedelta(days=1))
    days = sorted({each.day for each in differences(period)})
    if days:
        alerts.begin(ALERT, ", ".join(f"{day.day}.{day.month}." for day in days), at=at)
    else:
        alerts.end(ALERT, at=at)


@transaction.atomic
def _of_day(day: date) -> list[RollupDifference]:
    counting.follow(seconds=0)
    period = Period.day(day)
    stored = dict(_quarters(period))
    counted, days = _counted(period), [Grain.DAY, Grain.DAY_QUEUES]
    for key, tally in _not_from_events(day, stored).items():
        counted.at(key).add(tally)
    held = {key: tally for key, tally in grains.summed(counted.items()).items() if key.grain in days}
    return _compared(stored, counted) + _compared(dict(_summed(day, days)), held)


def _not_from_events(day: date, stored: Mapping[FactKey, FactTally]) -> dict[FactKey, FactTally]:
    """What is stored of a day, or what presence counts where that is more. It may be less: erasing somebody takes their
    presence away and changes no figure."""
    held = {key: tally for key, tally in stored.items() if key.measure in NOT_FROM_EVENTS}
    for key, tally in duty.settled(day).items():
        kept = held.get(key, FactTally())
        if tally.whole > kept.whole or tally.milliseconds > kept.milliseconds:
            held[key] = tally
    return held


@transaction.atomic
def _of_month(month: date) -> list[RollupDifference]:
    """The rows of a month against those of its days."""
    counting.follow(seconds=0)
    following = (month + timedelta(days=32)).replace(day=1)
    held: Tallies[SummedKey] = Tallies()
    for number in range((following - month).days):
        for key, tally in _summed(month + timedelta(days=number), [Grain.DAY]):
            for each in grains.of_month(key):
                held.at(each).add(tally)
    return _compared(dict(_summed(month, list(grains.MONTHS))), held)


def _compared(stored: Mapping[K, FactTally], counted: Mapping[K, FactTally]) -> list[RollupDifference]:
    found = []
    for key in sorted(stored.keys() | counted.keys()):
        ours, theirs = stored.get(key, FactTally()), counted.get(key, FactTally())
        if ours != theirs:
            own: Any = key
            found.append(RollupDifference(own, ours, theirs))
    return found


def _counted(period: Period) -> Tallies[FactKey]:
    tallies: Tallies[FactKey] = Tallies()
    promises, read = log.promises(), cursor.already_read(counting.READER)
    keys = sorted(_keys(period))
    for first in range(0, len(keys), _AT_A_TIME):
        for rows in log.streams(read, keys[first : first + _AT_A_TIME]):
            of_stream = facts([log.noted(row) for row in rows], promises)
            tallies.count(each for each in of_stream if period.start <= each.key.quarter < period.end)
    return tallies


def _keys(period: Period) -> set[UUID]:
    """The streams that can count in the period: they have an event in it, a time in it was typed later, or
    they reach into it."""
    within = cursor.already_read(counting.READER).filter(at__gte=period.start, at__lt=period.end)
    typed = Enquiry.objects.filter(arrived_at__gte=period.start, arrived_at__lt=period.end)
    keys = set(within.values_list("stream", flat=True).distinct()) | set(typed.values_list("pk", flat=True))
    for other in others():
        if other.reaches:
            begun = cursor.already_read(counting.READER).filter(
                kind=str(other.begins), at__gte=period.start - other.reaches, at__lt=period.start
            )
            keys.update(begun.values_list("stream", flat=True))
    return keys


def _quarters(period: Period) -> Iterator[tuple[FactKey, FactTally]]:
    rows = Rollup.objects.filter(quarter__gte=period.start, quarter__lt=period.end)
    return map(store.QUARTERS.read, rows.values_list(*FactKey._fields, *store.SUMS).iterator())


def _summed(day: date, of: list[Grain]) -> Iterator[tuple[SummedKey, FactTally]]:
    rows = SummedRollup.objects.filter(grain__in=of, day=day)
    return map(store.SUMMED.read, rows.values_list(*SummedKey._fields, *store.SUMS).iterator())
