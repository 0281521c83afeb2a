"""The loop of the twin where calls go straight into their queue: the live distributor decides who is offered what.

Nothing random happens here: all times were drawn before. Moments at the same time are handled in the order in which
they were planned. May be compiled (`routing.engines`); that changes its speed only.
"""

from __future__ import annotations

from heapq import heappop, heappush

from indgang.routing.distribution.decision import Decision, Offer, SeatState, Withdraw
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import EXCLUSIVE_KINDS, Agent, Item
from indgang.staffing.twin.calls import NEVER, NOBODY, PlayedCalls, staff_of
from indgang.staffing.twin.scenario import TwinScenario

#: what a planned moment is: the first three are about a person, the others about a call
COMES, RESTS, RETURNS, GOES, ARRIVES, GIVES_UP, PICKS_UP, ENDS = range(8)


class DirectCentre:
    """Plays one replication: `run` fills in what happened to the calls."""

    def __init__(self, scenario: TwinScenario, calls: PlayedCalls) -> None:
        self.calls = calls
        self.queues: list[str] = [inflow.queue for inflow in scenario.inflows]
        self.kinds: list[str] = [inflow.kind for inflow in scenario.inflows]
        self.pick_up, self.closes = scenario.pick_up, scenario.ends
        self.distributor = Distributor(scenario.queues)
        self.agents: list[Agent] = []
        #: planned moments: when, in which order they were planned, what, and whom it is about
        self.heap: list[tuple[float, int, int, int]] = []
        self.planned = 0
        #: by call that rings, when it is picked up
        self.ringing: dict[int, float] = {}
        #: by person, work in hand that a call interrupts
        self.beside: dict[int, list[int]] = {}
        self.blends = any(kind not in EXCLUSIVE_KINDS for kind in self.kinds)
        for person, number in enumerate(staff_of(scenario)):
            crew = scenario.crews[number]
            capacity, interrupts = dict(crew.capacity), crew.interrupts
            self.agents.append(Agent(str(person), crew.queues, dict(crew.skills), capacity, interrupts))
            for stay in crew.attendances:
                self.plan(stay.begins, COMES, person)
                for begins, ends in stay.breaks:
                    self.plan(begins, RESTS, person)
                    self.plan(ends, RETURNS, person)
                self.plan(stay.ends, GOES, person)

    def plan(self, at: float, what: int, whom: int) -> None:
        self.planned += 1
        heappush(self.heap, (at, self.planned, what, whom))

    def run(self) -> None:
        """Play until nothing is planned and nobody else arrives. Who waits then, waits for ever."""
        heap, distributor, arrivals = self.heap, self.distributor, self.calls.at
        coming, count = 0, len(arrivals)
        while True:
            next_call = arrivals[coming] if coming < count else NEVER
            next_moment = heap[0][0] if heap else NEVER
            first = next_call if next_call < next_moment else next_moment
            due = distributor.next_due()
            if due is not None and due < first:
                self.handle(distributor.tick(due), due)
            elif first == NEVER:
                return
            elif next_call < next_moment:
                self.arrives(coming, next_call)
                coming += 1
            else:
                at, _, what, whom = heappop(heap)
                self.happens(what, whom, at)

    def happens(self, what: int, whom: int, at: float) -> None:
        if what == ENDS:
            self.ends(whom, at)
        elif what == GIVES_UP:
            self.gives_up(whom, at)
        elif what == PICKS_UP:
            self.picks_up(whom, at)
        elif what == ARRIVES:
            self.arrives(whom, at)
        else:
            self.handle(self.presence(what, whom, at), at)

    def presence(self, what: int, person: int, at: float) -> list[Decision]:
        distributor = self.distributor
        if what == COMES:
            return distributor.agent_on(self.agents[person], at, SeatState.READY)
        if what == RESTS:
            return distributor.pause(str(person), at)
        if what == RETURNS:
            return distributor.ready(str(person), at)
        return distributor.agent_off(str(person), at)

    # --- calls -----------------------------------------------------------------------------------

    def arrives(self, call: int, at: float) -> None:
        calls = self.calls
        inflow = calls.inflow[call]
        item = Item(str(call), self.queues[inflow], at, self.kinds[inflow])
        self.handle(self.distributor.arrive(item, at), at)
        patience = calls.patience[call]
        if calls.answered[call] == NEVER and patience != NEVER:
            self.plan(at + patience, GIVES_UP, call)

    def gives_up(self, call: int, at: float) -> None:
        """The caller hangs up, unless somebody has answered."""
        calls = self.calls
        if calls.answered[call] != NEVER:
            return
        calls.left[call] = at
        self.handle(self.distributor.leave(str(call), at), at)
        calls.person[call] = NOBODY
        returns = at + calls.returns[call]
        if returns < self.closes:
            self.plan(returns, ARRIVES, calls.again(call, returns))

    def handle(self, decisions: list[Decision], at: float) -> None:
        """Carry out what the distributor decided. An offer rings for a time, or is taken at once."""
        for decision in decisions:
            if isinstance(decision, Offer):
                call = int(decision.item)
                self.calls.person[call] = int(decision.agent)
                self.ringing[call] = at + self.pick_up
                if self.pick_up:
                    self.plan(at + self.pick_up, PICKS_UP, call)
                else:
                    self.picks_up(call, at)
            elif isinstance(decision, Withdraw):
                self.ringing.pop(int(decision.item), None)

    def picks_up(self, call: int, at: float) -> None:
        """The person takes the call, if it still rings where it rang. Work beside it waits meanwhile."""
        calls, person = self.calls, self.calls.person[call]
        if self.ringing.get(call) != at:
            return
        del self.ringing[call]
        calls.answered[call] = at
        over = calls.over[call] = at + calls.talk[call]
        if self.blends:
            self.sets_aside(call, person)
        self.plan(over, ENDS, call)
        self.handle(self.distributor.accept(str(call), str(person), at), at)

    def sets_aside(self, call: int, person: int) -> None:
        beside = self.beside.setdefault(person, [])
        if self.kinds[self.calls.inflow[call]] in EXCLUSIVE_KINDS:
            for other in beside:
                self.calls.over[other] += self.calls.talk[call] + self.calls.wrap_up[call]
        else:
            beside.append(call)

    def ends(self, call: int, at: float) -> None:
        """The conversation is over, and wrap-up begins; work that was interrupted goes on first."""
        calls = self.calls
        if calls.over[call] > at:
            self.plan(calls.over[call], ENDS, call)
            return
        person, wrap_up = calls.person[call], calls.wrap_up[call]
        if self.blends and call in self.beside[person]:
            self.beside[person].remove(call)
        calls.over[call] = at + wrap_up
        self.handle(self.distributor.finish(str(call), str(person), at, wrap_up), at)
