"""Keeps the roll-ups current: reads on in the log, and counts anew what the streams with new events count.

The position of the reader and the rows change in one transaction, so each event counts once, and a process that is
killed has changed nothing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from math import inf

from django.db import transaction

from indgang.events import cursor
from indgang.measures.rollups import formula, log, store
from indgang.measures.rollups.facts import FactKey, Promises, facts
from indgang.measures.rollups.log import Row
from indgang.measures.rollups.tallies import Tallies

READER = "figures"
#: a second's work: the more are counted together, the fewer rows are written again and again
AT_A_TIME = 50_000


def follow(*, most: int = AT_A_TIME, seconds: float = inf, waits: bool = True) -> int:
    """Count the events that are committed and not counted yet, `most` in one transaction. Returns how many.

    After `seconds` it stops, so that a long log does not keep other work waiting; the next call goes on. Without
    `waits` it also stops while somebody else counts: a rebuild takes long. Raises `OutdatedRollups`.
    """
    promises = log.promises()
    return cursor.repeat(lambda: step(promises, most=most, waits=waits), seconds=seconds)


class NotCountedYet(Exception):
    """The figures would be too low; whatever needs them is done some minutes later."""


def refuse_uncounted(moment: datetime) -> None:
    """Raises NotCountedYet while the roll-ups do not hold every event before a moment."""
    if not has_counted_until(moment):
        raise NotCountedYet(f"the roll-ups do not hold everything before {moment} yet")


def has_counted_until(moment: datetime) -> bool:
    """Whether the roll-ups hold every event of the log before a moment, counted as events are counted now."""
    if formula.is_outdated():
        return False
    oldest = cursor.lag(READER).oldest
    return oldest is None or oldest >= moment


@transaction.atomic
def step(promises: Promises, *, most: int = AT_A_TIME, waits: bool = True) -> int:
    """Count the next events, at most `most`; returns how many. Raises `OutdatedRollups`."""
    if not waits and cursor.is_busy(READER):
        return 0
    batch = cursor.read_key_texts(READER, most=most)
    if not batch:
        return 0
    if formula.is_outdated():
        raise formula.OutdatedRollups
    store.add(_changes(batch, promises))
    return len(batch)


def _changes(batch: list[tuple[str, int, str]], promises: Promises) -> Tallies[FactKey]:
    """What the events of a batch change in the figures, as the difference of their streams with and without them."""
    counting, new = set(log.counting_kinds()), defaultdict[str, set[int]](set)
    for stream, position, kind in batch:
        if kind in counting:
            new[stream].add(position)
    changes: Tallies[FactKey] = Tallies()
    for rows in log.streams(cursor.already_read(READER), new):
        _count_difference(changes, rows, new[rows[0][0]], promises)
    return changes


def _count_difference(changes: Tallies[FactKey], rows: list[Row], new: set[int], promises: Promises) -> None:
    noted = [log.noted(row) for row in rows]
    if len(new) < len(rows):
        before = [each for each, row in zip(noted, rows, strict=True) if row[1] not in new]
        changes.count(facts(before, promises), -1)
    changes.count(facts(noted, promises))
