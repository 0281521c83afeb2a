"""Values of periods for whoever uses them beside the figures: which of them count."""

from __future__ import annotations

from collections.abc import Iterable

from indgang.history.models import PastValue


def apart(values: Iterable[PastValue]) -> list[PastValue]:
    """Without those of a period that overlaps another one of the same subject and unit: the one that begins first
    counts, of several the longest. In the order of units, subjects and periods."""
    kept: list[PastValue] = []
    for each in sorted(values, key=lambda row: (row.unit, row.subject, row.first_day, -row.last_day.toordinal())):
        before = kept[-1] if kept else None
        is_same = before is not None and (before.unit, before.subject) == (each.unit, each.subject)
        if before is None or not is_same or each.first_day > before.last_day:
            kept.append(each)
    return kept
