"""Callbacks in queues: their state, and orders about them.

The switchboard keeps the callbacks. This module reads them from their enquiries and passes orders to the switchboard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core import phone_numbers
from indgang.enquiries import return_calls
from indgang.enquiries.models import Channel, Enquiry, ReturnCall, State
from indgang.enquiries.return_calls import ReturnCallError
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.events.models import StoredEvent


def waiting_in(queues: Iterable[Queue | int] | QuerySet[Queue]) -> QuerySet[Enquiry]:
    """Enquiries of these queues with a waiting callback, first in line first."""
    rows = Enquiry.objects.filter(queue__in=queues, state=State.CALLBACK, phase="callback")
    return rows.exclude(callback_place=None).order_by(Coalesce("callback_due", "callback_place"))


@dataclass(frozen=True, slots=True)
class PromisedOrder:
    """A promise: its enquiry (id as text), the chosen time, and whether the number had a promise before."""

    enquiry: str
    due: datetime | None
    standing: bool


def order(number: str, *, queue: Queue, due: str, name: str, language: str, at: datetime) -> PromisedOrder:
    """Order a callback from the website; `due` is an ISO time, or "" for as soon as possible.

    Raises `commands.Refused` (no_switchboard, barred_…). Do not call it in a transaction: the switchboard must see the
    order.
    """
    told = commands.give_and_wait(
        "callback_order", by=None, at=at, number=number, queue=queue.code, due=due or None, name=name,
        language=language, channel=Channel.WEB,
    )  # fmt: skip
    return PromisedOrder(str(told["enquiry"]), datetime.fromisoformat(due) if due else None, bool(told.get("standing")))


def cancel_by_contact(enquiry: str, *, at: datetime) -> str:
    """Cancel on behalf of the contact. Returns "" or the reason for refusal: `being_called`, or `away` (no
    switchboard)."""
    try:
        commands.give_and_wait("callback_cancel", by=None, at=at, enquiry=enquiry)
    except commands.Refused as refused:
        # it has ended already, as wanted
        return {"no_callback": "", "being_called": "being_called"}.get(refused.code, "away")
    return ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a promised call for its contact. `tries` are the times of failed attempts, `next` that of the next
    one.

    `state` is waiting, ringing, missed (no more attempts), talked (also when the contact called us), or over: it ended
    for another reason.
    """

    state: str
    due: datetime | None = None
    tries: tuple[datetime, ...] = ()
    next: datetime | None = None


_STANDING = {State.CALLBACK: "waiting", State.RINGING: "ringing", State.NOT_REACHED: "missed"}


def standing(enquiry: str) -> Standing | None:
    """The state of the promised call of an enquiry (id as text); None when the enquiry is not known (yet)."""
    row = Enquiry.objects.filter(pk=UUID(enquiry)).exclude(callback_place=None).first()
    if row is None:
        return None
    state = "talked" if row.answered_at or _has_called_in(row) else _STANDING.get(State(row.state), "over")
    failed = StoredEvent.objects.filter(stream=row.pk, kind=Kind.CALLBACK_FAILED).order_by("number")
    tries = [(each.at, each.event.payload.next) for each in failed]
    again = datetime.fromisoformat(tries[-1][1]) if state == "waiting" and tries and tries[-1][1] else None
    return Standing(state, row.callback_due, tuple(at for at, _next in tries), again)


def _has_called_in(row: Enquiry) -> bool:
    """Whether the promise ended because the contact called us and was answered."""
    ends = StoredEvent.objects.filter(stream=row.pk, kind=Kind.CALLBACK_OVER)
    return any(each.event.payload.why in ("answered", "called_in") for each in ends)


def take(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """Take the callback out of turn; during a call it waits in hand. Raises `commands.Refused`."""
    commands.give_and_wait("callback_take", by=by, at=at, enquiry=str(enquiry.pk))
    with transaction.atomic():
        trail.record(by=by, at=at, action="callback.take", target=enquiry)


def give_back(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """Return the callback to its place in the queue. Raises `commands.Refused`."""
    commands.give_and_wait("callback_give_back", by=by, at=at, enquiry=str(enquiry.pk))
    with transaction.atomic():
        trail.record(by=by, at=at, action="callback.give_back", target=enquiry)


def cancel(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """Cancel the callback for the contact. Raises `commands.Refused`."""
    commands.give_and_wait("callback_cancel", by=by, at=at, enquiry=str(enquiry.pk))
    with transaction.atomic():
        trail.record(by=by, at=at, action="callback.cancel", target=enquiry)


def into_queue(return_call: ReturnCall, *, by: Person, at: datetime) -> None:
    """Put a caller who hung up in the queue for a callback, at the place of their first call.

    Raises `ReturnCallError` (taken, done, no_number, no_queue) and `commands.Refused`. Do not call it in a transaction.
    """
    enquiry, queue = return_call.enquiry, return_call.queue
    if queue is None:
        raise ReturnCallError("no_queue", return_calls.NO_QUEUE)
    if phone_numbers.is_anonymous(return_call.number):
        raise ReturnCallError("no_number", return_calls.NO_NUMBER)
    was_mine = return_call.taken_by_id == by.pk
    return_calls.take(return_call, by=by, at=at)
    try:
        commands.give_and_wait(
            "callback_order", by=by, at=at, number=return_call.number, queue=queue.code, enquiry=str(enquiry.pk),
            place=enquiry.arrived_at.isoformat(), language=enquiry.language, name=enquiry.caller_name,
        )  # fmt: skip
    except commands.Refused:
        if not was_mine:
            return_calls.release(return_call, by=by, at=at)
        raise
    with transaction.atomic():
        return_calls.done(return_call, result=ReturnCall.Result.QUEUED, by=by, at=at)
