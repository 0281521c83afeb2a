"""A conversation between a caller and one agent: begin, hold, mute, keys, and letting go."""

from __future__ import annotations

from indgang.entry.board import agent_legs, outside, recording
from indgang.entry.board.call import Call, LegRole, Stage
from indgang.entry.board.calls import Calls
from indgang.entry.board.outcome import Ask
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import callbacks, offers
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk, Doing
from indgang.telephony import contract as tel


def begin(calls: Calls, call: Call, desk: Desk) -> None:
    """Connect caller and agent (`call.talk`)."""
    assert call.talk is not None
    centre = calls.centre
    call.stage, call.raised = Stage.TALKING, 0
    callback = centre.items.get(call.callback)
    if isinstance(callback, Callback):
        callbacks.reached(centre, callback)
    else:
        callbacks.answered_otherwise(centre, call)
    calls.claim(call.talk.leg, call, LegRole.AGENT)
    calls.claim(call.leg, call, LegRole.CALLER)
    calls.phone(desk.person).call = call.id
    desk.take(call.id)
    if call.contact:
        centre.last_agents.put(call.contact, desk.person, centre.at)
    direction = "out" if call.outgoing else "in"
    centre.note(call, Kind.ANSWERED, person=desk.person, queue=call.queue, direction=direction)
    centre.set_doing(desk, Doing.TALKING)
    calls.order(call, tel.Connect(call.bridge, (call.leg, call.talk.leg)))
    recording.begin(calls, call)


def release(calls: Calls, call: Call, *, wrap_up: float | None) -> None:
    """The agent no longer has the call. `wrap_up` is in seconds; None stands for the queue's."""
    talk = call.talk
    if talk is None:
        return
    recording.end(calls, call, "over")
    calls.drop_leg(call, talk.leg)
    outside.ended(calls, call)
    call.talk = None
    calls.phone(talk.person).call = None
    offers.finish(calls.centre, calls.centre.any_desk(talk.person), call.id, call, wrap_up)


def give_up_dialling(calls: Calls, call: Call) -> None:
    """End an outgoing call whose agent is gone before an answer."""
    calls.drop_leg(call, call.leg)
    _end_of_dialling(calls, call, "agent_gone", tried=False)


def not_reached(calls: Calls, call: Call, why: str, *, tried: bool = True) -> None:
    """The dialled person did not answer: the agent is free without wrap-up. `tried` when it rang there at all."""
    _end_of_dialling(calls, call, why, tried=tried and call.on_line)


def _end_of_dialling(calls: Calls, call: Call, why: str, *, tried: bool) -> None:
    centre = calls.centre
    agent_legs.all_over(calls, call)
    callback = centre.items.get(call.callback)
    if not isinstance(callback, Callback):
        centre.note(call, Kind.LEFT, person=call.talk.person if call.talk else None, why=why)
    release(calls, call, wrap_up=0.0)
    calls.forget(call)
    if isinstance(callback, Callback) and tried:
        callbacks.not_reached(centre, callback, why)
    elif isinstance(callback, Callback):
        callbacks.put_back(centre, callback)


def to_music(calls: Calls, call: Call) -> None:
    """Put the caller on music."""
    calls.order(call, tel.Disconnect(call.bridge, (call.leg,)), tel.Music(call.leg, True))


def hold(calls: Calls, ask: Ask) -> None:
    call = led_by(calls, ask)
    assert call.talk is not None
    if call.talk.held:
        return
    call.talk.held = True
    calls.centre.note(call, Kind.HELD, person=ask.person)
    recording.follow(calls, call)
    to_music(calls, call)


def resume(calls: Calls, ask: Ask) -> None:
    call = led_by(calls, ask)
    assert call.talk is not None
    if call.consult is not None and call.consult.is_private:
        raise RefusedOrder("consulting")
    if call.talk.held:
        unhold(calls, call)


def unhold(calls: Calls, call: Call) -> None:
    """Take the caller off music."""
    assert call.talk is not None
    call.talk.held = False
    calls.centre.note(call, Kind.RESUMED, person=call.talk.person)
    calls.order(call, tel.Connect(call.bridge, (call.leg, call.talk.leg)))
    recording.follow(calls, call)


def mute(calls: Calls, ask: Ask) -> None:
    call = led_by(calls, ask)
    assert call.talk is not None
    call.talk.muted = bool(ask.payload["on"])
    calls.centre.touch(call)
    calls.centre.show(calls.centre.desk(ask.person))
    calls.order(call, tel.Mute(call.talk.leg, call.talk.muted))


def pause_recording(calls: Calls, ask: Ask) -> None:
    recording.pause(calls, led_by(calls, ask))


def resume_recording(calls: Calls, ask: Ask) -> None:
    recording.resume(calls, led_by(calls, ask))


def stop_recording(calls: Calls, ask: Ask) -> None:
    """End the recording; `withdrawn` deletes it, because the caller wants it so."""
    recording.stop(calls, led_by(calls, ask), withdrawn=bool(ask.payload.get("withdrawn")))


def keys(calls: Calls, ask: Ask) -> None:
    """Send keys to the person whom the agent talks with."""
    call = led_by(calls, ask)
    pressed = str(ask.payload["keys"])
    if not pressed or len(pressed) > 32 or set(pressed) - set("0123456789*#"):
        raise RefusedOrder("bad_keys")
    consulted = call.consult if call.consult and call.consult.is_private else None
    calls.order(call, tel.SendKeys(consulted.leg if consulted else call.leg, pressed))


def led_by(calls: Calls, ask: Ask) -> Call:
    """The call for which the person is responsible; raises `RefusedOrder` when there is none."""
    calls.centre.desk(ask.person)
    call = calls.the_call_at(ask.person)
    if call.stage is not Stage.TALKING or call.talk is None or call.talk.person != ask.person:
        raise RefusedOrder("no_call")
    return call
