"""How many whole calls the pure centre handles, from arrival to the end of wrap-up, with all rules and events.

The model: 60 agents with two of five skills each, Poisson arrivals at 58.8 Erlang, a mean patience of 180 seconds, and
a menu that leads to five queues. The peer is the same model in SimPy with lists for queues and free agents, without
rules, events and menu. Both get the same times. A second run has 20 queues and 200 agents.

Then the cost of callbacks: 2,000 waiting calls, with and without 1,000 waiting callbacks.

The goals are those of plain Python. Where the engines are compiled, the same figures of compiled engines come first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from time import process_time
from typing import Any

import simpy

from indgang.core import compiled
from indgang.routing.centre import callbacks, centre, journey, offers, presence
from indgang.routing.centre.core import Core
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.plan import PersonPlan, Plan, QueuePlan
from indgang.routing.centre.work import Offered, WorkItem
from indgang.routing.distribution.requirement import CALL, CALLBACK, QueueRule, Relaxation
from indgang.routing.flows import data
from indgang.routing.flows import state as fs

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
TALK, WRAP_UP, PATIENCE, PICK_UP, IN_MENU = 180.0, 30.0, 180.0, 2.0, 4.0
#: utilisation of the agents: 58.8 Erlang for 60 agents
LOAD = 0.98
WAITING, BESIDE, ROUNDS = 2_000, 1_000, 3_000


@dataclass(frozen=True, slots=True)
class Day:
    """The random times of the calls: arrival, queue, talk time and patience of each."""

    queues: int
    agents: int
    arrivals: list[float]
    wanted: list[int]
    talks: list[float]
    patience: list[float]
    skills: list[tuple[int, int]]

    @classmethod
    def of(cls, calls: int, queues: int, agents: int, seed: int = 7) -> Day:
        random = Random(seed)
        between = (TALK + WRAP_UP) / (agents * LOAD)
        times, at = [], 0.0
        for _ in range(calls):
            at += random.expovariate(1 / between)
            times.append(at)
        return cls(
            queues, agents, times,
            [random.randrange(queues) for _ in range(calls)],
            [random.expovariate(1 / TALK) for _ in range(calls)],
            [random.expovariate(1 / PATIENCE) for _ in range(calls)],
            [(number % queues, (number * 7 + 1) % queues) for number in range(agents)],
        )  # fmt: skip


# --- the centre ----------------------------------------------------------------------------------


def plan_of(day: Day) -> Plan:
    """A menu with a key for each of ten queues (the tenth key leads to a second menu), and the agents of the queues."""
    names = [f"q{number}" for number in range(day.queues)]
    flow = data.parse(_flow(names))
    steps = (Relaxation(0.0), Relaxation(60.0, also_queues=(names[0],)))
    rules = {
        name: QueueRule(name, steps=steps, ring_seconds=20.0, wrap_up_seconds=WRAP_UP, ageing=0.1) for name in names
    }
    people = {
        number: PersonPlan(number, f"Agent {number}", "", frozenset({names[one], names[other]}))
        for number, (one, other) in enumerate(day.skills, start=1)
    }
    return Plan(
        entries={}, flows={"menu": flow}, versions={("menu", 1): flow}, flow_centres={"menu": "c"},
        queues={name: QueuePlan(rule, name, "c") for name, rule in rules.items()}, schedules={}, people=people,
        safe_queue=names[0], prompts=frozenset({"menu.da", "farvel.da"}),
    )  # fmt: skip


def _flow(names: list[str]) -> dict[str, Any]:
    groups = [names[start : start + 9] for start in range(0, len(names), 9)]
    menus = [
        {"id": f"menu{number}", "kind": "menu", "prompts": ["menu"], "retries": 1, "timeout": 5,
         "on_exhausted": group[0],
         "keys": {str(key): name for key, name in enumerate(group, start=1)}
         | ({"0": f"menu{number + 1}"} if number + 1 < len(groups) else {})}
        for number, group in enumerate(groups)
    ]  # fmt: skip
    queues = [
        {"id": name, "kind": "queue", "queue": name, "max_wait": 900, "on_max_wait": "farvel",
         "overflow": [{"when": "waited", "after": 600, "to": "farvel"}]}
        for name in names
    ]  # fmt: skip
    end = {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]}
    return {"code": "menu", "version": 1, "title": "Menu", "start": "menu0", "steps": [*menus, *queues, end]}


@dataclass(slots=True)
class Simulated:
    """Callers and agents who follow the day; it is the carrier, and its heap is the clock."""

    core: Core
    day: Day
    #: future events; of the future arrivals only the next, as in the peer
    heap: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    order: Any = field(default_factory=count)
    talked: int = 0
    gone: int = 0
    events: int = 0

    def is_up(self, item: WorkItem) -> bool:
        return True

    def needs(self, item: WorkItem) -> Mapping[str, int]:
        return {}

    def skills_at(self, desk: Desk) -> Mapping[str, int]:
        return {}

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        self.later(PICK_UP, lambda: self._picked_up(item, offer))
        return {}

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """Do nothing: nobody is notified."""

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        if isinstance(instruction, fs.EndCall):
            self.gone += 1
            self.core.forget(item)

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """Do nothing: agents stay."""

    def waits_for_limit(self, item: WorkItem) -> bool:
        return False

    def nobody_able(self, item: WorkItem) -> None:
        """Do nothing: somebody always has the skills."""

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        heappush(self.heap, (self.core.now + seconds, next(self.order), act))

    def run(self) -> None:
        """Run until no calls arrive and nobody waits."""
        for person in self.core.plan.people:
            desk = self.core.desk(person)
            presence.sign_in(self.core, desk)
            presence.ready(self.core, desk)
        self.core.settle()
        self._expect(0)
        while self.heap:
            self._step()

    def _step(self) -> None:
        due, core = self.core.next_due(), self.core
        at, _, act = self.heap[0]
        if due is not None and due <= at:
            core.begin(datetime.fromtimestamp(due, UTC))
            centre.tick(core)
        else:
            heappop(self.heap)
            core.begin(datetime.fromtimestamp(at, UTC))
            act()
            core.settle()
        self.events += len(core.out.events)

    def _expect(self, number: int) -> None:
        """Schedule the next arrival."""
        if number < len(self.day.arrivals):
            arrives: Callable[[], None] = partial(self._arrives, number)
            heappush(self.heap, (START.timestamp() + self.day.arrivals[number], next(self.order), arrives))

    def _arrives(self, number: int) -> None:
        core = self.core
        self._expect(number + 1)
        item = WorkItem(id=core.new_id(), kind=CALL, arrived=core.at, contact=f"+45{20_000_000 + number}")
        core.add(item)
        journey.begin(core, item, core.plan.flows["menu"])
        self.later(IN_MENU, lambda: self._presses(item, number))

    def _presses(self, item: WorkItem, number: int) -> None:
        wanted = self.day.wanted[number]
        for key in (*"0" * (wanted // 9), str(wanted % 9 + 1)):
            journey.signal(self.core, item, fs.Key(key))
        self.core.settle()
        if item.offer is None:  # as in the peer, only a caller without an immediate offer can lose patience
            self.later(self.day.patience[number], lambda: self._gives_up(item))

    def _gives_up(self, item: WorkItem) -> None:
        core = self.core
        if item.id not in core.items or not item.waits:
            return
        journey.contact_left(core, item)
        item.queued_since = None
        offers.take_out(core, item)
        core.note(item, "abandoned", queue=item.queue)
        core.forget(item)
        self.gone += 1

    def _picked_up(self, item: WorkItem, offer: Offered) -> None:
        if item.offer is not offer or item.id not in self.core.items:
            return
        desk = offers.accepted(self.core, item)
        assert desk is not None
        self.core.note(item, "answered", person=desk.person, queue=item.queue)
        talk = self.day.talks[int(item.contact[3:]) - 20_000_000]
        self.later(talk, lambda: self._hangs_up(item, desk))

    def _hangs_up(self, item: WorkItem, desk: Desk) -> None:
        core = self.core
        core.note(item, "ended", person=desk.person, queue=item.queue)
        offers.finish(core, desk, item.id, item, None)
        core.forget(item)
        self.talked += 1


def carried(day: Day) -> tuple[float, Simulated]:
    """Calls per second of processor time, and the simulated day."""
    numbers = count(1)
    core = centre.make(plan_of(day), START, lambda: f"c{next(numbers)}")
    simulated = Simulated(core, day)
    core.carriers[CALL] = simulated
    began = process_time()
    simulated.run()
    return len(day.arrivals) / (process_time() - began), simulated


# --- the peer ------------------------------------------------------------------------------------


def in_simpy(day: Day) -> tuple[float, int]:
    """Calls per second of processor time for the same day in SimPy with lists, and the number of answered calls."""
    environment = simpy.Environment()
    free: deque[int] = deque(range(day.agents))
    waiting: list[deque[tuple[int, simpy.Event]]] = [deque() for _ in range(day.queues)]
    talked = 0

    def caller(number: int) -> Generator[simpy.Event, Any, None]:
        nonlocal talked
        yield environment.timeout(IN_MENU)
        wanted = day.wanted[number]
        able = [each for each in free if wanted in day.skills[each]][:1]
        if able:
            agent = able[0]
            free.remove(agent)
        else:
            turn = environment.event()
            waiting[wanted].append((number, turn))
            patience = environment.timeout(day.patience[number])
            yield turn | patience
            if not turn.triggered:
                waiting[wanted].remove((number, turn))
                return
            agent = int(turn.value or 0)
        yield environment.timeout(PICK_UP)
        yield environment.timeout(day.talks[number])
        talked += 1
        yield environment.timeout(WRAP_UP)
        lines = [waiting[each] for each in day.skills[agent] if waiting[each]]
        if lines:
            min(lines, key=lambda line: line[0][0]).popleft()[1].succeed(agent)
        else:
            free.append(agent)

    def arrivals() -> Generator[simpy.Event, Any, None]:
        for number, at in enumerate(day.arrivals):
            yield environment.timeout(at - environment.now)
            environment.process(caller(number))

    environment.process(arrivals())
    began = process_time()
    environment.run()
    return len(day.arrivals) / (process_time() - began), talked


# --- callbacks that wait beside calls ------------------------------------------------------------


def cost_of_a_round(beside: int) -> float:
    """Seconds of processor time for one offer, acceptance and end, with so many callbacks that wait too."""
    day = Day.of(WAITING, 5, 60)
    numbers = count(1)
    core = centre.make(plan_of(day), START, lambda: f"c{next(numbers)}")
    simulated = Simulated(core, day)
    core.carriers |= {CALL: simulated, CALLBACK: simulated}
    for number in range(beside):
        _promise(core, number)
    for number in range(WAITING):
        _wait(core, number)
    for person in core.plan.people:
        presence.sign_in(core, core.desk(person))
    core.settle()
    began = process_time()
    for number in range(ROUNDS):
        _round(core, number)
    return (process_time() - began) / ROUNDS


def _promise(core: Core, number: int) -> None:
    """A callback that waits behind the calls, so that both measurements offer the same items."""
    later = START + timedelta(hours=1)
    core.begin(START)
    callbacks.promise(
        core,
        callbacks.Callback(
            id=core.new_id(), story=f"e{number}", contact=f"+45{30_000_000 + number}", target=f"q{number % 5}",
            arrived=later, place=later, promised_at=START,
        ),
    )  # fmt: skip
    core.settle()


def _wait(core: Core, number: int) -> None:
    core.begin(START)
    item = WorkItem(id=core.new_id(), kind=CALL, arrived=START, contact=f"+45{20_000_000 + number}")
    core.add(item)
    offers.enqueue(core, item, fs.Enqueue(f"q{number % 5}", 0, START))
    core.settle()


def _round(core: Core, number: int) -> None:
    """One agent becomes ready, gets the first call, takes it and ends it; another call joins the queue."""
    at = START + timedelta(seconds=number)
    desk = core.desk(1 + number % len(core.plan.people))
    core.begin(at)
    presence.ready(core, desk)
    core.settle()
    item = core.items[desk.in_hand[0]]
    offers.accepted(core, item)
    offers.finish(core, desk, item.id, item, 0.0)
    core.forget(item)
    presence.pause(core, desk, "")
    core.settle()
    _wait(core, number)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=4_000)
    options.add_argument("--only-own", action="store_true", help="only with the engines that this process has")
    asked = options.parse_args()
    _measure(asked.calls)
    if compiled.are_compiled() and not asked.only_own:
        plain = [sys.executable, "-m", "benches.centre", "--calls", str(asked.calls), "--only-own"]
        subprocess.run(plain, env=os.environ | {compiled.VARIABLE: "false"}, check=True)


def _measure(calls: int) -> None:
    """Print the figures of the engines of this process. The goals are those of plain Python."""
    day = Day.of(calls, 5, 60)
    turns = [(carried(day), in_simpy(day)) for _ in range(3)]
    ours, theirs = max(turn[0][0] for turn in turns), max(turn[1][0] for turn in turns)
    how = turns[0][0][1]
    peer = {
        "peer": "SimPy with lists, no rules and no events",
        "peer_value": round(theirs),
        "ratio": round(ours / theirs, 3),
    }
    _print(
        "calls_per_second", ours, "1/s", "ratio >= 0.15", talked=how.talked, gone=how.gone, events=how.events, **peer
    )
    large = max(carried(Day.of(calls, 20, 200))[0] for _ in range(3))
    _print("calls_per_second_20_queues_200_agents", large, "1/s", ">= 5000")
    alone, beside = (min(cost_of_a_round(number) for _ in range(3)) for number in (0, BESIDE))
    _print("cost_with_1000_callbacks_waiting", beside / alone, "times", "<= 1.1")


def _print(name: str, value: float, unit: str, goal: str, **more: Any) -> None:
    """A figure of compiled engines has a name of its own and no goal."""
    line: dict[str, object] = {"bench": "centre", "figure": name, "value": round(value, 3), "unit": unit, "goal": goal}
    if compiled.are_compiled():
        line |= {"figure": f"compiled_{name}", "goal": "none"}
    print(json.dumps(line | {"engines": "compiled" if compiled.are_compiled() else "Python", **more}), flush=True)


if __name__ == "__main__":
    main()
