"""What a table would do: each row is new, changed field by field, the same, or bad for a reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RowState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row, in the column that it is about (empty: the row)."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value of a row that is there: how it stands, and how it will."""

    column: str
    before: str
    after: str


@dataclass(slots=True)
class PlannedRow:
    """`values` are what is to be written, by field; `target` is the row that is there already."""

    line: int
    label: str
    values: dict[str, Any] = field(default_factory=dict)
    target: Any = None
    changes: list[ValueChange] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def state(self) -> RowState:
        if self.problems:
            return RowState.BAD
        if self.target is None:
            return RowState.NEW
        return RowState.CHANGED if self.changes else RowState.SAME


@dataclass(slots=True)
class ImportPlan:
    rows: list[PlannedRow]

    @property
    def counts(self) -> Mapping[RowState, int]:
        counted = Counter(row.state for row in self.rows)
        return {state: counted[state] for state in RowState}

    @property
    def problems(self) -> list[RowProblem]:
        return [problem for row in self.rows for problem in row.problems]

    def of(self, state: RowState) -> list[PlannedRow]:
        return [row for row in self.rows if row.state is state]

    def digest(self) -> str:
        """The same for plans that would do the same: what was shown is what is written."""
        told = hashlib.sha256()
        for row in self.rows:
            told.update(repr((row.line, row.state, row.changes, row.problems)).encode())
        return told.hexdigest()


def refuse_doubles(rows: Sequence[PlannedRow], keys: Iterable[str], column: str, words: str) -> None:
    """A key that stands on an earlier line is a problem of the later one; `words` take that `line`. "" is no key."""
    seen: dict[str, int] = {}
    for row, key in zip(rows, keys, strict=True):
        if not key:
            continue
        if key in seen:
            row.problems.append(RowProblem(row.line, column, words % {"line": seen[key]}))
        else:
            seen[key] = row.line
