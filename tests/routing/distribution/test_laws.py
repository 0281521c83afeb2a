"""Laws of the distributor for any sequence of events, including invalid and repeated ones and a clock that jumps.

The engine and a brute-force reference get the same events, and their decisions must be equal. In addition, the laws
are checked on the engine from outside. Times are multiples of a quarter second, so that no rounding hides a tie.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from indgang.routing.distribution.decision import Decision, ItemState, Offer, Reason, Withdraw
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import NOTHING, Agent, Choose, Item, QueueRule, Relaxation, Requirement
from tests import sample
from tests.routing.distribution.reference import EXCLUSIVE, Reference, Work

QUEUES = ("tmf", "bif", "keh")
SKILLS = ("dansk", "byg")
AGENTS = ("anna", "bo", "carl", "dora")
ITEMS = ("i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8")
NOBODY, NOTHING_KNOWN = "nobody", "no-item"

quarters = st.integers(0, 400).map(lambda number: number / 4)
some_skills = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=2)
requirements = st.one_of(st.just(NOTHING), some_skills.map(Requirement.of))
some_queues = st.frozensets(st.sampled_from(QUEUES), min_size=1)
capacities = st.sampled_from(
    [
        {"call": 1},
        {"call": 1, "mail": 2},
        {"mail": 3},
        {"call": 0},
        {"call": 1, "video": 1},
        {"call": 1, "callback": 1, "mail": 1},
    ]
)
agent_ids = st.sampled_from((*AGENTS, NOBODY))
item_ids = st.sampled_from((*ITEMS, NOTHING_KNOWN))

agents = st.builds(
    Agent,
    agent=st.sampled_from(AGENTS),
    queues=some_queues,
    skills=some_skills,
    capacity=capacities,
    interrupts=st.sampled_from([frozenset[str](), frozenset({"call"})]),
)


@st.composite
def rules(draw: st.DrawFn) -> QueueRule:
    """A rule with up to three steps, each of which drops or lowers skills and adds queues."""
    need, after = dict(draw(some_skills)), 0.0
    also: list[str] = []
    steps = [Relaxation(0.0, Requirement.of(need))]
    for _ in range(draw(st.integers(0, 2))):
        after += draw(st.integers(1, 40))
        need = {skill: draw(st.integers(1, level)) for skill, level in need.items() if draw(st.booleans())}
        also = sorted({*also, *draw(st.frozensets(st.sampled_from(QUEUES), max_size=1))})
        steps.append(Relaxation(after, Requirement.of(need), tuple(also)))
    return QueueRule(
        queue=draw(st.sampled_from(QUEUES)),
        priority=draw(st.integers(-2, 2)),
        ageing=draw(st.sampled_from([0.0, 0.125, 0.5, 2.0])),
        steps=tuple(steps),
        ring_seconds=draw(st.sampled_from([5.0, 20.0, float("inf")])),
        wrap_up_seconds=draw(st.sampled_from([0.0, 10.0])),
        reserved=draw(st.sampled_from([0, 0, 0, 1, 2])),
        choose=draw(st.sampled_from(Choose)),
        rings=draw(st.booleans()),
        closed=draw(st.sampled_from([False, False, False, True])),
        reoffer_seconds=draw(st.sampled_from([0.0, 15.0, 60.0])),
        min_reoffer_seconds=draw(st.sampled_from([0.0, 15.0, 20.0])),
    )


def mild_rules(queue: str) -> st.SearchStrategy[QueueRule]:
    """A rule under which everybody who serves the queue can take its items."""
    return st.builds(
        QueueRule,
        queue=st.just(queue),
        priority=st.integers(0, 2),
        ageing=st.sampled_from([0.0, 0.125, 0.5]),
        ring_seconds=st.just(60.0),
        reserved=st.sampled_from([0, 0, 1]),
        choose=st.sampled_from(Choose),
        reoffer_seconds=st.sampled_from([15.0, 40.0]),
        min_reoffer_seconds=st.sampled_from([0.0, 15.0]),
    )


def plain(decision: Decision) -> tuple[Any, ...]:
    """A decision in the format of the reference."""
    name = {"WrapUpOver": "wrap_up_over", "NotAnswering": "not_answering"}.get(type(decision).__name__)
    fields = (getattr(decision, field, None) for field in ("item", "agent", "step"))
    return (name or type(decision).__name__.lower(), *(value for value in fields if value is not None))


class DistributionLaws(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.engine, self.reference = Distributor(), Reference()
        self.told: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.heard: list[list[Decision]] = []
        self.known: set[str] = set()
        self.ringing: set[tuple[str, str]] = set()
        self.resting: dict[tuple[str, str], tuple[Work, float]] = {}
        self.held: dict[str, str] = {}
        self.now = 1000.0

    def tell(self, event: str, *args: Any, **more: Any) -> list[Decision]:
        self.told.append((event, args, {"at": self.now, **more}))
        decisions: list[Decision] = getattr(self.engine, event)(*args, at=self.now, **more)
        self.heard.append(decisions)
        expected = self.reference.tell(event, *args, at=self.now, **more)
        assert [plain(decision) for decision in decisions] == expected
        self.follow(event, args, decisions)
        self.check_offers(decisions)
        self.check_held(event, args)
        return decisions

    def check_offers(self, decisions: list[Decision]) -> None:
        """No agent exceeds a capacity; only kinds that may interrupt are offered beside other work, one at a time."""
        for number, offer in enumerate(decisions):
            if not isinstance(offer, Offer) or (offer.item, offer.agent) not in self.ringing:
                continue
            # a call may be offered beside a mail that was offered earlier, but not the other way round
            later = {each.item for each in decisions[number + 1 :] if isinstance(each, Offer)}
            person, kind = self.reference.people[offer.agent], self.reference.work[offer.item].item.kind
            assert person.agent is not None
            in_hand = [self.reference.work[item] for item in (*person.offers, *person.holds)]
            assert sum(work.item.kind == kind for work in in_hand) <= person.agent.capacity.get(kind, 0)
            others = [work for work in in_hand if work.item.item not in {offer.item, *later}]
            assert not any(work.item.kind in EXCLUSIVE for work in others), "somebody talks, or is rung"
            if kind in EXCLUSIVE and others:
                assert kind in person.agent.interrupts
                rung = [work for work in others if work.state == "offered"]
                assert not any(self.reference.rules[work.item.queue].ring_seconds < float("inf") for work in rung)

    def check_held(self, event: str, args: tuple[Any, ...]) -> None:
        """An item in hand stays with its agent through all interruptions, until the agent or the contact ends it."""
        for item, agent in self.held.items():
            ends = event in ("finish", "leave", "occupy", "arrive") and self._is_about(event, args, item)
            assert ends or self.engine.agent_of(item) == agent, (event, args, item)
        held = {item: self.engine.agent_of(item) for item in self.known if self.engine.state_of(item) is ItemState.HELD}
        self.held = {item: agent for item, agent in held.items() if agent is not None}

    def _is_about(self, event: str, args: tuple[Any, ...], item: str) -> bool:
        return item in ((args[0].item,) if event == "arrive" else args)

    def follow(self, event: str, args: tuple[Any, ...], decisions: list[Decision]) -> None:
        """Each offer ends in exactly one way, and rings at one agent only, never during a re-offer delay."""
        if event == "accept":
            self.ringing.discard((args[0], args[1]))
        elif event == "occupy":
            self.ringing.discard((args[1], args[0]))
        for decision in decisions:
            if isinstance(decision, Withdraw):
                self.ringing.remove((decision.item, decision.agent))
                work, rest = self.reference.work.get(decision.item), dict(decision.reasons).get(Reason.REOFFER_EARLIEST)
                if work is not None and isinstance(rest, float):
                    self.resting[decision.item, decision.agent] = (work, rest)
            elif isinstance(decision, Offer):
                assert decision.item not in {item for item, _ in self.ringing}
                self.ringing.add((decision.item, decision.agent))
                refused, until = self.resting.get((decision.item, decision.agent), (None, 0.0))
                assert refused is not self.reference.work[decision.item] or until <= self.reference.now

    @initialize(mild=st.tuples(*(mild_rules(queue) for queue in QUEUES)), number=st.integers(1, 3))
    def a_centre_opens(self, mild: tuple[QueueRule, ...], number: int) -> None:
        for queue_rule in mild:
            self.tell("set_rule", queue_rule)
        for agent in AGENTS[:number]:
            self.tell("agent_on", Agent(agent, frozenset(QUEUES), {"dansk": 5, "byg": number}))

    # --- events

    @rule(seconds=quarters)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.tell("tick")

    @rule(seconds=quarters)
    def clock_jumps_back(self, seconds: float) -> None:
        self.now = max(0.0, self.now - seconds)

    @rule()
    def next_due_comes(self) -> None:
        due = self.engine.next_due()
        if due is None:
            return
        assert due > self.reference.now
        self.now = (due + self.reference.now) / 2
        assert self.tell("tick") == []
        self.now = due
        self.tell("tick")

    @rule(
        item=item_ids,
        queue=st.sampled_from((*QUEUES, *QUEUES, "unknown")),
        kind=st.sampled_from(["call", "call", "mail", "video", "callback"]),
        waited=st.one_of(st.just(0.0), st.integers(-10, 60).map(float)),
        priority=st.integers(0, 2),
        requirement=requirements,
        preferred=st.one_of(st.none(), agent_ids),
        preferred_seconds=st.sampled_from([0.0, 10.0, 30.0]),
        personal=st.one_of(st.none(), st.none(), st.none(), agent_ids),
    )
    def item_arrives(self, item: str, queue: str, waited: float, **more: Any) -> None:
        self.known.add(item)
        self.tell("arrive", Item(item, queue, self.now - waited, **more))

    @rule(item=st.sampled_from(ITEMS), queue=st.sampled_from(QUEUES))
    def call_arrives(self, item: str, queue: str) -> None:
        self.known.add(item)
        self.tell("arrive", Item(item, queue, self.now))

    @rule(calls=st.lists(st.tuples(st.sampled_from(ITEMS), st.sampled_from(QUEUES), st.integers(0, 3)), max_size=5))
    def many_call(self, calls: list[tuple[str, str, int]]) -> None:
        for item, queue, priority in calls:
            if item not in self.known:
                self.now += priority
                self.known.add(item)
                self.tell("arrive", Item(item, queue, self.now, priority=priority))

    @rule()
    def everybody_answers(self) -> None:
        for item, agent in sorted(self.ringing):
            if (item, agent) in self.ringing:
                self.tell("accept", item, agent)

    @rule(choice=st.integers(0, 9))
    def somebody_refuses(self, choice: int) -> None:
        self.agent_answers_something("refuse", choice)

    @rule(item=item_ids)
    def item_arrives_again(self, item: str) -> None:
        if item in self.reference.work:
            assert not [d for d in self.tell("arrive", self.reference.work[item].item) if isinstance(d, Withdraw)]

    @rule(item=item_ids)
    def item_leaves(self, item: str) -> None:
        self.known.discard(item)
        self.tell("leave", item)

    @rule(agent=agents, state=st.sampled_from(["ready", "ready", "ready", "paused", "not_responding", "wrap_up"]))
    def agent_signs_in(self, agent: Agent, state: str) -> None:
        self.tell("agent_on", agent, state=state, until=self.now + 10 if agent.skills else None)

    @rule(agent=st.sampled_from(AGENTS))
    def able_agent_signs_in(self, agent: str) -> None:
        self.tell("agent_on", Agent(agent, frozenset(QUEUES), {"dansk": 5, "byg": 5}))

    @rule(agent=agents)
    def agent_changes(self, agent: Agent) -> None:
        self.tell("set_agent", agent)

    @rule(event=st.sampled_from(["agent_off", "pause", "ready", "ready", "wrap_up_over"]), agent=agent_ids)
    def agent_says(self, event: str, agent: str) -> None:
        self.tell(event, agent)

    @rule(agent=agent_ids, seconds=st.sampled_from([-5.0, 0.0, 7.5]))
    def agent_extends_wrap_up(self, agent: str, seconds: float) -> None:
        self.tell("extend_wrap_up", agent, seconds)

    @rule(event=st.sampled_from(["accept", "refuse", "no_answer", "finish"]), item=item_ids, agent=agent_ids)
    def agent_answers_anything(self, event: str, item: str, agent: str) -> None:
        if event == "finish" and self.engine.agent_of(item) == agent and self.engine.state_of(item) == "held":
            self.known.discard(item)
        self.tell(event, item, agent)

    @rule(event=st.sampled_from(["accept", "accept", "refuse", "no_answer"]), choice=st.integers(0, 9))
    def agent_answers_what_rings(self, event: str, choice: int) -> None:
        self.agent_answers_something(event, choice)

    def agent_answers_something(self, event: str, choice: int) -> None:
        ringing = sorted(self.ringing)
        if ringing:
            self.tell(event, *ringing[choice % len(ringing)])

    @rule(choice=st.integers(0, 9), wrap_up=st.sampled_from([None, 0.0, -1.0, 12.0, float("nan")]))
    def agent_finishes(self, choice: int, wrap_up: float | None) -> None:
        held = sorted((item, work.agent) for item, work in self.reference.work.items() if work.state == "held")
        if held:
            item, agent = held[choice % len(held)]
            self.known.discard(item)
            wrap = {} if wrap_up != wrap_up else {"wrap_up": wrap_up}
            self.tell("finish", item, agent, **wrap)

    @rule(agent=agent_ids, item=item_ids, kind=st.sampled_from(["call", "mail"]))
    def agent_is_occupied(self, agent: str, item: str, kind: str) -> None:
        self.known.add(item)
        self.tell("occupy", agent, item, kind=kind)

    @rule(queue_rule=rules())
    def rule_changes(self, queue_rule: QueueRule) -> None:
        self.tell("set_rule", queue_rule)

    # --- laws

    @invariant()
    def every_item_has_exactly_one_state_and_none_is_lost(self) -> None:
        waiting = [item for queue in (*QUEUES, "unknown") for item in self.engine.waiting(queue)]
        in_hand = [item for agent in (*AGENTS, NOBODY) for item in self.engine.in_hand(agent)]
        assert sorted(waiting + in_hand) == sorted(self.known)
        for item in (*ITEMS, NOTHING_KNOWN):
            state = self.engine.state_of(item)
            assert (state is ItemState.WAITING) == (item in waiting)
            assert (state in (ItemState.OFFERED, ItemState.HELD)) == (item in in_hand)
            assert (state is ItemState.DONE) == (item not in self.known)
            assert (state is ItemState.OFFERED) == (item in {ringing for ringing, _ in self.ringing})

    @invariant()
    def states_are_those_of_the_reference(self) -> None:
        for item, work in self.reference.work.items():
            assert self.engine.state_of(item) == work.state
            assert self.engine.agent_of(item) == work.agent

    @invariant()
    def nobody_is_offered_a_call_beside_other_work(self) -> None:
        for agent, person in self.reference.people.items():
            kinds = [self.reference.work[item].item.kind for item in person.offers]
            talks = [self.reference.work[item].item.kind in ("call", "video") for item in person.holds]
            assert sum(kind in ("call", "video") for kind in kinds) <= 1
            assert not (person.offers and any(talks)), agent

    @invariant()
    def with_somebody_free_and_able_no_item_waits(self) -> None:
        """An agent is able after the re-offer delay: the longer one if others can take the item, else the shorter."""
        for work in self.reference.work.values():
            assert work.state != "waiting" or self.reference.candidates(work) == []

    @invariant()
    def position_counts_those_in_front_and_the_expected_wait_grows_with_it(self) -> None:
        for queue in QUEUES:
            items = self.engine.waiting(queue)
            assert [self.engine.position(item) for item in items] == list(range(1, len(items) + 1))
            waits = [self.engine.expected_wait(item, self.now) for item in items]
            known = [wait for wait in waits if wait is not None]
            assert known == sorted(known)

    def teardown(self) -> None:
        """The same events give the same decisions."""
        again = Distributor()
        for (event, args, more), before in zip(self.told, self.heard, strict=True):
            assert getattr(again, event)(*args, **more) == before


DistributionLaws.TestCase.settings = settings(
    max_examples=sample.examples(250), stateful_step_count=50, report_multiple_bugs=False
)
TestDistributionLaws = DistributionLaws.TestCase
