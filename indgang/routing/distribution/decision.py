"""The distributor's decisions, each with the reasons that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from indgang.core.values import value
from indgang.routing.distribution.requirement import AgentId, ItemId


class Reason(StrEnum):
    """Codes of reasons. The fronts turn a code and its value into a sentence."""

    QUEUE = "queue"
    """The item waited in this queue."""
    PRIORITY = "priority"
    """The points the item had, with ageing, when it was chosen."""
    WAITED = "waited"
    """Seconds since the item arrived."""
    STEP = "step"
    """Index of the requirement step that held."""
    LONGEST_IDLE = "longest_idle"
    """The agent had least in hand and had been idle longest: seconds idle."""
    BEST_SKILLED = "best_skilled"
    """The agent had the highest sum of levels in the skills asked for: that sum."""
    PREFERRED = "preferred"
    """The agent had this caller last: seconds idle."""
    PERSONAL = "personal"
    """The item is for this agent only."""
    ITEM_LEFT = "item_left"
    """The caller went, or the item was moved elsewhere: seconds it had been offered."""
    REFUSED = "refused"
    """The agent refused the item: seconds it had been offered."""
    NO_ANSWER = "no_answer"
    """The agent did not answer: seconds it had been offered."""
    AGENT_PAUSED = "agent_paused"
    """The agent took a pause while it was offered: seconds it had been offered."""
    AGENT_OFF = "agent_off"
    """The agent signed out while it was offered: seconds it had been offered."""
    AGENT_NOT_RESPONDING = "agent_not_responding"
    """The agent did not answer another offer and gets no more: seconds it had been offered."""
    AGENT_OCCUPIED = "agent_occupied"
    """The agent was busy with something else: that item."""
    TAKEN = "taken"
    """Another agent has the item: that agent."""
    WRAP_UP_TIME = "wrap_up_time"
    """The time for wrap-up is over: when it ended."""
    WRAP_UP_ENDED = "wrap_up_ended"
    """The agent ended wrap-up: when."""
    REOFFER_AFTER = "reoffer_after"
    """The agent is not offered this item again before this time, as long as others can take it."""
    REOFFER_EARLIEST = "reoffer_earliest"
    """The agent is not offered this item again before this time, although nobody else can take it."""
    NOBODY_ABLE = "nobody_able"
    """No agent signed in can take the item even under the last step: the queue."""
    PERSON_OFF = "person_off"
    """The only agent for whom the item is is not signed in: that agent."""
    QUEUE_CLOSED = "queue_closed"
    """The queue was closed when the item arrived."""
    QUEUE_UNKNOWN = "queue_unknown"
    """No rule has been given for the queue."""


#: each code as plain text, as events hold it: `str` of a member takes ten times as long
REASON_TEXT: Mapping[Reason, str] = {reason: str(reason) for reason in Reason}

Reasons: TypeAlias = tuple[tuple[Reason, str | int | float], ...]


class ItemState(StrEnum):
    """The state of an item. An item that the distributor does not know is done."""

    WAITING = "waiting"
    OFFERED = "offered"
    HELD = "held"
    DONE = "done"


#: the same as names of a module: a member that is looked up in its class takes five times as long
WAITING, OFFERED, HELD, DONE = ItemState


class SeatState(StrEnum):
    """The state of an agent: the first that applies of busy (talks), off, offered, wrap_up, paused, not_responding,
    working, ready.

    An agent who is working has something in hand, but may be offered more.
    """

    OFF = "off"
    BUSY = "busy"
    OFFERED = "offered"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    NOT_RESPONDING = "not_responding"
    WORKING = "working"
    READY = "ready"


#: see `WAITING`
BUSY = SeatState.BUSY


@value
class Offer:
    """Offer the item to the agent. The offer ends with `accept` or with a Withdraw."""

    item: ItemId
    agent: AgentId
    reasons: Reasons


@value
class Withdraw:
    """Stop ringing: the offer of the item to the agent ended without being accepted."""

    item: ItemId
    agent: AgentId
    reasons: Reasons


@value
class Relaxed:
    """The item has waited so long that this step (index) of its queue's rule is in force."""

    item: ItemId
    step: int
    reasons: Reasons


@value
class WrapUpOver:
    """The agent's wrap-up has ended."""

    agent: AgentId
    reasons: Reasons = ()


@value
class NotAnswering:
    """The agent did not answer and gets no more offers until they say they are ready."""

    agent: AgentId
    reasons: Reasons = ()


@value
class Unreachable:
    """Nobody signed in can take the item even under its last step: move it to the safe queue and raise an alert.

    The item keeps its place meanwhile, and is offered if somebody able signs in. Returned once each time the item
    becomes unreachable.
    """

    item: ItemId
    reasons: Reasons


Decision: TypeAlias = Offer | Withdraw | Relaxed | WrapUpOver | NotAnswering | Unreachable
