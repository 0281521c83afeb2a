"""Deletes the part of the trail whose time is over, as a role of the database that may do nothing else.

The database enforces the time too: its trigger `audit_is_final` refuses to delete younger rows.
"""

from __future__ import annotations

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef
from psycopg import sql

from indgang.audit.models import Change, Look, LookReview

#: the same as in the trigger `audit_is_final`
KEPT = "5 years"
_MODELS = (Change, Look)


def delete_due(retention_url: str = "") -> int:
    """Delete what is older than `KEPT` by the database's clock. Return how many rows.

    It connects as the role that `retention_url` names. Without one it uses Django's connection, which works only if
    that connects as the owner.
    """
    if retention_url:
        with psycopg.connect(retention_url) as own:
            return sum(own.execute(_statement(model._meta.db_table)).rowcount for model in _MODELS)
    with connection.cursor() as cursor:
        return sum(_deleted(cursor, model._meta.db_table) for model in _MODELS)


def delete_reviews() -> int:
    """Delete the reviews of looks that are gone. Return how many."""
    return int(LookReview.objects.filter(~Exists(Look.objects.filter(pk=OuterRef("look")))).delete()[0])


def _deleted(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(_statement(table))
    return int(cursor.rowcount)


def _statement(table: str) -> sql.Composed:
    return sql.SQL("DELETE FROM {} WHERE at < now() - interval {}").format(sql.Identifier(table), sql.Literal(KEPT))
