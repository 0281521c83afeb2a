"""Registered questions for tests of gaps: many at once, by service, purpose, marks and note."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from indgang.core.ids import uuid7
from indgang.enquiries.models import Channel, Character, Enquiry, Outcome, Question, State
from tests.world import MORNING, World


def ask(
    world: World, number: int, *, service: str = "byggetilladelse", purpose: str = "vejledning",
    at: datetime = MORNING - timedelta(days=1), note: str = "", caller: str = "", **marks: Any,
) -> list[Question]:  # fmt: skip
    """So many questions, each of an enquiry of its own to the centre of TMF."""
    enquiries = [
        Enquiry(id=uuid7(), channel=Channel.PHONE, state=State.REGISTERED, centre=world.centres["tmf"],
                caller_name=caller, arrived_at=at)
        for _number in range(number)
    ]  # fmt: skip
    Enquiry.objects.bulk_create(enquiries)
    usual = {"character": Character.GENERAL, "outcome": Outcome.RESOLVED} | marks
    return Question.objects.bulk_create(
        Question(
            enquiry=enquiry, order=0, service=world.services[service], purpose=world.purposes[purpose],
            registered_at=at, note=note, **usual,
        )
        for enquiry in enquiries
    )  # fmt: skip


def each_week(world: World, counts: Iterable[int], *, last: datetime, **of: Any) -> None:
    """One number of questions for each week; the last one lies in the week of `last`."""
    for back, number in enumerate(reversed(list(counts))):
        ask(world, number, at=last - timedelta(days=7 * back), **of)
