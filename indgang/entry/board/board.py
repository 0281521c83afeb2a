"""The board's interface: takes reports of exchanges, orders of people and time; returns outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from indgang.entry.board import (
    agent_legs,
    announcing,
    arrivals,
    callbacks,
    carriers,
    consults,
    dialling,
    endings,
    in_hand,
    kept_desks,
    monitoring,
    notices,
    number_trials,
    outside,
    phone_trust,
    phones,
    recording,
    recovery,
    ringing,
    robot_calls,
    talk,
    tasks,
    written,
)
from indgang.entry.board.call import Call, LegRole
from indgang.entry.board.calls import Calls, signed_in
from indgang.entry.board.kept import KeptItem
from indgang.entry.board.kept_desks import KeptDesk
from indgang.entry.board.outcome import Ask, BoardOutcome
from indgang.entry.board.robot_script import Script
from indgang.entry.journal import AlertNow, Batch, OrderAnswer, PresenceNow
from indgang.events import kinds
from indgang.routing.centre import centre as loop
from indgang.routing.centre import offers, presence
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.output import Output
from indgang.routing.centre.plan import Plan
from indgang.routing.centre.second_level import SecondLevel
from indgang.routing.centre.work import WorkItem
from indgang.telephony import contract as tel

#: the longest single extension of wrap-up
LONGEST_EXTENSION_SECONDS = 1800


class Board:
    """The live centre with its telephones. Inputs take the time `at` and return a `BoardOutcome`.

    An earlier `at` counts as the latest one seen, because clocks may jump back. `new_id` returns the id of a new
    enquiry.
    """

    def __init__(self, plan: Plan, at: datetime, new_id: Callable[[], str]) -> None:
        self.centre = loop.make(plan, at, new_id)
        self.telephones = Calls(self.centre)
        self.trials = number_trials.NumberTrials()
        self.robots = robot_calls.RobotCalls(self.telephones)
        carriers.connect(self.telephones)
        callbacks.connect(self.telephones)
        tasks.connect(self.telephones)
        written.connect(self.telephones)
        self.centre.item_timers |= {
            endings.PHONE_GRACE_TIMER: self._of_call(endings.phone_still_gone),
            announcing.ANNOUNCE_TIMER: self._of_call(announcing.look),
            notices.NOTICES_TIMER: self._of_call(notices.look),
            outside.TOO_LONG_TIMER: self._of_call(outside.too_long),
            agent_legs.KEY_TIMER: self._key_is_due,
        }
        self.centre.desk_timers[phone_trust.SETTLES_TIMER] = lambda desk: phone_trust.settled(self.telephones, desk)
        self.centre.desk_timers[number_trials.TRIAL_TIMER] = lambda desk: self.trials.time_is_up(self.telephones, desk)
        self._answers: list[OrderAnswer] = []

    def _of_call(self, handle: Callable[[Calls, Call], None]) -> Callable[[WorkItem], None]:
        return lambda item: handle(self.telephones, self.telephones.by_id[item.id])

    # --- state -----------------------------------------------------------------------------------

    @property
    def at(self) -> datetime:
        return self.centre.at

    @property
    def plan(self) -> Plan:
        return self.centre.plan

    @property
    def calls(self) -> Mapping[str, Call]:
        return self.telephones.by_id

    @property
    def desks(self) -> Mapping[int, Desk]:
        return self.centre.desks

    @property
    def legs(self) -> Mapping[tel.LegId, tuple[str, LegRole]]:
        return self.telephones.legs

    @property
    def halted_since(self) -> datetime | None:
        return self.telephones.halted_since

    def next_due(self) -> datetime | None:
        """The time of the next due `tick`."""
        due, robots = self.centre.next_due(), self.robots.next_due()
        of_centre = None if due is None else datetime.fromtimestamp(due, self.centre.at.tzinfo)
        return min((each for each in (of_centre, robots) if each is not None), default=None)

    def exchange_states(self) -> dict[str, tuple[bool, str]]:
        """For each exchange whether it is up, and if not, why."""
        return self.telephones.states()

    def why_no_phone(self, person: int) -> str | None:
        """The reason that this person gets no browser phone; None when they get one."""
        return phones.why_none(self.telephones, person)

    def is_moot(self, order: tel.Order) -> bool:
        """Whether an earlier order has become pointless."""
        if isinstance(order, tel.Ring):
            known = (self.legs, self.trials.by_leg, self.robots.by_leg)
            return not any(order.leg in legs for legs in known)
        call = self.calls.get(self.legs.get(getattr(order, "leg", ""), ("", None))[0])
        return call is not None and call.stands_still and not isinstance(order, tel.Hangup)

    # --- inputs ----------------------------------------------------------------------------------

    def report(self, exchange: str, report: tel.Report) -> BoardOutcome:
        """Handle a report of an exchange."""
        self._begin(report.at)
        match report:
            case tel.Arrived():
                self._arrived(exchange, report)
            case tel.Connected():
                recovery.connected(self.telephones, exchange, report)
                self.robots.connected(exchange, report)
            case tel.Lost():
                recovery.lost(self.telephones, exchange, report)
                self.trials.lost(exchange)
                if report.ended:
                    self.robots.ended(exchange)
            case tel.MessageLeft():
                recovery.message_left(self.telephones, exchange, report)
            case tel.ConversationRecorded():
                recording.complete(self.telephones, report)
            case tel.PhoneRegistered():
                phones.registered(self.telephones, exchange, report)
            case _:
                self._leg_report(report)
        outcome = self._end()
        if isinstance(report, tel.Connected | tel.Lost):
            outcome.batch.exchanges[exchange] = self.exchange_states()[exchange]
        return outcome

    def ask(self, ask: Ask, at: datetime) -> BoardOutcome:
        """Handle an order of a person. The batch holds the answer."""
        self._begin(at)
        try:
            action = _ORDERS.get(ask.kind)
            if action is None:
                raise RefusedOrder("unknown_order")
            if ask.kind in _FOR_THOSE_ON_DUTY and ask.person not in self.plan.people:
                raise RefusedOrder("no_role")
            detail = action(self, ask) or {}
            self._answers.append(OrderAnswer(ask.command, True, detail))
        except RefusedOrder as refusal:
            self._answers.append(OrderAnswer(ask.command, False, {"code": refusal.code, **refusal.detail}))
        except (KeyError, TypeError, ValueError) as error:
            self._answers.append(OrderAnswer(ask.command, False, {"code": "bad_order", "why": repr(error)}))
        return self._end()

    def tick(self, at: datetime) -> BoardOutcome:
        """Run the timers that are due at this time."""
        self._begin(at)
        loop.tick(self.centre)
        self.robots.tick()
        for exchange, report in self.robots.callers():
            arrivals.arrived(self.telephones, exchange, report)
        return self._end()

    def replan(self, plan: Plan, at: datetime) -> BoardOutcome:
        """Apply a changed set-up. Calls in a flow stay in their version of it."""
        self._begin(at)
        loop.replan(self.centre, plan)
        tasks.look(self.telephones)
        monitoring.brought_up_to_date(self.telephones)
        recording.brought_up_to_date(self.telephones)
        loop.figures_changed(self.centre)
        return self._end()

    def promise_anew(self, second_level: SecondLevel, at: datetime) -> BoardOutcome:
        """Apply changed facts about who of the second level can be asked."""
        self._begin(at)
        self.centre.plan = replace(self.centre.plan, second_level=second_level)
        tasks.look(self.telephones)
        return self._end()

    def restore(
        self,
        items: Iterable[KeptItem],
        desks: Iterable[KeptDesk],
        at: datetime,
        *,
        seen: Mapping[str, datetime] | None = None,
    ) -> BoardOutcome:
        """Restore the state from before a restart. Each exchange's `Connected` reports the legs that are still up.

        `seen` holds the time at which each exchange was last heard from: timers have stood still since then.
        """
        self._begin(at)
        items = list(items)
        of_robots = (robot_calls.LiveRobotCall, robot_calls.StayingCaller)
        self.robots.restore(item for item in items if isinstance(item, of_robots))
        work = [item for item in items if not isinstance(item, of_robots)]
        recovery.restore(self.telephones, work, desks, seen or {})
        return self._end()

    def fall_back(self, leg: tel.LegId, at: datetime) -> BoardOutcome | None:
        """Hand the caller of this leg to the exchange's fallback plan for a while, if they are in a flow now.

        The outcome does not contain the order: the process gives it at once, while outcomes wait to be written.
        """
        call = recovery.may_fall_back(self.telephones, leg)
        if call is None:
            return None
        self._begin(at)
        recovery.fall_back(self.telephones, call)
        return self._end()

    def lead(self, exchange: str, leg: tel.LegId, found: tuple[str, Script] | None, at: datetime) -> BoardOutcome:
        """Lead a caller who has stayed on the line into the script of this robot call; None: hang up."""
        self._begin(at)
        self.robots.lead(exchange, leg, found)
        return self._end()

    def halt(self, at: datetime) -> BoardOutcome:
        """Suspend: nothing can be written. Timers of callers stop and agents are not rung. Idempotent."""
        self._begin(at)
        recovery.halt(self.telephones)
        return self._end()

    def go_on(self, at: datetime) -> BoardOutcome:
        """Resume: everything has been written, and everybody continues where they were."""
        self._begin(at)
        recovery.go_on(self.telephones)
        return self._end()

    def without(self, exchange: str, at: datetime, *, on_purpose: bool) -> BoardOutcome:
        """Remove an exchange and its calls; alert about it unless that was on purpose."""
        self._begin(at)
        recovery.lost(self.telephones, exchange, tel.Lost("switched off", at, ended=True), is_expected=on_purpose)
        self.robots.ended(exchange)
        outcome = self._end()
        outcome.batch.exchanges[exchange] = self.exchange_states()[exchange]
        del self.telephones.exchanges[exchange]
        return outcome

    # --- internals -------------------------------------------------------------------------------

    def _begin(self, at: datetime) -> None:
        self.centre.begin(at)
        self.telephones.begin()
        self.trials.results = []
        self.robots.begin()
        self._answers = []

    def _arrived(self, exchange: str, report: tel.Arrived) -> None:
        """A new caller, or one who returns from the fallback plan. A repeated report changes nothing."""
        known = self.legs.get(report.leg)
        if known is not None:
            recovery.came_back(self.telephones, self.calls[known[0]])
        elif not self.robots.comes_back(exchange, report):
            arrivals.arrived(self.telephones, exchange, report)

    def _leg_report(self, report: Any) -> None:
        if report.leg in self.trials.by_leg:
            self.trials.heard(self.telephones, report)
            return
        if report.leg in self.robots.by_leg:
            self.robots.heard(report)
            return
        if isinstance(report, tel.Gone):
            self.robots.left(report.leg)
        owner = self.legs.get(report.leg)
        if owner is None:
            return  # of a leg that was given up: the hang-up and this report crossed
        call, role = self.calls[owner[0]], owner[1]
        own = call.number_legs.get(report.leg)
        report = agent_legs.heard(self.telephones, call, report)
        handler = _LEG_REPORTS.get((type(report), role))
        if handler is not None:
            handler(self.telephones, call, report)
        if own is not None and isinstance(report, tel.Failed):
            agent_legs.failed(self.telephones, own, report.why)

    def _key_is_due(self, item: WorkItem) -> None:
        """An agent's own number was answered, and nobody pressed the key; or the rules did not let it be rung."""
        call = self.calls[item.id]
        for leg in agent_legs.not_accepted(self.telephones, call):
            why = tel.Failure.UNREACHABLE if call.number_legs[leg].refused else tel.Failure.NO_ANSWER
            self._leg_report(tel.Failed(leg, why, self.at))

    def _end(self) -> BoardOutcome:
        """Settle the centre and build the outcome for the journal and the exchanges."""
        for _ in range(2):  # the room of a leg that has ended may be taken at once, and then it is full again
            self.centre.settle()
            agent_legs.sweep(self.telephones)
        self.centre.settle()
        self.robots.look()
        self.robots.stay(self.telephones.staying)
        out, telephones = self.centre.out, self.telephones
        batch = Batch(out.at)
        batch.events = [
            kinds.named(each.kind).event(each.stream, each.at, each.queue, each.person, each.data)
            for each in out.events
        ]
        batch.alerts = [
            AlertNow(each.code, each.text, each.at, each.centre, each.stream, each.over) for each in out.alerts
        ]
        batch.answers = self._answers
        batch.items = self._kept(out) | self.robots.changed
        batch.robot_steps = self.robots.events
        for person, changed in out.desks.items():
            batch.presences[person] = self._presence(self.desks[person], changed=changed)
        written = batch.events or batch.presences or batch.alerts or batch.answers or out.items or out.over
        is_more = bool(written or telephones.pick_ups or telephones.recordings or self.trials.results)
        return BoardOutcome(
            batch, telephones.orders, telephones.pick_ups, telephones.recordings, self.trials.results,
            telephones.staying,
            can_wait=not is_more and len(telephones.orders) == self.robots.ordered,
        )  # fmt: skip

    def _kept(self, out: Output) -> dict[str, Mapping[str, Any] | None]:
        """Changed items as stored for a restart; None for those that are over. Marks their desks as changed."""
        kept: dict[str, Mapping[str, Any] | None] = dict.fromkeys(out.over)
        for item in map(self.centre.items.get, out.items):
            if isinstance(item, KeptItem):
                kept[item.id] = item.as_data()
            for person in self._people_with(item) if item else ():
                out.desks.setdefault(person, False)
        return kept

    def _people_with(self, item: WorkItem) -> Iterable[int]:
        """The people whose desks show this item."""
        concerned = (item.offer, item.talk if isinstance(item, Call) else None)
        return [who.person for who in concerned if who is not None and who.person in self.desks]

    def _presence(self, desk: Desk, *, changed: bool) -> PresenceNow:
        phone = self.telephones.phone(desk.person)
        return PresenceNow(
            person=desk.person,
            state=desk.doing.value,
            reason=desk.reason,
            since=desk.since or self.at,
            wrap_up_until=desk.wrap_up_until,
            signed_in_at=desk.signed_in_at,
            phone_kind=phone.kind,
            phone_address=phone.address,
            phone_on=self.telephones.rings_anywhere(desk.person),
            phone_fault=self.telephones.fault_of(desk.person),
            monitored=phone.monitoring,
            changed=changed,
            in_hand=tuple(in_hand.at(self.telephones, desk)),
            kept=kept_desks.as_data(desk, self.centre.distributor.presence_of(desk.agent)),
        )


# --- orders about presence -----------------------------------------------------------------------


def _sign_out(board: Board, ask: Ask) -> None:
    presence.sign_out(board.centre, board.centre.desk(ask.person))


def _ready(board: Board, ask: Ask) -> None:
    desk = signed_in(board.centre, ask.person)
    agent_legs.may_try_again(board.telephones, ask.person)
    presence.ready(board.centre, desk)


def _pause(board: Board, ask: Ask) -> None:
    presence.pause(board.centre, signed_in(board.centre, ask.person), str(ask.payload.get("reason", "")))


def _set_state(board: Board, ask: Ask) -> None:
    """Set a person's state on behalf of a team leader."""
    desk = board.centre.desk(int(ask.payload["person"]))
    reason = str(ask.payload.get("reason", ""))
    presence.lead(board.centre, ask.person, desk, str(ask.payload["state"]), reason)
    if desk.doing is Doing.READY:
        agent_legs.may_try_again(board.telephones, desk.person)


def _confirm_number(board: Board, ask: Ask) -> None:
    board.trials.begin(board.telephones, ask)


def _robot_call(board: Board, ask: Ask) -> None:
    board.robots.place(ask)


def _cancel_robot_call(board: Board, ask: Ask) -> None:
    board.robots.cancel(ask)


def _end_wrap_up(board: Board, ask: Ask) -> None:
    presence.end_wrap_up(board.centre, signed_in(board.centre, ask.person))


def _extend_wrap_up(board: Board, ask: Ask) -> None:
    desk, seconds = signed_in(board.centre, ask.person), float(ask.payload.get("seconds", 60))
    presence.extend_wrap_up(board.centre, desk, seconds, at_most=LONGEST_EXTENSION_SECONDS)


def _answer(board: Board, ask: Ask) -> dict[str, Any] | None:
    """Accept on the screen: what is offered there, or the call that rings."""
    task = tasks.offered_to(board.telephones, ask.person)
    if task is not None:
        return tasks.accept(board.telephones, task)
    item = written.offered_to(board.telephones, ask.person)
    if item is not None:
        return written.accept(board.telephones, item)
    callback = callbacks.offered_to(board.telephones, ask.person)
    if callback is not None:
        return callbacks.accept(board.telephones, callback)
    ringing.pick_up(board.telephones, ask)
    return None


def _reject(board: Board, ask: Ask) -> None:
    on_screen = (find(board.telephones, ask.person) for find in _ON_SCREEN)
    offered = next((item for item in on_screen if item is not None), None)
    if offered is not None:
        offers.rejected(board.centre, offered)
    else:
        ringing.reject(board.telephones, ask)


#: what is offered on the screen alone, while no telephone rings
_ON_SCREEN: tuple[Callable[[Calls, int], WorkItem | None], ...] = (
    tasks.offered_to, written.offered_to, callbacks.offered_to,
)  # fmt: skip

_Order = Callable[[Board, Ask], dict[str, Any] | None]


def _by_telephone(order: Callable[[Calls, Ask], dict[str, Any] | None]) -> _Order:
    return lambda board, ask: order(board.telephones, ask)


#: orders refused to a person whose role has ended; they may still finish what they have in hand
_FOR_THOSE_ON_DUTY = frozenset({"sign_in", "ready", "dial", "monitor", "callback_take", "written_take"})

_ORDERS: dict[str, _Order] = {
    "sign_in": _by_telephone(phones.sign_in),
    "sign_out": _sign_out,
    "ready": _ready,
    "pause": _pause,
    "wrap_up_over": _end_wrap_up,
    "extend_wrap_up": _extend_wrap_up,
    "set_state": _set_state,
    "confirm_number": _confirm_number,
    "robot_call": _robot_call,
    "robot_cancel": _cancel_robot_call,
    "answer": _answer,
    "broken_off": _by_telephone(phones.broken_off),
    "refuse": _reject,
    "hang_up": _by_telephone(endings.hang_up),
    "hold": _by_telephone(talk.hold),
    "resume": _by_telephone(talk.resume),
    "mute": _by_telephone(talk.mute),
    "pause_recording": _by_telephone(talk.pause_recording),
    "resume_recording": _by_telephone(talk.resume_recording),
    "stop_recording": _by_telephone(talk.stop_recording),
    "keys": _by_telephone(talk.keys),
    "consult": _by_telephone(consults.consult),
    "consult_end": _by_telephone(consults.end),
    "join": _by_telephone(consults.join),
    "complete_transfer": _by_telephone(consults.complete),
    "transfer": _by_telephone(consults.transfer),
    "take_back": _by_telephone(consults.take_back),
    "dial": _by_telephone(dialling.dial),
    "callback_take": _by_telephone(callbacks.take),
    "callback_give_back": _by_telephone(callbacks.give_back),
    "callback_order": _by_telephone(callbacks.order),
    "callback_cancel": _by_telephone(callbacks.cancel),
    "task_offer": _by_telephone(tasks.order),
    "task_put_back": _by_telephone(tasks.put_back),
    "task_withdraw": _by_telephone(tasks.withdraw),
    "written_order": _by_telephone(written.order),
    "written_take": _by_telephone(written.take),
    "written_put_back": _by_telephone(written.put_back),
    "written_over": _by_telephone(written.over),
    "monitor": _by_telephone(monitoring.monitor),
    "monitor_end": _by_telephone(monitoring.end),
}

_Handler = Callable[[Calls, Call, Any], None]

_LEG_REPORTS: dict[tuple[type, LegRole], _Handler] = {
    (tel.Keyed, LegRole.CALLER): arrivals.keyed,
    (tel.Played, LegRole.CALLER): arrivals.played,
    (tel.Recorded, LegRole.CALLER): arrivals.recorded,
    (tel.Gone, LegRole.CALLER): endings.caller_gone,
    (tel.Failed, LegRole.CALLER): dialling.not_reached,
    (tel.Answered, LegRole.CALLER): dialling.reached,
    (tel.Answered, LegRole.OFFER): ringing.answered,
    (tel.Failed, LegRole.OFFER): ringing.not_answered,
    (tel.Gone, LegRole.OFFER): ringing.not_answered,
    (tel.Answered, LegRole.AGENT): dialling.agent_ready,
    (tel.Failed, LegRole.AGENT): endings.agent_gone,
    (tel.Gone, LegRole.AGENT): endings.agent_gone,
    (tel.Answered, LegRole.CONSULT): consults.answered,
    (tel.Failed, LegRole.CONSULT): consults.failed,
    (tel.Gone, LegRole.CONSULT): endings.consult_leg_gone,
    (tel.Answered, LegRole.MONITOR): monitoring.answered,
    (tel.Failed, LegRole.MONITOR): monitoring.gone,
    (tel.Gone, LegRole.MONITOR): monitoring.gone,
}
