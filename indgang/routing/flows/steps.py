"""The steps of a flow as frozen values; each field is marked with what it holds.

The marks (`Holds`) are the one description of a step: reading, writing, checking and the editor's form come from them.
A step is named by its id within the flow; a target is the id of another step, and an empty optional target means what
the step's docstring says. Prompts are codes; `@position`, `@wait` and `@number` among them are filled in when said.
Seconds are plain numbers.
"""

# ruff: noqa: RUF009  # holds() is dataclasses.field() with marks; nothing mutable is shared

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

#: what a caller can press
KEYS = "1234567890*#"

#: placeholders among prompts: the caller's place in the queue, the expected wait, the number to call back
POSITION, WAIT, NUMBER = "@position", "@wait", "@number"

#: the placeholder for the number of the caller's own municipality, said in `SendElsewhere` alone
ELSEWHERE = "@elsewhere"

#: the placeholder for a queue: that of the call which the caller was promised
PROMISED_QUEUE = "@promised"

#: what a placeholder begins with that stands for the queue of whoever is on duty; the code of the rota follows
ON_DUTY = "@duty:"

#: prompts that the interpreter itself puts around figures; every municipality must have them
UNDER_A_MINUTE, MINUTES = "vent-under-et-minut", "vent-minutter"
SPOKEN_WITH_FIGURES = (UNDER_A_MINUTE, MINUTES)

#: how often conditions to overflow and switched-on notices are looked at while a caller waits, where there are any
CHECK_SECONDS = 15.0
CHECK_TIMER, MAX_WAIT_TIMER, CALLBACK_TIMER = "check", "max_wait", "callback"


class Holds(StrEnum):
    """What a field of a step holds."""

    STEP = "step"
    PROMPTS = "prompts"
    SECONDS = "seconds"
    COUNT = "count"
    FLAG = "flag"
    QUEUE = "queue"
    SCHEDULE = "schedule"
    FLOW = "flow"
    ADDRESS = "address"
    KEY = "key"
    KEYS = "keys"
    WORD = "word"
    WORDS = "words"
    NUMBER = "number"
    PARTS = "parts"
    PART = "part"
    VALUE = "value"


def holds(
    what: Holds,
    default: Any = MISSING,
    *,
    of: type | None = None,
    words: type[StrEnum] | None = None,
    may_be_0: bool = False,
) -> Any:
    """A field that holds `what`; `of` is the class of its parts, `words` the words it may be.

    A number of seconds or a count that is given must be above 0 unless `may_be_0`.
    """
    return field(default=default, metadata={"holds": what, "of": of, "words": words, "may_be_0": may_be_0})


class OverflowWhen(StrEnum):
    """Why a caller leaves a queue without having been answered."""

    WAITED = "waited"
    AGENTS_BELOW = "agents_below"
    EXPECTED_WAIT_OVER = "expected_wait_over"
    OUTSIDE_HOURS = "outside_hours"
    QUEUE_CLOSED = "queue_closed"


@dataclass(frozen=True, slots=True)
class Overflow:
    """Go on to `to` when the condition holds and the caller has waited `after` seconds.

    `below` is the number of agents at work in the queue under which AGENTS_BELOW holds, `over` the expected wait in
    seconds over which EXPECTED_WAIT_OVER holds, `schedule` the hours of OUTSIDE_HOURS.
    """

    when: OverflowWhen = holds(Holds.WORD, words=OverflowWhen)
    to: str = holds(Holds.STEP)
    after: float = holds(Holds.SECONDS, 0.0, may_be_0=True)
    below: int = holds(Holds.COUNT, 1)
    over: float = holds(Holds.SECONDS, 600.0)
    schedule: str = holds(Holds.SCHEDULE, "")


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """Said to who waits: first after `after` seconds, then each `every` (0 is once), in the phases named (none is all).

    A message whose figure is not known is passed over.
    """

    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    after: float = holds(Holds.SECONDS, 0.0, may_be_0=True)
    every: float = holds(Holds.SECONDS, 0.0, may_be_0=True)
    phases: tuple[str, ...] = holds(Holds.WORDS, ())


@dataclass(frozen=True, slots=True)
class QueueCallback:
    """After `after` seconds the caller is told that `key` leads to `to`; from then on it does."""

    to: str = holds(Holds.STEP)
    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    after: float = holds(Holds.SECONDS, 60.0)
    key: str = holds(Holds.KEY, "1")


class Fact(StrEnum):
    """What a condition can ask about; `value` is what is given in brackets."""

    WAITING_OVER = "waiting_over"  # callers in `queue` (a number)
    AGENTS_BELOW = "agents_below"  # agents at work in `queue` (a number)
    EXPECTED_WAIT_OVER = "expected_wait_over"  # seconds in `queue` (a number)
    QUEUE_CLOSED = "queue_closed"  # `queue` is closed by hand
    CALLER_KNOWN = "caller_known"  # the number is a known party's
    CALLER_WITHHELD = "caller_withheld"  # no number to call back
    CALLER_FROM_ELSEWHERE = "caller_from_elsewhere"  # the number is in a series of another municipality; is counted
    WEEKDAY = "weekday"  # one of the weekdays, 0 is Monday (a list of numbers)
    TIME_BETWEEN = "time_between"  # from the first to before the second, HH:MM (two texts)
    DATE_BETWEEN = "date_between"  # from the first to before the second, YYYY-MM-DD (two texts)
    PHASE = "phase"  # the phase of the roll-out is one of these (a list of texts)
    CALLBACK_WAITING = "callback_waiting"  # the number is promised a call that is still to come; holds once in a call
    CALLBACK_MISSED = "callback_missed"  # we rang the number as promised, in vain; holds once in a call


#: facts that are asked of a queue
OF_A_QUEUE = frozenset({Fact.WAITING_OVER, Fact.AGENTS_BELOW, Fact.EXPECTED_WAIT_OVER, Fact.QUEUE_CLOSED})


@dataclass(frozen=True, slots=True)
class Test:
    """One fact compared with `value`; see `Fact`."""

    __test__: ClassVar[bool] = False  # not for pytest to collect

    fact: Fact = holds(Holds.WORD, words=Fact)
    queue: str = holds(Holds.QUEUE, "")
    value: tuple[str, ...] | tuple[int, ...] | float | None = holds(Holds.VALUE, None)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens to a caller."""

    kind: ClassVar[str] = ""

    id: str

    def targets(self) -> Iterator[tuple[str, str]]:
        """(field, step id) for every place this step can lead to, empty ids included."""
        return _held(self, Holds.STEP)

    def prompts_used(self) -> Iterator[str]:
        """Codes of the prompts said in this step, placeholders left out."""
        return (code for _, code in _held(self, Holds.PROMPTS) if not code.startswith("@"))

    def queues(self) -> Iterator[str]:
        """Codes of the queues that are named here, placeholders left out."""
        return (code for _, code in _held(self, Holds.QUEUE) if code and not code.startswith("@"))

    def rotas(self) -> Iterator[str]:
        """Codes of the rotas whose queue on duty is named here."""
        return (code.removeprefix(ON_DUTY) for _, code in _held(self, Holds.QUEUE) if code.startswith(ON_DUTY))

    def schedules(self) -> Iterator[str]:
        return (code for _, code in _held(self, Holds.SCHEDULE) if code)


@dataclass(frozen=True, slots=True)
class OpeningHours(Step):
    """Goes on by a schedule: open, in a break, on a holiday, or closed otherwise (also where the others are empty)."""

    kind: ClassVar[str] = "opening_hours"

    schedule: str = holds(Holds.SCHEDULE)
    on_open: str = holds(Holds.STEP)
    on_closed: str = holds(Holds.STEP)
    on_break: str = holds(Holds.STEP, "")
    on_holiday: str = holds(Holds.STEP, "")


@dataclass(frozen=True, slots=True)
class Announcement(Step):
    """Says something and goes on; a key ends it early when `interruptible`, and counts in a menu that follows."""

    kind: ClassVar[str] = "announcement"

    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    next: str = holds(Holds.STEP)
    interruptible: bool = holds(Holds.FLAG, True)


@dataclass(frozen=True, slots=True)
class GreetingStep(Step):
    """Says the present greeting of the flow's centre and goes on as an announcement does; at once where it has none."""

    kind: ClassVar[str] = "greeting"

    next: str = holds(Holds.STEP)
    interruptible: bool = holds(Holds.FLAG, True)


@dataclass(frozen=True, slots=True)
class Menu(Step):
    """Asks for one key, from the first word on. After a wrong key `on_wrong` is said and the question repeated.

    The question is put 1 + `retries` times; `timeout` is the silence allowed after it. With the key `elsewhere` callers
    say that they live in another municipality, which is counted.
    """

    kind: ClassVar[str] = "menu"

    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    keys: tuple[tuple[str, str], ...] = holds(Holds.KEYS)
    on_exhausted: str = holds(Holds.STEP)
    on_wrong: tuple[str, ...] = holds(Holds.PROMPTS, ())
    retries: int = holds(Holds.COUNT, 2, may_be_0=True)
    timeout: float = holds(Holds.SECONDS, 6.0)
    elsewhere: str = holds(Holds.KEY, "")

    def step_for(self, key: str) -> str:
        """The target of a key, or empty."""
        for each, target in self.keys:
            if each == key:
                return target
        return ""


@dataclass(frozen=True, slots=True)
class Condition(Step):
    """Goes to `on_true` when all tests hold, else to `on_false`."""

    kind: ClassVar[str] = "condition"

    all: tuple[Test, ...] = holds(Holds.PARTS, of=Test)
    on_true: str = holds(Holds.STEP)
    on_false: str = holds(Holds.STEP)


@dataclass(frozen=True, slots=True)
class LanguageStep(Step):
    """From here on the caller hears prompts in this language (`da`, `en`), where they exist."""

    kind: ClassVar[str] = "language"

    language: str = holds(Holds.WORD)
    next: str = holds(Holds.STEP)


@dataclass(frozen=True, slots=True)
class QueueStep(Step):
    """Waits for an agent. The first overflow whose condition holds is taken, on entering and all the while.

    After `max_wait` seconds (0 is never) the caller goes to `on_max_wait`. A queue that is closed without an overflow
    for it leads there at once, or to the safe queue when that is empty. In `PROMISED_QUEUE` the caller takes the place
    of the promised call, which nobody makes then. `ON_DUTY` with a rota is the queue of whoever is on duty when the
    caller joins; while nobody is, it is closed.
    """

    kind: ClassVar[str] = "queue"

    queue: str = holds(Holds.QUEUE)
    priority: int = holds(Holds.NUMBER, 0)
    messages: tuple[QueueMessage, ...] = holds(Holds.PARTS, (), of=QueueMessage)
    overflow: tuple[Overflow, ...] = holds(Holds.PARTS, (), of=Overflow)
    callback: QueueCallback | None = holds(Holds.PART, None, of=QueueCallback)
    max_wait: float = holds(Holds.SECONDS, 0.0, may_be_0=True)
    on_max_wait: str = holds(Holds.STEP, "")
    #: what the waiting begins with, found out once for all callers: what each timer is for, and its seconds
    timers: tuple[tuple[str, float], ...] = field(init=False, repr=False, compare=False)
    #: whether a way out depends on what changes without a report: people, hours, the expected wait
    follows_figures: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        follows_figures = any(each.when is not OverflowWhen.WAITED for each in self.overflow)
        object.__setattr__(self, "follows_figures", follows_figures)
        object.__setattr__(self, "timers", tuple(self._timers()))

    def _timers(self) -> Iterator[tuple[str, float]]:
        yield from ((f"overflow:{number}", each.after) for number, each in enumerate(self.overflow) if each.after)
        if self.max_wait:
            yield MAX_WAIT_TIMER, self.max_wait
        if self.callback is not None:
            yield CALLBACK_TIMER, self.callback.after
        yield from ((f"message:{number}", each.after) for number, each in enumerate(self.messages) if each.after)


@dataclass(frozen=True, slots=True)
class ToFlow(Step):
    """Goes on in another flow, as a rule another centre's."""

    kind: ClassVar[str] = "overflow"

    flow: str = holds(Holds.FLOW)
    prompts: tuple[str, ...] = holds(Holds.PROMPTS, ())


@dataclass(frozen=True, slots=True)
class CallbackOffer(Step):
    """Offers to call back: 1 is the caller's own number, 2 another one that is typed and confirmed, * is no.

    A caller without a number is asked to type one at once. `queue` is who rings back. After the promise it goes to
    `next`, or hangs up when that is empty; who says no or makes no choice goes to `on_declined`.
    """

    kind: ClassVar[str] = "callback_offer"

    queue: str = holds(Holds.QUEUE)
    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    enter_prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    confirm_prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    done_prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    on_declined: str = holds(Holds.STEP)
    next: str = holds(Holds.STEP, "")
    on_wrong: tuple[str, ...] = holds(Holds.PROMPTS, ())
    retries: int = holds(Holds.COUNT, 2, may_be_0=True)
    timeout: float = holds(Holds.SECONDS, 8.0)


@dataclass(frozen=True, slots=True)
class CancelCallback(Step):
    """Calls off the call that the caller was promised, says so, and goes to `next`, or hangs up when that is empty."""

    kind: ClassVar[str] = "cancel_callback"

    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    next: str = holds(Holds.STEP, "")


@dataclass(frozen=True, slots=True)
class TakeMessage(Step):
    """Records what the caller says, for `queue` to hear. Nothing said 1 + `retries` times leads to `on_empty`.

    After a message it goes to `next`, or hangs up when that is empty.
    """

    kind: ClassVar[str] = "take_message"

    queue: str = holds(Holds.QUEUE)
    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    on_empty: str = holds(Holds.STEP)
    done_prompts: tuple[str, ...] = holds(Holds.PROMPTS, ())
    next: str = holds(Holds.STEP, "")
    max_seconds: float = holds(Holds.SECONDS, 120.0)
    retries: int = holds(Holds.COUNT, 1, may_be_0=True)


@dataclass(frozen=True, slots=True)
class Transfer(Step):
    """Rings `to` (`tel:+4512345678`, `unit:<code>`, `person:<id>`) for `timeout` seconds."""

    kind: ClassVar[str] = "transfer"

    to: str = holds(Holds.ADDRESS)
    on_failed: str = holds(Holds.STEP)
    prompts: tuple[str, ...] = holds(Holds.PROMPTS, ())
    timeout: float = holds(Holds.SECONDS, 30.0)


@dataclass(frozen=True, slots=True)
class SendElsewhere(Step):
    """Tells a caller from another municipality its number (`ELSEWHERE` among the prompts), and with `transfer` rings it
    for `timeout` seconds.

    Then goes to `next`, or hangs up when that is empty. Where that number is not known or not answered, the caller goes
    to `on_failed`.
    """

    kind: ClassVar[str] = "send_elsewhere"

    prompts: tuple[str, ...] = holds(Holds.PROMPTS)
    on_failed: str = holds(Holds.STEP)
    next: str = holds(Holds.STEP, "")
    transfer: bool = holds(Holds.FLAG, False)
    timeout: float = holds(Holds.SECONDS, 30.0)


@dataclass(frozen=True, slots=True)
class SafeQueue(Step):
    """Where callers are sent whom nothing else covers; somebody is alerted. Waits until answered."""

    kind: ClassVar[str] = "safe_queue"

    prompts: tuple[str, ...] = holds(Holds.PROMPTS, ())


class HangUpCause(StrEnum):
    NORMAL = "normal"
    BUSY = "busy"
    CONGESTION = "congestion"


@dataclass(frozen=True, slots=True)
class HangUp(Step):
    """Says goodbye and ends the call."""

    kind: ClassVar[str] = "hang_up"

    prompts: tuple[str, ...] = holds(Holds.PROMPTS, ())
    cause: HangUpCause = holds(Holds.WORD, HangUpCause.NORMAL, words=HangUpCause)


STEP_KINDS: Mapping[str, type[Step]] = {
    each.kind: each
    for each in (
        OpeningHours,
        Announcement,
        GreetingStep,
        Menu,
        Condition,
        LanguageStep,
        QueueStep,
        ToFlow,
        CallbackOffer,
        CancelCallback,
        TakeMessage,
        Transfer,
        SendElsewhere,
        SafeQueue,
        HangUp,
    )
}


@dataclass(frozen=True, slots=True)
class Flow:
    """One version of a flow: steps in the order they are shown, and the id of the first one a caller meets."""

    code: str
    version: int
    title: str
    start: str
    steps: tuple[Step, ...]
    by_id: Mapping[str, Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # of two steps with one id the first counts
        object.__setattr__(self, "by_id", {step.id: step for step in reversed(self.steps)})

    def step(self, step_id: str) -> Step | None:
        return self.by_id.get(step_id)


def marks(cls: type) -> tuple[Field[Any], ...]:
    """The fields of a step's class or of a part's class that are marked with what they hold."""
    return tuple(each for each in fields(cls) if "holds" in each.metadata)


def _held(value: Any, what: Holds, inside: str = "") -> Iterator[tuple[str, str]]:
    """(field, text) for every text of this kind in a step and its parts."""
    for mark in marks(type(value)):
        name, content, kind = inside + mark.name, getattr(value, mark.name), mark.metadata["holds"]
        if kind is Holds.KEYS and what is Holds.STEP:
            yield from ((f"{name}.{key}", target) for key, target in content)
        elif kind is Holds.PROMPTS and what is kind:
            yield from ((name, code) for code in content)
        elif kind is what:
            yield name, content
        elif kind is Holds.PART and content is not None:
            yield from _held(content, what, f"{name}.")
        elif kind is Holds.PARTS:
            for number, part in enumerate(content):
                yield from _held(part, what, f"{name}.{number}.")
