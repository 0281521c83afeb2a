"""Records refused calls to outside numbers in the audit trail: who, what kind and why, but not the number."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail

#: prefixes of the refusal codes of `core.barring` and `core.dial_rules`
_CODES = ("barred_", "rule_")


def is_one(code: str) -> bool:
    """Whether the code refuses a call to a number that the person may not ring."""
    return code.startswith(_CODES)


@transaction.atomic
def note(person: int, order: str, code: str, at: datetime) -> None:
    """Write the refusal to the trail; nothing is written for a person whose row is gone."""
    row = Person.objects.filter(pk=person).first()
    if row is not None:
        trail.record(by=row, at=at, action="call.refused", target=row, after={"order": order, "code": code})
