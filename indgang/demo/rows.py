"""Rows of the demo: read from its data files and added when missing, but never changed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)

_DATA = Path(__file__).parent / "data"


def table(name: str) -> list[dict[str, str]]:
    """The lines of `data/<name>.csv` as dictionaries."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True, slots=True)
class Added(Generic[Row]):
    """All rows by their key, and the keys of the new ones."""

    all: dict[str, Row]
    new: frozenset[str]

    def __getitem__(self, key: str) -> Row:
        return self.all[key]


def add(rows: Sequence[Row], key: str = "code") -> Added[Row]:
    """Insert the rows whose `key` is not in the table yet. People's changes stay."""
    if not rows:
        return Added({}, frozenset())
    manager = type(rows[0])._default_manager
    wanted = {getattr(row, key): row for row in rows}
    there = {getattr(row, key): row for row in manager.filter(**{f"{key}__in": wanted})}
    missing = [row for name, row in wanted.items() if name not in there]
    manager.bulk_create(missing)
    return Added({name: there.get(name, row) for name, row in wanted.items()}, frozenset(wanted) - frozenset(there))
