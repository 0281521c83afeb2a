"""Playing a caller through a flow at a chosen time, without a telephone: what is heard, what is decided and why.

Time passes only when an action says so. Prompts take the time given by `prompt_seconds`; the interpreter's timers run
out when they are due. The facts are those given, all the while.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from indgang.routing.flows.machine import advance, begin
from indgang.routing.flows.state import (
    CallerGone,
    CallOffCallback,
    CancelTimer,
    EndCall,
    Enqueue,
    FlowFacts,
    FlowState,
    GoTo,
    Instruction,
    KeepMessage,
    Key,
    LeaveQueue,
    Phase,
    Progress,
    PromiseCallback,
    PromptEnded,
    QueueNews,
    QueueSaid,
    RaiseAlert,
    Recorded,
    RecordMessage,
    Say,
    SetTimer,
    Signal,
    StopSaying,
    TakeUpCallback,
    TimedOut,
    TransferAnswered,
    TransferFailed,
    TransferTo,
)
from indgang.routing.flows.steps import Flow

#: listening is given up after this long: music in a queue has no end
LONGEST_LISTENING = timedelta(minutes=5)
#: no rehearsal is longer
LONGEST_WAIT_SECONDS = 4 * 3600.0


class ActionKind(StrEnum):
    """What the one who tries the flow does; `Action.value` is given in brackets."""

    LISTEN = "listen"  # hear out what is being said
    PRESS = "press"  # one key after another (keys)
    WAIT = "wait"  # (seconds)
    SPEAK = "speak"  # leave a message (seconds)
    HANG_UP = "hang_up"
    QUEUE_ANSWERED = "queue_answered"  # an agent takes the call
    TRANSFER_ANSWERED = "transfer_answered"
    TRANSFER_FAILED = "transfer_failed"


@dataclass(frozen=True, slots=True)
class Action:
    """One action. Raises ValueError when the value does not fit the kind."""

    kind: ActionKind
    value: str = ""

    def __post_init__(self) -> None:
        if self.kind in (ActionKind.WAIT, ActionKind.SPEAK) and not 0 <= self.seconds() <= LONGEST_WAIT_SECONDS:
            raise ValueError(f"{self.value!r} is not from 0 to {LONGEST_WAIT_SECONDS:g} seconds")
        if self.kind is ActionKind.PRESS and not self.value:
            raise ValueError("no key to press")

    def seconds(self) -> float:
        return float(self.value)


class LineKind(StrEnum):
    """ACTION: the caller acts (code: ActionKind). HEARD: prompts (code: the language, value: prompts parted by spaces).
    CUT: it was cut off. DECIDED: a reason. DONE: what the product does (code: the instruction's name)."""

    ACTION = "action"
    HEARD = "heard"
    CUT = "cut"
    DECIDED = "decided"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript."""

    at: datetime
    kind: LineKind
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The transcript, where the caller is after it, and when that is."""

    lines: tuple[Line, ...]
    state: FlowState
    at: datetime


def rehearse(
    flow: Flow,
    facts: FlowFacts,
    at: datetime,
    actions: Sequence[Action],
    *,
    prompt_seconds: Callable[[str], float] = lambda code: 4.0,
    language: str = "da",
) -> Rehearsal:
    """Play a caller who comes at `at` (aware) and acts as told. What is done after the end has no effect."""
    rehearsed = _Rehearsed(flow, facts, at.astimezone(UTC), prompt_seconds)
    rehearsed.take(begin(flow, facts, at, language=language))
    for action in actions:
        rehearsed.act(action)
    return Rehearsal(tuple(rehearsed.lines), rehearsed.state, rehearsed.at)


class _Rehearsed:
    """The caller's telephone, the exchange and the clock, all in one."""

    state: FlowState

    def __init__(self, flow: Flow, facts: FlowFacts, at: datetime, prompt_seconds: Callable[[str], float]) -> None:
        self.flow = flow
        self.facts = facts
        self.at = at
        self.prompt_seconds = prompt_seconds
        self.lines: list[Line] = []
        self.timers: dict[str, datetime] = {}
        self.prompt_ends: tuple[int, datetime] | None = None

    def act(self, action: Action) -> None:
        self.write(LineKind.ACTION, action.kind.value, action.value)
        match action.kind:
            case ActionKind.LISTEN:
                self.listen()
            case ActionKind.WAIT:
                self.pass_time(self.at + timedelta(seconds=action.seconds()))
            case ActionKind.PRESS:
                for key in action.value:
                    self.signal(Key(key))
            case ActionKind.SPEAK:
                self.speak(action.seconds())
            case ActionKind.HANG_UP:
                self.signal(CallerGone())
            case ActionKind.QUEUE_ANSWERED:
                self.signal(QueueSaid(QueueNews.ANSWERED))
            case ActionKind.TRANSFER_ANSWERED:
                self.signal(TransferAnswered())
            case ActionKind.TRANSFER_FAILED:
                self.signal(TransferFailed("no_answer"))

    # --- Time ----------------------------------------------------------------------------------

    def listen(self) -> None:
        until = self.at + LONGEST_LISTENING
        while self.prompt_ends is not None and self.at < until:
            self.pass_time(min(self.prompt_ends[1], until))

    def speak(self, seconds: float) -> None:
        """Speak after the tone: what is being said is heard out first."""
        self.listen()
        if self.state.phase is Phase.RECORDING:
            self.at += timedelta(seconds=seconds)
        self.signal(Recorded(seconds))

    def pass_time(self, until: datetime) -> None:
        while (event := self.next_event()) is not None and event[0] <= until:
            self.at = max(self.at, event[0])
            if isinstance(event[1], PromptEnded):
                self.prompt_ends = None
            else:
                self.timers.pop(event[1].name, None)
            self.signal(event[1])
        self.at = max(self.at, until)

    def next_event(self) -> tuple[datetime, PromptEnded | TimedOut] | None:
        events: list[tuple[datetime, PromptEnded | TimedOut]] = [
            (due, TimedOut(name)) for name, due in self.timers.items()
        ]
        if self.prompt_ends is not None:
            events.append((self.prompt_ends[1], PromptEnded(self.prompt_ends[0])))
        return min(events, key=lambda event: event[0], default=None)

    # --- What the interpreter says -------------------------------------------------------------

    def signal(self, signal: Signal) -> None:
        self.take(advance(self.flow, self.state, signal, self.facts, self.at))

    def take(self, progress: Progress) -> None:
        self.state = progress.state
        if (self.state.flow, self.state.version) != (self.flow.code, self.flow.version):
            self.flow = self.facts.flow(self.state.flow) or self.flow
        for reason in progress.reasons:
            self.write(LineKind.DECIDED, reason.code, reason.value)
        for instruction in progress.instructions:
            self.perform(instruction)

    def perform(self, instruction: Instruction) -> None:
        match instruction:
            case Say(number, prompts, _, language):
                length = sum(self.prompt_seconds(code) for code in prompts)
                self.prompt_ends = number, self.at + timedelta(seconds=length)
                self.write(LineKind.HEARD, language, " ".join(prompts))
            case StopSaying():
                if self.prompt_ends is not None:
                    self.write(LineKind.CUT, "", "")
                self.prompt_ends = None
            case SetTimer(name, seconds):
                self.timers[name] = self.at + timedelta(seconds=seconds)
            case CancelTimer(name):
                self.timers.pop(name, None)
            case _:
                self.done(instruction)

    def done(self, instruction: Instruction) -> None:
        values = {
            Enqueue: "queue",
            LeaveQueue: "queue",
            TransferTo: "address",
            RecordMessage: "max_seconds",
            KeepMessage: "queue",
            PromiseCallback: "number",
            TakeUpCallback: "queue",
            CallOffCallback: "queue",
            GoTo: "flow",
            EndCall: "cause",
            RaiseAlert: "text",
        }
        name = values.get(type(instruction))
        if name is not None:
            self.write(LineKind.DONE, type(instruction).__name__, str(getattr(instruction, name)))

    def write(self, kind: LineKind, code: str, value: str) -> None:
        self.lines.append(Line(self.at, kind, code, value))
