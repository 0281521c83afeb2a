"""Asterisk as a `Telephone`: the contract implemented through ARI.

There is one connection. Events become reports (`translate`, then `legs`), orders become requests (`orders`). A report
has the time at which its event came in, by the product's clock, so that it can be ordered with all other events.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from indgang.core import clock
from indgang.telephony import sound
from indgang.telephony.asterisk import configuration, process, stock, trunks
from indgang.telephony.asterisk.ari import Ari, AriLost, AriResponse, Request, path
from indgang.telephony.asterisk.configuration import LEFT_PREFIX, ExchangeSettings
from indgang.telephony.asterisk.legs import LegBook, is_trunks_fault, why
from indgang.telephony.asterisk.orders import TRIAL_SECONDS, Orders, RequestStep
from indgang.telephony.asterisk.phones import Phones
from indgang.telephony.asterisk.translate import (
    EVENTS,
    Ended,
    MessageDone,
    Observation,
    PickedUp,
    TapReady,
    message_left,
    translate,
)
from indgang.telephony.asterisk.trunk_states import TrunkStates, calls_by_endpoint
from indgang.telephony.contract import (
    COMMENT,
    CONVERSATION,
    Arrived,
    CommentRecorded,
    Connected,
    ConversationRecorded,
    Credentials,
    Failed,
    Failure,
    Gone,
    Hangup,
    LegId,
    Lost,
    MessageLeft,
    NoRecording,
    Order,
    PhoneRegistered,
    Played,
    Recorded,
    Report,
    Ring,
    TelephoneError,
    TrialCall,
    TrunkState,
)
from indgang.telephony.prompts import is_name

log = logging.getLogger(__name__)

#: how many phones one request subscribes to; their names are part of its URL
PHONES_AT_ONCE = 50
_STORED = "recordings/stored"
#: how long after the end of its ringing the outcome of a test call may come in
TRIAL_GRACE_SECONDS = 5
#: how often it is looked whether a test call rings; ringing is no event that we let Asterisk send
TRIAL_LOOKS_SECONDS = 0.3


class Asterisk:
    """One Asterisk. `now` is the product's clock. With `keeps_trunks` the provider writes the trunks of the settings
    into Asterisk's folder and reloads them, on connection and whenever they change. Without it the trunks are left
    alone until `take` is given some."""

    picks_up = False

    def __init__(
        self, settings: ExchangeSettings, now: Callable[[], datetime] = clock.now, *, keeps_trunks: bool = False
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self.keeps_trunks = keeps_trunks
        #: whether trunks have been written that Asterisk has not read yet
        self._reload_is_due = False
        self._trunks = TrunkStates(settings)
        self._trials: dict[LegId, asyncio.Queue[Observation]] = {}
        self._now = now
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue()
        self._book = LegBook()
        self._orders = Orders(settings, self._book)
        self._ari = Ari(
            url=settings.ari_url,
            user=settings.ari_user,
            password=settings.ari_password,
            app=settings.app,
            on_event=self._event,
            on_open=self._opened,
            on_lost=self._lost,
            on_refused=self._refused,
        )
        self._phones = Phones(settings, self._ari.send, self._phone_off)
        self._held: list[object] | None = []
        self._told: set[str] = set()
        self._up = False
        self._has_ended = False
        self._running: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def settings(self) -> ExchangeSettings:
        """The current settings."""
        return self._settings

    @property
    def version(self) -> str:
        """Asterisk's own version, empty until connected."""
        return self._ari.version

    # --- the contract ----------------------------------------------------------------------------

    async def start(self) -> None:
        self._orders.prompts.update(_loaded(self._settings.sounds))
        self._running = asyncio.create_task(self._ari.run())

    async def close(self) -> None:
        self._phones.close()
        self._up = False
        ending = [task for task in (self._running, *self._tasks) if task is not None]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        self._reports.put_nowait(None)

    async def reports(self) -> AsyncIterator[Report]:
        while (report := await self._reports.get()) is not None:
            yield report

    async def perform(self, order: Order) -> None:
        if self._up:
            self._carry_out(self._orders.steps(order))
        elif isinstance(order, Ring):
            self._reports.put_nowait(Failed(order.leg, Failure.UNREACHABLE, self._now(), never_left=True))

    def lacks(self, prompts: Iterable[str]) -> list[str]:
        return [name for name in prompts if name not in self._orders.prompts]

    async def load_prompt(self, name: str, wav: bytes) -> None:
        if not is_name(name):
            raise TelephoneError(f"{name!r} cannot be the name of a prompt")
        try:
            await asyncio.to_thread(_store, self._settings.sounds / f"{name}.wav", wav)
        except sound.BadRecording as error:
            raise TelephoneError(str(error)) from error
        except OSError as error:
            raise TelephoneError(f"the prompt {name} could not be stored for the exchange: {error}") from error
        self._orders.prompts.add(name)

    async def fetch_recording(self, recording: str) -> bytes:
        try:
            found = await self._ari.download(path("recordings", "stored", recording, "file"))
        except AriLost as error:
            raise TelephoneError(f"the exchange cannot be reached: {error}") from error
        if found is None:
            raise NoRecording(f"the exchange has no recording {recording!r}")
        return found

    async def discard_recording(self, recording: str) -> None:
        await self._asked(Request("DELETE", path("recordings", "stored", recording)))

    def provide_phone(self, phone: str) -> None:
        """Do nothing: the phones register themselves."""

    def pick_up(self, leg: LegId) -> bool:
        """Return False: the phones have buttons of their own."""
        return False

    async def issue_credentials(self, phone: str, lifetime: float, password: str = "") -> Credentials:
        try:
            return await self._phones.issue(phone, lifetime, password)
        except AriLost as error:
            raise TelephoneError(f"the exchange cannot be reached: {error}") from error

    def promise_credentials(self, phone: str, lifetime: float, password: str) -> Credentials:
        return self._phones.promise(phone, lifetime, password)

    async def revoke_credentials(self, phone: str) -> None:
        try:
            await self._phones.revoke(phone)
        except AriLost as error:
            raise TelephoneError(f"the exchange cannot be reached: {error}") from error

    async def trunk_states(self) -> tuple[TrunkState, ...]:
        if not self._settings.trunks:
            return ()
        answer = await self._asked(Request("GET", "endpoints/PJSIP")) if self._up else None
        if answer is None:
            raise TelephoneError("the exchange cannot be reached")
        calls = calls_by_endpoint(answer.body)
        return await self._trunks.read(calls, self._now())

    async def test_call(self, trunk: str, number: str) -> TrialCall:
        found = next((each for each in self._settings.trunks if each.name == trunk and each.host), None)
        if found is None or not self._up:
            raise TelephoneError(f"no call can go out on {trunk!r} now")
        leg, began = f"trial-{secrets.token_hex(6)}", time.monotonic()
        self._trials[leg] = asyncio.Queue()
        try:
            request = self._orders.trial(leg, trunks.route_on(found, number, found.caller_number))
            self._carry_out([request])
            async with asyncio.timeout(TRIAL_SECONDS + TRIAL_GRACE_SECONDS):
                outcome, sip = await self._outcome(leg)
        except TimeoutError as error:
            raise TelephoneError("the exchange did not report what became of the test call") from error
        finally:
            del self._trials[leg]
            self._carry_out([RequestStep(Request("DELETE", path("channels", leg)))])
        self._note_trial(trunk, outcome, sip)
        return TrialCall(outcome, sip, time.monotonic() - began)

    async def _outcome(self, leg: LegId) -> tuple[str, int | None]:
        """The result of a test call, and the SIP status that ended it."""
        while True:
            try:
                async with asyncio.timeout(TRIAL_LOOKS_SECONDS):
                    seen = await self._trials[leg].get()
            except TimeoutError:
                if await self._rings(leg):
                    return "rang", None
                continue
            if isinstance(seen, PickedUp):
                return "answered", None
            if isinstance(seen, Ended):
                return _ended(seen)

    async def _rings(self, leg: LegId) -> bool:
        answer = await self._asked(Request("GET", path("channels", leg)))
        return answer is not None and isinstance(answer.body, dict) and answer.body.get("state") == "Ringing"

    def _note_trial(self, trunk: str, outcome: str, sip: int | None) -> None:
        if outcome in ("answered", "rang"):
            self._trunks.carried(trunk)
        elif outcome == Failure.UNREACHABLE:
            self._trunks.could_not_carry(trunk, sip, self._now())

    async def take(self, settings: ExchangeSettings) -> None:
        """Apply changed trunks. Calls stay up. Raises `TelephoneError` when that is impossible."""
        self._settings = self._orders.settings = settings
        self.keeps_trunks = True
        self._trunks.look_again(settings)
        self._phones.take(settings)
        await self._give_trunks()

    async def _give_trunks(self) -> None:
        """Write the trunks into Asterisk's configuration and reload it, unless it is up to date."""
        try:
            changed = await asyncio.to_thread(configuration.write_trunks, self._settings)
        except (OSError, ValueError) as error:
            raise TelephoneError(f"the trunks of {self.name} could not be written: {error}") from error
        self._reload_is_due = self._reload_is_due or changed
        if self._reload_is_due and self._up:
            await self._reload_trunks()

    async def _reload_trunks(self) -> None:
        for module in configuration.TRUNK_MODULES:
            answer = await self._asked(Request("PUT", path("asterisk", "modules", f"{module}.so")))
            if answer is None or not answer.ok:
                why = "no answer" if answer is None else f"status {answer.status}"
                raise TelephoneError(f"{self.name} has not read its new trunks: {module}, {why}")
        self._reload_is_due = False

    async def _give_trunks_quietly(self) -> None:
        try:
            await self._give_trunks()
        except TelephoneError as error:
            log.error("%s", error)

    # --- orders going out ------------------------------------------------------------------------

    def _carry_out(self, steps: Iterable[RequestStep]) -> None:
        for step in steps:
            if step.request is not None:
                self._ari.give(step.request, partial(self._answered, step))
            elif step.refused is not None:
                self._observe(step.refused(self._now()))

    def _answered(self, step: RequestStep, answer: AriResponse | AriLost) -> None:
        """Handle the answer. A lost connection is reported elsewhere."""
        if isinstance(answer, AriLost) or answer.ok:
            return
        if step.request is not None:
            log.debug("%s %s: %s %s", step.request.method, step.request.path, answer.status, answer.body)
        self._carry_out(RequestStep(other) for other in step.otherwise)
        if step.refused is not None:
            self._observe(step.refused(self._now()))

    async def _asked(self, request: Request) -> AriResponse | None:
        """The answer; None when the connection was lost, which is reported elsewhere."""
        try:
            return await self._ari.send(request)
        except AriLost:
            return None

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- reports coming in -----------------------------------------------------------------------

    def _event(self, event: object) -> None:
        if self._held is not None:
            self._held.append(event)
            return
        seen = translate(event, self._now())
        if seen is not None:
            self._observe(seen)

    def _observe(self, seen: Observation) -> None:
        if (trial := self._trials.get(getattr(seen, "leg", ""))) is not None:
            trial.put_nowait(seen)
            return
        match seen:
            case TapReady(channel):
                self._carry_out(self._orders.tap_ready(channel))
                return
            case MessageDone(leg, message):
                self._tell_message(message)
                self._carry_out(self._orders.steps(Hangup(leg)))
                return
            case Played(leg, playback):
                self._orders.played(leg, playback)
            case Recorded(leg):
                self._orders.recorded(leg)
            case PickedUp(leg):
                if route := self._orders.route_of(leg):
                    self._trunks.carried(route.trunk)
                self._orders.answered(leg)
            case Ended():
                self._note_trouble(seen)
                if (steps := self._orders.ended(seen)) is not None:
                    self._carry_out(steps)
                    return
        report = self._book.observe(seen)
        if report is None:
            return
        if isinstance(report, Gone):
            self._carry_out(self._orders.gone(report.leg))
        self._reports.put_nowait(report)

    def _note_trouble(self, seen: Ended) -> None:
        """Note a failed call in the state of its trunk."""
        route = self._orders.route_of(seen.leg)
        if route and route.trunk and self._book.is_dialled(seen.leg) and is_trunks_fault(seen):
            self._trunks.could_not_carry(route.trunk, seen.sip, seen.at)

    def _phone_off(self, phone: str) -> None:
        self._observe(PhoneRegistered(phone, False, self._now()))

    # --- connecting ------------------------------------------------------------------------------

    async def _opened(self) -> None:
        """Read the state of Asterisk. Events are held back meanwhile, because `Connected` is the first report."""
        app = path("applications", self._settings.app)
        allowed = [{"type": kind} for kind in ("RESTResponse", *EVENTS)]
        http = self._ari.over_http
        await http(Request("PUT", f"{app}/eventFilter", body={"allowed": allowed}))
        phones = await self._watched_phones()
        asked = ("channels", "bridges", app, "endpoints/PJSIP", "asterisk/info")
        answers = await asyncio.gather(*(http(Request("GET", one)) for one in asked))
        channels, bridges, application, endpoints, info = (answer.body for answer in answers)
        found = stock.take(self._settings.app, channels, bridges, application)
        recordings, complete = await self._recordings()
        on = frozenset(phone for phone, is_on in _endpoints(endpoints).items() if is_on and phone in phones)
        held, self._held = self._held or [], None
        self._report_connected(found, held, on, stock.started(info), recordings)
        for name in complete:
            self._book.recording_over(name)
            found_again = ConversationRecorded if name.startswith(CONVERSATION) else CommentRecorded
            self._reports.put_nowait(found_again(name, self._now()))
        for event in held:
            self._event(event)
        await self._phones.restore(phones)
        self._told.clear()
        await self._look_for_messages()
        self._begin(self._look_again())
        if self.keeps_trunks:
            self._begin(self._give_trunks_quietly())

    async def _watched_phones(self) -> list[str]:
        """Subscribe to the registrations of the phones that Asterisk knows; returns the phones."""
        http = self._ari.over_http
        known = _endpoints((await http(Request("GET", "endpoints/PJSIP"))).body)
        phones = [name for name in known if self._phones.is_phone(name)]
        for first in range(0, len(phones), PHONES_AT_ONCE):
            await http(self._phones.watching(*phones[first : first + PHONES_AT_ONCE]))
        return phones

    def _report_connected(
        self,
        found: stock.Stock,
        held: list[object],
        phones: frozenset[str],
        started: datetime | None,
        recordings: frozenset[str],
    ) -> None:
        """Report `Connected`, without the calls that came in meanwhile: their `Arrived` follows."""
        fresh = {seen.leg for event in held if isinstance(seen := translate(event, self._now()), Arrived)}
        legs = tuple(leg for leg in found.legs if leg.leg not in fresh)
        self._book.restart((leg.leg for leg in legs), phones)
        self._orders.restart(found.bridges, found.taps, found.channels)
        self._up, self._has_ended = True, False
        self._reports.put_nowait(Connected(legs, self._now(), phones, started, recordings))
        for leg in found.dialling:
            self._carry_out([RequestStep(Request("DELETE", path("channels", leg)))])

    async def _recordings(self) -> tuple[frozenset[str], list[str]]:
        """The recordings of conversations and comments that go on, and those that are complete."""
        http = self._ari.over_http
        stored = _names((await http(Request("GET", _STORED))).body)
        names = [name for name in stored if name.startswith((CONVERSATION, COMMENT))]
        answers = await asyncio.gather(*(http(Request("GET", path("recordings", "live", name))) for name in names))
        live = frozenset(name for name, answer in zip(names, answers, strict=True) if answer.ok)
        return live, [name for name in names if name not in live]

    async def _look_for_messages(self) -> None:
        answer = await self._asked(Request("GET", _STORED))
        for name in _names(answer.body if answer is not None else None):
            if name.startswith(LEFT_PREFIX) and (message := message_left(name)) is not None:
                self._tell_message(message)

    async def _look_again(self) -> None:
        """Look later for messages of callers who were still recording when we connected."""
        await asyncio.sleep(self._settings.fallback_message_max + 30)
        await self._look_for_messages()

    def _tell_message(self, message: MessageLeft) -> None:
        if message.recording not in self._told:
            self._told.add(message.recording)
            self._reports.put_nowait(message)

    def _lost(self, reason: str) -> None:
        self._up = False
        self._held = []
        self._reports.put_nowait(Lost(reason, self._now()))

    def _refused(self) -> None:
        """The connection was refused: Asterisk has ended, or a proxy on the way has."""
        if not self._has_ended and process.has_ended(self._settings):
            self._has_ended = True
            self._reports.put_nowait(Lost("Asterisk has ended", self._now(), ended=True))


def _ended(seen: Ended) -> tuple[str, int | None]:
    """The result of a test call that was not answered, and the SIP status that ended it."""
    if seen.rung:
        return "rang", None
    return (Failure.UNREACHABLE if is_trunks_fault(seen) else why(seen.cause, rung=False)).value, seen.sip


def _names(stored: object) -> list[str]:
    """The names of stored recordings."""
    return [str(one.get("name")) for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []


def _endpoints(found: object) -> dict[str, bool]:
    """Names of the phones that Asterisk knows, and whether each is registered."""
    if not isinstance(found, list):
        return {}
    return {str(one["resource"]): one.get("state") == "online" for one in found if isinstance(one, dict)}


def _loaded(sounds: Path) -> set[str]:
    return {file.stem for file in sounds.glob("*.wav")} if sounds.is_dir() else set()


def _store(target: Path, wav: bytes) -> None:
    """Store the sound in the format of telephones, unless the same file exists already."""
    playable = sound.read_wav(wav)
    if not target.exists() or target.read_bytes() != playable:
        _replace(target, playable)


def _replace(target: Path, content: bytes) -> None:
    """Write the file atomically: Asterisk may be playing the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
