"""Tasks, messages and promised calls as work of the distributor: offered at the desks of those who may take them.

One that waits is offered to its person, to the members that its group has today, or, when it lies with a unit, to
whoever is in a promised window of its service, by telephone or chat. Who takes it at the desk has accepted it; who
puts it back there has laid it down.

A promised call is offered in the same way once its time has come, whatever has become of it meanwhile: to whoever
accepted it before, and after a return to the agents of the contact centre. Of windows only those by telephone count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from indgang.accounts.access import holders
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Command, LiveWork
from indgang.events.event import Event
from indgang.handover import recipients, stream, windows, work
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.faults import Faults
from indgang.handover.models import Handover, Promise
from indgang.workforce.models import GroupMember

State = Handover.State
_PUSHED, _CALL = (Handover.Kind.MESSAGE, Handover.Kind.TASK), Handover.Kind.CALLBACK
#: orders of one turn: the switchboard takes them among those of people at their desks
MOST_ORDERS = 100
#: the events after which somebody else is to take it, or nobody; what is sent has its promise right afterwards
_CHANGES = frozenset(
    (
        HandoverKind.PROMISED, HandoverKind.PLACED, HandoverKind.ACCEPTED, HandoverKind.LAID_DOWN,
        HandoverKind.RETURNED, HandoverKind.CLOSED, HandoverKind.CANCELLED,
    )
)  # fmt: skip


def changed(handover: Handover, event: Event[Any]) -> None:
    """Tell the switchboard who is to take it now. Belongs in the transaction of the change."""
    is_call = handover.kind == _CALL
    if not (event.kind in _CHANGES and (is_call or handover.kind in _PUSHED)) and not (
        is_call and event.kind == HandoverKind.SETTLED
    ):
        return
    if _is_offered(handover, event.at):
        _offer(handover, event.at, laid_down_by=event.person if event.kind == HandoverKind.LAID_DOWN else None)
    elif not is_call or _told([handover]).get(str(handover.pk)) is not None:
        _withdraw(handover, event.at)


def _offered(at: datetime) -> Q:
    """What is offered at a moment: what waits, and calls whose time has come and that nobody has taken since."""
    begun = Promise.objects.filter(handover=OuterRef("pk"), state=Promise.State.OPEN, starts_at__lte=at)
    accepted_before = begun.filter(starts_at__gt=OuterRef("accepted_at"))
    nobodys = Q(state__in=(State.WAITING, State.RETURNED)) & Exists(begun)
    return Q(kind__in=_PUSHED, state=State.WAITING) | (
        Q(kind=_CALL) & (nobodys | (Q(state=State.ACCEPTED) & Exists(accepted_before)))
    )


def _is_offered(handover: Handover, at: datetime) -> bool:
    found: bool = Handover.objects.filter(_offered(at), pk=handover.pk).exists()
    return found


def follow(events: Iterable[Event[Any]]) -> None:
    """Let hand-overs follow what people did with them at their desks. Belongs in the transaction of the events."""
    for event in events:
        if event.kind not in (Kind.TASK_ACCEPTED, Kind.TASK_PUT_BACK):
            continue
        handover = Handover.objects.filter(pk=event.payload.task).first()
        person = Person.objects.filter(pk=event.person).first()
        if handover is not None and person is not None:
            _follow(handover, event, person)


def restore(*, at: datetime) -> int:
    """Order anew what the switchboard has lost or offers to the wrong people: memberships begin and end by the day.
    Returns how many orders were given; what is left after `MOST_ORDERS` follows the next time."""
    return _order_anew(Q(), at)


def follow_members(group: int, at: datetime) -> None:
    """Listener: the group may have other members."""
    _order_anew(Q(group=group, person=None), at)


def _order_anew(which: Q, at: datetime) -> int:
    """Each in a transaction of its own. One that somebody else is changing is left to the next minute."""
    offered = Handover.objects.filter(which).filter(_offered(at)).with_names()
    rows = list(offered.select_related("centre__owner", "centre__operator").order_by("pk"))
    if not rows:
        return 0
    told, orders = _told(rows), _orders(rows, at)
    changed = [row for row in rows if not _is_told(row, orders[row.pk], told.get(str(row.pk)))]
    given = 0
    with Faults() as faults:
        for row in changed[:MOST_ORDERS]:
            with faults.of(row):
                given += _offer_anew(row, at)
    return given


@transaction.atomic
def _offer_anew(row: Handover, at: datetime) -> bool:
    locked = stream.locked_if_free(row)
    if locked is None or not _is_offered(locked, at):  # somebody has taken it meanwhile
        return False
    _offer(locked, at)
    return True


def _told(rows: Sequence[Handover]) -> dict[str, Any]:
    """What the switchboard keeps of each, or has been ordered since."""
    waiting = Command.objects.filter(outcome=Command.Outcome.WAITING, kind__in=("task_offer", "task_withdraw"))
    ordered = list(waiting.order_by("pk").values_list("kind", "payload"))
    kept = LiveWork.objects.filter(item__in=[row.pk for row in rows]).values_list("item", "kept")
    told = {str(item): _said(data) for item, data in kept}
    return told | {data["task"]: _said(data if kind == "task_offer" else None) for kind, data in ordered}


def _is_told(row: Handover, order: Mapping[str, Any] | None, told: Any) -> bool:
    """Whether the switchboard knows of the order, or the one who accepted it has it at their desk."""
    is_in_hand = row.state == State.ACCEPTED and told is not None and told[-1] == row.person_id
    return is_in_hand or bool(_said(order) == told)


def _said(data: Mapping[str, Any] | None) -> Any:
    """What an order, or a kept task, says about whom it is for; a task that waits has nobody who holds it."""
    return data and (
        data.get("subject"), sorted(data.get("people", ())), data.get("is_call", False), data.get("due"),
        data.get("holder"),
    )  # fmt: skip


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
    if waiting.state == State.RETURNED:
        with suppress(RefusedChange):  # it was for others
            work.accept(waiting, by=person, at=event.at)
    taken = work.take_with_call(handover, by=person, at=event.at)
    if (taken.state, taken.person_id) != (State.ACCEPTED, person.pk):
        _withdraw(taken, event.at)


def _may_take(person: Person, handover: Handover, at: datetime) -> bool:
    """Whether it is offered to them, or they may act on it anyway."""
    people: Collection[int] = _people([handover], at)[handover.pk]
    if not people and handover.group_id is None:
        people = windows.people_of([handover], at)[handover.pk]  # the switchboard knew who of them was in a window
    return person.is_active and (person.pk in people or recipients.may_act(person, handover, day_of(at)))


def _offer(handover: Handover, at: datetime, *, laid_down_by: int | None = None) -> None:
    order = _orders([handover], at)[handover.pk]
    if order is None:
        _withdraw(handover, at)  # it is in the list of its unit alone, and no longer with whom it was offered to before
    else:
        commands.give("task_offer", by=None, at=at, **order, laid_down_by=laid_down_by)


def _orders(rows: Sequence[Handover], at: datetime) -> dict[UUID, dict[str, Any] | None]:
    """The order for each; None for one that nobody is offered. A group without members is not its whole unit."""
    people = _people(rows, at)
    promised = Promise.objects.filter(handover__in=[row.pk for row in rows], state=Promise.State.OPEN)
    due = dict(promised.values_list("handover", "due_at"))
    return {row.pk: _order(row, people[row.pk], due.get(row.pk)) for row in rows}


def _order(handover: Handover, people: list[int], due: datetime | None) -> dict[str, Any] | None:
    service = windows.service_of(handover.unit, handover.service)
    is_for_some = handover.group_id or handover.person_id or handover.state == State.RETURNED
    if not people and (is_for_some or service is None):
        return None
    return {
        "task": str(handover.pk), "enquiry": str(handover.enquiry_id), "subject": service.code if service else "",
        "people": people, "is_call": handover.kind == _CALL, "due": due.isoformat() if due else None,
    }  # fmt: skip


def _people(rows: Sequence[Handover], at: datetime) -> dict[UUID, list[int]]:
    """Whom each is for: its person, or the members that its group has today; after a return the centre's agents,
    or the people of the sender's unit if it came to no centre."""
    listed = [row for row in rows if row.state != State.RETURNED]
    back = [row for row in rows if row.state == State.RETURNED]
    groups = {row.group_id for row in listed if row.person_id is None and row.group_id is not None}
    members = GroupMember.objects.valid_on(day_of(at)).filter(group__in=groups, person__is_active=True)
    found: dict[int, list[int]] = defaultdict(list)
    for group, person in members.order_by("pk").values_list("group", "person"):
        found[group].append(person)
    of_units = {row.pk: found[row.group_id or 0] if row.person_id is None else [row.person_id] for row in listed}
    return of_units | _agents_of(back, day_of(at))


def _agents_of(returned: Sequence[Handover], on: date) -> dict[UUID, list[int]]:
    agents = holders(Permission.TAKE_CALLS, on) if returned else {}
    takers = holders(Permission.TAKE_HANDOVERS, on) if any(row.centre is None for row in returned) else {}
    return {
        row.pk: sorted(
            person
            for person, paths in (agents if row.centre else takers).items()
            if person == row.sent_by_id
            or any(unit.path.startswith(path) for unit in recipients.sides(row, on) for path in paths)
        )
        for row in returned
    }


def _withdraw(handover: Handover, at: datetime) -> None:
    """Take it from the desks, but for whoever has accepted it."""
    theirs = handover.person_id if handover.state == State.ACCEPTED else None
    commands.give(
        "task_withdraw", by=None, at=at, task=str(handover.pk), why=str(handover.state), unless_held_by=theirs
    )
