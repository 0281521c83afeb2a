"""Ends of conversations, from either side, and lost agents."""

from __future__ import annotations

from indgang.entry.board import agent_legs, announcing, consults, monitoring, phone_trust, talk
from indgang.entry.board.call import BROWSER, Call, ConsultState, Stage
from indgang.entry.board.calls import Calls
from indgang.entry.board.outcome import Ask
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import journey, offers, presence
from indgang.routing.centre.core import RefusedOrder
from indgang.telephony import contract as tel

#: how long a browser phone may be unregistered during a conversation
PHONE_GRACE_SECONDS = 8.0
#: name of the timer for it
PHONE_GRACE_TIMER = "!phone-gone"


def caller_gone(calls: Calls, call: Call, report: tel.Gone) -> None:
    """The caller (or the dialled person) hung up, at any stage."""
    call_gone(calls, call, by="caller")


def call_gone(calls: Calls, call: Call, *, by: str) -> None:
    """The caller is gone: hung up, or cut off because the exchange ended."""
    centre = calls.centre
    calls.legs.pop(call.leg, None)
    if call.stage in (Stage.TALKING, Stage.OUTSIDE):
        end(calls, call, by=by)
        return
    if call.stage is Stage.DIALLING:
        talk.not_reached(calls, call, f"{by}_gone", tried=by == "caller")
        return
    agent_legs.all_over(calls, call)
    waited = call.waits
    seconds = (centre.moment_of(call) - call.queued_since).total_seconds() if call.queued_since else 0.0
    offered_to = call.offer.person if call.offer else None
    waited_for = call.reserved_for if call.reserved_only else None
    journey.contact_left(centre, call)
    call.queued_since = None
    offers.take_out(centre, call)
    consults.drop(calls, call, "ended")
    if waited and not call.promised:
        centre.note(call, Kind.ABANDONED, queue=call.queue, person=offered_to, waited=seconds)
    else:
        centre.note(call, Kind.LEFT, why=f"{by}_gone")
    calls.forget(call)
    if waited_for is not None:
        presence.resume_pause(centre, centre.any_desk(waited_for))


def agent_gone(calls: Calls, call: Call, report: tel.Gone | tel.Failed) -> None:
    """The agent's leg ended without a hang-up on the screen.

    The owner of a desk phone, or of a number outside, hangs up there. A browser that vanishes is a fault: the caller
    (or the person whom we rang) stays, waits for this agent for a moment, and then for anybody. The same holds for a
    caller who waited during a consult.
    """
    agent = call.talk
    if agent is None or agent.leg != report.leg:
        return
    calls.legs.pop(agent.leg, None)
    if call.stage is Stage.DIALLING:
        talk.give_up_dialling(calls, call)
    elif calls.phone(agent.person).kind != BROWSER and call.consult is None:
        end(calls, call, by="agent")
    else:
        lose_agent(calls, call, "phone_vanished")


def lose_agent(calls: Calls, call: Call, why: str) -> None:
    """Queue the caller before everybody else; the agent is not responding until their phone is back."""
    assert call.talk is not None
    centre = calls.centre
    desk = centre.any_desk(call.talk.person)
    consults.drop(calls, call, "ended")
    call.search = None
    monitoring.end_all(calls, call)
    calls.order(call, tel.Disconnect(call.bridge, (call.leg,)))
    phone_trust.doubt(calls, desk, call.exchange, phone_trust.SETTLES_SECONDS)
    centre.note(call, Kind.AGENT_LOST, person=desk.person, queue=call.queue, why=why)
    talk.release(calls, call, wrap_up=0.0)
    centre.alert("agent_lost", desk.name, item=call)
    phone_trust.wait_for_agent(calls, call, desk)


def phone_still_gone(calls: Calls, call: Call) -> None:
    """The grace period has ended."""
    if call.stage is not Stage.TALKING or call.talk is None:
        return
    phone = calls.phone(call.talk.person)
    if phone.kind == BROWSER and call.exchange not in phone.on:
        lose_agent(calls, call, "phone_vanished")


def hang_up(calls: Calls, ask: Ask) -> None:
    """Hang up from the screen: on the consulted person if the agent hears one, else on the caller.

    A caller on hold during a consult stays connected; with `everyone` in the order all legs end.
    """
    calls.centre.desk(ask.person)
    call = calls.the_call_at(ask.person)
    if call.consult and call.consult.person == ask.person and call.consult.state is ConsultState.RINGING:
        consults.not_taken(calls, call, tel.Failure.REFUSED)
    elif call.consult and call.consult.person == ask.person:
        consults.gone(calls, call, "hung_up")
    elif call.stage is Stage.DIALLING:
        talk.give_up_dialling(calls, call)
    elif call.talk is None or call.talk.person != ask.person:
        raise RefusedOrder("no_call")
    elif call.consult and not ask.payload.get("everyone"):
        consults.gone(calls, call, "ended")
    else:
        end(calls, call, by="agent")


def consult_leg_gone(calls: Calls, call: Call, report: tel.Gone) -> None:
    """The consult leg hung up; after a transfer outside, the call ends."""
    if call.consult is None or call.consult.leg != report.leg:
        return
    calls.legs.pop(report.leg, None)
    if call.stage is Stage.OUTSIDE:
        end(calls, call, by="outside")
    elif call.consult.offer is not None:
        consults.not_taken(calls, call, None)
    else:
        consults.gone(calls, call, "hung_up")


def end(calls: Calls, call: Call, *, by: str) -> None:
    """End the conversation for everybody in it."""
    consults.drop(calls, call, "ended")
    monitoring.end_all(calls, call)
    if by == "agent" and _may_stay(calls, call):
        _let_stay(calls, call)
    calls.drop_leg(call, call.leg)
    agent_legs.all_over(calls, call)
    person = call.talk.person if call.talk else None
    calls.centre.note(call, Kind.ENDED, person=person, queue=call.queue, by=by)
    talk.release(calls, call, wrap_up=None)
    calls.forget(call)


def _may_stay(calls: Calls, call: Call) -> bool:
    """Whether the caller may stay on the line when the agent has hung up, to be asked how it went."""
    is_asked = call.queue in calls.centre.plan.asked_at_end and call.survey != announcing.DECLINED
    return is_asked and not call.outgoing and call.stage is Stage.TALKING and calls.is_in_reach(call)


def _let_stay(calls: Calls, call: Call) -> None:
    """Give the caller's leg away: it is decided elsewhere whether they are asked."""
    if calls.legs.pop(call.leg, None):
        calls.order(call, tel.Disconnect(call.bridge, (call.leg,)))
        calls.other_legs.add(call.leg)
        calls.staying.append((call.stream, call.exchange, call.leg))
