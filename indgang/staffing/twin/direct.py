"""The loop of the twin where calls go straight into their queue: the live distributor decides who is offered what.

Nothing random happens here: all times were drawn before. Moments at the same time are handled in the order in which
they were planned. May be compiled (`routing.engines`); that changes its speed only.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

from indgang.routing.distribution.decision import Decision, Offer, SeatState, Withdraw
from indgang.routing.distribution.distributor import Distributor
from indgang.routing.distribution.requirement import EXCLUSIVE_KINDS, Agent, Item
from indgang.staffing.twin.asking import asking
from indgang.staffing.twin.calls import NEVER, NOBODY, PlayedCalls, staff_of
from indgang.staffing.twin.scenario import TwinScenario

#: what a planned moment is about a person ...
COMES: Final = 0
RESTS: Final = 1
RETURNS: Final = 2
GOES: Final = 3
#: ... and about a call; `Final` numbers are constants in compiled code
ARRIVES: Final = 4
GIVES_UP: Final = 5
PICKS_UP: Final = 6
ENDS: Final = 7
#: what is planned is one number: in which order it was planned, whom it is about, and which of the eight it is
WHAT: Final = 7
WHOM: Final = 16_777_215
BITS: Final = 3
ORDER: Final = 134_217_728
#: later than any moment: `NEVER` is
LATEST: Final = 1e300


class DirectCentre:
    """Plays one replication: `run` fills in what happened to the calls."""

    def __init__(self, scenario: TwinScenario, calls: PlayedCalls) -> None:
        self.calls = calls
        # the lists of the calls as attributes of its own: compiled, these are read without a search by name
        self.inflow, self.patience, self.returns = calls.inflow, calls.patience, calls.returns
        self.talk, self.wrap_up, self.person = calls.talk, calls.wrap_up, calls.person
        self.answered, self.over, self.left = calls.answered, calls.over, calls.left
        self.queues: list[str] = [inflow.queue for inflow in scenario.inflows]
        self.kinds: list[str] = [inflow.kind for inflow in scenario.inflows]
        self.pick_up, self.closes = scenario.pick_up, scenario.ends
        self.distributor = Distributor(scenario.queues)
        self.asks = asking(scenario, calls)
        self.agents: list[Agent] = []
        #: people and calls as the distributor knows them
        self.names: list[str] = []
        self.items: list[str] = [str(call) for call in range(len(calls.at))]
        #: planned moments: when, and what (see `ORDER`)
        self.heap: list[tuple[float, int]] = []
        self.planned = 0
        #: by call that rings, when it is picked up
        self.ringing: dict[int, float] = {}
        #: by person, work in hand that a call interrupts
        self.beside: dict[int, list[int]] = {}
        self.blends = any(kind not in EXCLUSIVE_KINDS for kind in self.kinds)
        for person, number in enumerate(staff_of(scenario)):
            crew = scenario.crews[number]
            self.names.append(str(person))
            self.agents.append(Agent(str(person), crew.queues, crew.skills, crew.capacity, crew.interrupts))
            for stay in crew.attendances:
                self.plan(stay.begins, COMES, person)
                for begins, ends in stay.breaks:
                    self.plan(begins, RESTS, person)
                    self.plan(ends, RETURNS, person)
                self.plan(stay.ends, GOES, person)

    def plan(self, at: float, what: int, whom: int) -> None:
        self.planned += ORDER
        heappush(self.heap, (at, self.planned | whom << BITS | what))

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
            elif first > LATEST:
                return
            elif next_call < next_moment:
                self.arrives(coming, next_call)
                coming += 1
            else:
                at, planned = heappop(heap)
                self.happens(planned & WHAT, planned >> BITS & WHOM, at)

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
        distributor, name = self.distributor, self.names[person]
        if what == COMES:
            return distributor.agent_on(self.agents[person], at, SeatState.READY)
        if what == RESTS:
            return distributor.pause(name, at)
        if what == RETURNS:
            return distributor.ready(name, at)
        return distributor.agent_off(name, at)

    # --- calls -----------------------------------------------------------------------------------

    def arrives(self, call: int, at: float) -> None:
        inflow = self.inflow[call]
        item = Item(self.items[call], self.queues[inflow], at, self.kinds[inflow])
        self.handle(self.distributor.arrive(item, at), at)
        patience = self.patience[call]
        if patience < LATEST and self.answered[call] > LATEST:
            self.plan(at + patience, GIVES_UP, call)

    def gives_up(self, call: int, at: float) -> None:
        """The caller hangs up, unless somebody has answered."""
        if self.answered[call] < LATEST:
            return
        self.left[call] = at
        self.handle(self.distributor.leave(self.items[call], at), at)
        returns = at + self.returns[call]
        if returns < self.closes:
            again = self.calls.again(call, returns)
            self.items.append(str(again))
            self.plan(returns, ARRIVES, again)

    def handle(self, decisions: list[Decision], at: float) -> None:
        """Carry out what the distributor decided. An offer rings for a time, or is taken at once."""
        for decision in decisions:
            if isinstance(decision, Offer):
                call = int(decision.item)
                self.person[call] = int(decision.agent)
                if self.pick_up:
                    self.ringing[call] = at + self.pick_up
                    self.plan(at + self.pick_up, PICKS_UP, call)
                else:
                    self.takes(call, at)
            elif isinstance(decision, Withdraw):
                call = int(decision.item)
                self.ringing.pop(call, None)
                self.person[call] = NOBODY

    def picks_up(self, call: int, at: float) -> None:
        """The person takes the call, if it still rings where it rang."""
        if self.ringing.get(call) == at:
            del self.ringing[call]
            self.takes(call, at)

    def takes(self, call: int, at: float) -> None:
        """The conversation begins. Work beside it waits meanwhile."""
        person = self.person[call]
        self.answered[call] = at
        over = self.over[call] = at + self.talk[call]
        if self.blends:
            self.sets_aside(call, person)
        self.plan(over, ENDS, call)
        decisions = self.distributor.accept(self.items[call], self.names[person], at)
        if decisions:
            self.handle(decisions, at)

    def sets_aside(self, call: int, person: int) -> None:
        beside = self.beside.setdefault(person, [])
        if self.kinds[self.inflow[call]] in EXCLUSIVE_KINDS:
            for other in beside:
                self.over[other] += self.talk[call] + self.wrap_up[call]
        else:
            beside.append(call)

    def ends(self, call: int, at: float) -> None:
        """The conversation is over, and wrap-up begins; work that was interrupted goes on first."""
        if self.over[call] > at:
            self.plan(self.over[call], ENDS, call)
            return
        if self.asks is not None and self.asks.is_needed(call):
            self.over[call] = at + self.asks.seconds(call, at)
            self.plan(self.over[call], ENDS, call)
            return
        person, wrap_up = self.person[call], self.wrap_up[call]
        if self.blends and call in self.beside[person]:
            self.beside[person].remove(call)
        self.over[call] = at + wrap_up
        decisions = self.distributor.finish(self.items[call], self.names[person], at, wrap_up)
        if decisions:
            self.handle(decisions, at)
