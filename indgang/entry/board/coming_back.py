"""A browser phone that breaks off: nobody is blamed for it, and a caller in mid-call waits for their agent a moment.

A page that is loaded anew is back within seconds. Until then its phone may still count as on, because an exchange
notices the end of the sound before the end of the registration; what would ring there rings nowhere. So the phone is
not believed until it comes on anew, or has stayed on for a while.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from indgang.entry.board import handing_on, incoming, people, talking, waiting
from indgang.entry.board.outcome import Ask
from indgang.entry.board.state import Call, Desk, Doing, SideState, Stage
from indgang.routing.distribution.decision import AgentState
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board

#: a caller whom an agent lost is waited for that agent alone this long
COMES_BACK_SECONDS = 15.0
#: name of the timer for it
COMES_BACK = "!agent-comes-back"
#: a phone whose sound broke off is believed again when it has stayed on for so long
SETTLES_SECONDS = 2.0
#: a phone that could not be reached, though it counted as on, is left alone for so long
UNREACHED_SECONDS = 30.0
#: name of the timer for both; its subject is a person, not a call
PHONE_SETTLES = "!phone-settles"
#: what the caller is told
BROKEN_OFF = "linjen-afbrudt"


def doubt(board: Board, desk: Desk, exchange: str, seconds: float) -> None:
    """Ring nothing at this browser phone until it comes on anew, at most for `seconds`."""
    until = board.at + timedelta(seconds=seconds)
    desk.unproven[exchange] = max(until, desk.unproven.get(exchange, until))
    board.set_desk_timer(desk, PHONE_SETTLES, until)
    rings_elsewhere(board, desk)


def settle(board: Board, desk: Desk) -> None:
    """Phones that have stayed on long enough are believed again."""
    for exchange, until in list(desk.unproven.items()):
        if until <= board.at:
            believe(board, desk, exchange)


def believe(board: Board, desk: Desk, exchange: str) -> None:
    """The phone came on, or is taken to be on: what waits for it rings there."""
    desk.unproven.pop(exchange, None)
    rings_elsewhere(board, desk)


def own_skill(person: int) -> str:
    """The skill that only this person has: what a caller who waits for them alone asks for."""
    return f"person:{person}"


def own_skills(board: Board, desk: Desk) -> dict[str, int]:
    """Nothing, unless a caller waits for them alone: agents who are alike are matched together."""
    return {own_skill(desk.person): 1} if _expected_by(board, desk) else {}


def own_queues(board: Board, desk: Desk) -> frozenset[str]:
    """The queues in which callers wait for them alone: they need not serve these to have their caller back."""
    return frozenset(call.queue for call in _expected_by(board, desk))


def rings_elsewhere(board: Board, desk: Desk) -> None:
    """Where the desk's phone rings has changed."""
    board.show(desk)
    waiting.carry_out(board, board.distributor.set_agent(board.agent_of(desk), board.now))


def wait_for_agent(board: Board, call: Call, desk: Desk) -> None:
    """The caller is told, keeps the place at the head of the queue, and waits for this agent alone for a moment."""
    call.comes_back_to = desk.person
    call.queue = waiting.queue_of(board, call)
    if call.outgoing and desk.doing is Doing.PAUSED:
        people.interrupt_pause(board, desk)
    call.expected_back = board.distributor.state_of_agent(str(desk.person)) is AgentState.READY
    rings_elsewhere(board, desk)
    board.set_timer(call, COMES_BACK, board.at + timedelta(seconds=COMES_BACK_SECONDS))
    name = incoming.prompt_name(board, BROKEN_OFF, call.language)
    if name in board.plan.prompts:
        board.order(call, tel.Play(call.leg, f"{call.new_leg()}:broken-off", (name,)))
    waiting.back_in_line(board, call)


def is_back(board: Board, desk: Desk) -> None:
    """The agent has the caller again; a pause that they left for it goes on afterwards."""
    if desk.afterwards:
        waiting.carry_out(board, board.distributor.pause(str(desk.person), board.now))
    rings_elsewhere(board, desk)


def go_on_waiting(board: Board, call: Call) -> None:
    """After we, or the exchange, have been away: the moment is as long as before."""
    if call.expected_back and call.queued_since is not None:
        seconds = COMES_BACK_SECONDS + call.away_seconds
        board.set_timer(call, COMES_BACK, call.queued_since + timedelta(seconds=seconds))


def waited_enough(board: Board, call: Call) -> None:
    """The moment is over, or the agent does not take the call: whoever is free."""
    if call.expected_back and call.comes_back_to is not None:
        call.expected_back = False
        desk = board.seat(call.comes_back_to)
        rings_elsewhere(board, desk)
        people.resume_pause(board, desk)
        waiting.to_distributor(board, call)


def is_not_coming(board: Board, desk: Desk) -> None:
    """The agent takes a pause or signs out: nobody need wait for them."""
    for call in _expected_by(board, desk):
        waited_enough(board, call)


def phone_went_off(board: Board, desk: Desk, exchange: str) -> None:
    """What rang at the phone goes elsewhere, and nobody is blamed. Who talks may talk on for a moment."""
    desk.unproven.pop(exchange, None)
    call = board.calls.get(desk.call or "")
    if call is None or call.exchange != exchange or desk.phone_kind != "browser":
        return
    if call.offer and call.offer.person == desk.person:
        waiting.offer_elsewhere(board, call)
    elif call.side and call.side.person == desk.person and call.side.state is SideState.RINGING:
        handing_on.side_gone(board, call, tel.Failure.UNREACHABLE.value)
    elif call.stage is Stage.DIALLING and not call.on_line:
        talking.give_up_dialling(board, call, desk)
    elif call.stage is Stage.TALKING:
        board.set_timer(call, talking.PHONE_GRACE, board.at + timedelta(seconds=talking.PHONE_GRACE_SECONDS))


def broken_off(board: Board, ask: Ask) -> None:
    """The page that had the leg is gone: it says so as it leaves, and again when it is back."""
    leg = str(ask.payload["leg"])
    desk = board.desk(ask.person)
    call = board.calls.get(desk.call or "")
    if call is None or desk.phone_kind != "browser":
        return
    if call.offer and call.offer.leg == leg:
        doubt(board, desk, call.exchange, SETTLES_SECONDS)
        waiting.offer_elsewhere(board, call)
    elif call.talk and call.talk.leg == leg:
        board.order(call, tel.Hangup(leg))
        talking.agent_gone(board, call, tel.Gone(leg, board.at))
    elif call.side and call.side.leg == leg:
        handing_on.side_gone(board, call, tel.Failure.UNREACHABLE.value)


def _expected_by(board: Board, desk: Desk) -> list[Call]:
    return [call for call in board.calls.values() if call.expected_back and call.comes_back_to == desk.person]
