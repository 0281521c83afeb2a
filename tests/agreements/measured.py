"""A quarter of calls at the TMF centre that baselines and targets are measured on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import UUID

from indgang.agreements import baselines
from indgang.agreements.models import Baseline
from indgang.core.clock import COPENHAGEN, in_utc
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from tests.measures.histories import history, registered
from tests.measures.test_reading import PROMISE, one, write
from tests.world import MORNING, World

FIRST, LAST = date(2025, 12, 1), date(2026, 2, 28)
_numbers = count(1_000_000)


def calls(day: date, resolved: int, others: int, service: str = "byggetilladelse", level: int = 1) -> None:
    """Calls of one day that were resolved at once, and others of which a message was taken."""
    start = in_utc(datetime.combine(day, time(10), COPENHAGEN))
    outcomes = ["resolved"] * resolved + ["message"] * others
    told = [
        one(Kind.ANSWERED, 20.0, next(_numbers), start=start, outcomes=[each], service=service) for each in outcomes
    ]
    write(*([event._replace(level=level) for event in call] for call in told))


def mails(day: date, resolved: int, others: int, channel: str = "mail") -> None:
    """Mails (or what came in otherwise) of one day that were registered with the same outcomes."""
    start = in_utc(datetime.combine(day, time(10), COPENHAGEN))
    for outcome in ["resolved"] * resolved + ["message"] * others:
        written = history(
            (EnquiryKind.RECEIVED, 0, {"channel": channel, "centre": "tmf"}),
            (Kind.QUEUED, 0, {"queue": "tmf-byggeri", **PROMISE}),
            (Kind.WORK_BEGUN, 60, {"queue": "tmf-byggeri"}),
            (EnquiryKind.REGISTERED, 200, registered(outcomes=[outcome])),
            start=start, stream=UUID(int=next(_numbers)), channel=channel,
        )  # fmt: skip
        write(written)


def visits(day: date, number: int) -> None:
    """People who came to the counter and got their answer."""
    mails(day, number, 0, channel="walk_in")


def weeks(first: date, last: date, resolved: int, others: int, service: str = "byggetilladelse") -> None:
    """The same calls on each Tuesday of a period."""
    day = first + timedelta(days=(1 - first.weekday()) % 7)
    while day <= last:
        calls(day, resolved, others, service)
        day += timedelta(days=7)


def measuring(world: World) -> Baseline:
    return baselines.begin(world.centres["tmf"], first_day=FIRST, last_day=LAST, by=world.hans, at=MORNING)


def settled(world: World) -> Baseline:
    """Half of the contacts are resolved at once, on 13 Tuesdays."""
    weeks(FIRST, LAST, 3, 3)
    return baselines.settle(measuring(world), by=world.hans, at=MORNING)
