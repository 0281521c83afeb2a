"""An exchange in memory, for the demo, for tests and for trying the product without a telephone.

It implements the whole contract. The user of the simulator plays the people: `call`, `press` and `hang_up` are actions
of callers; `plug_in` sets the behaviour of an agent's phone when it rings, and `pick_up` and `refuse` are its buttons.
Time is the event loop's, divided by `speed`. Nothing is random, so the same script gives the same reports in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from indgang.core import clock
from indgang.telephony import sound
from indgang.telephony.contract import (
    COMMENT,
    TALK_ENDS_AFTER,
    Answer,
    Answered,
    Arrived,
    BridgeId,
    CommentRecorded,
    Connect,
    Connected,
    ConversationRecorded,
    Credentials,
    Disconnect,
    Failed,
    Failure,
    FallBack,
    Gone,
    Hangup,
    Keyed,
    LegId,
    LegUp,
    Lost,
    MessageLeft,
    Monitor,
    MonitorMode,
    Music,
    Mute,
    NoRecording,
    Order,
    PauseRecording,
    PhoneRegistered,
    Play,
    Played,
    Record,
    RecordConversation,
    Recorded,
    Report,
    Ring,
    SendKeys,
    StopPlaying,
    StopRecording,
    Talking,
    TelephoneError,
    TrialCall,
    TrunkState,
    WatchTalk,
)
from indgang.telephony.prompts import is_name, spelled

KEYS = frozenset("0123456789*#")
#: how often the fallback plan tries the product again
FALLBACK_RETRY_SECONDS = 5.0
#: how long somebody who answers listens before they press keys
PRESSES_AFTER_SECONDS = 1.0


# --- behaviour of a dialled phone -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answers:
    """Rings, and is picked up after `after` seconds by somebody who then presses `keys`, a second later."""

    after: float = 2.0
    keys: str = ""


@dataclass(frozen=True, slots=True)
class RepliesByKeys:
    """Rings, is picked up after `after` seconds, and speaks for `greets` seconds: a person says a word, an answering
    machine its whole greeting. Then the next of `keys` is pressed a second after each prompt has begun, where " " is
    no key; whoever has no keys left hangs up if they are `impatient`."""

    after: float = 2.0
    greets: float = 0.6
    keys: str = ""
    impatient: bool = False


@dataclass(frozen=True, slots=True)
class Refuses:
    """Rings, and is turned down after `after` seconds."""

    after: float = 1.0


@dataclass(frozen=True, slots=True)
class Engaged:
    """Is busy."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Rings until `pick_up`, `refuse` or the ringing's time-out: a person decides, or nobody is there."""


@dataclass(frozen=True, slots=True)
class Dead:
    """Cannot be reached."""


Behaviour = Answers | RepliesByKeys | Refuses | Engaged | Waits | Dead
#: a phone's behaviour, or a function that decides it for each ring
Manners = Behaviour | Callable[[Ring], Behaviour]


@dataclass(slots=True)
class Leg:
    """One leg of the simulator; read-only for tests and the demo."""

    leg: LegId
    arrived: bool
    dialled: str
    caller_number: str
    caller_name: str
    answered: bool = False
    bridge: BridgeId | None = None
    music: bool = False
    muted: bool = False
    playing: str | None = None
    #: the prompts of the last playback, as ordered
    heard: tuple[str, ...] = ()
    recording: str | None = None
    monitors: tuple[LegId, MonitorMode] | None = None
    keys_heard: str = ""
    fallen_back: bool = False
    watched: bool = False
    #: until when (loop time) the person speaks; the replies they will give
    speaks_until: float = 0.0
    replies: RepliesByKeys | None = None
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    recording_since: float = 0.0


@dataclass(slots=True)
class Taping:
    """A conversation that is being recorded: `seconds` so far, and since when it goes on (None in a pause)."""

    bridge: BridgeId
    seconds: float = 0.0
    since: float | None = None

    def until(self, now: float) -> float:
        return self.seconds + (now - self.since if self.since is not None else 0.0)


class Simulator:
    """An exchange in memory.

    speed          factor by which time runs faster: at 10 a ten-second prompt lasts one second
    now            the product's clock, for the times in reports
    outside        behaviour of outside numbers (`tel:`, `sip:`)
    ring_delay     seconds from dialling until it rings
    speech_seconds how long a caller speaks when recorded, unless `#` or the limit comes first
    """

    name = "simulator"
    picks_up = True

    def __init__(
        self,
        *,
        speed: float = 1.0,
        now: Callable[[], datetime] = clock.now,
        outside: Manners = Answers(3.0),  # frozen
        ring_delay: float = 0.1,
        speech_seconds: float = 6.0,
    ) -> None:
        self.speed = speed
        self.speech_seconds = speech_seconds
        self.legs: dict[LegId, Leg] = {}
        self.started = now()
        self._now = now
        self._outside = outside
        self._ring_delay = ring_delay
        self._phones: dict[str, Manners] = {}
        self._prompts: dict[str, float] = {}
        self._recordings: dict[str, bytes] = {}
        self._messages: dict[str, MessageLeft] = {}
        #: conversations that are being recorded, and those whose recording is complete
        self.taping: dict[str, Taping] = {}
        self._taped: set[str] = set()
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue()
        self._seen: set[LegId] = set()
        self._up = False
        self._count = 0

    # --- the contract ----------------------------------------------------------------------------

    async def start(self) -> None:
        self._reports = asyncio.Queue()
        self.restore()

    async def close(self) -> None:
        self._up = False
        self._reports.put_nowait(None)

    async def reports(self) -> AsyncIterator[Report]:
        queue = self._reports
        while (report := await queue.get()) is not None:
            yield report

    async def perform(self, order: Order) -> None:
        if self._up:
            self._perform(order)
        elif isinstance(order, Ring):
            self._reports.put_nowait(Failed(order.leg, Failure.UNREACHABLE, self._now(), never_left=True))

    def lacks(self, prompts: Iterable[str]) -> list[str]:
        return [name for name in prompts if name not in self._prompts]

    async def load_prompt(self, name: str, wav: bytes) -> None:
        if not is_name(name):
            raise TelephoneError(f"{name!r} cannot be the name of a prompt")
        try:
            self._prompts[name] = sound.seconds_of(sound.read_wav(wav))
        except sound.BadRecording as error:
            raise TelephoneError(str(error)) from error

    async def fetch_recording(self, recording: str) -> bytes:
        try:
            return self._recordings[recording]
        except KeyError as error:
            raise NoRecording(f"the exchange has no recording {recording!r}") from error

    async def discard_recording(self, recording: str) -> None:
        self._recordings.pop(recording, None)
        self._messages.pop(recording, None)
        self._taped.discard(recording)

    async def issue_credentials(self, phone: str, lifetime: float, password: str = "") -> Credentials:
        if not is_name(phone):
            raise TelephoneError(f"{phone!r} cannot be the name of a browser phone")
        if not self._up:
            raise TelephoneError("the exchange cannot be reached")
        if phone not in self._phones:
            # there is no browser to register, so the sign-in itself puts the phone on; its buttons are on the screen
            self.plug_in(phone, Waits())
        if (earlier := self._expiries.pop(phone, None)) is not None:
            earlier.cancel()
        self._expiries[phone] = self._later(lifetime, lambda: self.unplug(phone))
        expires = self._now() + timedelta(seconds=lifetime)
        return Credentials(phone=phone, uri="", password="", websocket="", expires=expires)

    def promise_credentials(self, phone: str, lifetime: float, password: str) -> Credentials:
        return Credentials(phone, "", "", "", self._now() + timedelta(seconds=lifetime))

    async def revoke_credentials(self, phone: str) -> None:
        self.unplug(phone)

    async def trunk_states(self) -> tuple[TrunkState, ...]:
        return ()

    async def test_call(self, trunk: str, number: str) -> TrialCall:
        raise TelephoneError("the simulator has no lines to the telephone network")

    # --- actions of people -----------------------------------------------------------------------

    def call(self, *, dialled: str, caller_number: str = "", caller_name: str = "") -> LegId:
        """Somebody calls in."""
        self._count += 1
        leg = Leg(
            f"in-{self._count}", arrived=True, dialled=dialled, caller_number=caller_number, caller_name=caller_name
        )
        self.legs[leg.leg] = leg
        if self._up:
            self._arrive(leg)
        return leg.leg

    def press(self, leg: LegId, keys: str) -> None:
        """The person on the leg presses keys, one after another. Nothing happens when the leg has ended."""
        for key in keys:
            if key not in KEYS:
                raise ValueError(f"{key!r} is no telephone key")
            if (found := self.legs.get(leg)) is None or not (found.arrived or found.answered):
                return
            self._report(Keyed(leg, key, self._now()))
            if key == "#" and found.recording is not None:
                self._stop_recording(found)

    def hang_up(self, leg: LegId) -> None:
        """The person on the leg hangs up, or turns the call down if their phone only rings."""
        found = self.legs.get(leg)
        if found is None:
            return
        if found.arrived or found.answered:
            self._end(found)
        else:
            self._fail(found, Failure.REFUSED)

    def speak(self, leg: LegId, seconds: float) -> None:
        """The person on the leg speaks for so long."""
        found = self.legs.get(leg)
        if found is not None:
            found.speaks_until = asyncio.get_running_loop().time() + seconds / self.speed
            if found.watched:
                self._report_talk(found)

    def provide_phone(self, phone: str) -> None:
        if phone not in self._phones:
            self.plug_in(phone)

    def pick_up(self, leg: LegId) -> bool:
        found = self.legs.get(leg)
        if found is None or found.arrived or found.answered:
            return False
        self._cancel(found, "ring", "act", "give up")
        found.answered = True
        self._report(Answered(leg, self._now()))
        return True

    def refuse(self, leg: LegId) -> bool:
        """Turn down the call that rings for this leg; False when it no longer rings."""
        found = self.legs.get(leg)
        if found is None or found.arrived or found.answered:
            return False
        self._fail(found, Failure.REFUSED)
        return True

    def plug_in(self, phone: str, manners: Manners = Waits()) -> None:  # frozen
        """Turn the agent's phone on, with this behaviour when it rings. A repeated call changes the behaviour."""
        new = phone not in self._phones
        self._phones[phone] = manners
        if new:
            self._report(PhoneRegistered(phone, True, self._now()))

    def unplug(self, phone: str) -> None:
        """The agent's phone unregisters; its call continues."""
        if (expiry := self._expiries.pop(phone, None)) is not None:
            expiry.cancel()
        if self._phones.pop(phone, None) is not None:
            self._report(PhoneRegistered(phone, False, self._now()))

    def leave_message(self, *, dialled: str, caller_number: str, seconds: float = 5.0) -> str:
        """A caller leaves a message with the exchange while the product is away; returns the recording's name."""
        self._count += 1
        name = f"left-{self._count}"
        self._recordings[name] = sound.tone(seconds)
        self._messages[name] = MessageLeft(name, dialled, caller_number, self._now())
        return name

    def lose(self, reason: str = "simulated") -> None:
        """The exchange cannot be reached; legs stay up."""
        if self._up:
            self._reports.put_nowait(Lost(reason, self._now()))
            self._up = False

    def restore(self) -> None:
        """The exchange can be reached again."""
        for leg in [leg for leg in self.legs.values() if not leg.arrived and not leg.answered]:
            self._forget(leg)
        self._up = True
        known = [leg for leg in self.legs.values() if not leg.arrived or leg.leg in self._seen]
        up = tuple(LegUp(leg.leg, leg.answered, leg.bridge, leg.dialled, leg.caller_number) for leg in known)
        comments = {leg.recording for leg in known if leg.recording and leg.recording.startswith(COMMENT)}
        live = frozenset(self.taping) | comments
        self._report(Connected(up, self._now(), frozenset(self._phones), self.started, live))
        for leg in [leg for leg in self.legs.values() if leg.arrived and leg.leg not in self._seen]:
            leg.answered = True  # by the exchange's fallback plan
            self._arrive(leg)
        for message in self._messages.values():
            self._report(message)
        for recording in sorted(self._taped):
            self._report(ConversationRecorded(recording, self._now()))
        for recording in sorted(name for name in self._recordings if name.startswith(COMMENT)):
            self._report(CommentRecorded(recording, self._now()))

    def hears(self, leg: LegId) -> frozenset[LegId]:
        """The legs whose voices reach this leg."""
        me = self.legs.get(leg)
        if me is None:
            return frozenset()
        heard = {other.leg for other in self.legs.values() if self._share(me, other) and not other.muted}
        heard |= {other.leg for other in self.legs.values() if other.monitors == (leg, MonitorMode.WHISPER)}
        if me.monitors is not None and (target := self.legs.get(me.monitors[0])) is not None:
            heard |= {target.leg} | {other.leg for other in self.legs.values() if self._share(target, other)}
        return frozenset(heard - {leg})

    # --- orders ----------------------------------------------------------------------------------

    def _perform(self, order: Order) -> None:  # noqa: C901  # one branch for each kind of order
        if isinstance(order, Ring):
            self._ring(order)
            return
        if isinstance(order, Connect | Disconnect):
            for leg in [self.legs[name] for name in order.legs if name in self.legs]:
                self._move(leg, order)
            return
        if isinstance(order, RecordConversation | PauseRecording | StopRecording):
            self._tape(order)
            return
        if isinstance(order, SendKeys) and not (order.keys and set(order.keys.upper()) <= KEYS | set("ABCD")):
            raise TelephoneError(f"{order.keys!r} are no telephone keys")
        name = order.supervisor if isinstance(order, Monitor) else order.leg
        found = self.legs.get(name)
        if found is None or (found.fallen_back and not isinstance(order, Hangup)):
            self._answer_for_the_gone(order)
            return
        match order:
            case Answer():
                found.answered = True
            case Play():
                self._play(found, order)
            case StopPlaying(playback=playback):
                if found.playing == playback:
                    self._stop_playing(found)
            case Music(on=on):
                found.music = on
            case Hangup():
                self._end(found) if found.arrived or found.answered else self._fail(found, Failure.NO_ANSWER)
            case Mute(on=on):
                found.muted = on
            case SendKeys(keys=keys):
                found.keys_heard += keys
            case Record():
                self._record(found, order)
            case Monitor():
                self._monitor(found, order)
            case FallBack() if found.arrived and not found.fallen_back:
                self._fall_back(found)
            case WatchTalk() if not found.watched:
                found.watched = True
                self._report_talk(found)

    def _fall_back(self, leg: Leg) -> None:
        """The fallback plan: music, and another attempt to reach the product after a while."""
        self._stop_playing(leg)
        self._stop_recording(leg)
        self._seen.discard(leg.leg)
        leg.answered, leg.music, leg.bridge, leg.fallen_back = True, True, None, True
        self._after(leg, "again", FALLBACK_RETRY_SECONDS, lambda: self._try_again(leg))

    def _try_again(self, leg: Leg) -> None:
        if self._up:
            self._arrive(leg)

    def _answer_for_the_gone(self, order: Order) -> None:
        """Send the reports that the contract promises after an order, although the leg has ended."""
        if isinstance(order, Play):
            self._report(Played(order.leg, order.playback, self._now()))
        elif isinstance(order, Record):
            self._report(Recorded(order.leg, order.recording, 0.0, self._now()))

    def _ring(self, order: Ring) -> None:
        kind, _, rest = order.address.partition(":")
        if kind not in ("agent", "sip", "tel") or not rest:
            raise TelephoneError(
                f"{order.address!r} is no address: use agent:<phone name>, sip:<user@host> or tel:<number>"
            )
        if order.leg in self.legs or order.leg in self._seen:
            return
        self._seen.add(order.leg)
        leg = Leg(
            order.leg, arrived=False, dialled=rest, caller_number=order.caller_number, caller_name=order.caller_name
        )
        self.legs[order.leg] = leg
        manners = self._phones.get(rest, Dead()) if kind == "agent" else self._outside
        behaviour = manners(order) if callable(manners) else manners
        match behaviour:
            case Dead():
                self._after(leg, "act", 0.0, lambda: self._fail(leg, Failure.UNREACHABLE))
            case Engaged():
                self._after(leg, "act", 0.0, lambda: self._fail(leg, Failure.BUSY))
            case _:
                self._after(leg, "ring", self._ring_delay, lambda: self._rings(leg, behaviour))
                self._after(leg, "give up", order.timeout, lambda: self._fail(leg, Failure.NO_ANSWER))

    def _rings(self, leg: Leg, behaviour: Behaviour) -> None:
        if isinstance(behaviour, Answers):
            self._after(leg, "act", behaviour.after, lambda: self._answer(leg, behaviour.keys))
        elif isinstance(behaviour, RepliesByKeys):
            self._after(leg, "act", behaviour.after, lambda: self._reply(leg, behaviour))
        elif isinstance(behaviour, Refuses):
            self._after(leg, "act", behaviour.after, lambda: self.refuse(leg.leg))

    def _reply(self, leg: Leg, behaviour: RepliesByKeys) -> None:
        leg.replies = behaviour
        self.pick_up(leg.leg)
        if behaviour.greets:
            self.speak(leg.leg, behaviour.greets)

    def _press_next(self, leg: Leg) -> None:
        """Press the next key of somebody who replies to each prompt."""
        replies = leg.replies
        if replies is None:
            return
        if not replies.keys:
            if replies.impatient:
                self.hang_up(leg.leg)
            return
        leg.replies = replace(replies, keys=replies.keys[1:])
        if replies.keys[0] != " ":
            self.press(leg.leg, replies.keys[0])

    def _report_talk(self, leg: Leg) -> None:
        left = (leg.speaks_until - asyncio.get_running_loop().time()) * self.speed
        if left > 0:
            self._report(Talking(leg.leg, True, self._now()))
            self._after(leg, "talk", left + TALK_ENDS_AFTER, lambda: self._report(Talking(leg.leg, False, self._now())))

    def _answer(self, leg: Leg, keys: str) -> None:
        self.pick_up(leg.leg)
        if keys:
            self._after(leg, "keys", PRESSES_AFTER_SECONDS, lambda: self.press(leg.leg, keys))

    def _play(self, leg: Leg, order: Play) -> None:
        self._stop_playing(leg)
        self._stop_recording(leg)
        leg.heard = order.prompts
        if leg.replies is not None:
            self._after(leg, "reply", PRESSES_AFTER_SECONDS, lambda: self._press_next(leg))
        names = spelled(order.prompts, self._prompts.keys())
        if not names:
            self._report(Played(leg.leg, order.playback, self._now()))
            return
        leg.playing, leg.music = order.playback, False
        self._after(leg, "play", sum(self._prompts[name] for name in names), lambda: self._stop_playing(leg))

    def _stop_playing(self, leg: Leg) -> None:
        if leg.playing is not None:
            playback, leg.playing = leg.playing, None
            self._cancel(leg, "play")
            self._report(Played(leg.leg, playback, self._now()))

    def _record(self, leg: Leg, order: Record) -> None:
        self._stop_playing(leg)
        self._stop_recording(leg)
        leg.recording, leg.recording_since = order.recording, asyncio.get_running_loop().time()
        seconds = min(order.max_seconds, self.speech_seconds)
        self._after(leg, "record", seconds, lambda: self._stop_recording(leg))

    def _stop_recording(self, leg: Leg) -> None:
        if leg.recording is not None:
            name, leg.recording = leg.recording, None
            self._cancel(leg, "record")
            seconds = (asyncio.get_running_loop().time() - leg.recording_since) * self.speed
            self._recordings[name] = sound.tone(seconds)
            self._report(Recorded(leg.leg, name, seconds, self._now()))

    def _tape(self, order: RecordConversation | PauseRecording | StopRecording) -> None:
        """Record a conversation: begin, pause or end."""
        now, known = self._seconds(), self.taping.get(order.recording)
        match order:
            case RecordConversation(bridge, name) if known is None and name not in self._recordings:
                if any(leg.bridge == bridge for leg in self.legs.values()):
                    self.taping[name] = Taping(bridge, since=now)
                else:
                    self._report(ConversationRecorded(name, self._now()))
            case PauseRecording(on=on) if known is not None:
                known.seconds, known.since = known.until(now), None if on else now
            case StopRecording(name, discard) if known is not None:
                self._end_taping(name, keep=not discard)
            case StopRecording(name, discard=True):
                self._recordings.pop(name, None)
                self._taped.discard(name)

    def _end_taping(self, name: str, *, keep: bool = True) -> None:
        taping = self.taping.pop(name)
        if keep:
            self._recordings[name] = sound.tone(taping.until(self._seconds()))
            self._taped.add(name)
            self._report(ConversationRecorded(name, self._now()))

    def _end_empty_tapings(self) -> None:
        """A recording ends with its bridge."""
        bridges = {leg.bridge for leg in self.legs.values()}
        for name in [name for name, taping in self.taping.items() if taping.bridge not in bridges]:
            self._end_taping(name)

    def _seconds(self) -> float:
        """The simulated time in seconds."""
        return asyncio.get_running_loop().time() * self.speed

    def _move(self, leg: Leg, order: Connect | Disconnect) -> None:
        if isinstance(order, Connect):
            if leg.bridge != order.bridge:
                self._stop_playing(leg)
                self._stop_recording(leg)
                leg.music = False
                leg.bridge = order.bridge
        elif leg.bridge == order.bridge:
            leg.bridge = None
        self._end_empty_tapings()

    def _monitor(self, leg: Leg, order: Monitor) -> None:
        if order.mode is MonitorMode.BARGE_IN:
            leg.monitors = None
            self._move(leg, Connect(order.bridge, (leg.leg,)))
        else:
            leg.bridge = None
            leg.monitors = (order.target, order.mode)

    # --- internals -------------------------------------------------------------------------------

    def _share(self, one: Leg, other: Leg) -> bool:
        return one.bridge is not None and one.bridge == other.bridge and one is not other

    def _arrive(self, leg: Leg) -> None:
        leg.fallen_back = False
        self._seen.add(leg.leg)
        self._report(Arrived(leg.leg, leg.dialled, leg.caller_number, leg.caller_name, self._now()))

    def _end(self, leg: Leg) -> None:
        self._stop_playing(leg)
        self._stop_recording(leg)
        self._forget(leg)
        self._report(Gone(leg.leg, self._now()))

    def _fail(self, leg: Leg, why: Failure) -> None:
        if leg.leg in self.legs:
            self._forget(leg)
            self._report(Failed(leg.leg, why, self._now()))

    def _forget(self, leg: Leg) -> None:
        del self.legs[leg.leg]
        self._cancel(leg, *leg.timers)
        for other in self.legs.values():
            if other.monitors is not None and other.monitors[0] == leg.leg:
                other.monitors = None
        self._end_empty_tapings()

    def _report(self, report: Report) -> None:
        if self._up:
            self._reports.put_nowait(report)

    def _later(self, seconds: float, act: Callable[[], object]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds / self.speed, act)

    def _after(self, leg: Leg, what: str, seconds: float, act: Callable[[], object]) -> None:
        self._cancel(leg, what)
        leg.timers[what] = self._later(seconds, act)

    def _cancel(self, leg: Leg, *what: str) -> None:
        for name in what:
            if (timer := leg.timers.pop(name, None)) is not None:
                timer.cancel()
