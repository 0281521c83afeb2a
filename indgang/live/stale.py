"""Marks parts of pages as stale."""

from __future__ import annotations

from django.db import connection

#: the statement that marks a list of `scope/part` names, for callers that send many statements at once
MARK = "INSERT INTO live_mark (part) SELECT unnest(%s::text[])"


def mark(*parts: str) -> None:
    """Mark `scope/part` names; they are announced when the surrounding transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, [list(dict.fromkeys(parts))])
