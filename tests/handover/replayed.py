"""Promises computed from the event streams of hand-overs alone, as a check of the rows and the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from indgang.events.models import StoredEvent


@dataclass
class Replayed:
    """A promise as its events tell it."""

    unit: str
    service: str
    due: datetime
    state: str = "open"
    attempts: int = 0


def promises() -> list[Replayed]:
    """Of all hand-overs in the log."""
    kinds = [
        "handed_over", "promise_made", "promise_settled", "handover_placed", "handover_accepted", "handover_attempted",
    ]  # fmt: skip
    rows = StoredEvent.objects.filter(kind__in=kinds).order_by("stream", "number")
    found: list[Replayed] = []
    for _stream, events in groupby(rows, key=lambda row: row.stream):
        found += _of(list(events))
    return found


def _of(events: list[StoredEvent]) -> list[Replayed]:
    unit = service = ""
    made: list[Replayed] = []
    for event in events:
        data = event.data
        current = made[-1] if made and made[-1].state == "open" else None
        if event.kind == "handed_over":
            unit, service = data["unit"], data["service"]
        elif event.kind == "promise_made":
            made.append(Replayed(unit, service, datetime.fromisoformat(data["due"])))
        elif event.kind == "handover_placed":
            unit = data["unit"]
            if current:
                current.unit = unit
        elif event.kind == "handover_attempted" and current:
            current.attempts += 1
        elif event.kind == "promise_settled" and current:
            current.state = data["state"]
            assert data.get("attempts", 0) == current.attempts
    return made
