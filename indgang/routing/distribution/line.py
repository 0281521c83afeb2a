"""Items in line and the agents' seats, indexed so that the next pair is found without a search through the rest.

A queue has a line for each kind of work and extra requirement. A line has a lane for each step of relaxation.
An agent who may take one item of a lane may take all of them, so matching needs only the first item and the first free
agent of a lane. Agents with the same queues, skills and kinds share a profile, which lists the lanes they may serve.
A seat is one agent with the items in hand and the room for more; it is defined here because items and seats refer to
each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from math import inf
from typing import TypeAlias

from indgang.routing.distribution.decision import BUSY, WAITING, ItemState, SeatState
from indgang.routing.distribution.ordered import Ordered
from indgang.routing.distribution.requirement import (
    EXCLUSIVE_KINDS,
    LIVE_KINDS,
    Agent,
    AgentId,
    Choose,
    Item,
    ItemId,
    QueueId,
    QueueRule,
    Requirement,
    Skill,
)

Slot: TypeAlias = tuple[float, float, int, "Entry"]
"""Place of an item in its queue: points it lacks at time 0, arrival, number of entry. Sorts in order of service.

Points grow equally fast for all items of a queue, so the order within it never changes while they wait; only heads
of different queues must be compared at the present time.
"""

IdleToken: TypeAlias = tuple[float, int, float, int, "Seat"]
"""Place of a free agent in a lane: minus the skill points, items in hand, idle since, number of that idleness."""

Owned: TypeAlias = tuple[bool, QueueId, str]

NO_KINDS: frozenset[str] = frozenset()

ReofferDelay: TypeAlias = tuple[float, float]
"""No new offer of the item to the agent before the first time; before the second, only if nobody else can take it."""


class Timed:
    """What has a timer: `timer` is its number, 0 for none, and `timer_rank` its order among those that are due."""

    __slots__ = ("id", "timer", "timer_due", "timer_rank")

    id: str
    timer: int
    timer_due: float
    timer_rank: int


class Entry(Timed):
    """An item and its place. `delays` holds re-offer delays by agent."""

    __slots__ = (
        "arrived",
        "delayed",
        "delays",
        "item",
        "kind",
        "lane",
        "line",
        "number",
        "parked",
        "personal",
        "preferred",
        "queue",
        "seat",
        "since",
        "slot",
        "state",
        "step",
        "unreachable",
    )

    def __init__(self, item: Item, queue: LiveQueue, arrived: float, number: int) -> None:
        self.item, self.id, self.kind = item, item.item, item.kind
        self.personal, self.preferred = item.personal, item.preferred
        self.queue = queue
        self.arrived = arrived
        self.number = number
        self.state: ItemState = WAITING
        self.seat: Seat | None = None
        self.since = arrived
        self.step = -1
        self.delays: dict[AgentId, ReofferDelay] | None = None
        self.parked = False
        self.unreachable = False
        self.line: Line | None = None
        self.lane: Lane | None = None
        self.delayed = False
        self.slot: Slot | None = None
        self.timer, self.timer_due, self.timer_rank = 0, inf, 1

    @property
    def preferred_until(self) -> float:
        return self.arrived + self.item.preferred_seconds

    def slot_in_queue(self) -> Slot:
        rule = self.queue.rule
        if rule is None:
            return (-self.item.priority, self.arrived, self.number, self)
        return (rule.ageing * self.arrived - rule.priority - self.item.priority, self.arrived, self.number, self)

    def points(self, now: float) -> float:
        """Priority with ageing; the highest is served first."""
        slot = self.slot or self.slot_in_queue()
        return self.queue.ageing * now - slot[0]


class SeatPresence(StrEnum):
    """The presence that the agent chose, or that follows from an unanswered offer."""

    READY = "ready"
    PAUSED = "paused"
    NOT_RESPONDING = "not_responding"


#: signed in, neither paused nor not responding; a module-level name because every step reads it
PRESENT = SeatPresence.READY
#: the state of an agent who has nothing in hand, by presence
_STATE_OF = {presence: SeatState(presence.value) for presence in SeatPresence}
#: see `decision.WAITING`
_OFFERED, _WRAP_UP = SeatState.OFFERED, SeatState.WRAP_UP


class Seat(Timed):
    """The live state of one agent.

    free          kinds for which the seat is in the lanes' idle heaps; may be out of date while an event is handled
    idle_since    when the agent last finished or refused an item or became ready; idle_number breaks ties
    in_hand       how many items are offered or held
    counted       whether the seat is counted as free (ready with nothing in hand) in its queues
    exclusive     kinds that take the whole agent
    owed          wrap-up that begins when the last item of an exclusive kind is finished
    """

    __slots__ = (
        "agent",
        "counted",
        "exclusive",
        "free",
        "holds",
        "idle_number",
        "idle_since",
        "in_hand",
        "indexed",
        "loads",
        "offers",
        "owed",
        "presence",
        "profile",
        "signed",
        "wrap_until",
    )

    def __init__(self, agent_id: AgentId) -> None:
        self.id = agent_id
        self.agent: Agent | None = None
        self.exclusive = EXCLUSIVE_KINDS
        self.profile: Profile | None = None
        self.signed = False
        self.presence = PRESENT
        self.wrap_until: float | None = None
        self.owed = 0.0
        self.loads: dict[str, int] = {}
        self.in_hand = 0
        self.offers: dict[ItemId, Entry] = {}
        self.holds: dict[ItemId, Entry] = {}
        self.idle_since = 0.0
        self.idle_number = 0
        self.indexed: tuple[int, int] = (0, 0)
        self.free = NO_KINDS
        self.counted = False
        self.timer, self.timer_due, self.timer_rank = 0, inf, 0

    @property
    def is_present(self) -> bool:
        """Whether the agent is signed in, and neither paused nor not responding; they may be talking."""
        return self.signed and self.presence is PRESENT

    def could_take(self) -> frozenset[str]:
        """Kinds of which one more may be offered now."""
        if not self.signed or self.presence is not PRESENT or self.wrap_until is not None:
            return NO_KINDS
        agent, profile = self.agent, self.profile
        if agent is None or profile is None:
            return NO_KINDS
        if not self.loads:
            return profile.kinds
        for kind in self.loads:
            if kind in self.exclusive:
                return NO_KINDS
        if self.rings():
            return NO_KINDS
        room = (kind for kind in profile.kinds if self.loads.get(kind, 0) < agent.capacity[kind])
        interrupting = agent.interrupts if LIVE_KINDS.isdisjoint(self.loads) else NO_KINDS
        return frozenset(kind for kind in room if kind not in self.exclusive or kind in interrupting)

    def rings(self) -> bool:
        """Whether an open offer rings: two items never ring at one person."""
        rules = (entry.queue.rule for entry in self.offers.values())
        return any(rule is not None and rule.ring_seconds < inf for rule in rules)

    def talks(self) -> bool:
        """Whether the agent holds an item of an exclusive kind."""
        if not self.holds:
            return False
        exclusive = self.exclusive
        return any(entry.kind in exclusive for entry in self.holds.values())

    def take_up(self, kind: str) -> None:
        self.in_hand += 1
        self.loads[kind] = self.loads.get(kind, 0) + 1

    def put_down(self, kind: str) -> None:
        self.in_hand -= 1
        left = self.loads[kind] - 1
        if left:
            self.loads[kind] = left
        else:
            del self.loads[kind]

    def state(self) -> SeatState:
        if self.holds and (not self.signed or self.talks()):
            return BUSY
        if not self.signed:
            return SeatState.OFF
        if self.offers:
            return _OFFERED
        if self.wrap_until is not None:
            return _WRAP_UP
        if self.holds and self.presence is PRESENT:
            return SeatState.WORKING
        return _STATE_OF[self.presence]


class Lane:
    """Waiting items that the same agents may take, and those of these agents who are free.

    items    in order of service
    delayed  items with a re-offer delay for some agent
    idle     heap of free agents in order of choice; may hold outdated tokens
    signed   able agents signed in; present: those of them who are neither paused nor not responding
    owner    set for items that wait for one agent
    """

    __slots__ = (
        "ageing",
        "best_skilled",
        "delayed",
        "idle",
        "items",
        "kind",
        "last_of",
        "owner",
        "personal",
        "present",
        "queue",
        "serves",
        "signed",
        "skills",
        "wished",
    )

    def __init__(self, queue: LiveQueue, kind: str, owner: AgentId | None = None, personal: bool = False) -> None:
        self.queue, self.kind = queue, kind
        self.ageing = queue.ageing
        self.owner, self.personal = owner, personal
        self.serves: frozenset[QueueId] = frozenset()
        self.skills: tuple[tuple[Skill, int], ...] = ()
        self.wished: tuple[tuple[Skill, int], ...] = ()
        self.best_skilled = False
        self.last_of: Line | None = None
        self.items: Ordered[Slot] = Ordered()
        self.delayed: Ordered[Slot] = Ordered()
        self.idle: list[IdleToken] = []
        self.signed = self.present = 0

    def takes(self, profile: Profile) -> bool:
        """Whether agents of this profile may take the items of this lane."""
        if self.kind not in profile.kinds or self.serves.isdisjoint(profile.queues):
            return False
        levels = profile.skills
        return all(levels.get(skill, 0) >= level for skill, level in self.skills)

    def points_of(self, profile: Profile) -> int:
        """Sum of the levels in the skills of the first step; relaxation does not change who is best."""
        return sum(profile.skills.get(skill, 0) for skill, _ in self.wished)


class Line:
    """Items of one queue, kind and extra requirement, with a lane for each step."""

    __slots__ = ("lanes", "waiting")

    def __init__(self, queue: LiveQueue, rule: QueueRule, kind: str, extra: Requirement) -> None:
        self.waiting: dict[ItemId, Entry] = {}
        self.lanes = [Lane(queue, kind) for _ in rule.steps]
        self.lanes[-1].last_of = self
        wished = rule.steps[0].requirement.joined_with(extra).skills
        for lane, step in zip(self.lanes, rule.steps, strict=True):
            lane.serves = frozenset((rule.queue, *step.also_queues))
            lane.skills = step.requirement.joined_with(extra).skills
            lane.wished = wished
            lane.best_skilled = rule.choose is Choose.BEST_SKILLED


class LiveQueue:
    """The live state of one queue. `present` counts its agents who are neither paused nor not responding; `free` counts
    the idle ones. `afters` is when each step of its rule begins; without a rule nothing rings or relaxes."""

    __slots__ = ("afters", "ageing", "free", "handling", "id", "lanes", "last_answer", "lines", "load", "parking",
                 "present", "ring_seconds", "rule", "samples", "waiting")  # fmt: skip

    def __init__(self, queue: QueueId) -> None:
        self.id = queue
        self.rule: QueueRule | None = None
        self.ageing = 0.0
        self.ring_seconds = inf
        self.afters = [0.0]
        self.lines: dict[tuple[str, tuple[tuple[Skill, int], ...]], Line] = {}
        self.lanes: dict[Lane, None] = {}
        self.parking = Lane(self, "")
        self.waiting = self.present = self.free = 0
        self.handling = self.load = 0.0
        self.samples = 0
        self.last_answer: float | None = None

    def follow(self, rule: QueueRule) -> None:
        """From here on this rule holds."""
        self.rule, self.ageing, self.ring_seconds = rule, rule.ageing, rule.ring_seconds
        self.afters = [step.after for step in rule.steps]

    def step_at(self, arrived: float, now: float) -> int:
        """Index of the step in force for an item with this arrival time."""
        index = len(self.afters) - 1
        while index and arrived + self.afters[index] > now:
            index -= 1
        return index

    def next_step(self, arrived: float, step: int) -> float:
        """When the step after `step` begins, or infinity."""
        return arrived + self.afters[step + 1] if step + 1 < len(self.afters) else inf

    def entries(self) -> list[Entry]:
        """All waiting items in order of service."""
        slots = [slot for lane in (*self.lanes, self.parking) for part in (lane.items, lane.delayed) for slot in part]
        return [slot[3] for slot in sorted(slots)]

    def before(self, slot: Slot) -> int:
        lanes = (*self.lanes, self.parking)
        return sum(lane.items.before(slot) + lane.delayed.before(slot) for lane in lanes)


class Profile:
    """Agents with the same queues, skills and kinds, and the lanes they may serve, by kind."""

    __slots__ = ("key", "kinds", "lanes", "present", "queues", "reserving", "seats", "skills")

    def __init__(self, queues: tuple[LiveQueue, ...], skills: Mapping[Skill, int], kinds: frozenset[str]) -> None:
        self.queues = {queue.id: queue for queue in queues}
        self.skills = dict(skills)
        self.kinds = kinds
        self.key = (frozenset(self.queues), frozenset(self.skills.items()), kinds)
        self.lanes: dict[str, list[Lane]] = {kind: [] for kind in kinds}
        self.seats: dict[AgentId, Seat] = {}
        self.present = 0
        self.reserving: list[LiveQueue] = []

    def all_lanes(self) -> Iterator[Lane]:
        for lanes in self.lanes.values():
            yield from lanes

    def note_reserving(self) -> None:
        """Update the list of queues that reserve agents; called when a rule changes."""
        self.reserving = [q for q in self.queues.values() if q.rule is not None and q.rule.reserved > 0]
