"""Says where the roll-ups differ from what the events count. Nothing is changed: a difference is a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from indgang.core.clock import day_of
from indgang.enquiries.models import Enquiry
from indgang.entry.team import alerts
from indgang.events import cursor
from indgang.measures.models import Rollup
from indgang.measures.period import Period
from indgang.measures.rollups import counting, log, store
from indgang.measures.rollups.facts import FactKey, facts
from indgang.measures.rollups.tallies import FactTally, Tallies

#: the days that each night counts again; older ones are left to `indgang figures verify`
NIGHTLY_DAYS = 8
ALERT = "figures"
_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class RollupDifference:
    """A key at which the stored tally is not what the events count."""

    key: FactKey
    stored: FactTally
    counted: FactTally


@transaction.atomic
def differences(period: Period) -> list[RollupDifference]:
    """Where the rows of the period differ from the events that have been counted; in the order of their keys.

    At most one batch of new events is counted first: that takes the reader's row, so that nobody counts meanwhile.
    """
    counting.follow(seconds=0)
    counted, stored = _counted(period), dict(_stored(period))
    found = []
    for key in sorted(stored.keys() | counted.keys()):
        ours, theirs = stored.get(key, FactTally()), counted.get(key, FactTally())
        if ours != theirs:
            found.append(RollupDifference(key, ours, theirs))
    return found


def check(at: datetime) -> None:
    """Raise the alert when one of the last days differs, and end it when none does any more."""
    today = day_of(at)
    found = differences(Period.days(today - timedelta(days=NIGHTLY_DAYS), today - timedelta(days=1)))
    days = sorted({day_of(each.key.quarter) for each in found})
    if days:
        alerts.begin(ALERT, ", ".join(f"{day.day}.{day.month}." for day in days), at=at)
    else:
        alerts.end(ALERT, at=at)


def _counted(period: Period) -> Tallies:
    tallies, promises, read = Tallies(), log.promises(), cursor.already_read(counting.READER)
    keys = sorted(_keys(period))
    for first in range(0, len(keys), _AT_A_TIME):
        for events in log.streams(read, keys[first : first + _AT_A_TIME]).values():
            of_stream = facts([noted for _position, noted in events], promises)
            tallies.count(each for each in of_stream if period.start <= each.key.quarter < period.end)
    return tallies


def _keys(period: Period) -> set[UUID]:
    """The streams that can count in the period: they have an event in it, or a time in it was typed later."""
    within = cursor.already_read(counting.READER).filter(at__gte=period.start, at__lt=period.end)
    typed = Enquiry.objects.filter(arrived_at__gte=period.start, arrived_at__lt=period.end)
    return set(within.values_list("stream", flat=True).distinct()) | set(typed.values_list("pk", flat=True))


def _stored(period: Period) -> Iterator[tuple[FactKey, FactTally]]:
    rows = Rollup.objects.filter(quarter__gte=period.start, quarter__lt=period.end)
    return map(store.read, rows.values_list(*FactKey._fields, *store.SUMS).iterator())
