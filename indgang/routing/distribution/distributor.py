"""The distributor: who gets which work item, and when.

Each event (an item arrives, an agent is ready, refuses or finishes, time passes) is a method call that returns
decisions. docs/algorithms/distribution.md describes the rules with worked numbers.

Every method takes `at`, seconds since the epoch. Internal time never goes back: an earlier `at` counts as the latest
one seen. Repeated, late and impossible events (an unknown item, an answer to an offer that is over) change nothing
but the time. Timers that are due by `at` run after the event itself, so an answer that comes just before the ringing
stops still counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from math import inf

from indgang.routing.distribution import estimate
from indgang.routing.distribution.decision import (
    DONE,
    HELD,
    OFFERED,
    WAITING,
    Decision,
    ItemState,
    NotAnswering,
    Offer,
    Reason,
    Reasons,
    Relaxed,
    SeatState,
    Unreachable,
    Withdraw,
    WrapUpOver,
)
from indgang.routing.distribution.line import PRESENT, Entry, Seat, SeatPresence, Timed
from indgang.routing.distribution.matching import Matching
from indgang.routing.distribution.requirement import CALL, Agent, AgentId, Item, ItemId, QueueId, QueueRule

Timer = tuple[float, int, str, int, Timed]

#: the reasons of an ordinary call, as names of the module (see `decision.WAITING`)
_QUEUE, _PRIORITY, _WAITED, _STEP = Reason.QUEUE, Reason.PRIORITY, Reason.WAITED, Reason.STEP
_LONGEST_IDLE, _WRAP_UP_TIME = Reason.LONGEST_IDLE, Reason.WRAP_UP_TIME

STALE_TIMERS = 256
"""Timers that came to nothing are cleared away when there are more than this and more than half of all."""


class Distributor:
    """Holds who waits and who works; each method returns the decisions that follow, in order."""

    def __init__(self, rules: Iterable[QueueRule] = ()) -> None:
        self._board = Matching()
        self._timers: list[Timer] = []
        self._stale = 0
        for rule in rules:
            self._board.set_rule(rule)

    # --- items -----------------------------------------------------------------------------------

    def arrive(self, item: Item, at: float, delays: Sequence[tuple[AgentId, float, float]] = ()) -> list[Decision]:
        """An item begins to wait. Called again with other content, it moves the item to where it now belongs.

        `delays` are the re-offer delays of an item that waited before: the agent, and the two times of `ReofferDelay`.
        """
        out: list[Decision] = []
        self._clock(at)
        entry = self._board.entries.get(item.item)
        if entry is None or entry.item != item:
            if entry is not None:
                self._drop(entry, Reason.ITEM_LEFT, out)
            entry = self._enter(item)
            if delays:
                still = {agent: (earliest, after) for agent, earliest, after in delays if after > self._board.now}
                entry.delays = still or None
        return self._answer(out)

    def leave(self, item_id: ItemId, at: float) -> list[Decision]:
        """The caller has gone, or the item has been moved elsewhere. An agent who held it goes into wrap-up."""
        out: list[Decision] = []
        self._clock(at)
        entry = self._board.entries.get(item_id)
        if entry is not None:
            self._drop(entry, Reason.ITEM_LEFT, out)
        return self._answer(out)

    def accept(self, item_id: ItemId, agent_id: AgentId, at: float) -> list[Decision]:
        """The agent accepted the offer. Nothing happens if the offer is over."""
        self._clock(at)
        entry = self._offered(item_id, agent_id)
        if entry is not None and entry.seat is not None:
            seat = entry.seat
            del seat.offers[item_id]
            self._hold(entry, seat)
            if entry.kind not in seat.exclusive:
                self._board.note(seat)  # a kind that may interrupt could not be offered while this item was on offer
            estimate.answered(entry.queue, self._board.now)
        return self._answer([])

    def accept_as(self, item_id: ItemId, agent_id: AgentId, held: ItemId, kind: str, at: float) -> list[Decision]:
        """The agent accepted the offer and now has another item in hand because of it: the promised call.

        One call does both, so that nothing is offered in between. Nothing happens if the offer is over.
        """
        self._clock(at)
        entry = self._offered(item_id, agent_id)
        if entry is None or entry.seat is None:
            return self._answer([])
        seat = entry.seat
        del seat.offers[item_id]
        seat.put_down(entry.kind)
        estimate.answered(entry.queue, self._board.now)
        self._forget(entry)
        item = Item(item=held, queue=entry.queue.id, arrived=entry.arrived, kind=kind)
        self._board.entries[held] = Entry(item, entry.queue, entry.arrived, self._board.next_number())
        return self.occupy(agent_id, held, at, kind)

    def refuse(self, item_id: ItemId, agent_id: AgentId, at: float) -> list[Decision]:
        """The agent refused the offer: the item keeps its place, and is offered to the agent again after a delay."""
        out: list[Decision] = []
        self._clock(at)
        entry = self._offered(item_id, agent_id)
        if entry is not None and entry.seat is not None:
            self._rejected(entry, entry.seat, Reason.REFUSED, out)
        return self._answer(out)

    def no_answer(self, item_id: ItemId, agent_id: AgentId, at: float) -> list[Decision]:
        """The agent did not answer: the item keeps its place, the agent gets no offers until `ready`. An offer that did
        not ring counts as refused."""
        out: list[Decision] = []
        self._clock(at)
        entry = self._offered(item_id, agent_id)
        if entry is not None:
            self._not_answered(entry, out)
        return self._answer(out)

    def finish(self, item_id: ItemId, agent_id: AgentId, at: float, wrap_up: float | None = None) -> list[Decision]:
        """The agent is done with an item. Wrap-up lasts `wrap_up` seconds, by default as the queue's rule says."""
        self._clock(at)
        entry = self._board.entries.get(item_id)
        if entry is not None and entry.state is HELD and entry.seat is not None and entry.seat.id == agent_id:
            self._release(entry, wrap_up)
            self._forget(entry)
        return self._answer([])

    def occupy(self, agent_id: AgentId, item_id: ItemId, at: float, kind: str = CALL) -> list[Decision]:
        """The agent has the item, by any route: consulting, calling out, picked up, found after a restart.

        Offers to the agent are withdrawn, and the item is taken from whoever had it.
        """
        out: list[Decision] = []
        self._clock(at)
        board = self._board
        seat = board.seats.setdefault(agent_id, Seat(agent_id))
        entry = board.entries.get(item_id)
        if entry is None:
            outside = Item(item=item_id, queue="", arrived=board.now, kind=kind)
            entry = board.entries[item_id] = Entry(outside, board.queue(""), board.now, board.next_number())
        if entry.state is not HELD or entry.seat is not seat:
            self._detach(entry, seat, out)
            for other in list(seat.offers.values()):
                self._withdraw(other, Reason.AGENT_OCCUPIED, out, item_id)
            seat.take_up(entry.kind)
            self._hold(entry, seat)
            board.note(seat)
        return self._answer(out)

    # --- agents ----------------------------------------------------------------------------------

    def agent_on(
        self, agent: Agent, at: float, state: str = SeatState.READY, until: float | None = None
    ) -> list[Decision]:
        """An agent signs in as ready, paused, not responding or in wrap-up.

        `until` is when a wrap-up ends that goes on, in any of these states; without it, wrap-up lasts until they end
        it. For somebody signed in already (a second tab) only queues, skills and capacity are brought up to date.
        Raises ValueError for another state.
        """
        wanted = SeatState(state)
        presence = PRESENT if wanted is SeatState.WRAP_UP else SeatPresence(wanted.value)
        self._clock(at)
        board = self._board
        seat = board.seats.setdefault(agent.agent, Seat(agent.agent))
        if not seat.signed:
            seat.presence = presence
            seat.idle_since = board.now
            if wanted is SeatState.WRAP_UP or until is not None:
                self._wrap_up(seat, inf if until is None else until)
        board.sign_on(seat, agent)
        return self._answer([])

    def agent_off(self, agent_id: AgentId, at: float) -> list[Decision]:
        """An agent signs out. Their open offers go back to the queue; items in hand stay theirs until they end."""
        out: list[Decision] = []
        self._clock(at)
        seat = self._signed(agent_id)
        if seat is not None:
            self._withdraw_all(seat, Reason.AGENT_OFF, out)
            self._set_timer(seat, inf)
            self._board.sign_off(seat)
        return self._answer(out)

    def pause(self, agent_id: AgentId, at: float) -> list[Decision]:
        """An agent pauses, now or after the items that they hold and the wrap-up."""
        out: list[Decision] = []
        self._clock(at)
        seat = self._signed(agent_id)
        if seat is not None:
            self._set_presence(seat, SeatPresence.PAUSED, Reason.AGENT_PAUSED, out)
        return self._answer(out)

    def ready(self, agent_id: AgentId, at: float) -> list[Decision]:
        """An agent is ready again. This ends a pause, not responding, and wrap-up."""
        out: list[Decision] = []
        self._clock(at)
        seat = self._signed(agent_id)
        if seat is not None and (seat.presence is not PRESENT or seat.wrap_until is not None):
            self._board.set_presence(seat, PRESENT)
            self._end_wrap_up(seat, self._board.now, Reason.WRAP_UP_ENDED, out)
            self._board.idle_from(seat, self._board.now)
            self._board.note(seat)
        return self._answer(out)

    def wrap_up_over(self, agent_id: AgentId, at: float) -> list[Decision]:
        """The agent ends wrap-up before its time."""
        out: list[Decision] = []
        self._clock(at)
        seat = self._signed(agent_id)
        if seat is not None:
            self._end_wrap_up(seat, self._board.now, Reason.WRAP_UP_ENDED, out)
        return self._answer(out)

    def extend_wrap_up(self, agent_id: AgentId, seconds: float, at: float) -> list[Decision]:
        """The current wrap-up ends `seconds` later than planned."""
        self._clock(at)
        seat = self._signed(agent_id)
        if seat is not None and seat.wrap_until is not None and seconds > 0:
            self._wrap_up(seat, seat.wrap_until + seconds)
        return self._answer([])

    def set_agent(self, agent: Agent, at: float) -> list[Decision]:
        """Queues, skills or capacity of a signed-in agent change. They keep the items in hand."""
        self._clock(at)
        seat = self._signed(agent.agent)
        if seat is not None:
            self._board.sign_on(seat, agent)
        return self._answer([])

    # --- rules and time --------------------------------------------------------------------------

    def set_rule(self, rule: QueueRule, at: float) -> list[Decision]:
        """A queue gets its first rule or a new one. Waiting items keep their arrival time and follow the new rule."""
        self._clock(at)
        self._board.set_rule(rule)
        for entry in self._board.entries.values():
            if entry.state is OFFERED and entry.queue.id == rule.queue:
                self._ring(entry, entry.since)
                if entry.seat is not None:
                    self._board.note(entry.seat)  # what no longer rings may be interrupted
        return self._answer([])

    def tick(self, at: float) -> list[Decision]:
        """Time has passed: ringing, wrap-up, relaxation, preferred agents and re-offer delays take effect."""
        self._clock(at)
        return self._answer([])

    def next_due(self) -> float | None:
        """When `tick` next has something to do, or None."""
        timers = self._timers
        while timers:
            due, _, _, number, holder = timers[0]
            if holder.timer == number:
                return due
            heappop(timers)
            self._stale -= 1
        return None

    # --- questions -------------------------------------------------------------------------------

    def state_of(self, item_id: ItemId) -> ItemState:
        """The state of an item; done if the distributor does not know it."""
        entry = self._board.entries.get(item_id)
        return DONE if entry is None else entry.state

    def agent_of(self, item_id: ItemId) -> AgentId | None:
        """The agent to whom the item is offered or who holds it."""
        entry = self._board.entries.get(item_id)
        return None if entry is None or entry.seat is None else entry.seat.id

    def state_of_agent(self, agent_id: AgentId) -> SeatState:
        """The state of an agent; off if they are not signed in and hold nothing."""
        seat = self._board.seats.get(agent_id)
        return SeatState.OFF if seat is None else seat.state()

    def presence_of(self, agent_id: AgentId) -> SeatPresence | None:
        """The presence of an agent, which work in hand does not change; None if they are not signed in."""
        seat = self._signed(agent_id)
        return None if seat is None else seat.presence

    def is_reachable(self, item_id: ItemId) -> bool:
        """Whether somebody signed in can take a waiting item, now or under a later step; False if it does not wait."""
        entry = self._board.entries.get(item_id)
        return entry is not None and entry.state is WAITING and self._board.reachable(entry)

    def could_take(self, item_id: ItemId, agent: Agent) -> bool:
        """Whether a waiting item could be offered to an agent with these queues, skills and kinds, now or later."""
        entry = self._board.entries.get(item_id)
        return entry is not None and entry.state is WAITING and self._board.could_take(entry, agent)

    def is_present(self, agent_id: AgentId) -> bool:
        """Whether an agent is signed in and neither paused nor not responding; they may be talking."""
        seat = self._board.seats.get(agent_id)
        return seat is not None and seat.is_present

    def in_hand(self, agent_id: AgentId) -> tuple[ItemId, ...]:
        """The items that the agent holds or is offered."""
        seat = self._board.seats.get(agent_id)
        return () if seat is None else (*seat.holds, *seat.offers)

    def agents_in(self, queue: QueueId, state: str | None = None) -> list[AgentId]:
        """Agents signed in who serve a queue, in order of sign-in; only those in `state` if it is given."""
        seats = (seat for seat in self._board.seats.values() if seat.agent is not None and queue in seat.agent.queues)
        return [seat.id for seat in seats if seat.signed and (state is None or seat.state() == state)]

    def waiting(self, queue: QueueId) -> list[ItemId]:
        """Items waiting in a queue, in order of service. Those that ring at an agent are not among them."""
        known = self._board.queues.get(queue)
        return [] if known is None else [entry.id for entry in known.entries()]

    def count_waiting(self, queue: QueueId) -> int:
        """The number of items that `waiting` would return."""
        known = self._board.queues.get(queue)
        return 0 if known is None else known.waiting

    def count_present(self, queue: QueueId) -> int:
        """How many agents signed in who serve a queue are neither paused nor not responding; they may be talking."""
        known = self._board.queues.get(queue)
        return 0 if known is None else known.present

    def ahead(self, item_id: ItemId) -> int | None:
        """How many items of the same queue are served before this one; None if it is not waiting."""
        entry = self._board.entries.get(item_id)
        if entry is None or entry.lane is None or entry.slot is None:
            return None
        return entry.queue.before(entry.slot)

    def position(self, item_id: ItemId) -> int | None:
        """Place in the queue, from 1; None if the item is not waiting."""
        ahead = self.ahead(item_id)
        return None if ahead is None else ahead + 1

    def expected_wait(self, item_or_queue: str, at: float) -> float | None:
        """Seconds that a waiting item, or a caller who would join a queue now, may expect to wait from `at` on.

        None when there is no estimate: nobody serves the queue, or the item waits for one person.
        """
        now = max(at, self._board.now)
        entry = self._board.entries.get(item_or_queue)
        if entry is not None:
            ahead = self.ahead(item_or_queue)
            if ahead is None or entry.personal is not None:
                return None
            return estimate.wait(entry.queue, ahead + 1, now)
        queue = self._board.queues.get(item_or_queue)
        if queue is None or queue.rule is None:
            return None
        return 0.0 if queue.free and not queue.waiting else estimate.wait(queue, queue.waiting + 1, now)

    # --- internals -------------------------------------------------------------------------------

    def _clock(self, at: float) -> None:
        if self._board.now < at < inf:
            self._board.now = at

    def _answer(self, out: list[Decision]) -> list[Decision]:
        """The decisions after an event: run due timers, put items in their lanes, then match."""
        board = self._board
        if self._timers and self._timers[0][0] <= board.now:
            self._run_timers(out)
        if board.loose:
            self._place_loose(out)
        if board.moved or board.freed or board.sweep:
            for entry, seat in board.settle():
                self._ring(entry, board.now)
                out.append(Offer(entry.id, seat.id, self._why(entry, seat)))
        return out

    def _place_loose(self, out: list[Decision]) -> None:
        loose = self._board.loose
        entries = list(loose.values()) if len(loose) == 1 else sorted(loose.values(), key=_number)
        loose.clear()
        for entry in entries:
            if entry.state is WAITING:
                self._place(entry, out)

    def _enter(self, item: Item) -> Entry:
        board = self._board
        queue = board.queue(item.queue)
        arrived = item.arrived if item.arrived <= board.now else board.now
        entry = Entry(item, queue, arrived, board.next_number())
        entry.parked = queue.rule is None or queue.rule.closed
        board.entries[item.item] = board.loose[item.item] = entry
        return entry

    def _place(self, entry: Entry, out: list[Decision]) -> None:
        board = self._board
        relaxes = not entry.parked and entry.personal is None
        step = entry.queue.step_at(entry.arrived, board.now) if relaxes else 0
        if step != entry.step:
            if entry.step >= 0:
                out.append(Relaxed(entry.id, step, ((Reason.WAITED, board.now - entry.arrived),)))
            entry.step = step
        board.put_in(entry)
        self._set_timer(entry, self._next_change(entry))
        if board.reachable(entry):
            entry.unreachable = False
        elif not entry.unreachable:
            entry.unreachable = True
            out.append(Unreachable(entry.id, (self._why_unreachable(entry),)))

    def _next_change(self, entry: Entry) -> float:
        """The next time at which a waiting item may change lanes without any event."""
        lane = entry.lane
        if entry.parked or lane is None:
            return inf
        due = inf if lane.personal else entry.queue.next_step(entry.arrived, entry.step)
        if lane.owner is not None and not lane.personal:
            due = min(due, entry.preferred_until)
        if not entry.delays:
            return due
        now = self._board.now
        return min(due, *(time for times in entry.delays.values() for time in times if time > now))

    def _offered(self, item_id: ItemId, agent_id: AgentId) -> Entry | None:
        entry = self._board.entries.get(item_id)
        if entry is None or entry.state is not OFFERED or entry.seat is None or entry.seat.id != agent_id:
            return None
        return entry

    def _signed(self, agent_id: AgentId) -> Seat | None:
        seat = self._board.seats.get(agent_id)
        return seat if seat is not None and seat.signed else None

    def _ring(self, entry: Entry, since: float) -> None:
        self._set_timer(entry, since + entry.queue.ring_seconds)

    def _hold(self, entry: Entry, seat: Seat) -> None:
        entry.state, entry.seat, entry.since = HELD, seat, self._board.now
        seat.holds[entry.id] = entry
        self._set_timer(entry, inf)

    def _drop(self, entry: Entry, reason: Reason, out: list[Decision]) -> None:
        """Remove an item in any state."""
        if entry.state is OFFERED:
            self._withdraw(entry, reason, out)
        elif entry.state is HELD:
            self._release(entry, None)
        self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        if entry.lane is not None:
            self._board.take_out(entry)
        self._board.loose.pop(entry.id, None)
        self._set_timer(entry, inf)
        entry.slot = None  # the slot refers to the entry: without the cycle, no garbage collection is needed
        del self._board.entries[entry.id]

    def _detach(self, entry: Entry, taker: Seat, out: list[Decision]) -> None:
        """Take an item from where it is, because `taker` has it."""
        if entry.state is OFFERED and entry.seat is taker:
            del taker.offers[entry.id]
            taker.put_down(entry.kind)
        elif entry.state is OFFERED:
            self._withdraw(entry, Reason.TAKEN, out, taker.id)
        elif entry.state is HELD:
            self._release(entry, None)
        self._board.take_out(entry)
        self._board.loose.pop(entry.id, None)

    def _withdraw(
        self, entry: Entry, reason: Reason, out: list[Decision], value: str | None = None, also: Reasons = ()
    ) -> None:
        """End an offer; the item goes back to its place."""
        seat = entry.seat
        assert seat is not None
        del seat.offers[entry.id]
        seat.put_down(entry.kind)
        out.append(Withdraw(entry.id, seat.id, ((reason, value or self._board.now - entry.since), *also)))
        entry.state, entry.seat, entry.since = WAITING, None, entry.arrived
        self._board.loose[entry.id] = entry
        self._board.note(seat)

    def _withdraw_all(self, seat: Seat, reason: Reason, out: list[Decision]) -> None:
        for entry in list(seat.offers.values()):
            self._withdraw(entry, reason, out)

    def _withdraw_and_delay(self, entry: Entry, reason: Reason, out: list[Decision]) -> None:
        """End an offer that the agent did not want: it does not ring at them again at once."""
        seat, rule = entry.seat, entry.queue.rule
        assert seat is not None
        if rule is None:
            self._withdraw(entry, reason, out)
            return
        earliest = self._board.now + rule.min_reoffer_seconds
        after = earliest if entry.personal is not None else max(earliest, self._board.now + rule.reoffer_seconds)
        entry.delays = {**(entry.delays or {}), seat.id: (earliest, after)}
        self._withdraw(entry, reason, out, also=((Reason.REOFFER_EARLIEST, earliest), (Reason.REOFFER_AFTER, after)))

    def _rejected(self, entry: Entry, seat: Seat, reason: Reason, out: list[Decision]) -> None:
        self._withdraw_and_delay(entry, reason, out)
        self._board.idle_from(seat, self._board.now)
        self._board.note(seat)

    def _not_answered(self, entry: Entry, out: list[Decision]) -> None:
        seat, rule = entry.seat, entry.queue.rule
        assert seat is not None
        if rule is not None and not rule.rings:
            self._rejected(entry, seat, Reason.NO_ANSWER, out)
            return
        self._withdraw_and_delay(entry, Reason.NO_ANSWER, out)
        out.append(NotAnswering(seat.id, ((Reason.NO_ANSWER, entry.id),)))
        self._set_presence(seat, SeatPresence.NOT_RESPONDING, Reason.AGENT_NOT_RESPONDING, out)

    def _set_presence(self, seat: Seat, presence: SeatPresence, reason: Reason, out: list[Decision]) -> None:
        self._board.set_presence(seat, presence)
        self._withdraw_all(seat, reason, out)
        self._board.note(seat)

    def _release(self, entry: Entry, wrap_up: float | None) -> None:
        """An agent puts an item down: they go into wrap-up unless they still talk, or straight to idle."""
        seat, rule, now = entry.seat, entry.queue.rule, self._board.now
        assert seat is not None
        del seat.holds[entry.id]
        seat.put_down(entry.kind)
        seconds = wrap_up if wrap_up is not None else rule.wrap_up_seconds if rule is not None else 0.0
        seconds = seconds if seconds > 0 else 0.0
        estimate.handled(entry.queue, now - entry.since + seconds)
        if not seat.signed:
            if not seat.holds:
                del self._board.seats[seat.id]
            return
        if seconds > seat.owed:
            seat.owed = seconds
        if not seat.talks():
            if seat.owed > 0:
                until, under_way = now + seat.owed, seat.wrap_until
                self._wrap_up(seat, until if under_way is None or under_way < until else under_way)
            seat.owed = 0.0
            self._board.idle_from(seat, now)
        self._board.note(seat)

    def _wrap_up(self, seat: Seat, until: float) -> None:
        seat.wrap_until = until
        self._set_timer(seat, until)

    def _end_wrap_up(self, seat: Seat, at: float, reason: Reason, out: list[Decision]) -> None:
        if seat.wrap_until is None:
            return
        seat.wrap_until = None
        self._set_timer(seat, inf)
        out.append(WrapUpOver(seat.id, ((reason, at),)))
        self._board.idle_from(seat, at)
        self._board.note(seat)

    # --- timers ----------------------------------------------------------------------------------

    def _set_timer(self, holder: Timed, due: float) -> None:
        """Each item and each seat has at most one timer; infinity means none."""
        if holder.timer_due == due:
            return
        holder.timer_due = due
        if holder.timer:
            holder.timer = 0
            self._stale += 1
            if self._stale > STALE_TIMERS and 2 * self._stale > len(self._timers):
                self._clear_timers()
        if due != inf:
            number = holder.timer = self._board.next_number()
            heappush(self._timers, (due, holder.timer_rank, holder.id, number, holder))

    def _clear_timers(self) -> None:
        self._timers = [timer for timer in self._timers if timer[4].timer == timer[3]]
        heapify(self._timers)
        self._stale = 0

    def _run_timers(self, out: list[Decision]) -> None:
        """Run the due timers in order of time; agents before items, then by name."""
        now = self._board.now
        while self._timers and self._timers[0][0] <= now:
            due, _, _, number, holder = heappop(self._timers)
            if holder.timer != number:
                self._stale -= 1
                continue
            holder.timer, holder.timer_due = 0, inf
            if isinstance(holder, Seat):
                self._end_wrap_up(holder, due, _WRAP_UP_TIME, out)
            elif isinstance(holder, Entry) and holder.state is OFFERED:
                self._not_answered(holder, out)
            elif isinstance(holder, Entry):
                self._board.loose[holder.id] = holder

    # --- reasons ---------------------------------------------------------------------------------

    def _why(self, entry: Entry, seat: Seat) -> Reasons:
        now = self._board.now
        return (
            (_QUEUE, entry.queue.id),
            (_PRIORITY, entry.points(now)),
            (_WAITED, now - entry.arrived),
            (_STEP, entry.step),
            self._why_agent(entry, seat),
        )

    def _why_agent(self, entry: Entry, seat: Seat) -> tuple[Reason, str | int | float]:
        if entry.personal is not None:
            return (Reason.PERSONAL, seat.id)
        if entry.preferred == seat.id:
            return (Reason.PREFERRED, self._board.now - seat.idle_since)
        lane = entry.line.lanes[entry.step] if entry.line is not None else None
        if lane is not None and lane.best_skilled and seat.profile is not None:
            return (Reason.BEST_SKILLED, lane.points_of(seat.profile))
        return (_LONGEST_IDLE, self._board.now - seat.idle_since)

    def _why_unreachable(self, entry: Entry) -> tuple[Reason, str]:
        if entry.queue.rule is None:
            return (Reason.QUEUE_UNKNOWN, entry.queue.id)
        if entry.parked:
            return (Reason.QUEUE_CLOSED, entry.queue.id)
        if entry.personal is not None:
            return (Reason.PERSON_OFF, entry.personal)
        return (Reason.NOBODY_ABLE, entry.queue.id)


def _number(entry: Entry) -> int:
    return entry.number
