"""Frequent statements: prepared once for each connection, and answered in binary.

For a statement that joins a few tables and finds a few rows, planning takes PostgreSQL longer than the work itself: 1.3
to 3.5 ms of planning for 0.2 ms of work in the parts of the desk. A prepared statement keeps its plan until the
statistics of its tables change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import psycopg
from django.db import connection

#: a threshold so high that psycopg prepares only the statements for which we ask it to
_NOT_BY_ITSELF = 1_000_000_000


def rows(statement: str, values: Mapping[str, Any], *, binary: bool = True) -> list[tuple[Any, ...]]:
    """The rows of a statement; `values` by their names in it, as `%(name)s`. Raises Django's database errors.

    The text of the statement must be the same every time: variable values belong in `values`. Without `binary` the
    columns have the same form as from Django's own cursor, which its fields expect.
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
    """Add the statement to Django's log of queries (in tests and benches), which would otherwise miss it."""
    if connection.queries_logged:
        sql = psycopg.ClientCursor(link).mogrify(statement, values)
        connection.queries_log.append({"sql": sql, "time": "0"})
