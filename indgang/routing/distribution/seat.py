"""The serving side of the distributor: one agent's seat, what is on it, and what more it could take."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from indgang.routing.distribution.decision import AgentState
from indgang.routing.distribution.requirement import EXCLUSIVE_KINDS, Agent, AgentId, ItemId

if TYPE_CHECKING:
    from indgang.routing.distribution.line import Entry, Profile

NO_KINDS: frozenset[str] = frozenset()


class Presence(StrEnum):
    """What the agent has said, or what was concluded from silence."""

    READY = "ready"
    PAUSED = "paused"
    AWAY = "away"


class Seat:
    """One agent as they stand.

    free          kinds for which the seat is found in the lanes' idle heaps; may lag behind while an event is handled
    idle_since    last time something was finished, refused or the agent became ready; idle_number tells apart ties
    in_hand       how many items are offered or held
    counted       whether the seat is counted as free (ready with nothing in hand) in its queues
    owed          wrap-up to come when the last item of an exclusive kind is finished
    """

    __slots__ = (
        "agent",
        "counted",
        "free",
        "holds",
        "id",
        "idle_number",
        "idle_since",
        "in_hand",
        "indexed",
        "loads",
        "offers",
        "owed",
        "presence",
        "profile",
        "signed",
        "timer",
        "wrap_until",
    )
    timer_rank = 0

    def __init__(self, agent_id: AgentId) -> None:
        self.id = agent_id
        self.agent: Agent | None = None
        self.profile: Profile | None = None
        self.signed = False
        self.presence = Presence.READY
        self.wrap_until: float | None = None
        self.owed = 0.0
        self.loads: dict[str, int] = {}
        self.in_hand = 0
        self.offers: dict[ItemId, Entry] = {}
        self.holds: dict[ItemId, Entry] = {}
        self.idle_since = 0.0
        self.idle_number = 0
        self.indexed: tuple[int, int] = (0, 0)
        self.free = NO_KINDS
        self.counted = False
        self.timer: tuple[float, int, str, int, Entry | Seat] | None = None

    @property
    def is_present(self) -> bool:
        """Signed in and neither paused nor away; may be talking."""
        return self.signed and self.presence is Presence.READY

    @property
    def exclusive(self) -> frozenset[str]:
        return self.agent.exclusive if self.agent else EXCLUSIVE_KINDS

    def could_take(self) -> frozenset[str]:
        """Kinds of which one more may be offered now."""
        if not self.signed or self.presence is not Presence.READY or self.wrap_until is not None:
            return NO_KINDS
        agent, profile = self.agent, self.profile
        if agent is None or profile is None:
            return NO_KINDS
        if not self.loads:
            return profile.kinds
        if not agent.exclusive.isdisjoint(self.loads):
            return NO_KINDS
        room = (kind for kind in profile.kinds if self.loads.get(kind, 0) < agent.capacity[kind])
        return frozenset(kind for kind in room if kind not in agent.exclusive or kind in agent.interrupts)

    def talks(self) -> bool:
        """Whether something of an exclusive kind is held."""
        return any(entry.kind in self.exclusive for entry in self.holds.values())

    def take_up(self, kind: str) -> None:
        self.in_hand += 1
        self.loads[kind] = self.loads.get(kind, 0) + 1

    def put_down(self, kind: str) -> None:
        self.in_hand -= 1
        left = self.loads[kind] - 1
        if left:
            self.loads[kind] = left
        else:
            del self.loads[kind]

    def state(self) -> AgentState:
        if self.holds:
            return AgentState.BUSY
        if not self.signed:
            return AgentState.OFF
        if self.offers:
            return AgentState.OFFERED
        if self.wrap_until is not None:
            return AgentState.WRAP_UP
        return AgentState(self.presence.value)
