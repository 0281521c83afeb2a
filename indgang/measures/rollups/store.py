"""Adds tallies to the stored rows, and to those of days and months that are their sums.

Only one transaction at a time writes them: whoever holds the reader's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, Generic, TypeVar

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
_COPIED_TOGETHER = 500
T = TypeVar("T")


@dataclass(frozen=True)
class RollupTable(Generic[K]):
    """A table of tallies under keys of one type. `time` is the column of the time where the index of the keys begins
    with it: only rows between the first and the last time of the keys are looked at."""

    name: str
    key: Any
    time: str = ""

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
        words = [*_columns(keys), _array(range(len(keys)))]
        if self.time:
            sql += f" WHERE {self._between}"
            words += self._span(keys)
        with connection.cursor() as cursor:
            cursor.execute(sql, words)
            for place, *sums in cursor.fetchall():
                yield keys[place], _tally(*sums)

    @property
    def _between(self) -> str:
        return f"{self.name}.{self.time} BETWEEN %s AND %s"

    def _span(self, keys: Sequence[K]) -> list[Any]:
        """The first and the last time of the keys."""
        times = {key[0] for key in keys}
        return [min(times), max(times)]

    def _has_any(self, keys: Sequence[K]) -> bool:
        """Whether there can be rows of these keys. There are none while the past is counted in the order of time."""
        if not self.time:
            return True
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {self.name} WHERE {self._between})", self._span(keys))  # noqa: S608  # our names
            return bool((cursor.fetchone() or (False,))[0])

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
        if not changed:
            return
        keys = [key for key, _tally in changed]
        stored: dict[K, FactTally] = {}
        for part in _parts(keys) if self._has_any(keys) else ():
            stored.update(self.find(part))
        if new := [each for each in changed if each[0] not in stored]:
            self.copy(new)
        for key, tally in changed:
            if (before := stored.get(key)) is not None:
                before.add(tally)
        for rows in _parts([each for each in stored.items() if each[1]]):
            self.put(rows)
        for gone in _parts([key for key, tally in stored.items() if not tally]):
            self.delete(gone)

    def copy(self, rows: Iterable[tuple[K, FactTally]]) -> None:
        """Write rows that are not there yet. The database stores some while the next are put into words."""
        into = f"COPY {self.name} ({self.columns}, {', '.join(SUMS)}) FROM STDIN"
        following = iter(rows)
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            while lines := [_line(key, tally) for key, tally in islice(following, _COPIED_TOGETHER)]:
                copy.write("".join(lines))

    def clear(self) -> None:
        """Delete the rows that the events of the log count."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.name} WHERE measure <> ALL(%s)", [list(NOT_FROM_EVENTS)])  # noqa: S608  # our name


QUARTERS: RollupTable[FactKey] = RollupTable(Rollup._meta.db_table, FactKey, time="quarter")
SUMMED: RollupTable[SummedKey] = RollupTable(SummedRollup._meta.db_table, SummedKey)


def add(changes: Tallies[FactKey]) -> None:
    """Add the changes to the rows and to the sums of days and months. Inside the caller's transaction."""
    changed = list(changes.changes())
    QUARTERS.add(changed)
    SUMMED.add(list(grains.summed(changed).changes()))


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


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows of one statement after the other."""
    return (rows[first : first + _AT_A_TIME] for first in range(0, len(rows), _AT_A_TIME))


def _tally(
    whole: int, part: int, short: int, milliseconds: int, points: int, buckets: Sequence[int], counts: Sequence[int]
) -> FactTally:
    return FactTally(whole, part, short, milliseconds, points, dict(zip(buckets, counts, strict=True)))


def _sums(tally: FactTally) -> tuple[Any, ...]:
    held = tally.histogram
    buckets = sorted(held)
    return (
        tally.whole, tally.part, tally.short, tally.milliseconds, tally.target_points,
        _list(buckets), _list([held[bucket] for bucket in buckets]),
    )  # fmt: skip


def _list(numbers: list[int]) -> str:
    """As `_array`; Python writes a list of numbers faster than one number after the other."""
    return f"{{{str(numbers)[1:-1]}}}"


def _line(key: Sequence[Any], tally: FactTally) -> str:
    """A row as COPY reads it."""
    whole, part, short, milliseconds, points, buckets, counts = _sums(tally)
    return (
        f"{_copied(key[0])}\t{_all_copied(tuple(key[1:]))}\t{whole}\t{part}\t{short}\t{milliseconds}\t{points}"
        f"\t{buckets}\t{counts}\n"
    )


#: what stands for something else in a line of COPY
_IN_A_LINE = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@lru_cache(maxsize=20_000)
def _copied(value: object) -> str:
    return str(value).translate(_IN_A_LINE)


@lru_cache(maxsize=20_000)
def _all_copied(values: tuple[object, ...]) -> str:
    """The rest of a key: the same stands in most quarters."""
    return "\t".join(map(_copied, values))


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
