"""Adds tallies to the stored rows, and to those of days and months that are their sums.

Only one transaction at a time writes them: whoever holds the reader's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Generic

from django.db import connection

from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.rollups import grains
from indgang.measures.rollups.facts import NOT_FROM_EVENTS, FactKey
from indgang.measures.rollups.grains import SummedKey
from indgang.measures.rollups.tallies import FactTally, K, Tallies

SUMS = ("whole", "part", "short", "milliseconds", "target_points", "buckets", "counts")
_SUM_TYPES = ("int", "int", "int", "bigint", "int", "text", "text")
_TYPES = {
    "quarter": "timestamptz", "day": "date", "level": "smallint", "place": "int",
    **dict(zip(SUMS, _SUM_TYPES, strict=True)),
}  # fmt: skip
_AT_A_TIME = 5_000


@dataclass(frozen=True)
class RollupTable(Generic[K]):
    """A table of tallies under keys of one type."""

    name: str
    key: Any

    @property
    def columns(self) -> str:
        return ", ".join(self.key._fields)

    def rows_of(self, *more: str) -> str:
        """Rows from arrays, one parameter for each column."""
        names = (*self.key._fields, *more)
        arrays = ", ".join(f"%s::{_TYPES.get(name, 'text')}[]" for name in names)
        return f"unnest({arrays}) AS k({', '.join(names)})"

    def find(self, keys: Sequence[K]) -> Iterator[tuple[K, FactTally]]:
        """The stored tallies of these keys."""
        sql = f"SELECT place, {', '.join(SUMS)} FROM {self.name} JOIN {self.rows_of('place')} USING ({self.columns})"  # noqa: S608  # our names
        with connection.cursor() as cursor:
            cursor.execute(sql, [*_columns(keys), _array(range(len(keys)))])
            for place, *sums in cursor.fetchall():
                yield keys[place], _tally(*sums)

    def read(self, row: Sequence[Any]) -> tuple[K, FactTally]:
        """The key and the tally of one row of the key's columns and `SUMS`."""
        width = len(self.key._fields)
        return self.key(*row[:width]), _tally(*row[width:])

    def put(self, rows: Sequence[tuple[K, FactTally]]) -> None:
        """Write these rows, or write them anew."""
        sums = ", ".join(SUMS[:-2])
        changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in SUMS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.name} ({self.columns}, {', '.join(SUMS)})"  # noqa: S608  # our names
                f" SELECT {self.columns}, {sums}, buckets::smallint[], counts::int[] FROM {self.rows_of(*SUMS)}"
                f" ON CONFLICT ({self.columns}) DO UPDATE SET {changed}",
                [*_columns([key for key, _sums in rows]), *_sum_columns([tally for _key, tally in rows])],
            )

    def delete(self, keys: Sequence[K]) -> None:
        same = " AND ".join(f"r.{name} = k.{name}" for name in self.key._fields)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.name} r USING {self.rows_of()} WHERE {same}", _columns(keys))  # noqa: S608  # our names

    def add(self, changed: Sequence[tuple[K, FactTally]]) -> None:
        """Add these changes to the rows; a row at which nothing is left goes."""
        stored = dict(self.find([key for key, _tally in changed]))
        kept, gone = [], []
        for key, tally in changed:
            if before := stored.get(key):
                before.add(tally)
                tally = before
            if tally:
                kept.append((key, tally))
            else:
                gone.append(key)
        if kept:
            self.put(kept)
        if gone:
            self.delete(gone)

    def copy(self, rows: Iterable[tuple[K, FactTally]]) -> None:
        """Write rows that are not there yet."""
        into = f"COPY {self.name} ({self.columns}, {', '.join(SUMS)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for key, tally in rows:
                copy.write_row((*key, *_sums(tally)))

    def clear(self) -> None:
        """Delete the rows that the events of the log count."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.name} WHERE measure <> ALL(%s)", [list(NOT_FROM_EVENTS)])  # noqa: S608  # our name


QUARTERS: RollupTable[FactKey] = RollupTable(Rollup._meta.db_table, FactKey)
SUMMED: RollupTable[SummedKey] = RollupTable(SummedRollup._meta.db_table, SummedKey)


def add(changes: Tallies[FactKey]) -> None:
    """Add the changes to the rows and to the sums of days and months. Inside the caller's transaction."""
    changed = list(changes.changes())
    summed = list(grains.summed(changed).changes())
    for first in range(0, len(changed), _AT_A_TIME):
        QUARTERS.add(changed[first : first + _AT_A_TIME])
    for first in range(0, len(summed), _AT_A_TIME):
        SUMMED.add(summed[first : first + _AT_A_TIME])


def replace(rows: Iterable[tuple[FactKey, FactTally]]) -> None:
    """Write these rows, which are in the order of their quarters, instead of all that are stored, a day at a time.
    Inside the caller's transaction."""
    QUARTERS.clear()
    SUMMED.clear()
    months: Tallies[SummedKey] = Tallies()
    for _day, of_day in groupby(rows, key=lambda row: grains.day_of_quarter(row[0].quarter)):
        counted = list(of_day)
        QUARTERS.copy(counted)
        summed = grains.summed(counted)
        first = next(iter(summed)).day.replace(day=1)
        if months and next(iter(months)).day != first:
            SUMMED.copy(months.changes())
            months = Tallies()
        for key, tally in summed.changes():
            if key.grain in grains.MONTHS:
                months.at(key).add(tally)
        SUMMED.copy((key, tally) for key, tally in summed.changes() if key.grain not in grains.MONTHS)
    SUMMED.copy(months.changes())


def _tally(
    whole: int, part: int, short: int, milliseconds: int, points: int, buckets: Sequence[int], counts: Sequence[int]
) -> FactTally:
    return FactTally(whole, part, short, milliseconds, points, dict(zip(buckets, counts, strict=True)))


def _sums(tally: FactTally) -> tuple[Any, ...]:
    buckets = sorted(tally.histogram)
    return (
        tally.whole, tally.part, tally.short, tally.milliseconds, tally.target_points,
        _array(buckets), _array([tally.histogram[bucket] for bucket in buckets]),
    )  # fmt: skip


def _array(values: Iterable[Any]) -> str:
    """The text of an array: arrays of arrays with different lengths cannot be sent, and long lists are sent slowly."""
    return f"{{{','.join(map(str, values))}}}"


@lru_cache(maxsize=20_000)
def _quoted(value: object) -> str:
    """A code or a moment in an array; the same few stand in most rows."""
    text = str(value)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _columns(keys: Sequence[Sequence[Any]]) -> list[str]:
    """Each column of the keys as an array."""
    columns = zip(*keys, strict=True)
    return [_array(column if isinstance(column[0], int) else map(_quoted, column)) for column in columns]


def _sum_columns(tallies: Iterable[FactTally]) -> Iterator[str]:
    """Each column of `SUMS` as an array."""
    *numbers, buckets, counts = zip(*map(_sums, tallies), strict=True)
    yield from map(_array, numbers)
    for column in (buckets, counts):
        yield _array(f'"{each}"' for each in column)
