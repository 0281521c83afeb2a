"""Which tables are append-only, and whether the database enforces that (docs/adr/0018).

A model of such a table has `APPEND_ONLY = True`. Triggers keep honest code from changing a row. Against everything
else, the product connects as a role that may not change or empty these tables or touch their triggers.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection

_WEAK = """
WITH growing AS (SELECT to_regclass(name)::oid AS oid FROM unnest(%s::text[]) AS name)
SELECT c.relname FROM pg_class c
WHERE c.oid IN (SELECT oid FROM growing UNION SELECT inhrelid FROM pg_inherits JOIN growing ON oid = inhparent)
  AND (pg_has_role(current_user, c.relowner, 'MEMBER')
       OR has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER'))
ORDER BY c.relname
"""


def append_only_tables() -> list[str]:
    """Names of the append-only tables."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "APPEND_ONLY", False))


def rewritable_tables() -> list[str]:
    """The append-only tables, and partitions of them, that this connection's role could change. The list should be
    empty."""
    with connection.cursor() as cursor:
        cursor.execute(_WEAK, [append_only_tables()])
        return [name for (name,) in cursor.fetchall()]
