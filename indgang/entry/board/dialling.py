"""Outgoing calls: the agent's own phone rings first, then the number."""

from __future__ import annotations

from typing import Any

from indgang.core import phone_numbers
from indgang.entry.board import agent_legs, outside, talk
from indgang.entry.board.call import Call, LegRole, Stage, Talk
from indgang.entry.board.calls import RING_SECONDS, Calls, signed_in
from indgang.entry.board.outcome import Ask
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import offers
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.distribution.requirement import CALL
from indgang.telephony import contract as tel


def dial(calls: Calls, ask: Ask) -> dict[str, Any]:
    """Begin an outgoing call; answers with the id of its enquiry."""
    calls.centre.desk(ask.person)
    number = str(ask.payload["number"])
    longest = outside.check(calls, ask.person, number)
    desk = signed_in(calls.centre, ask.person)
    if calls.phone(ask.person).call is not None:
        raise RefusedOrder("busy")
    call = begin(
        calls, desk, phone_numbers.normalise(number), calls.centre.new_id(), follows=ask.payload.get("follows"),
        return_call=ask.payload.get("return_call"), asked_at=ask.payload.get("asked_at"),
    )  # fmt: skip
    outside.begun(calls, call, ask.person, call.contact, call.leg, longest)
    return {"enquiry": call.id}


def begin(
    calls: Calls,
    desk: Desk,
    number: str,
    call_id: str,
    *,
    kind: str = Kind.DIALLED,
    is_in_hand: bool = False,
    callback: Callback | None = None,
    **story: Any,
) -> Call:
    """Ring the agent's own phone and then dial `number`. Raises `RefusedOrder` when no phone can ring.

    With a callback the call continues the callback's enquiry, in its queue. `is_in_hand` says that the distributor
    knows of the call.
    """
    centre = calls.centre
    call = Call(
        id=call_id, exchange=calls.exchange_for(desk.person), leg="", contact=number, dialled=number,
        arrived=centre.at, stage=Stage.DIALLING, outgoing=True, centre=_centre_of(calls, desk),
    )  # fmt: skip
    if callback is not None:
        call.callback, call.story, call.centre = callback.id, callback.story, callback.centre
        call.queue, call.language, call.caller_name = callback.target, callback.language, callback.name
    calls.add(call)
    agent_leg = calls.claim(call.new_leg(), call, LegRole.AGENT)
    call.leg = calls.claim(call.new_leg(), call, LegRole.CALLER)
    call.talk = Talk(desk.person, agent_leg, centre.at)
    centre.note(call, kind, person=desk.person, exchange=call.exchange, number=number, centre=call.centre, **story)
    if is_in_hand:
        desk.take(call.id)
    else:
        offers.occupy(centre, desk, call.id, CALL)
    calls.phone(desk.person).call = call.id
    centre.set_doing(desk, Doing.TALKING)
    agent_legs.ring(calls, call, desk.person, agent_leg, RING_SECONDS, grace=0.0)
    return call


def _centre_of(calls: Calls, desk: Desk) -> str:
    """The first of the centres whose queues the person serves; "" if there is none."""
    plan = calls.centre.plan
    codes = plan.people[desk.person].queues
    return min((plan.queues[code].centre for code in codes if code in plan.queues), default="")


def agent_ready(calls: Calls, call: Call, report: tel.Answered) -> None:
    """The agent's own phone was answered: dial the number."""
    if call.stage is Stage.DIALLING and call.talk and call.talk.leg == report.leg:
        call.on_line = True
        calls.centre.touch(call)
        ours = calls.number_of_ours(call)
        calls.order(call, tel.Ring(call.leg, f"tel:{call.contact}", "", "", RING_SECONDS, call.id, ours))


def reached(calls: Calls, call: Call, report: tel.Answered) -> None:
    """The dialled number has answered."""
    if call.stage is Stage.DIALLING and call.talk:
        outside.reached(calls, call)
        talk.begin(calls, call, calls.centre.any_desk(call.talk.person))


def not_reached(calls: Calls, call: Call, report: tel.Failed) -> None:
    """The dialled number did not answer: the agent is free without wrap-up."""
    calls.legs.pop(call.leg, None)
    talk.not_reached(calls, call, report.why.value)
