"""The contract between the product and a telephone exchange: orders to the exchange, and its reports.

The product chooses every identifier (legs that it dials, bridges, playbacks, recordings), so that an order is
idempotent and an answer can be matched after a restart. Orders are fire and forget: an order for a leg that
has ended is no error, because `Gone` for that leg has been or will be reported. An exchange decides nothing
about callers by itself, except in its fallback plan while the product is away.

Times are aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

LegId = str
BridgeId = str

#: how the names of recordings of conversations begin
CONVERSATION = "conversation-"
#: how the names of recordings of comments begin
COMMENT = "robot-"
#: the silence after which speech counts as over, in seconds
TALK_ENDS_AFTER = 0.5


class Failure(StrEnum):
    """Why a dialled leg was never answered."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class MonitorMode(StrEnum):
    """How a supervisor takes part in a call."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE_IN = "barge_in"


# --- Orders: product to exchange ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the incoming call (charging starts)."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class Play:
    """Play prompts one after another; `Played` follows when the last has ended, failed or been stopped.

    Each prompt is the name under which it was loaded (`Telephone.load_prompt`), or `digits:4` / `number:12`. The
    exchange composes these from loaded prompts: `digit-0` … `digit-9`, and `number-0` … for whole numbers, which are
    spoken digit by digit when there is no such prompt. A prompt that is not loaded is left out. When none is left, or
    the leg has ended, `Played` comes at once. A new `Play` on the leg ends the one before, and so do `Connect` and
    `Record`.
    """

    leg: LegId
    playback: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopPlaying:
    leg: LegId
    playback: str


@dataclass(frozen=True, slots=True)
class Music:
    """Music on hold for one leg, on or off. Playing a prompt ends it; the product turns it on again.

    If ordered while a prompt plays, it begins when the prompt has ended.
    """

    leg: LegId
    on: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """Dial a new leg. `address` is `agent:<phone name>`, `sip:<uri>` or `tel:<number>`.

    `Answered` or `Failed` follows. After `timeout` seconds (the exchange may round up to whole seconds) the exchange
    gives up with `Failed(NO_ANSWER)`. `call` is the product's id of the call. A browser phone receives it in the SIP
    header `X-Indgang-Call`, and the leg in `X-Indgang-Leg`, so that the page can match screen and sound.

    `centre_number` is the number of ours that the caller had dialled, or that we call from; `caller_number` is empty
    when nobody has called us. A line to the telephone network shows our number, and the caller's only if it may
    (`Trunk.shown`).

    A dialled leg that was answered takes `Play`, and reports `Keyed`, before it is connected to anybody.
    """

    leg: LegId
    address: str
    caller_number: str
    caller_name: str
    timeout: float
    call: str
    centre_number: str = ""


@dataclass(frozen=True, slots=True)
class Hangup:
    """End a leg. `Gone` follows, or `Failed(NO_ANSWER)` for a dialled leg that was not answered yet."""

    leg: LegId
    #: "normal", "busy" or "congestion": the reason given to the far end when the leg was not yet answered
    cause: str = "normal"


@dataclass(frozen=True, slots=True)
class Connect:
    """Put legs into a bridge, creating it if needed. A leg already there stays; music stops.

    A leg in another bridge is moved.
    """

    bridge: BridgeId
    legs: tuple[LegId, ...]


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Take legs out of a bridge; they stay up. A bridge with no legs left is removed."""

    bridge: BridgeId
    legs: tuple[LegId, ...]


@dataclass(frozen=True, slots=True)
class Mute:
    """Stop, or allow again, the sound from this leg to the others."""

    leg: LegId
    on: bool


@dataclass(frozen=True, slots=True)
class SendKeys:
    """Send DTMF to this leg."""

    leg: LegId
    keys: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record this leg until silence, `#`, or `max_seconds`; `Recorded` follows, also when the leg ends."""

    leg: LegId
    recording: str
    max_seconds: float


@dataclass(frozen=True, slots=True)
class RecordConversation:
    """Record what is said in a bridge that has legs, under a name that begins with `CONVERSATION`.

    The recording ends with `StopRecording` or with the bridge; `ConversationRecorded` follows. A repeated order has no
    effect.
    """

    bridge: BridgeId
    recording: str


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """Pause, or continue, the recording of a conversation: what is said in a pause is not in the recording."""

    recording: str
    on: bool


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the recording of a conversation; with `discard` nothing is left of it, and no report follows."""

    recording: str
    discard: bool = False


@dataclass(frozen=True, slots=True)
class Monitor:
    """Let the answered leg `supervisor` hear the call of `target`.

    With LISTEN the supervisor hears both sides. With WHISPER `target` alone also hears the supervisor. With BARGE_IN
    everyone does, and `bridge` is the call's bridge. A new order replaces the mode; hanging up `supervisor` ends it.
    When `target` ends the supervisor's leg stays up.
    """

    supervisor: LegId
    target: LegId
    bridge: BridgeId
    mode: MonitorMode


@dataclass(frozen=True, slots=True)
class FallBack:
    """Return an incoming caller to the exchange's fallback plan, as if the product were away.

    The exchange answers, plays the announcement (unless `again`: the caller has heard it), plays music, and tries the
    product every few seconds: `Arrived` follows for the same leg, or `Gone`. Orders for the leg do nothing until then.
    """

    leg: LegId
    again: bool = False


@dataclass(frozen=True, slots=True)
class WatchTalk:
    """Report when the person on this answered leg begins and ceases to speak. A repeated order has no effect."""

    leg: LegId


Order = (
    Answer
    | Play
    | StopPlaying
    | Music
    | Ring
    | Hangup
    | Connect
    | Disconnect
    | Mute
    | SendKeys
    | Record
    | RecordConversation
    | PauseRecording
    | StopRecording
    | Monitor
    | FallBack
    | WatchTalk
)


# --- Reports: exchange to product ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrived:
    """A call from outside has come in and waits, unanswered, for orders."""

    leg: LegId
    dialled: str
    caller_number: str
    caller_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Keyed:
    """One key: `0`-`9`, `*` or `#`."""

    leg: LegId
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Played:
    """The playback has ended, whatever the reason (finished, stopped, missing sound)."""

    leg: LegId
    playback: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    leg: LegId
    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """A dialled leg was not answered. No `Gone` follows.

    With `Failure.UNREACHABLE`: the call has `never_left` when its order was not carried out or the line is at fault,
    and the far end is `unheard` when the time was over and it had not said anything; some networks do not tell that
    a telephone rings.
    """

    leg: LegId
    why: Failure
    at: datetime
    never_left: bool = False
    unheard: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A leg that had arrived or been answered has hung up or been cut off."""

    leg: LegId
    at: datetime


@dataclass(frozen=True, slots=True)
class Talking:
    """The person on a watched leg began to speak (`on`), or has been silent for `TALK_ENDS_AFTER` seconds."""

    leg: LegId
    on: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording is complete. Fetch it with `Telephone.fetch_recording`.

    `seconds` is 0 when the recording is silent (less than a second of sound counts as silence); then there may be no
    file.
    """

    leg: LegId
    recording: str
    seconds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class ConversationRecorded:
    """The recording of a conversation is complete. Fetch it with `Telephone.fetch_recording`; there may be no file.

    Reported again after each `Connected` until `Telephone.discard_recording`.
    """

    recording: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommentRecorded:
    """A recording of a comment is complete that ended while we were away, or was not fetched yet.

    Reported after each `Connected` until `Telephone.discard_recording`.
    """

    recording: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LegUp:
    """One live leg when we connect: an unanswered arrival, or an answered leg.

    Legs that were being dialled are not listed: the exchange gives them up on connection, because nobody knows
    whether their call is still wanted.
    """

    leg: LegId
    answered: bool
    bridge: BridgeId | None
    dialled: str
    caller_number: str


@dataclass(frozen=True, slots=True)
class Connected:
    """The exchange is reachable (again). `legs` are all our live legs; a leg that is not listed has ended.

    The first report of each connection. Calls that arrived while we were away and wait in the exchange's fallback plan
    are reported with `Arrived` afterwards.

    `phones` are the agents' phones that are on; those that are not listed are off. `started` is when the exchange
    itself started, if known: it cut all earlier calls. `recordings` are the conversations and comments that are being
    recorded.
    """

    legs: tuple[LegUp, ...]
    at: datetime
    phones: frozenset[str] = frozenset()
    started: datetime | None = None
    recordings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """A caller has left a message with the exchange's fallback plan, while the product was away.

    Reported after each `Connected` until `Telephone.discard_recording`. `at` is when it was left.
    """

    recording: str
    dialled: str
    caller_number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """The exchange is unreachable. The provider reconnects by itself.

    Legs may still be talking, unless the exchange has `ended`: then all calls have been cut off. If the provider learns
    that a moment later, it reports `Lost` a second time.
    """

    reason: str
    at: datetime
    ended: bool = False


@dataclass(frozen=True, slots=True)
class PhoneRegistered:
    """An agent's phone came on (`on`) or went off the exchange. `phone` as in `agent:<phone name>`."""

    phone: str
    on: bool
    at: datetime


Report = (
    Arrived
    | Keyed
    | Played
    | Answered
    | Failed
    | Gone
    | Talking
    | Recorded
    | ConversationRecorded
    | CommentRecorded
    | MessageLeft
    | Connected
    | Lost
    | PhoneRegistered
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The sign-in of a browser phone until `expires`; an empty `websocket` means no browser phone here."""

    phone: str
    uri: str
    password: str
    websocket: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class TrunkState:
    """The state of a line to the telephone network.

    `registered` is None when the line does not register or the state is unknown. `reachable` (answers OPTIONS) is None
    when no OPTIONS are sent. `sip` is the status with which the operator refused the latest registration or, at
    `failed_at`, a call: 0 when the status is unknown, None when nothing has been refused since the last success.
    """

    name: str
    registered: bool | None
    reachable: bool | None
    calls: int
    sip: int | None = None
    failed_at: datetime | None = None
    #: the end of our certificate or the operator's, whichever comes first; None without TLS
    certificate_ends: datetime | None = None
    test_number: str = ""

    @property
    def is_up(self) -> bool:
        return self.registered is not False and self.reachable is not False


@dataclass(frozen=True, slots=True)
class TrialCall:
    """The result of a test call on a trunk: `outcome` is "answered", "rang", or the code of a `Failure`.

    `sip` is the status that ended the call, if the exchange reports it; `seconds` is the duration.
    """

    outcome: str
    sip: int | None
    seconds: float


class TelephoneError(Exception):
    """The exchange refused an invalid request of ours (bad address, unknown prompt)."""


class NoRecording(TelephoneError):
    """The exchange has no recording of this name."""


class Telephone(Protocol):
    """An exchange. All methods are called from one event loop."""

    #: short name used in settings, logs and screens: "asterisk", "simulator"
    name: str
    #: whether the agents' phones have no buttons of their own, so that the product answers them with `pick_up`
    picks_up: bool

    async def start(self) -> None:
        """Begin connecting; returns at once. Reports start with `Connected` or `Lost`."""

    async def close(self) -> None:
        """Stop; calls that are up stay up in the exchange."""

    def reports(self) -> AsyncIterator[Report]:
        """All reports until `close`, in the order in which the exchange made them."""

    async def perform(self, order: Order) -> None:
        """Carry out one order. Orders given one after another take effect in that order for a leg.

        Returns when the order is sent. Raises `TelephoneError` for an order that can never be carried out
        (invalid address or keys). While the exchange is lost, orders are dropped: `Ring` with
        `Failed(UNREACHABLE, never_left)`, the others silently, because `Connected` will report the live legs.
        """

    def lacks(self, prompts: Iterable[str]) -> list[str]:
        """The prompts among these that the exchange cannot play yet."""

    async def load_prompt(self, name: str, wav: bytes) -> None:
        """Make a sound playable under `name` (8 kHz mono 16-bit WAV). Loading again replaces it.

        Names are letters, digits, dot, dash and underscore. Raises `TelephoneError` for other names and sounds.
        """

    async def fetch_recording(self, recording: str) -> bytes:
        """WAV bytes of a finished recording.

        Raises `NoRecording` when there is none, and `TelephoneError` when it cannot be fetched now.
        """

    async def discard_recording(self, recording: str) -> None:
        """Delete a recording from the exchange; one that is not there is no error."""

    def provide_phone(self, phone: str) -> None:
        """Create the phone of somebody who signs in. Does nothing for phones that register themselves."""

    def pick_up(self, leg: LegId) -> bool:
        """Answer the phone that rings for this leg. False when it no longer rings, or has buttons of its own."""

    async def issue_credentials(self, phone: str, lifetime: float, password: str = "") -> Credentials:
        """Issue credentials for a browser phone, valid for `lifetime` seconds; earlier ones for `phone` end.

        Without a password, the exchange creates one.

        Raises `TelephoneError` when the exchange is unreachable or `phone` is no valid name.
        """

    def promise_credentials(self, phone: str, lifetime: float, password: str) -> Credentials:
        """Credentials of an unreachable exchange, which accepts them when it is back. `phone` must be a valid name."""

    async def revoke_credentials(self, phone: str) -> None:
        """End the phone's sign-in and registration."""

    async def trunk_states(self) -> tuple[TrunkState, ...]:
        """The present state of each line to the telephone network.

        Raises `TelephoneError` when the exchange is unreachable.
        """

    async def test_call(self, trunk: str, number: str) -> TrialCall:
        """Ring the number on this trunk, and hang up as soon as it rings, is answered or fails.

        Raises `TelephoneError` when there is no such trunk or the exchange cannot be reached.
        """
