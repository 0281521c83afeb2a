"""Test calls on telephone lines, ordered by an administrator."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.entry import commands
from indgang.entry.models import TrunkStatus


def order(row: TrunkStatus, number: str, *, by: Person, at: datetime) -> None:
    """Let the switchboard ring `number` on this line; its outcome is written on the row a moment later.

    Raises `commands.Refused` with the code of the refusal: a barred number, or no switchboard.
    """
    commands.give_and_wait(
        "test_call", by=by, at=at, exchange=row.exchange, trunk=row.name, number=number, by_name=by.audit_label
    )
    with transaction.atomic():
        trail.record(by=by, at=at, action="trunk.test_call", target=row, after={"trunk": row.name})
