"""The event stream of a hand-over, and the marks of stale pages that go with each event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.core.clock import day_of
from indgang.events import log
from indgang.events.event import Event, EventKind
from indgang.events.models import StoredEvent
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.models import Handover
from indgang.live import stale

P = TypeVar("P")
#: results of attempts that the telephone has counted; people say "reached" or "not_reached"
ANSWERED, NOT_ANSWERED = "answered", "not_answered"
Listener = Callable[[Handover, Event[Any]], None]
#: whoever joins or leaves has not read what the contact wrote on behalf of who has it
_ACT_ON_NOTHING = frozenset((HandoverKind.JOINED, HandoverKind.LEFT))
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(handover, event)` called in the transaction of every event. Adding it twice counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


def locked(handover: Handover) -> Handover:
    """The row as it is now, locked until the transaction ends."""
    rows = Handover.objects.select_for_update(of=("self",)).with_names().select_related("centre__owner")
    found: Handover = rows.get(pk=handover.pk)
    return found


def locked_if_free(handover: Handover) -> Handover | None:
    """The same for work that can wait: None while another transaction has the row, so that none waits for another."""
    rows = Handover.objects.select_for_update(of=("self",), skip_locked=True).with_names()
    found: Handover | None = rows.select_related("centre__owner").filter(pk=handover.pk).first()
    return found


def append(handover: Handover, kind: EventKind[P], *, by: Person | None, at: datetime, **data: Any) -> None:
    """Write the next event of the stream, and save the hand-over. Belongs in the transaction of the change."""
    event = kind.event(str(handover.pk), at, person=by.pk if by else None, data=data)
    row = log.row(
        event, number=handover.events, channel=handover.enquiry.channel, level=_level(by, at),
        centre=handover.centre.code if handover.centre else "",
    )  # fmt: skip
    log.append(row)
    handover.events += 1
    if by is not None and kind not in _ACT_ON_NOTHING:
        handover.contact_wrote_at = None
    handover.save()
    mark(handover)
    for listener in _listeners:
        listener(handover, event)


def is_back(handover: Handover) -> bool:
    """Whether the contact centre has it since its last return."""
    moves = (HandoverKind.HANDED_OVER, HandoverKind.PLACED, HandoverKind.RETURNED)
    rows = StoredEvent.objects.filter(stream=handover.pk, kind__in=[str(kind) for kind in moves])
    last = rows.order_by("-number").values_list("kind", flat=True).first()
    return last == str(HandoverKind.RETURNED)


def was_counted(handover: Handover, by: Person) -> bool:
    """Whether the last attempt was a call of this person that the telephone has counted."""
    rows = StoredEvent.objects.filter(stream=handover.pk, kind=str(HandoverKind.ATTEMPTED))
    event = rows.order_by("-number").first()
    return event is not None and event.person == by.pk and event.data.get("result") in (ANSWERED, NOT_ANSWERED)


def last_return(handover: Handover) -> str:
    """Why it came back the last time (`Handover.Return`); empty when it never did."""
    rows = StoredEvent.objects.filter(stream=handover.pk, kind=str(HandoverKind.RETURNED))
    event = rows.order_by("-number").first()
    return str(event.data.get("why", "")) if event else ""


def _level(by: Person | None, at: datetime) -> int:
    """2 for case workers, who take hand-overs but no calls."""
    if by is None:
        return 1
    day = day_of(at)
    return 2 if may(by, Permission.TAKE_HANDOVERS, on=day) and not may(by, Permission.TAKE_CALLS, on=day) else 1


def mark(handover: Handover) -> None:
    """Mark what shows this hand-over: its page, both people's lists, and the list of its unit."""
    people = {handover.person_id, handover.sent_by_id} - {None}
    stale.mark(
        f"handover-{handover.pk}/card", f"unit-{handover.unit.code}/handovers",
        *(f"person-{person}/handovers" for person in sorted(people, key=str)),
    )  # fmt: skip
