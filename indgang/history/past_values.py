"""Values of periods for whoever uses them beside the figures: which of them count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class _OfPeriod(Protocol):
    @property
    def unit(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def first_day(self) -> date: ...
    @property
    def last_day(self) -> date: ...


_Value = TypeVar("_Value", bound=_OfPeriod)


def apart(values: Iterable[_Value]) -> list[_Value]:
    """Without those of a period that overlaps another one of the same subject and unit: the one that begins first
    counts, of several the longest. In the order of units, subjects and periods."""
    kept: list[_Value] = []
    for each in sorted(values, key=lambda row: (row.unit, row.subject, row.first_day, -row.last_day.toordinal())):
        before = kept[-1] if kept else None
        is_same = before is not None and (before.unit, before.subject) == (each.unit, each.subject)
        if before is None or not is_same or each.first_day > before.last_day:
            kept.append(each)
    return kept
