"""The data dictionary: the views and columns of the reporting schema with their comments, as the database has them."""

from __future__ import annotations

from itertools import groupby

from django.db import connection

from indgang.measures.reporting.views import SCHEMA, VIEWS

_COLUMNS = """
SELECT c.relname, obj_description(c.oid, 'pg_class'), a.attname, format_type(a.atttypid, a.atttypmod),
       col_description(c.oid, a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'v' AND a.attnum > 0
ORDER BY c.relname, a.attnum
"""


def markdown() -> str:
    """A section for each view, in the order of `VIEWS`, with a table of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [SCHEMA])
        rows = cursor.fetchall()
    views = {name: list(columns) for name, columns in groupby(rows, key=lambda row: row[0])}
    return "\n".join(_section(view.name, views[view.name]) for view in VIEWS)


def _section(name: str, columns: list[tuple[str, str, str, str, str]]) -> str:
    lines = [f"### `{SCHEMA}.{name}`", "", columns[0][1], "", "| column | type | |", "|---|---|---|"]
    lines += [f"| `{column}` | {kind} | {said} |" for _view, _comment, column, kind, said in columns]
    return "\n".join([*lines, ""])
