"""Adds tallies to the stored rows. Only one transaction at a time writes them: whoever holds the reader's row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from indgang.measures.models import Rollup
from indgang.measures.rollups.facts import FactKey
from indgang.measures.rollups.tallies import FactTally, Tallies

TABLE = Rollup._meta.db_table
SUMS = ("whole", "part", "short", "milliseconds", "target_points", "buckets", "counts")
_KEY_TYPES = ("timestamptz", "text", "text", "text", "text", "text", "text", "smallint", "text")
_KEY = ", ".join(FactKey._fields)
_KEYS = f"unnest({', '.join(f'%s::{kind}[]' for kind in _KEY_TYPES)}) AS k({_KEY})"
_FIND = f"SELECT {_KEY}, {', '.join(SUMS)} FROM {TABLE} JOIN {_KEYS} USING ({_KEY})"  # noqa: S608  # our names
_SAME = " AND ".join(f"r.{name} = k.{name}" for name in FactKey._fields)
_DELETE = f"DELETE FROM {TABLE} r USING {_KEYS} WHERE {_SAME}"  # noqa: S608  # our names
_PUT = f"""
INSERT INTO {TABLE} ({_KEY}, {", ".join(SUMS)})
SELECT {_KEY}, whole, part, short, milliseconds, target_points, buckets::smallint[], counts::int[]
FROM unnest({", ".join(f"%s::{kind}[]" for kind in _KEY_TYPES)}, %s::int[], %s::int[], %s::int[], %s::bigint[],
    %s::int[], %s::text[], %s::text[]) AS k({_KEY}, {", ".join(SUMS)})
ON CONFLICT ({_KEY}) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in SUMS)}
"""  # noqa: S608  # our names
_AT_A_TIME = 5_000


def add(changes: Tallies) -> None:
    """Add the changes to the rows; a row at which nothing is left goes. Inside the caller's transaction."""
    changed = list(changes.changes())
    for first in range(0, len(changed), _AT_A_TIME):
        _add(changed[first : first + _AT_A_TIME])


def _add(changed: Sequence[tuple[FactKey, FactTally]]) -> None:
    stored = dict(find([key for key, _tally in changed]))
    kept, gone = [], []
    for key, tally in changed:
        if before := stored.get(key):
            before.add(tally)
            tally = before
        if tally:
            kept.append((key, tally))
        else:
            gone.append(key)
    with connection.cursor() as cursor:
        if kept:
            cursor.execute(_PUT, _columns([(*key, *_sums(tally)) for key, tally in kept]))
        if gone:
            cursor.execute(_DELETE, _columns(gone))


def find(keys: Sequence[FactKey]) -> Iterator[tuple[FactKey, FactTally]]:
    """The stored tallies of these keys."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, _columns(keys))
        for row in cursor.fetchall():
            yield read(row)


def read(row: Sequence[Any]) -> tuple[FactKey, FactTally]:
    """The key and the tally of one row."""
    whole, part, short, milliseconds, points, buckets, counts = row[len(FactKey._fields) :]
    histogram = dict(zip(buckets, counts, strict=True))
    return FactKey(*row[: len(FactKey._fields)]), FactTally(whole, part, short, milliseconds, points, histogram)


def replace(tallies: Tallies) -> None:
    """Write these rows instead of all that are stored. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608  # our name
        with cursor.copy(f"COPY {TABLE} ({_KEY}, {', '.join(SUMS)}) FROM STDIN") as copy:
            for key, tally in tallies.changes():
                copy.write_row((*key, *_sums(tally)))


def _sums(tally: FactTally) -> tuple[Any, ...]:
    pairs = sorted(tally.histogram.items())
    return (
        tally.whole, tally.part, tally.short, tally.milliseconds, tally.target_points,
        _array(bucket for bucket, _count in pairs), _array(count for _bucket, count in pairs),
    )  # fmt: skip


def _array(numbers: Iterable[int]) -> str:
    """The text of an array: arrays of arrays with different lengths cannot be sent."""
    return f"{{{','.join(map(str, numbers))}}}"


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
