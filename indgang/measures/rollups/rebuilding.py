"""Counts the roll-ups anew from all events, and lets their reader go on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from indgang.events import cursor
from indgang.events import log as events
from indgang.measures.rollups import log, store
from indgang.measures.rollups.counting import READER
from indgang.measures.rollups.facts import facts
from indgang.measures.rollups.log import Row
from indgang.measures.rollups.tallies import Tallies

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
_ALL = f"SELECT {', '.join(log.COLUMNS)} FROM {events.TABLE} ORDER BY stream, number, position"  # noqa: S608  # our names
_FETCHED = 10_000
_DATA = log.COLUMNS.index("data")


@transaction.atomic(durable=True)
def rebuild() -> int:
    """Count all events that are committed, from the first one on; returns how many.

    Readers of the figures see the old rows until it is done. Raises OperationalError when the roll-ups are brought up
    to date meanwhile: try again.
    """
    with connection.cursor() as own:
        own.execute(_SNAPSHOT)
    cursor.catch_up(READER)
    promises, tallies, counted = log.promises(), Tallies(), 0
    for _stream, noted in log.in_streams(_rows()):
        tallies.count(facts(noted, promises))
        counted += len(noted)
    store.replace(tallies)
    return counted


def _rows() -> Iterator[Row]:
    connection.ensure_connection()
    with connection.connection.cursor(name="all_events") as rows:
        rows.itersize = _FETCHED
        rows.execute(_ALL)
        for row in rows:
            yield _decoded(row)


def _decoded(row: tuple[Any, ...]) -> Row:
    """Django leaves JSON as text."""
    values: list[Any] = list(row)
    values[_DATA] = json.loads(text) if (text := values[_DATA]) != "{}" else {}
    return tuple(values)
