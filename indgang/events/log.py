"""How an event is stored: the columns of the table, and the row of one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from indgang.events.event import Event

Row = dict[str, Any]
TABLE = "events_event"
#: columns with their types; the database fills in position and transaction
COLUMNS: Mapping[str, str] = {
    "stream": "uuid", "number": "integer", "at": "timestamptz", "kind": "text", "version": "smallint",
    "queue": "text", "person": "bigint", "data": "jsonb", "channel": "text", "level": "smallint", "centre": "text",
}  # fmt: skip
_INSERT = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})"  # noqa: S608  # our names


def row(event: Event[Any], *, number: int, channel: str = "", level: int = 1, centre: str = "") -> Row:
    """The row of an event with this `number` in its stream, counted from 0; see `StoredEvent` for the other columns."""
    return {
        "stream": event.stream, "number": number, "at": event.at, "kind": event.kind, "version": event.kind.version,
        "queue": event.queue, "person": event.person, "data": event.data, "channel": channel, "level": level,
        "centre": centre,
    }  # fmt: skip


def append(row: Mapping[str, Any]) -> None:
    """Write one row, inside the caller's transaction. To write many, send them together (`TABLE`, `COLUMNS`)."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {**row, "data": Jsonb(row["data"])}
        cursor.execute(_INSERT, values)
