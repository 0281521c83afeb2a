"""Queues and offers: carries out the decisions of the distributor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from indgang.routing.centre import presence
from indgang.routing.centre.core import OWN_QUEUE_RING_SECONDS, Core, pairs, place_of
from indgang.routing.centre.desk import RINGING, Desk
from indgang.routing.centre.output import ACCEPTED, OFFERED, QUEUED, CentreEventKind
from indgang.routing.centre.plan import QueuePlan
from indgang.routing.centre.work import Offered, WorkItem
from indgang.routing.distribution.decision import (
    REASON_TEXT,
    Decision,
    NotAnswering,
    Offer,
    Reason,
    Relaxed,
    Unreachable,
    Withdraw,
    WrapUpOver,
)
from indgang.routing.distribution.requirement import NOTHING, Item, requirement
from indgang.routing.flows import state as fs
from indgang.routing.flows.turn import length

#: priority of an item that comes back to a queue through our fault: before the others
COMES_BACK_PRIORITY = 1_000
#: how long an item may wait without anybody able to take it, before it is moved and an alert is raised
NOBODY_ABLE_SECONDS = 15.0
#: name of the timer for it
NOBODY_ABLE_TIMER = "!nobody-able"
_QUEUE = Reason.QUEUE
#: what every flow is told of every offer
_OFFERED, _WAITING, _ANSWERED = (
    fs.QueueSaid(news) for news in (fs.QueueNews.OFFERED, fs.QueueNews.WAITING, fs.QueueNews.ANSWERED)
)


# --- waiting -------------------------------------------------------------------------------------


def enqueue(core: Core, item: WorkItem, instruction: fs.Enqueue, reasons: Iterable[fs.FlowReason] = ()) -> None:
    """Put the item into a queue at the place of `since`. An unknown queue becomes the safe queue."""
    queue = known_queue(core, instruction.queue)
    if instruction.again and item.waits and item.queue == queue:
        return
    if instruction.priority > item.priority:
        item.priority = instruction.priority
    if item.queued_since != instruction.since:
        item.away_seconds = 0.0
    if item.queue != queue:
        item.delays = {}
    item.queue, item.queued_since = queue, instruction.since
    item.first_queued = item.first_queued or instruction.since
    plan = core.plan.queues.get(queue)
    if plan is not None:
        item.centre = plan.centre
    core.note(item, QUEUED, queue=queue, reasons=pairs(reasons), priority=item.priority + item.raised)
    place(core, item)


def back_in_line(core: Core, item: WorkItem) -> None:
    """Queue the item again, before the others, after its agent or a transfer was lost. It leaves its flow."""
    item.raised = COMES_BACK_PRIORITY
    item.flow = None
    core.carrier(item).perform(item, fs.PlayMusic())
    enqueue(core, item, fs.Enqueue(queue_of(core, item), item.priority, core.at), (("came_back", ""),))


def queue_of(core: Core, item: WorkItem, person: int | None = None) -> str:
    """The queue the item was in. An outgoing call was in none: a queue that `person` serves in the item's centre."""
    plan = core.plan
    if item.queue in plan.queues:
        return item.queue
    known = plan.people.get(person) if person is not None else None
    served = sorted(code for code in known.queues if code in plan.queues) if known else []
    return next((code for code in served if plan.queues[code].centre == item.centre), plan.safe_queue)


def known_queue(core: Core, code: str) -> str:
    return code if code in core.plan.queues else core.plan.safe_queue


def place(core: Core, item: WorkItem) -> None:
    """Tell the distributor that the item waits; an item with changed requirements moves to its new place."""
    known = item.delays
    delays = [(str(person), earliest, after) for person, (earliest, after) in known.items()] if known else ()
    core.post(core.distributor.arrive(_as_item(core, item), core.now, delays))


def _as_item(core: Core, item: WorkItem) -> Item:
    """The item as a value for the distributor."""
    ranks_from = item.ranks_from or item.queued_since
    assert ranks_from is not None
    arrived = core.now if ranks_from is core.at else ranks_from.timestamp()
    needs = core.carriers[item.kind].needs(item)
    needed = requirement(*needs.items()) if needs else NOTHING
    last, patience = _preferred(core, item)
    preferred = str(last) if last is not None else None
    preferred_seconds = patience + item.away_seconds if patience else 0.0
    personal = str(item.personal) if item.personal is not None else None
    # a call with names takes two and a half times as long
    return Item(
        item.id, place_of(item), arrived, item.kind, item.priority + item.raised, needed, preferred,
        preferred_seconds, personal,
    )  # fmt: skip


def _preferred(core: Core, item: WorkItem) -> tuple[int | None, float]:
    """The preferred person, and for how many seconds since the waiting began."""
    if item.reserved_by is not None:
        return None, 0.0  # the personal queue has no other agent
    if item.reserved_for is not None:
        return item.reserved_for, item.reserved_seconds
    plan = core.plan.queues.get(item.queue)
    last = core.last_agents.get(item.contact, core.at) if plan and plan.last_agent_seconds else None
    return (last, plan.last_agent_seconds) if last is not None and plan else (None, 0.0)


def leave_queue(core: Core, item: WorkItem, *, why: str, reasons: Iterable[fs.FlowReason] = ()) -> None:
    """Take the item out of its queue; an offer of it ends."""
    if not item.waits:
        return
    item.queued_since = None
    take_out(core, item)
    core.note(item, CentreEventKind.LEFT_QUEUE, queue=item.queue, why=why, reasons=pairs(reasons))


def take_out(core: Core, item: WorkItem) -> None:
    """Remove the item from the distributor; an offer of it ends without counting against the person."""
    core.post(core.distributor.leave(item.id, core.now))
    core.settle()


def offer_elsewhere(core: Core, item: WorkItem) -> None:
    """Withdraw an offer that nobody can notice and offer the item again, without counting against the person."""
    take_out(core, item)
    if item.waits and item.offer is None:
        place(core, item)


def figures(core: Core, code: str) -> fs.Figures | None:
    """A queue as a flow may ask about it; None for an unknown one."""
    plan = core.plan.queues.get(code)
    return None if plan is None else _QueueNow(core, code, plan)


class _QueueNow:
    """The current figures of a queue, each computed on demand, and what its callers are told and asked."""

    __slots__ = ("_code", "_core", "_plan", "notices", "recording")

    def __init__(self, core: Core, code: str, plan: QueuePlan) -> None:
        self._core, self._code, self._plan = core, code, plan
        self.notices, self.recording = plan.notices, plan.recording

    @property
    def is_open(self) -> bool:
        return self._core.plan.is_queue_open(self._plan, self._core.at)

    @property
    def waiting(self) -> int:
        return self._core.distributor.count_waiting(self._code)

    @property
    def agents(self) -> int:
        return self._core.distributor.count_present(self._code)

    @property
    def expected_wait(self) -> float | None:
        return self._core.distributor.expected_wait(self._code, self._core.now)


# --- offers --------------------------------------------------------------------------------------


def carry_out(core: Core, decision: Decision) -> None:
    """Carry out a decision of the distributor."""
    _CARRIED_OUT[type(decision)](core, decision)


def _offer(core: Core, decision: Offer) -> None:
    item, desk = core.items.get(decision.item), core.desks[int(decision.agent)]
    if item is None:
        return
    reasons = _why(item, decision)
    until = core.at + length(offer_seconds(core, item))
    offer = item.offer = Offered(desk.person, core.at, until, "", reasons)
    desk.take(item.id)
    said = core.carriers[item.kind].offer(item, desk, offer)
    core.note(item, OFFERED, person=desk.person, queue=item.queue, reasons=reasons, **said)
    core.set_doing(desk, RINGING)
    core.tell_flow(item, _OFFERED)


def _why(item: WorkItem, decision: Offer) -> list[list[Any]]:
    """The distributor's reasons. An item reserved for one person has that reason, and names its own queue."""
    reasons = [[REASON_TEXT[code], value] for code, value in decision.reasons if code is not _QUEUE]
    if item.reserved_by is not None:
        reasons = [[code, value] for code, value in reasons if code in (Reason.WAITED, Reason.PRIORITY)]
        reasons.append([str(Reason.PERSONAL), decision.agent])
    return [[REASON_TEXT[_QUEUE], item.queue], *reasons]


def offer_seconds(core: Core, item: WorkItem) -> float:
    """How long the distributor lets the item be offered to one person."""
    if item.reserved_only:
        return OWN_QUEUE_RING_SECONDS
    return core.plan.queues[item.queue].rule.ring_seconds if item.queue in core.plan.queues else item.OFFER_SECONDS


def _withdraw(core: Core, decision: Withdraw) -> None:
    """End the offer and update the desk."""
    desk = core.desks[int(decision.agent)]
    item = core.items.get(decision.item)
    desk.put_down(decision.item)
    if item is None or item.offer is None or item.offer.person != desk.person:
        presence.show_state(core, desk)
        return
    offer, item.offer = item.offer, None
    reasons = dict(decision.reasons)
    if Reason.REOFFER_EARLIEST in reasons:
        item.delays[desk.person] = [float(reasons[Reason.REOFFER_EARLIEST]), float(reasons[Reason.REOFFER_AFTER])]
    core.carrier(item).withdraw(item, offer)
    core.note(
        item, CentreEventKind.WITHDRAWN, person=desk.person, queue=item.queue, why=str(decision.reasons[0][0]),
        rang=(core.at - offer.at).total_seconds(), reasons=[[str(code), value] for code, value in decision.reasons],
    )  # fmt: skip
    presence.show_state(core, desk)
    if Reason.ITEM_LEFT not in reasons and not (item.reserved_by is not None and Reason.AGENT_OCCUPIED in reasons):
        core.wait_over(item, str(decision.reasons[0][0]))
    elif item.is_time_up(core.at):
        core.wait_over(item, "time")
    core.tell_flow(item, _WAITING)


def accepted(core: Core, item: WorkItem, held: tuple[str, str] | None = None) -> Desk | None:
    """The person accepted the offer: the item leaves its queue and is in hand. Returns their desk.

    `held` (id, kind) is what they have in hand instead: the call that fulfils a callback.
    """
    offer = item.offer
    if offer is None:
        return None
    desk, was_expected = core.desks[offer.person], item.reserved_only
    core.unreserve(item)
    item.offer, item.reserved_for, item.queued_since, item.raised, item.ranks_from = None, None, None, 0, None
    if held is None:
        core.post(core.distributor.accept(item.id, desk.agent, core.now))
    else:
        core.post(core.distributor.accept_as(item.id, desk.agent, *held, core.now))
        desk.put_down(item.id)
    if was_expected:
        presence.is_back(core, desk)
    rang = (core.at - offer.at).total_seconds()
    core.note(item, ACCEPTED, person=offer.person, queue=item.queue, rang=rang)
    core.tell_flow(item, _ANSWERED)
    core.settle()
    return desk


def rejected(core: Core, item: WorkItem) -> None:
    """The person rejected the offer: the item keeps its place and is offered to them again only after a delay."""
    if item.offer is not None:
        core.post(core.distributor.refuse(item.id, str(item.offer.person), core.now))


def not_responding(core: Core, item: WorkItem) -> None:
    """The person did not answer: as `rejected`, and they get no offers until they are ready again."""
    if item.offer is not None:
        core.post(core.distributor.no_answer(item.id, str(item.offer.person), core.now))


def occupy(core: Core, desk: Desk, item: str, kind: str) -> None:
    """Put the item into the person's hands; an offer to them is withdrawn."""
    core.post(core.distributor.occupy(desk.agent, item, core.now, kind))
    core.settle()
    desk.take(item)


def finish(core: Core, desk: Desk, held: str, item: WorkItem, wrap_up: float | None) -> None:
    """The person is done with what they held of this item. `wrap_up` in seconds; None is what the queue says."""
    if wrap_up is None:
        queue = core.plan.queues.get(item.queue)
        wrap_up = queue.rule.wrap_up_seconds if queue else 60.0
    desk.put_down(held)
    core.post(core.distributor.finish(held, desk.agent, core.now, wrap_up))
    presence.after_work(core, desk, item, wrap_up)


# --- nobody can take it --------------------------------------------------------------------------


def _nobody_able(core: Core, decision: Unreachable) -> None:
    """No signed-in person can take the item. Wait a moment first: a phone may be reconnecting."""
    item = core.items.get(decision.item)
    if item is not None:
        core.carrier(item).nobody_able(item)


def look_again_soon(core: Core, item: WorkItem) -> None:
    """Check again in a moment whether somebody can take the item."""
    core.set_timer_in(item, NOBODY_ABLE_TIMER, NOBODY_ABLE_SECONDS)


def is_stranded(core: Core, item: WorkItem) -> bool:
    """Whether the item waits and no signed-in person can take it."""
    return item.waits and item.offer is None and not item.reserved_only and not core.distributor.is_reachable(item.id)


def still_nobody_able(core: Core, item: WorkItem) -> None:
    """Move the item to the safe queue if somebody is there; else it keeps its place, as it does while those who could
    take it are at a limit."""
    if not is_stranded(core, item):
        return
    if core.carrier(item).waits_for_limit(item):
        look_again_soon(core, item)
        return
    name = core.plan.queues[item.queue].name if item.queue in core.plan.queues else item.queue
    core.alert("nobody_able", name, item=item)
    if item.queue != core.plan.safe_queue and core.distributor.agents_in(core.plan.safe_queue):
        core.tell_flow(item, fs.QueueSaid(fs.QueueNews.REFUSED))


# --- the other decisions -------------------------------------------------------------------------


def _wrap_up_over(core: Core, decision: WrapUpOver) -> None:
    presence.wrapped_up(core, core.desks[int(decision.agent)])


def _not_answering(core: Core, decision: NotAnswering) -> None:
    presence.stopped_responding(core, core.desks[int(decision.agent)])


def _relaxed(_core: Core, _decision: Relaxed) -> None:
    """It is among the reasons of the offer that follows."""


_CARRIED_OUT: Mapping[type[Decision], Callable[[Core, Any], None]] = {
    Offer: _offer,
    Withdraw: _withdraw,
    WrapUpOver: _wrap_up_over,
    NotAnswering: _not_answering,
    Unreachable: _nobody_able,
    Relaxed: _relaxed,
}
