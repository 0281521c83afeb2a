"""The effect of a table: each row is new, changed field by field, unchanged, or refused for a reason."""

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
    """A problem of a row, in the column that it concerns (empty: the whole row)."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A change of one value of an existing row, or of an existing row that belongs to a new one: the present value and
    the new one."""

    column: str
    before: str
    after: str


@dataclass(slots=True)
class PlannedRow:
    """`values` are the values to write, by field; `target` is the existing row."""

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
        """A hash of the plan's effect: it ensures that the plan that was shown is the one that is written."""
        told = hashlib.sha256()
        for row in self.rows:
            told.update(repr((row.line, row.state, row.changes, row.problems)).encode())
        return told.hexdigest()


def refuse_doubles(rows: Sequence[PlannedRow], keys: Iterable[str], column: str, words: str) -> None:
    """Report a key that appears on an earlier line too, as a problem of the later line; `words` take that `line`. "" is
    no key."""
    seen: dict[str, int] = {}
    for row, key in zip(rows, keys, strict=True):
        if not key:
            continue
        if key in seen:
            row.problems.append(RowProblem(row.line, column, words % {"line": seen[key]}))
        else:
            seen[key] = row.line
