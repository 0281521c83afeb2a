"""Switches and old numbers as plain data, for the command and the API."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from indgang.accounts.models import Person
from indgang.programme.switchover import findings, rehearsing, trying_out, words
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.old_channels import OldChannel
from indgang.programme.switchover.parts import table
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


def whole(switch: Switchover, *, by: Person | None, at: datetime) -> dict[str, Any]:
    """Everything about one switch, in the language of the moment: what was prepared, why, and what it would change if
    `by` decided it (None: somebody who may approve all). One that is decided has the changes that were decided, and
    neither findings nor `seen`, which whoever decides an open one sends back, nor `revision`, which whoever prepares it
    otherwise does."""
    told = switch_data(switch) | {"prepared": _prepared(switch)} | {
        "stopped": switch.stopped, "reason": switch.reason, "taken_back_because": switch.taken_back_because,
    }  # fmt: skip
    if not switch.is_open:
        changes = words.in_words(switch.plan, table.place_of(switch, switch.carried_out_at or at))
        return told | {"changes": _changes(changes)}
    rehearsed = rehearsing.rehearse(switch, by=by, at=at)
    tried = trying_out.tried(switch, rehearsed.place)
    return told | {
        "rehearsed_for": rehearsed.place.at.isoformat(), "is_blocked": rehearsed.is_blocked,
        "needs_reason": findings.needs_reason(rehearsed.findings), "seen": rehearsed.seen,
        "revision": revision(switch),
        "findings": [
            {"code": each.code.value, "blocks": each.blocks, "text": words.finding_sentence(each)}
            for each in rehearsed.findings
        ],
        "changes": _changes(words.in_words(rehearsed.plan, rehearsed.place)),
        "heard_before": trying_out.spoken(tried.before) if tried else [],
        "heard_after": trying_out.spoken(tried.after) if tried else [],
    }  # fmt: skip


def revision(switch: Switchover) -> str:
    """Names what is prepared: another after each change of it."""
    return sha256(json.dumps(_prepared(switch)).encode()).hexdigest()[:16]


def _prepared(switch: Switchover) -> dict[str, Any]:
    """With the names and codes that the body of a POST has."""
    return {
        "service": switch.service.code, "centre": switch.centre.code, "planned_at": switch.planned_at.isoformat(),
        "flow": switch.flow.code if switch.flow else None, "numbers": switch.numbers,
        "leads_to": switch.leads_to.number if switch.leads_to else None, "addresses": switch.addresses,
        "mail_to": switch.mail_to.code if switch.mail_to else None,
        "versions": list(switch.versions.order_by("pk").values_list("pk", flat=True)),
        "ends_contact": switch.ends_contact,
        "questionnaire": switch.questionnaire.code if switch.questionnaire else None, "way": switch.way,
        "share": switch.share, "starts_targets": switch.starts_targets,
    }  # fmt: skip


def _changes(changes: Iterable[ChangeInWords]) -> list[dict[str, str]]:
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
