"""Counts one share of all streams into runs on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from indgang.measures.rollups import log, runs
from indgang.measures.rollups.facts import Counted, facts

_LOOKS_EVERY = 1_000


class Orphaned(RuntimeError):
    """The process that would merge the share has ended."""


def count(number: int, shares: int, folder: Path, *, most: int, parent: int | None = None) -> None:
    """Count share `number` of so many, inside a transaction. Raises Orphaned when the process `parent` has ended."""
    runs.write(_facts(number, shares, parent), folder, f"share-{number}", most=most)


def _facts(number: int, shares: int, parent: int | None) -> Iterator[list[Counted]]:
    promises = log.promises()
    for place, rows in enumerate(log.share(number, shares)):
        if parent is not None and place % _LOOKS_EVERY == 0 and os.getppid() != parent:
            raise Orphaned(f"process {parent} has ended")
        yield facts([log.noted(row) for row in rows], promises)
