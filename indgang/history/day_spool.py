"""Rows of a file by day, on disk: a million of them need no more memory than some of them, in whatever order they come.

The files hold what was mapped: no person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from indgang.measures import batches

#: rows in memory before they are written
MOST_HELD = 100_000
#: of one day, which is read back as a whole
MOST_OF_A_DAY = 200_000

SpooledRow = tuple[Any, ...]


class TooManyOnOneDay(ValueError):
    """One day has more rows than a day can have: the days of the file are read wrongly."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


class DaySpool:
    """Rows by day in a folder, which belongs to the caller."""

    def __init__(self, folder: Path, *, most: int = MOST_HELD) -> None:
        self._folder, self._most, self._held_now = folder, most, 0
        self._held: defaultdict[date, list[SpooledRow]] = defaultdict(list)
        self._counts: defaultdict[date, int] = defaultdict(int)

    def add(self, day: date, row: SpooledRow) -> None:
        self._held[day].append(row)
        self._held_now += 1
        if self._held_now >= self._most:
            self._flush()

    def days(self) -> Iterator[tuple[date, list[SpooledRow]]]:
        """The days in order, each with its rows in the order of the file. Raises TooManyOnOneDay."""
        self._flush()
        for day in sorted(self._counts):
            yield day, list(batches.rows(self._path(day)))

    def _flush(self) -> None:
        for day, rows in self._held.items():
            self._counts[day] += len(rows)
            if self._counts[day] > MOST_OF_A_DAY:
                raise TooManyOnOneDay(day)
            batches.append(self._path(day), rows)
        self._held.clear()
        self._held_now = 0

    def _path(self, day: date) -> Path:
        return self._folder / day.isoformat()
