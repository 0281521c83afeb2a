"""What the product asks of a telephone exchange, and what an exchange tells it.

The product decides every identifier (legs it dials, bridges, playbacks, recordings), so that an order is
idempotent and an answer can be matched after a restart. Orders are fire and forget: an order for a leg that
has gone is no error, because `Gone` for that leg has been or will be reported. An exchange never decides
anything about callers by itself, except its own fallback plan while the product is away.

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


class Failure(StrEnum):
    """Why a dialled leg never was answered."""

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
    """Take the incoming call (the meter starts)."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class Play:
    """Play prompts one after another; `Played` follows when the last has ended, failed or been stopped.

    Each prompt is the name it was loaded under (`Telephone.load_prompt`), or `digits:4` / `number:12`,
    which the exchange says with prompts it has been given: `digit-0` … `digit-9`, and `number-0` … for whole
    numbers, which are said digit by digit when there is no such prompt. A prompt nobody has loaded is left out; when
    none is left, or the leg has gone, `Played` comes at once. A new `Play` on the leg ends the one before, and so do
    `Connect` and `Record`.
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

    Ordered while a prompt plays, it begins when the prompt has ended.
    """

    leg: LegId
    on: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """Dial a new leg. `address` is `agent:<phone name>`, `sip:<uri>` or `tel:<number>`.

    `Ringing` follows when the far end rings, then `Answered`, or `Failed`. After `timeout` seconds (the exchange may
    count in whole ones, rounded up) it gives up with `Failed(NO_ANSWER)`. `call` is the product's own id of the call;
    a browser phone receives it (SIP headers `X-Indgang-Call` and, with the leg, `X-Indgang-Leg`), so that screen and
    sound can be matched.
    """

    leg: LegId
    address: str
    caller_number: str
    caller_name: str
    timeout: float
    call: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """End a leg. `Gone` follows, or `Failed(NO_ANSWER)` for a dialled leg that was not answered yet."""

    leg: LegId
    #: "normal", "busy" or "congestion": what the far end is told when the leg was not yet answered
    cause: str = "normal"


@dataclass(frozen=True, slots=True)
class Connect:
    """Put legs into a bridge, making it first if needed. A leg already there stays; music stops.

    A leg that sits in another bridge is moved.
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
    """Stop (or allow again) sound from this leg to the others."""

    leg: LegId
    on: bool


@dataclass(frozen=True, slots=True)
class SendKeys:
    """Send DTMF to this leg."""

    leg: LegId
    keys: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record what this leg says until silence, `#`, or `max_seconds`; `Recorded` follows, also when the leg goes."""

    leg: LegId
    recording: str
    max_seconds: float


@dataclass(frozen=True, slots=True)
class Monitor:
    """Let the answered leg `supervisor` hear the call of `target`.

    LISTEN hears both sides, WHISPER is also heard by `target` alone, BARGE_IN is heard by everyone (then `bridge`
    is the call's bridge). A new order replaces the mode; hanging `supervisor` up ends it. When `target` goes the
    supervisor's leg stays up.
    """

    supervisor: LegId
    target: LegId
    bridge: BridgeId
    mode: MonitorMode


@dataclass(frozen=True, slots=True)
class FallBack:
    """Give a caller who came in back to the exchange's own plan, as if the product were away.

    The exchange answers, says so (unless `again`: the caller has been told), plays music, and tries the product every
    few seconds: `Arrived` follows for the same leg, or `Gone`. Orders for the leg do nothing until then.
    """

    leg: LegId
    again: bool = False


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
    | Monitor
    | FallBack
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
class Ringing:
    leg: LegId
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    leg: LegId
    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """A dialled leg came to nothing. No `Gone` follows."""

    leg: LegId
    why: Failure
    at: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """A leg that had arrived or been answered has hung up or been cut off."""

    leg: LegId
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording is complete. Fetch it with `Telephone.fetch_recording`.

    `seconds` is 0 when nothing was said (less than a second of sound counts as nothing); then there may be no file.
    """

    leg: LegId
    recording: str
    seconds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class LegUp:
    """One leg the exchange has when we connect: an unanswered arrival, or an answered leg.

    Legs that were being dialled are not listed: the exchange gives them up on connecting, because nobody can say
    whether the call they were for is still wanted.
    """

    leg: LegId
    answered: bool
    bridge: BridgeId | None
    dialled: str
    caller_number: str


@dataclass(frozen=True, slots=True)
class Connected:
    """The exchange is reachable (again). `legs` are all it has up for us; what is not listed has gone.

    Always the first report, and repeated after each `Lost`. Calls that arrived while we were away and wait in
    the exchange's fallback are reported with `Arrived` afterwards.

    `phones` are the agents' phones that are on; those that are not listed are off. `started` is when the exchange
    itself started, where it can tell: what was up before that has been cut.
    """

    legs: tuple[LegUp, ...]
    at: datetime
    phones: frozenset[str] = frozenset()
    started: datetime | None = None


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
    """The exchange cannot be reached. Reconnection is the provider's work.

    Legs may still be talking, unless the exchange has `ended`: then all calls have been cut. That may be known only a
    moment later, and is then reported a second time.
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
    | Ringing
    | Answered
    | Failed
    | Gone
    | Recorded
    | MessageLeft
    | Connected
    | Lost
    | PhoneRegistered
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a browser needs to be a phone until `expires`; empty `websocket` means no browser phone here."""

    phone: str
    uri: str
    password: str
    websocket: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class TrunkState:
    """How a line to the telephone network is.

    `registered` is None for one that does not sign in or of which it is not known, `reachable` (answers OPTIONS) None
    where it is not asked. `sip` is the status with which the operator refused the latest sign-in or, at `failed_at`, a
    call that it did not carry: 0 when it is not known, None when there was none since all went well.
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
    """What became of a test call on a trunk: `outcome` is "answered", "rang", or the code of a `Failure`.

    `sip` is the status that ended it, where the exchange tells; `seconds` is how long it took.
    """

    outcome: str
    sip: int | None
    seconds: float


class TelephoneError(Exception):
    """The exchange refused something that is our mistake (bad address, unknown prompt)."""


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
        """Every report, in the order the exchange made them, until `close`."""

    async def perform(self, order: Order) -> None:
        """Carry out one order. Orders given one after another take effect in that order for a leg.

        Returns when the order is on its way. Raises `TelephoneError` for an order that can never be carried out
        (an address or keys that are none). While the exchange is lost orders are dropped: `Ring` with
        `Failed(UNREACHABLE)`, the others silently, because `Connected` will tell what is up.
        """

    def lacks(self, prompts: Iterable[str]) -> list[str]:
        """Those of these prompts that the exchange cannot play yet."""

    async def load_prompt(self, name: str, wav: bytes) -> None:
        """Make a sound playable under `name` (8 kHz mono 16-bit WAV). Loading again replaces it.

        Names are letters, digits, dot, dash and underscore. Raises `TelephoneError` for other names and sounds.
        """

    async def fetch_recording(self, recording: str) -> bytes:
        """WAV bytes of a finished recording; raises `TelephoneError` when there is none."""

    async def discard_recording(self, recording: str) -> None:
        """Delete a recording from the exchange; one that is not there is no error."""

    def provide_phone(self, phone: str) -> None:
        """Let this phone be there to be rung: somebody signs in. Phones that register themselves need nothing."""

    def pick_up(self, leg: LegId) -> bool:
        """Answer the phone that rings for this leg. False when it rings no longer, or has buttons of its own."""

    async def issue_credentials(self, phone: str, lifetime: float, password: str = "") -> Credentials:
        """Make sign-in for a browser phone, valid `lifetime` seconds; earlier ones for `phone` end.

        Without a password one is made up.

        Raises `TelephoneError` when the exchange cannot be reached or `phone` cannot be a name.
        """

    def promise_credentials(self, phone: str, lifetime: float, password: str) -> Credentials:
        """The same for an exchange that is away: it takes the sign-in up when it is back. `phone` can be a name."""

    async def revoke_credentials(self, phone: str) -> None:
        """End the phone's sign-in and registration."""

    async def trunk_states(self) -> tuple[TrunkState, ...]:
        """The lines to the telephone network, each as it is now; none where there are none.

        Raises `TelephoneError` when the exchange cannot be asked.
        """

    async def test_call(self, trunk: str, number: str) -> TrialCall:
        """Ring the number on this trunk, and hang up as soon as it is known whether it can be reached.

        Raises `TelephoneError` when there is no such trunk or the exchange cannot be reached.
        """
