"""Recovery after a restart of the switchboard or an exchange: live calls continue, others are closed.

No timer that stands for somebody's patience runs while an exchange is out of our reach or nothing can be written:

| timer | while we are away |
|---|---|
| of a flow: longest wait, overflow, messages, call-back offer, silence in a menu | stands still |
| waiting for one agent (the last one, or the one who lost the call) | stands still |
| nobody able to take the call | begins anew, when the phones have had the time to come back |
| a talker's browser phone is gone | begins anew, if it is still gone |
| an offer that rings | is over, and blames nobody; the call is offered anew |
| re-offer delay of a call that was rejected, wrap-up | run on: the person had that time |
| waiting by which a place, its points and who may help are reckoned | runs on: the caller did wait |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from indgang.entry.board import (
    agent_legs,
    arrivals,
    consults,
    endings,
    monitoring,
    notices,
    outside,
    phone_trust,
    phones,
    recording,
    talk,
    tasks,
    written,
)
from indgang.entry.board.call import Call, ConsultState, LegRole, Stage
from indgang.entry.board.calls import ENDED, UNREACHABLE, Calls
from indgang.entry.board.kept import KeptWork
from indgang.entry.board.kept_desks import KeptDesk
from indgang.entry.board.task import TaskItem
from indgang.entry.board.written_item import WrittenItem
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import callbacks, offers, presence
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.core import Core
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.distribution.decision import SeatState
from indgang.routing.distribution.requirement import CALL, CONSULT
from indgang.routing.flows import state as fs
from indgang.telephony import contract as tel

#: how long phones may take to come back after their exchange: a disconnected browser tries again after 2, 4, 8, 16 and
#: 30 seconds
PHONES_COME_BACK_SECONDS = 45.0


def restore(
    calls: Calls,
    kept: Iterable[KeptWork],
    desks: Iterable[KeptDesk],
    seen: Mapping[str, datetime],
) -> None:
    """Restore stored items and desks. Queued callers keep their places."""
    centre = calls.centre
    # keeps the longest idle agent first
    for each in sorted(desks, key=lambda each: each.desk.since or centre.at):
        centre.desks[each.desk.person] = each.desk
        calls.put_phone(each.phone)
        if each.desk.signed_in:
            _seat(centre, each)
    items = sorted(kept, key=lambda item: (item.number, item.arrived, item.id))
    for call in (item for item in items if isinstance(item, Call)):
        calls.add(call)
        calls.away_since[call.exchange] = seen.get(call.exchange, centre.at)
        _claim_legs(calls, call)
        outside.limit(calls, call)
        agent_legs.restore(calls, call)
        _put_in_hand(calls, call)
    for callback in (item for item in items if isinstance(item, Callback)):
        callbacks.restore(centre, callback)
    for task in (item for item in items if isinstance(item, TaskItem)):
        tasks.restore(calls, task)
    for item in (item for item in items if isinstance(item, WrittenItem)):
        written.restore(calls, item)
    for desk in list(centre.desks.values()):
        presence.restored(centre, desk)
        if desk.person not in centre.plan.people:
            presence.brought_up_to_date(centre, desk)
    monitoring.brought_up_to_date(calls)
    recording.brought_up_to_date(calls)


def _seat(centre: Core, kept: KeptDesk) -> None:
    """Restore a desk to its state; offers are not restored, and what is in hand is added later."""
    desk = kept.desk
    desk.in_hand = []
    until = desk.wrap_up_until.timestamp() if desk.wrap_up_until else None
    centre.post(centre.distributor.agent_on(centre.agent_of(desk), centre.now, _state(kept), until))
    centre.settle()
    if desk.doing in (Doing.RINGING, Doing.TALKING, Doing.WORKING):
        presence.show_state(centre, desk)


def _state(kept: KeptDesk) -> str:
    """The state in which the person signs in again. A release that did not store their presence stored their activity
    alone: whoever talked took work."""
    if kept.desk.doing is Doing.WRAP_UP and kept.desk.wrap_up_until is None:
        return SeatState.WRAP_UP
    if kept.presence is not None:
        return kept.presence
    return kept.desk.doing if kept.desk.doing in (Doing.PAUSED, Doing.NOT_RESPONDING) else SeatState.READY


def _claim_legs(calls: Calls, call: Call) -> None:
    calls.claim(call.leg, call, LegRole.CALLER)
    if call.talk:
        calls.claim(call.talk.leg, call, LegRole.AGENT)
    if call.consult and call.consult.leg:
        calls.claim(call.consult.leg, call, LegRole.CONSULT)
    for person, (leg, _) in call.monitors.items():
        calls.claim(leg, call, LegRole.MONITOR)
        calls.phone(person).monitoring = call.id


def _put_in_hand(calls: Calls, call: Call) -> None:
    """Put calls and consults back into the hands of the people who talk."""
    if call.talk:
        _occupied(calls, call, call.talk.person, call.id, CALL, Doing.TALKING)
    consult = call.consult
    if consult and consult.person is not None:
        calls.centre.add(consult)
        doing = Doing.RINGING if consult.state is ConsultState.RINGING else Doing.TALKING
        _occupied(calls, call, consult.person, consult.id, CONSULT, doing)


def _occupied(calls: Calls, call: Call, person: int, item: str, kind: str, doing: Doing) -> None:
    desk = calls.centre.any_desk(person)
    calls.phone(person).call = call.id
    offers.occupy(calls.centre, desk, item, kind)
    calls.centre.set_doing(desk, doing)


# --- an exchange connects, or is lost ------------------------------------------------------------


def connected(calls: Calls, exchange: str, report: tel.Connected) -> None:
    """The exchange is connected and reports its live legs. Compare the board's state with them.

    Agents are offered its calls only after all callers are back at their places.
    """
    centre = calls.centre
    calls.exchanges[exchange] = True
    for outage in (UNREACHABLE, ENDED):
        centre.alert(_alert(exchange, outage), "", over=True)
    since = calls.away_since.pop(exchange, None)
    calls.phones_due[exchange] = centre.at + timedelta(seconds=PHONES_COME_BACK_SECONDS)
    up = {leg.leg: leg for leg in report.legs}
    if since and report.started and report.started > since:
        _cut_off(calls, exchange, since, survivors=up.keys())
    for call in calls.at(exchange):
        if call.id in calls.by_id:
            _time_stood_still(call, centre.at - _away_since(call, since or centre.at))
            _reconcile(calls, call, up)
    recording.reconcile(calls, exchange, report.recordings)
    _strangers(calls, exchange, report)
    centre.settle()
    _phones_are(calls, exchange, report.phones)
    centre.settle()
    for call in calls.at(exchange):
        if offers.is_stranded(centre, call):
            phone_trust.wait_for_phones(calls, call)


def _away_since(call: Call, since: datetime) -> datetime:
    """Since when no time has passed for the call: since `since` or its last event, or longer in the fallback plan."""
    since = max(since, call.noted or since)
    return min(since, call.fallen_back or since)


def _time_stood_still(call: Call, away: timedelta) -> None:
    """Postpone the timers that were due during the outage by its length."""
    call.away_seconds += away.total_seconds()
    if call.flow is not None:
        call.flow = replace(call.flow, timers=tuple(timer.later(away) for timer in call.flow.timers))


def _phones_are(calls: Calls, exchange: str, on: frozenset[str]) -> None:
    """Set the phones that are registered at the exchange."""
    people = {person.person for person in calls.centre.plan.people.values() if person.phone in on}
    for person in sorted(people):
        calls.centre.desk(person)
        calls.phone(person).on.add(exchange)
    for desk in _longest_idle_first(calls.centre):
        if desk.person not in people:
            calls.phone(desk.person).on.discard(exchange)
            phones.went_off(calls, desk, exchange)
        _may_be_offered(calls, desk)


def _longest_idle_first(centre: Core) -> list[Desk]:
    return sorted(centre.desks.values(), key=lambda desk: desk.since or centre.at)


def _may_be_offered(calls: Calls, desk: Desk) -> None:
    """Tell the centre at which exchanges the desk's phone can ring."""
    if desk.signed_in:
        calls.centre.reach_changed(desk)
        calls.centre.settle()


def _reconcile(calls: Calls, call: Call, up: Mapping[tel.LegId, tel.LegUp]) -> None:
    """Update the call: legs that are gone count as hung up."""
    at = calls.centre.at
    if call.leg not in up:
        endings.caller_gone(calls, call, tel.Gone(call.leg, at))
        return
    if call.stands_still:  # what is listed is ours: the fallback plan has given the caller back
        _given_back(calls, call)
    for leg, _mode in list(call.monitors.values()):
        if leg not in up:
            monitoring.gone(calls, call, tel.Gone(leg, at))
    if call.consult and call.consult.leg and call.consult.leg not in up:
        endings.consult_leg_gone(calls, call, tel.Gone(call.consult.leg, at))
    calls.centre.settle()
    if call.id in calls.by_id:
        agent_legs.ask_again(calls, call, up)
        _go_on(calls, call, up)


def _go_on(calls: Calls, call: Call, up: Mapping[tel.LegId, tel.LegUp]) -> None:
    if call.talk and call.talk.leg not in up:
        endings.agent_gone(calls, call, tel.Gone(call.talk.leg, calls.centre.at))
    elif call.stage is Stage.DIALLING:
        if up[call.leg].answered and call.talk:
            talk.begin(calls, call, calls.centre.any_desk(call.talk.person))
    elif call.stage is Stage.FLOW:
        _go_on_waiting(calls, call)
    elif call.consult and call.consult.state is ConsultState.WAITING:
        consults.gone(calls, call, "restarted")


def _go_on_waiting(calls: Calls, call: Call) -> None:
    """Resume the caller in the flow, at their place in the queue."""
    centre = calls.centre
    _take_out(calls, call)
    if call.waits and call.queued_since is not None:
        calls.order(call, tel.Music(call.leg, True))
        enqueue = fs.Enqueue(call.queue, call.priority, call.queued_since)
        offers.enqueue(centre, call, enqueue, (("restarted", ""),))
        phone_trust.go_on_waiting(calls, call)
        notices.go_on(calls, call)
    elif not call.waits and call.consult is None and (call.flow is None or call.flow.has_ended):
        calls.back_in_line(call)
        return
    centre.tell_flow(call, fs.Resumed())
    centre.settle()


def _take_out(calls: Calls, call: Call) -> None:
    """Take the call out of its queue while the exchange cannot ring; an open offer does not count as unanswered."""
    if call.waits:
        offers.take_out(calls.centre, call)


def _strangers(calls: Calls, exchange: str, report: tel.Connected) -> None:
    """Handle unknown legs: a caller who arrived during the outage enters a flow; a leg of an old offer is hung up."""
    for leg in report.legs:
        if leg.leg in calls.legs or leg.leg in calls.other_legs:
            continue
        if leg.dialled and leg.dialled in calls.centre.plan.entries:
            arrived = tel.Arrived(leg.leg, leg.dialled, leg.caller_number, "", calls.centre.at)
            arrivals.arrived(calls, exchange, arrived)
        else:
            calls.orders.append((exchange, tel.Hangup(leg.leg)))


def lost(calls: Calls, exchange: str, report: tel.Lost, *, is_expected: bool = False) -> None:
    """The exchange is unreachable. Its calls stay, because they may still talk, unless the exchange has ended.

    When somebody removes it (`is_expected`), the alerts about it end.
    """
    outage = ENDED if report.ended else UNREACHABLE
    calls.exchanges[exchange], calls.outages[exchange] = False, outage
    since = calls.away_since.setdefault(exchange, report.at)
    if report.ended:
        calls.centre.alert(_alert(exchange, UNREACHABLE), "", over=True)
    calls.centre.alert(_alert(exchange, outage), f"{exchange}: {report.reason}", over=is_expected)
    if report.ended:
        _cut_off(calls, exchange, since, survivors=())
        _phones_are(calls, exchange, frozenset())
    for call in calls.at(exchange):
        _take_out(calls, call)
    for desk in calls.centre.desks.values():
        _may_be_offered(calls, desk)


def _alert(exchange: str, outage: str) -> str:
    return f"exchange_ended_{exchange}" if outage == ENDED else f"exchange_{exchange}"


def _cut_off(calls: Calls, exchange: str, at: datetime, *, survivors: Collection[tel.LegId]) -> None:
    """The exchange ended together with its calls, at the time of its last report.

    `survivors` are up nevertheless: the clocks of two machines differ.
    """
    for call in calls.at(exchange):
        if call.id in calls.by_id and call.leg not in survivors:
            calls.centre.ended_as_of[call.id] = at
            calls.places.keep(call, calls.centre.at)
            endings.call_gone(calls, call, by="exchange")


# --- nothing can be written ----------------------------------------------------------------------


def may_fall_back(calls: Calls, leg: tel.LegId) -> Call | None:
    """The call of this leg, if its caller is in a flow now."""
    call_id, role = calls.legs.get(leg, ("", None))
    call = calls.by_id.get(call_id)
    if call is None or role is not LegRole.CALLER or call.stage is not Stage.FLOW or call.stands_still:
        return None
    return call if call.consult is None else None  # on the way to somebody else, with music


def fall_back(calls: Calls, call: Call) -> None:
    """Nothing can be written: hand the caller to the fallback plan of the exchange."""
    call.fallen_back = calls.centre.at
    _take_out(calls, call)
    calls.centre.touch(call)


def came_back(calls: Calls, call: Call) -> None:
    """The fallback plan returns the caller, who continues at their place."""
    since = call.fallen_back
    if since is None:
        return
    _given_back(calls, call)
    _time_stood_still(call, calls.centre.at - since)
    _go_on_waiting(calls, call)


def _given_back(calls: Calls, call: Call) -> None:
    """The fallback plan, which has answered the line, no longer has the caller."""
    call.fallen_back, call.on_line = None, True
    calls.centre.touch(call)


def halt(calls: Calls) -> None:
    """Nothing can be written: end offers without counting them as unanswered, and stop timers."""
    if calls.halted_since is not None:
        return
    calls.halted_since = calls.centre.at
    for item in list(calls.centre.items.values()):
        if item.waits:
            offers.take_out(calls.centre, item)
    for desk in calls.centre.desks.values():
        _may_be_offered(calls, desk)


def go_on(calls: Calls) -> None:
    """Resume callers first, then agents, as after a connection."""
    centre = calls.centre
    since, calls.halted_since = calls.halted_since, None
    if since is None:
        return
    for call in list(calls.by_id.values()):
        if call.stage is Stage.FLOW and calls.is_in_reach(call):
            _time_stood_still(call, centre.at - max(since, call.noted or since))
            _go_on_waiting(calls, call)
    callbacks.go_on(centre)
    tasks.go_on(calls)
    written.go_on(calls)
    for desk in _longest_idle_first(centre):
        _may_be_offered(calls, desk)
    for item in list(centre.items.values()):
        if item.waits and not isinstance(item, Call | Callback):
            offers.place(centre, item)  # a consult that finds nobody ends at once, so phones come first
    for call in calls.by_id.values():
        if calls.is_up(call.exchange) and offers.is_stranded(centre, call):
            phone_trust.wait_for_phones(calls, call)


# --- a message left with the exchange ------------------------------------------------------------


def message_id(exchange: str, recording: str) -> str:
    """The id of the enquiry for a message left with an exchange: always the same for the same recording."""
    return str(uuid5(NAMESPACE_URL, f"indgang:{exchange}:{recording}"))


def message_left(calls: Calls, exchange: str, report: tel.MessageLeft) -> None:
    """A caller left a message at the exchange during the outage: an enquiry to call back."""
    enquiry, plan = message_id(exchange, report.recording), calls.centre.plan
    entry = plan.entries.get(report.dialled)
    calls.centre.note_after(
        enquiry, Kind.ARRIVED, exchange=exchange, leg="", dialled=report.dialled, caller_number=report.caller_number,
        entry_point=entry.pk if entry else None, centre=entry.centre if entry else "", while_away=True,
        left_at=report.at.isoformat(),
    )  # fmt: skip
    calls.centre.note_after(enquiry, Kind.MESSAGE, queue=plan.safe_queue, recording=report.recording)
    calls.centre.note_after(enquiry, Kind.LEFT, why="while_away")
    calls.recordings.append((enquiry, exchange, report.recording))
