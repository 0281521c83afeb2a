"""What planners know of the calls of a queue (`call_changes`), as plain values."""

from __future__ import annotations

from typing import Any

from indgang.entry.models import Queue
from indgang.planning.models import CallEvent, HistoryStandIn, JudgedDay, MovedService


def as_data(queue: Queue) -> dict[str, Any]:
    """Days in ISO 8601, the last of an event included. `stand_in` is None where nothing stands in for the history."""
    stand_in = HistoryStandIn.objects.filter(queue=queue).select_related("similar").first()
    return {
        "queue": queue.code,
        "events": [_event(each) for each in CallEvent.objects.of(queue)],
        "moves": [_move(each) for each in MovedService.objects.filter(queue=queue)],
        "judged_days": [_judged_day(each) for each in JudgedDay.objects.filter(queue=queue)],
        "stand_in": None if stand_in is None else _stand_in(stand_in),
    }


def _event(row: CallEvent) -> dict[str, Any]:
    return {
        "event": row.pk, "kind": row.kind, "name": row.name, "first": row.first.isoformat(),
        "last": row.last.isoformat(), "percent": row.percent, "all_queues": row.queue_id is None,
    }  # fmt: skip


def _move(row: MovedService) -> dict[str, Any]:
    return {
        "move": row.pk, "name": row.name, "first": row.first.isoformat(), "calls_a_year": row.calls_a_year,
        "ramp_days": row.ramp_days, "source": row.source,
    }  # fmt: skip


def _judged_day(row: JudgedDay) -> dict[str, Any]:
    return {"judged_day": row.pk, "day": row.day.isoformat(), "is_kept": row.is_kept, "reason": row.reason}


def _stand_in(row: HistoryStandIn) -> dict[str, Any]:
    return {
        "similar": row.similar.code if row.similar else None, "week": row.week, "scaling": float(row.scaling),
        "source": row.source,
    }  # fmt: skip
