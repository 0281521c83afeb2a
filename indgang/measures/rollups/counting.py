"""Keeps the roll-ups current: reads on in the log, and counts anew what the streams with new events count.

The position of the reader and the rows change in one transaction, so each event counts once, and a process that is
killed has changed nothing.
"""

from __future__ import annotations

from collections import defaultdict
from math import inf
from time import monotonic
from uuid import UUID

from django.db import transaction

from indgang.events import cursor
from indgang.measures.rollups import log, store
from indgang.measures.rollups.facts import Promises, facts
from indgang.measures.rollups.tallies import Tallies

READER = "figures"
AT_A_TIME = 2_000


def follow(*, most: int = AT_A_TIME, seconds: float = inf, waits: bool = True) -> int:
    """Count the events that are committed and not counted yet, `most` in one transaction. Returns how many.

    After `seconds` it stops, so that a long log does not keep other work waiting; the next call goes on. Without
    `waits` it also stops while somebody else counts: a rebuild takes long.
    """
    promises, total, until = log.promises(), 0, monotonic() + seconds
    while counted := step(promises, most=most, waits=waits):
        total += counted
        if monotonic() > until:
            break
    return total


@transaction.atomic
def step(promises: Promises, *, most: int = AT_A_TIME, waits: bool = True) -> int:
    """Count the next events, at most `most`; returns how many."""
    if not waits and cursor.is_busy(READER):
        return 0
    batch = cursor.read(READER, most=most)
    new: defaultdict[UUID, set[int]] = defaultdict(set)
    for stored in batch:
        new[stored.stream].add(stored.position)
    changes = Tallies()
    for stream, events in log.streams(cursor.already_read(READER), new).items():
        before = [noted for position, noted in events if position not in new[stream]]
        changes.count(facts(before, promises), -1)
        changes.count(facts([noted for _position, noted in events], promises))
    store.add(changes)
    return len(batch)
