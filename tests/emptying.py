"""Empties the tables after a test with real transactions, in a tenth of the time of Django's `flush`.

`flush` truncates every table, which writes hundreds of files, and then makes all content types and permissions again.
A test fills few tables with few rows, so these alone are deleted, and content types and permissions stay.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

#: tables that `migrate` fills; tests leave them as they are
_KEPT = ("auth_permission", "django_content_type", "django_migrations")


def replace_flush() -> None:
    """Have Django call `empty` where it would call `flush`."""
    from django.test import TransactionTestCase

    def _fixture_teardown(case: Any) -> None:
        empty()

    setattr(TransactionTestCase, "_fixture_teardown", _fixture_teardown)  # noqa: B010  # the stubs do not declare this method


def empty() -> None:
    """Delete what the test has committed. Keys are not checked, and the triggers that protect the trail do not run."""
    with connection.cursor() as cursor:
        _wait_until_others_are_idle(cursor)
        with transaction.atomic():
            cursor.execute(_which_are_filled())
            filled = [sql.Identifier(table) for (table,) in cursor.fetchall()]
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in filled:
                cursor.execute(sql.SQL("DELETE FROM {}").format(table))


@cache
def _which_are_filled() -> str:
    """One statement that returns the tables with a row; partitions count as their table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname <> ALL (%s)",
            [list(_KEPT)],
        )
        tables = [table for (table,) in cursor.fetchall()]
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
    return " UNION ALL ".join(asked)


def _wait_until_others_are_idle(cursor: CursorWrapper, *, seconds: float = 15.0) -> None:
    """Wait for the requests of closed pages, which might write once more."""
    quiet, deadline = 0, time.monotonic() + seconds
    while quiet < 2 and time.monotonic() < deadline:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
        )
        (busy,) = cursor.fetchone() or (0,)
        quiet = 0 if busy else quiet + 1
        time.sleep(0.01 if quiet < 2 else 0)
