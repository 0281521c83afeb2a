"""The legs of agents: their phone rings, and at a number of their own (a mobile, a landline) they accept by a key.

Whoever answers a number outside may be a voicemail or a stranger. Until the agent presses `KEY`, such a leg therefore
counts as ringing: they hear a short line, while the caller hears nothing of it and keeps their place. Without the key
in the time that a phone rings, the call was not answered. The leg is a call to an outside number: the rules about
these hold for it, and the call's story holds its length for the bill.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from typing import Any

from indgang.core.dial_rules import kind_of
from indgang.entry.board import outside
from indgang.entry.board.call import NUMBER, Call, LegRole, NumberLeg
from indgang.entry.board.calls import CANNOT_BE_RUNG, RING_GRACE_SECONDS, Calls
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import presence
from indgang.telephony import contract as tel

#: the key that accepts a call
KEY = "1"
#: name of the timer for the time in which it must be pressed
KEY_TIMER = "!key"
#: how long the agent has for it after an outage in which nobody could read keys, in seconds
AFTER_OUTAGE_SECONDS = 15.0
#: how often the agent hears what it is about
SAID_TIMES = 3
#: what the agent hears, by role of the leg; a queue has a line of its own (`queue_line`)
LINES = {
    LegRole.CONSULT: "eget-nummer-kollega",
    LegRole.AGENT: "eget-nummer-opkald-ud",
    LegRole.MONITOR: "eget-nummer-medlyt",
}
ANY_QUEUE_LINE = "eget-nummer-koe"
#: faults of a number (`Phone.fault`): somebody or something answered and pressed no key; and those of the network
NO_KEY = "no_key"


def queue_line(queue: str) -> str:
    """The prompt that an agent hears who is offered a call of this queue."""
    return f"{ANY_QUEUE_LINE}-{queue}"


# --- ringing -------------------------------------------------------------------------------------


def ring(
    calls: Calls, call: Call, person: int, leg: tel.LegId, seconds: float, *, grace: float = RING_GRACE_SECONDS
) -> None:
    """Ring a person's phone for a call. Without `grace` only the exchange counts the seconds."""
    address, seconds = calls.address_of(person), seconds + grace
    if calls.phone(person).kind == NUMBER:
        _ring_number(calls, call, person, leg, seconds)
    else:
        calls.order(call, tel.Ring(leg, address, call.contact, call.caller_name, seconds, call.stream))


def _ring_number(calls: Calls, call: Call, person: int, leg: tel.LegId, seconds: float) -> None:
    """Ring the person's own number. One that the rules do not allow now fails at once, in an input of its own."""
    centre, number = calls.centre, calls.phone(person).address
    # whoever dials has been allowed the call, and this leg is part of it
    dials = call.outgoing and call.talk is not None and call.talk.leg == leg
    refused = "" if dials else calls.why_not_own(person) or ""
    due = centre.at if refused else centre.at + timedelta(seconds=seconds)
    call.number_legs[leg] = NumberLeg(person, number, due, refused=refused)
    calls.number_calls.add(call.id)
    centre.touch(call)
    centre.set_timer(call, KEY_TIMER, due)
    if not refused:
        ours = calls.number_of_ours(call)
        calls.order(call, tel.Ring(leg, f"tel:{number}", call.caller_number, "", seconds, call.stream, ours))
        outside.begun_at_own_number(calls, person, number)


def restore(calls: Calls, call: Call) -> None:
    """Set the timers of a call's legs after a restart."""
    if call.number_legs:
        calls.number_calls.add(call.id)
    for leg in call.number_legs.values():
        if leg.key_due is not None:
            calls.centre.set_timer(call, KEY_TIMER, leg.key_due)


def ask_again(calls: Calls, call: Call, up: Container[tel.LegId]) -> None:
    """After an outage: ask anew for the key at the legs that are up and were not accepted yet."""
    for leg, own in call.number_legs.items():
        if own.key_due is not None and leg in up and leg in calls.legs:
            own.answered_at = own.answered_at or calls.centre.at
            own.key_due = calls.centre.at + timedelta(seconds=AFTER_OUTAGE_SECONDS)
            calls.centre.set_timer(call, KEY_TIMER, own.key_due)
            _ask_for_key(calls, call, leg)


# --- reports -------------------------------------------------------------------------------------


def heard(calls: Calls, call: Call, report: Any) -> Any | None:
    """What the report means for the call: an answer counts when the key is pressed, and who hangs up before that has
    not answered. None when it means nothing yet."""
    own = call.number_legs.get(report.leg)
    if own is None:
        return report
    match report:
        case tel.Answered() if own.key_due is not None:
            own.answered_at = calls.centre.at
            _ask_for_key(calls, call, report.leg)
            return None
        case tel.Keyed(key=key) if own.key_due is not None:
            return _accepted(calls, call, report.leg, own) if key == KEY and own.answered_at else None
        case tel.Gone() if own.key_due is not None:
            return tel.Failed(report.leg, tel.Failure.NO_ANSWER, report.at)
        case tel.Failed(why=tel.Failure.UNREACHABLE):
            _cannot_be_rung(calls, own)
    return report


def _ask_for_key(calls: Calls, call: Call, leg: tel.LegId) -> None:
    calls.centre.touch(call)
    calls.order(call, tel.Play(leg, _playback(leg), (_line(calls, call, leg),) * SAID_TIMES))


def _playback(leg: tel.LegId) -> str:
    return f"{leg}:key"


def _line(calls: Calls, call: Call, leg: tel.LegId) -> str:
    """What the agent hears about this call, in Danish, as all staff understand it."""
    role = calls.legs[leg][1]
    queue = call.consult.queue if role is LegRole.CONSULT and call.consult else call.queue
    if queue and role in (LegRole.OFFER, LegRole.CONSULT):
        name = calls.prompt_name(queue_line(queue), "da")
        return name if name in calls.centre.plan.prompts else calls.prompt_name(ANY_QUEUE_LINE, "da")
    return calls.prompt_name(LINES.get(role, ANY_QUEUE_LINE), "da")


def _accepted(calls: Calls, call: Call, leg: tel.LegId, own: NumberLeg) -> tel.Answered:
    own.key_due = None
    calls.phone(own.person).fault = ""
    calls.centre.touch(call)
    calls.order(call, tel.StopPlaying(leg, _playback(leg)))
    return tel.Answered(leg, calls.centre.at)


def _cannot_be_rung(calls: Calls, own: NumberLeg) -> None:
    """Offer nothing more at this number: the line is down, or the rules do not allow it now."""
    phone = calls.phone(own.person)
    if not own.refused and phone.address == own.number:
        phone.fault = CANNOT_BE_RUNG
    calls.reach_changed(own.person)


def failed(calls: Calls, own: NumberLeg, why: tel.Failure) -> None:
    """After a number was not taken: its person sees why, and takes a pause when it cannot be rung at all."""
    phone, centre = calls.phone(own.person), calls.centre
    if phone.kind != NUMBER or phone.address != own.number:
        return
    desk = centre.any_desk(own.person)
    centre.show(desk)
    if own.refused:
        return  # nothing is wrong with the number
    phone.fault = NO_KEY if own.answered_at else why.value
    if phone.fault == CANNOT_BE_RUNG and desk.signed_in:
        presence.pause(centre, desk, "")


def not_accepted(calls: Calls, call: Call) -> list[tel.LegId]:
    """The legs whose time for the key is over. They are hung up."""
    overdue = [leg for leg, own in call.number_legs.items() if own.key_due and own.key_due <= calls.centre.at]
    due = [leg for leg in overdue if leg in calls.legs]
    for leg in due:
        if not call.number_legs[leg].refused:
            calls.order(call, tel.Hangup(leg))
    return due


def may_try_again(calls: Calls, person: int) -> None:
    """The person is ready: forget why their number was not reached."""
    phone = calls.phone(person)
    if phone.fault:
        phone.fault = ""
        calls.reach_changed(person)


# --- ends ----------------------------------------------------------------------------------------


def sweep(calls: Calls) -> None:
    """Write the ends of the legs that this input has ended, and apply the rule about calls at once."""
    for call_id in sorted(calls.number_calls):
        call = calls.by_id[call_id]
        for leg in [leg for leg in call.number_legs if leg not in calls.legs]:
            _see_key(calls, call.number_legs[leg])
            _over(calls, call, leg)
        if not call.number_legs:
            calls.number_calls.discard(call_id)
    if calls.at_numbers:
        _follow_calls_out(calls)


def all_over(calls: Calls, call: Call) -> None:
    """The call is about to end: write the ends of its legs to numbers before the end of its story."""
    for leg in list(call.number_legs):
        _over(calls, call, leg)


def _over(calls: Calls, call: Call, leg: tel.LegId) -> None:
    """Write the leg into the story of the call: which kind of number, and for how long it was connected."""
    own, centre = call.number_legs.pop(leg), calls.centre
    if own.refused:
        return
    kind, country = kind_of(own.number)
    seconds = (centre.at - own.answered_at).total_seconds() if own.answered_at else 0.0
    was_accepted = own.key_due is None
    centre.note(
        call, Kind.OUTSIDE_LEG, person=own.person, leg=leg, number_kind=kind.value, country=country, seconds=seconds,
        accepted=was_accepted,
    )  # fmt: skip
    if was_accepted:
        outside.ended_at_own_number(calls, own.person, own.number, seconds)


def _see_key(calls: Calls, own: NumberLeg) -> None:
    """The call goes on without the person: they see it when their number was answered and the key was not pressed."""
    phone = calls.phone(own.person)
    is_missing = own.answered_at is not None and own.key_due is not None
    if is_missing and not phone.fault and phone.address == own.number:
        phone.fault = NO_KEY


def _follow_calls_out(calls: Calls) -> None:
    """Other calls have begun or ended: whoever takes calls at a number may be within the rules again, or no more."""
    out = calls.count_calls_out()
    if out != calls.calls_out:
        calls.calls_out = out
        for person in sorted(calls.at_numbers):
            if calls.centre.any_desk(person).signed_in:
                calls.reach_changed(person)
