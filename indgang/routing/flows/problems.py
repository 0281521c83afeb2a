"""What is wrong with a flow, before a caller finds out.

An error must be put right before the flow is published; a warning may be meant. The rule about loops: going round
must take something from outside, either the caller (a key, a number, a message) or time in a queue, where the caller
can be answered. A round of steps that turns by itself, for a caller who does nothing, is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from indgang.routing.flows.steps import (
    ELSEWHERE,
    OF_A_QUEUE,
    POSITION,
    SPOKEN_WITH_FIGURES,
    WAIT,
    Announcement,
    CallbackOffer,
    CancelCallback,
    Condition,
    Fact,
    Flow,
    HangUp,
    Holds,
    Menu,
    OverflowWhen,
    QueueStep,
    SafeQueue,
    SendElsewhere,
    Step,
    TakeMessage,
    Test,
    ToFlow,
    Transfer,
    marks,
)


class Code(StrEnum):
    """What is wrong; `Problem.detail` is given in brackets."""

    MISSING_START = "missing_start"  # no step has the id of the start (the id)
    MISSING_TARGET = "missing_target"  # no step has this id (field and id)
    MISSING_PROMPT = "missing_prompt"  # (the prompt)
    UNKNOWN_QUEUE = "unknown_queue"  # (the queue)
    UNKNOWN_ROTA = "unknown_rota"  # (the rota)
    UNKNOWN_SCHEDULE = "unknown_schedule"  # (the schedule)
    UNKNOWN_FLOW = "unknown_flow"  # (the flow)
    NOTHING_SAID = "nothing_said"  # prompts are needed here (field)
    FIGURE_OUT_OF_PLACE = "figure_out_of_place"  # @position and @wait are known only in a queue's messages (which)
    NUMBER_OUT_OF_PLACE = "number_out_of_place"  # @elsewhere is known only where a caller is sent elsewhere (which)
    NO_SUCH_KEY = "no_such_key"  # the key for another municipality leads nowhere in the menu (the key)
    NO_KEYS = "no_keys"  # a menu without keys
    ZERO_TIMEOUT = "zero_timeout"  # a number that must be above 0 (field)
    NO_TESTS = "no_tests"  # a condition that asks nothing
    BAD_COMPARISON = "bad_comparison"  # a test lacks its queue, or what it compares with has the wrong form (fact)
    NO_SCHEDULE = "no_schedule"  # an overflow outside hours without a schedule (number of the overflow)
    LOOP_WITHOUT_EXIT = "loop_without_exit"  # (the steps of the loop)
    ENDLESS_QUEUE = "endless_queue"  # no overflow, no longest wait
    DEAD_END = "dead_end"  # nobody is reached and nothing is promised from here on
    UNREACHABLE = "unreachable"  # no way leads here
    NO_WAY_OUT_BY_TIME = "no_way_out_by_time"  # a queue that is left on conditions only


WARNINGS = frozenset({Code.UNREACHABLE, Code.NO_WAY_OUT_BY_TIME})


@dataclass(frozen=True, slots=True)
class Known:
    """Codes of what exists."""

    prompts: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    schedules: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()
    rotas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """`step` is the id of the step it is in, empty for the flow itself."""

    step: str
    code: Code
    detail: str = ""

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS


@dataclass(frozen=True, slots=True)
class _Way:
    """From a step to a target. `by_itself`: a caller who does nothing can go this way without having waited."""

    target: str
    by_itself: bool


@dataclass(frozen=True, slots=True)
class _Map:
    """Where each step leads."""

    flow: Flow
    ways: Mapping[str, tuple[_Way, ...]] = field(default_factory=dict)

    def reached(self, start: str, *, only_by_itself: bool = False) -> set[str]:
        """Steps reached from `start` in one step or more."""
        found: set[str] = set()
        open_ends = [start]
        while open_ends:
            for way in self.ways.get(open_ends.pop(), ()):
                if way.target not in found and (way.by_itself or not only_by_itself):
                    found.add(way.target)
                    open_ends.append(way.target)
        return found


def problems(flow: Flow, known: Known) -> list[Problem]:
    """Everything wrong with the flow: of the flow itself first, then in the order of the steps."""
    chart = _Map(flow, {step.id: tuple(_ways(step, flow)) for step in flow.steps})
    found = [] if flow.step(flow.start) else [Problem("", Code.MISSING_START, flow.start)]
    for step in flow.steps:
        found += _in_step(step, flow, known)
        found += _on_map(step, chart)
    return found + _loops(chart)


def errors(flow: Flow, known: Known) -> list[Problem]:
    """What must be put right before publishing."""
    return [each for each in problems(flow, known) if not each.is_warning]


# --- One step by itself ------------------------------------------------------------------------


def _in_step(step: Step, flow: Flow, known: Known) -> Iterator[Problem]:
    for name, target in step.targets():
        if target and flow.step(target) is None:
            yield Problem(step.id, Code.MISSING_TARGET, f"{name}: {target}")
    yield from _unknown(step, known)
    yield from (Problem(step.id, Code.ZERO_TIMEOUT, name) for name in _zeros(step))
    yield from _unspoken(step)
    if isinstance(step, Menu) and not step.keys:
        yield Problem(step.id, Code.NO_KEYS)
    elif isinstance(step, Menu) and step.elsewhere and not step.step_for(step.elsewhere):
        yield Problem(step.id, Code.NO_SUCH_KEY, step.elsewhere)
    if isinstance(step, Condition):
        yield from _in_condition(step)
    if isinstance(step, QueueStep):
        yield from _in_queue(step)


def _unknown(step: Step, known: Known) -> Iterator[Problem]:
    figures = SPOKEN_WITH_FIGURES if isinstance(step, QueueStep) and WAIT in _spoken_in_queue(step) else ()
    for code in dict.fromkeys((*step.prompts_used(), *figures)):
        if code not in known.prompts:
            yield Problem(step.id, Code.MISSING_PROMPT, code)
    for code in dict.fromkeys(step.queues()):
        if code not in known.queues:
            yield Problem(step.id, Code.UNKNOWN_QUEUE, code)
    for code in dict.fromkeys(step.rotas()):
        if code not in known.rotas:
            yield Problem(step.id, Code.UNKNOWN_ROTA, code)
    for code in dict.fromkeys(step.schedules()):
        if code not in known.schedules:
            yield Problem(step.id, Code.UNKNOWN_SCHEDULE, code)
    if isinstance(step, ToFlow) and step.flow not in known.flows:
        yield Problem(step.id, Code.UNKNOWN_FLOW, step.flow)


def _zeros(value: object, inside: str = "") -> Iterator[str]:
    """Names of numbers that are 0 and must not be."""
    for mark in marks(type(value)):
        content, kind = getattr(value, mark.name), mark.metadata["holds"]
        if kind in (Holds.SECONDS, Holds.COUNT) and content <= 0 and not mark.metadata["may_be_0"]:
            yield inside + mark.name
        elif kind is Holds.PART and content is not None:
            yield from _zeros(content, f"{inside}{mark.name}.")
        elif kind is Holds.PARTS:
            for number, part in enumerate(content):
                yield from _zeros(part, f"{inside}{mark.name}.{number}.")


def _unspoken(step: Step) -> Iterator[Problem]:
    """Prompts that are needed and not there, and figures where they are not known."""
    if isinstance(step, QueueStep):
        parts = [*((f"messages.{number}", each.prompts) for number, each in enumerate(step.messages))]
        if step.callback is not None:
            parts.append(("callback", step.callback.prompts))
        yield from (Problem(step.id, Code.NOTHING_SAID, name) for name, prompts in parts if not prompts)
        if any(ELSEWHERE in prompts for _name, prompts in parts):
            yield Problem(step.id, Code.NUMBER_OUT_OF_PLACE, ELSEWHERE)
        return
    needed = isinstance(step, Menu | Announcement | CallbackOffer | CancelCallback | TakeMessage | SendElsewhere)
    for mark in marks(type(step)):
        if mark.metadata["holds"] is not Holds.PROMPTS:
            continue
        prompts: tuple[str, ...] = getattr(step, mark.name)
        if not prompts and needed and mark.default != ():
            yield Problem(step.id, Code.NOTHING_SAID, mark.name)
        yield from (Problem(step.id, Code.FIGURE_OUT_OF_PLACE, each) for each in prompts if each in (POSITION, WAIT))
        if ELSEWHERE in prompts and not isinstance(step, SendElsewhere):
            yield Problem(step.id, Code.NUMBER_OUT_OF_PLACE, ELSEWHERE)


def _in_condition(step: Condition) -> Iterator[Problem]:
    if not step.all:
        yield Problem(step.id, Code.NO_TESTS)
    for test in step.all:
        if not _is_comparable(test):
            yield Problem(step.id, Code.BAD_COMPARISON, test.fact.value)


def _is_comparable(test: Test) -> bool:
    value = test.value
    if test.fact in OF_A_QUEUE and not test.queue:
        return False
    match test.fact:
        case Fact.WAITING_OVER | Fact.AGENTS_BELOW | Fact.EXPECTED_WAIT_OVER:
            return isinstance(value, float | int)
        case Fact.WEEKDAY:
            return isinstance(value, tuple) and bool(value) and all(each in range(7) for each in value)
        case Fact.TIME_BETWEEN:
            return _is_span(value, time)
        case Fact.DATE_BETWEEN:
            return _is_span(value, date)
        case Fact.PHASE:
            return isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    return True


def _is_span(value: object, cls: type[time] | type[date]) -> bool:
    """Whether these are two texts, a time or a date each, the first before the second."""
    if not isinstance(value, tuple) or len(value) != 2 or not all(isinstance(each, str) for each in value):
        return False
    try:
        start, end = (cls.fromisoformat(each).isoformat() for each in value)
    except ValueError:
        return False
    return start < end and (cls is date or "+" not in start + end)


def _in_queue(step: QueueStep) -> Iterator[Problem]:
    for number, overflow in enumerate(step.overflow):
        if overflow.when is OverflowWhen.OUTSIDE_HOURS and not overflow.schedule:
            yield Problem(step.id, Code.NO_SCHEDULE, str(number))
        if overflow.when is OverflowWhen.WAITED and not overflow.after:
            yield Problem(step.id, Code.ZERO_TIMEOUT, f"overflow.{number}.after")
    if step.max_wait and not step.on_max_wait:
        yield Problem(step.id, Code.MISSING_TARGET, "on_max_wait: ")
    if step.on_max_wait and not step.max_wait:
        yield Problem(step.id, Code.ZERO_TIMEOUT, "max_wait")
    if not step.max_wait and not step.overflow:
        yield Problem(step.id, Code.ENDLESS_QUEUE)
    elif not step.max_wait and all(each.when is not OverflowWhen.WAITED for each in step.overflow):
        yield Problem(step.id, Code.NO_WAY_OUT_BY_TIME)


def _spoken_in_queue(step: QueueStep) -> set[str]:
    callback = step.callback.prompts if step.callback else ()
    return {code for message in step.messages for code in message.prompts} | set(callback)


# --- The steps together ------------------------------------------------------------------------

#: steps in which somebody is reached, something is promised, or the call ends on purpose
_ENDS = (QueueStep, SafeQueue, ToFlow, CallbackOffer, CancelCallback, TakeMessage, Transfer, SendElsewhere, HangUp)


def _on_map(step: Step, chart: _Map) -> Iterator[Problem]:
    onwards = chart.reached(step.id) | {step.id}
    if not any(isinstance(chart.flow.step(each), _ENDS) for each in onwards):
        yield Problem(step.id, Code.DEAD_END)
    if step.id != chart.flow.start and step.id not in chart.reached(chart.flow.start):
        yield Problem(step.id, Code.UNREACHABLE)


def _loops(chart: _Map) -> list[Problem]:
    """One problem for each loop that turns by itself, in its first step."""
    found, seen = [], set[str]()
    for step in chart.flow.steps:
        if step.id in seen or step.id not in (after := chart.reached(step.id, only_by_itself=True)):
            continue
        loop = [
            each.id
            for each in chart.flow.steps
            if each.id in after and step.id in chart.reached(each.id, only_by_itself=True)
        ]
        seen.update(loop)
        found.append(Problem(step.id, Code.LOOP_WITHOUT_EXIT, ", ".join(loop)))
    return found


def _ways(step: Step, flow: Flow) -> Iterator[_Way]:
    by_itself = True
    for name, target in step.targets():
        if isinstance(step, Menu):
            by_itself = name == "on_exhausted"
        elif isinstance(step, CallbackOffer | TakeMessage):
            by_itself = name != "next"
        elif isinstance(step, QueueStep):
            by_itself = _queue_left_at_once(step, name)
        if target:
            yield _Way(target, by_itself)
    if isinstance(step, ToFlow) and step.flow == flow.code:
        yield _Way(flow.start, by_itself=True)


def _queue_left_at_once(step: QueueStep, name: str) -> bool:
    """Whether this way can be taken on entering the queue, before anybody could answer."""
    part, _, rest = name.partition(".")
    if part == "overflow":
        return not step.overflow[int(rest.partition(".")[0])].after
    if part == "on_max_wait":
        # taken at once when the queue is closed and no overflow is there for it
        return all(each.when is not OverflowWhen.QUEUE_CLOSED or each.after for each in step.overflow)
    return False
