"""Sessions of the database that write events as web processes and the switchboard do, for tests of readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from indgang.entry.switchboard.wakeup import parameters
from tests.world import MORNING

_WRITE = """
    INSERT INTO events_event (stream, number, at, kind)
    SELECT %(stream)s, coalesce(max(number) + 1, 0), %(at)s, 'test' FROM events_event WHERE stream = %(stream)s
    RETURNING stream, number
"""


@contextmanager
def session() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own, whose transaction ends when the caller says so."""
    with psycopg.connect(**parameters()) as own:
        yield own
        own.rollback()


def stream(number: int) -> UUID:
    return UUID(int=number)


def write(own: psycopg.Connection[Any], number: int) -> tuple[UUID, int]:
    """Add the stream's next event, with the stream locked until the transaction ends; which one it was."""
    own.execute("SELECT pg_advisory_xact_lock(%s)", [1_000_000 + number])
    row = own.execute(_WRITE, {"stream": stream(number), "at": MORNING}).fetchone()
    assert row is not None
    return row[0], row[1]
