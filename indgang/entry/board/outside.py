"""Calls to outside numbers: whether a person may make them, how long they may last, and whether they look odd."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from indgang.core import phone_numbers
from indgang.core.dial_rules import Refusal
from indgang.core.odd_calls import Odd
from indgang.entry.board.call import Call
from indgang.entry.board.calls import Calls
from indgang.routing.centre.core import RefusedOrder
from indgang.telephony import contract as tel

#: name of the timer that ends a call limited by a rule
TOO_LONG_TIMER = "too_long"
#: prefix of the codes of alerts about odd patterns; the pattern follows
ODD_ALERT = "odd_calls_"


def check(calls: Calls, person: int, number: str, *, at_once: bool = True) -> float:
    """The number of seconds for which the person may talk with this number; 0 is no limit. Raises `RefusedOrder` with
    the reason as its code when they may not call it. Without `at_once` the number of current calls does not matter."""
    plan = calls.centre.plan
    if bar := plan.barring.number(number):
        _warn(calls, calls.odd.refused(person, number, calls.centre.at))
        raise RefusedOrder(bar)
    read = phone_numbers.normalise(number)
    decision = calls.ruled(person, read)
    if decision.refusal is not None and (at_once or decision.refusal is not Refusal.AT_ONCE):
        _warn(calls, calls.odd.refused(person, read, calls.centre.at))
        raise RefusedOrder(decision.refusal)
    return decision.longest_seconds


def permitted(calls: Calls, person: int, number: str) -> float | None:
    """As `check`, for a number that the person has not chosen: None when they may not call it."""
    if calls.centre.plan.barring.number(number):
        return None
    decision = calls.ruled(person, phone_numbers.from_exchange(number))
    return decision.longest_seconds if decision.refusal is None else None


def begun(calls: Calls, call: Call, person: int, number: str, leg: tel.LegId, longest: float) -> None:
    """Record that the number is rung on this leg."""
    _warn(calls, calls.odd.begun(person, number, calls.centre.at))
    if longest:
        until = calls.centre.at + timedelta(seconds=longest)
        if call.consult is not None and call.consult.leg == leg:
            call.consult.limited_until = until
        else:
            call.limited_leg, call.limited_until = leg, until
        limit(calls, call)


def begun_at_own_number(calls: Calls, person: int, number: str) -> None:
    """Record that an agent's own number is rung. No rule limits how long: whoever talks there with a caller did not
    make the call, and the dialled number of a call out has its own limit."""
    _warn(calls, calls.odd.begun(person, number, calls.centre.at, is_own=True))


def begun_trial(calls: Calls, person: int, number: str) -> None:
    """Record a test ring of a number that a person says is theirs: it counts like any other number that they call."""
    _warn(calls, calls.odd.begun(person, number, calls.centre.at))


def limit(calls: Calls, call: Call) -> None:
    """Set the timers of the limited legs of a call, also after a restart."""
    for _, until in _limits(call):
        calls.centre.set_timer(call, TOO_LONG_TIMER, until)


def too_long(calls: Calls, call: Call) -> None:
    """The rule's limit is reached: hang up the number's leg, as if the other party had hung up."""
    for leg, until in _limits(call):
        if until <= calls.centre.at and leg in calls.legs:
            calls.order(call, tel.Hangup(leg))


def _limits(call: Call) -> list[tuple[tel.LegId, datetime]]:
    """The limited legs of the call, and until when each may last."""
    limits = [(call.limited_leg, call.limited_until)]
    if call.consult is not None:
        limits.append((call.consult.leg, call.consult.limited_until))
    return [(leg, until) for leg, until in limits if until is not None]


def reached(calls: Calls, call: Call) -> None:
    """The number that a person dialled has answered. The number of a callback is not a person's choice."""
    if not call.callback:
        call.reached_at = calls.centre.at


def ended(calls: Calls, call: Call) -> None:
    """A call is over for the agent; one that was answered may have been oddly short."""
    if call.reached_at is not None and call.talk is not None:
        seconds = (calls.centre.at - call.reached_at).total_seconds()
        call.reached_at = None
        _warn(calls, calls.odd.ended(call.talk.person, call.contact, seconds, calls.centre.at))


def ended_at_own_number(calls: Calls, person: int, number: str, seconds: float) -> None:
    """A call at an agent's own number is over, after so many seconds of conversation."""
    _warn(calls, calls.odd.ended(person, number, seconds, calls.centre.at))


def _warn(calls: Calls, odd: Iterable[Odd]) -> None:
    for each in odd:
        plan = calls.centre.plan
        name = plan.people[each.person].name if each.person in plan.people else str(each.person)
        about = f"{name}, {each.count}" + (f", {each.number}" if each.number else "")
        calls.centre.alert(f"{ODD_ALERT}{each.pattern}", about)
