"""How fast the distributor decides: 1,000 agents, 20 skills, 2,000 waiting items, and the effect of the queue length.

A round is the work of the distributor for one call in a busy centre. An item arrives and waits. An agent finishes
another item, goes through wrap-up, is offered the first item for them, and accepts it. So the number of waiting items
is constant. A round makes two decisions, WrapUpOver and Offer; the headline figure counts only offers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import log2
from random import Random
from time import process_time

from indgang.routing.distribution.decision import Offer
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import Agent, AgentId, Item, ItemId, QueueRule, Relaxation, Requirement

AGENTS, SKILLS, WAITING = 1_000, 20, 2_000
FEWEST, MOST = 200, 20_000
ROUNDS, REPEATS = 4_000, 5
SPACING = 0.05  # seconds between rounds: 20 calls a second, as many as 1,000 agents can answer


@dataclass
class Centre:
    """A distributor with all agents busy and this number of items waiting; `held` maps each agent to their item."""

    distributor: Distributor
    held: dict[AgentId, ItemId]
    random: Random
    now: float
    numbers: Iterator[int]

    def item(self, after: float = 0.0) -> Item:
        """The next caller, `after` seconds from now, to any of the queues; every fourth has priority."""
        number = next(self.numbers)
        queue = f"q{self.random.randrange(SKILLS)}"
        return Item(f"i{number}", queue, self.now + after, priority=self.random.choice((0, 0, 0, 5)))

    def round(self, agent: AgentId, item: Item) -> int:
        """One call through the distributor. Returns the number of offers."""
        self.now = now = item.arrived
        tell = self.distributor
        decisions = tell.arrive(item, now)
        decisions += tell.finish(self.held.pop(agent), agent, now)
        decisions += tell.wrap_up_over(agent, now)
        offers = [decision for decision in decisions if isinstance(decision, Offer)]
        for offer in offers:
            tell.accept(offer.item, offer.agent, now)
            self.held[offer.agent] = offer.item
        return len(offers)


def rule(number: int) -> QueueRule:
    """One queue per skill: first level 3 is required, then level 1, then the neighbouring queue's agents may help."""
    skill = f"s{number}"
    steps = (
        Relaxation(0.0, Requirement.of({skill: 3})),
        Relaxation(60.0, Requirement.of({skill: 1})),
        Relaxation(180.0, Requirement.of({skill: 1}), (f"q{(number + 1) % SKILLS}",)),
    )
    return QueueRule(f"q{number}", priority=number % 3, ageing=0.1 + number / 100, steps=steps, wrap_up_seconds=30.0)


def agent(number: int, random: Random) -> Agent:
    """An agent with two to six skills, who serves the queues of these."""
    mine = random.sample(range(SKILLS), random.randint(2, 6))
    skills = {f"s{skill}": random.randint(1, 5) for skill in mine}
    return Agent(f"a{number}", frozenset(f"q{skill}" for skill in mine), skills)


def centre(waiting: int) -> Centre:
    """All agents talking, `waiting` items in the queues with arrivals over the last five minutes."""
    random = Random(20)
    built = Centre(Distributor([rule(n) for n in range(SKILLS)]), {}, random, 1_000_000.0, count())
    tell = built.distributor
    for number in range(AGENTS):
        tell.agent_on(agent(number, random), built.now)
        tell.occupy(f"a{number}", f"talk{number}", built.now)
        built.held[f"a{number}"] = f"talk{number}"
    for _ in range(waiting):
        built.now += 300.0 / waiting
        tell.arrive(built.item(), built.now)
    return built


def offers_per_second(built: Centre) -> float:
    """Offers per second of processor time while the number of items waiting stays the same."""
    rounds = [(f"a{built.random.randrange(AGENTS)}", built.item(SPACING * n)) for n in range(1, ROUNDS + 1)]
    offers, started = 0, process_time()
    for chosen, item in rounds:
        if chosen in built.held:
            offers += built.round(chosen, item)
    return offers / (process_time() - started)


def best_of_repeats(*waiting: int) -> list[float]:
    """The best figure for each number of waiting items; they take turns, so that other load affects all alike."""
    centres = [centre(number) for number in waiting]
    taken = [[offers_per_second(built) for built in centres] for _ in range(REPEATS)]
    return [max(column) for column in zip(*taken, strict=True)]


def figure(name: str, value: float, unit: str, goal: str) -> None:
    """Print one figure."""
    line = {"bench": "distribution", "figure": name, "value": round(value, 3), "unit": unit, "goal": goal}
    print(json.dumps(line), flush=True)


def main() -> None:
    """Print the figures, one JSON object per line."""
    few, usual, many = best_of_repeats(FEWEST, WAITING, MOST)
    figure("decisions_per_second", usual, "1/s", ">= 20000")
    allowed = (log2(MOST) / log2(FEWEST)) ** 2
    figure(f"cost_growth_{FEWEST}_to_{MOST}_waiting", few / many, "times", f"< {allowed:.2f} (log squared)")


if __name__ == "__main__":
    main()
