"""The connection that scrubs: Django's own, or that of the database role that may scrub events (docs/adr/0031)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import psycopg
from django.db import connection, transaction

#: keeps the planner from scanning a month of events for some hundred enquiries, and from taking a second processor from
#: the desk
_CAREFUL = (
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off;"
    " SET LOCAL max_parallel_workers_per_gather = 0"
)


_JSONB = psycopg.adapters.types["jsonb"].oid


class Store(Protocol):
    """Runs statements with named parameters; each batch is a transaction of its own."""

    def batch(self) -> AbstractContextManager[None]: ...

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query; JSON as Python values."""

    def run(self, statement: str, parameters: Mapping[str, Any]) -> int:
        """Run a statement. Return the number of rows that it changed."""


class DjangoStore:
    """Django's connection. Inside a transaction its batches are savepoints."""

    @contextmanager
    def batch(self) -> Iterator[None]:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_CAREFUL)
            yield

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, dict(parameters))
            # Django's connection gives jsonb as text
            json_columns = {n for n, column in enumerate(cursor.description or ()) if column[1] == _JSONB}
            return [_with_json(row, json_columns) for row in cursor.fetchall()]

    def run(self, statement: str, parameters: Mapping[str, Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, dict(parameters))
            return int(cursor.rowcount)


def _with_json(row: tuple[Any, ...], json_columns: set[int]) -> tuple[Any, ...]:
    return tuple(json.loads(value) if n in json_columns and value is not None else value for n, value in enumerate(row))


class RoleStore:
    """A connection as another database role."""

    def __init__(self, own: psycopg.Connection[Any]) -> None:
        self._own = own

    @contextmanager
    def batch(self) -> Iterator[None]:
        with self._own.transaction():
            self._own.execute(_CAREFUL)
            yield

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return self._own.execute(statement, parameters, prepare=False).fetchall()

    def run(self, statement: str, parameters: Mapping[str, Any]) -> int:
        return self._own.execute(statement, parameters, prepare=False).rowcount


@contextmanager
def opened(retention_url: str) -> Iterator[Store]:
    """A store as the role that `retention_url` names; without one, Django's connection."""
    if not retention_url:
        yield DjangoStore()
        return
    with psycopg.connect(retention_url, autocommit=True) as own:
        own.execute("SET TIME ZONE 'UTC'")
        yield RoleStore(own)
