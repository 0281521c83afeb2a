"""Threads as work items: ordered from the switchboard, and following what people do with them at their desks.

The thread is ours, the place in the queue the switchboard's. An order is a row in the transaction of the change, so
neither is lost without the other; `restore` orders anew what the switchboard does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from indgang.accounts.models import Person
from indgang.correspondence import deadline
from indgang.correspondence.models import Thread
from indgang.enquiries import journal
from indgang.enquiries.models import LIVE_STATES, Channel, Enquiry
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Command, LiveWork
from indgang.events.event import Event
from indgang.live import stale
from indgang.routing.distribution.requirement import CHAT, WRITTEN

State = Thread.State
#: how long whoever answered last is waited for when the contact writes again
PREFERRED_SECONDS = 900
#: how many threads are ordered anew in one run
_AT_ONCE = 200
#: how long an order may be under way before it counts as lost
_UNDER_WAY = timedelta(minutes=1)
_FOLLOWED = frozenset({Kind.QUEUED, Kind.WORK_BEGUN, Kind.ANSWERED, Kind.WORK_PUT_BACK})


def order(
    thread: Thread,
    *,
    at: datetime,
    prefer: int | None = None,
    prefer_seconds: int = PREFERRED_SECONDS,
    by: Person | None = None,
) -> None:
    """Have the thread answered. Belongs in the transaction of the change that calls for it.

    An order of a person (`by`) keeps its place among that person's other orders. `prefer` is whom it waits for alone,
    so many seconds; somebody else who has it in hand loses it to them.
    """
    assert thread.queue is not None
    assert thread.waits_since is not None
    thread.due_at = deadline.due_at(thread.queue, thread.waits_since)
    thread.save(update_fields=["due_at"])
    preferred = {"person": prefer, "seconds": prefer_seconds} if prefer else None
    commands.give(
        "written_order", by=by, at=at, enquiry=str(thread.pk), queue=thread.queue.code,
        work=CHAT if thread.channel == Channel.CHAT else WRITTEN, contact=thread.contact_address,
        language=thread.language, priority=thread.priority, skills=thread.skills,
        since=thread.waits_since.isoformat(), due=thread.due_at.isoformat(), prefer=preferred,
    )  # fmt: skip
    mark(thread)


def put_back(thread: Thread, *, why: str, at: datetime) -> bool:
    """Take the thread out of the hands of whoever has it; False when nobody has, or the order is under way."""
    kind = "written_put_back"
    under_way = Command.objects.filter(kind=kind, outcome=Command.Outcome.WAITING, payload__enquiry=str(thread.pk))
    if thread.holder is None or under_way.exists():
        return False
    commands.give(kind, by=thread.holder, at=at, enquiry=str(thread.pk), why=why)
    return True


def over(thread: Thread, *, why: str, by: Person | None, at: datetime) -> None:
    """The thread has ended: take it from the board. Belongs in the transaction that ends it."""
    commands.give("written_over", by=by, at=at, enquiry=str(thread.pk), why=why)
    mark(thread)


def follow(events: Iterable[Event[Any]], rows: Mapping[str, Enquiry]) -> None:
    """Let threads follow the switchboard; `rows` holds the enquiries of the events. Belongs in the transaction of the
    events."""
    # calls have no thread, and this is asked for each of their events
    written = (event for event in events if event.stream in rows and rows[event.stream].channel != Channel.PHONE)
    found = [event for event in written if event.kind in _FOLLOWED]
    if not found:
        return
    keys = {UUID(event.stream) for event in found}
    kept = list(Thread.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    threads = {str(thread.pk): thread for thread in kept if not thread.is_over}
    _take_out_what_is_over([thread for thread in kept if thread.is_over], found)
    for event in found:
        if event.stream in threads:
            _follow(threads[event.stream], event)
    for thread in threads.values():
        thread.save(update_fields=["state", "holder", "waits_since"])
        mark(thread)


def _take_out_what_is_over(over_ones: Iterable[Thread], events: Iterable[Event[Any]]) -> None:
    """An order that was under way came after the end of its thread: take it from the board again."""
    queued = {event.stream: event.at for event in events if event.kind == Kind.QUEUED}
    for thread in over_ones:
        if str(thread.pk) in queued:
            over(thread, why=thread.ending or "closed", by=None, at=queued[str(thread.pk)])


def _follow(thread: Thread, event: Event[Any]) -> None:
    in_hand = event.kind in (Kind.WORK_BEGUN, Kind.ANSWERED)
    thread.state = State.IN_WORK if in_hand else State.WAITING
    thread.holder_id = event.person if in_hand else None
    if thread.channel == Channel.CHAT and event.kind == Kind.WORK_PUT_BACK:
        thread.waits_since = thread.waits_since or event.at


def restore(*, at: datetime) -> int:
    """Order anew what waits and the switchboard does not have. Returns how many orders were given."""
    with transaction.atomic():
        waiting = Command.objects.filter(kind="written_order", outcome=Command.Outcome.WAITING)
        under_way = {UUID(key) for key in waiting.values_list("payload__enquiry", flat=True)}
        open_ones = Thread.objects.open().filter(began_at__lt=at - _UNDER_WAY, queue__isnull=False)
        lost = open_ones.exclude(pk__in=LiveWork.objects.values("item")).exclude(pk__in=under_way)
        rows = lost.select_related("queue__centre__schedule", "queue__schedule").order_by("began_at")[:_AT_ONCE]
        found = list(rows.select_for_update(of=("self",), skip_locked=True))
        for thread in found:
            thread.waits_since = thread.waits_since or thread.began_at
            thread.save(update_fields=["waits_since"])
            order(thread, at=at)
        _withdraw_ghosts(at)
    _end_what_the_board_never_had(at)
    return len(found)


def _withdraw_ghosts(at: datetime) -> None:
    """Take from the board what has ended since and is still there."""
    waiting = Command.objects.filter(kind="written_over", outcome=Command.Outcome.WAITING)
    under_way = {UUID(key) for key in waiting.values_list("payload__enquiry", flat=True)}
    there = Thread.objects.filter(pk__in=LiveWork.objects.values("item"), state=State.OVER)
    for thread in there.filter(ended_at__lt=at - _UNDER_WAY).exclude(pk__in=under_way)[:_AT_ONCE]:
        over(thread, why=thread.ending, by=None, at=at)


def _end_what_the_board_never_had(at: datetime) -> None:
    """A thread ended while the switchboard did not have it, so nobody wrote that the work on its enquiry is over."""
    left = Enquiry.objects.filter(
        state__in=LIVE_STATES, thread__state=State.OVER, thread__ended_at__lt=at - _UNDER_WAY
    ).exclude(pk__in=LiveWork.objects.values("item"))
    for enquiry in left.select_related("thread")[:_AT_ONCE]:
        told = {"why": enquiry.thread.ending or "closed"}
        with transaction.atomic():
            journal.append(enquiry, Kind.WORK_OVER.event(str(enquiry.pk), at, data=told), by=None)


def mark_for(person: Person) -> None:
    """Mark the written work of this person as changed."""
    stale.mark(f"person-{person.pk}/threads")


def mark(thread: Thread) -> None:
    """Mark what shows this thread: its page, the list of its queue, and the desk of whoever has it."""
    parts = [f"thread-{thread.pk}/messages", "all/threads"]
    if thread.holder_id:
        parts.append(f"person-{thread.holder_id}/threads")
    stale.mark(*parts)
