"""People at their desks: signing in and out, ready, pause, wrap-up, and their phones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from indgang.entry.board import coming_back, waiting
from indgang.entry.board.outcome import Ask, Refusal
from indgang.entry.board.state import Call, Desk, Doing
from indgang.entry.journal import Kind
from indgang.routing.distribution.decision import AgentState
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board

_SHOWN = {
    AgentState.READY: Doing.READY,
    AgentState.PAUSED: Doing.PAUSED,
    AgentState.AWAY: Doing.AWAY,
    AgentState.WRAP_UP: Doing.WRAP_UP,
    AgentState.OFFERED: Doing.RINGING,
    AgentState.BUSY: Doing.TALKING,
    AgentState.OFF: Doing.SIGNED_OUT,
}


def sign_in(board: Board, ask: Ask) -> None:
    """Come on duty, paused until one says ready. Signing in again (a second tab) only says which phone it is."""
    desk = board.desk(ask.person)
    kind = str(ask.payload.get("phone_kind", "browser"))
    address = str(ask.payload.get("phone_address", ""))
    if kind not in ("browser", "sip"):
        raise Refusal("bad_phone")
    if kind == "sip" and (bar := board.plan.barring.phone(address)):
        raise Refusal(bar)
    desk.phone_kind, desk.phone_address = kind, address
    if desk.signed_in:
        waiting.carry_out(board, board.distributor.set_agent(board.agent_of(desk), board.now))
        board.show(desk)
        return
    desk.signed_in_at = board.at
    desk.afterwards = None
    waiting.carry_out(board, board.distributor.agent_on(board.agent_of(desk), board.now, AgentState.PAUSED))
    board.set_doing(desk, Doing.PAUSED)


def sign_out(board: Board, ask: Ask) -> None:
    _sign_out(board, board.desk(ask.person))


def _sign_out(board: Board, desk: Desk) -> None:
    """Go off duty; with a call in hand, as soon as it is over."""
    if not desk.signed_in:
        return
    if desk.doing is Doing.TALKING:
        desk.afterwards = (Doing.SIGNED_OUT, "")
        waiting.carry_out(board, board.distributor.pause(str(desk.person), board.now))
        board.show(desk)
        return
    _close_wrap_up(board, desk)
    coming_back.is_not_coming(board, desk)
    waiting.carry_out(board, board.distributor.agent_off(str(desk.person), board.now))
    desk.signed_in_at = None
    board.set_doing(desk, Doing.SIGNED_OUT)


def ready(board: Board, ask: Ask) -> None:
    _ready(board, _signed_in(board, ask.person))


def _ready(board: Board, desk: Desk) -> None:
    """Take work; ends a pause, being away and wrap-up. While talking: afterwards, as usual."""
    desk.afterwards = None
    if desk.doing is Doing.READY:
        return
    if desk.doing in (Doing.TALKING, Doing.RINGING):
        decisions = board.distributor.ready(str(desk.person), board.now)
    else:
        _close_wrap_up(board, desk)
        board.set_doing(desk, Doing.READY)
        decisions = board.distributor.ready(str(desk.person), board.now)
    waiting.carry_out(board, decisions)
    board.show(desk)


def pause(board: Board, ask: Ask) -> None:
    _pause(board, _signed_in(board, ask.person), str(ask.payload.get("reason", "")))


def _pause(board: Board, desk: Desk, reason: str) -> None:
    """Take no work; with a call in hand, as soon as it and its wrap-up are over. What only rings goes elsewhere."""
    if desk.doing is Doing.TALKING:
        desk.afterwards = (Doing.PAUSED, reason)
        waiting.carry_out(board, board.distributor.pause(str(desk.person), board.now))
        board.show(desk)
        return
    desk.afterwards = None
    _close_wrap_up(board, desk)
    waiting.carry_out(board, board.distributor.pause(str(desk.person), board.now))
    coming_back.is_not_coming(board, desk)
    waiting.carry_out(board, board.distributor.wrap_up_over(str(desk.person), board.now))
    board.set_doing(desk, Doing.PAUSED, reason)


def interrupt_pause(board: Board, desk: Desk) -> None:
    """Out of a pause for the call that was made in it and lost; `resume_pause` or the end of the call goes back."""
    desk.afterwards = (Doing.PAUSED, desk.reason)
    board.set_doing(desk, Doing.READY)
    waiting.carry_out(board, board.distributor.ready(str(desk.person), board.now))


def resume_pause(board: Board, desk: Desk) -> None:
    """The call did not come back: the pause goes on."""
    if desk.afterwards and desk.call is None:
        _pause(board, desk, desk.afterwards[1])


def set_state(board: Board, ask: Ask) -> None:
    """A team leader changes what somebody does who serves one of the leader's centres today."""
    desk = board.desk(int(ask.payload["person"]))
    wanted = str(ask.payload["state"])
    known = board.plan.people.get(desk.person)
    if not known or not known.centres & board.plan.leaders.get(ask.person, frozenset()):
        raise Refusal("not_yours")
    if not desk.signed_in:
        raise Refusal("not_signed_in")
    if wanted == "ready":
        _ready(board, desk)
    elif wanted == "paused":
        _pause(board, desk, str(ask.payload.get("reason", "")))
    elif wanted == "signed_out":
        _sign_out(board, desk)
    else:
        raise Refusal("bad_state")


def end_wrap_up(board: Board, ask: Ask) -> None:
    """Done with after-work before its time."""
    desk = _signed_in(board, ask.person)
    if desk.doing is not Doing.WRAP_UP:
        raise Refusal("not_wrapping_up")
    waiting.carry_out(board, board.distributor.wrap_up_over(str(desk.person), board.now))


def extend_wrap_up(board: Board, ask: Ask) -> None:
    desk = _signed_in(board, ask.person)
    seconds = float(ask.payload.get("seconds", 60))
    if desk.doing is not Doing.WRAP_UP or desk.wrap_up_until is None:
        raise Refusal("not_wrapping_up")
    if not 0 < seconds <= 1800:
        raise Refusal("bad_seconds")
    desk.wrap_up_until += timedelta(seconds=seconds)
    waiting.carry_out(board, board.distributor.extend_wrap_up(str(desk.person), seconds, board.now))
    board.show(desk)


def after_call(board: Board, desk: Desk, call: Call, wrap_up: float) -> None:
    """A call is over for its agent; the distributor has been told."""
    if wrap_up > 0:
        desk.wrapping, desk.wrapping_since = call.id, board.at
        desk.wrap_up_until = board.at + timedelta(seconds=wrap_up)
        board.set_doing(desk, Doing.WRAP_UP)
    else:
        wrapped_up(board, desk)


def wrapped_up(board: Board, desk: Desk) -> None:
    """After-work is over, by time or by the agent: what was wanted afterwards happens now."""
    _close_wrap_up(board, desk)
    afterwards, desk.afterwards = desk.afterwards, None
    if afterwards and afterwards[0] is Doing.SIGNED_OUT:
        desk.doing = Doing.PAUSED
        _sign_out(board, desk)
    elif afterwards:
        board.set_doing(desk, *afterwards)
    else:
        show_state(board, desk)


def went_away(board: Board, desk: Desk) -> None:
    """The phone was not answered: away, until the person says ready."""
    board.set_doing(desk, Doing.AWAY)


def show_state(board: Board, desk: Desk) -> None:
    """Let the desk show what the distributor knows of it."""
    shown = _SHOWN[board.distributor.state_of_agent(str(desk.person))]
    if desk.signed_in and shown is Doing.SIGNED_OUT:
        shown = Doing.PAUSED
    before = desk.reason if shown is desk.doing else desk.paused_for if shown is Doing.PAUSED else ""
    board.set_doing(desk, shown, before)


def brought_up_to_date(board: Board, desk: Desk) -> None:
    """Queues, skills or phone have changed."""
    if desk.person in board.plan.people:
        desk.name = board.plan.people[desk.person].name
        waiting.carry_out(board, board.distributor.set_agent(board.agent_of(desk), board.now))
    elif desk.signed_in:
        _sign_out(board, desk)


def phone_registered(board: Board, exchange: str, report: tel.PhoneRegistered) -> None:
    """A browser phone came on or went off."""
    person = next((each.person for each in board.plan.people.values() if each.phone == report.phone), None)
    if person is None:
        return
    desk = board.desk(person)
    if report.on:
        desk.phones.add(exchange)
        coming_back.believe(board, desk, exchange)
    else:
        desk.phones.discard(exchange)
        coming_back.rings_elsewhere(board, desk)
        coming_back.phone_went_off(board, desk, exchange)


def _signed_in(board: Board, person: int) -> Desk:
    desk = board.desk(person)
    if not desk.signed_in:
        raise Refusal("not_signed_in")
    return desk


def _close_wrap_up(board: Board, desk: Desk) -> None:
    """Write how long the after-work took."""
    if desk.wrapping and desk.wrapping_since:
        seconds = (board.at - desk.wrapping_since).total_seconds()
        board.note(desk.wrapping, Kind.WRAPPED_UP, person=desk.person, seconds=seconds)
    desk.wrapping, desk.wrapping_since, desk.wrap_up_until = None, None, None
