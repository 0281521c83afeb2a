"""How fast the twin simulates a centre, beside SimPy, and how close it comes to Erlang A.

The model: 60 agents with two of five skills each, the longest idle first, Poisson arrivals at 58.8 Erlang, exponential
handling times of 210 s and patience of 180 s. All of them play the same calls, drawn beforehand. The peers are SimPy
with lists for queues and free agents, and SimPy's own FilterStore of agents; both are without rules, priorities and
offers. Figures of the twin say whether it ran compiled (`make compile`); plain Python is measured too, in a process of
its own. In that model calls go straight into their queue, and the rules of the queues are the usual ones: the
distributor alone runs. The same calls are played with priorities, ageing and overflow, and by the whole centre with a
flow that meets them (presence and events too), which scenarios with flows and callbacks need. These have no goal.

The fast model of one queue (`staffing.twin.single_queue`) is held against SimPy with lists on one skill.

Then a documented year (242,150 enquiries to 14 destinations), the same met by a flow, a day with 20 replications, and
what the page of a what-if does: the formulas for today and the change, and 20 days of each over the weekdays.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import time
from time import process_time
from typing import Any

import numpy as np
import simpy

from indgang.core import compiled
from indgang.planning import played_days, whatif
from indgang.routing.distribution.requirement import QueueRule, Relaxation
from indgang.routing.flows import data
from indgang.staffing.erlang import erlang_a
from indgang.staffing.need import ServiceTarget
from indgang.staffing.presets import TMF_2020, falling_day
from indgang.staffing.twin.calls import PlayedCalls
from indgang.staffing.twin.direct import DirectCentre
from indgang.staffing.twin.draws import draw
from indgang.staffing.twin.scenario import Attendance, Crew, Inflow, RandomTime, Retry, TimeShape, TwinScenario
from indgang.staffing.twin.simulation import compare_days, run
from indgang.staffing.twin.single_queue import estimate
from indgang.staffing.twin.whole import WholeCentre

AGENTS, SKILLS, HANDLING, PATIENCE, LOAD = 60, 5, 210.0, 180.0, 58.8
HALF_HOUR = 1_800.0
#: days of the documented year
YEAR = 250


def skills_of(agent: int) -> tuple[int, int]:
    return agent % SKILLS, (agent * 7 + 1) % SKILLS


def model(calls: int) -> TwinScenario:
    """The five queues and 60 agents, until about so many calls have come."""
    rate = LOAD / HANDLING
    intervals = max(1, round(calls / rate / HALF_HOUR))
    inflows = tuple(
        Inflow(f"q{skill}", (rate / SKILLS * HALF_HOUR,) * intervals, RandomTime(HANDLING),
               patience=RandomTime(PATIENCE))
        for skill in range(SKILLS)
    )  # fmt: skip
    stay = Attendance(0.0, intervals * HALF_HOUR)
    crews = tuple(
        Crew(f"agent {agent}", 1, frozenset(f"q{skill}" for skill in skills_of(agent)), (stay,))
        for agent in range(AGENTS)
    )
    return TwinScenario("model", "Model", inflows, tuple(QueueRule(f"q{skill}") for skill in range(SKILLS)), crews)


# --- the twin ------------------------------------------------------------------------------------


def with_rules(scenario: TwinScenario) -> TwinScenario:
    """The same with priorities that age, and neighbours who help after a minute."""
    names = [each.queue for each in scenario.queues]
    rules = tuple(
        QueueRule(
            name, priority=number % 3, ageing=0.1, steps=(Relaxation(0.0), Relaxation(60.0, also_queues=(other,)))
        )
        for number, (name, other) in enumerate(zip(names, [*names[1:], names[0]], strict=True))
    )
    return replace(scenario, queues=rules)


def met_by_flows(scenario: TwinScenario) -> TwinScenario:
    """The same with a flow for each queue, which says a prompt and then leads there: the whole centre runs."""
    flows = tuple(
        data.parse({
            "code": f"to-{each.queue}", "version": 1, "title": each.queue, "start": "hello",
            "steps": [{"id": "hello", "kind": "announcement", "prompts": ["hello"], "next": "wait"},
                      {"id": "wait", "kind": "queue", "queue": each.queue}],
        })
        for each in scenario.queues
    )  # fmt: skip
    return replace(
        scenario, flows=flows, inflows=tuple(replace(each, flow=f"to-{each.queue}") for each in scenario.inflows)
    )


def twin(scenario: TwinScenario, seed: int) -> tuple[float, float]:
    """Calls per second of processor time, draws included, and the share answered within 20 seconds."""
    began = process_time()
    calls = PlayedCalls(scenario, draw(scenario, seed, 0))
    (WholeCentre if scenario.flows else DirectCentre)(scenario, calls).run()
    taken = process_time() - began
    waits = np.asarray(calls.answered) - np.asarray(calls.at)
    return len(calls.at) / taken, float((waits <= 20.0).mean())


# --- the peers -----------------------------------------------------------------------------------


class _Peer:
    """A SimPy model of the same calls: `caller` is the process of one of them."""

    def __init__(self, scenario: TwinScenario, seed: int) -> None:
        self.calls = PlayedCalls(scenario, draw(scenario, seed, 0))
        self.environment = simpy.Environment()
        self.in_time = 0

    def caller(self, call: int) -> Generator[simpy.Event, Any, None]:
        raise NotImplementedError

    def arrivals(self) -> Generator[simpy.Event, Any, None]:
        for call, at in enumerate(self.calls.at):
            yield self.environment.timeout(at - self.environment.now)
            self.environment.process(self.caller(call))

    def run(self) -> tuple[float, float]:
        """Calls per second of processor time, and the share answered within 20 seconds."""
        self.environment.process(self.arrivals())
        began = process_time()
        self.environment.run()
        taken = process_time() - began
        return len(self.calls.at) / taken, self.in_time / len(self.calls.at)


class Lists(_Peer):
    """Queues and free agents are lists."""

    def __init__(self, scenario: TwinScenario, seed: int) -> None:
        super().__init__(scenario, seed)
        self.free: deque[int] = deque(range(AGENTS))
        self.waiting: list[deque[tuple[float, simpy.Event]]] = [deque() for _ in range(SKILLS)]
        self.skills = [skills_of(agent) for agent in range(AGENTS)]

    def caller(self, call: int) -> Generator[simpy.Event, Any, None]:
        calls, environment, wanted = self.calls, self.environment, self.calls.inflow[call]
        agent = next((each for each in self.free if wanted in self.skills[each]), None)
        if agent is not None:
            self.free.remove(agent)
        else:
            place = (environment.now, environment.event())
            self.waiting[wanted].append(place)
            yield place[1] | environment.timeout(calls.patience[call])
            if not place[1].triggered:
                self.waiting[wanted].remove(place)
                return
            agent = int(place[1].value or 0)
        self.in_time += environment.now - calls.at[call] <= 20.0
        yield environment.timeout(calls.talk[call])
        lines = [self.waiting[skill] for skill in self.skills[agent] if self.waiting[skill]]
        if lines:
            min(lines, key=lambda line: line[0][0]).popleft()[1].succeed(agent)
        else:
            self.free.append(agent)


class Store(_Peer):
    """Agents are in a FilterStore, as SimPy's own documents do it."""

    def __init__(self, scenario: TwinScenario, seed: int) -> None:
        super().__init__(scenario, seed)
        self.free = simpy.FilterStore(self.environment)
        self.free.items.extend(range(AGENTS))
        self.skills = [skills_of(agent) for agent in range(AGENTS)]

    def caller(self, call: int) -> Generator[simpy.Event, Any, None]:
        calls, environment, wanted = self.calls, self.environment, self.calls.inflow[call]
        with self.free.get(lambda agent: wanted in self.skills[agent]) as got:
            found = yield got | environment.timeout(calls.patience[call])
            if got not in found:
                return
            agent = found[got]
        self.in_time += environment.now - calls.at[call] <= 20.0
        yield environment.timeout(calls.talk[call])
        yield self.free.put(agent)


class OneLine(_Peer):
    """One skill: a list of free agents and one queue."""

    def __init__(self, scenario: TwinScenario, seed: int) -> None:
        super().__init__(scenario, seed)
        self.free: deque[int] = deque(range(AGENTS))
        self.waiting: deque[simpy.Event] = deque()

    def caller(self, call: int) -> Generator[simpy.Event, Any, None]:
        calls, environment = self.calls, self.environment
        if self.free:
            agent = self.free.popleft()
        else:
            turn = environment.event()
            self.waiting.append(turn)
            yield turn | environment.timeout(calls.patience[call])
            if not turn.triggered:
                self.waiting.remove(turn)
                return
            agent = int(turn.value or 0)
        self.in_time += environment.now - calls.at[call] <= 20.0
        yield environment.timeout(calls.talk[call])
        if self.waiting:
            self.waiting.popleft().succeed(agent)
        else:
            self.free.append(agent)


def one_skill(calls: int) -> TwinScenario:
    """60 agents who serve one queue at the same load."""
    rate = LOAD / HANDLING
    intervals = max(1, round(calls / rate / HALF_HOUR))
    inflow = Inflow("q0", (rate * HALF_HOUR,) * intervals, RandomTime(HANDLING), patience=RandomTime(PATIENCE))
    crew = Crew("all", AGENTS, frozenset({"q0"}), (Attendance(0.0, intervals * HALF_HOUR),))
    return TwinScenario("one", "One skill", (inflow,), (QueueRule("q0"),), (crew,))


def at_once(calls: int = 1_000, copies: int = 1_000) -> float:
    """Calls per second of processor time of the fast model, its random numbers included."""
    taken = seconds(
        lambda: estimate(
            AGENTS, LOAD / HANDLING, RandomTime(HANDLING), RandomTime(PATIENCE), calls=calls, copies=copies
        )
    )
    return calls * copies / taken


# --- a year, a day, and Erlang A -------------------------------------------------------------------


def year(days: int = YEAR) -> TwinScenario:
    """242,150 enquiries in 250 days of 9 hours to 14 destinations, with priorities, overflow and retrials."""
    rising = [0.6, 0.9, 1.2, 1.4, 1.4, 1.3, 1.2, 1.0, 0.9, 1.0, 1.1, 1.0, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8]
    night = (0.0,) * 30
    shares = [2.0 ** -(number / 3) for number in range(14)]
    inflows, rules = [], []
    for number, share in enumerate(shares):
        mean = 242_150 * share / sum(shares) / YEAR / sum(rising)
        day = (*(mean * each for each in rising), *night)
        name = f"d{number}"
        inflows.append(
            Inflow(
                name, day * days, RandomTime(210.0, TimeShape.LOGNORMAL, 0.9), RandomTime(30.0), RandomTime(180.0),
                Retry(0.3, RandomTime(600.0)),
            )
        )  # fmt: skip
        helps = (Relaxation(0.0), Relaxation(60.0, also_queues=(f"d{(number + 1) % 14}",)))
        rules.append(QueueRule(name, priority=number % 3, ageing=0.1, steps=helps))
    stays = tuple(Attendance(day * 86_400.0, day * 86_400.0 + 32_400.0) for day in range(days))
    crews = tuple(
        Crew(f"crew {number}", 1, frozenset({f"d{number % 14}", f"d{(number * 5 + 3) % 14}", "d0", "d1"}), stays)
        for number in range(16)
    )
    return TwinScenario("year", "Year", tuple(inflows), tuple(rules), crews, pick_up=4.0)


def day(calls: float = 800.0) -> TwinScenario:
    """A day of 800 calls, five queues."""
    whole = model(1_000)
    intervals = 18
    inflows = tuple(
        Inflow(
            each.queue, (calls / SKILLS / intervals,) * intervals, RandomTime(210.0, TimeShape.LOGNORMAL, 0.9),
            RandomTime(30.0), RandomTime(180.0),
        )
        for each in whole.inflows
    )  # fmt: skip
    stay = Attendance(0.0, intervals * HALF_HOUR, ((9_000.0, 10_800.0),))
    crews = tuple(Crew(each.name, 1, each.queues, (stay,)) for each in whole.crews[:10])
    return TwinScenario("day", "Day", inflows, whole.queues, crews, pick_up=4.0)


def what_if_page(calls: float = 800.0) -> None:
    """What the page computes and plays when a fifth of the calls of a day become digital, over five weekdays."""
    day = tuple(calls / SKILLS * each / 18 for each in falling_day(18))
    queues = tuple(whatif.QueueLoad(f"q{each}", f"q{each}", day, HANDLING, 30.0, PATIENCE) for each in range(SKILLS))
    weekdays = tuple(whatif.CountedWeekday(each, 8, (day,) * SKILLS) for each in range(5))
    target = ServiceTarget(in_time=0.8, within=20.0)
    base = whatif.ScenarioBase(time(8), 30, 250.0, TMF_2020.supply, target, queues, weekdays=weekdays)
    changes = whatif.Changes(digital=0.2)
    compare_days(*played_days.of(base, whatif.compute(base, changes), changes, 20))


def seconds(act: Callable[[], object]) -> float:
    began = process_time()
    act()
    return process_time() - began


def beside_erlang() -> tuple[float, float]:
    """Service level of the twin less that of Erlang A, in points, and the half width: 12 agents, 12 Erlang."""
    agents, load, handling, patience, intervals = 12, 12.0, 180.0, 120.0, 100
    inflow = Inflow(
        "q", (load / handling * HALF_HOUR,) * intervals, RandomTime(handling), patience=RandomTime(patience)
    )
    stay = Attendance(0.0, intervals * HALF_HOUR)
    scenario = TwinScenario(
        "erlang", "Erlang A", (inflow,), (QueueRule("q"),), (Crew("all", agents, frozenset({"q"}), (stay,)),),
        warm_up=4 * HALF_HOUR,
    )  # fmt: skip
    found = run(scenario, 80, seed=11).estimate("service_level")
    exact = float(erlang_a(agents, load, handling, 20.0, patience).in_time)
    assert found.mean is not None
    assert found.half_width is not None
    return 100 * (found.mean - exact), 100 * found.half_width


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=40_000)
    options.add_argument("--days", type=int, default=YEAR, help="of the documented year")
    options.add_argument("--only-plain", action="store_true", help="the twin alone, as Python")
    asked = options.parse_args()
    scenario = model(asked.calls)
    if asked.only_plain:
        _print("plain_calls_per_second", max(twin(scenario, seed)[0] for seed in (1, 2, 3)), "1/s", "none")
        return
    turns = [(twin(scenario, seed), Lists(scenario, seed).run(), Store(scenario, seed).run()) for seed in (1, 2, 3)]
    ours, lists, store = (max(turn[which][0] for turn in turns) for which in range(3))
    levels = {name: round(turns[0][which][1], 4) for which, name in enumerate(("twin", "lists", "store"))}
    more = {"compiled": compiled.are_compiled(), "in_time": levels}
    _print(
        "calls_per_second", ours, "1/s", "ratio >= 1.5", peer="SimPy with lists", peer_value=round(lists),
        ratio=round(ours / lists, 2), **more,
    )  # fmt: skip
    _print(
        "calls_per_second_beside_a_store", ours, "1/s", "ratio >= 3", peer="SimPy FilterStore", peer_value=round(store),
        ratio=round(ours / store, 2), compiled=compiled.are_compiled(),
    )  # fmt: skip
    few = model(asked.calls // 4)
    for name, other in (("with_rules", with_rules(few)), ("whole_centre", met_by_flows(few))):
        rate = max(twin(other, seed)[0] for seed in (1, 2))
        _print(
            f"{name}_calls_per_second", rate, "1/s", "none", peer="SimPy with lists, no rules and no flow",
            peer_value=round(lists), ratio=round(rate / lists, 2), compiled=compiled.are_compiled(),
        )  # fmt: skip
    fast = max(at_once() for _ in range(3))
    line = max(OneLine(one_skill(asked.calls), seed).run()[0] for seed in (1, 2))
    _print(
        "calls_per_second_of_one_queue", fast, "1/s", "ratio >= 40", peer="SimPy with lists, one skill",
        peer_value=round(line), ratio=round(fast / line, 1),
    )  # fmt: skip
    _times(asked.days)
    points, half_width = beside_erlang()
    _print("service_level_beside_erlang_a", abs(points), "points", "<= 0.5", half_width=round(half_width, 3))
    if compiled.are_compiled():
        plain = [sys.executable, "-m", "benches.simulate", "--calls", str(asked.calls), "--only-plain"]
        subprocess.run(plain, env=os.environ | {compiled.VARIABLE: "false"}, check=True)


def _times(days: int) -> None:
    """How long a year, a day and the page of a what-if take. With fewer days the year has no goal."""
    whole = days == YEAR
    with_engines = {"compiled": compiled.are_compiled()}
    _print("year_of_242150", seconds(lambda: run(year(days), 1)), "s", "<= 15" if whole else "none", **with_engines)
    _print("year_with_flows", seconds(lambda: run(met_by_flows(year(days)), 1)), "s", "none", **with_engines)
    _print("day_of_800_20_times", seconds(lambda: run(day(), 20)), "s", "<= 2", **with_engines)
    _print("what_if_page", seconds(what_if_page), "s", "<= 2", **with_engines)


def _print(name: str, value: float, unit: str, goal: str, **more: Any) -> None:
    print(
        json.dumps({"bench": "simulate", "figure": name, "value": round(value, 3), "unit": unit, "goal": goal, **more}),
        flush=True,
    )


if __name__ == "__main__":
    main()
