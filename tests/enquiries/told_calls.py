"""Calls written as the switchboard writes them, for tests that need an earlier call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from indgang.accounts.models import Person
from indgang.core.ids import uuid7
from indgang.enquiries.journal import DatabaseJournal
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.events.event import EventKind
from tests.world import MORNING

BAKERY = "+4599990101"


#: kind, seconds after the beginning, data
Step = tuple[EventKind[Any], float, dict[str, Any]]


def happen(enquiry: str, *steps: Step, start: datetime = MORNING) -> Enquiry:
    """Write these events of one enquiry as one batch."""
    batch = Batch(start)
    for kind, after, what in steps:
        what = dict(what)
        queue, person = what.pop("queue", ""), what.pop("person", None)
        batch.events.append(
            kind.event(enquiry, start + timedelta(seconds=after), queue, person.pk if person else None, what)
        )
    DatabaseJournal().write([batch])
    return Enquiry.objects.get(pk=enquiry)


def waiting(
    number: str = BAKERY, queue: str = "tmf-byggeri", start: datetime = MORNING, key: str = "1", label: str = "Byggeri"
) -> Enquiry:
    """A caller who pressed a key after ten seconds and waits."""
    return happen(str(uuid7()), *_waits(number, queue, key, label), start=start)


def talking(agent: Person, number: str = BAKERY, queue: str = "tmf-byggeri", start: datetime = MORNING) -> Enquiry:
    """A caller who waited thirty seconds and talks with `agent`."""
    return happen(str(uuid7()), *_waits(number, queue), *_talks(agent, queue), start=start)


def talked(
    agent: Person,
    number: str = BAKERY,
    queue: str = "tmf-byggeri",
    start: datetime = MORNING,
    seconds: float = 120,
) -> Enquiry:
    """A call that talked with `agent` for `seconds` seconds and is not registered yet."""
    ended: Step = (Kind.ENDED, 40 + seconds, {"queue": queue, "person": agent, "by": "caller"})
    return happen(str(uuid7()), *_waits(number, queue), *_talks(agent, queue), ended, start=start)


def abandoned(number: str = BAKERY, queue: str = "tmf-byggeri", start: datetime = MORNING) -> Enquiry:
    """A caller who hung up after a minute in the queue."""
    hung_up: Step = (Kind.ABANDONED, 70, {"queue": queue, "waited": 60})
    return happen(str(uuid7()), *_waits(number, queue), hung_up, start=start)


def _waits(number: str, queue: str, key: str = "1", label: str = "Byggeri") -> list[Step]:
    return [
        (Kind.ARRIVED, 0, {"dialled": "+4533661000", "caller_number": number, "centre": "tmf"}),
        (Kind.MENU, 10, {"key": key, "label": label}),
        (Kind.QUEUED, 10, {"queue": queue}),
    ]


def _talks(agent: Person, queue: str) -> list[Step]:
    return [
        (Kind.OFFERED, 35, {"queue": queue, "person": agent}),
        (Kind.ANSWERED, 40, {"queue": queue, "person": agent, "direction": "in"}),
    ]
