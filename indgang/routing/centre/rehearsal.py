"""Rehearses a call: plays a caller through a flow at a chosen time, without a telephone.

The caller comes to a real centre that holds only the given people and callers, so queues, offers, overflow and
callbacks behave as in live calls. Time passes only in actions. `prompt_seconds` gives the length of prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from indgang.routing.centre import callbacks, centre, journey, offers, presence
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.plan import PersonPlan, Plan, QueuePlan
from indgang.routing.centre.work import Offered, WorkItem
from indgang.routing.distribution.requirement import CALL, CALLBACK, HIGHEST_LEVEL, Skill
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import Flow

#: the longest that a caller listens: music in a queue has no end
LONGEST_LISTENING = timedelta(minutes=5)
#: no rehearsal is longer
LONGEST_WAIT_SECONDS = 4 * 3600.0
#: interval between the arrivals of the callers who wait already
APART = timedelta(seconds=20)
#: how long before the call a rehearsed caller was promised one
PROMISED_BEFORE = timedelta(minutes=10)


class ActionKind(StrEnum):
    """Actions of the person who rehearses; `Action.value` in brackets."""

    LISTEN = "listen"  # listen to the end of the prompt
    PRESS = "press"  # one key after another (keys)
    WAIT = "wait"  # (seconds)
    SPEAK = "speak"  # leave a message (seconds)
    HANG_UP = "hang_up"
    QUEUE_ANSWERED = "queue_answered"  # an agent takes the call, once those ahead have been answered
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
class TranscriptLine:
    """One line of the transcript."""

    at: datetime
    kind: LineKind
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Staffed:
    """A queue when the caller arrives: people at work (all busy or all free) and waiting callers.

    While callers wait, nobody is free.
    """

    agents: int = 1
    are_free: bool = False
    waiting: int = 0
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Who calls, when and in which language, and the state of the queues; those not named are `Staffed()`.

    `callback` is the call that the number was promised before.
    """

    at: datetime
    number: str = ""
    language: str = "da"
    queues: Mapping[str, Staffed] = field(default_factory=dict)
    callback: fs.CallerCallback | None = None


def promised_before(at: datetime, *, queue: str, waits: bool) -> fs.CallerCallback:
    """A callback promised to the caller `PROMISED_BEFORE` the call; it waits for its turn, or reached nobody."""
    return fs.CallerCallback(queue, waits=waits, place=at - PROMISED_BEFORE)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The transcript, where the caller is after it, when that is, and whether somebody could answer."""

    lines: tuple[TranscriptLine, ...]
    state: fs.FlowState
    at: datetime
    can_be_answered: bool = False


def rehearse(
    plan: Plan,
    flow: Flow,
    scene: Scene,
    actions: Sequence[Action],
    *,
    prompt_seconds: Callable[[str], float] = lambda code: 4.0,
) -> Rehearsal:
    """Play a caller who enters `flow` and performs the actions. Actions after the end have no effect.

    `flow` replaces the plan's flow of the same code.
    """
    rehearsed = _Rehearsed(plan, flow, scene, prompt_seconds)
    for action in actions:
        rehearsed.act(action)
    return Rehearsal(tuple(rehearsed.lines), rehearsed.state, rehearsed.core.at, rehearsed.can_be_answered())


# --- The house -----------------------------------------------------------------------------------


def _plan(plan: Plan, flow: Flow, scene: Scene) -> Plan:
    """The plan with the flow added and only the people of the scene."""
    queues = {code: _queue(each, scene.queues.get(code, Staffed())) for code, each in plan.queues.items()}
    people = {person: _person(person, code, queues[code]) for person, code in _people(queues, scene)}
    return replace(
        plan, queues=queues, people=people, flows={**plan.flows, flow.code: flow},
        versions={**plan.versions, (flow.code, flow.version): flow},
    )  # fmt: skip


def _queue(queue: QueuePlan, staffed: Staffed) -> QueuePlan:
    return replace(queue, closed=True, closed_until=None) if staffed.is_closed else queue


def _people(queues: Mapping[str, QueuePlan], scene: Scene) -> Iterator[tuple[int, str]]:
    """A number for each person at work, with the queue they serve."""
    numbers = count(1)
    for code in queues:
        for _ in range(scene.queues.get(code, Staffed()).agents):
            yield next(numbers), code


def _person(person: int, code: str, queue: QueuePlan) -> PersonPlan:
    """Somebody who has every skill that the queue asks for."""
    asked = {skill for step in queue.rule.steps for skill, _level in step.requirement.skills}
    return PersonPlan(person, "", "", frozenset({code}), dict.fromkeys(asked, HIGHEST_LEVEL), frozenset({queue.centre}))


# --- Carriers ------------------------------------------------------------------------------------


class _Line:
    """The caller's telephone: a prompt ends when its time has passed. The other callers have none."""

    def __init__(self, rehearsed: _Rehearsed) -> None:
        self._rehearsed = rehearsed

    def is_up(self, item: WorkItem) -> bool:
        return True

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        return {}

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        return {}

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        return {}

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """Nothing rings here."""

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        if item is self._rehearsed.caller:
            self._rehearsed.perform(instruction)

    def nobody_able(self, item: WorkItem) -> None:
        offers.look_again_soon(self._rehearsed.core, item)

    def waits_for_limit(self, item: WorkItem) -> bool:
        return False

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """Nobody goes off duty."""


# --- The caller ----------------------------------------------------------------------------------


class _Rehearsed:
    """The caller, the clock and the centre."""

    def __init__(self, plan: Plan, flow: Flow, scene: Scene, prompt_seconds: Callable[[str], float]) -> None:
        numbers = count(1)
        self.core = centre.make(_plan(plan, flow, scene), scene.at.astimezone(UTC), lambda: f"item-{next(numbers)}")
        self.core.carriers = {CALL: _Line(self), CALLBACK: _Line(self)}
        self.core.watch = self.watch
        self.scene = scene
        self.prompt_seconds = prompt_seconds
        self.lines: list[TranscriptLine] = []
        self.prompt_ends: tuple[int, datetime] | None = None
        self.caller = WorkItem(
            id=self.core.new_id(), kind=CALL, arrived=self.core.at, contact=scene.number, language=scene.language,
            centre=self.core.plan.flow_centres.get(flow.code, ""),
        )  # fmt: skip
        self.others: list[WorkItem] = []
        self.come_to_work()
        self.promise_before()
        self.core.add(self.caller)
        journey.begin(self.core, self.caller, flow)
        self.settle()

    @property
    def state(self) -> fs.FlowState:
        assert self.caller.flow is not None
        return self.caller.flow

    def come_to_work(self) -> None:
        """Sign everybody in, and queue the callers who are ahead."""
        for person, code in _people(self.core.plan.queues, self.scene):
            desk = self.core.desk(person)
            presence.sign_in(self.core, desk)
            presence.ready(self.core, desk)
            staffed = self.scene.queues.get(code, Staffed())
            if not staffed.are_free or staffed.waiting:
                offers.occupy(self.core, desk, f"other-{person}", CALL)
                self.core.set_doing(desk, Doing.TALKING)
        for code, staffed in self.scene.queues.items():
            for ahead in range(staffed.waiting, 0, -1):
                self.wait_ahead(code, self.core.at - ahead * APART)
        self.core.settle()

    def wait_ahead(self, queue: str, since: datetime) -> None:
        other = WorkItem(id=self.core.new_id(), kind=CALL, arrived=since)
        self.others.append(other)
        self.core.add(other)
        offers.enqueue(self.core, other, fs.Enqueue(queue, 0, since))

    def promise_before(self) -> None:
        """The call that the caller's number waits for, or did not answer. Its turn does not come meanwhile."""
        callback, number = self.scene.callback, self.scene.number
        if callback is None or not number:
            return
        if not callback.waits:
            self.core.missed_callbacks.put(number, callback.queue, self.core.at)
            return
        kept = Callback(
            id=self.core.new_id(), story="before", contact=number, target=callback.queue, arrived=callback.place,
            place=callback.place, promised_at=callback.place,
            parked_until=self.core.at + timedelta(seconds=LONGEST_WAIT_SECONDS),
        )  # fmt: skip
        callbacks.put_in(self.core, kept)

    def act(self, action: Action) -> None:
        self.write(LineKind.ACTION, action.kind.value, action.value)
        match action.kind:
            case ActionKind.LISTEN:
                self.listen()
            case ActionKind.WAIT:
                self.pass_time(self.core.at + timedelta(seconds=action.seconds()))
            case ActionKind.PRESS:
                for key in action.value:
                    self.tell(fs.Key(key))
            case ActionKind.SPEAK:
                self.speak(action.seconds())
            case ActionKind.HANG_UP:
                self.hang_up()
            case ActionKind.QUEUE_ANSWERED:
                self.be_answered()
            case ActionKind.TRANSFER_ANSWERED:
                self.tell(fs.TransferAnswered())
            case ActionKind.TRANSFER_FAILED:
                self.tell(fs.TransferFailed("no_answer"))

    # --- Time ----------------------------------------------------------------------------------

    def listen(self) -> None:
        until = self.core.at + LONGEST_LISTENING
        while self.prompt_ends is not None and self.core.at < until:
            self.pass_time(min(self.prompt_ends[1], until))

    def speak(self, seconds: float) -> None:
        """Speak after the tone, when the prompt has ended."""
        self.listen()
        if self.state.phase is fs.Phase.RECORDING:
            self.core.begin(self.core.at + timedelta(seconds=seconds))
        self.tell(fs.MessageRecorded(seconds))

    def pass_time(self, until: datetime) -> None:
        while (due := self.next_due()) is not None and due <= until:
            self.core.begin(due)
            if self.prompt_ends is not None and self.prompt_ends[1] <= due:
                number, self.prompt_ends = self.prompt_ends[0], None
                self.tell(fs.PromptEnded(number))
            else:
                centre.tick(self.core)
                self.settle()
        self.core.begin(until)

    def next_due(self) -> datetime | None:
        due, prompt = self.core.next_due(), self.prompt_ends[1] if self.prompt_ends else None
        timer = None if due is None else datetime.fromtimestamp(due, UTC)
        return min((each for each in (timer, prompt) if each is not None), default=None)

    # --- The queue -----------------------------------------------------------------------------

    def can_be_answered(self) -> bool:
        return bool(self.caller.waits and self.core.distributor.count_present(self.caller.queue))

    def be_answered(self) -> None:
        """Let an agent take the call: the one whose phone rings, or the first who is free after those ahead."""
        if self.caller.offer is None and self.can_be_answered():
            for other in [each for each in self.others if each.queue == self.caller.queue and each.waits]:
                self.gone(other)
            self.become_free()
        if self.caller.offer is not None:
            offers.accepted(self.core, self.caller)
            self.settle()

    def become_free(self) -> None:
        """Let agents of the queue finish their work until one of them is offered the caller."""
        core, queue = self.core, self.caller.queue
        for desk in [each for each in core.desks.values() if queue in core.plan.people[each.person].queues]:
            if self.caller.offer is None:
                core.post(core.distributor.finish(f"other-{desk.person}", str(desk.person), core.now, 0.0))
                presence.ready(core, desk)
                self.settle()

    def settle(self) -> None:
        """Settle the centre; other callers who are offered are answered at once."""
        self.core.settle()
        while offered := [other for other in self.others if other.offer is not None]:
            for other in offered:
                offers.accepted(self.core, other)
                self.others.remove(other)
            self.core.settle()

    def hang_up(self) -> None:
        if self.state.has_ended:
            return
        journey.contact_left(self.core, self.caller)
        self.gone(self.caller)

    def gone(self, item: WorkItem) -> None:
        item.queued_since = None
        offers.take_out(self.core, item)
        self.core.forget(item)

    # --- What the flow says --------------------------------------------------------------------

    def tell(self, signal: fs.Signal) -> None:
        self.core.tell_flow(self.caller, signal)
        self.settle()

    def perform(self, instruction: fs.Instruction) -> None:
        match instruction:
            case fs.Say(number, prompts):
                length = sum(self.prompt_seconds(code) for code in prompts)
                self.prompt_ends = number, self.core.at + timedelta(seconds=length)
            case fs.StopSaying():
                self.prompt_ends = None
            case fs.EndCall():
                self.core.forget(self.caller)

    def watch(self, item: WorkItem, progress: fs.Progress) -> None:
        """Write down what the caller's flow decided, and what it said."""
        if item is not self.caller:
            return
        for code, value in progress.reasons:
            self.write(LineKind.DECIDED, code, value)
        speaks = self.prompt_ends is not None
        for instruction in progress.instructions:
            if isinstance(instruction, fs.Say):
                self.write(LineKind.HEARD, instruction.language, " ".join(instruction.prompts))
                speaks = True
            elif isinstance(instruction, fs.StopSaying):
                if speaks:
                    self.write(LineKind.CUT, "", "")
                speaks = False
            else:
                self.done(instruction)

    def done(self, instruction: fs.Instruction) -> None:
        name = _VALUES.get(type(instruction))
        if name is not None:
            self.write(LineKind.DONE, type(instruction).__name__, str(getattr(instruction, name)))

    def write(self, kind: LineKind, code: str, value: str) -> None:
        self.lines.append(TranscriptLine(self.core.at, kind, code, value))


#: of each instruction that is shown, what about it
_VALUES: Mapping[type[fs.Instruction], str] = {
    fs.Enqueue: "queue",
    fs.LeaveQueue: "queue",
    fs.TransferTo: "address",
    fs.RecordMessage: "max_seconds",
    fs.KeepMessage: "queue",
    fs.PromiseCallback: "number",
    fs.NoteConsent: "how",
    fs.NoteElsewhere: "municipality",
    fs.TakeUpCallback: "queue",
    fs.CallOffCallback: "queue",
    fs.GoTo: "flow",
    fs.EndCall: "cause",
    fs.RaiseAlert: "text",
}
