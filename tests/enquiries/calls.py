"""A small hand for writing calls with their streams straight into the database, for tests of figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from indgang.enquiries.models import Channel, Enquiry, Event, State
from indgang.entry.journal import Kind
from indgang.entry.models import Queue
from tests.world import MORNING


def call(entered: Queue, *steps: tuple[float, Kind, str], start: datetime = MORNING, **row: Any) -> Enquiry:
    """An enquiry that is queued at `start`, with further events (seconds after start, kind, queue)."""
    fields = {"channel": Channel.PHONE, "state": State.REGISTERED, "centre": entered.centre, "queue": entered} | row
    enquiry = Enquiry.objects.create(arrived_at=start, queued_at=start, **fields)
    events = [(0.0, Kind.QUEUED, entered.code), *steps]
    with transaction.atomic():
        for number, (after, kind, code) in enumerate(events):
            Event.objects.create(
                enquiry=enquiry,
                number=number,
                position=0,
                at=start + timedelta(seconds=after),
                kind=kind,
                queue=code,
                person=row["agent"].pk if row.get("agent") and kind == Kind.ANSWERED else None,
            )
    return enquiry
