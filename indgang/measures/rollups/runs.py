"""Tallies on disk: sorted runs, written one after the other and merged in the order of their keys.

So counting everything anew needs no more memory than one run, however many rows there are. They hold what roll-ups
hold: no person.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from indgang.measures import batches
from indgang.measures.rollups.facts import Counted, FactKey
from indgang.measures.rollups.tallies import FactTally, Tallies

#: the most keys in memory before they are written
MOST_KEYS = 200_000
_AT_A_TIME = 1_000

#: a key and the sums of its tally, with the histogram as pairs
_Line = tuple[tuple[Any, ...], tuple[int, int, int, int, int, tuple[tuple[int, int], ...]]]
_key = itemgetter(0)


def write(facts: Iterable[Iterable[Counted]], folder: Path, name: str, *, most: int = MOST_KEYS) -> None:
    """Count the facts of many streams into runs in the folder."""
    tallies: Tallies[FactKey] = Tallies()
    number = 0
    for of_stream in facts:
        tallies.count(of_stream)
        if len(tallies) >= most:
            _write(tallies, folder / f"{name}-{number}")
            tallies, number = Tallies(), number + 1
    _write(tallies, folder / f"{name}-{number}")


def _write(tallies: Tallies[FactKey], path: Path) -> None:
    lines = iter(sorted((tuple(key), _plain(tally)) for key, tally in tallies.changes()))
    while batch := list(islice(lines, _AT_A_TIME)):
        batches.append(path, batch)


def _plain(tally: FactTally) -> Any:
    histogram = tuple(tally.histogram.items())
    return tally.whole, tally.part, tally.short, tally.milliseconds, tally.target_points, histogram


def merged(folder: Path) -> Iterator[tuple[FactKey, FactTally]]:
    """The keys of all runs in the folder, in order, each with everything that is counted under it."""
    lines: Iterator[_Line] = heapq.merge(*map(batches.rows, sorted(folder.iterdir())), key=_key)
    for key, of_key in groupby(lines, key=_key):
        tally = FactTally()
        for _same, (whole, part, short, milliseconds, points, histogram) in of_key:
            tally.add(FactTally(whole, part, short, milliseconds, points, dict(histogram)))
        yield FactKey(*key), tally
