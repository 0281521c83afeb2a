"""Whole busy days, generated from a seed and run on the distributor and the reference: long runs find more errors."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import Agent, Choose, Item, QueueRule, Relaxation, Requirement
from tests.routing.distribution.reference import Reference
from tests.routing.distribution.test_laws import plain

QUEUES = ("tmf", "bif", "keh", "alarm")
EVENTS = 1_500


class Day:
    """A centre of ten agents with an event every few seconds."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.engine, self.reference = Distributor(), Reference()
        self.now, self.items, self.offers = 1000.0, 0, 0
        for priority, queue in enumerate(QUEUES):
            self.tell("set_rule", self.rule(queue, priority))
        for number in range(10):
            self.tell("agent_on", self.agent(number))

    def tell(self, event: str, *args: Any, **more: Any) -> None:
        said = [plain(decision) for decision in getattr(self.engine, event)(*args, at=self.now, **more)]
        assert said == self.reference.tell(event, *args, at=self.now, **more)
        self.offers += sum(decision[0] == "offer" for decision in said)

    def rule(self, queue: str, priority: int) -> QueueRule:
        steps = (
            Relaxation(0, Requirement.of({"dansk": 3})),
            Relaxation(40, Requirement.of({"dansk": 1}), (QUEUES[0],)),
        )
        draw = self.random
        return QueueRule(
            queue,
            priority=priority,
            ageing=draw.choice((0.0, 0.125, 0.25)),
            steps=draw.choice((steps, (Relaxation(0),))),
            ring_seconds=15,
            wrap_up_seconds=draw.choice((0, 20)),
            reserved=draw.choice((0, 1)) if queue == "alarm" else 0,
            choose=draw.choice(tuple(Choose)),
            reoffer_seconds=45,
            min_reoffer_seconds=draw.choice((0, 12)),
        )

    def agent(self, number: int) -> Agent:
        draw = self.random
        return Agent(
            f"a{number}",
            frozenset(draw.sample(QUEUES, draw.randint(1, 4))),
            {"dansk": draw.randint(1, 5), "byg": draw.randint(0, 5)},
            {"call": 1, "mail": draw.randint(0, 3)},
            interrupts=frozenset(draw.sample(("call",), draw.randint(0, 1))),
        )

    def happen(self) -> None:
        draw = self.random
        self.now += draw.randint(0, 12) / 4
        work = self.reference.work
        ringing = sorted((item, w.agent) for item, w in work.items() if w.state == "offered")
        held = sorted((item, w.agent) for item, w in work.items() if w.state == "held")
        chance = draw.random()
        if chance < 0.30:
            self.arrive()
        elif chance < 0.52 and ringing:
            self.tell(draw.choice(("accept", "accept", "accept", "refuse", "no_answer")), *draw.choice(ringing))
        elif chance < 0.70 and held:
            self.tell("finish", *draw.choice(held), wrap_up=draw.choice((None, None, 0.0, 8.0)))
        elif chance < 0.74 and work:
            self.tell("leave", draw.choice(sorted(work)))
        elif chance < 0.94:
            self.tell(draw.choice(("ready", "ready", "ready", "ready", "pause", "wrap_up_over")), self.name())
        else:
            self.something_rare()

    def name(self) -> str:
        return f"a{self.random.randrange(10)}"

    def arrive(self) -> None:
        draw = self.random
        self.items += 1
        item = Item(
            f"i{self.items}",
            draw.choice(QUEUES),
            self.now - draw.choice((0, 0, 0, 30)),
            kind=draw.choice(("call", "call", "mail")),
            priority=draw.choice((0, 0, 2)),
            requirement=draw.choice((Requirement(), Requirement.of({"byg": 3}))),
            preferred=draw.choice((None, None, self.name())),
            preferred_seconds=draw.choice((0, 20)),
            personal=self.name() if draw.random() < 0.05 else None,
        )
        self.tell("arrive", item)

    def something_rare(self) -> None:
        draw = self.random
        match draw.randrange(6):
            case 0:
                self.tell("agent_off", self.name())
            case 1:
                self.tell("agent_on", self.agent(draw.randrange(10)), state=draw.choice(("ready", "paused")))
            case 2:
                self.tell("set_agent", self.agent(draw.randrange(10)))
            case 3:
                number = draw.randrange(4)
                self.tell("set_rule", self.rule(QUEUES[number], number))
            case 4:
                self.tell("occupy", self.name(), draw.choice(sorted(self.reference.work) or ["outside"]))
            case _:
                self.tell("extend_wrap_up", self.name(), 5.0)


@pytest.mark.generated
@pytest.mark.parametrize("seed", range(8))
def test_a_busy_day_goes_as_the_reference_says(seed: int) -> None:
    day = Day(seed)
    for _ in range(EVENTS):
        day.happen()
    assert day.offers > 200
