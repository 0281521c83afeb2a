"""Deletes what this package records about who decided, searched and erased, as long after as the trail is kept."""

from __future__ import annotations

from django.db import connection
from django.db.backends.utils import CursorWrapper

from indgang.audit.retention import KEPT

#: by the database's clock; a rule in force stays, and so does a request that is not carried out
_OLD = (
    "DELETE FROM privacy_subjectsearch WHERE at < now() - %(kept)s::interval",
    "DELETE FROM privacy_erasure WHERE done_at < now() - %(kept)s::interval",
    """
    DELETE FROM privacy_retentionrule AS rule WHERE at < now() - %(kept)s::interval AND EXISTS (
        SELECT FROM privacy_retentionrule AS later WHERE later.kind = rule.kind AND later.outcome = rule.outcome
            AND later.valid_from > rule.valid_from AND later.valid_from <= current_date)
    """,
)


def delete_due() -> int:
    """Delete what is older than `KEPT`. Return how many rows."""
    with connection.cursor() as cursor:
        return sum(_deleted(cursor, statement) for statement in _OLD)


def _deleted(cursor: CursorWrapper, statement: str) -> int:
    cursor.execute(statement, {"kept": KEPT})
    return int(cursor.rowcount)
