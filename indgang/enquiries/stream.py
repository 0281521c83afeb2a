"""Derives the row of an enquiry from its events, and from nothing else.

`begin` and `apply` are the only code that sets the derived columns, on every channel. Each moment from arrival to end
belongs to exactly one phase (menu, wait, callback, ring, talk, hold, out), so their seconds add up to the elapsed time.
A function declared for an event kind (`beginning`, `on`) changes the row; other kinds only count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from indgang.enquiries.event_kinds import (
    Begun,
    ContactWrote,
    EnquiryKind,
    EnquiryRegistered,
    Received,
    Reopened,
    Replied,
)
from indgang.enquiries.models import Channel, Enquiry, State
from indgang.entry import event_kinds as calls
from indgang.entry.event_kinds import Kind
from indgang.events.event import Event, EventKind

P = TypeVar("P")

SECONDS_OF_PHASE = {
    "menu": "menu_seconds",
    "wait": "wait_seconds",
    "ring": "ring_seconds",
    "talk": "talk_seconds",
    "hold": "hold_seconds",
    "out": "outside_seconds",
    "callback": "callback_seconds",
}

#: how work ends that was no question to us
NOTHING_TO_REGISTER = frozenset({"spam", "merged", "automatic"})

#: the columns that `apply` may change
DERIVED = (
    "state", "phase", "phase_since", "queue_id", "centre_id", "agent_id", "first_agent_id", "menu", "menu_keys",
    "queued_at", "answered_at", "ended_at", "registered_at", "menu_seconds", "wait_seconds", "ring_seconds",
    "talk_seconds", "hold_seconds", "outside_seconds", "wrap_up_seconds", "transfers", "transferred_to", "events",
    "language", "arrived_at", "callback_seconds", "callback_place", "callback_due", "waits_for_id", "waits_until",
    "waits_by_id",
)  # fmt: skip


#: the columns that the first event sets for good
BEGINNING = (
    "id", "channel", "entry_point_id", "dialled", "caller_number", "caller_name", "follows_id", "dialled_by_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Places:
    """The primary keys for the codes in events; or, for `derived`, what stands for them."""

    queues: Mapping[str, Any] = field(default_factory=dict)
    centres: Mapping[str, Any] = field(default_factory=dict)
    #: queue code to centre code
    centre_of_queue: Mapping[str, str] = field(default_factory=dict)


#: the columns of a new row
Begin = Callable[[Event[P], Places], dict[str, Any]]
Step = Callable[[Enquiry, Event[P], Places], None]
_BEGINNINGS: dict[str, Begin[Any]] = {}
_STEPS: dict[str, Step[Any]] = {}


def beginning(kind: EventKind[P]) -> Callable[[Begin[P]], Begin[P]]:
    """Declare the function that gives the columns of the row of a stream that begins with `kind`, before any event is
    applied."""

    def declared(make: Begin[P]) -> Begin[P]:
        _BEGINNINGS[kind] = make
        return make

    return declared


def on(kind: EventKind[P]) -> Callable[[Step[P]], Step[Any]]:
    """Declare the function that applies events of this kind to the row."""

    def declared(step: Step[P]) -> Step[Any]:
        _STEPS[kind] = step
        return step

    return declared


def begins(kind: EventKind[Any]) -> bool:
    """Whether an enquiry can begin with such an event."""
    return kind in _BEGINNINGS


def has_steps(kind: EventKind[Any]) -> bool:
    """Whether such an event changes more of the row than the number of events."""
    return kind in _STEPS


def begin(event: Event[Any], places: Places, *, make: Callable[..., Any] = Enquiry) -> Enquiry:
    """The row of a new enquiry from its first event (not saved). Raises KeyError for a kind that cannot begin one.

    `make` gets the columns by name, and may make anything that has the columns of a row (`derived`).
    """
    return cast(Enquiry, make(**_BEGINNINGS[event.kind](event, places)))


def apply(enquiry: Enquiry, event: Event[Any], places: Places) -> None:
    """Apply one event to the row."""
    enquiry.events += 1
    step = _STEPS.get(event.kind)
    if step:
        step(enquiry, event, places)


def replay(events: Iterable[Event[Any]], places: Places, *, make: Callable[..., Any] = Enquiry) -> Enquiry:
    """The row that these events make, in order; `make` as for `begin`. Raises ValueError when there are none, and
    KeyError as `begin` does."""
    enquiry: Enquiry | None = None
    for event in events:
        enquiry = enquiry or begin(event, places, make=make)
        apply(enquiry, event, places)
    if enquiry is None:
        raise ValueError("an enquiry has at least one event")
    return enquiry


# --- Beginnings --------------------------------------------------------------------------------


def _row(event: Event[Any], places: Places, channel: str, state: State, **more: Any) -> dict[str, Any]:
    """The columns of what every beginning tells. The network and callers may send any text; a value that does not fit
    must not stop the journal."""
    told = event.payload
    return {
        "id": UUID(event.stream),
        "channel": channel,
        "state": state,
        "centre_id": places.centres.get(told.centre),
        "arrived_at": event.at,
        **more,
    }


def _contact(told: calls.CallArrived | Begun | Received) -> dict[str, Any]:
    """Who turned to us, in which language, and which enquiry that goes on with."""
    return {
        "caller_number": told.caller_number[:30], "caller_name": told.caller_name[:100],
        "language": told.language[:5] or "da", "follows_id": UUID(told.follows) if told.follows else None,
    }  # fmt: skip


@beginning(Kind.ARRIVED)
def _new_call(event: Event[calls.CallArrived], places: Places) -> dict[str, Any]:
    told = event.payload
    entry = {"entry_point_id": told.entry_point, "dialled": told.dialled[:30]}
    return _row(event, places, Channel.PHONE, State.IN_MENU, **entry, **_contact(told))


@beginning(Kind.DIALLED)
def _new_outgoing_call(event: Event[calls.Dialled], places: Places) -> dict[str, Any]:
    told = event.payload
    return {
        "id": UUID(event.stream),
        "channel": Channel.PHONE,
        "state": State.RINGING,
        "dialled": told.number[:30],
        "caller_number": told.number[:30],
        "centre_id": places.centres.get(told.centre),
        "follows_id": UUID(told.follows) if told.follows else None,
        "dialled_by_id": event.person,
        "arrived_at": event.at,
    }


@beginning(Kind.CALLBACK_ORDERED)
def _new_callback(event: Event[calls.CallbackOrdered], places: Places) -> dict[str, Any]:
    told = event.payload
    return {
        "id": UUID(event.stream),
        "channel": told.channel or Channel.WEB,
        "state": State.CALLBACK,
        "dialled": told.number[:30],
        "caller_number": told.number[:30],
        "caller_name": told.name[:100],
        "centre_id": places.centres.get(told.centre),
        "language": told.language[:5] or "da",
        "arrived_at": event.at,
    }


@beginning(EnquiryKind.BEGUN)
def _new_by_hand(event: Event[Begun], places: Places) -> dict[str, Any]:
    """An enquiry begun by hand: it is answered already, and its length is entered later."""
    told = event.payload
    person = {"agent_id": event.person, "first_agent_id": event.person}
    times = {"answered_at": event.at, "ended_at": event.at}
    return _row(event, places, told.channel, State.UNREGISTERED, **person, **times, **_contact(told))


@beginning(EnquiryKind.RECEIVED)
def _new_in_writing(event: Event[Received], places: Places) -> dict[str, Any]:
    return _row(event, places, event.payload.channel, State.WAITING, **_contact(event.payload))


# --- Steps -------------------------------------------------------------------------------------


def _enter(enquiry: Enquiry, phase: str, event: Event[Any]) -> None:
    """Close the current phase at this event and begin the next. An event from before the phase began adds no
    seconds."""
    if enquiry.phase and enquiry.phase_since:
        name = SECONDS_OF_PHASE[enquiry.phase]
        seconds = max(0.0, (event.at - enquiry.phase_since).total_seconds())
        setattr(enquiry, name, getattr(enquiry, name) + seconds)
    enquiry.phase = phase
    enquiry.phase_since = event.at if phase else None
    enquiry.waits_for_id, enquiry.waits_until, enquiry.waits_by_id = None, None, None


@on(Kind.ARRIVED)
def _arrived(enquiry: Enquiry, event: Event[calls.CallArrived], places: Places) -> None:
    _enter(enquiry, "menu", event)


@on(Kind.DIALLED)
def _dialled(enquiry: Enquiry, event: Event[calls.Dialled], places: Places) -> None:
    enquiry.agent_id = enquiry.first_agent_id = event.person
    _enter(enquiry, "ring", event)


@on(Kind.MENU)
def _menu(enquiry: Enquiry, event: Event[calls.MenuChosen], places: Places) -> None:
    key, label = event.payload.key, event.payload.label
    enquiry.menu_keys = (enquiry.menu_keys + key)[:60]
    enquiry.menu = " › ".join(part for part in (enquiry.menu, label) if part)[:300]


@on(Kind.LANGUAGE)
def _language(enquiry: Enquiry, event: Event[calls.LanguageChosen], places: Places) -> None:
    enquiry.language = event.payload.language[:5] or enquiry.language


@on(Kind.QUEUED)
def _queued(enquiry: Enquiry, event: Event[calls.Queued], places: Places) -> None:
    _enter(enquiry, "wait", event)
    enquiry.state, enquiry.ended_at = State.WAITING, None
    enquiry.queue_id = places.queues.get(event.queue, enquiry.queue_id)
    enquiry.centre_id = places.centres.get(places.centre_of_queue.get(event.queue, ""), enquiry.centre_id)
    enquiry.queued_at = enquiry.queued_at or event.at


@on(EnquiryKind.RECEIVED)
def _received(enquiry: Enquiry, event: Event[Received], places: Places) -> None:
    _enter(enquiry, "wait", event)


@on(EnquiryKind.CONTACT_WROTE)
def _wrote_again(enquiry: Enquiry, event: Event[ContactWrote], places: Places) -> None:
    """An answer to an enquiry that has ended opens it again: its seconds go on from here."""
    if event.payload.reopened:
        _open_again(enquiry, event)


@on(EnquiryKind.REOPENED)
def _reopened(enquiry: Enquiry, event: Event[Reopened], places: Places) -> None:
    _open_again(enquiry, event)


def _open_again(enquiry: Enquiry, event: Event[Any]) -> None:
    if not enquiry.phase:
        _enter(enquiry, "wait", event)
        enquiry.state, enquiry.ended_at = State.WAITING, None


@on(EnquiryKind.REPLIED)
def _replied(enquiry: Enquiry, event: Event[Replied], places: Places) -> None:
    enquiry.answered_at = enquiry.answered_at or event.at
    enquiry.agent_id = event.person or enquiry.agent_id
    enquiry.first_agent_id = enquiry.first_agent_id or event.person


@on(Kind.WORK_BEGUN)
def _in_work(enquiry: Enquiry, event: Event[calls.WorkBegun], places: Places) -> None:
    _enter(enquiry, "talk", event)
    enquiry.state = State.IN_WORK
    enquiry.agent_id = event.person or enquiry.agent_id
    enquiry.first_agent_id = enquiry.first_agent_id or event.person


@on(Kind.WORK_PUT_BACK)
def _put_back(enquiry: Enquiry, event: Event[calls.WorkLeft], places: Places) -> None:
    _enter(enquiry, "wait", event)
    enquiry.state = State.WAITING


@on(Kind.WORK_OVER)
def _work_over(enquiry: Enquiry, event: Event[calls.WorkLeft], places: Places) -> None:
    """It is over for the centre. What nobody had in hand, spam above all, needs no registration."""
    _over(enquiry, event)
    if enquiry.registered_at:
        enquiry.state = State.REGISTERED
    elif enquiry.first_agent_id is None or event.payload.why in NOTHING_TO_REGISTER:
        enquiry.state = State.LEFT
    else:
        enquiry.state = State.UNREGISTERED


@on(Kind.PERSONAL_WAIT)
def _waits_for_one(enquiry: Enquiry, event: Event[calls.PersonalWait], places: Places) -> None:
    told = event.payload
    enquiry.waits_for_id, enquiry.waits_by_id = event.person, told.by
    enquiry.waits_until = datetime.fromisoformat(told.until) if told.until else None


@on(Kind.PERSONAL_WAIT_OVER)
def _waits_for_anybody(enquiry: Enquiry, event: Event[calls.PersonalWaitOver], places: Places) -> None:
    enquiry.waits_for_id, enquiry.waits_until, enquiry.waits_by_id = None, None, None


@on(Kind.LEFT_QUEUE)
def _left_queue(enquiry: Enquiry, event: Event[calls.LeftQueue], places: Places) -> None:
    _enter(enquiry, "menu", event)
    enquiry.state = State.IN_MENU


@on(Kind.OFFERED)
def _offered(enquiry: Enquiry, event: Event[calls.OfferMade], places: Places) -> None:
    if enquiry.phase != "wait":
        _enter(enquiry, "wait", event)
    enquiry.state = State.RINGING


@on(Kind.WITHDRAWN)
def _withdrawn(enquiry: Enquiry, event: Event[calls.Withdrawn], places: Places) -> None:
    if enquiry.phase == "wait":
        enquiry.state = State.WAITING


@on(Kind.ANSWERED)
def _answered(enquiry: Enquiry, event: Event[calls.CallAnswered], places: Places) -> None:
    _enter(enquiry, "talk", event)
    enquiry.state = State.TALKING
    enquiry.answered_at = enquiry.answered_at or event.at
    enquiry.agent_id = event.person or enquiry.agent_id
    enquiry.first_agent_id = enquiry.first_agent_id or event.person


@on(Kind.HELD)
@on(Kind.CONSULTING)
def _on_hold(enquiry: Enquiry, event: Event[Any], places: Places) -> None:
    _enter(enquiry, "hold", event)


@on(Kind.RESUMED)
@on(Kind.JOINED)
def _talking_again(enquiry: Enquiry, event: Event[Any], places: Places) -> None:
    _enter(enquiry, "talk", event)
    enquiry.state = State.TALKING


@on(Kind.TRANSFERRED)
def _transferred(enquiry: Enquiry, event: Event[calls.Transferred], places: Places) -> None:
    enquiry.transfers += 1
    enquiry.transferred_to = event.payload.name[:200]
    if event.payload.warm:
        _enter(enquiry, "talk", event)
        enquiry.agent_id = event.person or enquiry.agent_id
    else:
        _back_to_waiting(enquiry, event, places)


@on(Kind.TRANSFER_FAILED)
@on(Kind.AGENT_LOST)
def _back_to_waiting(enquiry: Enquiry, event: Event[Any], places: Places) -> None:
    _enter(enquiry, "wait", event)
    enquiry.state = State.WAITING


@on(Kind.PASSED_ON)
def _passed_on(enquiry: Enquiry, event: Event[calls.Transferred], places: Places) -> None:
    name = event.payload.name[:200]
    # a blind transfer was counted when the agent let go; this event only says that it was answered
    if event.payload.warm or enquiry.transferred_to != name:
        enquiry.transfers += 1
    enquiry.transferred_to = name
    _enter(enquiry, "out", event)


@on(Kind.MESSAGE)
def _message(enquiry: Enquiry, event: Event[calls.MessageTaken], places: Places) -> None:
    enquiry.state = State.MESSAGE


@on(Kind.CALLBACK)
@on(Kind.CALLBACK_ORDERED)
def _callback(enquiry: Enquiry, event: Event[Any], places: Places) -> None:
    """A call is promised. One that waits in the queue is part of the enquiry; others are on the callback list."""
    enquiry.state = State.CALLBACK
    told = event.payload
    if not told.waits_in_queue:
        return
    enquiry.callback_place = datetime.fromisoformat(told.asked_at) if told.asked_at else event.at
    enquiry.callback_due = datetime.fromisoformat(told.due) if told.due else None
    enquiry.queue_id = places.queues.get(event.queue, enquiry.queue_id)
    if not enquiry.phase:  # the call is over, or there was none
        enquiry.phase, enquiry.phase_since = "callback", enquiry.ended_at or event.at
        enquiry.ended_at = None


@on(Kind.CALLBACK_QUEUED)
@on(Kind.CALLBACK_FAILED)
def _callback_waits(enquiry: Enquiry, event: Event[Any], places: Places) -> None:
    """The callback waits for its turn, for its time or after a failed attempt. Nothing changes while the caller is
    still on the line."""
    if enquiry.phase in ("callback", "ring"):
        _enter(enquiry, "callback", event)
        enquiry.state = State.CALLBACK


@on(Kind.CALLED_BACK)
def _called_back(enquiry: Enquiry, event: Event[calls.CalledBack], places: Places) -> None:
    enquiry.agent_id = event.person
    enquiry.state = State.RINGING
    _enter(enquiry, "ring", event)


@on(Kind.CALLBACK_OVER)
def _callback_over(enquiry: Enquiry, event: Event[calls.CallbackOver], places: Places) -> None:
    _over(enquiry, event)
    enquiry.state = State.NOT_REACHED if event.payload.was_missed else State.LEFT


@on(Kind.ABANDONED)
def _abandoned(enquiry: Enquiry, event: Event[calls.Abandoned], places: Places) -> None:
    _over(enquiry, event)
    enquiry.state = State.ABANDONED


@on(Kind.LEFT)
def _left(enquiry: Enquiry, event: Event[calls.Left], places: Places) -> None:
    if enquiry.state == State.CALLBACK and enquiry.callback_place:
        _enter(enquiry, "callback", event)
        return
    _over(enquiry, event)
    if enquiry.state not in (State.MESSAGE, State.CALLBACK):
        enquiry.state = State.LEFT


@on(Kind.ENDED)
def _ended(enquiry: Enquiry, event: Event[calls.CallEnded], places: Places) -> None:
    passed_on_untalked = enquiry.phase == "out" and enquiry.first_agent_id is None
    _over(enquiry, event)
    if passed_on_untalked:
        enquiry.state = State.PASSED_ON
    else:
        enquiry.state = State.REGISTERED if enquiry.registered_at else State.UNREGISTERED


def _over(enquiry: Enquiry, event: Event[Any]) -> None:
    _enter(enquiry, "", event)
    enquiry.ended_at = event.at


@on(Kind.WRAPPED_UP)
def _wrapped_up(enquiry: Enquiry, event: Event[calls.WrappedUp], places: Places) -> None:
    enquiry.wrap_up_seconds += event.payload.seconds


@on(EnquiryKind.REGISTERED)
def _registered(enquiry: Enquiry, event: Event[EnquiryRegistered], places: Places) -> None:
    if event.payload.began_at is not None:
        _typed_times(enquiry, datetime.fromisoformat(event.payload.began_at), event.payload.minutes or 0.0)
    enquiry.registered_at = enquiry.registered_at or event.at
    if not enquiry.phase:
        enquiry.state = State.REGISTERED


def _typed_times(enquiry: Enquiry, began_at: datetime, minutes: float) -> None:
    """Set the start and length that the agent entered for an enquiry that was not measured."""
    enquiry.arrived_at = enquiry.answered_at = began_at
    enquiry.talk_seconds = minutes * 60
    enquiry.ended_at = began_at + timedelta(minutes=minutes)
