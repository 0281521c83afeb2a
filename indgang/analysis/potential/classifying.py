"""Which rule decides each of many enquiries, by columns. Pure.

Every kind of row that a rule list can tell apart has a number, and a table says which rule decides it; a row costs a
few additions and a look-up.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indgang.analysis.potential.rules import (
    CHANNELS,
    MOST_MINUTES,
    PURPOSES,
    CountMark,
    Example,
    RuleList,
    TopicKind,
)

Small = NDArray[np.int8]

#: instead of a number of a rule: the row does not say what the rules need
UNDECIDED = 255
#: rows at a time, so that they stay in the processor's cache
_PIECE = 1 << 17


@dataclass(frozen=True, slots=True)
class EnquiryColumns:
    """What is known about each enquiry. −1 (NaN for minutes) where it is not known.

    `mark` and `topic` are values of CountMark and TopicKind, `purpose` places in PURPOSES, `resolved` 0 or 1.
    """

    mark: Small
    purpose: Small
    resolved: Small
    topic: Small
    minutes: NDArray[np.float32]

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, each.name)) for each in fields(self)}
        if len(lengths) != 1:
            raise ValueError("columns must be equally long")

    def __len__(self) -> int:
        return len(self.minutes)

    def piece(self, first: int, last: int) -> EnquiryColumns:
        return EnquiryColumns(*(getattr(self, each.name)[first:last] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Decided:
    """The index of the rule that decided each row, or UNDECIDED."""

    rules: RuleList
    rule: NDArray[np.uint8]

    @property
    def channel(self) -> NDArray[np.uint8]:
        """The place in CHANNELS of each row, or UNDECIDED."""
        places = np.full(256, UNDECIDED, dtype=np.uint8)
        for index, each in enumerate(self.rules.rules):
            places[index] = CHANNELS.index(each.channel)
        return places[self.rule]

    @property
    def undecided(self) -> NDArray[np.intp]:
        """The places of rows that no rule decides."""
        return np.flatnonzero(self.rule == UNDECIDED)


def classify(rules: RuleList, rows: EnquiryColumns) -> Decided:
    """The deciding rule of each row. Rows with minutes below zero or of a day and more are undecided."""
    table = _table(rules)
    found = np.empty(len(rows), dtype=np.uint8)
    for first in range(0, len(rows), _PIECE):
        piece = rows.piece(first, first + _PIECE)
        found[first : first + _PIECE] = _piece(rules, piece, table)
    return Decided(rules, found)


def _piece(rules: RuleList, rows: EnquiryColumns, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    uses = rules.uses
    code = np.zeros(len(rows), dtype=np.uint16)
    for name, column, size in (("mark", rows.mark, 2), ("purpose", rows.purpose, len(PURPOSES)),
                               ("resolved", rows.resolved, 2), ("topic", rows.topic, 3)):  # fmt: skip
        if name in uses:
            code *= np.uint16(size)
            code += column.astype(np.uint16)
    if "minutes" in uses:
        for limit in rules.limits:
            code *= np.uint16(2)
            code += rows.minutes > limit.minutes if limit.is_inclusive else rows.minutes >= limit.minutes
    known = _known(uses, rows)
    if known is None:
        return table[code]
    return np.where(known, table[np.where(known, code, 0)], np.uint8(UNDECIDED))


def _known(uses: frozenset[str], rows: EnquiryColumns) -> NDArray[np.bool_] | None:
    """Which rows say what the rules need; None: all do."""
    known = None
    for name, column, most in (("mark", rows.mark, 1), ("purpose", rows.purpose, len(PURPOSES) - 1),
                               ("resolved", rows.resolved, 1), ("topic", rows.topic, 2)):  # fmt: skip
        if name in uses and len(column) and (column.min() < 0 or column.max() > most):
            fits = (column >= 0) & (column <= most)
            known = fits if known is None else known & fits
    if "minutes" in uses and len(rows) and not (rows.minutes.min() >= 0 and rows.minutes.max() < MOST_MINUTES):
        fits = (rows.minutes >= 0) & (rows.minutes < MOST_MINUTES)
        known = fits if known is None else known & fits
    return known


def _table(rules: RuleList) -> NDArray[np.uint8]:
    """The deciding rule of each kind of row. The number of a kind is made as in `_piece`."""
    uses = rules.uses
    found: list[int] = []
    for mark in CountMark if "mark" in uses else (CountMark.GENERAL,):
        for purpose in PURPOSES if "purpose" in uses else PURPOSES[:1]:
            for is_resolved in (False, True) if "resolved" in uses else (True,):
                for topic in TopicKind if "topic" in uses else (TopicKind.NO,):
                    found += [_decides(rules, Example(mark, purpose, is_resolved, topic, each))
                              for each in _lengths(rules)]  # fmt: skip
    return np.array(found, dtype=np.uint8)


def _lengths(rules: RuleList) -> list[float]:
    """Minutes for each combination of being short and long by the limits, in the order of their numbers; NaN for one
    that no length has."""
    if "minutes" not in rules.uses:
        return [0.0]
    cuts = sorted({each.minutes for each in rules.limits})
    tried = sorted({0.0, *cuts, *((a + b) / 2 for a, b in pairwise(cuts)),
                    *(each / 2 for each in cuts[:1]), *(each + 1 for each in cuts[-1:])})  # fmt: skip
    found = [float("nan")] * (1 << len(rules.limits))
    for minutes in tried:
        number = 0
        for limit in rules.limits:
            number = number * 2 + (not limit.is_short(minutes))
        found[number] = minutes
    return found


def _decides(rules: RuleList, example: Example) -> int:
    return UNDECIDED if np.isnan(example.minutes) else rules.deciding(example)
