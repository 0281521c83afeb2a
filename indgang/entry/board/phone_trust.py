"""Doubtful browser phones: registered at the exchange, but perhaps gone.

A reloaded page is back within seconds. Until then its phone may still count as registered, because an exchange
notices the end of the sound before the end of the registration, and a call to it would ring nowhere. So the phone is
not trusted until it registers again or has stayed registered for a while.
"""

from __future__ import annotations

from datetime import timedelta

from indgang.entry.board import notices
from indgang.entry.board.call import BROWSER, SIP, Call
from indgang.entry.board.calls import Calls
from indgang.routing.centre import offers, personal, presence
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.decision import Reason, SeatState
from indgang.telephony import contract as tel

#: how long a phone whose sound broke off must stay registered before it is trusted again
SETTLES_SECONDS = 2.0
#: how long a registered phone that could not be reached is not rung
UNREACHED_SECONDS = 30.0
#: name of the timer for both
SETTLES_TIMER = "!phone-settles"
#: how long a lost caller waits for their agent alone
COMES_BACK_SECONDS = 15.0
#: the prompt for the caller
BROKEN_OFF = "linjen-afbrudt"


def doubt(calls: Calls, desk: Desk, exchange: str, seconds: float) -> None:
    """Do not ring this browser phone until it registers again, at most for `seconds`."""
    until = calls.centre.at + timedelta(seconds=seconds)
    unproven = calls.phone(desk.person).unproven
    unproven[exchange] = max(until, unproven.get(exchange, until))
    calls.centre.set_desk_timer(desk, SETTLES_TIMER, until)
    calls.reach_changed(desk.person)


def believe(calls: Calls, desk: Desk, exchange: str) -> None:
    """Trust the phone again: waiting items may ring there."""
    calls.phone(desk.person).unproven.pop(exchange, None)
    calls.reach_changed(desk.person)


def not_taken(calls: Calls, call: Call, item: WorkItem, why: tel.Failure | None) -> None:
    """An offer at a phone (the call, or its consult) was not accepted: the person refused or did not react, or the
    phone was unreachable, which does not count against the person."""
    offer = item.offer
    if offer is None:
        return
    kind = calls.phone(offer.person).kind
    if why is tel.Failure.UNREACHABLE and kind != SIP:
        if kind == BROWSER:
            doubt(calls, calls.centre.desks[offer.person], call.exchange, UNREACHED_SECONDS)
        offers.offer_elsewhere(calls.centre, item)
    elif why is tel.Failure.REFUSED:
        offers.rejected(calls.centre, item)
    else:
        offers.not_responding(calls.centre, item)


def settled(calls: Calls, desk: Desk) -> None:
    """Trust phones that have stayed registered long enough."""
    for exchange, until in list(calls.phone(desk.person).unproven.items()):
        if until <= calls.centre.at:
            believe(calls, desk, exchange)


def wait_for_agent(calls: Calls, call: Call, desk: Desk) -> None:
    """Play a prompt to the caller, who waits at the head of the queue, for a moment for this agent alone."""
    centre = calls.centre
    call.queue = offers.queue_of(centre, call, desk.person)
    if call.outgoing and desk.doing is Doing.PAUSED:
        presence.interrupt_pause(centre, desk)
    is_ready = centre.distributor.state_of_agent(str(desk.person)) is SeatState.READY
    centre.reserve(call, desk.person, COMES_BACK_SECONDS, only=is_ready)
    calls.reach_changed(desk.person)
    centre.set_timer_in(call, personal.RESERVED_TIMER, COMES_BACK_SECONDS)
    name = calls.prompt_name(BROKEN_OFF, call.language)
    if name in centre.plan.prompts:
        calls.order(call, tel.Play(call.leg, f"{call.new_leg()}:broken-off", (name,)))
    calls.back_in_line(call)
    notices.begin(calls, call)


def go_on_waiting(calls: Calls, call: Call) -> None:
    """Restart the wait for the agent, in full length, after an outage of the switchboard or the exchange."""
    if not call.reserved_only or call.reserved_for is None or call.reserved_until is None:
        return
    centre = calls.centre
    if call.reserved_by is not None and not centre.any_desk(call.reserved_for).signed_in:
        centre.wait_over(call, str(Reason.AGENT_OFF))
        return
    centre.set_timer(call, personal.RESERVED_TIMER, call.reserved_until)
    personal.note(centre, call)


def wait_for_phones(calls: Calls, call: Call) -> None:
    """No able agent: check again in a moment; after an outage of the exchange, when its phones had time to return."""
    centre = calls.centre
    soon = centre.at + timedelta(seconds=offers.NOBODY_ABLE_SECONDS)
    centre.set_timer(call, offers.NOBODY_ABLE_TIMER, max(soon, calls.phones_due.get(call.exchange, soon)))
