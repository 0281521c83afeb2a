"""A team leader listens, whispers or takes part. Both the call's story and the agent's screen say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indgang.entry.board import handing_on, waiting
from indgang.entry.board.outcome import Ask, Refusal
from indgang.entry.board.state import Call, Role, Stage
from indgang.entry.journal import Kind
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board


def spy(board: Board, ask: Ask) -> None:
    """Ring the supervisor's own phone and let it into the call of `person`; asked again, change the mode."""
    mode = tel.SpyMode(str(ask.payload["mode"]))
    agent = board.desk(int(ask.payload["person"]))
    call = board.calls.get(agent.call or "")
    if call is None or call.stage is not Stage.TALKING or call.talk is None or call.talk.person != agent.person:
        raise Refusal("no_call")
    if not _may_hear(board, ask.person, call):
        raise Refusal("not_yours")
    supervisor = board.desk(ask.person)
    if supervisor.call is not None:
        raise Refusal("busy")
    if not board.rings_at(supervisor, call.exchange):
        raise Refusal("no_phone")
    if supervisor.spying_on not in (None, call.id):
        raise Refusal("already_listening")
    known = call.spies.get(ask.person)
    if known:
        known[1] = mode.value
        _let_in(board, call, ask.person)
        return
    leg = board.claim(call.new_leg(), call, Role.SPY)
    call.spies[ask.person] = [leg, mode.value]
    supervisor.spying_on = call.id
    board.show(supervisor)
    board.touch(call)
    board.order(call, waiting.ring_order(board, call, supervisor, leg, handing_on.RING_SECONDS))


def _may_hear(board: Board, person: int, call: Call) -> bool:
    """The right is one for the call's centre, whichever centres its agent serves."""
    return call.centre in board.plan.supervisors.get(person, frozenset())


def brought_up_to_date(board: Board) -> None:
    """Rights have changed: whose right has ended hears no more."""
    for call in list(board.calls.values()):
        for person, (leg, _) in list(call.spies.items()):
            if not _may_hear(board, person, call):
                board.drop_leg(call, leg)
                _out(board, call, person)


def answered(board: Board, call: Call, report: tel.Answered) -> None:
    for person, (leg, _) in call.spies.items():
        if leg == report.leg:
            _let_in(board, call, person)


def _let_in(board: Board, call: Call, person: int) -> None:
    leg, mode = call.spies[person]
    assert call.talk is not None
    board.note(call, Kind.SUPERVISED, person=call.talk.person, supervisor=person, mode=mode)
    board.order(call, tel.Spy(leg, call.talk.leg, call.bridge, tel.SpyMode(mode)))


def spy_end(board: Board, ask: Ask) -> None:
    supervisor = board.desk(ask.person)
    call = board.calls.get(supervisor.spying_on or "")
    if call is None or ask.person not in call.spies:
        raise Refusal("not_listening")
    board.drop_leg(call, call.spies[ask.person][0])
    _out(board, call, ask.person)


def gone(board: Board, call: Call, report: tel.Gone | tel.Failed) -> None:
    board.legs.pop(report.leg, None)
    for person, (leg, _) in list(call.spies.items()):
        if leg == report.leg:
            _out(board, call, person)


def end_all(board: Board, call: Call) -> None:
    for person, (leg, _) in list(call.spies.items()):
        board.drop_leg(call, leg)
        _out(board, call, person)


def _out(board: Board, call: Call, person: int) -> None:
    del call.spies[person]
    desk = board.desks[person]
    desk.spying_on = None
    board.show(desk)
    talker = call.talk.person if call.talk else None
    board.note(call, Kind.SUPERVISED, person=talker, supervisor=person, mode="")
