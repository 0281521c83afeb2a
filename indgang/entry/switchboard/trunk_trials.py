"""Test calls on telephone lines, ordered by an administrator."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core import phone_numbers
from indgang.core.barring import ALWAYS, Barring
from indgang.entry import commands
from indgang.entry.models import TrunkStatus

#: code of the refusal of an emergency number: it is never barred, but nobody there is to be rung for a test
EMERGENCY = "barred_emergency"


def order(row: TrunkStatus, number: str, *, by: Person, at: datetime) -> None:
    """Let the switchboard ring `number` on this line; its outcome is written on the row a moment later.

    The trail holds the attempt before anything can ring. Raises `commands.Refused` with the code of the refusal: a
    barred number, or no switchboard.
    """
    with transaction.atomic():
        trail.record(by=by, at=at, action="trunk.test_call", target=row, after={"trunk": row.name})
    commands.give_and_wait(
        "test_call", by=by, at=at, exchange=row.exchange, trunk=row.name, number=number, by_name=by.audit_label
    )


def why_not(barring: Barring, number: str) -> str | None:
    """The code of the refusal of a test call to this number; None if it may be rung."""
    if bar := barring.number(number):
        return bar
    return EMERGENCY if phone_numbers.normalise(number) in ALWAYS else None
