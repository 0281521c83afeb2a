"""A person's desk: what they are doing and what they have in hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Doing(StrEnum):
    """What a person at a desk is doing; the same words as `entry.models.AgentState` (a test compares them)."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WORKING = "working"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    NOT_RESPONDING = "not_responding"


@dataclass(slots=True)
class Desk:
    """A person who has signed in (or could).

    in_hand      items that are offered to the person or held, in the order they came
    wrapping     the item that is wrapped up, since `wrapping_since`, until `wrap_up_until`
    afterwards   what to do when the work in hand is over: paused or signed out, with the reason
    paused_for   the reason of the pause that work interrupted (a call they made, or were asked into)
    agent        the person as the distributor knows them
    """

    person: int
    name: str
    doing: Doing = Doing.SIGNED_OUT
    reason: str = ""
    since: datetime | None = None
    signed_in_at: datetime | None = None
    in_hand: list[str] = field(default_factory=list)
    wrapping: str | None = None
    wrapping_since: datetime | None = None
    wrap_up_until: datetime | None = None
    afterwards: tuple[Doing, str] | None = None
    paused_for: str = ""
    agent: str = field(init=False)

    def __post_init__(self) -> None:
        self.agent = str(self.person)

    @property
    def signed_in(self) -> bool:
        return self.doing is not Doing.SIGNED_OUT

    def take(self, item: str) -> None:
        if item not in self.in_hand:
            self.in_hand.append(item)

    def put_down(self, item: str) -> None:
        if item in self.in_hand:
            self.in_hand.remove(item)
