"""After a restart of ours or of an exchange: what is still up goes on, what is not is closed, nobody is lost.

No timer that stands for somebody's patience runs while an exchange is out of our reach or nothing can be written:

| timer | while we are away |
|---|---|
| of a flow: longest wait, overflow, messages, call-back offer, silence in a menu | stands still |
| waiting for one agent (the last one, or the one who lost the call) | stands still |
| nobody able to take the call | begins anew, when the phones have had the time to come back |
| a talker's browser phone is gone | begins anew, if it is still gone |
| an offer that rings | is over, and blames nobody; the call is offered anew |
| rest from a call that was refused, wrap-up | run on: the person had that time |
| waiting by which a place, its points and who may help are reckoned | runs on: the caller did wait |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from indgang.entry.board import coming_back, handing_on, incoming, people, supervision, talking, waiting
from indgang.entry.board.state import Call, Desk, Doing, Role, SideState, Stage
from indgang.entry.journal import Kind
from indgang.routing.distribution.decision import AgentState
from indgang.routing.flows import state as fs
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board

#: why an exchange is out of our reach, in `entry.models.ExchangeStatus.detail`
UNREACHABLE, ENDED = "unreachable", "ended"
#: how long phones may take to come back after their exchange did: a browser that has lost it tries again after 2, 4, 8,
#: 16 and 30 seconds
PHONES_COME_BACK_SECONDS = 45.0


def restore(board: Board, calls: Iterable[Call], desks: Iterable[Desk], seen: Mapping[str, datetime]) -> None:
    """Put back calls and desks as they were kept. Callers in a queue keep their place: the time they came."""
    # who has been free longest is offered a call first, as before
    for desk in sorted(desks, key=lambda desk: desk.since or board.at):
        board.desks[desk.person] = desk
        if desk.signed_in:
            _seat(board, desk)
    for call in calls:
        board.calls[call.id] = call
        board.away_since[call.exchange] = seen.get(call.exchange, board.at)
        _claim_legs(board, call)
        if call.talk:
            desk = board.seat(call.talk.person)
            desk.call = call.id
            waiting.carry_out(board, board.distributor.occupy(str(desk.person), call.talk.item, board.now))
            board.set_doing(desk, Doing.TALKING)
        if call.side and call.side.person is not None:
            desk = board.seat(call.side.person)
            desk.call = call.id
            waiting.carry_out(board, board.distributor.occupy(str(desk.person), call.side.item, board.now))
            board.set_doing(desk, Doing.TALKING if call.side.state is not SideState.RINGING else Doing.RINGING)
    for desk in list(board.desks.values()):
        if desk.person not in board.plan.people:
            people.brought_up_to_date(board, desk)
    supervision.brought_up_to_date(board)


def _seat(board: Board, desk: Desk) -> None:
    """A desk is back in the state its person left it in; what rang rings no more."""
    desk.call = None
    state = {
        Doing.WRAP_UP: AgentState.WRAP_UP,
        Doing.PAUSED: AgentState.PAUSED,
        Doing.AWAY: AgentState.AWAY,
    }.get(desk.doing, AgentState.READY)
    until = desk.wrap_up_until.timestamp() if desk.wrap_up_until else None
    until = until if state is AgentState.WRAP_UP else None
    waiting.carry_out(board, board.distributor.agent_on(board.agent_of(desk), board.now, state, until))
    if desk.doing in (Doing.RINGING, Doing.TALKING):
        board.set_doing(desk, Doing.READY)


def _claim_legs(board: Board, call: Call) -> None:
    board.claim(call.leg, call, Role.CALLER)
    if call.talk:
        board.claim(call.talk.leg, call, Role.AGENT)
    if call.side and call.side.leg:
        board.claim(call.side.leg, call, Role.SIDE)
    for person, (leg, _) in call.spies.items():
        board.claim(leg, call, Role.SPY)
        board.seat(person).spying_on = call.id


def connected(board: Board, exchange: str, report: tel.Connected) -> None:
    """The exchange is there, with these legs up. Everything we believed of it is compared with that.

    Agents can be offered its calls when all callers are back at their places, and not before.
    """
    board.exchanges[exchange] = True
    board.out.batch.exchanges[exchange] = (True, "")
    for outage in (UNREACHABLE, ENDED):
        board.alert(_alert(exchange, outage), "", over=True)
    since = board.away_since.pop(exchange, None)
    board.phones_due[exchange] = board.at + timedelta(seconds=PHONES_COME_BACK_SECONDS)
    up = {leg.leg: leg for leg in report.legs}
    if since and report.started and report.started > since:
        _cut_off(board, exchange, since, survivors=up.keys())
    for call in _calls_at(board, exchange):
        if call.id in board.calls:
            _time_stood_still(call, board.at - max(since, call.noted or since) if since else timedelta())
            _reconcile(board, call, up)
    _strangers(board, exchange, report)
    _phones_are(board, exchange, report.phones)
    for call in _calls_at(board, exchange):
        if waiting.is_stranded(board, call):
            waiting.wait_for_phones(board, call)


def _calls_at(board: Board, exchange: str) -> list[Call]:
    return [call for call in board.calls.values() if call.exchange == exchange]


def _time_stood_still(call: Call, away: timedelta) -> None:
    """What was due while we were away is due that much later."""
    call.away_seconds += away.total_seconds()
    if call.flow is not None:
        call.flow = replace(call.flow, timers=tuple(replace(timer, due=timer.due + away) for timer in call.flow.timers))


def _phones_are(board: Board, exchange: str, phones: frozenset[str]) -> None:
    """These phones are on at the exchange, and no others."""
    on = {person.person for person in board.plan.people.values() if person.phone in phones}
    for person in on:
        board.desk(person).phones.add(exchange)
    for desk in sorted(board.desks.values(), key=lambda desk: desk.since or board.at):
        if desk.person not in on:
            desk.phones.discard(exchange)
            coming_back.phone_went_off(board, desk, exchange)
        _may_be_offered(board, desk)


def _may_be_offered(board: Board, desk: Desk) -> None:
    """Where the desk's phone rings has changed."""
    if desk.signed_in:
        waiting.carry_out(board, board.distributor.set_agent(board.agent_of(desk), board.now))
        board.show(desk)


def _reconcile(board: Board, call: Call, up: dict[tel.LegId, tel.LegUp]) -> None:
    if call.leg not in up:
        talking.caller_gone(board, call, tel.Gone(call.leg, board.at))
        return
    for leg, _mode in list(call.spies.values()):
        if leg not in up:
            supervision.gone(board, call, tel.Gone(leg, board.at))
    if call.side and call.side.leg and call.side.leg not in up:
        handing_on.gone(board, call, tel.Gone(call.side.leg, board.at))
    if call.id not in board.calls:
        return
    if call.talk and call.talk.leg not in up:
        talking.agent_gone(board, call, tel.Gone(call.talk.leg, board.at))
    elif call.stage is Stage.DIALLING and not up[call.leg].answered:
        return
    elif call.stage is Stage.DIALLING:
        talking.begin(board, call, board.seat(call.talk.person)) if call.talk else None
    elif call.stage is Stage.FLOW:
        _go_on_waiting(board, call)
    elif call.side and call.side.state is SideState.WAITING:
        handing_on.side_gone(board, call, "restarted")


def _go_on_waiting(board: Board, call: Call) -> None:
    """The caller is where the flow left them, at the place in the queue they had."""
    _take_out(board, call)
    if call.waits and call.queued_since is not None:
        enqueue = fs.Enqueue(call.queue, call.priority, call.queued_since)
        board.order(call, tel.Music(call.leg, True))
        waiting.enqueue(board, call, enqueue, (fs.Reason("restarted"),))
        coming_back.go_on_waiting(board, call)
    elif not call.waits and call.side is None and (call.flow is None or call.flow.has_ended):
        waiting.back_in_line(board, call)
        return
    incoming.signal(board, call, fs.Resumed())


def _take_out(board: Board, call: Call) -> None:
    """Nobody is offered the call, for the exchange cannot ring; what rang is over, and the agent is not to blame."""
    if call.waits:
        waiting.carry_out(board, board.distributor.leave(call.id, board.now))


def _strangers(board: Board, exchange: str, report: tel.Connected) -> None:
    """Legs we know nothing of: a caller who came while we were away is met, what is left of an old offer is hung up."""
    for leg in report.legs:
        if leg.leg in board.legs:
            continue
        if leg.dialled and leg.dialled in board.plan.entries:
            incoming.arrived(board, exchange, tel.Arrived(leg.leg, leg.dialled, leg.caller_number, "", board.at))
        else:
            board.out.orders.append((exchange, tel.Hangup(leg.leg)))


def fall_back(board: Board, call: Call) -> None:
    """Nothing can be written, so nothing may be done for the caller: the exchange's own plan has them meanwhile."""
    _take_out(board, call)
    call.fallen_back = board.at
    board.touch(call)


def came_back(board: Board, call: Call) -> None:
    """The exchange's own plan has tried us again: the caller goes on where they were, in the place they had."""
    since, call.fallen_back = call.fallen_back, None
    if since is None:
        return
    call.on_line = True
    board.touch(call)
    _time_stood_still(call, board.at - since)
    _go_on_waiting(board, call)


def halt(board: Board) -> None:
    """Nothing can be written, so nothing may be done: offers end without blame, and no patience runs out."""
    if board.halted_since is not None:
        return
    board.halted_since = board.at
    for call in list(board.calls.values()):
        _take_out(board, call)
    for desk in board.desks.values():
        _may_be_offered(board, desk)


def go_on(board: Board) -> None:
    """Callers first, then agents, as after a connection."""
    since, board.halted_since = board.halted_since, None
    if since is None:
        return
    for call in list(board.calls.values()):
        if call.stage is Stage.FLOW and board.is_up(call.exchange) and not call.stands_still:
            _time_stood_still(call, board.at - max(since, call.noted or since))
            _go_on_waiting(board, call)
    for desk in sorted(board.desks.values(), key=lambda desk: desk.since or board.at):
        _may_be_offered(board, desk)
    for call in board.calls.values():
        if board.is_up(call.exchange) and waiting.is_stranded(board, call):
            waiting.wait_for_phones(board, call)


def message_id(exchange: str, recording: str) -> str:
    """The enquiry of a message left with an exchange: always the same for the same recording."""
    return str(uuid5(NAMESPACE_URL, f"indgang:{exchange}:{recording}"))


def message_left(board: Board, exchange: str, report: tel.MessageLeft) -> None:
    """Somebody called while we were away and left a message with the exchange: an enquiry to ring back."""
    enquiry = message_id(exchange, report.recording)
    entry = board.plan.entries.get(report.dialled)
    board.note(
        enquiry, Kind.ARRIVED, exchange=exchange, leg="", dialled=report.dialled, caller_number=report.caller_number,
        entry_point=entry.pk if entry else None, centre=entry.centre if entry else "", while_away=True,
        left_at=report.at.isoformat(),
    )  # fmt: skip
    board.note(enquiry, Kind.MESSAGE, queue=board.plan.safe_queue, recording=report.recording)
    board.note(enquiry, Kind.LEFT, why="while_away")
    board.out.recordings.append((enquiry, exchange, report.recording))


def lost(board: Board, exchange: str, report: tel.Lost) -> None:
    """The exchange cannot be reached. Calls are left as they are, for they may still talk; unless it has ended."""
    outage = ENDED if report.ended else UNREACHABLE
    board.exchanges[exchange], board.outages[exchange] = False, outage
    since = board.away_since.setdefault(exchange, report.at)
    board.out.batch.exchanges[exchange] = (False, outage)
    if report.ended:
        board.alert(_alert(exchange, UNREACHABLE), "", over=True)
    board.alert(_alert(exchange, outage), f"{exchange}: {report.reason}")
    if report.ended:
        _cut_off(board, exchange, since, survivors=())
        _phones_are(board, exchange, frozenset())
    for call in _calls_at(board, exchange):
        _take_out(board, call)
    for desk in board.desks.values():
        _may_be_offered(board, desk)


def _alert(exchange: str, outage: str) -> str:
    return f"exchange_ended_{exchange}" if outage == ENDED else f"exchange_{exchange}"


def _cut_off(board: Board, exchange: str, at: datetime, *, survivors: Collection[tel.LegId]) -> None:
    """The exchange ended, and with it its calls; they were over when we last heard of it.

    `survivors` are up all the same: the clocks of two machines differ.
    """
    for call in _calls_at(board, exchange):
        if call.id in board.calls and call.leg not in survivors:
            board.ended_as_of[call.id] = at
            talking.call_gone(board, call, by="exchange")
