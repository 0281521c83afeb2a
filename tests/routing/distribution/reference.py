"""The distributor's rules implemented by brute force: each event is followed by a complete search.

Shares the data of `requirement` with the engine and nothing else. Decisions are plain tuples, in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from indgang.routing.distribution.requirement import Agent, Item, QueueRule

EXCLUSIVE = {"call", "video"}


@dataclass
class Person:
    agent: Agent | None = None
    signed: bool = False
    presence: str = "ready"
    wrap_until: float | None = None
    owed: float = 0.0
    idle: tuple[float, int] = (0.0, 0)
    offers: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)


@dataclass
class Work:
    item: Item
    arrived: float
    number: int
    state: str = "waiting"
    agent: str | None = None
    since: float = 0.0
    step: int = -1
    delays: dict[str, tuple[float, float]] = field(default_factory=dict)
    parked: bool = False
    unreachable: bool = False


class Reference:
    def __init__(self) -> None:
        self.now = 0.0
        self.rules: dict[str, QueueRule] = {}
        self.people: dict[str, Person] = {}
        self.work: dict[str, Work] = {}
        self.count = 0
        self.out: list[tuple[Any, ...]] = []

    # --- events

    def tell(self, event: str, *args: Any, at: float, **more: Any) -> list[tuple[Any, ...]]:
        self.now = max(self.now, at)
        self.out = []
        getattr(self, f"on_{event}")(*args, **more)
        self.run_due()
        self.look_at_items()
        self.match()
        return self.out

    def on_tick(self) -> None:
        pass

    def on_arrive(self, item: Item) -> None:
        known = self.work.get(item.item)
        if known is not None:
            if known.item == item:
                return
            self.remove(known)
        rule = self.rules.get(item.queue)
        arrived = min(item.arrived, self.now)
        self.work[item.item] = Work(item, arrived, self.next(), parked=rule is None or rule.closed)

    def on_leave(self, item_id: str) -> None:
        if item_id in self.work:
            self.remove(self.work[item_id])

    def on_accept(self, item_id: str, agent_id: str) -> None:
        if self.is_offered(item_id, agent_id):
            self.people[agent_id].offers.remove(item_id)
            self.hold(item_id, agent_id)

    def on_refuse(self, item_id: str, agent_id: str) -> None:
        if self.is_offered(item_id, agent_id):
            self.spare(item_id, agent_id)
            self.withdraw(item_id)
            self.people[agent_id].idle = (self.now, self.next())

    def on_no_answer(self, item_id: str, agent_id: str) -> None:
        if self.is_offered(item_id, agent_id) and not self.rules[self.work[item_id].item.queue].rings:
            self.on_refuse(item_id, agent_id)
        elif self.is_offered(item_id, agent_id):
            self.spare(item_id, agent_id)
            self.withdraw(item_id)
            self.out.append(("not_answering", agent_id))
            self.rest(agent_id, "not_responding")

    def on_finish(self, item_id: str, agent_id: str, wrap_up: float | None = None) -> None:
        work = self.work.get(item_id)
        if work is not None and work.state == "held" and work.agent == agent_id:
            self.release(work, wrap_up)
            del self.work[item_id]

    def on_occupy(self, agent_id: str, item_id: str, kind: str = "call") -> None:
        person = self.people.setdefault(agent_id, Person())
        if item_id not in self.work:
            self.work[item_id] = Work(Item(item_id, "", self.now, kind), self.now, self.next())
        work = self.work[item_id]
        if work.state == "held" and work.agent == agent_id:
            return
        if self.is_offered(item_id, agent_id):
            person.offers.remove(item_id)
        elif work.state == "offered":
            self.withdraw(item_id)
        elif work.state == "held":
            self.release(work, None)
            person = self.people.setdefault(agent_id, Person())
        for other in list(person.offers):
            self.withdraw(other)
        self.hold(item_id, agent_id)

    def on_agent_on(self, agent: Agent, state: str = "ready", until: float | None = None) -> None:
        person = self.people.setdefault(agent.agent, Person())
        if not person.signed:
            person.presence = "ready" if state == "wrap_up" else state
            person.idle = (self.now, 0)
            wraps_up = state == "wrap_up" or until is not None
            person.wrap_until = (float("inf") if until is None else until) if wraps_up else None
        person.agent, person.signed = agent, True
        person.idle = (person.idle[0], self.next())

    def on_agent_off(self, agent_id: str) -> None:
        if self.is_signed(agent_id):
            for item_id in list(self.people[agent_id].offers):
                self.withdraw(item_id)
            self.people[agent_id].signed = False
            self.people[agent_id].wrap_until = None
            self.sweep_out(agent_id)

    def on_pause(self, agent_id: str) -> None:
        if self.is_signed(agent_id):
            self.rest(agent_id, "paused")

    def on_ready(self, agent_id: str) -> None:
        person = self.people.get(agent_id)
        if person and person.signed and (person.presence != "ready" or person.wrap_until is not None):
            person.presence = "ready"
            self.end_wrap_up(agent_id, self.now)
            person.idle = (self.now, self.next())

    def on_wrap_up_over(self, agent_id: str) -> None:
        if self.is_signed(agent_id):
            self.end_wrap_up(agent_id, self.now)

    def on_extend_wrap_up(self, agent_id: str, seconds: float) -> None:
        person = self.people.get(agent_id)
        if person and person.signed and person.wrap_until is not None and seconds > 0:
            person.wrap_until += seconds

    def on_set_agent(self, agent: Agent) -> None:
        if self.is_signed(agent.agent):
            self.people[agent.agent].agent = agent
            self.people[agent.agent].idle = (self.people[agent.agent].idle[0], self.next())

    def on_set_rule(self, rule: QueueRule) -> None:
        self.rules[rule.queue] = rule
        for work in self.work.values():
            if work.item.queue == rule.queue:
                work.step, work.parked = -1, work.parked and rule.closed

    # --- effects of events

    def next(self) -> int:
        self.count += 1
        return self.count

    def is_signed(self, agent_id: str) -> bool:
        return agent_id in self.people and self.people[agent_id].signed

    def is_offered(self, item_id: str, agent_id: str) -> bool:
        work = self.work.get(item_id)
        return work is not None and work.state == "offered" and work.agent == agent_id

    def hold(self, item_id: str, agent_id: str) -> None:
        work = self.work[item_id]
        work.state, work.agent, work.since = "held", agent_id, self.now
        self.people[agent_id].holds.append(item_id)

    def withdraw(self, item_id: str) -> None:
        work = self.work[item_id]
        assert work.agent is not None
        self.out.append(("withdraw", item_id, work.agent))
        self.people[work.agent].offers.remove(item_id)
        work.state, work.agent = "waiting", None

    def spare(self, item_id: str, agent_id: str) -> None:
        work = self.work[item_id]
        rule = self.rules[work.item.queue]
        again = 0.0 if work.item.personal else rule.reoffer_seconds
        work.delays[agent_id] = (self.now + rule.min_reoffer_seconds, self.now + max(rule.min_reoffer_seconds, again))

    def rest(self, agent_id: str, presence: str) -> None:
        self.people[agent_id].presence = presence
        for item_id in list(self.people[agent_id].offers):
            self.withdraw(item_id)

    def remove(self, work: Work) -> None:
        if work.state == "offered":
            self.withdraw(work.item.item)
        elif work.state == "held":
            self.release(work, None)
        del self.work[work.item.item]

    def release(self, work: Work, wrap_up: float | None) -> None:
        assert work.agent is not None
        person = self.people[work.agent]
        person.holds.remove(work.item.item)
        rule = self.rules.get(work.item.queue)
        seconds = wrap_up if wrap_up is not None else rule.wrap_up_seconds if rule else 0.0
        if person.signed:
            person.owed = max(person.owed, seconds, 0.0)
            if not any(self.work[held].item.kind in EXCLUSIVE for held in person.holds):
                if person.owed > 0:
                    person.wrap_until = max(self.now + person.owed, person.wrap_until or 0.0)
                person.owed = 0.0
                person.idle = (self.now, self.next())
        self.sweep_out(work.agent)

    def sweep_out(self, agent_id: str) -> None:
        if not self.people[agent_id].signed and not self.people[agent_id].holds:
            del self.people[agent_id]

    def end_wrap_up(self, agent_id: str, at: float) -> None:
        person = self.people[agent_id]
        if person.wrap_until is not None:
            person.wrap_until = None
            person.idle = (at, self.next())
            self.out.append(("wrap_up_over", agent_id))

    # --- time

    def run_due(self) -> None:
        due: list[tuple[float, int, str]] = []
        for agent_id, person in self.people.items():
            if person.wrap_until is not None and person.wrap_until <= self.now:
                due.append((person.wrap_until, 0, agent_id))
        for item_id, work in self.work.items():
            if work.state == "offered":
                due.append((work.since + self.rules[work.item.queue].ring_seconds, 1, item_id))
        for when, is_item, name in sorted(due):
            if when > self.now:
                continue
            if not is_item:
                self.end_wrap_up(name, when)
            elif self.work[name].state == "offered":
                self.on_no_answer(name, str(self.work[name].agent))

    def look_at_items(self) -> None:
        for item_id, work in self.work.items():
            if work.state != "waiting":
                continue
            step = self.step_of(work)
            if work.step not in (-1, step):
                self.out.append(("relaxed", item_id, step))
            work.step = step
            work.delays = {agent: times for agent, times in work.delays.items() if times[1] > self.now}
            if not work.parked and not work.item.personal:
                there = [a for a in self.people if self.is_present(a) and self.is_able(a, work)]
                if all(agent in work.delays for agent in there):
                    work.delays = {agent: times for agent, times in work.delays.items() if times[0] > self.now}
            reachable = self.is_reachable(work)
            if not reachable and not work.unreachable:
                self.out.append(("unreachable", item_id))
            work.unreachable = not reachable

    def step_of(self, work: Work) -> int:
        if work.parked or work.item.personal:
            return 0
        steps = self.rules[work.item.queue].steps
        return max(index for index, step in enumerate(steps) if work.arrived + step.after <= self.now or index == 0)

    def is_reachable(self, work: Work) -> bool:
        if work.parked:
            return False
        signed = [agent_id for agent_id in self.people if self.is_signed(agent_id)]
        if work.item.personal:
            return work.item.personal in signed and self.is_able(work.item.personal, work)
        last = len(self.rules[work.item.queue].steps) - 1
        return any(self.is_able(agent_id, work, last) for agent_id in signed)

    # --- matching

    def is_present(self, agent_id: str) -> bool:
        return self.is_signed(agent_id) and self.people[agent_id].presence == "ready"

    def is_able(self, agent_id: str, work: Work, step: int | None = None) -> bool:
        agent, item = self.people[agent_id].agent, work.item
        assert agent is not None
        if agent.capacity.get(item.kind, 0) < 1:
            return False
        if item.personal:
            return agent_id == item.personal
        wanted = self.rules[item.queue].steps[work.step if step is None else step]
        if not ({item.queue, *wanted.also_queues} & agent.queues):
            return False
        needs = (*wanted.requirement.skills, *item.requirement.skills)
        return all(agent.skills.get(skill, 0) >= level for skill, level in needs)

    def has_room(self, agent_id: str, kind: str) -> bool:
        person = self.people[agent_id]
        assert person.agent is not None
        kinds = [self.work[item_id].item.kind for item_id in person.offers + person.holds]
        if person.presence != "ready" or person.wrap_until is not None or set(kinds) & EXCLUSIVE:
            return False
        if self.rings(person) or (kinds and kind in EXCLUSIVE and kind not in person.agent.interrupts):
            return False
        return kinds.count(kind) < person.agent.capacity.get(kind, 0)

    def rings(self, person: Person) -> bool:
        rules = [self.rules.get(self.work[item].item.queue) for item in person.offers]
        return any(rule is not None and rule.ring_seconds < float("inf") for rule in rules)

    def free_in(self, queue: str) -> int:
        free = 0
        for agent_id, person in self.people.items():
            if person.signed and person.agent and queue in person.agent.queues and not person.offers + person.holds:
                free += any(self.has_room(agent_id, kind) for kind in person.agent.capacity)
        return free

    def is_kept_back(self, agent_id: str, work: Work) -> bool:
        if work.item.personal:
            return False
        agent = self.people[agent_id].agent
        assert agent is not None
        rules = [self.rules[queue] for queue in agent.queues if queue in self.rules and queue != work.item.queue]
        mine = self.rules[work.item.queue].priority
        return any(r.reserved and r.priority > mine and self.free_in(r.queue) <= r.reserved for r in rules)

    def awaited(self, work: Work) -> str | None:
        """The preferred agent, while the item waits for them alone."""
        wanted = work.item.preferred
        if wanted is None or self.now >= work.arrived + work.item.preferred_seconds or wanted in work.delays:
            return None
        return wanted if self.is_present(wanted) and self.is_able(wanted, work) else None

    def candidates(self, work: Work) -> list[str]:
        if work.parked:
            return []
        only = None if work.item.personal else self.awaited(work)
        return [
            agent_id
            for agent_id in self.people
            if self.is_signed(agent_id)
            and only in (None, agent_id)
            and self.is_able(agent_id, work)
            and agent_id not in work.delays
            and self.has_room(agent_id, work.item.kind)
            and not self.is_kept_back(agent_id, work)
        ]

    def points(self, work: Work) -> float:
        rule = self.rules[work.item.queue]
        return rule.priority + work.item.priority + rule.ageing * (self.now - work.arrived)

    def choose(self, work: Work, candidates: list[str]) -> str:
        if work.item.preferred in candidates:
            return work.item.preferred
        rule = self.rules[work.item.queue]
        wished = {skill for skill, _ in (*rule.steps[0].requirement.skills, *work.item.requirement.skills)}

        def order(agent_id: str) -> tuple[float, ...]:
            person = self.people[agent_id]
            assert person.agent is not None
            points = sum(person.agent.skills.get(skill, 0) for skill in wished)
            best = -points if rule.choose == "best_skilled" else 0
            return (best, len(person.offers) + len(person.holds), *person.idle)

        return min(candidates, key=order)

    def match(self) -> None:
        while True:
            waiting = [work for work in self.work.values() if work.state == "waiting" and not work.parked]
            waiting.sort(key=lambda work: (-self.points(work), work.arrived, work.number))
            found = next(((work, names) for work in waiting if (names := self.candidates(work))), None)
            if found is None:
                return
            work, names = found
            agent_id = self.choose(work, names)
            work.state, work.agent, work.since = "offered", agent_id, self.now
            self.people[agent_id].offers.append(work.item.item)
            self.out.append(("offer", work.item.item, agent_id))
