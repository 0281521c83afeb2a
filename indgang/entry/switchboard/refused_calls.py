"""Calls to numbers outside that were refused stand in the trail: who, what kind of call and why, but not the number."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail

#: how the codes begin of what `core.barring` and `core.dial_rules` refuse
_CODES = ("barred_", "rule_")


def is_one(code: str) -> bool:
    """Whether an order refused with this code was a call to a number that is not for the person."""
    return code.startswith(_CODES)


@transaction.atomic
def note(person: int, order: str, code: str, at: datetime) -> None:
    """Write it; nothing is written of somebody whose row is gone."""
    row = Person.objects.filter(pk=person).first()
    if row is not None:
        trail.record(by=row, at=at, action="call.refused", target=row, after={"order": order, "code": code})
