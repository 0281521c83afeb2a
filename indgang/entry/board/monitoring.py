"""Monitoring: a team leader listens, whispers or barges in. The call's events and the agent's screen show it."""

from __future__ import annotations

from indgang.entry.board import agent_legs, recording
from indgang.entry.board.call import Call, LegRole, Stage
from indgang.entry.board.calls import RING_SECONDS, Calls
from indgang.entry.board.outcome import Ask
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.core import RefusedOrder
from indgang.telephony import contract as tel


def monitor(calls: Calls, ask: Ask) -> None:
    """Ring the supervisor's own phone and connect it to the call of `person`; a repeated order changes the mode, also
    while the phone rings."""
    mode = tel.MonitorMode(str(ask.payload["mode"]))
    call = _call_of(calls, int(ask.payload["person"]))
    if not _may_hear(calls, ask.person, call):
        raise RefusedOrder("not_yours")
    _check_phone(calls, ask.person, call)
    known = call.monitors.get(ask.person)
    if known:
        known[1] = mode.value
        if ask.person in call.hearing:
            _let_in(calls, call, ask.person)
        return
    leg = calls.claim(call.new_leg(), call, LegRole.MONITOR)
    call.monitors[ask.person] = [leg, mode.value]
    calls.phone(ask.person).monitoring = call.id
    calls.centre.show(calls.centre.desk(ask.person))
    calls.centre.touch(call)
    agent_legs.ring(calls, call, ask.person, leg, RING_SECONDS)


def _call_of(calls: Calls, person: int) -> Call:
    """The call for which this agent is responsible; raises `RefusedOrder` when there is none."""
    calls.centre.desk(person)
    call = calls.call_at(person)
    if call is None or call.stage is not Stage.TALKING or call.talk is None or call.talk.person != person:
        raise RefusedOrder("no_call")
    return call


def _check_phone(calls: Calls, person: int, call: Call) -> None:
    """Raise `RefusedOrder` unless the supervisor's phone is free for this call."""
    calls.centre.desk(person)
    phone = calls.phone(person)
    if phone.call is not None:
        raise RefusedOrder("busy")
    if not calls.rings_at(person, call.exchange):
        raise RefusedOrder("no_phone")
    if phone.monitoring not in (None, call.id):
        raise RefusedOrder("already_listening")


def _may_hear(calls: Calls, person: int, call: Call) -> bool:
    """Whether the supervisor has the permission for the call's centre; the centres of the agent do not matter."""
    return call.centre in calls.centre.plan.supervisors.get(person, frozenset())


def brought_up_to_date(calls: Calls) -> None:
    """Permissions have changed: end monitoring by people without the permission."""
    for call in list(calls.by_id.values()):
        for person, (leg, _) in list(call.monitors.items()):
            if not _may_hear(calls, person, call):
                calls.drop_leg(call, leg)
                _out(calls, call, person)
                recording.follow(calls, call)


def answered(calls: Calls, call: Call, report: tel.Answered) -> None:
    for person, (leg, _) in call.monitors.items():
        if leg == report.leg:
            _let_in(calls, call, person)


def _let_in(calls: Calls, call: Call, person: int) -> None:
    leg, mode = call.monitors[person]
    assert call.talk is not None
    call.hearing.add(person)
    calls.centre.note(call, Kind.SUPERVISED, person=call.talk.person, supervisor=person, mode=mode)
    if mode == tel.MonitorMode.BARGE_IN:
        recording.follow(calls, call)
    calls.order(call, tel.Monitor(leg, call.talk.leg, call.bridge, tel.MonitorMode(mode)))
    recording.follow(calls, call)


def end(calls: Calls, ask: Ask) -> None:
    """End the monitoring by this supervisor."""
    calls.centre.desk(ask.person)
    call = calls.by_id.get(calls.phone(ask.person).monitoring or "")
    if call is None or ask.person not in call.monitors:
        raise RefusedOrder("not_listening")
    calls.drop_leg(call, call.monitors[ask.person][0])
    _out(calls, call, ask.person)
    recording.follow(calls, call)


def gone(calls: Calls, call: Call, report: tel.Gone | tel.Failed) -> None:
    calls.legs.pop(report.leg, None)
    for person, (leg, _) in list(call.monitors.items()):
        if leg == report.leg:
            _out(calls, call, person)
            recording.follow(calls, call)


def end_all(calls: Calls, call: Call) -> None:
    for person, (leg, _) in list(call.monitors.items()):
        calls.drop_leg(call, leg)
        _out(calls, call, person)


def _out(calls: Calls, call: Call, person: int) -> None:
    del call.monitors[person]
    call.hearing.discard(person)
    calls.phone(person).monitoring = None
    calls.centre.show(calls.centre.any_desk(person))
    talker = call.talk.person if call.talk else None
    calls.centre.note(call, Kind.SUPERVISED, person=talker, supervisor=person, mode="")
