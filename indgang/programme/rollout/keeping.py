"""Risks, messages and places with an old number are written down and followed; units state how ready they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.programme.rollout.models import (
    OldNumberPlace,
    PlannedMessage,
    ReadinessStatement,
    RolloutPlan,
    RolloutRisk,
)
from indgang.programme.rollout.plans import opened

Kept = TypeVar("Kept", RolloutRisk, PlannedMessage, OldNumberPlace)
#: the day on which something is over, by the kind of row
_OVER = ("closed_on", "done_on")


@transaction.atomic
def save(row: Kept, values: Mapping[str, Any], *, by: Person, at: datetime) -> Kept:
    """Add or change a risk, a message or a place. Raises RefusedChange, by field."""
    opened(row.plan)
    for name in _OVER:
        if values.get(name) is not None and values[name] > day_of(at):
            raise RefusedChange({name: _("Vælg i dag eller en dag før.")})
    return changes.save(row, values, by=by, at=at)


@transaction.atomic
def remove(row: RolloutRisk | PlannedMessage | OldNumberPlace, *, by: Person, at: datetime) -> None:
    """It was a mistake; what is over gets a day instead."""
    opened(row.plan)
    noun = row._meta.model_name
    trail.record(by=by, at=at, action=f"{noun}.remove", target=row, before={"title": str(row)})
    row.delete()


@transaction.atomic
def state(
    plan: RolloutPlan, unit: Unit, *, point: str, is_ready: bool, note: str, by: Person, at: datetime
) -> ReadinessStatement:  # fmt: skip
    """Say how a point of a unit stands. Earlier statements stay. Raises RefusedChange when nothing is new."""
    locked = opened(plan)
    latest = locked.statements.filter(unit=unit, point=point).first()
    text = mask_cpr(note).strip()
    if latest is not None and (latest.is_ready, latest.note) == (is_ready, text):
        raise RefusedChange({"": _("Det står der allerede.")})
    made = ReadinessStatement(plan=locked, unit=unit, point=point, stated_by=by, stated_at=at)
    return changes.save(made, {"is_ready": is_ready, "note": text}, by=by, at=at)
