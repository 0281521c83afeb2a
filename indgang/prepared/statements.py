"""Statements that are asked again and again: prepared once for each connection, and answered in binary.

Planning takes PostgreSQL longer than answering does where a statement joins a few tables and finds a few rows: 1.3 to
3.5 ms of planning for 0.2 ms of work in the parts of the desk. A prepared statement keeps its plan until the statistics
of its tables change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import psycopg
from django.db import connection

#: only what we ask for is prepared, however often other statements are sent
_NOT_BY_ITSELF = 1_000_000_000


def rows(statement: str, values: Mapping[str, Any], *, binary: bool = True) -> list[tuple[Any, ...]]:
    """The rows that a statement gives; `values` by their names in it, as `%(name)s`. Raises Django's database errors.

    The statement must be the same text every time: what differs belongs in `values`. Without `binary` the columns come
    as Django's own cursor has them, which its fields know how to read.
    """
    with connection.cursor() as cursor, connection.wrap_database_errors:
        connection.validate_no_broken_transaction()
        # Django's own cursor writes the values into the statement, which then cannot be prepared
        link = cast("psycopg.Connection[Any]", cursor.connection)
        _note(link, statement, values)
        before = link.prepare_threshold
        link.prepare_threshold = _NOT_BY_ITSELF  # Django's None would prepare nothing at all
        try:
            return psycopg.Cursor(link).execute(statement, values, prepare=True, binary=binary).fetchall()
        finally:
            link.prepare_threshold = before


def _note(link: psycopg.Connection[Any], statement: str, values: Mapping[str, Any]) -> None:
    """Where Django keeps account of its queries (in tests and benches), those that go past it are named too."""
    if connection.queries_logged:
        sql = psycopg.ClientCursor(link).mogrify(statement, values)
        connection.queries_log.append({"sql": sql, "time": "0"})
