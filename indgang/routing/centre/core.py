"""The centre's state, and its basic operations.

Decisions of the distributor and signals to flows are posted and handled in order (`settle`), so that one action is
complete before its consequences begin.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, TypeAlias

from indgang.routing.centre.carrier import Carrier
from indgang.routing.centre.desk import PAUSED, READY, Desk, Doing
from indgang.routing.centre.output import Alerted, Noted, Output
from indgang.routing.centre.plan import Plan
from indgang.routing.centre.recent import Recent
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.decision import Decision
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import Agent, QueueRule
from indgang.routing.flows import state as fs

#: due time (seconds since the epoch), a number that breaks ties, the owner (an item or a person), the timer's name
Timer: TypeAlias = tuple[float, int, str | int, str]
#: name of the timer for the first of a flow's timers
FLOW_TIMER = "!flow"
#: how long the last agent of a contact is remembered
LAST_AGENT_KEPT = timedelta(days=1)
#: how long a flow can ask whether a callback to the contact failed
MISSED_CALLBACK_KEPT = timedelta(days=3)


class RefusedOrder(Exception):  # it is an answer, not a fault
    """The centre refuses an order; the person's screen turns `code` and `detail` (JSON data) into a sentence."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Core:
    """Items, desks and the distributor. `at` is the moment: earlier ones are taken as the last, for clocks jump. `now`
    is the same in seconds since the epoch, as the distributor counts.

    `new_id` gives the id of each new item. `item_timers` and `desk_timers` say who is told when a timer of that name
    runs out.
    """

    def __init__(self, plan: Plan, at: datetime, new_id: Callable[[], str]) -> None:
        self.plan = plan
        self.at, self.now = at, at.timestamp()
        self.new_id = new_id
        self.items: dict[str, WorkItem] = {}
        self.desks: dict[int, Desk] = {}
        self.carriers: dict[str, Carrier] = {}
        self.distributor = Distributor()
        #: who a contact talked with last
        self.last_agents = Recent(LAST_AGENT_KEPT, plan.last_agents)
        #: the queue of the promised call that a contact did not answer
        self.missed_callbacks = Recent(MISSED_CALLBACK_KEPT, plan.missed_callbacks)
        #: promised calls by the number that waits for one
        self.promised: dict[str, str] = {}
        #: items that wait for one person alone, by person
        self.reserved: dict[int, dict[str, None]] = {}
        #: lines that everybody serves: what waits there says by its skills who may take it
        self.open_lines: frozenset[str] = frozenset()
        #: people for whom the distributor has a personal queue
        self.own_queues: set[int] = set()
        #: items whose end is recorded at an earlier time, because it became known late
        self.ended_as_of: dict[str, datetime] = {}
        #: observer of the turns of an item's flow (rehearsal)
        self.watch: Callable[[WorkItem, fs.Progress], None] | None = None
        self.item_timers: dict[str, Callable[[WorkItem], None]] = {}
        self.desk_timers: dict[str, Callable[[Desk], None]] = {}
        self.out = Output(at)
        self.decisions: deque[Decision] = deque()
        self.signals: deque[tuple[WorkItem, fs.Signal]] = deque()
        self.timers: list[Timer] = []
        #: of each item in a flow, when the first of the flow's timers runs out and the number under which it is in
        #: `timers`: most of a flow's timers never run out, so only the first is there
        self.first_timers: dict[str, tuple[datetime, int]] = {}
        self.count = 0
        #: who tells an item's flow a signal, and who carries out a decision; set by `centre`, which imports all modules
        self.hears: Callable[[Core, WorkItem, fs.Signal], None] = lambda core, item, signal: None
        self.carries_out: Callable[[Core, Decision], None] = lambda core, decision: None
        #: an item need not wait for one person alone any longer, and why; likewise
        self.wait_over: Callable[[WorkItem, str], None] = lambda item, why: None
        for queue in plan.queues.values():
            self.distributor.set_rule(queue.rule, self.now)

    def next_number(self) -> int:
        self.count += 1
        return self.count

    def begin(self, at: datetime) -> None:
        """Begin a new input with an empty batch."""
        if at > self.at:
            self.at, self.now = at, at.timestamp()
        self.out = Output(self.at)

    # --- posting ---------------------------------------------------------------------------------

    def post(self, decisions: Iterable[Decision]) -> None:
        """Queue decisions of the distributor for handling."""
        self.decisions.extend(decisions)

    def tell_flow(self, item: WorkItem, signal: fs.Signal) -> None:
        """Queue a signal to the item's flow for handling."""
        self.signals.append((item, signal))

    def settle(self) -> None:
        """Handle posted messages until none is left: signals to flows first, then decisions, each in order."""
        signals, decisions = self.signals, self.decisions
        while signals or decisions:
            if signals:
                item, signal = signals.popleft()
                self.hears(self, item, signal)
            else:
                self.carries_out(self, decisions.popleft())

    # --- writing ---------------------------------------------------------------------------------

    def note(self, item: WorkItem, kind: str, *, person: int | None = None, queue: str = "", **data: Any) -> None:
        """Write an event of the item's story."""
        kind, out = item.RENAMED.get(kind, kind), self.out
        if marks := item.marks():
            data |= marks
        out.items[item.id] = None
        if kind:
            at = item.noted = self.moment_of(item) if self.ended_as_of else self.at
            out.events.append(Noted(item.stream, kind, at, queue, person, data))

    def note_after(self, stream: str, kind: str, *, person: int | None = None, queue: str = "", **data: Any) -> None:
        """Write an event of an enquiry that the centre does not hold (any more)."""
        self.out.events.append(Noted(stream, kind, self.at, queue, person, data))

    def moment_of(self, item: WorkItem) -> datetime:
        """When what is noted of the item now happened: now, or before its carrier was lost; never before what is
        noted already."""
        as_of = self.ended_as_of.get(item.id)
        if as_of is None:
            return self.at
        return min(self.at, max(as_of, item.noted or item.arrived))

    def alert(self, code: str, text: str, *, item: WorkItem | None = None, over: bool = False) -> None:
        centre, stream = (item.centre, item.stream) if item else ("", None)
        self.out.alerts.append(Alerted(code, text, self.at, centre, stream, over))

    def touch(self, item: WorkItem) -> None:
        """Mark the item as changed."""
        self.out.items[item.id] = None

    def show(self, desk: Desk, *, changed: bool = False) -> None:
        """Mark the desk as changed; `changed` when the person's activity is another one."""
        desks = self.out.desks
        desks[desk.person] = changed or desks.get(desk.person, False)

    # --- items -----------------------------------------------------------------------------------

    def carrier(self, item: WorkItem) -> Carrier:
        return self.carriers[item.kind]

    def add(self, item: WorkItem) -> None:
        """Add the item. One that was here before a restart keeps its number."""
        if not item.number:
            item.number = self.next_number()
        elif item.number > self.count:
            self.count = item.number
        self.items[item.id] = item
        if item.reserved_only and item.reserved_for is not None:
            self._expect(item.reserved_for, item)

    def forget(self, item: WorkItem) -> None:
        """Remove the item."""
        self.unreserve(item)
        self.items.pop(item.id, None)
        self.ended_as_of.pop(item.id, None)
        self.first_timers.pop(item.id, None)
        if self.promised.get(item.contact) == item.id:
            del self.promised[item.contact]
        if item.STANDS_ALONE:
            self.out.over[item.id] = None

    def reserve(self, item: WorkItem, person: int, seconds: float, *, only: bool) -> None:
        """Reserve the item for this person, first or exclusively, for so many seconds since its waiting began."""
        self.unreserve(item)
        item.reserved_for, item.reserved_seconds, item.reserved_only = person, seconds, only
        if only:
            self._expect(person, item)

    def _expect(self, person: int, item: WorkItem) -> None:
        """The item waits in the person's own queue, which the distributor has from the first time on."""
        self.reserved.setdefault(person, {})[item.id] = None
        if person not in self.own_queues:
            self.own_queues.add(person)
            rule = QueueRule(own_queue(person), priority=OWN_QUEUE_PRIORITY, ring_seconds=OWN_QUEUE_RING_SECONDS)
            self.post(self.distributor.set_rule(rule, self.now))

    def unreserve(self, item: WorkItem) -> None:
        """End the item's reservation for one person."""
        item.reserved_only, item.reserved_by = False, None
        if item.reserved_for is None:
            return
        waiting = self.reserved.get(item.reserved_for, {})
        waiting.pop(item.id, None)
        if not waiting:
            self.reserved.pop(item.reserved_for, None)

    def reserved_by(self, person: int) -> list[WorkItem]:
        """The items reserved for this person alone, in order."""
        return [self.items[item] for item in self.reserved.get(person, ())]

    # --- desks -----------------------------------------------------------------------------------

    def desk(self, person: int) -> Desk:
        """The desk of somebody the plan knows; raises `RefusedOrder` for others."""
        if person not in self.desks and person not in self.plan.people:
            raise RefusedOrder("unknown_person")
        return self.any_desk(person)

    def any_desk(self, person: int) -> Desk:
        """The desk of anybody, also of one whose right to it has ended while work was in hand."""
        if person not in self.desks:
            known = self.plan.people.get(person)
            self.desks[person] = Desk(person, known.name if known else "")
        return self.desks[person]

    def set_doing(self, desk: Desk, doing: Doing, reason: str = "") -> None:
        """Set what the person at the desk is doing. A new activity starts its own clock."""
        if desk.doing is doing and desk.reason == reason:
            self.show(desk)
            return
        if doing is READY:
            desk.paused_for = ""
        elif desk.doing is PAUSED:
            desk.paused_for = desk.reason
        desk.begin(doing, self.at)
        desk.reason = reason
        self.out.desks[desk.person] = True

    def agent_of(self, desk: Desk) -> Agent:
        """The desk as the distributor knows it. A phone that can ring is a skill that calls ask for."""
        known = self.plan.people.get(desk.person)
        skills = dict(known.skills) if known else {}
        for carrier in self.carriers.values():
            skills.update(carrier.skills_at(desk))
        # whoever is waited for serves no queue by that but the one of their own
        own = self.open_lines
        if desk.person in self.reserved:
            own |= {own_queue(desk.person)}
        if known is None:
            return Agent(desk.agent, own, skills)
        return Agent(desk.agent, known.queues | own, skills, known.capacity, known.interrupts)

    def reach_changed(self, desk: Desk) -> None:
        """Recompute the kinds of work and the skills of the desk."""
        self.show(desk)
        if desk.signed_in:
            self.post(self.distributor.set_agent(self.agent_of(desk), self.now))

    # --- timers ----------------------------------------------------------------------------------

    def set_timer(self, item: WorkItem, name: str, due: datetime) -> None:
        self.count += 1
        heappush(self.timers, (due.timestamp(), self.count, item.id, name))

    def set_timer_in(self, item: WorkItem, name: str, seconds: float) -> None:
        self.set_timer(item, name, self.at + timedelta(seconds=seconds))

    def await_flow(self, item: WorkItem, timers: Sequence[fs.Timer]) -> None:
        """Wait for the first timer of the item's flow."""
        if not timers:
            self.first_timers.pop(item.id, None)
            return
        first = timers[0].due
        for timer in timers:
            if timer.due < first:
                first = timer.due
        known = self.first_timers.get(item.id)
        if known is None or known[0] != first:
            self.set_timer(item, FLOW_TIMER, first)
            self.first_timers[item.id] = first, self.count

    def set_desk_timer(self, desk: Desk, name: str, due: datetime) -> None:
        heappush(self.timers, (due.timestamp(), self.next_number(), desk.person, name))

    def due_timer(self) -> Timer | None:
        """Remove and return the first timer that is due; None when none is."""
        while self.timers and self.timers[0][0] <= self.now:
            first = heappop(self.timers)
            if self._is_awaited(first):
                if first[3] == FLOW_TIMER:
                    del self.first_timers[str(first[2])]
                return first
        return None

    def next_due(self) -> float | None:
        """The next time at which something is due, in seconds since the epoch."""
        timers, due = self.timers, self.distributor.next_due()
        while timers:
            first = timers[0]
            if due is not None and due <= first[0]:
                return due
            if self._is_awaited(first):
                return first[0]
            heappop(timers)
        return due

    def _is_awaited(self, timer: Timer) -> bool:
        """Whether the timer still counts: its item exists, and a flow's timer is still the flow's first."""
        _, number, subject, name = timer
        if isinstance(subject, int):
            return True
        if name == FLOW_TIMER:
            first = self.first_timers.get(subject)
            return first is not None and first[1] == number
        return subject in self.items


#: what waits for a person alone is theirs before what waits for anybody, whatever the queues
OWN_QUEUE_PRIORITY = 1_000
OWN_QUEUE_RING_SECONDS = 20.0


def own_queue(person: int) -> str:
    """The personal queue of this person, which exists in the distributor only."""
    return f"person:{person}"


def place_of(item: WorkItem) -> str:
    """The distributor's queue of the item: its own, or the personal queue of the person it is reserved for."""
    if item.reserved_only and item.reserved_for is not None:
        return own_queue(item.reserved_for)
    return item.LINE or item.queue


def pairs(reasons: Iterable[fs.FlowReason]) -> list[list[str]]:
    """A flow's reasons as an event holds them."""
    return list(map(list, reasons))
