"""From events to the row: what an enquiry is and how long it took follows from what happened, and from nothing else.

`apply` is the only code that sets the derived fields. Each moment from arrival to end belongs to exactly one phase
(menu, wait, ring, talk, hold, out), so the phases' seconds add up to the wall clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from indgang.enquiries.models import Channel, Enquiry, State
from indgang.entry.journal import Happening, Kind

SECONDS_OF_PHASE = {
    "menu": "menu_seconds",
    "wait": "wait_seconds",
    "ring": "ring_seconds",
    "talk": "talk_seconds",
    "hold": "hold_seconds",
    "out": "outside_seconds",
}

#: the columns that `apply` may change
DERIVED = (
    "state", "phase", "phase_since", "queue_id", "centre_id", "agent_id", "first_agent_id", "menu", "menu_keys",
    "queued_at", "answered_at", "ended_at", "registered_at", "menu_seconds", "wait_seconds", "ring_seconds",
    "talk_seconds", "hold_seconds", "outside_seconds", "wrap_up_seconds", "transfers", "transferred_to", "events",
    "language",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Places:
    """Keys of the codes that events carry: code to primary key."""

    queues: Mapping[str, int]
    centres: Mapping[str, int]
    #: queue code to centre code
    centre_of_queue: Mapping[str, str]


def begin(happening: Happening, places: Places) -> Enquiry:
    """The row of a new enquiry, from its first event (arrived or dialled). Not saved, and nothing applied yet."""
    data = happening.data
    incoming = happening.kind == Kind.ARRIVED
    follows = data.get("follows")
    return Enquiry(
        id=UUID(happening.enquiry),
        channel=Channel.PHONE,
        state=State.IN_MENU if incoming else State.RINGING,
        entry_point_id=data.get("entry_point"),
        # networks and strangers send what they like; what does not fit must not stop the journal
        dialled=(data.get("dialled", "") if incoming else data.get("number", ""))[:30],
        caller_number=(data.get("caller_number", "") if incoming else data.get("number", ""))[:30],
        caller_name=data.get("caller_name", "")[:100],
        centre_id=places.centres.get(data.get("centre", "")),
        language=data.get("language", "da"),
        follows_id=UUID(follows) if follows else None,
        dialled_by_id=None if incoming else happening.person,
        arrived_at=happening.at,
    )


def apply(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    """Let one event change the row."""
    enquiry.events += 1
    step = _STEPS.get(happening.kind)
    if step:
        step(enquiry, happening, places)


def replay(happenings: Iterable[Happening], places: Places) -> Enquiry:
    """The row that these events make, in order; raises ValueError when there is none."""
    enquiry: Enquiry | None = None
    for happening in happenings:
        enquiry = enquiry or begin(happening, places)
        apply(enquiry, happening, places)
    if enquiry is None:
        raise ValueError("an enquiry has at least one event")
    return enquiry


def _enter(enquiry: Enquiry, phase: str, happening: Happening) -> None:
    """Close the running phase at this event and begin the next; an event from before the phase began adds nothing."""
    if enquiry.phase and enquiry.phase_since:
        name = SECONDS_OF_PHASE[enquiry.phase]
        seconds = max(0.0, (happening.at - enquiry.phase_since).total_seconds())
        setattr(enquiry, name, getattr(enquiry, name) + seconds)
    enquiry.phase = phase
    enquiry.phase_since = happening.at if phase else None


def _arrived(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _enter(enquiry, "menu", happening)


def _dialled(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    enquiry.agent_id = enquiry.first_agent_id = happening.person
    _enter(enquiry, "ring", happening)


def _menu(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    key, label = str(happening.data.get("key", "")), str(happening.data.get("label", ""))
    enquiry.menu_keys = (enquiry.menu_keys + key)[:60]
    enquiry.menu = " › ".join(part for part in (enquiry.menu, label) if part)[:300]


def _language(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    enquiry.language = str(happening.data.get("language", ""))[:5] or enquiry.language


def _queued(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _enter(enquiry, "wait", happening)
    enquiry.state = State.WAITING
    enquiry.queue_id = places.queues.get(happening.queue, enquiry.queue_id)
    enquiry.centre_id = places.centres.get(places.centre_of_queue.get(happening.queue, ""), enquiry.centre_id)
    enquiry.queued_at = enquiry.queued_at or happening.at


def _left_queue(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _enter(enquiry, "menu", happening)
    enquiry.state = State.IN_MENU


def _offered(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    if enquiry.phase != "wait":
        _enter(enquiry, "wait", happening)
    enquiry.state = State.RINGING


def _withdrawn(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    if enquiry.phase == "wait":
        enquiry.state = State.WAITING


def _answered(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _enter(enquiry, "talk", happening)
    enquiry.state = State.TALKING
    enquiry.answered_at = enquiry.answered_at or happening.at
    enquiry.agent_id = happening.person or enquiry.agent_id
    enquiry.first_agent_id = enquiry.first_agent_id or happening.person


def _on_hold(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _enter(enquiry, "hold", happening)


def _talking_again(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _enter(enquiry, "talk", happening)
    enquiry.state = State.TALKING


def _transferred(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    enquiry.transfers += 1
    enquiry.transferred_to = str(happening.data.get("name", ""))[:200]
    if happening.data.get("warm"):
        _enter(enquiry, "talk", happening)
        enquiry.agent_id = happening.person or enquiry.agent_id
    else:
        _back_to_waiting(enquiry, happening, places)


def _back_to_waiting(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _enter(enquiry, "wait", happening)
    enquiry.state = State.WAITING


def _passed_on(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    name = str(happening.data.get("name", ""))[:200]
    # without asking first, the transfer was counted when the agent let go; this is when it was answered
    if happening.data.get("warm") or enquiry.transferred_to != name:
        enquiry.transfers += 1
    enquiry.transferred_to = name
    _enter(enquiry, "out", happening)


def _message(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    enquiry.state = State.MESSAGE


def _callback(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    enquiry.state = State.CALLBACK


def _abandoned(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _over(enquiry, happening)
    enquiry.state = State.ABANDONED


def _left(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    _over(enquiry, happening)
    if enquiry.state not in (State.MESSAGE, State.CALLBACK):
        enquiry.state = State.LEFT


def _ended(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    passed_on_untalked = enquiry.phase == "out" and enquiry.first_agent_id is None
    _over(enquiry, happening)
    if passed_on_untalked:
        enquiry.state = State.PASSED_ON
    else:
        enquiry.state = State.REGISTERED if enquiry.registered_at else State.UNREGISTERED


def _over(enquiry: Enquiry, happening: Happening) -> None:
    _enter(enquiry, "", happening)
    enquiry.ended_at = happening.at


def _wrapped_up(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    enquiry.wrap_up_seconds += float(happening.data.get("seconds", 0))


def _registered(enquiry: Enquiry, happening: Happening, places: Places) -> None:
    enquiry.registered_at = enquiry.registered_at or happening.at
    if not enquiry.phase:
        enquiry.state = State.REGISTERED


_STEPS: dict[Kind, Callable[[Enquiry, Happening, Places], None]] = {
    Kind.ARRIVED: _arrived,
    Kind.DIALLED: _dialled,
    Kind.MENU: _menu,
    Kind.LANGUAGE: _language,
    Kind.QUEUED: _queued,
    Kind.LEFT_QUEUE: _left_queue,
    Kind.OFFERED: _offered,
    Kind.WITHDRAWN: _withdrawn,
    Kind.ANSWERED: _answered,
    Kind.HELD: _on_hold,
    Kind.CONSULTING: _on_hold,
    Kind.RESUMED: _talking_again,
    Kind.JOINED: _talking_again,
    Kind.TRANSFERRED: _transferred,
    Kind.TRANSFER_FAILED: _back_to_waiting,
    Kind.AGENT_LOST: _back_to_waiting,
    Kind.PASSED_ON: _passed_on,
    Kind.MESSAGE: _message,
    Kind.CALLBACK: _callback,
    Kind.ABANDONED: _abandoned,
    Kind.LEFT: _left,
    Kind.ENDED: _ended,
    Kind.WRAPPED_UP: _wrapped_up,
    Kind.REGISTERED: _registered,
}
