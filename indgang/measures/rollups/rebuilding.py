"""Counts the roll-ups anew from all events, and lets their reader go on from there.

The streams are shared out to processes by the hash of their ids. Tallies are sums, so it does not matter how.
"""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from indgang.entry.team import alerts
from indgang.events import cursor, eras
from indgang.events import log as events
from indgang.measures.rollups import counting, formula, runs, shares, sharing, store
from indgang.measures.rollups.counting import READER

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
_COUNT = f"SELECT count(*) FROM {events.TABLE}"  # noqa: S608  # our name
_COUNT_UP_TO = f"SELECT count(*) FROM (SELECT 1 FROM {events.TABLE} LIMIT %s) AS first"  # noqa: S608  # our name
#: a log of at most so many events is counted anew in passing, in some seconds
_IN_PASSING = 200_000
ALERT = "figures_outdated"
#: with fewer events, starting a process takes longer than it saves
_ALONE = 500_000


def keep_current(*, seconds: float, at: datetime) -> None:
    """Count what is new, for `seconds` at most (`counting.follow`). Rows of an older formula are counted anew; where
    that takes long, an alert asks for it until it is done."""
    if not formula.is_outdated():
        counting.follow(seconds=seconds, waits=False)
    elif _has_more_than(_IN_PASSING):
        alerts.begin(ALERT, "indgang figures rebuild", at=at)
        return
    else:
        rebuild()
    alerts.end(ALERT, at=at)


def _has_more_than(number: int) -> bool:
    """Whether the log has more events than that; no more of them are counted."""
    with connection.cursor() as own:
        own.execute(_COUNT_UP_TO, [number + 1])
        return int((own.fetchone() or (0,))[0]) > number


def _events() -> int:
    with connection.cursor() as own:
        own.execute(_COUNT)
        return int((own.fetchone() or (0,))[0])


def rebuild(*, processes: int | None = None, most: int = runs.MOST_KEYS) -> int:
    """Count all events that are committed, from the first one on; returns how many.

    `processes` count (by default as many as there are processors, for a log that is worth it), each with `most` keys in
    memory. Readers of the figures see the old rows until it is done. Raises OperationalError at once when somebody else
    is bringing the roll-ups up to date (try again), and SharingFailed.
    """
    with transaction.atomic(durable=True):
        eras.settle()
    with transaction.atomic(durable=True):
        return _rebuild(processes, most)


def _rebuild(processes: int | None, most: int) -> int:
    with connection.cursor() as own:
        own.execute(_SNAPSHOT)
    # the first statement takes the snapshot, and another transaction that moves the reader after that makes us fail: so
    # it is locked first, and counting, which takes long, comes after it
    cursor.catch_up(READER)
    counted = _events()
    with tempfile.TemporaryDirectory(prefix="indgang-figures-") as folder:
        _count(Path(folder), processes or (1 if counted < _ALONE else os.cpu_count() or 1), most)
        store.replace(runs.merged(Path(folder)))
    formula.note_current()
    return counted


def _count(folder: Path, processes: int, most: int) -> None:
    if processes == 1:
        shares.count(0, 1, folder, most=most)
        return
    with connection.cursor() as own:
        own.execute("SELECT pg_export_snapshot()")
        snapshot = str((own.fetchone() or ("",))[0])
    sharing.count(folder, shares=processes, snapshot=snapshot, database=_database(), most=most)


def _database() -> dict[str, object]:
    """How the processes connect: as this one does."""
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    return {name: connection.settings_dict[name] for name in names}
