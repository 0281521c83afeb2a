"""Writes calls and their events straight into the database, for the tests of figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from indgang.enquiries.models import Channel, Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.events.event import EventKind
from indgang.events.models import StoredEvent
from tests.world import MORNING


def call(entered: Queue, *steps: tuple[float, EventKind[Any], str], start: datetime = MORNING, **row: Any) -> Enquiry:
    """Create an enquiry that is queued at `start`, with further events (seconds after start, kind, queue code)."""
    fields = {"channel": Channel.PHONE, "state": State.REGISTERED, "centre": entered.centre, "queue": entered} | row
    enquiry = Enquiry.objects.create(arrived_at=start, queued_at=start, **fields)
    events = [(0.0, Kind.QUEUED, entered.code), *steps]
    with transaction.atomic():
        for number, (after, kind, code) in enumerate(events):
            StoredEvent.objects.create(
                stream=enquiry.pk,
                number=number,
                position=0,
                transaction=0,
                at=start + timedelta(seconds=after),
                kind=kind,
                queue=code,
                person=row["agent"].pk if row.get("agent") and kind == Kind.ANSWERED else None,
            )
    return enquiry
