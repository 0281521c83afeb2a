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


def happen(enquiry: str, *steps: tuple[EventKind[Any], float, dict[str, Any]], start: datetime = MORNING) -> Enquiry:
    """Write these events (kind, seconds after `start`, data) of one enquiry as one batch."""
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
    return happen(
        str(uuid7()),
        (Kind.ARRIVED, 0, {"dialled": "+4533661000", "caller_number": number, "centre": "tmf"}),
        (Kind.MENU, 10, {"key": key, "label": label}),
        (Kind.QUEUED, 10, {"queue": queue}),
        start=start,
    )


def talking(agent: Person, number: str = BAKERY, queue: str = "tmf-byggeri", start: datetime = MORNING) -> Enquiry:
    """A caller who waited thirty seconds and talks with `agent`."""
    enquiry = waiting(number, queue, start)
    return happen(
        str(enquiry.pk),
        (Kind.OFFERED, 35, {"queue": queue, "person": agent}),
        (Kind.ANSWERED, 40, {"queue": queue, "person": agent, "direction": "in"}),
        start=start,
    )


def talked(
    agent: Person,
    number: str = BAKERY,
    queue: str = "tmf-byggeri",
    start: datetime = MORNING,
    seconds: float = 120,
) -> Enquiry:
    """A call that talked with `agent` for `seconds` seconds and is not registered yet."""
    enquiry = talking(agent, number, queue, start)
    return happen(
        str(enquiry.pk), (Kind.ENDED, 40 + seconds, {"queue": queue, "person": agent, "by": "caller"}), start=start
    )


def abandoned(number: str = BAKERY, queue: str = "tmf-byggeri", start: datetime = MORNING) -> Enquiry:
    """A caller who hung up after a minute in the queue."""
    enquiry = waiting(number, queue, start)
    return happen(str(enquiry.pk), (Kind.ABANDONED, 70, {"queue": queue, "waited": 60}), start=start)
