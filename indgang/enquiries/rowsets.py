"""Writes many rows in one statement: they are sent as one JSON value, which PostgreSQL expands into rows.

A call passes through the journal seven times. One prepared statement per table, all sent in one round trip, costs a
third of the processor time of one statement per row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import orjson
import psycopg
from django.db import connection
from django.db.models import Model
from psycopg.types.json import Json, Jsonb

#: column names with their PostgreSQL types
Columns = Mapping[str, str]
Row = Mapping[str, Any]

as_json = partial(Jsonb, dumps=orjson.dumps)
#: a row set travels as `json`: PostgreSQL takes it apart in two thirds of the time that `jsonb` takes
_as_row_set = partial(Json, dumps=orjson.dumps)


@cache
def columns_of(model: type[Model]) -> Columns:
    """All columns of a model, by attribute name (which is the column's name too)."""
    return {field.attname: str(field.db_type(connection)) for field in model._meta.concrete_fields}


def insert(table: str, columns: Columns, key: str = "") -> str:
    """The statement that inserts a row set; with a `key`, rows that exist are updated."""
    names = ", ".join(columns)
    statement = f"INSERT INTO {table} ({names}) SELECT {names} FROM {_taken_apart(columns)}"  # noqa: S608  # our names
    if key:
        new = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != key)
        statement += f" ON CONFLICT ({key}) DO UPDATE SET {new}"
    return statement


def update(table: str, columns: Columns, key: str) -> str:
    """The statement that updates the columns of a row set's rows, found by their key."""
    new = ", ".join(f"{name} = v.{name}" for name in columns if name != key)
    return f"UPDATE {table} AS kept SET {new} FROM {_taken_apart(columns)} WHERE kept.{key} = v.{key}"  # noqa: S608  # our names


def _taken_apart(columns: Columns) -> str:
    return f"json_to_recordset(%s) AS v({', '.join(f'{name} {kind}' for name, kind in columns.items())})"


#: a prepared statement keeps its plan, even one made for an empty table, so every plan must find rows by key
_BY_KEY = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
#: only statements that request it are prepared, however often others run
_NOT_BY_ITSELF = 1_000_000_000


class Sending:
    """A pipeline of statements; it waits for results only at the end."""

    def __init__(self, link: psycopg.Connection[Any]) -> None:
        self._link = link

    def send(self, statement: str, values: Sequence[Any]) -> psycopg.Cursor[Any]:
        """Send one statement; its results can be fetched when all statements are sent."""
        # not Django's cursor: it inserts the values into the statement, which then cannot be prepared
        return psycopg.Cursor(self._link).execute(statement, values, prepare=True)

    def rows(self, statement: str, rows: Iterable[Row]) -> None:
        """Send a statement made by `insert` or `update` with its rows; without rows, send nothing.

        A column that is not sent is NULL in PostgreSQL, so values that are None stay here.
        """
        if values := [{name: value for name, value in row.items() if value is not None} for row in rows]:
            self.send(statement, [_as_row_set(values)])


@contextmanager
def together() -> Iterator[Sending]:
    """Send several statements in one round trip, inside the transaction that is open.

    Raises Django's database errors at the end.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        link = connection.connection
        if link.prepare_threshold is None:
            # Django turns prepared statements off, because connection poolers do not support them
            link.prepare_threshold = _NOT_BY_ITSELF
            link.execute(_BY_KEY)
        with link.pipeline():
            yield Sending(link)
