"""Imports of history as plain data, for the command and the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from indgang.audit.models import Change
from indgang.history import withdrawing, words
from indgang.history.mapping.faults import RowFault
from indgang.history.models import HistoryImport, RejectedRow, WaitingImport


def summary(source: HistoryImport) -> dict[str, Any]:
    """One import in a list. `fault` is why it was given up, as a code, "" where it was not."""
    return {
        "import": source.pk, "kind": source.kind, "state": source.state, "file": source.name, "rows": source.rows,
        "imported": source.imported, "known": source.known, "left_out": source.left_out, "rejected": source.rejected,
        "first_day": _day(source.first_day), "last_day": _day(source.last_day),
        "made_at": source.made_at.isoformat(), "unit": source.unit, "fault": source.fault,
    }  # fmt: skip


def whole(source: HistoryImport) -> dict[str, Any]:
    """One import with its bad rows (the first 10,000), in the language of the moment: why it was given up or taken
    back, and whether the worker still has it; `reached` is how many rows it has come to."""
    withdrawn = source.withdrawn_at
    return summary(source) | {
        "fault_text": str(source.get_fault_display()) if source.fault else "",
        "is_waiting": WaitingImport.objects.filter(source=source).exists(),
        "reached": reached(source),
        "withdrawn_at": withdrawn.isoformat() if withdrawn else None, "withdrawn_because": why_withdrawn(source),
        "mapping": source.mapping, "bad_rows": bad_rows(source.refused.all()),
    }  # fmt: skip


def reached(source: HistoryImport) -> int:
    """How many rows of the file have been dealt with."""
    return source.imported + source.known + source.left_out + source.rejected


def why_withdrawn(source: HistoryImport) -> str:
    rows = Change.objects.filter(
        target_type=HistoryImport._meta.label_lower, target_id=str(source.pk), action=withdrawing.ACTION
    )
    return rows.values_list("why", flat=True).first() or ""


def bad_rows(rows: Iterable[RejectedRow | RowFault]) -> list[dict[str, Any]]:
    return [
        {"line": each.line, "column": each.column, "fault": str(each.fault), "reason": words.of_fault(each.fault),
         "told": each.told}
        for each in rows
    ]  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
