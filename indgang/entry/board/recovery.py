"""After a restart of ours or of an exchange: what is still up goes on, what is not is closed, nobody is lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from indgang.entry.board import handing_on, incoming, people, supervision, talking, waiting
from indgang.entry.board.state import Call, Desk, Doing, Role, SideState, Stage
from indgang.entry.journal import Kind
from indgang.routing import flow_state as fs
from indgang.routing.decision import AgentState
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board


def restore(board: Board, calls: Iterable[Call], desks: Iterable[Desk]) -> None:
    """Put back calls and desks as they were kept. Callers in a queue keep their place: the time they came."""
    for desk in desks:
        board.desks[desk.person] = desk
        if desk.signed_in:
            _seat(board, desk)
    for call in calls:
        board.calls[call.id] = call
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
    """The exchange is there, with these legs up. Everything we believed of it is compared with that."""
    board.exchanges[exchange] = True
    board.out.batch.exchanges[exchange] = (True, "")
    board.alert(f"exchange_{exchange}", "", over=True)
    for desk in board.desks.values():
        if desk.signed_in:
            waiting.carry_out(board, board.distributor.set_agent(board.agent_of(desk), board.now))
            board.show(desk)
    up = {leg.leg: leg for leg in report.legs}
    for call in [call for call in board.calls.values() if call.exchange == exchange]:
        if call.id in board.calls:
            _reconcile(board, call, up)
    _strangers(board, exchange, report)


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
        talking.begin(board, call, board.desk(call.talk.person)) if call.talk else None
    elif call.stage is Stage.FLOW:
        _go_on_waiting(board, call)
    elif call.side and call.side.state is SideState.WAITING:
        handing_on.side_gone(board, call, "restarted")


def _go_on_waiting(board: Board, call: Call) -> None:
    """The caller is where the flow left them, at the place in the queue they had."""
    if call.offer is not None:
        return  # the exchange was away for a moment only, and the agent's phone still rings
    if call.waits and call.queued_since is not None and board.distributor.state_of(call.id).value == "done":
        enqueue = fs.Enqueue(call.queue, call.priority, call.queued_since)
        board.order(call, tel.Music(call.leg, True))
        waiting.enqueue(board, call, enqueue, (fs.Reason("restarted"),))
    elif not call.waits and call.side is None and (call.flow is None or call.flow.has_ended):
        waiting.back_in_line(board, call)
        return
    incoming.signal(board, call, fs.Resumed())


def _strangers(board: Board, exchange: str, report: tel.Connected) -> None:
    """Legs we know nothing of: a caller who came while we were away is met, what is left of an old offer is hung up."""
    for leg in report.legs:
        if leg.leg in board.legs:
            continue
        if leg.dialled and leg.dialled in board.plan.entries:
            incoming.arrived(board, exchange, tel.Arrived(leg.leg, leg.dialled, leg.caller_number, "", board.at))
        else:
            board.out.orders.append((exchange, tel.Hangup(leg.leg)))


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
    """The exchange cannot be reached. Calls are left as they are: they may still be talking."""
    board.exchanges[exchange] = False
    board.out.batch.exchanges[exchange] = (False, report.reason)
    board.alert(f"exchange_{exchange}", f"{exchange}: {report.reason}")
    for desk in board.desks.values():
        if desk.signed_in:
            board.show(desk)
