"""Which rule decides each of many enquiries, by columns. Pure.

Every kind of row that a rule list can tell apart has a number, and a table says which rule decides it; a row costs a
few additions and a look-up. A row that leaves something open is decided all the same when one rule decides it whatever
that is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise, product

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

#: instead of a number of a rule: the row does not say what decides between several rules
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
    """The deciding rule of each row. What a column has outside its values (minutes below zero, or of a day and more)
    is not known; a row is undecided when the rules need it to tell which of them decides."""
    table = _table(rules)
    found = np.empty(len(rows), dtype=np.uint8)
    for first in range(0, len(rows), _PIECE):
        piece = rows.piece(first, first + _PIECE)
        found[first : first + _PIECE] = table[_kinds(rules, piece)]
    return Decided(rules, found)


def _kinds(rules: RuleList, rows: EnquiryColumns) -> NDArray[np.uint16]:
    """The number of each row's kind. The last place of a column is for rows that do not say it."""
    uses = rules.uses
    code = np.zeros(len(rows), dtype=np.uint16)
    for name, column, size in (("mark", rows.mark, len(CountMark)), ("purpose", rows.purpose, len(PURPOSES)),
                               ("resolved", rows.resolved, 2), ("topic", rows.topic, len(TopicKind))):  # fmt: skip
        if name in uses:
            code *= np.uint16(size + 1)
            if len(column) and (column.min() < 0 or column.max() >= size):
                column = np.where((column >= 0) & (column < size), column, np.int8(size))
            code += column.astype(np.uint16)
    if "minutes" in uses:
        lengths = 1 << len(rules.limits)
        code *= np.uint16(lengths + 1)
        code += _lengths_of(rules, rows.minutes, lengths)
    return code


def _lengths_of(rules: RuleList, minutes: NDArray[np.float32], unknown: int) -> NDArray[np.uint16]:
    """By which limits each row is long, as the digits of a number."""
    found = np.zeros(len(minutes), dtype=np.uint16)
    for limit in rules.limits:
        found *= np.uint16(2)
        found += minutes > limit.minutes if limit.is_inclusive else minutes >= limit.minutes
    if len(minutes) and not (minutes.min() >= 0 and minutes.max() < MOST_MINUTES):
        found[~((minutes >= 0) & (minutes < MOST_MINUTES))] = unknown
    return found


@lru_cache(maxsize=16)  # a file asks again for each kind of row that leaves something open
def _table(rules: RuleList) -> NDArray[np.uint8]:
    """The deciding rule of each kind of row, numbered as by `_kinds`. Where something is not known, the rule that
    decides whatever it is, or UNDECIDED."""
    uses, lengths = rules.uses, _lengths(rules)
    marks, purposes, resolved, topics = (
        tuple(CountMark) if "mark" in uses else (CountMark.GENERAL,), PURPOSES if "purpose" in uses else PURPOSES[:1],
        (False, True) if "resolved" in uses else (True,), tuple(TopicKind) if "topic" in uses else (TopicKind.NO,),
    )  # fmt: skip
    found = np.array(
        [_decides(rules, Example(*each)) for each in product(marks, purposes, resolved, topics, lengths)],
        dtype=np.uint8,
    ).reshape(len(marks), len(purposes), len(resolved), len(topics), len(lengths))
    # a combination of short and long that no length has says nothing about a length that is not known
    possible = ~np.isnan(lengths)
    for axis, name in enumerate(("mark", "purpose", "resolved", "topic", "minutes")):
        if name in uses:
            tried = np.compress(possible, found, axis) if name == "minutes" else found
            first = tried.take([0], axis)
            is_one = (tried == first).all(axis, keepdims=True)
            found = np.concatenate([found, np.where(is_one, first, np.uint8(UNDECIDED))], axis)
    return found.ravel()


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
