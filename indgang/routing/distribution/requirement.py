"""The distributor's input: the rules of queues, the abilities of agents, and work items.

All classes are frozen and validate themselves on creation, so that a running distributor never gets a rule that would
shut callers out. Times are seconds since the epoch (UTC), durations are seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import inf, isfinite

from indgang.core.values import value

ItemId = str
AgentId = str
QueueId = str
Skill = str

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5
CALL, CONSULT, CALLBACK, TASK, WRITTEN, CHAT = "call", "consult", "callback", "task", "written", "chat"
EXCLUSIVE_KINDS = frozenset({CALL, CONSULT, "video"})
"""Kinds that take the whole person: nobody talks to two callers, or writes a mail while talking."""
LIVE_KINDS = frozenset({CHAT})
"""Kinds in which somebody waits at the other end for the next word: no exclusive kind interrupts them."""


class RuleError(ValueError):
    """Invalid settings. The message says what is wrong and which values are valid."""


class Choose(StrEnum):
    """The order in which one of several free and able agents is chosen."""

    LONGEST_IDLE = "longest_idle"
    BEST_SKILLED = "best_skilled"


@dataclass(frozen=True, slots=True)
class Requirement:
    """The skills that an agent must have: pairs of skill and lowest level (1 to 5), sorted by skill."""

    skills: tuple[tuple[Skill, int], ...] = ()

    def __post_init__(self) -> None:
        highest: dict[Skill, int] = {}
        for skill, level in self.skills:
            if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
                raise RuleError(f"skill {skill!r}: level {level} is not between {LOWEST_LEVEL} and {HIGHEST_LEVEL}")
            highest[skill] = max(level, highest.get(skill, 0))
        object.__setattr__(self, "skills", tuple(sorted(highest.items())))

    @classmethod
    def of(cls, skills: Mapping[Skill, int] | Iterable[tuple[Skill, int]]) -> Requirement:
        """A requirement from a mapping of skill to lowest level."""
        return cls(tuple(skills.items()) if isinstance(skills, Mapping) else tuple(skills))

    def met_by(self, levels: Mapping[Skill, int]) -> bool:
        """Whether somebody with these levels meets it."""
        return all(levels.get(skill, 0) >= level for skill, level in self.skills)

    def implies(self, other: Requirement) -> bool:
        """Whether everybody who meets this one also meets `other`."""
        return other.met_by(dict(self.skills))

    def joined_with(self, other: Requirement) -> Requirement:
        """The requirement that demands both."""
        return Requirement(self.skills + other.skills) if other.skills else self


NOTHING = Requirement()


@lru_cache(maxsize=1_024)
def requirement(*skills: tuple[Skill, int]) -> Requirement:
    """The requirement of these skills; cached, because a centre uses only a few."""
    return Requirement(skills)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """After `after` seconds of waiting this requirement is in force, and agents of `also_queues` may help."""

    after: float
    requirement: Requirement = NOTHING
    also_queues: tuple[QueueId, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueRule:
    """The rule of one queue.

    priority          points; the higher goes first
    ageing            points gained for each second waited
    steps             requirement by waiting time; the first has after=0, and each may only widen the one before
    ring_seconds      how long an offer rings; infinite for kinds that do not ring
    wrap_up_seconds   wrap-up when `finish` gives none
    reserved          number of free agents of this queue who get no items of queues of lower priority
    reoffer_seconds   re-offer delay: how long an agent who refused or did not answer does not get the same item again,
                      as long as others can take it
    min_reoffer_seconds   the re-offer delay when nobody else can take it
    handling_seconds  assumed talk and wrap-up before any measurement (for the expected wait only)
    rings             False for kinds that are only shown: who lets such an offer pass stays ready, for a telephone
    closed            new items are not served until the queue opens; items that wait already are served
    """

    queue: QueueId
    priority: int = 0
    ageing: float = 0.0
    steps: tuple[Relaxation, ...] = (Relaxation(0.0),)
    ring_seconds: float = 20.0
    wrap_up_seconds: float = 0.0
    reserved: int = 0
    choose: Choose = Choose.LONGEST_IDLE
    rings: bool = True
    closed: bool = False
    reoffer_seconds: float = 60.0
    min_reoffer_seconds: float = 15.0
    handling_seconds: float = 240.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "choose", Choose(self.choose))
        self._check_numbers()
        if not self.steps or self.steps[0].after != 0:
            raise RuleError(f"queue {self.queue!r}: the first step must have after=0")
        for number, (before, step) in enumerate(zip(self.steps, self.steps[1:], strict=False), start=2):
            self._check_wider(number, before, step)

    def _check_numbers(self) -> None:
        durations = (
            self.wrap_up_seconds, self.reoffer_seconds, self.min_reoffer_seconds, self.handling_seconds, self.ageing
        )  # fmt: skip
        if not all(isfinite(number) and number >= 0 for number in durations) or self.reserved < 0:
            raise RuleError(f"queue {self.queue!r}: durations, ageing and reserved must be zero or more")
        if not self.ring_seconds > 0:
            raise RuleError(f"queue {self.queue!r}: ring_seconds must be more than zero")

    def _check_wider(self, number: int, before: Relaxation, step: Relaxation) -> None:
        name = f"queue {self.queue!r}, step {number}"
        if not before.after < step.after < inf:
            raise RuleError(f"{name}: after={step.after} must be later than the step before ({before.after})")
        if not before.requirement.implies(step.requirement):
            raise RuleError(f"{name}: asks for more than the step before; waiting longer may only widen who can help")
        missing = set(before.also_queues) - set(step.also_queues)
        if missing:
            raise RuleError(f"{name}: drops {', '.join(sorted(missing))}; keep the queues of the step before")


def _one_call() -> Mapping[str, int]:
    return {CALL: 1}


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who takes work: the queues they serve, their skills (1 to 5), and their capacity for each kind.

    While an item of an `exclusive` kind is offered or held, the agent gets nothing else. An item of an exclusive kind
    in `interrupts` may be offered while the agent has work of other kinds in hand, but for `LIVE_KINDS`. Items of other
    exclusive kinds wait until the agent has nothing in hand. While something rings, nothing else is offered.
    """

    agent: AgentId
    queues: frozenset[QueueId]
    skills: Mapping[Skill, int] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=_one_call)
    interrupts: frozenset[str] = frozenset()
    exclusive: frozenset[str] = EXCLUSIVE_KINDS

    def __post_init__(self) -> None:
        for skill, level in self.skills.items():
            if not 0 <= level <= HIGHEST_LEVEL:
                raise RuleError(f"agent {self.agent!r}: level {level} of {skill!r} is not between 0 and 5")
        for kind, number in self.capacity.items():
            if number < 0 or (number > 1 and kind in self.exclusive):
                raise RuleError(f"agent {self.agent!r}: capacity {number} of {kind!r}; an exclusive kind has 0 or 1")


@value
class Item:
    """One piece of work.

    arrived            when it began to wait; unchanged by transfers and restarts, so that it keeps its place
    priority           points added to the queue's
    requirement        added to the queue's requirement in every step
    preferred          who last talked with the caller; the item waits for them alone until `preferred_seconds`
                       after `arrived`, as long as they are signed in, able and responding
    personal           the only agent who may take it, whatever the skills and queues
    """

    item: ItemId
    queue: QueueId
    arrived: float
    kind: str = CALL
    priority: int = 0
    requirement: Requirement = NOTHING
    preferred: AgentId | None = None
    preferred_seconds: float = 0.0
    personal: AgentId | None = None
