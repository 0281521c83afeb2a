"""The board itself: its state, its door, and the small moves that all parts of a call's life are made of."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from indgang.entry.board import (
    coming_back,
    dialling,
    handing_on,
    incoming,
    people,
    recovery,
    supervision,
    talking,
    waiting,
)
from indgang.entry.board.outcome import Ask, Outcome, Refusal
from indgang.entry.board.plan import Plan
from indgang.entry.board.recovery import UNREACHABLE
from indgang.entry.board.state import Call, Desk, Doing, Role, Stage
from indgang.entry.journal import AlertNow, Answer, Batch, Happening, Kind, PresenceNow
from indgang.routing.distribution.decision import Decision
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import Agent
from indgang.telephony import contract as tel


class Board:
    """Calls and desks now. Every public method takes the moment `at` and answers with an `Outcome`.

    A moment earlier than the last one is taken as the last one: clocks jump, what has happened does not.
    """

    def __init__(self, plan: Plan, at: datetime) -> None:
        self.plan = plan
        self.at = at
        self.calls: dict[str, Call] = {}
        self.desks: dict[int, Desk] = {}
        #: whose leg it is: (call id, role)
        self.legs: dict[tel.LegId, tuple[str, Role]] = {}
        self.exchanges: dict[str, bool] = {}
        #: why an exchange is out of our reach: `unreachable`, or `ended` with all its calls
        self.outages: dict[str, str] = {}
        #: exchanges that take a call at an agent's phone by themselves, when the agent says so on the screen
        self.pick_up_at: set[str] = set()
        #: since when an exchange has been out of our reach
        self.away_since: dict[str, datetime] = {}
        #: until when the phones of an exchange that has come back are waited for
        self.phones_due: dict[str, datetime] = {}
        #: since when nothing can be written, so that nothing may be decided either
        self.halted_since: datetime | None = None
        #: calls whose end is written down as of an earlier moment, because it was not told when it happened
        self.ended_as_of: dict[str, datetime] = {}
        self.distributor = Distributor()
        #: who a number talked with last
        self.last_agents = dict(plan.last_agents)
        self.out = Outcome(Batch(at))
        #: what the distributor has decided and is not done yet
        self.decisions: deque[Decision] = deque()
        self.is_deciding = False
        self._timers: list[tuple[datetime, str, str]] = []
        self._touched_calls: set[str] = set()
        self._touched_desks: dict[int, bool] = {}
        for queue in plan.queues.values():
            self.distributor.set_rule(queue.rule, at.timestamp())

    # --- the door --------------------------------------------------------------------------------

    def report(self, exchange: str, report: tel.Report) -> Outcome:
        """An exchange tells something."""
        self._begin(report.at)
        if isinstance(report, tel.Arrived):
            incoming.arrived(self, exchange, report)
        elif isinstance(report, tel.Connected):
            recovery.connected(self, exchange, report)
        elif isinstance(report, tel.Lost):
            recovery.lost(self, exchange, report)
        elif isinstance(report, tel.MessageLeft):
            recovery.message_left(self, exchange, report)
        elif isinstance(report, tel.PhoneRegistered):
            people.phone_registered(self, exchange, report)
        else:
            self._leg_report(report)
        return self._end()

    def ask(self, ask: Ask, at: datetime) -> Outcome:
        """A person wants something. The answer is in the batch."""
        self._begin(at)
        try:
            action = _ORDERS.get(ask.kind)
            if action is None:
                raise Refusal("unknown_order")
            if ask.kind in _FOR_THOSE_ON_DUTY and ask.person not in self.plan.people:
                raise Refusal("no_role")
            detail = action(self, ask) or {}
            self.out.batch.answers.append(Answer(ask.command, True, detail))
        except Refusal as refusal:
            self.out.batch.answers.append(Answer(ask.command, False, {"code": refusal.code}))
        except (KeyError, TypeError, ValueError) as error:
            self.out.batch.answers.append(Answer(ask.command, False, {"code": "bad_order", "why": repr(error)}))
        return self._end()

    def tick(self, at: datetime) -> Outcome:
        """Time has passed."""
        self._begin(at)
        waiting.carry_out(self, self.distributor.tick(self.now))
        while self._timers and self._timers[0][0] <= self.at:
            _, subject, name = heapq.heappop(self._timers)
            if name == coming_back.PHONE_SETTLES:
                coming_back.settle(self, self.desks[int(subject)])
            elif call := self.calls.get(subject):
                incoming.timed_out(self, call, name)
        return self._end()

    def replan(self, plan: Plan, at: datetime) -> Outcome:
        """The set-up has changed. Calls in a flow stay in their version of it."""
        self._begin(at)
        self.plan = plan
        for queue in plan.queues.values():
            waiting.carry_out(self, self.distributor.set_rule(queue.rule, self.now))
        for desk in list(self.desks.values()):
            people.brought_up_to_date(self, desk)
        supervision.brought_up_to_date(self)
        for call in list(self.calls.values()):
            incoming.figures_changed(self, call)
        return self._end()

    def restore(
        self, calls: Iterable[Call], desks: Iterable[Desk], at: datetime, *, seen: Mapping[str, datetime] | None = None
    ) -> Outcome:
        """Take over what was going on before a restart. What is still up is told by each exchange's `Connected`.

        `seen` says when we last heard each exchange: timers have stood still since then.
        """
        self._begin(at)
        recovery.restore(self, calls, desks, seen or {})
        return self._end()

    def fall_back(self, leg: tel.LegId, at: datetime) -> Outcome | None:
        """Let the exchange's own plan have the caller of this leg for a while, if a flow of ours has them now.

        The order for it is not in the outcome: it is given at once, for what is in an outcome waits to be written.
        """
        call_id, role = self.legs.get(leg, ("", None))
        call = self.calls.get(call_id)
        if call is None or role is not Role.CALLER or call.stage is not Stage.FLOW or call.stands_still:
            return None
        if call.side is not None:
            return None  # on the way to somebody else, with music
        self._begin(at)
        recovery.fall_back(self, call)
        return self._end()

    def halt(self, at: datetime) -> Outcome:
        """Nothing can be written: time stands still for callers, and no agent is rung or blamed. Again: no change."""
        self._begin(at)
        recovery.halt(self)
        return self._end()

    def go_on(self, at: datetime) -> Outcome:
        """What was decided has been written: everybody goes on where they were."""
        self._begin(at)
        recovery.go_on(self)
        return self._end()

    def is_moot(self, order: tel.Order) -> bool:
        """Whether what was decided some time ago has no object any more."""
        if isinstance(order, tel.Ring):
            return order.leg not in self.legs
        call = self.calls.get(self.legs.get(getattr(order, "leg", ""), ("", None))[0])
        return call is not None and call.stands_still and not isinstance(order, tel.Hangup)

    def without(self, exchange: str, at: datetime) -> Outcome:
        """The exchange has been taken away for good, and its calls with it."""
        self._begin(at)
        recovery.lost(self, exchange, tel.Lost("switched off", at, ended=True))
        self._end()
        del self.exchanges[exchange]
        return self.out

    def next_due(self) -> datetime | None:
        """When `tick` next has something to do."""
        due = self.distributor.next_due()
        moments = [datetime.fromtimestamp(due, self.at.tzinfo)] if due is not None else []
        if self._timers:
            moments.append(self._timers[0][0])
        return min(moments, default=None)

    # --- small moves, for the modules of this package --------------------------------------------

    @property
    def now(self) -> float:
        return self.at.timestamp()

    def note(self, call: Call | str, kind: Kind, *, person: int | None = None, queue: str = "", **data: Any) -> None:
        """Write an event of the call's stream (or of an enquiry that is over, by id)."""
        enquiry, at = (call, self.at) if isinstance(call, str) else (call.id, self.moment_of(call))
        self.out.batch.happenings.append(Happening(enquiry, kind, at, queue, person, data))
        if not isinstance(call, str):
            call.noted = at
            self.touch(call)

    def moment_of(self, call: Call) -> datetime:
        """When what is noted of the call now happened: now, or before its exchange was lost; never before what is
        noted already."""
        as_of = self.ended_as_of.get(call.id)
        if as_of is None:
            return self.at
        return min(self.at, max(as_of, call.noted or call.arrived))

    def order(self, call: Call, *orders: tel.Order) -> None:
        self.out.orders.extend((call.exchange, order) for order in orders)

    def alert(self, code: str, text: str, *, call: Call | None = None, over: bool = False) -> None:
        self.out.batch.alerts.append(
            AlertNow(code, text, self.at, call.centre if call else "", call.id if call else None, over)
        )

    def touch(self, call: Call) -> None:
        self._touched_calls.add(call.id)
        for person in (call.talk and call.talk.person, call.offer and call.offer.person):
            if person in self.desks:
                self._touched_desks.setdefault(person, False)

    def set_timer(self, call: Call, name: str, due: datetime) -> None:
        heapq.heappush(self._timers, (due, call.id, name))

    def set_desk_timer(self, desk: Desk, name: str, due: datetime) -> None:
        heapq.heappush(self._timers, (due, str(desk.person), name))

    def claim(self, leg: tel.LegId, call: Call, role: Role) -> tel.LegId:
        self.legs[leg] = (call.id, role)
        return leg

    def drop_leg(self, call: Call, leg: tel.LegId, cause: str = "normal") -> None:
        """Hang up a leg and expect nothing more from it."""
        if self.legs.pop(leg, None):
            self.order(call, tel.Hangup(leg, cause))

    def forget(self, call: Call) -> None:
        """The call is over: nothing of it remains, no leg outlives it."""
        self.calls.pop(call.id, None)
        self.ended_as_of.pop(call.id, None)
        for leg in call.legs():
            self.drop_leg(call, leg)
        self.out.batch.calls[call.id] = None

    def desk(self, person: int) -> Desk:
        """The desk of somebody the plan knows; raises `Refusal` for others."""
        if person not in self.desks:
            known = self.plan.people.get(person)
            if known is None:
                raise Refusal("unknown_person")
            self.desks[person] = Desk(person, known.name)
        return self.desks[person]

    def seat(self, person: int) -> Desk:
        """The desk of anybody, also of one whose right to it has ended while a call was in hand."""
        if person not in self.desks:
            known = self.plan.people.get(person)
            self.desks[person] = Desk(person, known.name if known else "")
        return self.desks[person]

    def set_doing(self, desk: Desk, doing: Doing, reason: str = "") -> None:
        """Let the desk show what its person does now; a new state begins its own time."""
        changed = desk.doing is not doing or desk.reason != reason
        if changed:
            if doing is Doing.READY:
                desk.paused_for = ""
            elif desk.doing is Doing.PAUSED:
                desk.paused_for = desk.reason
            desk.doing, desk.reason, desk.since = doing, reason, self.at
        self.show(desk, changed=changed)

    def show(self, desk: Desk, *, changed: bool = False) -> None:
        self._touched_desks[desk.person] = self._touched_desks.get(desk.person, False) or changed

    def agent_of(self, desk: Desk) -> Agent:
        """The desk as the distributor knows it. A phone that is on at an exchange is a skill, so that only calls
        that can ring there are offered."""
        known = self.plan.people.get(desk.person)
        skills = dict(known.skills) if known else {}
        skills |= {waiting.phone_skill(exchange): 1 for exchange in self.exchanges if self.rings_at(desk, exchange)}
        skills |= coming_back.own_skills(self, desk)
        queues = (known.queues if known else frozenset()) | coming_back.own_queues(self, desk)
        return Agent(str(desk.person), queues, skills)

    def rings_at(self, desk: Desk, exchange: str) -> bool:
        """Whether a call at this exchange can ring at the desk: a desk phone where one may be, a browser when it is on;
        neither while the exchange is out of our reach, nor a browser whose phone may be on in name alone."""
        if desk.phone_kind == "sip":
            return self.is_up(exchange) and self.plan.barring.phone(desk.phone_address) is None
        return self.is_up(exchange) and exchange in desk.phones and exchange not in desk.unproven

    def why_no_phone(self, person: int) -> str | None:
        """Why this person gets no sign-in for a browser phone; None when they do: on duty, with a role for it."""
        if person not in self.plan.people:
            return "no_role"
        return None if person in self.desks and self.desks[person].signed_in else "not_signed_in"

    def is_up(self, exchange: str) -> bool:
        """Whether we can do something at the exchange: it is in reach, and what we do can be written."""
        return self.halted_since is None and self.exchanges.get(exchange, False)

    def exchange_states(self) -> dict[str, tuple[bool, str]]:
        """Of each exchange whether it is up, and if not, why."""
        return {name: (up, "" if up else self.outages.get(name, UNREACHABLE)) for name, up in self.exchanges.items()}

    def address_of(self, desk: Desk) -> str:
        if desk.phone_kind == "sip":
            return desk.phone_address
        return f"agent:{self.plan.people[desk.person].phone}"

    # --- inside ----------------------------------------------------------------------------------

    def _begin(self, at: datetime) -> None:
        self.at = max(at, self.at)
        self.out = Outcome(Batch(self.at))
        self._touched_calls.clear()
        self._touched_desks.clear()

    def _end(self) -> Outcome:
        for call_id in self._touched_calls:
            call = self.calls.get(call_id)
            if call is not None:
                self.out.batch.calls[call_id] = call.as_data()
        for person, changed in self._touched_desks.items():
            self.out.batch.presences[person] = self._presence(self.desks[person], changed=changed)
        return self.out

    def _leg_report(self, report: Any) -> None:
        owner = self.legs.get(report.leg)
        if owner is None:
            return  # of a leg we have given up: hanging up and its report crossed on the way
        call, role = self.calls[owner[0]], owner[1]
        handler = _LEG_REPORTS.get((type(report), role))
        if handler is not None:
            handler(self, call, report)

    def _presence(self, desk: Desk, *, changed: bool) -> PresenceNow:
        return PresenceNow(
            person=desk.person,
            state=desk.doing.value,
            reason=desk.reason,
            since=desk.since or self.at,
            wrap_up_until=desk.wrap_up_until,
            signed_in_at=desk.signed_in_at,
            phone_kind=desk.phone_kind,
            phone_address=desk.phone_address,
            phone_on=any(self.rings_at(desk, exchange) for exchange in self.exchanges),
            enquiry=desk.call or desk.wrapping,
            call=self._card(desk),
            spying_on=desk.spying_on,
            changed=changed,
        )

    def _card(self, desk: Desk) -> dict[str, Any]:
        """The call in hand, as the buttons on the desk need it."""
        call = self.calls.get(desk.call or "")
        if call is None:
            return {}
        card: dict[str, Any] = {"exchange": call.exchange, "direction": "out" if call.outgoing else "in"}
        if call.offer and call.offer.person == desk.person:
            offer = call.offer
            card |= {"leg": offer.leg, "offered_until": offer.until.isoformat(), "reasons": offer.reasons}
        elif call.side and call.side.person == desk.person:
            card |= {"leg": call.side.leg, "asked_by": call.talk.person if call.talk else None}
        elif call.talk and call.talk.person == desk.person:
            card |= {"leg": call.talk.leg, "held": call.talk.held, "muted": call.talk.muted}
            if call.side:
                side = call.side
                card["consult"] = {"name": side.name, "address": side.address, "state": side.state.value}
        return card


_Handler = Callable[[Board, Call, Any], None]

_LEG_REPORTS: dict[tuple[type, Role], _Handler] = {
    (tel.Keyed, Role.CALLER): incoming.keyed,
    (tel.Played, Role.CALLER): incoming.played,
    (tel.Recorded, Role.CALLER): incoming.recorded,
    (tel.Gone, Role.CALLER): talking.caller_gone,
    (tel.Failed, Role.CALLER): dialling.not_reached,
    (tel.Answered, Role.CALLER): dialling.reached,
    (tel.Answered, Role.OFFER): waiting.answered,
    (tel.Failed, Role.OFFER): waiting.not_answered,
    (tel.Gone, Role.OFFER): waiting.not_answered,
    (tel.Answered, Role.AGENT): dialling.agent_ready,
    (tel.Failed, Role.AGENT): talking.agent_gone,
    (tel.Gone, Role.AGENT): talking.agent_gone,
    (tel.Answered, Role.SIDE): handing_on.answered,
    (tel.Failed, Role.SIDE): handing_on.failed,
    (tel.Gone, Role.SIDE): handing_on.gone,
    (tel.Answered, Role.SPY): supervision.answered,
    (tel.Failed, Role.SPY): supervision.gone,
    (tel.Gone, Role.SPY): supervision.gone,
}

#: what somebody whose role has ended may not begin; what they have in hand they may bring to its end
_FOR_THOSE_ON_DUTY = frozenset({"sign_in", "ready", "dial", "spy"})

_ORDERS: dict[str, Callable[[Board, Ask], dict[str, Any] | None]] = {
    "sign_in": people.sign_in,
    "sign_out": people.sign_out,
    "ready": people.ready,
    "pause": people.pause,
    "wrap_up_over": people.end_wrap_up,
    "extend_wrap_up": people.extend_wrap_up,
    "set_state": people.set_state,
    "answer": waiting.pick_up,
    "broken_off": coming_back.broken_off,
    "refuse": waiting.refuse,
    "hang_up": talking.hang_up,
    "hold": talking.hold,
    "resume": talking.resume,
    "mute": talking.mute,
    "keys": talking.keys,
    "consult": handing_on.consult,
    "consult_end": handing_on.consult_end,
    "join": handing_on.join,
    "complete_transfer": handing_on.complete,
    "transfer": handing_on.transfer,
    "dial": dialling.dial,
    "spy": supervision.spy,
    "spy_end": supervision.spy_end,
}
