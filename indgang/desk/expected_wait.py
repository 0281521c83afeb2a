"""When a colleague who is busy will be free, as far as their own state says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from indgang.entry.models import AgentState
from indgang.measures.handling import Usual

#: states of people who are busy and will be free; others are free, or their return is unknown
BUSY = frozenset({AgentState.RINGING, AgentState.TALKING, AgentState.WORKING, AgentState.WRAP_UP})
#: a conversation that has lasted longer than usual goes on for at least this part of the usual time
OVERTIME = 0.25


@dataclass(frozen=True, slots=True)
class Busy:
    """A busy colleague. `usual` are the times of their call's queue; `ahead` callers wait for them alone."""

    state: AgentState
    since: datetime
    wrap_up_until: datetime | None
    usual: Usual
    ahead: int = 0


def seconds(busy: Busy, at: datetime) -> float:
    """The expected wait for them in seconds, from now."""
    return _until_free(busy, at) + busy.ahead * (busy.usual.talk + busy.usual.wrap_up)


def _until_free(busy: Busy, at: datetime) -> float:
    usual = busy.usual
    if busy.state is AgentState.WRAP_UP:
        left = (busy.wrap_up_until - at).total_seconds() if busy.wrap_up_until else usual.wrap_up
        return max(left, 0.0)
    if busy.state is AgentState.TALKING:
        elapsed = max((at - busy.since).total_seconds(), 0.0)
        return max(usual.talk - elapsed, usual.talk * OVERTIME) + usual.wrap_up
    return usual.talk + usual.wrap_up  # the conversation is about to begin
