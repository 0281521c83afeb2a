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


#: the same as names of a module: a member that is looked up in its class takes five times as long
SIGNED_OUT, READY, RINGING, TALKING, WORKING, WRAP_UP, PAUSED, NOT_RESPONDING = Doing


@dataclass(slots=True)
class Desk:
    """A person who has signed in (or could).

    in_hand         items that are offered to the person or held, in the order they came
    wrapping        the enquiry that is wrapped up, until `wrap_up_until`
    wrapping_since  since when, without a break; None while the person does something else
    wrapped_seconds how long before that
    afterwards      what to do when the work in hand is over: paused or signed out, with the reason
    paused_for      the reason of the pause that work interrupted (a call they made, or were asked into)
    agent           the person as the distributor knows them
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
    wrapped_seconds: float = 0.0
    wrap_up_until: datetime | None = None
    afterwards: tuple[Doing, str] | None = None
    paused_for: str = ""
    agent: str = field(init=False)

    def __post_init__(self) -> None:
        self.agent = str(self.person)

    @property
    def signed_in(self) -> bool:
        return self.doing is not SIGNED_OUT

    def begin(self, doing: Doing, at: datetime) -> None:
        """Begin another activity. A conversation that interrupts wrap-up does not count as wrap-up."""
        if self.wrapping_since is not None:
            self.wrapped_seconds, self.wrapping_since = self.wrapped_for(at), None
        self.doing, self.since = doing, at
        if doing is WRAP_UP and self.wrapping is not None:
            self.wrapping_since = at

    def wrap_up(self, enquiry: str, at: datetime) -> None:
        """Begin to wrap up this enquiry."""
        self.wrapping, self.wrapping_since, self.wrapped_seconds = enquiry, at, 0.0

    def wrapped_for(self, at: datetime) -> float:
        """How many seconds the person has spent on the wrap-up until now."""
        since = self.wrapping_since
        if since is None or at <= since:  # the clock may have jumped back during a restart
            return self.wrapped_seconds
        return self.wrapped_seconds + (at - since).total_seconds()

    def end_wrap_up(self) -> None:
        """Nothing is wrapped up any more."""
        self.wrapping, self.wrapping_since, self.wrapped_seconds, self.wrap_up_until = None, None, 0.0, None

    def take(self, item: str) -> None:
        if item not in self.in_hand:
            self.in_hand.append(item)

    def put_down(self, item: str) -> None:
        if item in self.in_hand:
            self.in_hand.remove(item)
