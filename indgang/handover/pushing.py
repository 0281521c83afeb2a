"""Tasks and messages as work of the distributor: offered at the desks of those who may take them.

One that waits is offered to its person, to the members of its group, or, when it lies with a unit, to whoever is in a
promised window of its service. Who takes it at the desk has accepted it; who puts it back there has laid it down.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.events.event import Event, EventKind
from indgang.handover import promises, recipients, stream, work
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.models import Handover
from indgang.workforce import availability
from indgang.workforce.models import GroupMember

State = Handover.State
#: a call at a time that was agreed is nobody's before that time
_PUSHED = (Handover.Kind.MESSAGE, Handover.Kind.TASK)
_TAKEN = frozenset((Kind.TASK_ACCEPTED, Kind.TASK_TAKEN))
#: the events after which somebody else is to take it, or nobody; what is sent has its promise right afterwards
_CHANGES = frozenset(
    (
        HandoverKind.PROMISED, HandoverKind.PLACED, HandoverKind.ACCEPTED, HandoverKind.LAID_DOWN,
        HandoverKind.RETURNED, HandoverKind.CLOSED, HandoverKind.CANCELLED,
    )
)  # fmt: skip


def changed(handover: Handover, kind: EventKind[Any], at: datetime) -> None:
    """Tell the switchboard who is to take it now. Belongs in the transaction of the change."""
    if handover.kind not in _PUSHED or kind not in _CHANGES:
        return
    if handover.state == State.WAITING:
        _offer(handover, at)
    else:
        _withdraw(handover, at)


def follow(events: Iterable[Event[Any]]) -> None:
    """Let hand-overs follow what people did with them at their desks. Belongs in the transaction of the events."""
    for event in events:
        if event.kind not in _TAKEN and event.kind != Kind.TASK_PUT_BACK:
            continue
        handover = Handover.objects.filter(pk=event.payload.task).first()
        person = Person.objects.filter(pk=event.person).first()
        if handover is not None and person is not None:
            _follow(handover, event, person)


def _follow(handover: Handover, event: Event[Any], person: Person) -> None:
    """What was accepted, closed or sent back meanwhile is withdrawn from the desk, and so is what this person may not
    take (any more): it is offered to those who may."""
    if event.kind == Kind.TASK_PUT_BACK:
        with suppress(RefusedChange):  # others have it by now
            work.lay_down(handover, by=person, at=event.at)
        return
    waiting = stream.locked(handover)
    if waiting.state == State.WAITING and not _may_take(person, waiting, event.at):
        _offer(waiting, event.at)
        return
    taken = work.take_with_call(handover, by=person, at=event.at)
    if (taken.state, taken.person_id) != (State.ACCEPTED, person.pk):
        _withdraw(taken, event.at)


def _may_take(person: Person, handover: Handover, at: datetime) -> bool:
    """Whether it is offered to them, or they may act on it anyway."""
    people = _people(handover, at) or _people_of_windows(handover, at)
    return person.is_active and (person.pk in people or recipients.may_act(person, handover, day_of(at)))


def _people_of_windows(handover: Handover, at: datetime) -> set[int]:
    """Whom the agreement of today names for its service, and their substitutes. The switchboard knew who of them was in
    a window when it offered the task."""
    service, day = recipients.service_of(handover.unit, handover.service), day_of(at)
    if service is None:
        return set()
    facts = availability.facts(at, services=[service.code])
    windows = [each for each in facts.windows_of.get(service.code, ()) if day in each.days or facts.is_open(each, at)]
    return {each for window in windows for person in window.people for each in facts.line_of(person, day)}


def _offer(handover: Handover, at: datetime) -> None:
    people, service = _people(handover, at), recipients.service_of(handover.unit, handover.service)
    if not people and service is None:
        _withdraw(handover, at)  # it is in the list of its unit alone, and no longer with whom it was offered to before
        return
    promise = promises.open_of(handover)
    commands.give(
        "task_offer", by=None, at=at, task=str(handover.pk), enquiry=str(handover.enquiry_id),
        subject=service.code if service else "", people=people, due=promise.due_at.isoformat() if promise else None,
    )  # fmt: skip


def _people(handover: Handover, at: datetime) -> list[int]:
    if handover.person_id is not None:
        return [handover.person_id]
    members = GroupMember.objects.valid_on(day_of(at)).filter(group=handover.group_id, person__is_active=True)
    return list(members.order_by("pk").values_list("person", flat=True))


def _withdraw(handover: Handover, at: datetime) -> None:
    """Take it from the desks, but for whoever has accepted it."""
    theirs = handover.person_id if handover.state == State.ACCEPTED else None
    commands.give(
        "task_withdraw", by=None, at=at, task=str(handover.pk), why=str(handover.state), unless_held_by=theirs
    )
