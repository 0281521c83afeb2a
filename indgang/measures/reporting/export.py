"""Days of the roll-ups as Parquet, for tools that read files: DuckDB, pandas, Power BI."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
from django.db import connection

from indgang.measures.reporting.views import SCHEMA

#: the columns of the view `days`, in DuckDB's types
_TYPES = {
    "day": "DATE", "measure": "VARCHAR", "centre": "VARCHAR", "queue": "VARCHAR", "service": "VARCHAR",
    "purpose": "VARCHAR", "channel": "VARCHAR", "level": "SMALLINT", "outcome": "VARCHAR", "whole": "BIGINT",
    "part": "BIGINT", "short": "BIGINT", "seconds": "DOUBLE", "target_points": "BIGINT",
}  # fmt: skip
_ROWS = f"""COPY (
    SELECT {", ".join(_TYPES)} FROM {SCHEMA}.days WHERE day BETWEEN %s AND %s ORDER BY day, measure, centre, queue
) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"""  # noqa: S608  # our names


def write(path: Path, *, first: date, last: date) -> int:
    """Write the rows of these days, both included, and return how many. The file appears when it is whole.

    Raises OSError when it cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".figures-") as folder:
        rows, whole = Path(folder) / "rows.csv", Path(folder) / "whole.parquet"
        with connection.cursor() as cursor, rows.open("wb") as file, cursor.copy(_ROWS, [first, last]) as copy:
            for block in copy:
                file.write(block)
        written = convert(rows, whole, _TYPES)
        whole.replace(path)
    return written


def convert(rows: Path, parquet: Path, types: Mapping[str, str]) -> int:
    """Write the lines of a CSV file without a head, texts quoted, as Parquet with columns of DuckDB's types; returns
    how many there are."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    how = "header = false, auto_detect = false, allow_quoted_nulls = false"
    read = f"read_csv({_quoted(rows)}, {how}, columns = {{{columns}}})"
    with duckdb.connect() as own:
        own.execute(f"COPY (SELECT * FROM {read}) TO {_quoted(parquet)} (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608  # quoted
        (written,) = own.execute(f"SELECT count(*) FROM read_parquet({_quoted(parquet)})").fetchone() or (0,)  # noqa: S608  # quoted
    return int(written)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
