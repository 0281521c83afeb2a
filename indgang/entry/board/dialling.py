"""We ring somebody: first the agent's own phone, then the number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indgang.core import phone_numbers
from indgang.core.ids import uuid7
from indgang.entry.board import handing_on, talking, waiting
from indgang.entry.board.outcome import Ask, Refusal
from indgang.entry.board.state import Call, Desk, Doing, Role, Stage, Talk
from indgang.entry.journal import Kind
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board


def dial(board: Board, ask: Ask) -> dict[str, Any]:
    """Begin an outgoing call; answers with the id of its enquiry."""
    desk = board.desk(ask.person)
    number = str(ask.payload["number"])
    if bar := board.plan.barring.number(number):
        raise Refusal(bar)
    number = phone_numbers.normalise(number)
    if not desk.signed_in:
        raise Refusal("not_signed_in")
    if desk.call is not None:
        raise Refusal("busy")
    call = _new_call(board, desk, number)
    follows, ring_back = ask.payload.get("follows"), ask.payload.get("ring_back")
    board.note(
        call, Kind.DIALLED, person=desk.person, exchange=call.exchange, number=number, follows=follows,
        ring_back=ring_back, centre=call.centre,
    )  # fmt: skip
    waiting.carry_out(board, board.distributor.occupy(str(desk.person), call.id, board.now))
    board.set_doing(desk, Doing.TALKING)
    assert call.talk is not None
    board.order(call, waiting.ring_order(board, call, desk, call.talk.leg, handing_on.RING_SECONDS, grace=0.0))
    return {"enquiry": call.id}


def _new_call(board: Board, desk: Desk, number: str) -> Call:
    call = Call(
        id=str(uuid7()), exchange=_exchange_for(board, desk), leg="", number=number, caller_name="", dialled=number,
        arrived=board.at, stage=Stage.DIALLING, outgoing=True,
    )  # fmt: skip
    known = board.plan.people[desk.person]
    centres = sorted(board.plan.queues[code].centre for code in known.queues if code in board.plan.queues)
    call.centre = centres[0] if centres else ""
    board.calls[call.id] = call
    agent_leg = board.claim(call.new_leg(), call, Role.AGENT)
    call.leg = board.claim(call.new_leg(), call, Role.CALLER)
    call.talk = Talk(desk.person, agent_leg, board.at, item=call.id)
    desk.call = call.id
    return call


def _exchange_for(board: Board, desk: Desk) -> str:
    """An exchange that is up and where the desk's phone is on; a real one before a simulated one."""
    able = [name for name in board.exchanges if board.rings_at(desk, name)]
    if not able:
        raise Refusal("no_phone")
    return min(able, key=lambda name: (name == "simulator", name))


def agent_ready(board: Board, call: Call, report: tel.Answered) -> None:
    """The agent's own phone is up: now the number is dialled."""
    if call.stage is Stage.DIALLING and call.talk and call.talk.leg == report.leg:
        call.on_line = True
        board.touch(call)
        board.order(call, tel.Ring(call.leg, f"tel:{call.number}", call.dialled, "", handing_on.RING_SECONDS, call.id))


def reached(board: Board, call: Call, report: tel.Answered) -> None:
    if call.stage is Stage.DIALLING and call.talk:
        talking.begin(board, call, board.desks[call.talk.person])


def not_reached(board: Board, call: Call, report: tel.Failed) -> None:
    """Nobody answered where we rang: the agent is free again, without wrap-up."""
    board.legs.pop(call.leg, None)
    board.note(call, Kind.LEFT, person=call.talk.person if call.talk else None, why=report.why.value)
    if call.talk:
        talking.release(board, call, board.desks[call.talk.person], wrap_up=0.0)
    board.forget(call)
