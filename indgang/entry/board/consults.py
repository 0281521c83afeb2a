"""Consults and transfers: consult, three-way conversation, warm and blind transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indgang.entry.board import agent_legs, monitoring, notices, outside, phone_trust, recording, subjects, talk
from indgang.entry.board.call import Call, Consult, ConsultState, LegRole, SecondLevelSearch, Stage, Talk
from indgang.entry.board.calls import RING_GRACE_SECONDS, RING_SECONDS, Calls
from indgang.entry.board.outcome import Ask
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import offers, personal
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.work import Offered
from indgang.routing.distribution.requirement import CALL, CONSULT
from indgang.routing.flows import state as fs
from indgang.telephony import contract as tel

#: priority of a transferred caller over callers who joined the queue at the same moment
TRANSFER_PRIORITY = 1

# --- orders --------------------------------------------------------------------------------------


def consult(calls: Calls, ask: Ask) -> None:
    """Consult somebody while the caller hears music."""
    call = talk.led_by(calls, ask)
    asked = _asked(calls, call, ask, blind=False)
    assert call.talk is not None
    call.talk.held = True
    name, address = _target(call, asked)
    windows = subjects.windows_of(calls, asked)
    calls.centre.note(call, Kind.CONSULTING, person=ask.person, name=name, address=address, windows=windows)
    recording.follow(calls, call)
    talk.to_music(calls, call)
    _seek(calls, call, asked)


def transfer(calls: Calls, ask: Ask) -> None:
    """Blind transfer; the agent is free at once."""
    if ask.payload.get("wait"):
        let_wait(calls, ask)
        return
    call = talk.led_by(calls, ask)
    asked = _asked(calls, call, ask, blind=True)
    name, address = _target(call, asked)
    _let_go(calls, call, by=ask.person, name=name, address=address, windows=subjects.windows_of(calls, asked))
    if asked.state is ConsultState.WAITING:
        call.priority, call.raised = _points(call, asked.queue), TRANSFER_PRIORITY
        offers.enqueue(calls.centre, call, fs.Enqueue(asked.queue, call.priority, calls.centre.at))
        notices.begin(calls, call)
    else:
        _seek(calls, call, asked)


def let_wait(calls: Calls, ask: Ask) -> None:
    """Let the caller wait a limited time for a busy colleague; afterwards for anybody, at their old place."""
    call, centre = talk.led_by(calls, ask), calls.centre
    address, seconds = str(ask.payload["address"]), float(ask.payload["wait"])
    kind, _, rest = address.partition(":")
    if call.consult is not None:
        raise RefusedOrder("already_consulting")
    if kind != "person":
        raise RefusedOrder("bad_address")
    desk = _colleague(calls, call, int(rest), ask.person)
    personal.check(centre, call, desk, seconds)
    queue = offers.queue_of(centre, call, ask.person)
    _let_go(calls, call, by=ask.person, name=str(ask.payload.get("name") or desk.name)[:200], address=address)
    personal.wait_for(centre, call, desk, seconds, queue=queue, by=ask.person)
    notices.begin(calls, call)


def _colleague(calls: Calls, call: Call, person: int, asking: int) -> Desk:
    """The desk of the colleague; raises `RefusedOrder` when they are not signed in or have no telephone here."""
    desk = calls.centre.desk(person)
    if person == asking:
        raise RefusedOrder("yourself")
    if not desk.signed_in or not calls.rings_at(person, call.exchange):
        raise RefusedOrder("not_there")
    return desk


def take_back(calls: Calls, ask: Ask) -> None:
    """Return a caller who waits for one person to the queue early."""
    wanted = str(ask.payload["enquiry"])
    call = next((call for call in calls.by_id.values() if call.stream == wanted), None)
    if call is None:
        raise RefusedOrder("waits_for_nobody")
    personal.take_back(calls.centre, call, by=ask.person)


def _let_go(calls: Calls, call: Call, *, by: int, name: str, address: str, windows: Sequence[int] = ()) -> None:
    """Put the caller on music and free the agent."""
    talk.to_music(calls, call)
    calls.centre.note(
        call, Kind.TRANSFERRED, person=by, queue=call.queue, name=name, address=address, warm=False,
        windows=list(windows),
    )  # fmt: skip
    monitoring.end_all(calls, call)
    recording.forget_consent(call)
    talk.release(calls, call, wrap_up=None)
    call.stage = Stage.FLOW


def end(calls: Calls, ask: Ask) -> None:
    """End the consult; agent and caller go on talking."""
    call = talk.led_by(calls, ask)
    if call.consult is None:
        raise RefusedOrder("not_consulting")
    gone(calls, call, "ended")


def join(calls: Calls, ask: Ask) -> None:
    """Connect all three."""
    call = talk.led_by(calls, ask)
    if call.consult is None or not call.consult.is_private or call.talk is None:
        raise RefusedOrder("not_consulting")
    asked, call.talk.held = call.consult, False
    asked.state = ConsultState.JOINED
    calls.centre.note(call, Kind.JOINED, person=ask.person, name=asked.name, consulted=asked.person)
    calls.order(call, tel.Connect(call.bridge, (call.leg, call.talk.leg, asked.leg)))


def complete(calls: Calls, ask: Ask) -> None:
    """Complete the warm transfer: leave the caller with the consulted person."""
    call = talk.led_by(calls, ask)
    if call.consult is None or not call.consult.is_talking:
        raise RefusedOrder("not_consulting")
    monitoring.end_all(calls, call)
    talk.release(calls, call, wrap_up=None)
    _hand_over(calls, call, by=ask.person, warm=True)


def _points(call: Call, queue: str) -> int:
    """The call's extra priority in this queue; priority from a flow in another queue does not count."""
    return call.priority if call.queue == queue else 0


# --- finding the other person --------------------------------------------------------------------


def _asked(calls: Calls, call: Call, ask: Ask, *, blind: bool) -> Consult:
    """The new consult; raises `RefusedOrder` for a bad address or a person who cannot be reached."""
    if call.consult is not None:
        raise RefusedOrder("already_consulting")
    call.search = None
    address = str(ask.payload["address"])
    name = str(ask.payload.get("name") or address)[:200]
    kind, _, rest = address.partition(":")
    if kind == "subject" and rest:
        search = SecondLevelSearch(rest, name, ask.person, blind)
        found = subjects.begin(calls, call, search)
        call.search = search
        return _chosen(calls, call, found, blind=blind)
    asked = new(calls, call, address, name, blind=blind)
    if kind == "person":
        asked.person = _free_colleague(calls, call, int(rest), ask.person)
    elif kind == "queue":
        if rest not in calls.centre.plan.queues:
            raise RefusedOrder("unknown_queue")
        asked.state, asked.queue = ConsultState.WAITING, rest
    elif kind not in ("tel", "sip") or not rest:
        raise RefusedOrder("bad_address")
    elif kind == "tel":
        asked.by, asked.longest = ask.person, outside.check(calls, ask.person, rest)
    elif bar := calls.centre.plan.barring.address(address):
        raise RefusedOrder(bar)
    return asked


def new(calls: Calls, call: Call, address: str, name: str, *, blind: bool, seconds: float = RING_SECONDS) -> Consult:
    """A consult leg that rings for this many seconds."""
    return Consult(
        id=call.new_consult(), call=call.id, story=call.stream, name=name, address=address,
        state=ConsultState.RINGING, blind=blind, arrived=calls.centre.at, contact=call.contact, centre=call.centre,
        seconds=seconds,
    )  # fmt: skip


def _chosen(calls: Calls, call: Call, found: subjects.Next, *, blind: bool) -> Consult:
    """The consult leg of somebody whom the search of the call has found."""
    assert call.search is not None
    asked = new(calls, call, found.address, found.name, blind=blind)
    asked.choice = found.choice
    if found.address.startswith("person:"):
        asked.person = found.choice.person
    else:
        asked.by, asked.longest = call.search.by, found.longest
    return asked


def _target(call: Call, asked: Consult) -> tuple[str, str]:
    """Name and address of what the agent asked for: the subject, or whom they have chosen."""
    if call.search is not None:
        return call.search.name, f"subject:{call.search.subject}"
    return asked.name, asked.address


def _free_colleague(calls: Calls, call: Call, person: int, asking: int) -> int:
    desk = _colleague(calls, call, person, asking)
    if calls.phone(desk.person).call is not None:
        raise RefusedOrder("busy")
    return desk.person


def _seek(calls: Calls, call: Call, asked: Consult) -> None:
    """Ring the other person: through the distributor, at their phone, or outside."""
    centre = calls.centre
    call.consult = asked
    centre.touch(call)
    if asked.state is ConsultState.WAITING:
        asked.queued_since, asked.priority = centre.at, _points(call, asked.queue) + TRANSFER_PRIORITY
        centre.add(asked)
        offers.place(centre, asked)
    elif asked.person is not None:
        _ring_by_name(calls, call, asked, centre.desks[asked.person])
    else:
        asked.leg = calls.claim(call.new_leg(), call, LegRole.CONSULT)
        who, seconds = (call.caller_number, call.caller_name), asked.seconds
        calls.order(call, tel.Ring(asked.leg, asked.address, *who, seconds, call.id, calls.number_of_ours(call)))
        if asked.by is not None:
            outside.begun(calls, call, asked.by, asked.address[4:], asked.leg, asked.longest)


def _ring_by_name(calls: Calls, call: Call, asked: Consult, desk: Desk) -> None:
    """Ring a named person unless they talk; only the exchange counts the seconds."""
    centre = calls.centre
    centre.add(asked)
    offers.occupy(centre, desk, asked.id, CONSULT)
    _rings(calls, call, asked, desk, asked.seconds, grace=0.0)
    centre.set_doing(desk, Doing.RINGING)
    kind = Kind.OFFERED if call.talk is None else Kind.CONSULT_OFFERED
    reasons = [["handed_on", ""]]
    if asked.choice is not None and call.search is not None:
        reasons = [["subject", call.search.subject], ["precedence", asked.choice.precedence]]
    centre.note(call, kind, person=desk.person, queue=call.queue, leg=asked.leg, reasons=reasons)


def _rings(calls: Calls, call: Call, asked: Consult, desk: Desk, seconds: float, *, grace: float) -> None:
    asked.state, asked.person, asked.rung_at = ConsultState.RINGING, desk.person, calls.centre.at
    asked.leg = calls.claim(call.new_leg(), call, LegRole.CONSULT)
    calls.phone(desk.person).call = call.id
    calls.centre.touch(call)
    agent_legs.ring(calls, call, desk.person, asked.leg, seconds, grace=grace)


def offered(calls: Calls, asked: Consult, desk: Desk, offer: Offered) -> Mapping[str, Any]:
    """The distributor found an agent of the consulted queue."""
    call = calls.by_id[asked.call]
    seconds = (offer.until - offer.at).total_seconds()
    _rings(calls, call, asked, desk, seconds, grace=RING_GRACE_SECONDS)
    offer.handle = asked.leg
    return {"leg": asked.leg}


def withdrawn(calls: Calls, asked: Consult, offer: Offered) -> None:
    """The agent did not accept; the search in the queue continues."""
    call = calls.by_id[asked.call]
    calls.phone(offer.person).call = None
    calls.drop_leg(call, asked.leg)
    asked.state, asked.person, asked.leg, asked.rung_at = ConsultState.WAITING, None, "", None
    calls.centre.touch(call)


def ring_anew(calls: Calls, asked: Consult, leg: tel.LegId) -> float:
    """Ring the consulted person on another leg; returns for how many seconds."""
    asked.leg = leg
    if asked.offer is None:
        return asked.seconds
    asked.offer.handle = leg
    return max(1.0, (asked.offer.until - calls.centre.at).total_seconds())


def not_taken(calls: Calls, call: Call, why: tel.Failure | None) -> None:
    """The consulted person did not accept. One found through a queue is released, and the search continues."""
    asked = call.consult
    if asked is None:
        return
    if why is tel.Failure.REFUSED and asked.person is not None:
        about: dict[str, Any] = {"name": asked.name, "rang": _rang(calls, asked)}
        calls.centre.note(call, Kind.CONSULT_REFUSED, person=asked.person, queue=asked.queue, **about)
    if asked.offer is None:
        gone(calls, call, why.value if why is not None else "hung_up")
    else:
        phone_trust.not_taken(calls, call, asked, why)


def _rang(calls: Calls, asked: Consult) -> float | None:
    """How many seconds the consulted person was rung; None when no internal phone rang."""
    return None if asked.rung_at is None else (calls.centre.at - asked.rung_at).total_seconds()


def nobody_found(calls: Calls, asked: Consult) -> None:
    """No signed-in agent of the consulted queue can be reached."""
    gone(calls, calls.by_id[asked.call], "nobody_there")


# --- the consult leg -----------------------------------------------------------------------------


def answered(calls: Calls, call: Call, report: tel.Answered) -> None:
    asked = call.consult
    if asked is None or asked.leg != report.leg:
        return
    centre = calls.centre
    subjects.tried(calls, call, asked, "answered")
    if asked.person is not None:
        calls.phone(asked.person).unproven.pop(call.exchange, None)
        offers.accepted(centre, asked)
        centre.set_doing(centre.desks[asked.person], Doing.TALKING)
    if asked.blind or call.talk is None:
        centre.tell_flow(call, fs.TransferAnswered())
        centre.settle()
        _hand_over(calls, call, by=None, warm=False)
        return
    call.search = None
    asked.state = ConsultState.TALKING
    centre.note(
        call, Kind.CONSULT_ANSWERED, person=call.talk.person, name=asked.name, consulted=asked.person,
        rang=_rang(calls, asked),
    )  # fmt: skip
    calls.order(call, tel.Connect(call.bridge, (call.talk.leg, asked.leg)))


def failed(calls: Calls, call: Call, report: tel.Failed) -> None:
    if call.consult and call.consult.leg == report.leg:
        calls.legs.pop(report.leg, None)
        not_taken(calls, call, report.why)


def gone(calls: Calls, call: Call, why: str) -> None:
    """The consult has ended, or the next is asked about its subject. The agent continues with the caller; a caller
    without an agent waits again."""
    asked = call.consult
    if asked is None:
        return
    centre = calls.centre
    about: dict[str, Any] = {"name": asked.name, "why": why, "consulted": asked.person}
    was_ringing = asked.state is ConsultState.RINGING
    if was_ringing:
        about["rang"] = _rang(calls, asked)
    drop(calls, call, why)
    if was_ringing and asked.choice is not None and why != "ended":
        if _next_asked(calls, call):
            return
        about = {"name": _target(call, asked)[0], "why": subjects.NOBODY_LEFT}
    else:
        call.search = None
    if call.talk is not None:
        centre.note(call, Kind.CONSULT_ENDED, person=call.talk.person, **about)
        if call.talk.held:
            talk.unhold(calls, call)
        recording.follow(calls, call)
    elif call.flow and not call.flow.has_ended:
        centre.tell_flow(call, fs.TransferFailed(why))
    else:
        centre.note(call, Kind.TRANSFER_FAILED, address=_target(call, asked)[1], **about)
        call.search = None
        calls.back_in_line(call)
        notices.begin(calls, call)


def _next_asked(calls: Calls, call: Call) -> bool:
    """Ask the next about the subject of the call's search; False when nobody is left."""
    search = call.search
    if search is None:
        return False
    calls.centre.settle()
    found = subjects.next_to_ask(calls, call, search)
    if found is None:
        subjects.end(calls, call, search)
        return False
    _seek(calls, call, _chosen(calls, call, found, blind=search.blind))
    return True


def drop(calls: Calls, call: Call, why: str) -> None:
    """Hang up the consult leg and free its desk. `why` is what became of an attempt that rings."""
    asked, call.consult = call.consult, None
    if asked is None:
        return
    centre = calls.centre
    if asked.state is ConsultState.RINGING:
        subjects.tried(calls, call, asked, why)
    centre.touch(call)
    calls.drop_leg(call, asked.leg)
    if asked.id not in centre.items:
        return
    was_offered, asked.offer = asked.offer is not None, None  # the consult's own story ends here, not with its offer
    if asked.person is not None:
        calls.phone(asked.person).call = None
        if not was_offered:
            offers.finish(centre, centre.desks[asked.person], asked.id, asked, 0.0)
    offers.take_out(centre, asked)
    centre.forget(asked)


def _hand_over(calls: Calls, call: Call, *, by: int | None, warm: bool) -> None:
    """Connect the caller and the consulted person alone. Nobody has asked the caller whether that may be recorded."""
    asked = call.consult
    assert asked is not None
    recording.forget_consent(call)
    name, call.search = _target(call, asked)[0], None
    if asked.person is None:
        call.stage, asked.state = Stage.OUTSIDE, ConsultState.TALKING
        calls.centre.note(
            call, Kind.PASSED_ON, person=by, queue=call.queue, name=name, address=asked.address, warm=warm
        )
        calls.order(call, tel.Connect(call.bridge, (call.leg, asked.leg)))
        return
    desk = calls.centre.desks[asked.person]
    call.consult = None
    call.talk = Talk(asked.person, asked.leg, calls.centre.at)
    _takes_over(calls, call, asked, desk)
    if warm:
        to = {"name": asked.name, "address": asked.address}
        calls.centre.note(call, Kind.TRANSFERRED, person=asked.person, queue=call.queue, warm=True, **to)
    talk.begin(calls, call, desk)


def _takes_over(calls: Calls, call: Call, asked: Consult, desk: Desk) -> None:
    """Put the call into the hands of the consulted person."""
    centre = calls.centre
    offers.occupy(centre, desk, call.id, CALL)
    centre.post(centre.distributor.finish(asked.id, str(desk.person), centre.now, 0.0))
    desk.put_down(asked.id)
    centre.forget(asked)


def from_flow(calls: Calls, call: Call, address: str, seconds: float) -> None:
    """Carry out a transfer step: ring a number, a unit or a person for a limited time."""
    centre = calls.centre
    kind, _, rest = address.partition(":")
    name = address
    if kind == "unit":
        address = f"tel:{centre.plan.unit_numbers.get(rest, '')}"
    asked = new(calls, call, address, name, blind=True, seconds=seconds)
    if kind == "person":
        desk = centre.desks.get(int(rest))
        reachable = desk is not None and desk.signed_in and calls.rings_at(desk.person, call.exchange)
        if desk is None or not reachable or calls.phone(desk.person).call:
            centre.tell_flow(call, fs.TransferFailed("not_there"))
            return
        asked.person, asked.name = desk.person, desk.name
    elif address == "tel:":
        centre.tell_flow(call, fs.TransferFailed("no_number"))
        return
    elif bar := centre.plan.barring.address(address):
        centre.alert("barred", address.partition(":")[2], item=call)
        centre.tell_flow(call, fs.TransferFailed(bar))
        return
    _seek(calls, call, asked)
