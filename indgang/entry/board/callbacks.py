"""Callbacks by telephone: offered on the screen and dialled on acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from indgang.core import phone_numbers
from indgang.entry.board import dialling
from indgang.entry.board.calls import Calls, signed_in
from indgang.entry.board.outcome import Ask
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import callbacks, offers
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.work import Offered, WorkItem, as_kind
from indgang.routing.distribution.requirement import CALL, CALLBACK, Skill
from indgang.routing.flows import state as fs

#: the skill that stands for a phone that can ring at some exchange
ANY_PHONE: Skill = "phone"


class CallbackCarrier:
    """The carrier of callbacks. The offer is on the screen; no phone rings before it is accepted."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def is_up(self, item: WorkItem) -> bool:
        return self._calls.halted_since is None

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        return {ANY_PHONE: 1}

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        return {ANY_PHONE: 1} if self._calls.rings_anywhere(desk.person) else {}

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        return {}

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """Do nothing: the desk updates itself."""

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        raise AssertionError(f"no flow leads a callback: {instruction!r}")

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        _put_down(self._calls, as_kind(Callback, item), desk)

    def nobody_able(self, item: WorkItem) -> None:
        offers.look_again_soon(self._calls.centre, item)

    def waits_for_limit(self, item: WorkItem) -> bool:
        return self._calls.waits_for_limit(item, self.needs(item), self._calls.exchanges)


def connect(calls: Calls) -> None:
    """Register the carrier and the handler of due callbacks with the centre."""
    calls.centre.carriers[CALLBACK] = CallbackCarrier(calls)
    calls.centre.item_timers[callbacks.DUE_TIMER] = lambda item: callbacks.due(calls.centre, as_kind(Callback, item))


def offered_to(calls: Calls, person: int) -> Callback | None:
    """The callback that is offered to this person now."""
    desk = calls.centre.desks.get(person)
    items = (calls.centre.items.get(each) for each in desk.in_hand) if desk else ()
    found = (item for item in items if isinstance(item, Callback) and item.offer and item.offer.person == person)
    return next(found, None)


# --- orders --------------------------------------------------------------------------------------


def accept(calls: Calls, callback: Callback) -> dict[str, Any]:
    """Accept the offered callback: the person's own phone rings first, then the contact's."""
    offer = callback.offer
    assert offer is not None
    calls.exchange_for(offer.person)  # refused before anything has changed
    call_id = calls.centre.new_id()
    desk = offers.accepted(calls.centre, callback, held=(call_id, CALL))
    assert desk is not None
    return _dial(calls, callback, desk, call_id, is_in_hand=True)


def take(calls: Calls, ask: Ask) -> dict[str, Any]:
    """Take a callback from the list, out of turn. During a call it waits in hand until it is dialled."""
    callback = _known(calls, str(ask.payload["enquiry"]))
    desk = signed_in(calls.centre, ask.person)
    if callback.call or _holder(calls, callback) not in (None, ask.person):
        raise RefusedOrder("taken")
    if desk.doing is Doing.RINGING and callback.offer is None:
        raise RefusedOrder("busy")  # something else rings here, and comes first
    if calls.phone(ask.person).call is None:
        calls.exchange_for(ask.person)  # refused before anything has changed
    if callback.id not in desk.in_hand or callback.offer is not None:
        callback.offer = None
        offers.leave_queue(calls.centre, callback, why="taken")
        offers.occupy(calls.centre, desk, callback.id, CALLBACK)
        callback.parked_until = None
        calls.centre.note(callback, Kind.CALLBACK_TAKEN, person=desk.person, queue=callback.target)
    if calls.phone(ask.person).call is not None:
        calls.centre.show(desk)
        return {"enquiry": callback.story}
    dialled = _dial(calls, callback, desk, calls.centre.new_id(), is_in_hand=False)
    # the call is in hand now, and stands for the callback
    calls.centre.post(calls.centre.distributor.finish(callback.id, str(desk.person), calls.centre.now, 0.0))
    desk.put_down(callback.id)
    return dialled


def give_back(calls: Calls, ask: Ask) -> None:
    """Return a callback that was taken and not dialled to its place."""
    callback = _known(calls, str(ask.payload["enquiry"]))
    if callback.call or callback.offer is not None or _holder(calls, callback) != ask.person:
        raise RefusedOrder("not_taken")
    _put_down(calls, callback, calls.centre.desk(ask.person))


def _put_down(calls: Calls, callback: Callback, desk: Desk) -> None:
    offers.finish(calls.centre, desk, callback.id, callback, 0.0)
    callbacks.put_back(calls.centre, callback)


def order(calls: Calls, ask: Ask) -> dict[str, Any]:
    """Order a callback: from the site, or for an abandoned call."""
    wanted, centre = ask.payload, calls.centre
    number = phone_numbers.normalise(str(wanted["number"]))
    if bar := centre.plan.barring.number(number):
        raise RefusedOrder(bar)
    standing = callbacks.waiting_for(centre, number)
    if standing is not None:
        return {"enquiry": standing.story, "standing": True}
    callback = _wanted(calls, wanted, number)
    _note_order(calls, callback, ask, begins=not wanted.get("enquiry"))
    callbacks.promise(centre, callback)
    return {"enquiry": callback.story, "standing": False}


def _wanted(calls: Calls, wanted: Mapping[str, Any], number: str) -> Callback:
    centre = calls.centre
    asked_at = datetime.fromisoformat(str(wanted["place"])) if wanted.get("place") else centre.at
    return Callback(
        id=centre.new_id(), story=str(wanted.get("enquiry") or centre.new_id()), contact=number,
        target=offers.known_queue(centre, str(wanted["queue"])), arrived=asked_at, place=asked_at,
        promised_at=centre.at, due=datetime.fromisoformat(str(wanted["due"])) if wanted.get("due") else None,
        name=str(wanted.get("name", ""))[:100], language=str(wanted.get("language", "da"))[:5],
    )  # fmt: skip


def _note_order(calls: Calls, callback: Callback, ask: Ask, *, begins: bool) -> None:
    """Write the event of the order; a new enquiry also holds the contact and the channel."""
    promised: dict[str, Any] = {
        "number": callback.contact, "asked_at": callback.place.isoformat(),
        "due": callback.due.isoformat() if callback.due else None,
    }  # fmt: skip
    if begins:
        plan = calls.centre.plan.queues.get(callback.target)
        promised |= {
            "channel": str(ask.payload.get("channel", "")), "name": callback.name, "language": callback.language,
            "centre": plan.centre if plan else "",
        }  # fmt: skip
    kind = Kind.CALLBACK_ORDERED if begins else Kind.CALLBACK
    calls.centre.note(callback, kind, queue=callback.target, person=ask.person or None, **promised)


def cancel(calls: Calls, ask: Ask) -> None:
    """Cancel the callback, by the contact or on their behalf."""
    callback = _known(calls, str(ask.payload["enquiry"]))
    call = calls.by_id.get(callback.call)
    if call is not None and call.outgoing:
        raise RefusedOrder("being_called")
    callbacks.give_up(calls.centre, callback, str(ask.payload.get("why", "cancelled")))


def _known(calls: Calls, enquiry: str) -> Callback:
    items = calls.centre.items.values()
    found = next((item for item in items if isinstance(item, Callback) and item.story == enquiry), None)
    if found is None:
        raise RefusedOrder("no_callback")
    return found


def _holder(calls: Calls, callback: Callback) -> int | None:
    """The person who has it in hand, offered or taken."""
    agent = calls.centre.distributor.agent_of(callback.id)
    return int(agent) if agent is not None else None


# --- the call ------------------------------------------------------------------------------------


def _dial(calls: Calls, callback: Callback, desk: Desk, call_id: str, *, is_in_hand: bool) -> dict[str, Any]:
    dialling.begin(
        calls, desk, callback.contact, call_id, kind=Kind.CALLED_BACK, is_in_hand=is_in_hand, callback=callback,
        attempt=callback.attempts + 1,
    )  # fmt: skip
    callbacks.being_called(calls.centre, callback, call_id)
    return {"enquiry": callback.story}
