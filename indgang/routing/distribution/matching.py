"""Matches waiting items with free agents.

One invariant holds between events: no item waits that a free agent could be offered (reservations, re-offer delays
and waits for a preferred agent taken into account). So only the items that an event put in a lane and the seats that
it freed can match. A single item or seat is matched directly; otherwise the heads of all affected lanes are tried
from the highest points down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import chain, count
from math import inf

from indgang.routing.distribution.decision import OFFERED
from indgang.routing.distribution.line import (
    NO_KINDS,
    PRESENT,
    Entry,
    IdleToken,
    Lane,
    Line,
    LiveQueue,
    Owned,
    Profile,
    Seat,
    SeatPresence,
    Slot,
)
from indgang.routing.distribution.requirement import Agent, AgentId, ItemId, QueueId, QueueRule

Pair = tuple[Entry, Seat]
Candidate = tuple[float, float, int, Entry, Lane | None]

ROOM_FOR_EMPTY_LINES = 256
"""Lines are kept when they empty, because they fill again; above this number the empty ones are given up."""


class Matching:
    """All waiting items and seats. Methods change the state; `settle` makes the matches that became possible.

    A match becomes possible by an item put in a lane (`moved`), a freed seat (`freed`) or a changed rule (`sweep`).
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.queues: dict[QueueId, LiveQueue] = {}
        self.entries: dict[ItemId, Entry] = {}
        self.seats: dict[AgentId, Seat] = {}
        self.with_delays: dict[ItemId, Entry] = {}
        self.loose: dict[ItemId, Entry] = {}
        self._profiles: dict[object, Profile] = {}
        self._own: dict[AgentId, dict[Owned, Lane]] = {}
        self._wanted: dict[AgentId, dict[ItemId, Entry]] = {}
        self.freed: dict[AgentId, Seat] = {}
        self.moved: dict[ItemId, Entry] = {}
        self.sweep = False
        self._reserving = False
        self._lines = 0
        self._most_lines = ROOM_FOR_EMPTY_LINES
        #: a number that has not been given to anything
        self.next_number = count(1).__next__

    # --- queues ----------------------------------------------------------------------------------

    def queue(self, queue: QueueId) -> LiveQueue:
        if queue not in self.queues:
            self.queues[queue] = LiveQueue(queue)
        return self.queues[queue]

    def set_rule(self, rule: QueueRule) -> None:
        """Give a queue a rule: its waiting items leave their lanes and are put in those of the new rule."""
        queue = self.queue(rule.queue)
        for entry in queue.entries():
            self.take_out(entry)
            self.loose[entry.id] = entry
        self._forget_lines([queue], lambda line: True)
        queue.follow(rule)
        self._reserving = any(q.rule is not None and q.rule.reserved for q in self.queues.values())
        for profile in self._profiles.values():
            profile.note_reserving()
        for entry in self.entries.values():
            if entry.queue is queue:
                entry.step, entry.slot = -1, None
                entry.parked = entry.parked and rule.closed
        self.sweep = True

    def _line(self, entry: Entry) -> Line:
        key = (entry.kind, entry.item.requirement.skills)
        line = entry.queue.lines.get(key)
        if line is None:
            line = self._new_line(entry)
            entry.queue.lines[key] = line
        return line

    def _new_line(self, entry: Entry) -> Line:
        rule = entry.queue.rule
        assert rule is not None, "an item without a rule is parked"
        if self._lines >= self._most_lines:
            self._forget_lines(self.queues.values(), lambda line: not line.waiting)
            self._most_lines = 2 * self._lines + ROOM_FOR_EMPTY_LINES
        line = Line(entry.queue, rule, entry.kind, entry.item.requirement)
        self._lines += 1
        for lane in line.lanes:
            entry.queue.lanes[lane] = None
            for profile in self._profiles.values():
                if lane.takes(profile):
                    self._join(profile, lane)
        return line

    def _join(self, profile: Profile, lane: Lane) -> None:
        profile.lanes[lane.kind].append(lane)
        lane.signed += len(profile.seats)
        lane.present += profile.present
        for seat in profile.seats.values():
            if lane.kind in seat.free:
                heappush(lane.idle, self._token(seat, lane))

    def _forget_lines(self, queues: Iterable[LiveQueue], unwanted: Callable[[Line], bool]) -> None:
        gone: set[Lane] = set()
        for queue in queues:
            for key, line in list(queue.lines.items()):
                if unwanted(line):
                    gone.update(line.lanes)
                    self._lines -= 1
                    del queue.lines[key]
            queue.lanes = {lane: None for lane in queue.lanes if lane not in gone}
        for profile in self._profiles.values():
            for kind, lanes in profile.lanes.items():
                profile.lanes[kind] = [lane for lane in lanes if lane not in gone]

    # --- seats: who is there ---------------------------------------------------------------------

    def sign_on(self, seat: Seat, agent: Agent) -> None:
        """Seat an agent, or give a seated one new queues and skills."""
        self._leave_profile(seat)
        profile = self._profile_of(agent)
        if profile.key in self._profiles:
            profile = self._profiles[profile.key]
        else:
            self._add_profile(profile)
        seat.agent, seat.profile, seat.signed, seat.exclusive = agent, profile, True, agent.exclusive
        profile.seats[seat.id] = seat
        for lane in profile.all_lanes():
            lane.signed += 1
            if lane.signed == 1:
                self._loosen_line_of(lane)
        if seat.presence is PRESENT:
            self._count_present(profile, 1)
        self.idle_from(seat, seat.idle_since)  # the new number invalidates the tokens of the old profile in the heaps
        self.loosen_for(seat.id)
        self.note(seat)

    def _profile_of(self, agent: Agent) -> Profile:
        queues = tuple(self.queue(queue) for queue in sorted(agent.queues))
        kinds = frozenset(kind for kind, number in agent.capacity.items() if number > 0)
        return Profile(queues, agent.skills, kinds)

    def sign_off(self, seat: Seat) -> None:
        """Sign an agent off; a seat that still holds an item stays until the item is finished."""
        self._leave_profile(seat)
        seat.signed, seat.wrap_until = False, None
        self.loosen_for(seat.id)
        self.note(seat)
        if not seat.holds:
            del self.seats[seat.id]

    def set_presence(self, seat: Seat, presence: SeatPresence) -> None:
        was = seat.presence
        seat.presence = presence
        if not seat.signed or (was is PRESENT) == (presence is PRESENT):
            return
        assert seat.profile is not None
        self._count_present(seat.profile, 1 if presence is PRESENT else -1)
        self.loosen_for(seat.id)

    def loosen_for(self, agent_id: AgentId) -> None:
        """The agent's presence or abilities changed: look again at the items that depend on it."""
        self.loose.update(self._wanted.get(agent_id, {}))
        self.loose.update(self.with_delays)

    def _add_profile(self, profile: Profile) -> None:
        self._profiles[profile.key] = profile
        profile.note_reserving()
        for queue in self.queues.values():
            for line in queue.lines.values():
                for lane in line.lanes:
                    if lane.takes(profile):
                        profile.lanes[lane.kind].append(lane)

    def _leave_profile(self, seat: Seat) -> None:
        profile = seat.profile
        if not seat.signed or profile is None:
            return
        self._hide(seat)
        seat.profile = None
        del profile.seats[seat.id]
        for lane in profile.all_lanes():
            lane.signed -= 1
            if lane.signed == 0:
                self._loosen_line_of(lane)
        if seat.presence is PRESENT:
            self._count_present(profile, -1)
        if not profile.seats:
            del self._profiles[profile.key]

    def _count_present(self, profile: Profile, change: int) -> None:
        profile.present += change
        for lane in profile.all_lanes():
            lane.present += change
        for queue in profile.queues.values():
            queue.present += change

    def _loosen_line_of(self, lane: Lane) -> None:
        """The last able agent left or the first one came: check whether the items of the line are reachable."""
        if lane.last_of is not None:
            self.loose.update(lane.last_of.waiting)

    # --- seats: who is free ----------------------------------------------------------------------

    def note(self, seat: Seat) -> None:
        """Update the index after any change of a seat: kinds it cannot take leave at once, new kinds are matched."""
        could = seat.could_take()
        if could and not (could <= seat.free and seat.indexed == (seat.idle_number, seat.in_hand)):
            self.freed[seat.id] = seat
        if seat.free:
            seat.free &= could
        if seat.counted and (not could or seat.in_hand):
            self._count_free(seat, -1)

    def idle_from(self, seat: Seat, at: float) -> None:
        seat.idle_since, seat.idle_number = at, self.next_number()

    def _hide(self, seat: Seat) -> None:
        seat.free = NO_KINDS
        self.freed.pop(seat.id, None)
        if seat.counted:
            self._count_free(seat, -1)

    def _count_free(self, seat: Seat, change: int) -> None:
        assert seat.profile is not None
        seat.counted = change > 0
        for queue in seat.profile.queues.values():
            queue.free += change

    def _token(self, seat: Seat, lane: Lane) -> IdleToken:
        points = lane.points_of(seat.profile) if lane.best_skilled and seat.profile else 0
        return (-points, seat.in_hand, seat.idle_since, seat.idle_number, seat)

    def _index(self, seat: Seat, kinds: frozenset[str]) -> None:
        """Enter the seat in the idle heaps of the lanes that it could serve: those of the kinds that it could take."""
        self.freed.pop(seat.id, None)
        profile = seat.profile
        seat.free = kinds
        if profile is None or not kinds:
            return
        seat.indexed = (seat.idle_number, seat.in_hand)
        plain = (0, seat.in_hand, seat.idle_since, seat.idle_number, seat)
        for kind in kinds:
            for lane in profile.lanes[kind]:
                idle = lane.idle
                heappush(idle, self._token(seat, lane) if lane.best_skilled else plain)
                if len(idle) > 2 * lane.signed + 32:
                    _tidy(lane)
        if not seat.counted and not seat.in_hand:
            self._count_free(seat, 1)

    # --- items -----------------------------------------------------------------------------------

    def put_in(self, entry: Entry) -> None:
        """Put a waiting item where it belongs now, which may be where it is."""
        delays = len(entry.delays or ())
        if self.with_delays:
            self.with_delays.pop(entry.id, None)
        lane = self._lane_for(entry)
        if entry.delays is not None:
            self._note_delays(entry)
        # a delay never blocks the agent whom the item waits for alone, unless the item is only for them
        delayed = bool(entry.delays) and (lane.owner is None or lane.personal)
        if lane is entry.lane:
            if delayed != entry.delayed:
                self._set_delayed(entry, lane, delayed)
            elif delays != len(entry.delays or ()):
                self.moved[entry.id] = entry
            return
        if entry.lane is not None:
            self._detach(entry)
        slot = entry.slot = entry.slot or entry.slot_in_queue()
        entry.lane, entry.delayed = lane, delayed
        (lane.delayed if delayed else lane.items).add(slot)
        entry.queue.waiting += 1
        self._register(entry)
        self.moved[entry.id] = entry

    def _set_delayed(self, entry: Entry, lane: Lane, delayed: bool) -> None:
        """Add an item of a lane to those with re-offer delays, or remove it."""
        assert entry.slot is not None
        (lane.delayed if entry.delayed else lane.items).remove(entry.slot)
        (lane.delayed if delayed else lane.items).add(entry.slot)
        entry.delayed = delayed
        self.moved[entry.id] = entry

    def take_out(self, entry: Entry) -> None:
        """Take an item out of its lane and its queue's waiting."""
        if entry.lane is not None:
            self._detach(entry)
        if not entry.queue.waiting:
            entry.queue.last_answer = None

    def _detach(self, entry: Entry) -> None:
        lane = entry.lane
        assert lane is not None
        assert entry.slot is not None
        (lane.delayed if entry.delayed else lane.items).remove(entry.slot)
        entry.lane = None
        entry.queue.waiting -= 1
        if lane.owner is not None and not lane.items.size and not lane.delayed.size:
            del self._own[lane.owner][lane.personal, lane.queue.id, lane.kind]
            if not self._own[lane.owner]:
                del self._own[lane.owner]
            del lane.queue.lanes[lane]
        self._unregister(entry)

    def reachable(self, entry: Entry) -> bool:
        """Whether somebody signed in may take the item, now or under a later step."""
        if entry.parked:
            return False
        if entry.personal is not None:
            seat = self.seats.get(entry.personal)
            return seat is not None and seat.profile is not None and entry.kind in seat.profile.kinds
        return entry.line is not None and entry.line.lanes[-1].signed > 0

    def could_take(self, entry: Entry, agent: Agent) -> bool:
        """Whether somebody like this agent may take the item, now or under a later step."""
        if entry.parked or entry.line is None:
            return False
        return entry.line.lanes[-1].takes(self._profile_of(agent))

    def _lane_for(self, entry: Entry) -> Lane:
        if entry.parked:
            return entry.queue.parking
        if entry.personal is not None:
            lane = self._own_lane(entry.personal, entry, personal=True)
            if entry.delays:
                self._lift(entry, lane)
            return lane
        line = entry.line = self._line(entry)
        lane = line.lanes[entry.step]
        if entry.delays:
            self._lift(entry, lane)
        if entry.preferred is not None and self.now < entry.preferred_until and self._expects(entry, lane):
            return self._own_lane(entry.preferred, entry, personal=False)
        return lane

    def _own_lane(self, agent_id: AgentId, entry: Entry, *, personal: bool) -> Lane:
        own = self._own.setdefault(agent_id, {})
        key = (personal, entry.queue.id, entry.kind)
        if key not in own:
            own[key] = Lane(entry.queue, entry.kind, agent_id, personal)
            entry.queue.lanes[own[key]] = None
        return own[key]

    def _expects(self, entry: Entry, lane: Lane) -> bool:
        """Whether the item's preferred agent is there, able, and without a re-offer delay for it."""
        preferred = entry.preferred
        seat = self.seats.get(preferred) if preferred is not None else None
        if seat is None or not seat.is_present or seat.profile is None or not lane.takes(seat.profile):
            return False
        return not entry.delays or seat.id not in entry.delays

    def _lift(self, entry: Entry, lane: Lane) -> None:
        """Remove expired delays; also those past their first time, when nobody else present can take the item."""
        assert entry.delays is not None
        now = self.now
        delays = {agent: (earliest, after) for agent, (earliest, after) in entry.delays.items() if after > now}
        if lane.present <= sum(1 for agent in delays if self._is_present_in(agent, lane)):
            delays = {agent: (earliest, after) for agent, (earliest, after) in delays.items() if earliest > now}
        entry.delays = delays or None

    def _is_present_in(self, agent_id: AgentId, lane: Lane) -> bool:
        seat = self.seats.get(agent_id)
        return seat is not None and seat.is_present and seat.profile is not None and lane.takes(seat.profile)

    def _note_delays(self, entry: Entry) -> None:
        if entry.delays:
            self.with_delays[entry.id] = entry
        else:
            entry.delays = None

    def _register(self, entry: Entry) -> None:
        if entry.line is not None:
            entry.line.waiting[entry.id] = entry
        awaited = entry.personal or entry.preferred
        if awaited is not None:
            self._wanted.setdefault(awaited, {})[entry.id] = entry

    def _unregister(self, entry: Entry) -> None:
        if entry.line is not None:
            entry.line.waiting.pop(entry.id, None)
        if self.with_delays:
            self.with_delays.pop(entry.id, None)
        awaited = entry.personal or entry.preferred
        if awaited is not None:
            wanted = self._wanted[awaited]
            del wanted[entry.id]
            if not wanted:
                del self._wanted[awaited]

    # --- matching --------------------------------------------------------------------------------

    def settle(self) -> list[Pair]:
        """Make all matches that the changes since the last call allow, the highest points first."""
        pairs: list[Pair] = []
        if self.sweep:
            self._match_all(pairs)
            self.sweep = False
        else:
            self._match_changes(pairs)
        self.moved.clear()
        return pairs

    def _match_changes(self, pairs: list[Pair]) -> None:
        """Match one new item or one free seat, the usual case, without a comparison of all waiting items."""
        moved, freed = self.moved, self.freed
        if len(moved) + len(freed) > 1:
            for item in [item for item, entry in moved.items() if not _has_hope(entry)]:
                del moved[item]
        if len(moved) + len(freed) > 1:
            self._match_all(pairs)
        elif moved:
            (entry,) = moved.values()
            if _has_hope(entry):
                self._match_item(entry, pairs)
        elif freed:
            (seat,) = freed.values()
            if seat.profile is not None and seat.profile.reserving:
                self._match_all(pairs)
            else:
                self._match_seat(seat, pairs)

    def _match_item(self, entry: Entry, pairs: list[Pair]) -> None:
        seat = self._choose(entry)
        if seat is not None:
            self._give(entry, seat, pairs)

    def _match_seat(self, seat: Seat, pairs: list[Pair]) -> None:
        kinds = seat.could_take()
        while kinds and (entry := self._best_for(seat, kinds)) is not None:
            self._give(entry, seat, pairs)
            kinds = seat.could_take()
        self._index(seat, kinds)

    def _best_for(self, seat: Seat, kinds: frozenset[str]) -> Entry | None:
        """The waiting item with the highest points that this seat could take."""
        profile, now = seat.profile, self.now
        assert profile is not None
        best: Slot | None = None
        least = inf
        for kind in kinds:
            lanes = profile.lanes[kind]
            for lane in chain(lanes, self._own_lanes(seat, kind)) if seat.id in self._own else lanes:
                slot = lane.items.head
                if lane.delayed.size:
                    slot = _first(slot, (s for s in lane.delayed if seat.id not in (s[3].delays or ())))
                if slot is not None:
                    lacks = slot[0] - lane.ageing * now
                    if best is None or lacks < least or (lacks == least and slot[1:3] < best[1:3]):
                        best, least = slot, lacks
        return best[3] if best is not None else None

    def _own_lanes(self, seat: Seat, kind: str) -> Iterable[Lane]:
        own = self._own.get(seat.id)
        return (lane for lane in own.values() if lane.kind == kind) if own else ()

    def _match_all(self, pairs: list[Pair]) -> None:
        """Try the heads of all affected lanes in order of points; a lane whose head finds nobody is done."""
        lanes = self._lanes_concerned()
        for seat in list(self.freed.values()):
            self._index(seat, seat.could_take())
        self.freed.clear()
        heap = [candidate for lane in lanes for candidate in self._candidates(lane)]
        heapify(heap)
        while heap:
            _, _, _, entry, lane = heappop(heap)
            seat_for_it = self._choose(entry)
            if seat_for_it is None:
                continue
            self._give(entry, seat_for_it, pairs)
            if lane is not None and lane.items.head is not None:
                heappush(heap, self._candidate(lane, lane.items.head[3], lane))

    def _lanes_concerned(self) -> dict[Lane, None]:
        seats = self.freed.values()
        if self.sweep or (self._reserving and any(seat.profile and seat.profile.reserving for seat in seats)):
            return {lane: None for queue in self.queues.values() for lane in queue.lanes}
        lanes = {entry.lane: None for entry in self.moved.values() if entry.lane is not None}
        for seat in seats:
            for kind in seat.could_take():
                assert seat.profile is not None
                lanes.update(dict.fromkeys(chain(seat.profile.lanes[kind], self._own_lanes(seat, kind))))
        return lanes

    def _candidates(self, lane: Lane) -> Iterator[Candidate]:
        if not lane.idle and lane.owner is None:
            return
        if lane.items.head is not None:
            yield self._candidate(lane, lane.items.head[3], lane)
        for slot in lane.delayed:
            yield self._candidate(lane, slot[3], None)

    def _candidate(self, lane: Lane, entry: Entry, goes_on: Lane | None) -> Candidate:
        assert entry.slot is not None
        return (entry.slot[0] - lane.ageing * self.now, entry.arrived, entry.number, entry, goes_on)

    def _choose(self, entry: Entry) -> Seat | None:
        """The free agent for a waiting item: the preferred one, else the first in the lane's order of choice."""
        lane = entry.lane
        assert lane is not None
        if lane.owner is not None:
            owner = self.seats.get(lane.owner)
            if owner is None or lane.kind not in owner.free or self._kept_back(owner, lane):
                return None
            return None if entry.delays and owner.id in entry.delays else owner
        preferred = entry.preferred
        if preferred is not None and self._expects(entry, lane):
            seat = self.seats[preferred]
            if lane.kind in seat.free and not self._kept_back(seat, lane):
                return seat
        return self._first_idle(entry, lane)

    def _first_idle(self, entry: Entry, lane: Lane) -> Seat | None:
        idle, passed, chosen = lane.idle, [], None
        while idle and chosen is None:
            token = idle[0]
            if not _holds_true(token, lane):
                heappop(idle)
                continue
            seat = token[4]
            if (entry.delays and seat.id in entry.delays) or self._kept_back(seat, lane):
                passed.append(heappop(idle))
            else:
                chosen = seat
        for token in passed:
            heappush(idle, token)
        return chosen

    def _kept_back(self, seat: Seat, lane: Lane) -> bool:
        """Whether a queue of higher priority reserves this agent, so that the lane's items do not get them."""
        if not self._reserving or lane.personal or seat.profile is None:
            return False
        assert lane.queue.rule is not None
        for queue in seat.profile.reserving:
            rule = queue.rule
            assert rule is not None
            if queue is not lane.queue and rule.priority > lane.queue.rule.priority and queue.free <= rule.reserved:
                return True
        return False

    def _give(self, entry: Entry, seat: Seat, pairs: list[Pair]) -> None:
        self.take_out(entry)
        entry.state, entry.seat, entry.since = OFFERED, seat, self.now
        seat.offers[entry.id] = entry
        seat.take_up(entry.kind)
        pairs.append((entry, seat))
        self.note(seat)
        if seat.free:
            self._index(seat, seat.could_take())


def _holds_true(token: IdleToken, lane: Lane) -> bool:
    seat = token[4]
    return token[3] == seat.idle_number and lane.kind in seat.free and token[1] == seat.in_hand


def _has_hope(entry: Entry) -> bool:
    """Whether the item's lane has an owner, or a token of a free agent, which may be outdated."""
    lane = entry.lane
    return lane is not None and (bool(lane.idle) or lane.owner is not None)


def _tidy(lane: Lane) -> None:
    """Remove outdated and duplicate entries."""
    lane.idle = [token for token in dict.fromkeys(lane.idle) if _holds_true(token, lane)]
    heapify(lane.idle)


def _first(slot: Slot | None, others: Iterator[Slot]) -> Slot | None:
    other = next(others, None)
    return slot if other is None or (slot is not None and slot < other) else other
