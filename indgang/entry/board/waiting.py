"""Waiting and being offered: what the distributor decides is carried out here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from indgang.entry.board import coming_back, facts, handing_on, incoming, people, talking
from indgang.entry.board.outcome import Ask, Refusal
from indgang.entry.board.state import Call, Desk, Doing, Offered, Role, SideState, Stage, Talk
from indgang.entry.journal import Kind
from indgang.routing.distribution.decision import (
    Decision,
    NotAnswering,
    Offer,
    Reason,
    Relaxed,
    Unreachable,
    Withdraw,
    WrapUpOver,
)
from indgang.routing.distribution.requirement import Item, Requirement
from indgang.routing.flows import state as fs
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board

#: the exchange gives up ringing a little after the distributor does, in case we are not there to say so
RING_GRACE_SECONDS = 10.0
#: a caller who comes back to a queue through our fault goes before the others
COMES_BACK_PRIORITY = 1_000


def phone_skill(exchange: str) -> str:
    """The skill that stands for a phone that is on at an exchange."""
    return f"phone:{exchange}"


#: how long nobody may be able to take a call before it is moved and somebody alerted
NOBODY_ABLE_SECONDS = 15.0
#: name of the timer for it
NOBODY_ABLE = "!nobody-able"


def enqueue(board: Board, call: Call, instruction: fs.Enqueue, reasons: Iterable[fs.Reason] = ()) -> None:
    """Put the caller into a queue at the place of `since`; a queue we do not know is the safe queue."""
    queue = instruction.queue if instruction.queue in board.plan.queues else board.plan.safe_queue
    if instruction.again and call.waits and call.queue == queue:
        return
    call.priority = max(call.priority, instruction.priority)
    _wait(board, call, queue, instruction.since, reasons=[[reason.code, reason.value] for reason in reasons])


def back_in_line(board: Board, call: Call) -> None:
    """The caller waits again, before the others: an agent or a transfer was lost."""
    call.stage = Stage.FLOW
    call.raised = COMES_BACK_PRIORITY
    queue = queue_of(board, call)
    call.flow = None
    board.order(call, tel.Music(call.leg, True))
    _wait(board, call, queue, board.at, reasons=[["came_back", ""]])


def queue_of(board: Board, call: Call) -> str:
    """The queue the call was in. Somebody we rang was in none: one that their agent serves in the call's centre."""
    if call.queue in board.plan.queues:
        return call.queue
    known = board.plan.people.get(call.comes_back_to) if call.comes_back_to is not None else None
    served = sorted(known.queues & board.plan.queues.keys()) if known else []
    return next((code for code in served if board.plan.queues[code].centre == call.centre), board.plan.safe_queue)


def _wait(board: Board, call: Call, queue: str, since: datetime, reasons: list[list[str]]) -> None:
    if call.queued_since != since:
        call.away_seconds = 0.0
    if call.queue != queue:
        call.spared = {}
    call.stage, call.queue, call.queued_since = Stage.FLOW, queue, since
    call.centre = board.plan.queues[queue].centre if queue in board.plan.queues else call.centre
    board.note(call, Kind.QUEUED, queue=queue, reasons=reasons, priority=call.priority + call.raised)
    to_distributor(board, call)


def to_distributor(board: Board, call: Call) -> None:
    """The call waits as it is now; told again with other wishes, it is moved to where it now belongs."""
    spared = [(str(person), rest, until) for person, (rest, until) in call.spared.items()]
    carry_out(board, board.distributor.arrive(_item(board, call), board.now, spared=spared))


def offer_elsewhere(board: Board, call: Call) -> None:
    """What rings where it cannot be heard is offered anew. The agent is not to blame, the caller keeps the place."""
    carry_out(board, board.distributor.leave(call.id, board.now))
    if call.waits and call.offer is None:
        to_distributor(board, call)


def _item(board: Board, call: Call) -> Item:
    assert call.queued_since is not None
    plan = board.plan.queues.get(call.queue)
    last = board.last_agents.get(call.number) if plan and plan.last_agent_seconds else None
    preferred, patience = (last, plan.last_agent_seconds) if last and plan else (None, 0.0)
    if call.comes_back_to is not None:
        preferred, patience = call.comes_back_to, coming_back.COMES_BACK_SECONDS
    needed = {phone_skill(call.exchange): 1}
    if call.expected_back and call.comes_back_to is not None:
        needed[coming_back.own_skill(call.comes_back_to)] = 1
    return Item(
        item=call.id,
        queue=call.queue,
        arrived=call.queued_since.timestamp(),
        priority=call.priority + call.raised,
        requirement=Requirement.of(needed),
        preferred=str(preferred) if preferred is not None else None,
        preferred_seconds=patience + call.away_seconds if patience else 0.0,
    )


def leave_queue(board: Board, call: Call, *, why: str, reasons: Iterable[fs.Reason] = ()) -> None:
    """Take the caller out of the queue; an agent's phone that rings for it stops."""
    if not call.waits:
        return
    call.queued_since = None
    carry_out(board, board.distributor.leave(call.id, board.now))
    board.note(
        call, Kind.LEFT_QUEUE, queue=call.queue, why=why, reasons=[[reason.code, reason.value] for reason in reasons]
    )


def figures(board: Board, code: str) -> fs.QueueFigures | None:
    """A queue as the flow may ask about it; None for an unknown one."""
    plan = board.plan.queues.get(code)
    if plan is None:
        return None
    is_open = not plan.is_closed_at(board.at) and (
        not plan.schedule or facts.open_state(board.plan, plan.schedule, board.at).kind is fs.OpenKind.OPEN
    )
    return fs.QueueFigures(
        is_open=is_open,
        waiting=board.distributor.count_waiting(code),
        agents=board.distributor.count_present(code),
        expected_wait=board.distributor.expected_wait(code, board.now),
        notices=tuple(fs.Notice(notice.prompts, notice.every) for notice in plan.notices),
    )


def carry_out(board: Board, decisions: Iterable[Decision]) -> None:
    """Do what the distributor decided, in the order it decided: what follows from one comes after those made before."""
    board.decisions.extend(decisions)
    if board.is_deciding:
        return
    board.is_deciding = True
    try:
        while board.decisions:
            _do(board, board.decisions.popleft())
    finally:
        board.is_deciding = False


def _do(board: Board, decision: Decision) -> None:
    match decision:
        case Offer():
            _offer(board, decision)
        case Withdraw():
            _withdraw(board, decision)
        case WrapUpOver(agent=agent):
            people.wrapped_up(board, board.desks[int(agent)])
        case NotAnswering(agent=agent):
            people.went_away(board, board.desks[int(agent)])
        case Unreachable(item=item):
            _nobody_able(board, item)
        case Relaxed():
            pass  # it is among the reasons of the offer that follows


def _offer(board: Board, decision: Offer) -> None:
    desk = board.desks[int(decision.agent)]
    reasons = [[str(code), value] for code, value in decision.reasons]
    call = board.calls.get(decision.item)
    if call is None:
        handing_on.agent_found(board, decision.item, desk)
        return
    ring = ring_seconds(board, call.queue)
    leg = board.claim(call.new_leg(), call, Role.OFFER)
    call.offer = Offered(desk.person, leg, board.at, board.at + timedelta(seconds=ring), reasons)
    desk.call = call.id
    board.note(call, Kind.OFFERED, person=desk.person, queue=call.queue, leg=leg, reasons=reasons)
    board.set_doing(desk, Doing.RINGING)
    board.order(call, ring_order(board, call, desk, leg, ring))
    incoming.signal(board, call, fs.QueueSaid(fs.QueueNews.OFFERED))


def ring_order(
    board: Board, call: Call, desk: Desk, leg: tel.LegId, seconds: float, *, grace: float = RING_GRACE_SECONDS
) -> tel.Ring:
    """Dial a desk's phone for a call. No grace where nobody but the exchange counts the seconds."""
    return tel.Ring(leg, board.address_of(desk), call.number, call.caller_name, seconds + grace, call.id)


def ring_seconds(board: Board, queue: str) -> float:
    """How long the distributor lets a queue's calls ring at an agent."""
    return board.plan.queues[queue].rule.ring_seconds if queue in board.plan.queues else 20.0


def _withdraw(board: Board, decision: Withdraw) -> None:
    """The offer is over; the desk is free of it, and shows what its agent does now."""
    desk = board.desks[int(decision.agent)]
    call = board.calls.get(decision.item)
    if call is None:
        handing_on.agent_withdrawn(board, decision.item, desk)
        return
    if call.offer is None or call.offer.person != desk.person:
        return
    offer, call.offer = call.offer, None
    reasons = dict(decision.reasons)
    if Reason.RESTING in reasons:
        call.spared[desk.person] = [float(reasons[Reason.RESTING]), float(reasons[Reason.SPARED])]
    board.drop_leg(call, offer.leg)
    board.note(
        call, Kind.WITHDRAWN, person=desk.person, queue=call.queue, why=str(decision.reasons[0][0]),
        rang=(board.at - offer.at).total_seconds(), reasons=[[str(code), value] for code, value in decision.reasons],
    )  # fmt: skip
    if desk.call == call.id:
        desk.call = None
    people.show_state(board, desk)
    if Reason.ITEM_LEFT not in reasons:
        coming_back.waited_enough(board, call)
    incoming.signal(board, call, fs.QueueSaid(fs.QueueNews.WAITING))


def _nobody_able(board: Board, item: str) -> None:
    """Nobody signed in can ever take it. Wait a moment before anything is done: a phone may be coming back."""
    call = board.calls.get(item)
    if call is None:
        handing_on.nobody_found(board, item)
        return
    wait_for_phones(board, call)


def wait_for_phones(board: Board, call: Call) -> None:
    """Look again in a moment; after the exchange has come back when its phones have had the time to."""
    soon = board.at + timedelta(seconds=NOBODY_ABLE_SECONDS)
    board.set_timer(call, NOBODY_ABLE, max(soon, board.phones_due.get(call.exchange, soon)))


def is_stranded(board: Board, call: Call) -> bool:
    """The caller waits, and nobody signed in can take the call."""
    return call.waits and call.offer is None and not call.expected_back and not board.distributor.is_reachable(call.id)


def still_nobody_able(board: Board, call: Call) -> None:
    """The moment is over: to the safe queue if somebody is there, else the caller keeps the place."""
    if not is_stranded(board, call):
        return
    name = board.plan.queues[call.queue].name if call.queue in board.plan.queues else call.queue
    board.alert("nobody_able", name, call=call)
    if call.queue != board.plan.safe_queue and board.distributor.agents_in(board.plan.safe_queue):
        incoming.signal(board, call, fs.QueueSaid(fs.QueueNews.REFUSED))


def answered(board: Board, call: Call, report: tel.Answered) -> None:
    """The agent took the call: caller and agent hear each other."""
    offer = call.offer
    if offer is None or offer.leg != report.leg:
        return
    desk = board.desks[offer.person]
    was_expected, call.expected_back = call.expected_back, False
    call.offer, call.comes_back_to, call.queued_since = None, None, None
    desk.unproven.pop(call.exchange, None)
    carry_out(board, board.distributor.accept(call.id, str(offer.person), board.now))
    if was_expected:
        coming_back.is_back(board, desk)
    board.note(call, Kind.ACCEPTED, person=offer.person, queue=call.queue, rang=(board.at - offer.at).total_seconds())
    incoming.signal(board, call, fs.QueueSaid(fs.QueueNews.ANSWERED))
    call.talk = Talk(offer.person, offer.leg, board.at, item=call.id)
    talking.begin(board, call, desk)


def not_answered(board: Board, call: Call, report: tel.Failed | tel.Gone) -> None:
    """The agent's phone refused, was busy, did not answer or vanished while it rang."""
    offer = call.offer
    if offer is None or offer.leg != report.leg:
        return
    board.legs.pop(offer.leg, None)
    desk = board.desks[offer.person]
    if isinstance(report, tel.Failed) and report.why is tel.Failure.UNREACHABLE and desk.phone_kind == "browser":
        coming_back.doubt(board, desk, call.exchange, coming_back.UNREACHED_SECONDS)
        offer_elsewhere(board, call)
        return
    refused = isinstance(report, tel.Failed) and report.why is tel.Failure.REFUSED
    give_up = board.distributor.refuse if refused else board.distributor.no_answer
    carry_out(board, give_up(call.id, str(offer.person), board.now))


def pick_up(board: Board, ask: Ask) -> None:
    """The person accepts on the screen what rings. Some exchanges pick up by themselves; a browser rings anew, so that
    the page that asks can pick up; a desk phone has a handset."""
    call = _ringing_at(board, ask.person)
    desk = board.desk(ask.person)
    if call.exchange in board.pick_up_at:
        leg = call.offer.leg if call.offer and call.offer.person == ask.person else call.side.leg if call.side else ""
        board.out.pick_ups.append((call.exchange, leg))
    elif desk.phone_kind != "browser":
        raise Refusal("answer_at_phone")
    elif call.exchange not in desk.phones:
        raise Refusal("no_phone")
    else:
        coming_back.believe(board, desk, call.exchange)
        _ring_anew(board, call, desk)


def _ring_anew(board: Board, call: Call, desk: Desk) -> None:
    """Hang up where it rings, and ring where the phone is now."""
    leg = call.new_leg()
    if call.offer and call.offer.person == desk.person:
        old, role, call.offer.leg = call.offer.leg, Role.OFFER, leg
        seconds = max(1.0, (call.offer.until - board.at).total_seconds())
    else:
        assert call.side is not None
        old, role, call.side.leg = call.side.leg, Role.SIDE, leg
        seconds = call.side.seconds
    board.drop_leg(call, old)
    board.order(call, ring_order(board, call, desk, board.claim(leg, call, role), seconds))
    board.touch(call)


def refuse(board: Board, ask: Ask) -> None:
    call = _ringing_at(board, ask.person)
    if call.offer and call.offer.person == ask.person:
        carry_out(board, board.distributor.refuse(call.id, str(ask.person), board.now))
    else:
        handing_on.side_gone(board, call, "refused")


def _ringing_at(board: Board, person: int) -> Call:
    desk = board.desk(person)
    call = board.calls.get(desk.call or "")
    if call is None:
        raise Refusal("no_call")
    offered = call.offer is not None and call.offer.person == person
    asked = call.side is not None and call.side.person == person and call.side.state is SideState.RINGING
    if not (offered or asked):
        raise Refusal("not_ringing")
    return call
