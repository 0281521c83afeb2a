"""Callbacks: promised calls. Each keeps its contact's place, is offered like a call, and is attempted repeatedly.

A callback waits in its queue at the place its contact had, is parked before a chosen time and between attempts, and
ends when somebody has talked with the contact, when it is cancelled, or when enough attempts have failed. The
carrier chooses the line for the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from indgang.routing.centre import offers
from indgang.routing.centre.core import Core
from indgang.routing.centre.output import CentreEventKind
from indgang.routing.centre.plan import CallbackRule
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.requirement import CALLBACK
from indgang.routing.flows import state as fs

#: what `Callback.as_data` writes
FORMAT = 1
#: name of the timer for a callback that is parked
DUE_TIMER = "!callback-due"
#: how far ahead to search for hours in which a contact may be rung
MOST_DAYS_AHEAD = 60


@dataclass(slots=True, kw_only=True)
class Callback(WorkItem):
    """One promised call.

    story        the enquiry it belongs to
    place        since when its contact waits, by which its turn comes: the first arrival, or the time that was chosen
    promised_at  when it was promised or ordered; None where that could not be read
    due          the time that was chosen; None for as soon as it is its turn
    parked_until when it waits in the queue again; None while it does
    attempts     how often the contact has been rung in vain
    tried_at     when, last
    call         the call by which it is carried out now, ours or theirs, or ""
    """

    RENAMED: ClassVar[Mapping[str, str]] = {
        CentreEventKind.QUEUED: "callback_queued",
        CentreEventKind.LEFT_QUEUE: "callback_parked",
        CentreEventKind.OFFERED: "callback_offered",
        CentreEventKind.WITHDRAWN: "callback_withdrawn",
        CentreEventKind.ACCEPTED: "callback_accepted",
    }

    kind: str = CALLBACK
    story: str
    place: datetime
    promised_at: datetime | None = None
    target: str
    due: datetime | None = None
    parked_until: datetime | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    call: str = ""
    name: str = ""

    @property
    def stream(self) -> str:
        return self.story

    def as_data(self) -> dict[str, Any]:
        """The state that a restart needs, as JSON data."""
        moments = {name: getattr(self, name) for name in _MOMENTS}
        return {
            "format": FORMAT, "kind": CALLBACK, **{name: getattr(self, name) for name in _PLAIN},
            **{name: at.isoformat() if at else None for name, at in moments.items()},
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Callback:
        """The callback that `as_data` wrote; an offer is made again. Raises KeyError, TypeError or ValueError."""
        known: dict[str, Any] = {name: data[name] for name in _PLAIN if name in data}
        known |= {name: datetime.fromisoformat(data[name]) for name in _MOMENTS if data.get(name)}
        if not all(isinstance(data[name], str) for name in ("id", "story", "contact", "target")):
            raise TypeError("a callback says whose it is, and which queue's")
        return cls(**known)


_PLAIN = (
    "id", "number", "story", "contact", "target", "queue", "centre", "language", "priority", "attempts", "call",
    "name", "personal",
)  # fmt: skip
_MOMENTS = ("arrived", "place", "promised_at", "due", "parked_until", "tried_at", "queued_since", "noted")


# --- promised, and in the queue -------------------------------------------------------------------


def promise(core: Core, callback: Callback) -> None:
    """Add a callback: to its queue at its place, or parked until its time."""
    callback.target = offers.known_queue(core, callback.target)
    callback.centre = core.plan.queues[callback.target].centre if callback.target in core.plan.queues else ""
    put_in(core, callback)
    _wait(core, callback)


def put_in(core: Core, callback: Callback) -> None:
    """Register the callback with the centre."""
    core.add(callback)
    if callback.contact:
        core.promised[callback.contact] = callback.id
        core.missed_callbacks.forget(callback.contact)


def restore(core: Core, callback: Callback) -> None:
    """Restore a stored callback. One that was in hand and is not being dialled waits again."""
    put_in(core, callback)
    if callback.call and callback.call in core.items:
        return
    callback.call, callback.queued_since = "", None
    _wait(core, callback)


def go_on(core: Core) -> None:
    """After a time in which nothing could be done: whatever is not in somebody's hands waits, or is parked, anew."""
    for item in list(core.items.values()):
        if isinstance(item, Callback) and not item.call and core.distributor.agent_of(item.id) is None:
            _wait(core, item)


def from_flow(core: Core, item: WorkItem, instruction: fs.PromiseCallback) -> None:
    """Promise a callback to a contact who accepted it in a flow. It keeps their place in the queue."""
    item.promised = "callback"
    standing = waiting_for(core, instruction.number)
    core.note(
        item, CentreEventKind.CALLBACK, queue=instruction.queue, number=instruction.number,
        asked_at=instruction.since.isoformat(), standing=standing.story if standing else None,
    )  # fmt: skip
    if CALLBACK not in core.carriers or standing is not None:
        return  # an earlier promise keeps its place, which is the better one
    promise(
        core,
        Callback(
            id=core.new_id(), story=item.stream, contact=instruction.number, target=instruction.queue,
            arrived=item.arrived, place=instruction.since, promised_at=core.at, language=item.language,
        ),
    )  # fmt: skip


def waiting_for(core: Core, number: str) -> Callback | None:
    """The callback promised to this number, or None."""
    item = core.items.get(core.promised.get(number, ""))
    return item if isinstance(item, Callback) else None


def known_to(core: Core, number: str) -> fs.CallerCallback | None:
    """What a flow may know: the call that this number waits for, or did not answer; not one that is made just now."""
    callback = waiting_for(core, number)
    if callback is None:
        missed = core.missed_callbacks.get(number, core.at)
        return fs.CallerCallback(missed, waits=False, place=core.at) if missed is not None else None
    if callback.call:
        return None
    return fs.CallerCallback(callback.target, waits=True, place=min(callback.due or callback.place, core.at))


def taken_up(core: Core, item: WorkItem) -> None:
    """Whoever waits for a call has called, and waits on the line at its place: nobody rings meanwhile. The promise
    ends when they are answered; if they go before that, it holds again (`call_over`)."""
    callback = waiting_for(core, item.contact)
    if callback is not None and not callback.call:
        _put_down(core, callback)
        offers.leave_queue(core, callback, why="called_in")
        callback.parked_until = None
        being_called(core, callback, item.id)
        item.promised = "callback"
    core.missed_callbacks.forget(item.contact)


def call_over(core: Core, item: WorkItem) -> None:
    """A call has ended. If it did not fulfil the callback it was for, the callback waits again at its old place."""
    callback = waiting_for(core, item.contact)
    if callback is not None and callback.call == item.id:
        put_back(core, callback)


def called_off(core: Core, item: WorkItem) -> None:
    """A contact who waits for a callback has called and cancels it."""
    callback = waiting_for(core, item.contact)
    if callback is not None and callback.call in ("", item.id):
        give_up(core, callback, "cancelled", call=item.stream)
    core.missed_callbacks.forget(item.contact)


def answered_otherwise(core: Core, item: WorkItem) -> None:
    """A contact who waits for a callback has called and is talking: the callback ends."""
    core.missed_callbacks.forget(item.contact)
    callback = waiting_for(core, item.contact)
    if callback is None:
        return
    if callback.call == item.id:
        item.promised = ""
        over(core, callback, "called_in", item.stream)
    elif not callback.call and core.distributor.agent_of(callback.id) is None:
        over(core, callback, "answered")


def _wait(core: Core, callback: Callback) -> None:
    """Put it into its queue when the contact may be rung now, else park it until then."""
    earliest = max(core.at, callback.due or core.at, callback.parked_until or core.at)
    begins = next_polite(core, callback.target, earliest)
    if begins > core.at:
        park(core, callback, begins)
        return
    callback.parked_until = None
    offers.enqueue(core, callback, fs.Enqueue(callback.target, callback.priority, callback.due or callback.place))


def park(core: Core, callback: Callback, until: datetime) -> None:
    """Take it out of the queue until the given time."""
    offers.leave_queue(core, callback, why="parked")
    callback.parked_until = until
    core.touch(callback)
    core.set_timer(callback, DUE_TIMER, until)


def due(core: Core, callback: Callback) -> None:
    """The parking time has ended."""
    if callback.parked_until is not None and callback.parked_until <= core.at and not callback.call:
        _wait(core, callback)


def next_polite(core: Core, queue: str, at: datetime) -> datetime:
    """From `at` on, when a contact of this queue may first be rung: in its opening hours (those of its centre where
    it has none), and neither early nor late.

    Hours that never come give `at`: better rung at an odd hour than never.
    """
    plan, rule = core.plan.queues.get(queue), rule_of(core, queue)
    schedule = core.plan.schedules.get(plan.callback_hours) if plan else None
    moment = at
    for _ in range(MOST_DAYS_AHEAD):
        polite = rule.next_polite(moment)
        opens = schedule.next_opening(polite) if schedule and not schedule.is_open(polite) else polite
        if opens is None:
            return at
        if opens == moment:
            return moment
        moment = opens
    return at


def rule_of(core: Core, queue: str) -> CallbackRule:
    """The rule of this queue for attempts at its callbacks."""
    plan = core.plan.queues.get(queue)
    return plan.callbacks if plan is not None else CallbackRule()


# --- carried out ---------------------------------------------------------------------------------


def being_called(core: Core, callback: Callback, call: str) -> None:
    """A person has taken it: their phone rings first, then the contact is dialled."""
    callback.call = call
    core.touch(callback)


def reached(core: Core, callback: Callback) -> None:
    """The contact has answered: the promise is fulfilled."""
    core.forget(callback)


def put_back(core: Core, callback: Callback) -> None:
    """The person did not dial: it goes back to its place, without counting an attempt."""
    callback.call = ""
    core.touch(callback)
    _wait(core, callback)


def not_reached(core: Core, callback: Callback, why: str) -> None:
    """The contact did not answer: retry after a pause, or end as not reached after the last attempt."""
    rule = rule_of(core, callback.target)
    callback.call, callback.tried_at = "", core.at
    callback.attempts += 1
    if callback.attempts >= rule.attempts:
        core.note(callback, CentreEventKind.CALLBACK_FAILED, why=why, attempt=callback.attempts, next=None)
        over(core, callback, "not_reached")
        if callback.contact:
            core.missed_callbacks.put(callback.contact, callback.target, core.at)
        return
    again = next_polite(core, callback.target, core.at + timedelta(seconds=rule.pause_seconds))
    core.note(callback, CentreEventKind.CALLBACK_FAILED, why=why, attempt=callback.attempts, next=again.isoformat())
    park(core, callback, again)


def give_up(core: Core, callback: Callback, why: str, call: str | None = None) -> None:
    """End the callback. A person who has it in hand and has not dialled is released."""
    _put_down(core, callback)
    over(core, callback, why, call)


def _put_down(core: Core, callback: Callback) -> None:
    """Release the person who has it in hand and has not dialled."""
    holder = core.distributor.agent_of(callback.id)
    if holder is not None and callback.offer is None:
        offers.finish(core, core.any_desk(int(holder)), callback.id, callback, 0.0)


def over(core: Core, callback: Callback, why: str, call: str | None = None) -> None:
    """Nobody will ring any more: not_reached, cancelled, answered (they called again and talked with us), called_in
    (they waited on the line at its place, and are answered in `call`)."""
    offers.leave_queue(core, callback, why=why)
    core.note(
        callback, CentreEventKind.CALLBACK_OVER, queue=callback.target, why=why, attempts=callback.attempts,
        number=callback.contact, call=call,
    )  # fmt: skip
    core.forget(callback)
