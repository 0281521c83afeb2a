"""The documents' own tables, shipped as they stand: the packages, which segment has which, and the 77 services.

Each row names its source as file and line of the documents.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SegmentedService:
    """A service with its four indicators, as the documents print them (table 11-A); `score` is their sum."""

    name: str
    cases: int
    score: int
    indicators: tuple[int, int, int, int]
    volume: str
    complexity: str
    source: str


@cache
def services() -> tuple[SegmentedService, ...]:
    """The 77 services, in the order of the documents."""
    return tuple(
        SegmentedService(
            row["service"].rstrip("."), int(row["cases_per_year"]), int(row["complexity_score"]),
            (int(row["enquiries_per_case"]), int(row["interfaces"]), int(row["target_group_breadth"]),
             int(row["variation"])),
            row["segment_volume"], row["segment_complexity"], row["source"],
        )
        for row in rows("segmentation.csv")
    )  # fmt: skip


def service_like(name: str, cases: int | None, volume: str, complexity: str) -> SegmentedService | None:
    """The documents' row of a service: by its name, else by its number of cases where only one row has it."""
    in_segment = [each for each in services() if (each.volume, each.complexity) == (volume, complexity)]
    named = [each for each in in_segment if each.name == name.rstrip(".")]
    found = named or [each for each in in_segment if each.cases == cases]
    return found[0] if len(found) == 1 else None


def row_of(name: str, cases: int | None) -> SegmentedService | None:
    """The row of a service, whatever segment it is in now. Three names are in two segments, so the key is the name and
    the number of cases (X-26); of two rows with the name, it is the one with the nearest number."""
    named = [each for each in services() if each.name == name.rstrip(".")]
    if len(named) > 1 and cases is not None:
        return min(named, key=lambda each: abs(each.cases - cases))
    return named[0] if len(named) == 1 else None


def rows(file: str) -> list[dict[str, str]]:
    """The rows of one of the tables, as texts by their column."""
    with (_FOLDER / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
