"""Asking somebody else in: consult, talk all three, hand over with or without asking first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indgang.entry.board import incoming, people, supervision, talking, waiting
from indgang.entry.board.outcome import Ask, Refusal
from indgang.entry.board.state import Call, Desk, Doing, Role, Side, SideState, Stage, Talk
from indgang.entry.journal import Kind
from indgang.routing.distribution.requirement import Item, Requirement
from indgang.routing.flows import state as fs
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board

RING_SECONDS = 30.0
_SIDE_ITEM = "side:"


# --- orders ------------------------------------------------------------------------------------


def consult(board: Board, ask: Ask) -> None:
    """Ask somebody while the caller hears music."""
    call = talking.led_by(board, ask)
    side = _side(board, call, ask, blind=False)
    assert call.talk is not None
    call.talk.held = True
    board.note(call, Kind.CONSULTING, person=ask.person, name=side.name, address=side.address)
    board.order(call, tel.Disconnect(call.bridge, (call.leg,)), tel.Music(call.leg, True))
    _seek(board, call, side)


def transfer(board: Board, ask: Ask) -> None:
    """Hand the caller on without asking first; the agent is free at once."""
    call = talking.led_by(board, ask)
    side = _side(board, call, ask, blind=True)
    assert call.talk is not None
    desk = board.desks[ask.person]
    board.order(call, tel.Disconnect(call.bridge, (call.leg,)), tel.Music(call.leg, True))
    board.note(
        call, Kind.TRANSFERRED, person=ask.person, queue=call.queue, name=side.name, address=side.address, warm=False
    )
    supervision.end_all(board, call)
    talking.release(board, call, desk, wrap_up=None)
    call.stage = Stage.FLOW
    if side.address.startswith("queue:"):
        call.side = None
        waiting.enqueue(board, call, fs.Enqueue(side.address.removeprefix("queue:"), call.priority + 1, board.at))
    else:
        _seek(board, call, side)


def consult_end(board: Board, ask: Ask) -> None:
    """Drop the one consulted; agent and caller talk on."""
    call = talking.led_by(board, ask)
    if call.side is None:
        raise Refusal("not_consulting")
    side_gone(board, call, "ended")


def join(board: Board, ask: Ask) -> None:
    call = talking.led_by(board, ask)
    if call.side is None or call.side.state is not SideState.TALKING or call.talk is None:
        raise Refusal("not_consulting")
    call.side.state = SideState.JOINED
    call.talk.held = False
    board.note(call, Kind.JOINED, person=ask.person, name=call.side.name)
    board.order(call, tel.Connect(call.bridge, (call.leg, call.talk.leg, call.side.leg)))


def complete(board: Board, ask: Ask) -> None:
    """Leave the caller with the one consulted."""
    call = talking.led_by(board, ask)
    if call.side is None or call.side.state not in (SideState.TALKING, SideState.JOINED):
        raise Refusal("not_consulting")
    supervision.end_all(board, call)
    talking.release(board, call, board.desks[ask.person], wrap_up=None)
    _hand_over(board, call, by=ask.person, warm=True)


# --- seeking the other one ----------------------------------------------------------------------


def _side(board: Board, call: Call, ask: Ask, *, blind: bool) -> Side:
    """Who is asked in; raises `Refusal` when the address is bad or the person cannot be reached."""
    if call.side is not None:
        raise Refusal("already_consulting")
    address = str(ask.payload["address"])
    name = str(ask.payload.get("name") or address)[:200]
    side = Side(name, address, SideState.RINGING, blind, seconds=RING_SECONDS)
    kind, _, rest = address.partition(":")
    if kind == "person":
        desk = board.desk(int(rest))
        if desk.person == ask.person:
            raise Refusal("yourself")
        if not desk.signed_in or not board.rings_at(desk, call.exchange):
            raise Refusal("not_there")
        if desk.call is not None:
            raise Refusal("busy")
        side.person = desk.person
    elif kind == "queue":
        if rest not in board.plan.queues:
            raise Refusal("unknown_queue")
        side.state = SideState.WAITING
    elif kind not in ("tel", "sip") or not rest:
        raise Refusal("bad_address")
    elif bar := board.plan.barring.address(address):
        raise Refusal(bar)
    return side


def _seek(board: Board, call: Call, side: Side) -> None:
    call.side = side
    board.touch(call)
    if side.state is SideState.WAITING:
        side.item = _item_of(call)
        requirement = Requirement.of({waiting.phone_skill(call.exchange): 1})
        queue = side.address.removeprefix("queue:")
        item = Item(side.item, queue, board.now, priority=call.priority + 1, requirement=requirement)
        waiting.carry_out(board, board.distributor.arrive(item, board.now))
    elif side.person is not None:
        _ring_person(board, call, board.desks[side.person])
    else:
        side.leg = board.claim(call.new_leg(), call, Role.SIDE)
        board.order(call, tel.Ring(side.leg, side.address, call.number, call.caller_name, side.seconds, call.id))


def _ring_person(board: Board, call: Call, desk: Desk) -> None:
    side = call.side
    assert side is not None
    board.touch(call)
    side.state = SideState.RINGING
    side.person = desk.person
    side.leg = board.claim(call.new_leg(), call, Role.SIDE)
    desk.call = call.id
    seconds, grace = side.seconds, 0.0
    if side.item:  # found by the distributor, which also ends it
        seconds, grace = waiting.ring_seconds(board, side.address.removeprefix("queue:")), waiting.RING_GRACE_SECONDS
    else:
        side.item = _item_of(call)
        waiting.carry_out(board, board.distributor.occupy(str(desk.person), side.item, board.now))
    board.set_doing(desk, Doing.RINGING)
    if call.talk is None:
        board.note(call, Kind.OFFERED, person=desk.person, queue=call.queue, leg=side.leg, reasons=[["handed_on", ""]])
    board.order(call, waiting.ring_order(board, call, desk, side.leg, seconds, grace=grace))


def _item_of(call: Call) -> str:
    """A name in the distributor for one consultation. Who was consulted before may be the one who talks now, and has
    the item of theirs in hand."""
    call.count += 1
    return f"{_SIDE_ITEM}{call.id}/{call.count}"


def _call_id(item: str) -> str:
    return item.removeprefix(_SIDE_ITEM).partition("/")[0]


def agent_found(board: Board, item: str, desk: Desk) -> None:
    """The distributor found an agent of the queue that is consulted."""
    call = board.calls.get(_call_id(item))
    if call and call.side and call.side.item == item:
        _ring_person(board, call, desk)


def agent_withdrawn(board: Board, item: str, desk: Desk) -> None:
    """The agent found did not take it; the queue is asked on."""
    call = board.calls.get(_call_id(item))
    if desk.call == _call_id(item):
        desk.call = None
        people.show_state(board, desk)
    if call and call.side and call.side.item == item and call.side.person == desk.person:
        board.drop_leg(call, call.side.leg)
        call.side.state, call.side.person, call.side.leg = SideState.WAITING, None, ""
        board.touch(call)


def nobody_found(board: Board, item: str) -> None:
    """Nobody signed in can be found in the queue that is consulted."""
    call = board.calls.get(_call_id(item))
    if call and call.side:
        side_gone(board, call, "nobody_there")


# --- the other one's leg ------------------------------------------------------------------------


def answered(board: Board, call: Call, report: tel.Answered) -> None:
    side = call.side
    if side is None or side.leg != report.leg:
        return
    if side.person is not None:
        desk = board.desks[side.person]
        waiting.carry_out(board, board.distributor.accept(side.item, str(side.person), board.now))
        board.set_doing(desk, Doing.TALKING)
    if side.blind or call.talk is None:
        incoming.signal(board, call, fs.TransferAnswered())
        _hand_over(board, call, by=None, warm=False)
        return
    side.state = SideState.TALKING
    board.note(call, Kind.CONSULT_ANSWERED, person=call.talk.person, name=side.name)
    board.order(call, tel.Connect(call.bridge, (call.talk.leg, side.leg)))


def failed(board: Board, call: Call, report: tel.Failed) -> None:
    if call.side and call.side.leg == report.leg:
        board.legs.pop(report.leg, None)
        side_gone(board, call, report.why.value)


def gone(board: Board, call: Call, report: tel.Gone) -> None:
    if call.side is None or call.side.leg != report.leg:
        return
    board.legs.pop(report.leg, None)
    if call.stage is Stage.OUTSIDE:
        talking.end(board, call, by="outside")
    else:
        side_gone(board, call, "hung_up")


def side_gone(board: Board, call: Call, why: str) -> None:
    """The one asked in is out of it. An agent goes on with the caller; a caller without one waits again."""
    side = call.side
    if side is None:
        return
    drop_side(board, call, why)
    if call.talk is not None:
        board.note(call, Kind.CONSULT_ENDED, person=call.talk.person, name=side.name, why=why)
        if call.talk.held:
            talking.unhold(board, call)
    elif call.flow and not call.flow.has_ended:
        incoming.signal(board, call, fs.TransferFailed(why))
    else:
        board.note(call, Kind.TRANSFER_FAILED, name=side.name, address=side.address, why=why)
        waiting.back_in_line(board, call)


def drop_side(board: Board, call: Call, why: str) -> None:
    """Hang up on the one asked in, and free their desk."""
    side, call.side = call.side, None
    if side is None:
        return
    board.touch(call)
    board.drop_leg(call, side.leg)
    if side.item and side.person is None:
        waiting.carry_out(board, board.distributor.leave(side.item, board.now))
    if side.person is None:
        return
    desk = board.desks[side.person]
    desk.call = None
    waiting.carry_out(board, board.distributor.leave(side.item, board.now))
    waiting.carry_out(board, board.distributor.wrap_up_over(str(side.person), board.now))
    people.show_state(board, desk)


def _hand_over(board: Board, call: Call, *, by: int | None, warm: bool) -> None:
    """The caller and the one asked in talk; nobody else of us is in it."""
    side, call.side = call.side, None
    assert side is not None
    if side.person is None:
        call.side = side
        call.stage = Stage.OUTSIDE
        side.state = SideState.TALKING
        board.note(call, Kind.PASSED_ON, person=by, queue=call.queue, name=side.name, address=side.address, warm=warm)
        board.order(call, tel.Connect(call.bridge, (call.leg, side.leg)))
        return
    desk = board.desks[side.person]
    call.talk = Talk(side.person, side.leg, board.at, item=side.item)
    if warm:
        to = {"name": side.name, "address": side.address}
        board.note(call, Kind.TRANSFERRED, person=side.person, queue=call.queue, warm=True, **to)
    talking.begin(board, call, desk)


def from_flow(board: Board, call: Call, address: str, timeout: float) -> None:
    """The flow itself sends the caller to a number, a unit or a person."""
    kind, _, rest = address.partition(":")
    name = address
    if kind == "unit":
        address = f"tel:{board.plan.unit_numbers.get(rest, '')}"
    side = Side(name, address, SideState.RINGING, blind=True, seconds=timeout)
    if kind == "person":
        desk = board.desks.get(int(rest))
        if desk is None or not desk.signed_in or desk.call or not board.rings_at(desk, call.exchange):
            incoming.signal(board, call, fs.TransferFailed("not_there"))
            return
        side.person, side.name = desk.person, desk.name
    elif address == "tel:":
        incoming.signal(board, call, fs.TransferFailed("no_number"))
        return
    elif bar := board.plan.barring.address(address):
        board.alert("barred", address.partition(":")[2], call=call)
        incoming.signal(board, call, fs.TransferFailed(bar))
        return
    _seek(board, call, side)
