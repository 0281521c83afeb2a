"""Why somebody takes a break: what agents choose from, and what a centre begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.entry.models import PauseReason
from indgang.entry.setup.changes import record_change

FIELDS = ("name", "name_en", "order")


@dataclass(frozen=True, slots=True)
class Standard:
    """A reason that a centre begins with."""

    code: str
    name: str
    name_en: str


STANDARD: tuple[Standard, ...] = (
    Standard("frokost", "Frokost", "Lunch"),
    Standard("kort", "Kort pause", "Short break"),
    Standard("moede", "Møde", "Meeting"),
    Standard("oplaering", "Oplæring", "Training"),
    Standard("skriftligt", "Skriftlige henvendelser", "Written enquiries"),
    Standard("andet", "Anden opgave", "Other work"),
)


@transaction.atomic
def save(reason: PauseReason, fields: Mapping[str, Any], *, by: Person, at: datetime) -> PauseReason:
    """Add a reason (`code` set) or change one; `fields` holds any of FIELDS."""
    new = reason.pk is None
    before = {} if new else trail.values_of(PauseReason.objects.get(pk=reason.pk), FIELDS)
    for name in FIELDS:
        setattr(reason, name, fields.get(name, getattr(reason, name)))
    reason.save()
    after = trail.values_of(reason, FIELDS)
    record_change(f"pause_reason.{'create' if new else 'change'}", reason, by=by, at=at, before=before, after=after)
    return reason
