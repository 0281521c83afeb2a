"""The services that move into a queue, and those that its centre's rollout plan offers, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from indgang.entry.models import Queue
from indgang.programme.rollout import forecast_moves, plans
from indgang.programme.rollout.forecast_moves import FollowedMove, OfferedService
from indgang.programme.rollout.models import RolloutPlan
from indgang.programme.rollout.moved_volume import DocumentedVolume


def as_data(queue: Queue, *, today: date) -> dict[str, Any]:
    """Days in ISO 8601, shares from 0 to 1, calls in a year."""
    plan = forecast_moves.plan_of(queue)
    return {
        "queue": queue.code, "moves": [_move(each) for each in forecast_moves.followed(queue, today=today)],
        "plan": None if plan is None else {"plan": plan.pk, "name": plan.name},
        "stages": [] if plan is None else _stages(queue, plan, today),
    }  # fmt: skip


def _move(each: FollowedMove) -> dict[str, Any]:
    now = each.now
    return {
        "move": each.moved.pk, "name": each.moved.name, "first": each.moved.first.isoformat(),
        "calls_a_year": each.moved.calls_a_year, "ramp_days": each.moved.ramp_days, "source": each.moved.source,
        "plan": each.move.plan_id if each.move else None, "misfits": [str(reason) for reason in each.misfits],
        "planned_first": now.first.isoformat() if now else None, "planned_calls_a_year": each.calls,
    }  # fmt: skip


def _stages(queue: Queue, plan: RolloutPlan, today: date) -> list[dict[str, Any]]:
    rows, days = forecast_moves.offered(queue, plan, today=today), plans.days_of(plan)
    return [
        {"number": stage.number, "name": stage.name, "day": days[stage.number].isoformat(),
         "services": _services([each for each in rows if each.row.stage_id == stage.pk])}
        for stage in plan.stages.all()
    ]  # fmt: skip


def _services(rows: Sequence[OfferedService]) -> list[dict[str, Any]]:
    return [
        {"service": each.service.code, "name": each.service.name, "first": each.first.isoformat(),
         "volume": _volume(each.volume), "why_not": str(each.why_not) if each.why_not else None,
         "taken_in": each.taken.moved.queue.code if each.taken else None}
        for each in rows
    ]  # fmt: skip


def _volume(volume: DocumentedVolume | None) -> dict[str, Any] | None:
    if volume is None:
        return None
    return {
        "enquiries_a_year": volume.enquiries, "source": volume.source, "digital": _share(volume.digital),
        "resolved": _share(volume.resolved), "by_phone": _share(volume.by_phone),
    }  # fmt: skip


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
