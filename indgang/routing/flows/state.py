"""Input and output of the flow interpreter: facts, signals, the state, instructions and reasons. All are values.

The interpreter keeps no clock and rings no telephone. The timers that run stand in the state, by name, and it is told
when one has run out; it numbers what it says and is told which number has ended, so that a late report is known for
what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from indgang.core.values import value
from indgang.routing.flows.data import FlowError
from indgang.routing.flows.steps import Flow, HangUpCause

#: the implicit step of every flow for callers it cannot help: the safe queue
SAFE_STEP = "!safe"

# --- Facts -------------------------------------------------------------------------------------


class OpenKind(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    BREAK = "break"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a schedule is open, with detail (a holiday's name, the reason of a closing day)."""

    kind: OpenKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that a team leader has switched on for those who wait; said each `every` seconds in turn."""

    prompts: tuple[str, ...]
    every: float = 45.0


@dataclass(frozen=True, slots=True)
class RecordingQuestion:
    """Asks the caller whether the conversation may be recorded, for the recording purpose with this key."""

    purpose: int
    prompts: tuple[str, ...]


class Figures(Protocol):
    """A queue as it is now. `agents` are signed in to it and at work (free, ringing, talking, wrapping up).

    `expected_wait` is in seconds for a caller who would come now; None when it is not known. `recording` is the
    question to those who join it; None when conversations from it are not recorded.
    """

    @property
    def is_open(self) -> bool: ...
    @property
    def waiting(self) -> int: ...
    @property
    def agents(self) -> int: ...
    @property
    def expected_wait(self) -> float | None: ...
    @property
    def notices(self) -> tuple[Notice, ...]: ...
    @property
    def recording(self) -> RecordingQuestion | None: ...


@dataclass(frozen=True, slots=True)
class NobodyOnDuty:
    """The figures of a rota while nobody is on duty: a closed queue in which nobody is."""

    is_open: bool = False
    waiting: int = 0
    agents: int = 0
    expected_wait: float | None = None
    notices: tuple[Notice, ...] = ()
    recording: RecordingQuestion | None = None


NOBODY_ON_DUTY = NobodyOnDuty()


@dataclass(frozen=True, slots=True)
class CallerCallback:
    """The call that a caller was promised: it `waits` for its turn at `place`, or was made and reached nobody."""

    queue: str
    waits: bool
    place: datetime


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The municipality that the caller's number belongs to, and where it is called ("" when that is not known)."""

    municipality: str
    number: str


class Facts(Protocol):
    """What is known when a decision is made. What is costly to know may be found out when it is asked.

    `is_open(schedule code, at)` raises LookupError for an unknown schedule; `queue(code)` and `flow(code)` (its
    published version) give None for unknown ones; `disturbance(flow code)` gives the prompts of the disturbance
    messages that are on for it, `on_duty(rota code, at)` the queue of whoever is on duty ("" for nobody),
    `greeting(flow code)` the prompt with which its centre greets today ("" for none).
    `position` (1 is next) and `expected_wait` (seconds) are this caller's in the queue
    it waits in. `phase` is the phase of the roll-out. `may_call(number)` says whether we may ring it. `callback` is
    None where the caller's number was promised no call, or is being rung now. `elsewhere` is None where the number
    belongs to no other municipality.
    """

    def is_open(self, schedule: str, at: datetime, /) -> OpenState: ...
    def queue(self, code: str, /) -> Figures | None: ...
    def flow(self, code: str, /) -> Flow | None: ...
    def disturbance(self, flow: str, /) -> tuple[str, ...]: ...
    def greeting(self, flow: str, /) -> str: ...
    def may_call(self, number: str, /) -> bool: ...
    def on_duty(self, rota: str, at: datetime, /) -> str: ...
    @property
    def caller_number(self) -> str: ...
    @property
    def caller_known(self) -> bool: ...
    @property
    def position(self) -> int | None: ...
    @property
    def expected_wait(self) -> float | None: ...
    @property
    def phase(self) -> str: ...
    @property
    def callback(self) -> CallerCallback | None: ...
    @property
    def elsewhere(self) -> Elsewhere | None: ...
    @property
    def safe_queue(self) -> str: ...
    @property
    def zone(self) -> tzinfo: ...


# --- Signals -----------------------------------------------------------------------------------


@value
class PromptEnded:
    """The prompt with this number has ended, for any reason."""

    say: int


@value
class Key:
    key: str


@value
class TimedOut:
    """The timer of this name, one of the state's, has run out."""

    name: str


class QueueNews(StrEnum):
    """ANSWERED: an agent talks. OFFERED: an agent's phone rings. WAITING: it no longer does. CHANGED: figures have
    changed. OVERFLOW: the distributor wants the caller moved (detail: an OverflowWhen). REFUSED: it cannot take the
    caller."""

    ANSWERED = "answered"
    OFFERED = "offered"
    WAITING = "waiting"
    CHANGED = "changed"
    OVERFLOW = "overflow"
    REFUSED = "refused"


#: those of every conversation, as names of the module (see `ASKING`)
ANSWERED, OFFERED = QueueNews.ANSWERED, QueueNews.OFFERED


@value
class QueueSaid:
    news: QueueNews
    detail: str = ""


@value
class MessageRecorded:
    """The recording is complete; 0 seconds when nothing was said or it failed."""

    seconds: float


@value
class TransferAnswered:
    pass


@value
class TransferFailed:
    why: str = ""


@value
class CallerGone:
    pass


@value
class Resumed:
    """The driver was away and has lost its timers: repeat the pending instructions."""


Signal = (
    PromptEnded
    | Key
    | TimedOut
    | QueueSaid
    | MessageRecorded
    | TransferAnswered
    | TransferFailed
    | CallerGone
    | Resumed
)

# --- Instructions ------------------------------------------------------------------------------


@value
class Say:
    """Say these, one after another; `number:12` and `digits:33` are figures. `PromptEnded(say)` must follow."""

    say: int
    prompts: tuple[str, ...]
    interruptible: bool
    language: str


@value
class StopSaying:
    say: int


@value
class Listen:
    """Accept keys, at most `max_keys`, until the next instruction."""

    max_keys: int


@value
class PlayMusic:
    """Music on hold, until something is said or the caller is connected."""


MUSIC = PlayMusic()


@value
class Enqueue:
    """Put the caller in the queue; `since` is when the caller began to wait for a person, in whatever queue first.

    `again` after a restart: the caller may still be there.
    """

    queue: str
    priority: int
    since: datetime
    again: bool = False


@value
class LeaveQueue:
    queue: str


@value
class TransferTo:
    address: str
    timeout: float


@value
class RecordMessage:
    """Record until silence, `#` or this many seconds; `Recorded` must follow."""

    max_seconds: float


@value
class KeepMessage:
    """Store the recording as a message for this queue."""

    queue: str
    seconds: float


@value
class PromiseCallback:
    """Somebody of this queue must ring this number (E.164 where it can be); the place is that of `since`."""

    number: str
    queue: str
    since: datetime


@value
class NoteConsent:
    """The caller's answer to the question of this queue about recording. `how`: a key, or why there was no answer."""

    queue: str
    purpose: int
    given: bool
    how: str


@value
class NoteElsewhere:
    """Count a caller of this municipality ("" when it is not known). `what`: recognised by the `number` or by a choice
    in a `menu`, `told` the right number, or `transferred` to it."""

    municipality: str
    what: str


@value
class TakeUpCallback:
    """The caller takes the place of their callback in this queue and waits on the line; the callback is suspended."""

    queue: str


@value
class CallOffCallback:
    """Cancel the callback that the caller was promised in this queue."""

    queue: str


@value
class GoTo:
    """The caller goes on in this version of another flow (for the log: the state already says so)."""

    flow: str
    version: int


@value
class EndCall:
    cause: HangUpCause


@value
class RaiseAlert:
    """Raise an alert. `code` is one word, `text` is for people who operate the system."""

    code: str
    text: str


Instruction = (
    Say
    | StopSaying
    | Listen
    | PlayMusic
    | Enqueue
    | LeaveQueue
    | TransferTo
    | RecordMessage
    | KeepMessage
    | PromiseCallback
    | NoteConsent
    | NoteElsewhere
    | TakeUpCallback
    | CallOffCallback
    | GoTo
    | EndCall
    | RaiseAlert
)

# --- State and progress ------------------------------------------------------------------------


class Phase(StrEnum):
    """The phase within the current step."""

    DISTURBANCE = "disturbance"
    ASKING = "asking"
    TYPING = "typing"
    CONFIRMING = "confirming"
    QUEUED = "queued"
    RECORDING = "recording"
    TRANSFERRING = "transferring"
    DONE = "done"
    ENDED = "ended"


#: those that every turn asks for, as names of the module: a member that is looked up in its class takes five times as
#: long
DISTURBANCE, ASKING, QUEUED, ENDED = Phase.DISTURBANCE, Phase.ASKING, Phase.QUEUED, Phase.ENDED


class FlowEnding(StrEnum):
    """How the flow ended for the caller."""

    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    CALLBACK_PROMISED = "callback_promised"
    MESSAGE_TAKEN = "message_taken"
    HUNG_UP = "hung_up"
    CALLER_GONE = "caller_gone"


#: each as plain text, as reasons hold it
ENDING_TEXT: Mapping[FlowEnding, str] = {ending: str(ending) for ending in FlowEnding}


@value
class Timer:
    """A timer that is running: `what` it is for, and the `name` by which the driver tells that it has run out."""

    name: str
    what: str
    seconds: float
    due: datetime

    def later(self, by: timedelta) -> Timer:
        """The same timer, due so much later."""
        return Timer(self.name, self.what, self.seconds, self.due + by)


@dataclass(slots=True)
class FlowState:
    """Where a caller is: one step of one version of one flow, and what must be known to go on. Times are UTC.

    `saying` is the number of what is being said (0 is nothing) and `count` the last number given to anything;
    `choices` are (flow, step, key); `kept` is what has been promised already, should the caller hang up now;
    `promised_queue` is that of the call which the caller was promised before. `consent_open` is the recording purpose
    that is being asked about since `consent_since` (0 is none), `consents_asked` are those that have been asked about.
    `elsewhere` says how the caller was recognised as one of another municipality, and is empty for others.
    The interpreter writes on a copy during a turn; once the turn is over nobody changes the state any more.
    """

    flow: str
    version: int
    step: str
    phase: Phase
    entered_at: datetime
    tries: int = 0
    typed: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()
    timers: tuple[Timer, ...] = ()
    saying: int = 0
    count: int = 0
    moves: int = 0
    hops: int = 0
    language: str = "da"
    queue: str = ""
    promised_queue: str = ""
    queued_since: datetime | None = None
    is_offered: bool = False
    callback_open: bool = False
    notices_said: int = 0
    notice_at: datetime | None = None
    consent_open: int = 0
    consent_since: datetime | None = None
    consents_asked: tuple[int, ...] = ()
    heard: tuple[str, ...] = ()
    elsewhere: str = ""
    kept: FlowEnding | None = None
    ending: FlowEnding | None = None

    @property
    def has_ended(self) -> bool:
        return self.ending is not None

    def copied(self) -> FlowState:
        """A copy for a turn to change."""
        made: FlowState = object.__new__(FlowState)
        made.flow = self.flow
        made.version = self.version
        made.step = self.step
        made.phase = self.phase
        made.entered_at = self.entered_at
        made.tries = self.tries
        made.typed = self.typed
        made.choices = self.choices
        made.timers = self.timers
        made.saying = self.saying
        made.count = self.count
        made.moves = self.moves
        made.hops = self.hops
        made.language = self.language
        made.queue = self.queue
        made.promised_queue = self.promised_queue
        made.queued_since = self.queued_since
        made.is_offered = self.is_offered
        made.callback_open = self.callback_open
        made.notices_said = self.notices_said
        made.notice_at = self.notice_at
        made.consent_open = self.consent_open
        made.consent_since = self.consent_since
        made.consents_asked = self.consents_asked
        made.heard = self.heard
        made.elsewhere = self.elsewhere
        made.kept = self.kept
        made.ending = self.ending
        return made

    def differs_from(self, before: FlowState | None) -> bool:
        """Whether the state differs from `before`; the fields that change most often are compared first."""
        if before is None or self.count != before.count or self.is_offered is not before.is_offered:
            return True
        return self != before

    def as_data(self) -> dict[str, Any]:
        """The state as JSON data, without what is empty."""
        data = {
            "flow": self.flow, "version": self.version, "step": self.step, "phase": self.phase.value,
            "entered_at": self.entered_at.isoformat(), "tries": self.tries, "typed": self.typed,
            "choices": [list(choice) for choice in self.choices],
            "timers": [[each.name, each.what, each.seconds, each.due.isoformat()] for each in self.timers],
            "saying": self.saying, "count": self.count, "moves": self.moves, "hops": self.hops,
            "language": self.language, "queue": self.queue, "promised_queue": self.promised_queue,
            "queued_since": _written(self.queued_since),
            "is_offered": self.is_offered, "callback_open": self.callback_open,
            "notices_said": self.notices_said, "notice_at": _written(self.notice_at),
            "consent_open": self.consent_open, "consent_since": _written(self.consent_since),
            "consents_asked": list(self.consents_asked), "heard": list(self.heard),
            "elsewhere": self.elsewhere,
            "kept": self.kept and self.kept.value, "ending": self.ending and self.ending.value,
        }  # fmt: skip
        return {name: value for name, value in data.items() if value or name in _ALWAYS}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> FlowState:
        """The state that `as_data` wrote, in this release or another: what is not there is as at the beginning.

        Raises FlowError when it is no such thing.
        """
        try:
            return cls(
                flow=data["flow"], version=data["version"], step=data["step"], phase=Phase(data["phase"]),
                entered_at=_moment(data["entered_at"]), **{name: data[name] for name in _PLAIN if name in data},
                choices=tuple((flow, step, key) for flow, step, key in data.get("choices", ())),
                timers=tuple(Timer(name, what, sec, _moment(due)) for name, what, sec, due in data.get("timers", ())),
                queued_since=_moment_or_none(data.get("queued_since")),
                notice_at=_moment_or_none(data.get("notice_at")),
                consent_since=_moment_or_none(data.get("consent_since")),
                consents_asked=tuple(data.get("consents_asked", ())),
                heard=tuple(data.get("heard", ())), kept=_ending(data.get("kept")), ending=_ending(data.get("ending")),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise FlowError("", f"this is no state of a flow: {error!r}") from error


#: what is written although it may be empty
_ALWAYS = frozenset({"flow", "version", "step", "phase", "entered_at", "language"})
#: fields that are read back unchanged
_PLAIN = (
    "tries", "typed", "saying", "count", "moves", "hops", "language", "queue", "promised_queue", "is_offered",
    "callback_open", "notices_said", "consent_open", "elsewhere",
)  # fmt: skip


#: one decision or observation: its code, of which docs/algorithms/flows.md has the list, and a value that may be empty
FlowReason: TypeAlias = tuple[str, str]


@value
class Progress:
    """The outcome of one signal: the new state, what to do in order, and why in order."""

    state: FlowState
    instructions: tuple[Instruction, ...]
    reasons: tuple[FlowReason, ...]


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _ending(text: str | None) -> FlowEnding | None:
    return None if text is None else FlowEnding(text)
