"""The loop of the twin where callers meet flows: the whole live centre, with simulated callers and people.

Flows, queues, presence, offers and callbacks are those of `routing.centre`. This module is its carrier and its clock:
it says prompts, presses keys, picks up, talks and hangs up. All random times were drawn before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from indgang.routing.centre import callbacks, centre, journey, offers, presence
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.core import Core
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.plan import PersonPlan, Plan, QueuePlan
from indgang.routing.centre.work import Offered, WorkItem, as_kind
from indgang.routing.distribution.requirement import CALL, CALLBACK, EXCLUSIVE_KINDS, Skill
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import CallbackOffer, Menu, QueueStep
from indgang.staffing.twin.asking import asking
from indgang.staffing.twin.calls import NEVER, NOBODY, PlayedCalls, staff_of
from indgang.staffing.twin.direct import COMES, ENDS, GIVES_UP, GOES, PICKS_UP, RESTS, RETURNS
from indgang.staffing.twin.scenario import TwinScenario

#: further moments: a prompt ends, a key is pressed, a message is spoken, a callback is answered or not
PROMPT_ENDS, PRESSES, HAS_SPOKEN, IS_DIALLED, ARRIVES = range(10, 15)
#: how long a caller speaks who leaves a message, and how long a callback rings at its caller
SPEAKS_SECONDS, DIALS_SECONDS = 20.0, 12.0
BREAK = "break"
#: a series of Danish numbers that are all in use, so that each caller can be rung back
FIRST_NUMBER, CALLERS = 26_000_000, 3_000_000


def plan_of(scenario: TwinScenario) -> Plan:
    """The scenario as the set-up of a centre. Its first queue is the safe one."""
    centres = scenario.centres
    queues = {rule.queue: QueuePlan(rule, rule.queue, centres.get(rule.queue, "")) for rule in scenario.queues}
    people = {}
    for person, number in enumerate(staff_of(scenario)):
        crew = scenario.crews[number]
        served = frozenset(centres.get(queue, "") for queue in crew.queues)
        people[person] = PersonPlan(
            person, crew.name, "", crew.queues, crew.skills, served, {CALLBACK: 1, **crew.capacity}, crew.interrupts
        )
    return Plan(
        entries={}, flows={flow.code: flow for flow in scenario.flows},
        versions={(flow.code, flow.version): flow for flow in scenario.flows},
        flow_centres={flow.code: centres.get(flow.code, "") for flow in scenario.flows}, queues=queues,
        schedules=scenario.schedules, people=people, safe_queue=scenario.queues[0].queue,
        prompts=frozenset(code for flow in scenario.flows for step in flow.steps for code in step.prompts_used()),
    )  # fmt: skip


def not_before(due: float) -> datetime:
    """The first microsecond at which it is due: rounded down, nothing would be due and time would stand still."""
    found = datetime.fromtimestamp(due, UTC)
    return found if found.timestamp() >= due else found + timedelta(microseconds=1)


class WholeCentre:
    """Plays one replication: `run` fills in what happened to the calls. It carries all kinds of work."""

    def __init__(self, scenario: TwinScenario, calls: PlayedCalls) -> None:
        self.scenario, self.calls, self.asks = scenario, calls, asking(scenario, calls)
        numbers = count(1)
        self.zero = scenario.begins.timestamp()
        self.core: Core = centre.make(plan_of(scenario), scenario.begins, lambda: f"w{next(numbers)}")
        self.core.watch = self.watch
        for kind in {CALL, CALLBACK, *(inflow.kind for inflow in scenario.inflows)}:
            self.core.carriers[kind] = self
        self.core.item_timers[callbacks.DUE_TIMER] = lambda item: callbacks.due(self.core, as_kind(Callback, item))
        #: planned moments: when, in which order they were planned, what, whom it is about, and a detail
        self.heap: list[tuple[float, int, int, int, Any]] = []
        self.order = count()
        #: the number of each item's call, and the item of each call
        self.numbers: dict[str, int] = {}
        self.items: dict[int, WorkItem] = {}
        #: calls that have begun to wait for a person
        self.in_line: set[int] = set()
        #: by story, the number of the callback that was promised in it
        self.promises: dict[str, int] = {}
        #: keys that are about to be pressed, by call: the step and the phase they are meant for
        self.intends: dict[int, tuple[str, str]] = {}
        self.held: dict[int, str] = {}
        self.beside: dict[int, list[int]] = {}
        for person, number in enumerate(staff_of(scenario)):
            for stay in scenario.crews[number].attendances:
                self.later(stay.begins, COMES, person)
                for begins, ends in stay.breaks:
                    self.later(begins, RESTS, person)
                    self.later(ends, RETURNS, person)
                self.later(stay.ends, GOES, person)

    # --- time ------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        return self.core.now - self.zero

    def later(self, at: float, what: int, whom: int, detail: Any = None) -> None:
        heappush(self.heap, (at, next(self.order), what, whom, detail))

    def run(self) -> None:
        """Play until nothing is planned and nobody else arrives."""
        arrivals, coming, core = self.calls.at, 0, self.core
        expected = len(arrivals)
        while True:
            next_call = arrivals[coming] if coming < expected else NEVER
            next_moment = self.heap[0][0] if self.heap else NEVER
            first, due = min(next_call, next_moment), core.next_due()
            if first == NEVER:
                return  # everybody has gone home and nobody loses patience: only timers of those who wait are left
            if due is not None and due - self.zero < first:
                core.begin(not_before(due))
                centre.tick(core)
            elif next_call < next_moment:
                self.begin(next_call)
                self.arrives(coming)
                coming += 1
            else:
                at, _, what, whom, detail = heappop(self.heap)
                self.begin(at)
                self.happens(what, whom, detail)
            core.settle()

    def begin(self, at: float) -> None:
        self.core.begin(datetime.fromtimestamp(self.zero + at, UTC))

    def happens(self, what: int, whom: int, detail: Any) -> None:
        if what in (COMES, RESTS, RETURNS, GOES):
            self.presence(what, self.core.desk(whom))
        elif what == ARRIVES:
            self.arrives(whom)
        elif what == GIVES_UP:
            self.gives_up(whom)
        elif what == PICKS_UP:
            self.picks_up(whom, detail)
        elif what == ENDS:
            self.ends(whom)
        elif what == IS_DIALLED:
            self.is_dialled(whom)
        else:
            self.tells_flow(what, whom, detail)

    def presence(self, what: int, desk: Desk) -> None:
        if what == COMES:
            presence.sign_in(self.core, desk)
            presence.ready(self.core, desk)
        elif what == RESTS:
            presence.pause(self.core, desk, BREAK)
        elif what == RETURNS:
            presence.ready(self.core, desk)
        else:
            presence.sign_out(self.core, desk)

    # --- the caller ------------------------------------------------------------------------------

    def arrives(self, call: int) -> None:
        core, inflow = self.core, self.scenario.inflows[self.calls.inflow[call]]
        caller = (self.calls.inflow[call] * 200_003 + self.calls.row[call]) % CALLERS
        contact = f"+45{FIRST_NUMBER + caller}" if inflow.kind == CALL else ""
        item = WorkItem(id=core.new_id(), kind=inflow.kind, arrived=core.at, contact=contact)
        self.numbers[item.id], self.items[call] = call, item
        core.add(item)
        if inflow.flow:
            journey.begin(core, item, core.plan.flows[inflow.flow])
        else:
            self.waits(call)
            offers.enqueue(core, item, fs.Enqueue(inflow.queue, 0, core.at))

    def waits(self, call: int) -> None:
        """The caller begins to wait for a person, and to lose patience."""
        if call in self.in_line:
            return
        self.in_line.add(call)
        self.calls.since[call] = self.now
        patience = self.calls.patience[call]
        if patience != NEVER:
            self.later(self.now + patience, GIVES_UP, call)

    def gives_up(self, call: int) -> None:
        """The caller hangs up, unless somebody has answered or the flow has ended the call."""
        calls, core, item = self.calls, self.core, self.items.get(call)
        if item is None or calls.answered[call] != NEVER or calls.ended[call] != NEVER:
            return
        journey.contact_left(core, item)
        if calls.ended[call] == NEVER:
            calls.left[call] = self.now
        item.queued_since = None
        offers.take_out(core, item)
        self.forget(call, item)
        returns = self.now + calls.returns[call]
        if calls.left[call] != NEVER and returns < self.scenario.ends:
            self.later(returns, ARRIVES, calls.again(call, returns))

    def forget(self, call: int, item: WorkItem) -> None:
        self.core.forget(item)
        self.items.pop(call, None)

    def watch(self, item: WorkItem, progress: fs.Progress) -> None:
        """What a caller does about a turn of the flow: press a key, or go home with a promise."""
        call = self.numbers[item.id]
        for instruction in progress.instructions:
            if isinstance(instruction, fs.PromiseCallback):
                since = max(0.0, instruction.since.timestamp() - self.zero)
                self.calls.ended[call], self.calls.promised[call] = self.now, True
                self.promises[item.stream] = self.calls.call_back(call, since)
            elif isinstance(instruction, fs.KeepMessage):
                self.calls.ended[call] = self.now
        self.intend(call, item, progress.state)

    def intend(self, call: int, item: WorkItem, state: fs.FlowState) -> None:
        """Plan the key that the caller presses in this step, once for each step and phase."""
        flow = self.core.plan.versions.get((state.flow, state.version))
        step = flow.step(state.step) if flow else None
        phase = f"{state.phase}{state.callback_open}"
        if self.intends.get(call) == (state.step, phase):
            return
        self.intends[call] = state.step, phase
        key = ""
        if isinstance(step, Menu) and state.phase is fs.ASKING:
            key = self.next_key(call)
        elif isinstance(step, QueueStep) and step.callback and state.callback_open and self.accepts(call):
            key = step.callback.key
        elif isinstance(step, CallbackOffer) and state.phase is fs.ASKING:
            key = "1" if self.accepts(call) else "*"
        if key:
            self.later(self.now + self.scenario.prompt_seconds, PRESSES, call, (key, state.step))

    def next_key(self, call: int) -> str:
        """The caller's key for the next menu; "" when they have none left."""
        flow, keys = self.items[call].flow, self.scenario.inflows[self.calls.inflow[call]].keys
        nth = len(flow.choices) if flow is not None else 0
        return keys[nth] if nth < len(keys) else ""

    def accepts(self, call: int) -> bool:
        return bool(self.calls.draws[self.calls.inflow[call]].accepts[self.calls.row[call]])

    def tells_flow(self, what: int, call: int, detail: Any) -> None:
        item = self.items.get(call)
        if item is None or item.flow is None or self.calls.answered[call] != NEVER:
            return
        if what == PROMPT_ENDS:
            self.core.tell_flow(item, fs.PromptEnded(detail))
        elif what == HAS_SPOKEN:
            self.core.tell_flow(item, fs.MessageRecorded(SPEAKS_SECONDS))
        elif item.flow.step == detail[1]:
            self.core.tell_flow(item, fs.Key(detail[0]))

    # --- the carrier -----------------------------------------------------------------------------

    def is_up(self, item: WorkItem) -> bool:
        return True

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        return {}

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        return {}

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """Do nothing: people finish what they have begun."""

    def waits_for_limit(self, item: WorkItem) -> bool:
        return False

    def nobody_able(self, item: WorkItem) -> None:
        offers.look_again_soon(self.core, item)

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        call = self.numbers[item.id]
        match instruction:
            case fs.Say(number, prompts):
                self.later(self.now + len(prompts) * self.scenario.prompt_seconds, PROMPT_ENDS, call, number)
            case fs.RecordMessage():
                self.later(self.now + SPEAKS_SECONDS, HAS_SPOKEN, call)
            case fs.Enqueue():
                self.waits(call)
            case fs.EndCall() | fs.TransferTo():
                if self.calls.ended[call] == NEVER:
                    self.calls.ended[call] = self.now
                self.forget(call, item)

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        if isinstance(item, Callback) and item.id not in self.numbers:
            self.numbers[item.id] = self.promises[item.story]
        self.later(self.now + self.scenario.pick_up, PICKS_UP, self.numbers[item.id], (item, offer))
        return {}

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """Do nothing: who picks up looks whether it still rings."""

    # --- people ----------------------------------------------------------------------------------

    def picks_up(self, call: int, rings: tuple[WorkItem, Offered]) -> None:
        """The person takes the item, if it still rings where it rang."""
        item, offer = rings
        if item.offer is not offer or item.id not in self.core.items:
            return
        calls, person = self.calls, offer.person
        calls.person[call] = person
        if isinstance(item, Callback):
            self.dials(call, item)
            return
        desk = offers.accepted(self.core, item)
        assert desk is not None
        presence.show_state(self.core, desk)
        self.held[call] = item.id
        self.talks(call, person)
        if item.kind in EXCLUSIVE_KINDS:
            self.sets_aside(call, person)
        else:
            self.beside.setdefault(person, []).append(call)

    def talks(self, call: int, person: int) -> None:
        self.calls.answered[call] = self.now
        over = self.calls.over[call] = self.now + self.calls.talk[call]
        self.later(over, ENDS, call)

    def sets_aside(self, call: int, person: int) -> None:
        """Work beside a conversation takes so much longer."""
        for other in self.beside.get(person, ()):
            self.calls.over[other] += self.calls.talk[call] + self.calls.wrap_up[call]

    def ends(self, call: int) -> None:
        """The conversation is over, and wrap-up begins; work that was interrupted goes on first."""
        calls = self.calls
        if calls.over[call] > self.now + 1e-6:
            self.later(calls.over[call], ENDS, call)
            return
        if self.asks is not None and self.asks.is_needed(call):
            calls.over[call] = self.now + self.asks.seconds(call, self.now)
            self.later(calls.over[call], ENDS, call)
            return
        item, desk = self.items.pop(call), self.core.desk(calls.person[call])
        if call in self.beside.get(desk.person, ()):
            self.beside[desk.person].remove(call)
        calls.over[call] = self.now + calls.wrap_up[call]
        offers.finish(self.core, desk, self.held.pop(call), item, calls.wrap_up[call])
        self.core.forget(item)

    # --- callbacks -------------------------------------------------------------------------------

    def dials(self, call: int, callback: Callback) -> None:
        """The person has accepted a callback and rings its caller."""
        core = self.core
        held = self.held[call] = core.new_id()
        desk = offers.accepted(core, callback, held=(held, CALL))
        assert desk is not None
        desk.take(held)
        presence.show_state(core, desk)
        callbacks.being_called(core, callback, held)
        self.items[call] = callback
        self.later(self.now + DIALS_SECONDS, IS_DIALLED, call)

    def is_dialled(self, call: int) -> None:
        """The caller answers the callback, or does not."""
        core, callback = self.core, as_kind(Callback, self.items[call])
        reached = self.calls.draws[self.calls.inflow[call]].reached[self.calls.row[call]]
        if reached[min(callback.attempts, len(reached) - 1)] < self.scenario.reached:
            callbacks.reached(core, callback)
            self.talks(call, self.calls.person[call])
            self.sets_aside(call, self.calls.person[call])
            return
        desk = core.desk(self.calls.person[call])
        self.calls.person[call] = NOBODY
        offers.finish(core, desk, self.held.pop(call), self.items.pop(call), 0.0)
        callbacks.not_reached(core, callback, "no_answer")
