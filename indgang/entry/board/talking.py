"""A conversation: begin, hold, mute, keys, and its end from whichever side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indgang.entry.board import coming_back, handing_on, incoming, people, supervision, waiting
from indgang.entry.board.outcome import Ask, Refusal
from indgang.entry.board.state import Call, Desk, Doing, Role, SideState, Stage
from indgang.entry.journal import Kind
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board


#: a browser phone may lose its line to the exchange for this long while the sound goes on
PHONE_GRACE_SECONDS = 8.0
#: name of the timer for it
PHONE_GRACE = "!phone-gone"


def begin(board: Board, call: Call, desk: Desk) -> None:
    """Caller and agent are put together; `call.talk` says who."""
    assert call.talk is not None
    call.stage, call.raised = Stage.TALKING, 0
    board.claim(call.talk.leg, call, Role.AGENT)
    board.claim(call.leg, call, Role.CALLER)
    desk.call = call.id
    if call.number:
        board.last_agents[call.number] = desk.person
    board.note(call, Kind.ANSWERED, person=desk.person, queue=call.queue, direction="out" if call.outgoing else "in")
    board.set_doing(desk, Doing.TALKING)
    board.order(call, tel.Connect(call.bridge, (call.leg, call.talk.leg)))


def caller_gone(board: Board, call: Call, report: tel.Gone) -> None:
    """The caller (or the one we rang) hung up, wherever they were."""
    call_gone(board, call, by="caller")


def call_gone(board: Board, call: Call, *, by: str) -> None:
    """The caller is gone: hung up, or cut off by the end of the exchange."""
    board.legs.pop(call.leg, None)
    if call.stage is Stage.TALKING or call.stage is Stage.OUTSIDE:
        end(board, call, by=by)
        return
    waited = call.waits
    seconds = (board.moment_of(call) - call.queued_since).total_seconds() if call.queued_since else 0.0
    offer_person = call.offer.person if call.offer else None
    if call.stage is Stage.DIALLING and call.talk:
        release(board, call, board.desks[call.talk.person], wrap_up=0.0)
    incoming.caller_left(board, call)
    call.queued_since = None
    waiting.carry_out(board, board.distributor.leave(call.id, board.now))
    handing_on.drop_side(board, call, "caller_gone")
    if waited and not call.promised:
        board.note(call, Kind.ABANDONED, queue=call.queue, person=offer_person, waited=seconds)
    else:
        board.note(call, Kind.LEFT, why=f"{by}_gone")
    board.forget(call)


def agent_gone(board: Board, call: Call, report: tel.Gone | tel.Failed) -> None:
    """The agent's leg went without the agent having hung up on the screen.

    A desk phone's handset is how its owner hangs up. A browser that vanishes is a fault: the caller (or the one we
    rang) is kept, waits for this agent for a moment, and then for anybody. So is a caller who waited while the agent
    asked somebody.
    """
    talk = call.talk
    if talk is None or talk.leg != report.leg:
        return
    board.legs.pop(talk.leg, None)
    desk = board.desks[talk.person]
    if call.stage is Stage.DIALLING:
        give_up_dialling(board, call, desk)
    elif desk.phone_kind == "sip" and call.side is None:
        end(board, call, by="agent")
    else:
        lose_agent(board, call, "phone_vanished")


def give_up_dialling(board: Board, call: Call, desk: Desk) -> None:
    """We were ringing somebody, and the agent is no longer there to talk."""
    board.drop_leg(call, call.leg)
    board.note(call, Kind.LEFT, why="agent_gone")
    release(board, call, desk, wrap_up=0.0)
    board.forget(call)


def lose_agent(board: Board, call: Call, why: str) -> None:
    """The caller goes back into the queue, before everybody else; the agent is away until their phone is back."""
    talk = call.talk
    assert talk is not None
    desk = board.desks[talk.person]
    handing_on.drop_side(board, call, why)
    supervision.end_all(board, call)
    board.order(call, tel.Disconnect(call.bridge, (call.leg,)))
    coming_back.doubt(board, desk, call.exchange, coming_back.SETTLES_SECONDS)
    board.note(call, Kind.AGENT_LOST, person=desk.person, queue=call.queue, why=why)
    release(board, call, desk, wrap_up=0.0)
    board.alert("agent_lost", desk.name, call=call)
    coming_back.wait_for_agent(board, call, desk)


def phone_still_gone(board: Board, call: Call) -> None:
    """The moment is over."""
    if call.stage is not Stage.TALKING or call.talk is None:
        return
    desk = board.desks[call.talk.person]
    if desk.phone_kind == "browser" and call.exchange not in desk.phones:
        lose_agent(board, call, "phone_vanished")


def hang_up(board: Board, ask: Ask) -> None:
    """The person hangs up on the screen: on the one consulted, who is the one they hear, else on the caller.

    A caller who waits meanwhile is not hung up on by the way; with `everyone` in the order all legs end.
    """
    desk = board.desk(ask.person)
    call = _call_of(board, desk)
    if call.side and call.side.person == desk.person:
        handing_on.side_gone(board, call, "hung_up")
    elif call.stage is Stage.DIALLING:
        give_up_dialling(board, call, desk)
    elif call.talk and call.talk.person == desk.person:
        if call.side and not ask.payload.get("everyone"):
            handing_on.side_gone(board, call, "ended")
        else:
            end(board, call, by="agent")
    else:
        raise Refusal("no_call")


def end(board: Board, call: Call, *, by: str) -> None:
    """The conversation is over for everybody in it."""
    handing_on.drop_side(board, call, "ended")
    supervision.end_all(board, call)
    board.drop_leg(call, call.leg)
    person = call.talk.person if call.talk else None
    board.note(call, Kind.ENDED, person=person, queue=call.queue, by=by)
    if call.talk:
        board.drop_leg(call, call.talk.leg)
        release(board, call, board.desks[call.talk.person], wrap_up=None)
    board.forget(call)


def release(board: Board, call: Call, desk: Desk, *, wrap_up: float | None) -> None:
    """The agent no longer has the call. `wrap_up` in seconds; None is what the queue says."""
    talk = call.talk
    if talk is None:
        return
    if wrap_up is None:
        queue = board.plan.queues.get(call.queue)
        wrap_up = queue.rule.wrap_up_seconds if queue else 60.0
    board.drop_leg(call, talk.leg)
    call.talk = None
    desk.call = None
    decisions = board.distributor.finish(talk.item, str(desk.person), board.now, wrap_up)
    people.after_call(board, desk, call, wrap_up)
    waiting.carry_out(board, decisions)


def hold(board: Board, ask: Ask) -> None:
    call = led_by(board, ask)
    assert call.talk is not None
    if call.talk.held:
        return
    call.talk.held = True
    board.note(call, Kind.HELD, person=ask.person)
    board.order(call, tel.Disconnect(call.bridge, (call.leg,)), tel.Music(call.leg, True))


def resume(board: Board, ask: Ask) -> None:
    call = led_by(board, ask)
    assert call.talk is not None
    if call.side is not None and call.side.state is SideState.TALKING:
        raise Refusal("consulting")
    if call.talk.held:
        unhold(board, call)


def unhold(board: Board, call: Call) -> None:
    """The caller comes back from the music."""
    assert call.talk is not None
    call.talk.held = False
    board.note(call, Kind.RESUMED, person=call.talk.person)
    board.order(call, tel.Connect(call.bridge, (call.leg, call.talk.leg)))


def mute(board: Board, ask: Ask) -> None:
    call = led_by(board, ask)
    assert call.talk is not None
    call.talk.muted = bool(ask.payload["on"])
    board.touch(call)
    board.order(call, tel.Mute(call.talk.leg, call.talk.muted))


def keys(board: Board, ask: Ask) -> None:
    """Keys while talking go to whoever the agent talks with."""
    call = led_by(board, ask)
    pressed = str(ask.payload["keys"])
    if not pressed or len(pressed) > 32 or set(pressed) - set("0123456789*#"):
        raise Refusal("bad_keys")
    consulting = call.side is not None and call.side.state is SideState.TALKING
    board.order(call, tel.SendKeys(call.side.leg if consulting and call.side else call.leg, pressed))


def led_by(board: Board, ask: Ask) -> Call:
    """The call in which the person talks as the one responsible; raises `Refusal` when there is none."""
    call = _call_of(board, board.desk(ask.person))
    if call.stage is not Stage.TALKING or call.talk is None or call.talk.person != ask.person:
        raise Refusal("no_call")
    return call


def _call_of(board: Board, desk: Desk) -> Call:
    call = board.calls.get(desk.call or "")
    if call is None:
        raise Refusal("no_call")
    return call
