"""The enquiries of a potential one by one, each with the rule that decided it. Pure.

Rows of a file keep their line. Others are put together where they are the same in everything that a rule can ask, so
that they say nothing about when somebody called or wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indgang.analysis.potential.classifying import UNDECIDED, Decided, EnquiryColumns
from indgang.analysis.potential.results import CountedRows, UnitName
from indgang.analysis.potential.rules import PURPOSES, CountMark, MinuteLimit, PotentialRule, TopicKind


@dataclass(frozen=True, slots=True)
class FileLines:
    """The line of each row of a file, and how many enquiries it stands for, in the order of the enquiries."""

    lines: NDArray[np.int64]
    times: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """So many enquiries that one rule decided; None for what is not known, and for `rule` when none decides."""

    line: int | None
    unit: UnitName
    is_first_level: bool
    mark: CountMark | None
    purpose: str | None
    topic: TopicKind | None
    minutes: float | None
    is_resolved: bool | None
    count: int
    rule: PotentialRule | None


def decided_rows(
    decided: Decided, rows: CountedRows, enquiries: EnquiryColumns, of_file: FileLines | None = None
) -> Iterator[DecidedRow]:
    """The rows in the order of the file, or by unit and what they say. Minutes are rounded to hundredths, to the side
    of each limit on which they are."""
    minutes = _shown(enquiries.minutes, decided.rules.limits)
    if of_file is None:
        first, times = _alike(decided, rows, enquiries, minutes)
        lines = None
    else:
        first, times, lines = np.cumsum(of_file.times) - of_file.times, of_file.times, of_file.lines
    for number, place in enumerate(first.tolist()):
        rule = int(decided.rule[place])
        resolved, length = int(enquiries.resolved[place]), float(minutes[place])
        yield DecidedRow(
            None if lines is None else int(lines[number]), rows.units[int(rows.unit[place])],
            bool(rows.first_level[place]), _mark(int(enquiries.mark[place])),
            _purpose(int(enquiries.purpose[place])), _topic(int(enquiries.topic[place])),
            None if np.isnan(length) else length, None if resolved < 0 else bool(resolved), int(times[number]),
            None if rule == UNDECIDED else decided.rules.rules[rule],
        )  # fmt: skip


def _alike(
    decided: Decided, rows: CountedRows, enquiries: EnquiryColumns, minutes: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The place of the first of those that are the same, and how many there are."""
    hundredths = np.where(np.isnan(minutes), -1, np.round(minutes * 100)).astype(np.int64)
    columns = (
        rows.unit, rows.first_level, enquiries.mark, enquiries.purpose, enquiries.topic, hundredths,
        enquiries.resolved, decided.rule,
    )  # fmt: skip
    kinds = np.column_stack([each.astype(np.int64) for each in columns])
    _kinds, first, times = np.unique(kinds, axis=0, return_index=True, return_counts=True)
    return first, times


def _shown(minutes: NDArray[np.float32], limits: tuple[MinuteLimit, ...]) -> NDArray[np.float64]:
    exact = minutes.astype(np.float64)
    found: NDArray[np.float64] = np.round(exact, 2)
    for limit in limits:
        crossed = _is_short(found, limit) != _is_short(exact, limit)
        found = np.where(crossed, found + np.where(found > exact, -0.01, 0.01), found)
    return found


def _is_short(minutes: NDArray[np.float64], limit: MinuteLimit) -> NDArray[np.bool_]:
    return minutes <= limit.minutes if limit.is_inclusive else minutes < limit.minutes


def _mark(value: int) -> CountMark | None:
    return CountMark(value) if value >= 0 else None


def _topic(value: int) -> TopicKind | None:
    return TopicKind(value) if value >= 0 else None


def _purpose(place: int) -> str | None:
    return PURPOSES[place] if 0 <= place < len(PURPOSES) else None
