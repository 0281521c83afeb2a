"""Switches and old numbers as plain data, for the command and the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from indgang.programme.switchover import findings
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.old_channels import OldChannel
from indgang.programme.switchover.words import ChangeInWords


def switch_data(switch: Switchover) -> dict[str, Any]:
    carried = switch.carried_out_at
    late = findings.late_by(switch.planned_at, carried) if carried else None
    return {
        "id": str(switch.pk), "service": switch.service.code, "centre": switch.centre.code, "state": switch.state,
        "planned_at": switch.planned_at.isoformat(), "carried_out_at": carried.isoformat() if carried else None,
        "late_minutes": int(late.total_seconds() // 60) if late else 0,
        "taken_back_at": switch.taken_back_at.isoformat() if switch.taken_back_at else None,
        "kinds": sorted({each["kind"] for each in switch.changes}),
    }  # fmt: skip


def changes_data(changes: Iterable[ChangeInWords]) -> list[dict[str, str]]:
    return [asdict(each) for each in changes]


def channel_data(channel: OldChannel) -> dict[str, Any]:
    """With the number of each week, by its Monday."""
    return {
        "key": channel.key, "is_number": channel.is_number, "name": channel.name, "leads_to": channel.leads_to,
        "diverted": channel.diverted.isoformat(), "closed": channel.closed.isoformat() if channel.closed else None,
        "until": channel.until.isoformat() if channel.until else None,
        "last_used": channel.last.isoformat() if channel.last else None, "lately": channel.lately,
        "may_close": channel.may_close, "weeks": {day.isoformat(): count for day, count in channel.by_week()},
    }  # fmt: skip
