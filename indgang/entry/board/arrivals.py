"""Arriving callers and their flows: keys, prompts and recordings become signals to the flow."""

from __future__ import annotations

from datetime import datetime

from indgang.entry.board import announcing
from indgang.entry.board.call import Call, LegRole, Stage
from indgang.entry.board.calls import Calls
from indgang.entry.board.kept_places import waiting_out_of_reach
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import journey
from indgang.routing.flows import state as fs
from indgang.telephony import contract as tel


def arrived(calls: Calls, exchange: str, report: tel.Arrived) -> None:
    """A new caller."""
    centre = calls.centre
    entry = centre.plan.entries.get(report.dialled)
    call = Call(
        id=centre.new_id(),
        exchange=exchange,
        leg=report.leg,
        contact=report.caller_number,
        caller_name=report.caller_name,
        dialled=report.dialled,
        arrived=centre.at,
        stage=Stage.FLOW,
        entry=entry.pk if entry else None,
        centre=entry.centre if entry else "",
        language=entry.language if entry else "da",
    )
    call.ranks_from = _kept_place(calls, call.contact)
    calls.add(call)
    calls.claim(call.leg, call, LegRole.CALLER)
    flow = centre.plan.flows.get(entry.flow) if entry else None
    centre.note(
        call, Kind.ARRIVED, exchange=exchange, leg=call.leg, dialled=call.dialled, caller_number=call.contact,
        caller_name=call.caller_name, entry_point=call.entry, centre=call.centre, language=call.language,
        flow=flow.code if flow else None, flow_version=flow.version if flow else None,
    )  # fmt: skip
    if flow is None:
        centre.alert("no_flow", call.dialled, item=call)
    journey.begin(centre, call, flow)


def _kept_place(calls: Calls, contact: str) -> datetime | None:
    """When this caller began to wait, if their exchange ended or is unreachable and they now call through another."""
    up = [name for name, is_up in calls.exchanges.items() if is_up]
    kept = calls.places.take(contact, calls.centre.at)
    return kept or waiting_out_of_reach(calls.by_id.values(), contact, up)


def keyed(calls: Calls, call: Call, report: tel.Keyed) -> None:
    if not announcing.declined(calls, call, report.key):
        calls.centre.tell_flow(call, fs.Key(report.key))


def played(calls: Calls, call: Call, report: tel.Played) -> None:
    number = report.playback.rpartition(":")[2]
    # stopped prompts are reported as well
    if number.isdigit() and call.flow and call.flow.saying == int(number):
        calls.centre.tell_flow(call, fs.PromptEnded(int(number)))


def recorded(calls: Calls, call: Call, report: tel.Recorded) -> None:
    calls.centre.tell_flow(call, fs.MessageRecorded(report.seconds))
    calls.centre.settle()
    if report.seconds and call.promised == "message":
        calls.recordings.append((call.id, call.exchange, report.recording))
