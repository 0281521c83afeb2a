"""Ringing calls: answered, rejected, not answered, or picked up on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indgang.entry.board import agent_legs, consults, phone_trust, talk
from indgang.entry.board.call import BROWSER, NUMBER, Call, ConsultState, LegRole, Talk
from indgang.entry.board.calls import Calls
from indgang.entry.board.outcome import Ask
from indgang.routing.centre import offers
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.work import Offered
from indgang.telephony import contract as tel


def offered(calls: Calls, call: Call, desk: Desk, offer: Offered) -> Mapping[str, Any]:
    """Ring the agent's phone."""
    offer.handle = calls.claim(call.new_leg(), call, LegRole.OFFER)
    calls.phone(desk.person).call = call.id
    agent_legs.ring(calls, call, desk.person, offer.handle, (offer.until - offer.at).total_seconds())
    return {"leg": offer.handle}


def withdrawn(calls: Calls, call: Call, offer: Offered) -> None:
    """Stop ringing the phone."""
    calls.drop_leg(call, offer.handle)
    phone = calls.phone(offer.person)
    if phone.call == call.id:
        phone.call = None


def answered(calls: Calls, call: Call, report: tel.Answered) -> None:
    """The agent answered: connect caller and agent."""
    offer = call.offer
    if offer is None or offer.handle != report.leg:
        return
    calls.phone(offer.person).unproven.pop(call.exchange, None)
    desk = offers.accepted(calls.centre, call)
    assert desk is not None
    call.talk = Talk(offer.person, offer.handle, calls.centre.at)
    talk.begin(calls, call, desk)


def not_answered(calls: Calls, call: Call, report: tel.Failed | tel.Gone) -> None:
    """The agent's phone refused, was busy, did not answer or disappeared while ringing."""
    offer = call.offer
    if offer is None or offer.handle != report.leg:
        return
    calls.legs.pop(offer.handle, None)
    phone_trust.not_taken(calls, call, call, report.why if isinstance(report, tel.Failed) else None)


def pick_up(calls: Calls, ask: Ask) -> None:
    """The person accepts the ringing call on the screen. Some exchanges pick up by themselves. A browser phone is rung
    again, so that the page that asks can pick up. A desk phone is answered with its handset, a number of one's own with
    a key."""
    call = _ringing_at(calls, ask.person)
    phone = calls.phone(ask.person)
    if phone.kind == NUMBER:
        raise RefusedOrder("answer_at_number")
    if call.exchange in calls.pick_up_at:
        calls.pick_ups.append((call.exchange, _leg_at(call, ask.person)))
    elif phone.kind != BROWSER:
        raise RefusedOrder("answer_at_phone")
    elif call.exchange not in phone.on:
        raise RefusedOrder("no_phone")
    else:
        phone_trust.believe(calls, calls.centre.desk(ask.person), call.exchange)
        _ring_anew(calls, call, ask.person)


def _leg_at(call: Call, person: int) -> tel.LegId:
    """The ringing leg at this person's phone."""
    if call.offer and call.offer.person == person:
        return call.offer.handle
    return call.consult.leg if call.consult else ""


def _ring_anew(calls: Calls, call: Call, person: int) -> None:
    """Hang up the ringing leg and ring where the phone is now."""
    leg = call.new_leg()
    if call.offer and call.offer.person == person:
        old, role, call.offer.handle = call.offer.handle, LegRole.OFFER, leg
        seconds = max(1.0, (call.offer.until - calls.centre.at).total_seconds())
    else:
        assert call.consult is not None
        old, role, seconds = call.consult.leg, LegRole.CONSULT, consults.ring_anew(calls, call.consult, leg)
    calls.drop_leg(call, old)
    agent_legs.ring(calls, call, person, calls.claim(leg, call, role), seconds)
    calls.centre.touch(call)
    calls.centre.show(calls.centre.desk(person))


def reject(calls: Calls, ask: Ask) -> None:
    """Reject the ringing call."""
    call = _ringing_at(calls, ask.person)
    if call.offer and call.offer.person == ask.person:
        offers.rejected(calls.centre, call)
    else:
        consults.not_taken(calls, call, tel.Failure.REFUSED)


def _ringing_at(calls: Calls, person: int) -> Call:
    calls.centre.desk(person)
    call = calls.the_call_at(person)
    offered_it = call.offer is not None and call.offer.person == person
    consult = call.consult
    asked = consult is not None and consult.person == person and consult.state is ConsultState.RINGING
    if not (offered_it or asked):
        raise RefusedOrder("not_ringing")
    return call
