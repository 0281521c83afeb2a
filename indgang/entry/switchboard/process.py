"""The switchboard process: takes reports and orders, asks the board, writes, then orders the exchanges.

Two steps run concurrently. `_take_in` turns each input into an outcome at once. `_carry_out` writes all pending
outcomes in one transaction and only then gives their orders. While the database is unavailable, orders wait.
Conversations continue, because the exchange carries them. Callers with pending orders go to the exchange's fallback
plan, which tries us again every few seconds. A batch that the database refuses becomes a dead letter, and its orders
are given.

Exactly one switchboard is active: it holds an advisory lock, and the others stand by.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.lookups import IsNull

from indgang.core import phone_numbers
from indgang.core.clock import day_of, seconds_to_midnight
from indgang.core.ids import uuid7
from indgang.entry.board.board import Board
from indgang.entry.board.call import UNREADABLE
from indgang.entry.board.kept import KeptItem, is_ordered_anew, read_item, salvaged
from indgang.entry.board.outcome import NOBODY, Ask, BoardOutcome
from indgang.entry.board.recovery import message_id
from indgang.entry.board.robot_calls import RobotLimits
from indgang.entry.board.robot_script import Script
from indgang.entry.commands import CHANNEL
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch, Journal, OrderAnswer
from indgang.entry.models import Command
from indgang.entry.setup import end_of_call
from indgang.entry.switchboard import (
    dead_letters,
    phone_secrets,
    plans,
    recorded_sound,
    refused_calls,
    trunk_trials,
    trunk_watch,
)
from indgang.entry.switchboard.numbers import in_full
from indgang.entry.switchboard.sounds import SoundShelf
from indgang.entry.switchboard.wakeup import Wakeup
from indgang.entry.team import own_numbers
from indgang.routing.centre.core import LAST_AGENT_KEPT, MISSED_CALLBACK_KEPT
from indgang.routing.centre.plan import Plan
from indgang.routing.centre.second_level import SecondLevel
from indgang.routing.flows.steps import Fact
from indgang.telemetry import traces
from indgang.telephony import contract as tel

logger = logging.getLogger(__name__)
T = TypeVar("T")
#: calls the board with the time
Decide = Callable[[Board, datetime], BoardOutcome]

#: interval of reading the set-up without a notification (a new day, the beginning of a phase)
REREAD_SECONDS = 300.0
HEARTBEAT_SECONDS = 5.0
#: interval of the check for orders without a wake-up
LOOK_FOR_COMMANDS_SECONDS = 2.0
#: orders that are read at once
MOST_COMMANDS = 50
#: shortest interval between two readings of who of the second level can be asked: the calendars of a large house change
#: all the time
PROMISES_APART_SECONDS = 1.0
#: shortest interval between writes, and the interval when more is waiting than a write in that time takes along: a
#: write costs about the same for one call as for ten, and at eighty calls a second the first saves a fifth and the
#: second a tenth of the machine's work. An input after a longer pause is written at once.
WRITES_APART_SECONDS = 0.02
BUSY_WRITES_APART_SECONDS = 0.04
#: how long what robot calls alone need waits for a write of something else: a call must not wait for theirs
ROBOTS_WAIT_SECONDS = 0.4
#: outcomes in a write from which the next one comes later
BUSY_FROM = 10
#: how long a caller waits for a write, before the fallback plan of the exchange takes over
HELD_SECONDS = 5.0
#: interval of the check for delayed writes
LOOK_FOR_HELD_SECONDS = 0.5
#: interval of the check of the telephone lines
WATCH_TRUNKS_SECONDS = 5.0
#: how long a caller rings at most at an exchange that loads its sounds for the first time
FIRST_SOUNDS_SECONDS = 10.0
#: validity of a browser phone's credentials
CREDENTIALS_SECONDS = 12 * 3600.0
#: how long a caller who stays on the line waits, in silence, for the decision whether they are asked
ASK_AT_END_SECONDS = 3.0
#: errors of the batch itself: writing it again would fail again
UNWRITABLE = (DataError, IntegrityError, LookupError, TypeError, ValueError)


@dataclass(slots=True)
class Switchboard:
    """One running switchboard. `now` is the clock; `journal` stores the events."""

    telephones: dict[str, tel.Telephone]
    journal: Journal
    now: Callable[[], datetime]
    sounds: SoundShelf
    upkeep: Callable[[datetime], None] = lambda at: None
    #: how many robot calls may go out beside the calls of people
    robot_limits: RobotLimits = field(default_factory=RobotLimits)
    board: Board | None = None
    #: set when all exchanges have been started
    is_up: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: asyncio.TaskGroup | None = None
    #: when the board's next timer is due, and until when `_keep_time` sleeps
    _due: datetime | None = None
    _sleeps_until: datetime | None = None
    _sooner: asyncio.Event = field(default_factory=asyncio.Event)
    _outcomes: list[BoardOutcome] = field(default_factory=list)
    #: the outcomes that are being written and ordered now
    _in_hand: list[BoardOutcome] = field(default_factory=list)
    #: callers who called while nothing could be written, and have heard the announcement of the fallback plan
    _turned_away: set[tel.LegId] = field(default_factory=set)
    _pending: asyncio.Event = field(default_factory=asyncio.Event)
    #: writes what robot calls alone need, unless something else is written sooner
    _robots_wait: asyncio.TimerHandle | None = None
    _robots_due: bool = False
    _asked: set[int] = field(default_factory=set)
    #: revoked credentials that an unreachable exchange still has: (exchange, phone)
    _to_revoke: set[tuple[str, str]] = field(default_factory=set)
    #: credentials of a phone are issued or revoked one at a time, so that the last order wins
    _phones: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: exchanges that have ended though nobody removed them: the alert about each goes on until it is back
    _dead: set[str] = field(default_factory=set)
    #: set when the facts about who of the second level can be asked have changed
    _promises_changed: asyncio.Event = field(default_factory=asyncio.Event)
    #: the day that the board's plan was read for
    _day: date = date.min
    #: the task that loads the sounds of each exchange
    _loading: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    #: all database work happens in this one thread, in order
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "journal"))
    #: for what takes long; the journal's thread stays free for calls
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "beside"))
    _recordings: recorded_sound.RecordedSound = field(init=False)

    def __post_init__(self) -> None:
        self._recordings = recorded_sound.RecordedSound(self._store_recording)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._in_thread(self.upkeep, self.now())
        await self._restore()
        wakeup = Wakeup(CHANNEL)
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self._keep_time())
            tasks.create_task(self._carry_out())
            tasks.create_task(wakeup.listen())
            tasks.create_task(self._take_commands(wakeup))
            tasks.create_task(self._keep_up())
            tasks.create_task(self._look_for_held())
            tasks.create_task(self._follow_promises())
            tasks.create_task(self._watch_trunks())
            tasks.create_task(self._recordings.work())
            for telephone in list(self.telephones.values()):
                await self.add(telephone)
            self.is_up.set()

    async def add(self, telephone: tel.Telephone) -> None:
        """Connect an exchange, also while running."""
        self.telephones[telephone.name] = telephone
        self._dead.discard(telephone.name)
        self.sounds.forget(telephone.name)
        if telephone.picks_up:
            self._board().telephones.pick_up_at.add(telephone.name)
        await telephone.start()
        self._begin(self._hear(telephone))

    async def drop(self, name: str, *, on_purpose: bool = True) -> None:
        """Remove an exchange, its calls and what is stored about its lines. One that was not removed on purpose
        raises the alert about an exchange that has ended."""
        telephone = self.telephones.pop(name, None)
        if telephone is None:
            return
        if not on_purpose:
            self._dead.add(name)
        await telephone.close()
        self._take_in(lambda board, at: board.without(name, at, on_purpose=on_purpose))
        await self._patiently(trunk_watch.keep, name, (), self.now())

    async def close(self) -> None:
        """Disconnect from the exchanges; live calls stay up."""
        for telephone in list(self.telephones.values()):
            await telephone.close()
        self._thread.shutdown(wait=False)
        self._beside.shutdown(wait=False)

    # --- in --------------------------------------------------------------------------------------

    async def _restore(self) -> None:
        """Restore the board. Sounds are loaded later, when an exchange is connected."""
        plan = await self._read_plan()
        last_agents = await self._in_thread(self.journal.last_agents, self.now() - LAST_AGENT_KEPT)
        missed = await self._in_thread(self.journal.missed_callbacks, self.now() - MISSED_CALLBACK_KEPT)
        await self._in_thread(self.sounds.choose, self.now())
        items = [item for kept in await self._in_thread(self.journal.open_items) if (item := await self._read(kept))]
        desks = await self._in_thread(plans.desks, self.now())
        seen = await self._in_thread(plans.exchanges_seen)
        remembered = replace(plan, last_agents=last_agents, missed_callbacks=missed)
        self.board = Board(remembered, self.now(), new_enquiry_id)
        self.board.robots.limits = self.robot_limits
        self._put(self.board.restore(items, desks, self.now(), seen=seen))
        logger.info("restored %d items of work and %d desks", len(items), len(desks))

    async def _read(self, kept: Mapping[str, Any]) -> KeptItem | None:
        """Read a stored item. An unreadable one becomes a dead letter."""
        item = str(kept["item"])
        try:
            return read_item(kept)
        except UNREADABLE as error:
            logger.error("what was kept of an item cannot be read (%s)", type(error).__name__)
            await self._patiently(dead_letters.keep, Batch(self.now(), items={item: kept}), error, self.now())
        try:
            return salvaged(kept)
        except UNREADABLE:
            # its caller is treated as a new one
            end = Kind.LEFT.event(str(kept.get("story") or item), self.now(), data={"why": "unreadable"})
            events = [] if is_ordered_anew(kept) else [end]
            self._put(BoardOutcome(Batch(self.now(), events=events, items={item: None})))
            return None

    async def _hear(self, telephone: tel.Telephone) -> None:
        async for told in telephone.reports():
            if self.telephones.get(telephone.name) is not telephone:
                return  # it has been removed meanwhile
            report = in_full(told)
            if isinstance(report, tel.Connected):
                await self._revoke_what_is_left(telephone)
                self._plug_in_everybody()
                self._load_sounds(telephone)
                # timers start now, however long the report has waited
                report = replace(report, at=self.now())
            elif isinstance(report, tel.Arrived):
                if self._held():
                    await self._turn_away(telephone, report.leg)
                    continue
                await self._sounds_are_there(telephone)
            elif isinstance(report, tel.MessageLeft):
                self._begin(self._take_message(telephone, report))
                continue
            elif isinstance(report, tel.ConversationRecorded | tel.CommentRecorded):
                self._recordings.add(telephone.name, report.recording)
            elif isinstance(report, tel.Recorded) and report.recording.startswith(tel.COMMENT):
                self._take_comment(telephone, report)
            if not isinstance(report, tel.CommentRecorded):  # does not change the board
                self._take_in(_reporting(telephone.name, report))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run it as a task of its own."""
        if self._tasks is None:
            raise RuntimeError("the switchboard is not running")
        return self._tasks.create_task(work)

    def _load_sounds(self, telephone: tel.Telephone) -> None:
        self._loading[telephone.name] = self._begin(self.sounds.load_into(telephone))

    async def _sounds_are_there(self, telephone: tel.Telephone) -> None:
        """Wait a moment for the sounds that an exchange still lacks; its callers hear ringing meanwhile."""
        loading = self._loading.get(telephone.name)
        if loading is not None and not loading.done() and self.sounds.are_missing_at(telephone):
            await asyncio.wait({loading}, timeout=FIRST_SOUNDS_SECONDS)

    async def _take_commands(self, wakeup: Wakeup) -> None:
        while True:
            has_reread = False
            commands = await self._in_thread(_waiting_commands, frozenset(self._asked))
            for command in commands:
                self._asked.add(command.pk)
                with traces.continued(command.trace, f"order {command.kind}"):
                    await self._take(command, has_reread=has_reread)
                has_reread = has_reread or command.kind == "reload"
            if len(commands) < MOST_COMMANDS:
                await wakeup.wait(LOOK_FOR_COMMANDS_SECONDS)

    async def _take(self, command: Command, *, has_reread: bool) -> None:
        """Carry out an order. With `has_reread`, the set-up was reread after this order was given, for another that
        waited with it: a table that is read in gives up to four."""
        person = command.person_id or NOBODY
        if day_of(self.now()) != self._day:
            await self.reread()  # the permissions of the order's day apply
        if command.kind == "reload":
            if not has_reread:
                await self.reread()
            self._answer(command.pk, True, {})
        elif command.kind == "reload_availability":
            self._promises_changed.set()
            self._answer(command.pk, True, {})
        elif command.kind == "phone_credentials":
            async with self._phones:
                await self._issue_credentials(command, person)
        elif command.kind == "test_call":
            self._test_call(command)
        elif command.kind == "end_phone":
            await self._end_phone(person)
            self._answer(command.pk, True, {})
        else:
            if command.kind in ("sign_in", "monitor"):
                self._plug_in(person)
            ask = Ask(command.pk, command.kind, person, command.payload)
            self._take_in(lambda board, at: self._asked_of(board, ask, at))

    def _asked_of(self, board: Board, ask: Ask, at: datetime) -> BoardOutcome:
        """The board's answer to an order. A refused call to an outside number goes into the audit trail."""
        outcome = board.ask(ask, at)
        for answer in outcome.batch.answers:
            code = str(answer.detail.get("code", ""))
            if not answer.done:
                self._note_refusal(ask.person, ask.kind, code)
        return outcome

    def _note_refusal(self, person: int, order: str, code: str) -> None:
        if refused_calls.is_one(code):
            self._begin(self._patiently(refused_calls.note, person, order, code, self.now()))

    async def reread(self) -> None:
        """Reload the set-up, prompts and memberships."""
        await self._in_thread(self.journal.forget)
        plan = await self._read_plan()
        await self._patiently(self.sounds.choose, self.now())
        for telephone in list(self.telephones.values()):
            await self.sounds.load_into(telephone)
        self._take_in(lambda board, at: board.replan(plan, at))
        self._promises_changed.set()  # what was read of them while the sounds were loaded is newer than this plan

    async def _follow_promises(self) -> None:
        """Read anew who of the second level can be asked, soon after it has changed. Many changes are read once."""
        while True:
            await self._promises_changed.wait()
            self._promises_changed.clear()
            at = self.now()
            second_level = await self._patiently(_with_own_connection, plans.second_level, at, thread=self._beside)
            self._take_in(_promising(second_level))
            await asyncio.sleep(PROMISES_APART_SECONDS)

    async def _read_plan(self) -> Plan:
        at = self.now()
        plan = await self._patiently(plans.read, at)
        if plan.asks(Fact.CALLER_KNOWN):
            plan = replace(plan, known_numbers=await self._patiently(self.journal.known_numbers))
        self._day = day_of(at)
        return plan

    async def _issue_credentials(self, command: Command, person: int) -> None:
        """Issue credentials for the person's browser phone at every exchange that has browser phones: a call belongs to
        its exchange and rings only at phones that are registered there.

        While no exchange is reachable, the answer is not that there are no browser phones.
        """
        if (refused := self._board().why_no_phone(person)) is not None:
            self._answer(command.pk, False, {"code": refused})
            return
        phone, mark = plans.phone_of(person), phone_secrets.new_mark()
        made, away = await self._sign_ins(phone, phone_secrets.password(phone, mark))
        if made:
            first, *more = made
            detail = {
                "phone": phone, "uri": first.uri, "mark": mark, "websocket": first.websocket,
                "expires": first.expires.isoformat(),
                "more": [{"uri": each.uri, "websocket": each.websocket} for each in more],
            }  # fmt: skip
        else:
            detail = {"code": "exchange_away"} if away else {"phone": phone, "websocket": ""}
        self._answer(command.pk, bool(made) or not away, detail)

    async def _sign_ins(self, phone: str, password: str) -> tuple[list[tel.Credentials], bool]:
        """The credentials, and whether an exchange was away; it gets them later if another exchange issued some."""
        made, away = [], []
        for telephone in list(self.telephones.values()):
            try:
                made.append(await telephone.issue_credentials(phone, CREDENTIALS_SECONDS, password))
            except tel.TelephoneError as error:
                logger.warning("no credentials for %s at %s: %s", phone, telephone.name, error)
                away.append(telephone)
        usable = [each for each in made if each.websocket]
        if usable:
            promised = [each.promise_credentials(phone, CREDENTIALS_SECONDS, password) for each in away]
            usable += [each for each in promised if each.websocket]
        return usable, bool(away)

    async def _end_phone(self, person: int) -> None:
        """Revoke the credentials of the person's browser phone at all exchanges."""
        async with self._phones:
            for telephone in list(self.telephones.values()):
                await self._revoke(telephone, plans.phone_of(person))

    async def _revoke(self, telephone: tel.Telephone, phone: str) -> None:
        """Revoke credentials; an unreachable exchange is told when it is back."""
        try:
            await telephone.revoke_credentials(phone)
        except tel.TelephoneError:
            self._to_revoke.add((telephone.name, phone))

    async def _revoke_what_is_left(self, telephone: tel.Telephone) -> None:
        for name, phone in [each for each in self._to_revoke if each[0] == telephone.name]:
            self._to_revoke.discard((name, phone))
            await self._revoke(telephone, phone)

    def _plug_in_everybody(self) -> None:
        for desk in self._board().desks.values():
            if desk.signed_in:
                self._plug_in(desk.person)

    def _plug_in(self, person: int) -> None:
        """Create the phone of a person who signs in, at exchanges that create phones."""
        for telephone in list(self.telephones.values()):
            telephone.provide_phone(plans.phone_of(person))

    async def _take_message(self, telephone: tel.Telephone, report: tel.MessageLeft) -> None:
        """Store a message left during an outage. The exchange reports it again until it is deleted; store it once."""
        enquiry = message_id(telephone.name, report.recording)
        if await self._patiently(self.journal.knows, enquiry):
            await telephone.discard_recording(report.recording)
        else:
            self._take_in(_reporting(telephone.name, report))

    def _take_comment(self, telephone: tel.Telephone, report: tel.Recorded) -> None:
        """Fetch a comment, whatever has become of its call; of a silent one nothing is left at the exchange."""
        if report.seconds > 0:
            self._recordings.add(telephone.name, report.recording)
        else:
            self._begin(self._discard(telephone, report.recording))

    async def _discard(self, telephone: tel.Telephone, recording: str) -> None:
        await self._safely(telephone.discard_recording(recording), f"{telephone.name}: discard {recording}")

    async def _store_recording(self, exchange: str, recording: str) -> None:
        """Store a recording, and leave none of it at the exchange, which reports it again until then."""
        telephone = self.telephones.get(exchange)
        if telephone is None:
            return  # it has been removed
        wav = await telephone.fetch_recording(recording)
        # an hour of sound takes seconds to write, and calls must not wait for it
        await self._patiently(
            _with_own_connection, recorded_sound.keep, self.journal, recording, wav, thread=self._beside
        )
        await telephone.discard_recording(recording)

    def _answer(self, command: int, done: bool, detail: Mapping[str, Any]) -> None:
        batch = Batch(self.now())
        batch.answers.append(OrderAnswer(command, done, detail))
        self._put(BoardOutcome(batch))

    # --- lines to the telephone network -----------------------------------------------------------

    async def _watch_trunks(self) -> None:
        """Store the state of every line; lines of an unreachable exchange keep their last known state."""
        while True:
            for name, telephone in list(self.telephones.items()):
                with contextlib.suppress(tel.TelephoneError):
                    states = await telephone.trunk_states()
                    if self.telephones.get(name) is telephone:
                        await self._patiently(trunk_watch.keep, name, states, self.now())
            await asyncio.sleep(WATCH_TRUNKS_SECONDS)

    def _test_call(self, command: Command) -> None:
        """Begin a test call on a line and store its outcome with the line. Barred and emergency numbers are refused."""
        number, exchange = str(command.payload["number"]), str(command.payload["exchange"])
        refusal = trunk_trials.why_not(self._board().centre.plan.barring, number)
        if refusal or exchange not in self.telephones:
            code = refusal or "exchange_away"
            self._note_refusal(command.person_id or NOBODY, command.kind, code)
            self._answer(command.pk, False, {"code": code})
            return
        self._begin(self._carry_out_test_call(exchange, str(command.payload["trunk"]), number, command))
        self._answer(command.pk, True, {})

    async def _carry_out_test_call(self, exchange: str, trunk: str, number: str, command: Command) -> None:
        try:
            result = await self._telephone(exchange).test_call(trunk, phone_numbers.normalise(number))
        except tel.TelephoneError:
            result = tel.TrialCall("exchange_away", None, 0.0)
        by = str(command.payload.get("by_name", ""))
        await self._patiently(trunk_watch.keep_trial, exchange, trunk, number, result, by, self.now())

    # --- decide ----------------------------------------------------------------------------------

    def _take_in(self, decide: Decide) -> None:
        """Handle inputs in order; timers that were due earlier run first."""
        self._tick()
        self._put(decide(self._board(), self.now()))
        self._look_ahead()

    def _tick(self) -> None:
        if self._due is not None and self._due <= self.now():
            self._put(self._board().tick(self.now()))
            self._look_ahead()

    def _look_ahead(self) -> None:
        self._due = self._board().next_due()
        if self._due is not None and (self._sleeps_until is None or self._due < self._sleeps_until):
            self._sooner.set()

    async def _keep_time(self) -> None:
        """Run due timers of the board while there is no input."""
        self._look_ahead()
        while True:
            self._sooner.clear()
            self._sleeps_until = self._due
            seconds = None if self._due is None else max(0.0, (self._due - self.now()).total_seconds())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._sooner.wait()
            self._tick()

    def _telephone(self, exchange: str) -> tel.Telephone:
        """The exchange. Raises `TelephoneError` when it has been removed."""
        if (telephone := self.telephones.get(exchange)) is None:
            raise tel.TelephoneError(f"there is no exchange {exchange} any more")
        return telephone

    def _board(self) -> Board:
        if self.board is None:
            raise RuntimeError("the board is made when the switchboard starts")
        return self.board

    def _put(self, outcome: BoardOutcome) -> None:
        has_more = outcome.orders or outcome.pick_ups or outcome.recordings or outcome.numbers_tried
        if has_more or not outcome.batch.empty():
            self._outcomes.append(outcome)
            if outcome.can_wait:
                self._write_robots_soon()
            else:
                self._pending.set()

    def _write_robots_soon(self) -> None:
        if self._robots_wait is None:
            loop = asyncio.get_running_loop()
            self._robots_wait = loop.call_later(ROBOTS_WAIT_SECONDS, self._write_robots_now)

    def _write_robots_now(self) -> None:
        self._robots_due = True
        self._pending.set()

    # --- out -------------------------------------------------------------------------------------

    async def _carry_out(self) -> None:
        loop, next_write = asyncio.get_running_loop(), 0.0
        while True:
            await self._pending.wait()
            await asyncio.sleep(next_write - loop.time())
            self._pending.clear()
            self._in_hand, self._outcomes = (self._outcomes, []) if self._robots_due else first(self._outcomes)
            if not self._outcomes:
                self._stop_waiting_for_robots()
            # a call does not wait for what robot calls have written
            hurried = sum(not outcome.can_wait for outcome in self._in_hand)
            next_write = loop.time() + (pause_after(len(self._in_hand)) if hurried else 0.0)
            await self._write([outcome.batch for outcome in self._in_hand if not outcome.batch.empty()])
            for outcome in self._in_hand:
                await self._give_orders(outcome)
            self._in_hand = []

    def _stop_waiting_for_robots(self) -> None:
        if self._robots_wait is not None:
            self._robots_wait.cancel()
        self._robots_wait, self._robots_due = None, False

    # --- while nothing can be written ------------------------------------------------------------

    def _held(self) -> list[BoardOutcome]:
        """Outcomes that have waited too long to be written."""
        now = self.now()
        outcomes = [*self._in_hand, *self._outcomes]
        return [outcome for outcome in outcomes if (now - outcome.at).total_seconds() >= HELD_SECONDS]

    async def _look_for_held(self) -> None:
        """Suspend the board while outcomes cannot be written, and resume it afterwards."""
        while True:
            await asyncio.sleep(LOOK_FOR_HELD_SECONDS)
            held = self._held()
            if held:
                self._put(self._board().halt(self.now()))
                await self._give_to_the_exchange(held)
            elif self._board().halted_since is not None:
                self._turned_away.clear()
                self._take_in(lambda board, at: board.go_on(at))

    async def _give_to_the_exchange(self, held: list[BoardOutcome]) -> None:
        """Callers with pending orders hear the reason from the exchange's fallback plan, and then music.

        Callers who wait with music and have no pending orders stay where they are.
        """
        calls = list(self._board().calls.values())
        owed = {getattr(order, "leg", "") for outcome in held for _exchange, order in outcome.orders}
        owed |= {call.leg for call in calls if not call.waits}
        for call in calls:
            if (
                call.exchange in self.telephones
                and call.leg in owed
                and (outcome := self._board().fall_back(call.leg, self.now())) is not None
            ):
                self._put(outcome)
                await self.telephones[call.exchange].perform(tel.FallBack(call.leg))

    async def _turn_away(self, telephone: tel.Telephone, leg: tel.LegId) -> None:
        """Handle a caller who arrives or returns while nothing can be written."""
        known = leg in self._turned_away or leg in self._board().legs
        self._turned_away.add(leg)
        await telephone.perform(tel.FallBack(leg, again=known))

    async def _write(self, batches: list[Batch]) -> None:
        """Write, however long the database is away: no order is given before its batch is written or a dead letter.

        The orders of a dead letter are given all the same. The board has moved on already. Without the orders
        the exchange would stay in its earlier state, and the caller would wait in silence without anybody
        noticing. An event that must be entered later by hand is the smaller harm.
        """
        if not batches:
            return
        try:
            await self._patiently(self.journal.write, batches)
        except UNWRITABLE:
            for batch in batches:
                await self._write_or_keep(batch)
        self._asked -= {answer.command for batch in batches for answer in batch.answers}

    async def _write_or_keep(self, batch: Batch) -> None:
        try:
            await self._patiently(self.journal.write, [batch])
        except UNWRITABLE as error:
            # only the kind of error: the database's message quotes the caller's data, which the dead letter holds
            logger.error("kept as a dead letter, for it cannot be written (%s)", type(error).__name__)
            await self._patiently(dead_letters.keep, batch, error, self.now())
            for part in dead_letters.parts_to_save(batch):
                await self._save(part)

    async def _save(self, part: Batch) -> None:
        """Write the parts of a dead letter that screens and a restart need, as far as possible."""
        try:
            await self._patiently(self.journal.write, [part])
        except UNWRITABLE as error:
            logger.warning("a part of it could not be written either (%s)", type(error).__name__)

    async def _patiently(self, work: Callable[..., T], *arguments: Any, thread: ThreadPoolExecutor | None = None) -> T:
        """Run the function in the database thread or another, again while the database is away; returns the result."""
        pause = 0.05
        while True:
            try:
                return await self._in_thread(work, *arguments, thread=thread)
            except (OperationalError, InterfaceError) as error:
                logger.warning("the database is away, orders wait: %s", error)
                await self._in_thread(_hang_up_database, thread=thread)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)

    async def _give_orders(self, outcome: BoardOutcome) -> None:
        for exchange, order in outcome.orders:
            if exchange not in self.telephones or self._board().is_moot(order):
                continue
            if not await self._safely(self.telephones[exchange].perform(order), f"{exchange}: {type(order).__name__}"):
                self._not_carried_out(exchange, order)
        for exchange, leg in outcome.pick_ups:
            if exchange in self.telephones:
                self.telephones[exchange].pick_up(leg)
        for enquiry, exchange, recording in outcome.recordings:
            await self._safely(self._keep(enquiry, exchange, recording), f"{exchange}: recording {recording}")
        for staying in outcome.staying:
            self._begin(self._ask_at_end(*staying))
        self._end_phones(outcome.gone_off_duty())
        for tried in outcome.numbers_tried:
            which = (tried.person, tried.number, tried.code)
            self._begin(self._patiently(own_numbers.tried, *which, tried.outcome, self.now()))

    def _end_phones(self, people: Iterable[int]) -> None:
        assert self._tasks is not None
        for person in people:
            self._tasks.create_task(self._end_phone(person))

    async def _keep(self, enquiry: str, exchange: str, recording: str) -> None:
        telephone = self._telephone(exchange)
        wav = await telephone.fetch_recording(recording)
        await self._patiently(self.journal.keep_recording, enquiry, wav)
        await telephone.discard_recording(recording)

    async def _ask_at_end(self, enquiry: str, exchange: str, leg: tel.LegId) -> None:
        """Find out whether this caller, who is on the line, is asked how it went. In doubt they are not.

        They are hung up when that takes too long. What is decided later finds nobody on the line.
        """
        asking = asyncio.ensure_future(self._whether_to_ask(enquiry))
        try:
            in_time, _late = await asyncio.wait({asking}, timeout=ASK_AT_END_SECONDS)
            if not in_time:
                self._take_in(lambda board, at: board.lead(exchange, leg, None, at))
            found = await asking
            if in_time or found is not None:
                self._take_in(lambda board, at: board.lead(exchange, leg, found, at))
        finally:
            asking.cancel()

    async def _whether_to_ask(self, enquiry: str) -> tuple[str, Script] | None:
        """The robot call and its script; None when they are not asked, whatever the reason."""
        try:
            begin = end_of_call.begin
            return await self._patiently(_with_own_connection, begin, enquiry, self.now(), thread=self._beside)
        except Exception as error:  # noqa: BLE001  # who asks is another package: its faults end no calls
            logger.error("whether to ask at the end of a call could not be found out (%s)", type(error).__name__)
            return None

    def _not_carried_out(self, exchange: str, order: tel.Order) -> None:
        """Report a failed ring order as a failed leg. Other failed orders leave their leg unchanged."""
        if isinstance(order, tel.Ring):
            failed = tel.Failed(order.leg, tel.Failure.UNREACHABLE, self.now(), never_left=True)
            self._take_in(_reporting(exchange, failed))

    async def _safely(self, doing: Awaitable[None], what: str) -> bool:
        """Whether the action succeeded. One failing order must not stop other calls.

        `what` names the kind of action. Orders and their error messages hold personal data and are not logged.
        """
        try:
            await doing
        except tel.TelephoneError:
            logger.error("could not be done: %s", what)
            return False
        return True

    async def _keep_up(self) -> None:
        """Write the heartbeat; reread the set-up now and then and when a day begins: roles and queues end by date."""
        since_reread = 0.0
        while True:
            await asyncio.sleep(min(HEARTBEAT_SECONDS, 0.1 + seconds_to_midnight(self.now())))
            since_reread += HEARTBEAT_SECONDS
            if since_reread >= REREAD_SECONDS or day_of(self.now()) != self._day:
                since_reread = 0.0
                await self._patiently(self.upkeep, self.now())
                in_use = self.telephones.keys() | self._dead
                await self._patiently(trunk_watch.forget_exchanges, in_use, self.now())
                await self.reread()
            batch = Batch(self.now())
            batch.exchanges = self._board().exchange_states()
            self._put(BoardOutcome(batch))

    async def _in_thread(self, work: Callable[..., T], *arguments: Any, thread: ThreadPoolExecutor | None = None) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread or self._thread, work, *arguments)


def new_enquiry_id() -> str:
    """The id of a new enquiry: ids in time order keep the register's indexes small."""
    return str(uuid7())


def pause_after(outcomes: int) -> float:
    """Seconds from a write of so many outcomes to the next one."""
    return WRITES_APART_SECONDS if outcomes < BUSY_FROM else BUSY_WRITES_APART_SECONDS


def first(outcomes: list[BoardOutcome]) -> tuple[list[BoardOutcome], list[BoardOutcome]]:
    """The outcomes to write now, and those of robot calls that wait meanwhile. What is written of one robot call stays
    in its sequence, so that none waits when another thing that is written is about robot calls too."""
    hurried = [outcome for outcome in outcomes if not outcome.can_wait]
    if not hurried or any(outcome.is_of_robots for outcome in hurried):
        return outcomes, []
    return hurried, [outcome for outcome in outcomes if outcome.can_wait]


def _reporting(exchange: str, report: tel.Report) -> Decide:
    return lambda board, at: board.report(exchange, report)


def _promising(second_level: SecondLevel) -> Decide:
    return lambda board, at: board.promise_anew(second_level, at)


def _waiting_commands(asked: Collection[int]) -> list[Command]:
    """The next of those that have not been carried out, in the sequence they were given, but people's own first: nobody
    waits at a button for the orders that the product gives itself."""
    waiting = Command.objects.filter(outcome=Command.Outcome.WAITING).exclude(pk__in=asked)
    try:
        return list(waiting.order_by(IsNull(F("person"), True), "pk")[:MOST_COMMANDS])
    except (OperationalError, InterfaceError):
        connection.close()
        return []


def _with_own_connection(work: Callable[..., T], *arguments: Any) -> T:
    """Run the function in a thread that has no connection to the database before or after."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def _hang_up_database() -> None:
    """Close this thread's connection; the next query opens a new one."""
    connection.close()
