"""Calls that were promised and wait in a queue: how they stand, and what people do about them.

The switchboard keeps them; here they are read from their enquiries, and orders are passed on to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.enquiries import ring_backs
from indgang.enquiries.models import Enquiry, RingBack, State
from indgang.enquiries.ring_backs import RingBackError
from indgang.entry import commands
from indgang.entry.models import Queue


def waiting_in(queues: Iterable[Queue | int]) -> QuerySet[Enquiry]:
    """Enquiries of these queues whose contact waits to be rung, the first in line first."""
    rows = Enquiry.objects.filter(queue__in=list(queues), state=State.CALLBACK, phase="callback")
    return rows.exclude(callback_place=None).order_by("callback_due", "callback_place")


def take(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """Ring now, whoever's turn it would be; beside a call it waits in hand. Raises `commands.Refused`."""
    commands.give_and_wait("callback_take", by=by, at=at, enquiry=str(enquiry.pk))
    trail.record(by=by, at=at, action="callback.take", target=enquiry)


def give_back(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """Back to its place in the queue. Raises `commands.Refused`."""
    commands.give_and_wait("callback_give_back", by=by, at=at, enquiry=str(enquiry.pk))
    trail.record(by=by, at=at, action="callback.give_back", target=enquiry)


def cancel(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """The contact wants no call any more. Raises `commands.Refused`."""
    commands.give_and_wait("callback_cancel", by=by, at=at, enquiry=str(enquiry.pk))
    trail.record(by=by, at=at, action="callback.cancel", target=enquiry)


def into_queue(ring_back: RingBack, *, by: Person, at: datetime) -> None:
    """Let somebody who hung up wait in the queue for a call, at the place of when they first rang.

    Raises `RingBackError` (taken, done, no_number, no_queue) and `commands.Refused`. Not inside a transaction.
    """
    ring_backs.take(ring_back, by=by, at=at)
    enquiry, queue = ring_back.enquiry, ring_back.queue
    if queue is None:
        raise RingBackError("no_queue", ring_backs.NO_QUEUE)
    if not ring_backs.number_of(enquiry):
        raise RingBackError("no_number", ring_backs.NO_NUMBER)
    commands.give_and_wait(
        "callback_order", by=by, at=at, number=ring_back.number, queue=queue.code, enquiry=str(enquiry.pk),
        place=enquiry.arrived_at.isoformat(), language=enquiry.language, name=enquiry.caller_name,
    )  # fmt: skip
    with transaction.atomic():
        ring_backs.done(ring_back, result=RingBack.Result.QUEUED, by=by, at=at)
