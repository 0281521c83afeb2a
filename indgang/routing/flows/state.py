"""What goes in and out of a flow's interpreter: facts, signals, the state, instructions and reasons. All are values.

The interpreter keeps no clock and rings no telephone. It asks for timers by name and is told when they have run out;
it numbers what it says and is told which number has ended, so that a late report is known for what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from indgang.routing.flows.data import FlowError
from indgang.routing.flows.steps import Flow, HangUpCause

#: the step of a caller whom the flow could not help: the safe queue that every flow has without naming it
SAFE_STEP = "!safe"

# --- Facts -------------------------------------------------------------------------------------


class OpenKind(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    BREAK = "break"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether it is open, and what to say about it (a holiday's name, the reason for a closing day)."""

    kind: OpenKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that a team leader has switched on for those who wait; said each `every` seconds in turn."""

    prompts: tuple[str, ...]
    every: float = 45.0


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """A queue as it is now. `agents` are signed in to it and at work (free, ringing, talking, wrapping up).

    `expected_wait` is in seconds for a caller who would come now; None when it is not known.
    """

    is_open: bool = True
    waiting: int = 0
    agents: int = 1
    expected_wait: float | None = None
    notices: tuple[Notice, ...] = ()


def _no_queue(_code: str) -> QueueFigures | None:
    return None


def _no_flow(_code: str) -> Flow | None:
    return None


def _no_disturbance(_code: str) -> tuple[str, ...]:
    return ()


def _any_number(_number: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """What is known when a decision is made.

    `is_open(schedule code, at)` raises LookupError for an unknown schedule; `queue(code)` and `flow(code)` (its
    published version) give None for unknown ones; `disturbance(flow code)` gives the prompts of the disturbance
    messages that are on for it. `position` (1 is next) and `expected_wait` (seconds) are this caller's in the queue
    it waits in. `phase` is the phase of the roll-out. `may_call(number)` says whether we may ring it.
    """

    is_open: Callable[[str, datetime], OpenState]
    queue: Callable[[str], QueueFigures | None] = _no_queue
    flow: Callable[[str], Flow | None] = _no_flow
    disturbance: Callable[[str], tuple[str, ...]] = _no_disturbance
    may_call: Callable[[str], bool] = _any_number
    caller_number: str = ""
    caller_known: bool = False
    position: int | None = None
    expected_wait: float | None = None
    phase: str = ""
    safe_queue: str = "sikker-koe"
    zone: tzinfo = field(default=ZoneInfo("Europe/Copenhagen"))


# --- Signals -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """What was said under this number has ended, whatever the reason."""

    say: int


@dataclass(frozen=True, slots=True)
class Key:
    key: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The timer of this name has run out."""

    name: str


class QueueNews(StrEnum):
    """ANSWERED: an agent talks. OFFERED: an agent's phone rings. WAITING: it no longer does. CHANGED: figures have
    changed. OVERFLOW: the distributor wants the caller out (detail: an OverflowWhen). REFUSED: it cannot take the
    caller."""

    ANSWERED = "answered"
    OFFERED = "offered"
    WAITING = "waiting"
    CHANGED = "changed"
    OVERFLOW = "overflow"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class QueueSaid:
    news: QueueNews
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recording is complete; 0 seconds when nothing was said or it failed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TransferAnswered:
    pass


@dataclass(frozen=True, slots=True)
class TransferFailed:
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallerGone:
    pass


@dataclass(frozen=True, slots=True)
class Resumed:
    """The driver was away and has lost its timers; it must be told again what to do."""


Signal = PromptEnded | Key | TimedOut | QueueSaid | Recorded | TransferAnswered | TransferFailed | CallerGone | Resumed

# --- Instructions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Say these, one after another; `number:12` and `digits:33` are figures. `PromptEnded(say)` must follow."""

    say: int
    prompts: tuple[str, ...]
    interruptible: bool
    language: str


@dataclass(frozen=True, slots=True)
class StopSaying:
    say: int


@dataclass(frozen=True, slots=True)
class Listen:
    """Keys count now: at most `max_keys` of them before something else happens."""

    max_keys: int


@dataclass(frozen=True, slots=True)
class PlayMusic:
    """Music on hold, until something is said or the caller is connected."""


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Put the caller in the queue; `since` is when the caller began to wait for a person, in whatever queue first.

    `again` after a restart: the caller may still be there.
    """

    queue: str
    priority: int
    since: datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    queue: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Tell `TimedOut(name)` in this many seconds."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    name: str


@dataclass(frozen=True, slots=True)
class TransferTo:
    address: str
    timeout: float


@dataclass(frozen=True, slots=True)
class RecordMessage:
    """Record until silence, `#` or this many seconds; `Recorded` must follow."""

    max_seconds: float


@dataclass(frozen=True, slots=True)
class KeepMessage:
    """What was recorded is a message for this queue."""

    queue: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PromiseCallback:
    """Somebody of this queue must ring this number (E.164 where it can be); the place is that of `since`."""

    number: str
    queue: str
    since: datetime


@dataclass(frozen=True, slots=True)
class GoTo:
    """The caller goes on in this version of another flow (for the log: the state already says so)."""

    flow: str
    version: int


@dataclass(frozen=True, slots=True)
class EndCall:
    cause: HangUpCause


@dataclass(frozen=True, slots=True)
class RaiseAlert:
    """Somebody must look. `code` is one word, `text` is for people who operate the system."""

    code: str
    text: str


Instruction = (
    Say
    | StopSaying
    | Listen
    | PlayMusic
    | Enqueue
    | LeaveQueue
    | SetTimer
    | CancelTimer
    | TransferTo
    | RecordMessage
    | KeepMessage
    | PromiseCallback
    | GoTo
    | EndCall
    | RaiseAlert
)

# --- State and progress ------------------------------------------------------------------------


class Phase(StrEnum):
    """What is going on in the step."""

    DISTURBANCE = "disturbance"
    ASKING = "asking"
    TYPING = "typing"
    CONFIRMING = "confirming"
    QUEUED = "queued"
    RECORDING = "recording"
    TRANSFERRING = "transferring"
    DONE = "done"
    ENDED = "ended"


class Ending(StrEnum):
    """How the flow ended for the caller."""

    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    CALLBACK_PROMISED = "callback_promised"
    MESSAGE_TAKEN = "message_taken"
    HUNG_UP = "hung_up"
    CALLER_GONE = "caller_gone"


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that is running: `what` it is for, `name` as the driver knows it."""

    name: str
    what: str
    seconds: float
    due: datetime


@dataclass(frozen=True, slots=True)
class FlowState:
    """Where a caller is: one step of one version of one flow, and what must be known to go on. Times are UTC.

    `saying` is the number of what is being said (0 is nothing) and `count` the last number given to anything;
    `choices` are (flow, step, key); `kept` is what has been promised already, should the caller hang up now.
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
    queued_since: datetime | None = None
    is_offered: bool = False
    callback_open: bool = False
    notices_said: int = 0
    notice_at: datetime | None = None
    heard: tuple[str, ...] = ()
    kept: Ending | None = None
    ending: Ending | None = None

    @property
    def has_ended(self) -> bool:
        return self.ending is not None

    def copied(self) -> FlowState:
        """The same state once more; a third of the time that `copy.copy` takes, which every signal would wait for."""
        made = object.__new__(FlowState)
        for name in FlowState.__slots__:
            object.__setattr__(made, name, getattr(self, name))
        return made

    def as_data(self) -> dict[str, Any]:
        """The state as JSON data."""
        return {
            "flow": self.flow, "version": self.version, "step": self.step, "phase": self.phase.value,
            "entered_at": self.entered_at.isoformat(), "tries": self.tries, "typed": self.typed,
            "choices": [list(choice) for choice in self.choices],
            "timers": [[each.name, each.what, each.seconds, each.due.isoformat()] for each in self.timers],
            "saying": self.saying, "count": self.count, "moves": self.moves, "hops": self.hops,
            "language": self.language, "queue": self.queue, "queued_since": _written(self.queued_since),
            "is_offered": self.is_offered, "callback_open": self.callback_open,
            "notices_said": self.notices_said, "notice_at": _written(self.notice_at), "heard": list(self.heard),
            "kept": self.kept and self.kept.value, "ending": self.ending and self.ending.value,
        }  # fmt: skip

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
                heard=tuple(data.get("heard", ())), kept=_ending(data.get("kept")), ending=_ending(data.get("ending")),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise FlowError("", f"this is no state of a flow: {error!r}") from error


#: what is read back as it is
_PLAIN = (
    "tries", "typed", "saying", "count", "moves", "hops", "language", "queue", "is_offered", "callback_open",
    "notices_said",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was decided or noticed; codes are listed in docs/algorithms/flows.md."""

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """The outcome of one signal: the new state, what to do in order, and why in order."""

    state: FlowState
    instructions: tuple[Instruction, ...]
    reasons: tuple[Reason, ...]


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _ending(text: str | None) -> Ending | None:
    return None if text is None else Ending(text)
