"""The few statements of every search: prepared once for each connection, and answered in binary.

Planning the query that finds takes PostgreSQL a third of the time that answering it does (measured with the bench
`search`); a prepared statement keeps its plan until the statistics of its tables change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from weakref import WeakSet

import psycopg
from django.db import connection

#: only what we ask for is prepared, however often other statements are sent
_NOT_BY_ITSELF = 1_000_000_000
#: else PostgreSQL plans anew each time, since it takes a list of three for cheaper than a list of unknown length
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"
_told: WeakSet[psycopg.Connection[Any]] = WeakSet()


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement gives; `values` by their names in it, as `%(name)s`. Raises Django's database errors.

    The statement must be the same text every time: what differs belongs in `values`.
    """
    with connection.cursor() as cursor, connection.wrap_database_errors:
        connection.validate_no_broken_transaction()
        # Django's own cursor writes the values into the statement, which then cannot be prepared
        link = cast("psycopg.Connection[Any]", cursor.connection)
        if link not in _told:
            link.execute(_PLAN_ONCE)
            _told.add(link)
        before = link.prepare_threshold
        link.prepare_threshold = _NOT_BY_ITSELF  # Django's None would prepare nothing at all
        try:
            return psycopg.Cursor(link).execute(statement, values, prepare=True, binary=True).fetchall()
        finally:
            link.prepare_threshold = before
