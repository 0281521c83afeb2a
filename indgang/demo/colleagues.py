"""Simulated colleagues: they start when their centre opens, take calls, register questions, and take pauses.

They act as people do: by orders to the switchboard (`entry.commands`) and through `enquiries.registration`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from random import Random

from django.db import DatabaseError, close_old_connections
from django.db.models import Count

from indgang.accounts.models import Person
from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.core.schedule import Schedule
from indgang.correspondence import answer_ways
from indgang.correspondence.models import Thread
from indgang.demo import handed_over, letters, people
from indgang.demo.callers import Book
from indgang.demo.chatting import Chatting
from indgang.demo.day import DayOfCalls, UnitDemand, Wish
from indgang.demo.questions import question_of
from indgang.enquiries import registration, return_calls
from indgang.enquiries.models import Channel, Enquiry, Outcome, State
from indgang.enquiries.registration import QuestionData, RegistrationError
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, InHand, Presence, Queue, QueueMembership
from indgang.entry.switchboard import plans
from indgang.events.models import StoredEvent
from indgang.handover import outcomes
from indgang.routing.distribution.requirement import CALLBACK, CHAT, TASK, WRITTEN
from indgang.telephony.contract import Ring
from indgang.telephony.simulator import Answers, Behaviour, Simulator, Waits

logger = logging.getLogger(__name__)

#: seconds between two looks of the colleagues
_LOOK = 1.0
#: average seconds of talk and wrap-up of a call, for the number of people on duty
_HANDLING = 215.0
#: a little less than the callers require, so that somebody waits and a visitor is needed
_TOO_FEW = 0.95
_SMALL_TEAM = 3.0

_PICK_UP = (1.5, 5.0)
_NEVER_PICKS_UP = 0.01
_WRITING = (12.0, 34.0)
#: how long a colleague writes on an answer to a mail, and what they write
_ANSWERING = (60.0, 180.0)
_ANSWER = "Tak for din mail. Du finder vejledningen og de papirer, vi har brug for, på kommunens hjemmeside."
_SMS_ANSWER = "Tak for din sms. Skemaet og vejledningen ligger på kommunens hjemmeside under Selvbetjening."
_PAUSE = (60.0, 240.0)
#: how long a colleague sits idle before written work, and how many of a centre stay ready for the next call
_IDLE = (8.0, 40.0)
_STAY_READY = 1
#: chance per look that written work ends when somebody waits: callers wait a little, and not all return at once
_COME_BACK_CHANCE = 0.25
_BREAK_CHANCE = 0.08
_WRITTEN_WORK = "skriftligt"
_READY_AGAIN_SECONDS = 15.0
#: minimum seconds between two orders, so that an order can take effect
_ORDER_TIME = 3.0
#: how long they stay after closing for callers who still wait
_AFTER_HOURS = timedelta(minutes=10)

#: the targets of transfers
_CASE_WORKERS = tuple(f"+4533662{number:03}" for number in range(100, 140))


def on_duty(calls_per_minute: float) -> int:
    """How many people a centre puts on duty for this number of calls."""
    load = calls_per_minute * _HANDLING / 60
    return min(people.COLLEAGUES, ceil(load * _TOO_FEW) + (1 if load < _SMALL_TEAM else 0))


@dataclass(slots=True)
class SimulatedColleague:
    """One simulated person. `next_act` is the loop time of the next action, valid while `seen` does not change. The
    answer to the mail in hand is ready at `answers_at`, also when calls come in between; None without one."""

    person: Person
    centre: str
    seen: tuple[str, datetime] | None = None
    next_act: float = 0.0
    idle_until: float = 0.0
    answers_at: float | None = None


@dataclass(slots=True)
class _Centres:
    """The state of the centres at one look: waiting callers, idle colleagues, and idle visitors of the demo."""

    waiting: Counter[str] = field(default_factory=Counter)
    idle: Counter[str] = field(default_factory=Counter)
    visitors: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Colleagues:
    """All simulated colleagues. `look` reads their state and acts; all database work runs in one thread."""

    simulator: Simulator
    book: Book
    day: DayOfCalls
    now: Callable[[], datetime]
    random: Random
    _chatting: Chatting = field(init=False)
    _team: list[SimulatedColleague] = field(default_factory=list)
    _hours: Mapping[str, Schedule] = field(default_factory=dict)
    _centre_of_queue: Mapping[str, str] = field(default_factory=dict)
    _now: _Centres = field(default_factory=_Centres)

    def __post_init__(self) -> None:
        self._chatting = Chatting(self.now, self.book, self.day)

    def gather(self) -> None:
        """Read who works where, and how many are on duty. Blocks."""
        self._centre_of_queue = dict(Queue.objects.values_list("code", "centre__code"))
        schedules = hours.all_schedules()
        self._hours = {
            code: schedules[name] for code, name in ContactCentre.objects.values_list("code", "schedule__code")
        }
        wanted = {centre: on_duty(rate) for centre, rate in self._calls_per_minute().items()}
        everybody = {each.username: each for each in Person.objects.filter(username__in=_usernames(self._hours))}
        self._team = [
            SimulatedColleague(everybody[name], centre)
            for centre in self._hours
            for number in range(1, wanted.get(centre, 0) + 1)
            if (name := people.colleague(centre, number)) in everybody
        ]
        self.book.phones |= {plans.phone_of(each.person) for each in self._team}
        self.book.colleagues |= {each.person.pk for each in self._team}

    def _calls_per_minute(self) -> dict[str, float]:
        total = sum(each.calls_per_year for each in self.day.subjects)
        rates: dict[str, float] = {}
        for each in self.day.subjects:
            centre = self._centre_of_queue[each.queue]
            rates[centre] = rates.get(centre, 0.0) + self.day.per_minute * each.calls_per_year / total
        return rates

    def look(self, time: float) -> list[str]:
        """Read everybody's state and act on it; `time` is the loop's. Blocks. Returns the phones that are in use."""
        close_old_connections()
        presences = {
            row.person_id: row for row in Presence.objects.select_related("reason").prefetch_related("person__in_hand")
        }
        self._now = self._see(presences)
        open_now = {code for code, schedule in self._hours.items() if self._is_staffed(schedule)}
        in_use: list[str] = []
        for each in self._team:
            row = presences.get(each.person.pk)
            signed_in = row is not None and row.state != AgentState.SIGNED_OUT
            if each.centre not in open_now:
                self._leave(each, row, time)
            elif row is None or not signed_in:
                if time >= each.next_act:
                    self._order(each, "sign_in", time, phone_kind="browser", phone_address="")
                    self._order(each, "ready", time)
            else:
                self._go_on(each, row, time)
                in_use.append(plans.phone_of(each.person))
        return in_use

    def _see(self, presences: Mapping[int, Presence]) -> _Centres:
        seen = _Centres()
        for queue, number in (
            Enquiry.objects.filter(state=State.WAITING).values_list("queue__code").annotate(Count("pk")).order_by()
        ):
            seen.waiting[self._centre_of_queue.get(queue, "")] += number
        for each in self._team:
            row = presences.get(each.person.pk)
            seen.idle[each.centre] += row is not None and row.state == AgentState.READY
        ours = {each.person.pk for each in self._team}
        visitors = [pk for pk, row in presences.items() if row.state == AgentState.READY and pk not in ours]
        if visitors:
            served = QueueMembership.objects.filter(person__in=visitors, active=True, valid_to=None)
            for _, centre in set(served.values_list("person", "queue__centre__code")):
                seen.visitors[centre] += 1
        return seen

    def _is_staffed(self, schedule: Schedule) -> bool:
        at = self.now()
        return schedule.is_open(at) or schedule.is_open(at - _AFTER_HOURS)

    def _leave(self, each: SimulatedColleague, row: Presence | None, time: float) -> None:
        idle = row is not None and row.state in (AgentState.READY, AgentState.PAUSED, AgentState.NOT_RESPONDING)
        if idle and time >= each.next_act:
            self._order(each, "sign_out", time)

    def _go_on(self, each: SimulatedColleague, row: Presence, time: float) -> None:
        """The next action of a colleague on duty. For a new state, decide how long it lasts."""
        if each.seen != (row.state, row.since):
            each.seen = (row.state, row.since)
            each.next_act = time + self._lasts(row.state)
            if row.state == AgentState.WORKING:
                each.answers_at = each.next_act = each.answers_at or each.next_act
            each.idle_until = time + _ORDER_TIME
        chats = [item.enquiry for item in row.person.in_hand.all() if item.kind == CHAT]
        self._chatting.go_on(each.person, chats, time)
        if row.state == AgentState.TALKING:
            self._put_through(each, row, time)
        elif row.state == AgentState.RINGING and _kind_of(row) == CALLBACK:
            if time >= each.next_act:
                self._order(each, "answer", time)
        elif row.state == AgentState.RINGING and _kind_of(row) == TASK:
            self._order(each, "refuse", time)  # the hand-over behind it is for people
        elif row.state == AgentState.RINGING and _kind_of(row) in (WRITTEN, CHAT):
            if time >= each.next_act:
                self._order(each, "refuse" if self._now.visitors[each.centre] else "answer", time)
        elif row.state == AgentState.READY and self._now.visitors[each.centre] and time >= each.idle_until:
            # the next call is for the visitor
            self._turn_to(each, _WRITTEN_WORK, time)
        elif row.state == AgentState.PAUSED and row.reason and row.reason.code == _WRITTEN_WORK:
            self._come_back(each, time)
        elif time >= each.next_act:
            self._act(each, row, time)

    def _lasts(self, state: str) -> float:
        """Seconds that a colleague stays in a state before the next action."""
        match state:
            case AgentState.WRAP_UP:
                return self.random.uniform(*_WRITING)
            case AgentState.WORKING:
                return self.random.uniform(*_ANSWERING)
            case AgentState.PAUSED:
                return self.random.uniform(*_PAUSE)
            case AgentState.NOT_RESPONDING:
                return _READY_AGAIN_SECONDS
            case AgentState.READY:
                return self.random.uniform(*_IDLE)
        return 0.0

    def _act(self, each: SimulatedColleague, row: Presence, time: float) -> None:
        match row.state:
            case AgentState.WORKING:
                self._answer_mail(each, row, time)
            case AgentState.WRAP_UP:
                self._write_down(each, row)
                self._order(each, "wrap_up_over", time)
            case AgentState.PAUSED | AgentState.NOT_RESPONDING:
                self._order(each, "ready", time)
            case AgentState.READY if self.random.random() < _BREAK_CHANCE:
                self._turn_to(each, self.random.choice(("frokost", "kort")), time)
            case AgentState.READY if self._now.idle[each.centre] > _STAY_READY:
                self._turn_to(each, _WRITTEN_WORK, time)

    def _answer_mail(self, each: SimulatedColleague, row: Presence, time: float) -> None:
        """Answer the mail in hand, register what it was about, and close it."""
        each.next_act, each.answers_at = time + _ORDER_TIME, None
        held = [item.enquiry for item in row.person.in_hand.all() if item.kind == WRITTEN]
        thread = Thread.objects.open().filter(pk__in=held).with_names().first()
        if thread is None:
            return
        wish = self.day.wish(self._demand(thread))
        try:
            question = question_of(wish, can_be_rung=False)
            registration.register(thread.enquiry, questions=[question], by=each.person, at=self.now())
            self._answer(thread, by=each.person)
        except (RefusedChange, RegistrationError) as refused:
            logger.info("%s could not answer: %s", each.person, refused)
            self._order(each, "written_put_back", time, enquiry=str(thread.pk))

    def _answer(self, thread: Thread, *, by: Person) -> None:
        """Answer on the way that the question came, and close."""
        text = _SMS_ANSWER if thread.channel == Channel.SMS else _ANSWER
        typed = {"text": text, "to": [thread.contact_address], "subject": thread.subject}
        answer_ways.answer(thread, typed, closes=True, by=by, at=self.now())

    def _demand(self, thread: Thread) -> UnitDemand:
        """The unit that the mailbox is for."""
        units = {each.code: each.unit for each in letters.mailboxes()}
        unit = units.get(thread.mailbox.code if thread.mailbox else "")
        return next((each for each in self.day.subjects if each.unit == unit), self.day.subjects[0])

    def _turn_to(self, each: SimulatedColleague, reason: str, time: float) -> None:
        self._now.idle[each.centre] -= 1
        self._order(each, "pause", time, reason=reason)

    def _come_back(self, each: SimulatedColleague, time: float) -> None:
        """Return from written work to the telephone when more callers wait than the visitors can take."""
        seen = self._now
        needed = seen.waiting[each.centre] > seen.visitors[each.centre] + seen.idle[each.centre]
        quiet = not seen.visitors[each.centre] and seen.idle[each.centre] < _STAY_READY
        if time >= each.next_act and (needed or quiet) and self.random.random() < _COME_BACK_CHANCE:
            seen.idle[each.centre] += 1
            self._order(each, "ready", time)

    def _order(self, each: SimulatedColleague, kind: str, time: float, **payload: object) -> None:
        commands.give(kind, by=each.person, at=self.now(), **payload)
        each.next_act = time + _ORDER_TIME

    def _put_through(self, each: SimulatedColleague, row: Presence, time: float) -> None:
        leg = _leg_of(row)
        if leg in self.book.to_put_through and time >= each.next_act:
            number = self.random.choice(_CASE_WORKERS)
            self._order(each, "transfer", time, address=f"tel:{number}", name="Sagsbehandler")

    def _write_down(self, each: SimulatedColleague, row: Presence) -> None:
        # a transferred caller still talks to somebody else
        open_ones = Enquiry.objects.filter(state__in=(State.UNREGISTERED, State.TALKING), questions=None)
        item = _first_in_hand(row)
        enquiry = open_ones.filter(pk=item.enquiry).first() if item else None
        if enquiry is None:
            return
        caller = self.book.callers.get(_leg_of(row))
        wish = caller.wish if caller else self.day.caller(self.now()).wish
        try:
            question = question_of(wish, can_be_rung=bool(return_calls.number_of(enquiry)))
            if wish.outcome == Outcome.MESSAGE and self._hand_over(each, enquiry, wish, question):
                question = replace(question, outcome=Outcome.MESSAGE)
            registration.register(
                enquiry, questions=[question], by=each.person, at=self.now(), handed_over=outcomes.of(enquiry)
            )
        except RegistrationError as error:
            logger.info("%s could not register: %s", each.person, error.code)

    def _hand_over(self, each: SimulatedColleague, enquiry: Enquiry, wish: Wish, question: QuestionData) -> bool:
        """Hand the question over; False where nobody takes it, and the caller is called back instead."""
        about = f"{wish.local or question.purpose.name}: {question.service.name}"
        try:
            sent = handed_over.hand_over(enquiry, question.service, about, by=each.person, at=self.now())
        except RefusedChange as refused:
            logger.info("%s could not hand over: %s", each.person, refused)
            return False
        return sent is not None


def _usernames(centres: Iterable[str]) -> list[str]:
    return [people.colleague(centre, number) for centre in centres for number in range(1, people.COLLEAGUES + 1)]


def _leg_of(row: Presence) -> str:
    """The caller's leg of the enquiry in hand, from its first event; empty without one."""
    item = _first_in_hand(row)
    arrived = StoredEvent.objects.filter(stream=item.enquiry, kind=Kind.ARRIVED) if item else StoredEvent.objects.none()
    return str((arrived.values_list("data", flat=True).first() or {}).get("leg", ""))


def _kind_of(row: Presence) -> str:
    item = _first_in_hand(row)
    return item.kind if item else ""


def _first_in_hand(row: Presence) -> InHand | None:
    return next(iter(row.person.in_hand.all()), None)


async def run_colleagues(
    simulator: Simulator, day: DayOfCalls, now: Callable[[], datetime], book: Book, random: Random
) -> None:
    """Run the simulated colleagues until cancelled."""
    loop = asyncio.get_running_loop()
    colleagues = Colleagues(simulator, book, day, now, random)
    with ThreadPoolExecutor(1, "colleagues") as thread:
        await loop.run_in_executor(thread, colleagues.gather)
        while True:
            try:
                in_use = await loop.run_in_executor(thread, colleagues.look, loop.time())
            except DatabaseError as error:
                logger.warning("the colleagues wait for the database: %s", error)
                await asyncio.sleep(5)
                continue
            # the switchboard assigns a phone that waits for a button; the colleagues' phones answer by themselves
            for phone in in_use:
                simulator.plug_in(phone, partial(_behaviour, random))
            await asyncio.sleep(_LOOK)


def _behaviour(random: Random, ring: Ring) -> Behaviour:
    return Waits() if random.random() < _NEVER_PICKS_UP else Answers(random.uniform(*_PICK_UP))
