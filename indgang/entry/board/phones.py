"""Telephones that register, unregister, or break off in mid-call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from indgang.core import phone_numbers
from indgang.entry.board import callbacks, consults, endings, outside, phone_trust, talk
from indgang.entry.board.call import BROWSER, NUMBER, SIP, ConsultState, Stage
from indgang.entry.board.calls import Calls
from indgang.entry.board.outcome import Ask
from indgang.routing.centre import offers, presence
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk
from indgang.telephony import contract as tel


def sign_in(calls: Calls, ask: Ask) -> None:
    """Sign in with this telephone. Signing in again (a second tab) only changes the telephone, and not during a
    call."""
    desk = calls.centre.desk(ask.person)
    kind = str(ask.payload.get("phone_kind", BROWSER))
    address = str(ask.payload.get("phone_address", ""))
    if kind not in (BROWSER, SIP, NUMBER):
        raise RefusedOrder("bad_phone")
    if kind == SIP and (bar := calls.centre.plan.barring.phone(address)):
        raise RefusedOrder(bar)
    if kind == NUMBER:
        address = _own_number(calls, ask.person, address)
    phone = calls.phone(ask.person)
    if (phone.kind, phone.address) != (kind, address) and (phone.call or phone.monitoring):
        raise RefusedOrder("busy")
    calls.put_phone(replace(phone, kind=kind, address=address, fault=""))
    presence.sign_in(calls.centre, desk)


def _own_number(calls: Calls, person: int, typed: str) -> str:
    """The number in full; raises `RefusedOrder` unless it is one of the person's own, which they have confirmed, the
    rules allow and no colleague takes calls at."""
    outside.check(calls, person, typed, at_once=False)
    number = phone_numbers.normalise(typed)
    if number not in calls.centre.plan.people[person].own_numbers:
        raise RefusedOrder("number_not_confirmed")
    others = (each for each in calls.at_numbers if each != person and calls.phone(each).address == number)
    if any(calls.centre.any_desk(each).signed_in for each in others):
        raise RefusedOrder("number_taken")
    return number


def registered(calls: Calls, exchange: str, report: tel.PhoneRegistered) -> None:
    """A browser phone registered or unregistered."""
    people = calls.centre.plan.people.values()
    person = next((each.person for each in people if each.phone == report.phone), None)
    if person is None:
        return
    desk, phone = calls.centre.desk(person), calls.phone(person)
    if report.on:
        phone.on.add(exchange)
        phone_trust.believe(calls, desk, exchange)
    else:
        phone.on.discard(exchange)
        calls.reach_changed(person)
        calls.centre.settle()
        went_off(calls, desk, exchange)


def went_off(calls: Calls, desk: Desk, exchange: str) -> None:
    """Offers at the phone go elsewhere and do not count as unanswered. A conversation may continue for a moment."""
    centre, phone = calls.centre, calls.phone(desk.person)
    phone.unproven.pop(exchange, None)
    callback = callbacks.offered_to(calls, desk.person)
    if callback is not None and not calls.rings_anywhere(desk.person):
        offers.offer_elsewhere(centre, callback)
    call = calls.call_at(desk.person)
    if call is None or call.exchange != exchange or phone.kind != BROWSER:
        return
    if call.offer and call.offer.person == desk.person:
        offers.offer_elsewhere(centre, call)
    elif call.consult and call.consult.person == desk.person and call.consult.state is ConsultState.RINGING:
        consults.gone(calls, call, tel.Failure.UNREACHABLE.value)
    elif call.stage is Stage.DIALLING and not call.on_line:
        talk.give_up_dialling(calls, call)
    elif call.stage is Stage.TALKING:
        due = centre.at + timedelta(seconds=endings.PHONE_GRACE_SECONDS)
        centre.set_timer(call, endings.PHONE_GRACE_TIMER, due)


def broken_off(calls: Calls, ask: Ask) -> None:
    """The page with the leg is gone; it reports this when it leaves and when it is back."""
    leg, centre = str(ask.payload["leg"]), calls.centre
    desk = centre.desk(ask.person)
    call = calls.call_at(ask.person)
    if call is None or calls.phone(ask.person).kind != BROWSER:
        return
    if call.offer and call.offer.handle == leg:
        phone_trust.doubt(calls, desk, call.exchange, phone_trust.SETTLES_SECONDS)
        offers.offer_elsewhere(centre, call)
    elif call.talk and call.talk.leg == leg:
        calls.order(call, tel.Hangup(leg))
        endings.agent_gone(calls, call, tel.Gone(leg, centre.at))
    elif call.consult and call.consult.leg == leg:
        consults.gone(calls, call, tel.Failure.UNREACHABLE.value)


def why_none(calls: Calls, person: int) -> str | None:
    """The reason that this person gets no browser phone; None when they get one: on duty, with a role for it."""
    if person not in calls.centre.plan.people:
        return "no_role"
    desk = calls.centre.desks.get(person)
    return None if desk is not None and desk.signed_in else "not_signed_in"
