"""Written enquiries and chats: offered on the screen to whoever serves their queue, beside calls.

No telephone rings. The package that owns the messages orders, moves and ends the items, and learns from the events who
has which in hand (`enquiries.journal.Follow`). A written enquiry can be put down and waits on; in a chat somebody
waits at the other end, so that it goes back before the others. A chat that is moved to a colleague is theirs alone for
a while, whatever queues they serve.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from indgang.entry.board.calls import Calls, signed_in
from indgang.entry.board.outcome import Ask
from indgang.entry.board.written_item import KINDS, WrittenItem
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import offers, personal, presence
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.work import Offered, WorkItem, as_kind
from indgang.routing.distribution.requirement import CHAT, WRITTEN, Skill
from indgang.routing.flows import state as fs

#: how long whoever put it back does not get it again while others can take it, and when nobody can
REOFFER_SECONDS, MIN_REOFFER_SECONDS = 900.0, 120.0


class WrittenCarrier:
    """The carrier of written enquiries and chats."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def is_up(self, item: WorkItem) -> bool:
        return self._calls.halted_since is None

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        return as_kind(WrittenItem, item).skills

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        return {}  # the skills of people are in the plan

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        return {}

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """Do nothing: the desk updates itself."""

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        raise AssertionError(f"no flow leads a written enquiry: {instruction!r}")

    def nobody_able(self, item: WorkItem) -> None:
        """It waits until somebody serves its queue and has the skill; its owner watches how long. A colleague whom it
        was for has gone home."""
        if item.personal_until is not None:
            personal.not_taken(self._calls.centre, item, "agent_off")

    def waits_for_limit(self, item: WorkItem) -> bool:
        return False

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        written = as_kind(WrittenItem, item)
        offers.finish(self._calls.centre, desk, written.id, written, 0.0)
        _wait_again(self._calls, written, desk.person, why="went_home")


def connect(calls: Calls) -> None:
    """Register the carrier with the centre."""
    carrier = WrittenCarrier(calls)
    calls.centre.carriers |= {WRITTEN: carrier, CHAT: carrier}


def restore(calls: Calls, item: WrittenItem) -> None:
    """Restore a stored item: in the hands of its holder, or waiting at its place."""
    calls.centre.add(item)
    desk = calls.centre.desks.get(item.holder or 0)
    if item.personal_until is not None:
        calls.centre.set_timer(item, personal.GIVEN_TIMER, item.personal_until)
    if item.holder is None:
        offers.place(calls.centre, item)
    elif desk is not None and desk.signed_in:
        offers.occupy(calls.centre, desk, item.id, item.kind)
        presence.show_state(calls.centre, desk)
    else:
        _wait_again(calls, item, item.holder, why="went_home")


def go_on(calls: Calls) -> None:
    """After a time in which nothing could be done: whatever is in nobody's hands waits anew."""
    for item in list(calls.centre.items.values()):
        if isinstance(item, WrittenItem) and item.waits and item.offer is None:
            offers.place(calls.centre, item)


def offered_to(calls: Calls, person: int) -> WrittenItem | None:
    """The written enquiry or chat that is offered to this person now."""
    desk = calls.centre.desks.get(person)
    items = (calls.centre.items.get(each) for each in desk.in_hand) if desk else ()
    found = (item for item in items if isinstance(item, WrittenItem) and item.offer and item.offer.person == person)
    return next(found, None)


# --- orders --------------------------------------------------------------------------------------


def order(calls: Calls, ask: Ask) -> dict[str, Any]:
    """Have an enquiry answered. Again: it moves to another queue, asks for other skills, or is due at another time.
    What somebody has in hand stays there unless it goes to another queue, or a chat to a colleague."""
    wanted = _wanted(calls, ask.payload)
    there = calls.centre.items.get(wanted.id)
    if there is None:
        calls.centre.add(wanted)
        _give(calls, wanted, wanted)
        _enqueue(calls, wanted, wanted.queue, wanted.arrived)
    else:
        _change(calls, as_kind(WrittenItem, there), wanted)
    return {"enquiry": wanted.id}


def accept(calls: Calls, item: WrittenItem) -> dict[str, Any]:
    """The person takes what is offered to them."""
    desk = offers.accepted(calls.centre, item)
    assert desk is not None
    _begin(calls, item, desk, from_list=False)
    return {"enquiry": item.id}


def take(calls: Calls, ask: Ask) -> dict[str, Any]:
    """Take one from the list, whoever it is offered to. Who may see it there is not the board's to decide."""
    item, centre = _known(calls, ask), calls.centre
    desk = signed_in(centre, ask.person)
    if item.holder == ask.person:
        return {"enquiry": item.id}
    if item.holder is not None:
        raise RefusedOrder("taken")
    if desk.doing is Doing.RINGING and (item.offer is None or item.offer.person != ask.person):
        raise RefusedOrder("busy")  # something else rings here, and comes first
    offers.take_out(centre, item)  # which withdraws an offer of it
    item.queued_since, item.ranks_from = None, item.ranks_from or item.queued_since
    offers.occupy(centre, desk, item.id, item.kind)
    _begin(calls, item, desk, from_list=True)
    return {"enquiry": item.id}


def put_back(calls: Calls, ask: Ask) -> None:
    """Return what the person has in hand to its queue. It comes to them again only after a delay."""
    item, centre = _known(calls, ask), calls.centre
    if item.holder != ask.person:
        raise RefusedOrder("not_taken")
    item.delays[ask.person] = [centre.now + MIN_REOFFER_SECONDS, centre.now + REOFFER_SECONDS]
    offers.finish(centre, centre.desk(ask.person), item.id, item, 0.0)
    _wait_again(calls, item, ask.person, why=str(ask.payload.get("why") or "put_back")[:40])


def over(calls: Calls, ask: Ask) -> None:
    """It is answered, or needs no answer. The wrap-up of its queue follows a chat alone: a written enquiry is
    registered before it is closed."""
    item, centre = _known(calls, ask), calls.centre
    holder = item.holder
    if holder is not None:  # before it leaves the distributor, which would add the wrap-up of its queue
        offers.finish(centre, centre.any_desk(holder), item.id, item, None if item.kind == CHAT else 0.0)
    offers.take_out(centre, item)
    item.queued_since = None
    centre.note(
        item, Kind.WORK_OVER, person=holder or ask.person or None, queue=item.queue,
        why=str(ask.payload.get("why") or "closed")[:40],
    )  # fmt: skip
    centre.forget(item)


# --- internals -----------------------------------------------------------------------------------


def _wanted(calls: Calls, wanted: Mapping[str, Any]) -> WrittenItem:
    """Raises KeyError, TypeError or ValueError for an order that does not say which enquiry, or of which kind."""
    kind, moments = str(wanted["work"]), {name: wanted.get(name) for name in ("since", "due")}
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of written work")
    since, due = (datetime.fromisoformat(str(at)) if at else None for at in moments.values())
    prefer = wanted.get("prefer") or {}
    return WrittenItem(
        id=str(UUID(str(wanted["enquiry"]))), kind=kind, arrived=since or calls.centre.at, due=due,
        contact=str(wanted.get("contact") or "")[:254], queue=offers.known_queue(calls.centre, str(wanted["queue"])),
        language=str(wanted.get("language") or "da")[:5], priority=int(wanted.get("priority") or 0),
        skills={str(skill): int(level) for skill, level in dict(wanted.get("skills") or {}).items()},
        reserved_for=int(prefer["person"]) if prefer else None, reserved_seconds=float(prefer.get("seconds", 0.0)),
    )  # fmt: skip


def _change(calls: Calls, item: WrittenItem, wanted: WrittenItem) -> None:
    """Take over what the new order says. Its place in the line stays that of its arrival."""
    to_colleague = wanted.kind == CHAT and wanted.reserved_for is not None
    passes = to_colleague and item.holder != wanted.reserved_for
    moves = item.queue != wanted.queue or passes
    item.due, item.skills, item.priority = wanted.due, wanted.skills, wanted.priority
    if item.holder is not None and not moves:
        calls.centre.touch(item)
        return
    if item.holder is not None:
        holder, item.holder = item.holder, None
        offers.finish(calls.centre, calls.centre.any_desk(holder), item.id, item, 0.0)
        calls.centre.note(item, Kind.WORK_PUT_BACK, person=holder, queue=item.queue, why="moved")
    offers.take_out(calls.centre, item)
    if moves or wanted.reserved_for is not None:
        _give(calls, item, wanted)
    if moves:
        item.raised = offers.COMES_BACK_PRIORITY if passes else item.raised
        _enqueue(calls, item, wanted.queue, item.ranks_from or item.arrived)
    else:
        calls.centre.touch(item)
        offers.place(calls.centre, item)


def _give(calls: Calls, item: WrittenItem, wanted: WrittenItem) -> None:
    """Have it wait for the person whom the order names: a written enquiry for them first, a chat for them alone."""
    person, seconds = wanted.reserved_for, wanted.reserved_seconds
    personal.for_anybody(item)
    item.reserved_for, item.reserved_seconds = person, seconds
    if item.kind == CHAT and person is not None:
        item.reserved_for, item.reserved_seconds = None, 0.0
        personal.give_to(calls.centre, item, person, seconds)


def _enqueue(calls: Calls, item: WrittenItem, queue: str, since: datetime) -> None:
    offers.enqueue(calls.centre, item, fs.Enqueue(queue, item.priority, since))


def _begin(calls: Calls, item: WrittenItem, desk: Desk, *, from_list: bool) -> None:
    """It is in the person's hands: in a chat both are there now; a written enquiry is answered later."""
    item.holder = desk.person
    personal.for_anybody(item)
    if item.kind == CHAT:
        calls.centre.note(item, Kind.ANSWERED, person=desk.person, queue=item.queue, direction="in")
    else:
        calls.centre.note(item, Kind.WORK_BEGUN, person=desk.person, queue=item.queue, from_list=from_list)
    presence.show_state(calls.centre, desk)


def _wait_again(calls: Calls, item: WrittenItem, person: int, *, why: str) -> None:
    """Nobody has it in hand any more: it waits at the place of its arrival, a chat before the others."""
    item.holder, item.queued_since = None, item.ranks_from or item.arrived
    item.raised = offers.COMES_BACK_PRIORITY if item.kind == CHAT else 0
    calls.centre.note(item, Kind.WORK_PUT_BACK, person=person, queue=item.queue, why=why)
    offers.place(calls.centre, item)


def _known(calls: Calls, ask: Ask) -> WrittenItem:
    item = calls.centre.items.get(str(ask.payload["enquiry"]))
    if not isinstance(item, WrittenItem):
        raise RefusedOrder("no_written")
    return item
