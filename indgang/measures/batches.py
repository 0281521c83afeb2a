"""Rows on disk in batches: what does not fit in memory is written to a file of a folder of our own, and read again."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any


def append(path: Path, rows: Sequence[Any]) -> None:
    """Write one batch behind those that are there."""
    with path.open("ab") as file:
        pickle.dump(rows, file, pickle.HIGHEST_PROTOCOL)


def rows(path: Path) -> Iterator[Any]:
    """The rows of all batches, one batch in memory at a time."""
    with path.open("rb") as file:
        while True:
            try:
                yield from pickle.load(file)  # noqa: S301  # written by `append`, in a folder of our own
            except EOFError:
                return
