"""The trail is kept for a stated time; what is older is deleted, by a role of the database that may do nothing else.

The database holds the time too: its trigger refuses to delete what is younger (migration 0003).
"""

from __future__ import annotations

import psycopg
from django.db import connection
from psycopg import sql

from indgang.audit.models import Change, Look

#: as the trigger in migration 0003 says it
KEPT = "5 years"
_MODELS = (Change, Look)


def delete_due(retention_url: str = "") -> int:
    """Delete what is older than `KEPT` by the database's clock; returns how many rows.

    As the role that `retention_url` names; without one over Django's connection, which may do it only if it is the
    owner's.
    """
    if retention_url:
        with psycopg.connect(retention_url) as own:
            return sum(own.execute(_statement(model._meta.db_table)).rowcount for model in _MODELS)
    with connection.cursor() as cursor:
        return sum(_deleted(cursor, model._meta.db_table) for model in _MODELS)


def _deleted(cursor: object, table: str) -> int:
    cursor.execute(_statement(table))  # type: ignore[attr-defined]  # Django's cursor around psycopg's
    return int(cursor.rowcount)  # type: ignore[attr-defined]


def _statement(table: str) -> sql.Composed:
    return sql.SQL("DELETE FROM {} WHERE at < now() - interval {}").format(sql.Identifier(table), sql.Literal(KEPT))
