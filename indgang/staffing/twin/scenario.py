"""A centre to simulate, in plain values: work that comes in, the queues' rules, and the people who are there.

Times are seconds since the start of the simulation. Everything is checked when it is made; `BadScenario` says what is
wrong, in which unit, and what would be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from math import isfinite

from indgang.core.schedule import Schedule
from indgang.routing.distribution.requirement import CALL, QueueRule
from indgang.routing.flows.steps import Flow

#: more than this in one run is taken for an error of the input
MOST_CALLS = 5_000_000
#: a year in which all calls come on one day has 19
MOST_DAY_SPREAD = 100.0
MOST_PEOPLE = 5_000
#: how often one caller tries at most
MOST_TRIES = 4
#: how many colleagues are rung for one question at most
MOST_ASKED = 10


class BadScenario(ValueError):
    """A scenario that cannot be simulated. The message names the field, the value and its unit."""


def _check_number(name: str, number: float, unit: str) -> None:
    if not (isfinite(number) and number >= 0):
        raise BadScenario(f"{name}: {number:g} is not 0 or more {unit}")


def _check_share(name: str, share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise BadScenario(f"{name}: {share:g} is not from 0 to 1")


class TimeShape(StrEnum):
    """How random times spread around their mean."""

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"


@dataclass(frozen=True, slots=True)
class RandomTime:
    """Random times with this mean, in seconds. `spread` is the standard deviation over the mean, of a lognormal one."""

    mean: float
    shape: TimeShape = TimeShape.EXPONENTIAL
    spread: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", TimeShape(self.shape))
        _check_number("mean of a random time", self.mean, "seconds")
        _check_number("spread of a random time", self.spread, "a share of its mean")


NO_TIME = RandomTime(0.0, TimeShape.CONSTANT)


@dataclass(frozen=True, slots=True)
class Retry:
    """This share of those who hang up calls again, after a time."""

    share: float
    after: RandomTime

    def __post_init__(self) -> None:
        _check_share("share of callers who try again", self.share)


class WayOfAsking(StrEnum):
    """How people at the first level find a colleague of the second who can answer.

    A phone list names colleagues, who are rung one after another, whether or not they are there. By agreement they have
    promised windows: who is promised now is rung, and outside the windows nobody is; the question is then handed over,
    and a colleague rings the caller in their next window.
    """

    PHONE_LIST = "phone_list"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Specialist:
    """A colleague of the second level.

    at_desk   the share of times at which they answer when they are rung without having promised to
    windows   when they have promised to answer, in seconds since the beginning; `keeps` is the share of those times at
              which they do
    """

    name: str
    at_desk: float = 0.4
    windows: tuple[tuple[float, float], ...] = ()
    keeps: float = 0.95

    def __post_init__(self) -> None:
        _check_share("share of times at which a colleague answers", self.at_desk)
        _check_share("share of promised times that a colleague keeps", self.keeps)
        for begins, ends in self.windows:
            if not 0 <= begins < ends < float("inf"):
                raise BadScenario(f"{self.name}: a window from {begins:g} to {ends:g} s must end after it begins")


@dataclass(frozen=True, slots=True)
class Consulting:
    """Answered calls that need the second level.

    share       of answered calls
    talk        how long the colleague talks with the caller
    look_up     seconds to find the name in a list; by agreement it stands on the screen
    rings       seconds until nobody answers; `tries` is how many colleagues are rung at most
    introduces  seconds in which the person of the first level tells the colleague what it is about
    message     seconds to write a message, or to hand the question over
    answers_message   how long a message from a list waits until the caller is rung
    """

    share: float
    specialists: tuple[Specialist, ...]
    way: WayOfAsking
    talk: RandomTime
    look_up: float = 15.0
    rings: float = 20.0
    tries: int = 3
    introduces: float = 20.0
    message: float = 60.0
    answers_message: RandomTime = RandomTime(86_400.0)

    def __post_init__(self) -> None:
        _check_share("share of calls that need the second level", self.share)
        if not self.specialists:
            raise BadScenario("there is nobody at the second level to ask")
        for name in ("look_up", "rings", "introduces", "message"):
            _check_number(name, getattr(self, name), "seconds")
        if not 1 <= self.tries <= MOST_ASKED:
            raise BadScenario(f"tries {self.tries}: give 1 to {MOST_ASKED}")


@dataclass(frozen=True, slots=True)
class Inflow:
    """Work that comes to one queue.

    arrivals   the expected number in each interval; the actual number is random (Poisson)
    day_spread   how much whole days are busier or quieter than expected: standard deviation over mean of a day's
               busyness, which is common to its intervals (gamma); 0 for Poisson alone
    talk       time in a conversation, or at work on something written
    wrap_up    time after it, before the person is free
    patience   how long somebody waits before they hang up; None: for ever
    flow       the code of the flow that meets the callers; "" leads straight into the queue
    keys       what they press in its menus, one key for each menu in turn
    accepts_callback   the share of them who accept a callback when a flow offers it
    consulting   which of them need a colleague of the second level, and how one is found
    """

    queue: str
    arrivals: tuple[float, ...]
    talk: RandomTime
    wrap_up: RandomTime = NO_TIME
    patience: RandomTime | None = None
    retry: Retry | None = None
    kind: str = CALL
    flow: str = ""
    keys: str = ""
    accepts_callback: float = 0.0
    consulting: Consulting | None = None
    day_spread: float = 0.0

    def __post_init__(self) -> None:
        _check_share("share of callers who accept a callback", self.accepts_callback)
        _check_number(f"day_spread of queue {self.queue!r}", self.day_spread, "a share of the mean")
        if self.day_spread > MOST_DAY_SPREAD:
            raise BadScenario(f"day_spread of queue {self.queue!r}: {self.day_spread:g} is over {MOST_DAY_SPREAD:g}")
        if not all(isfinite(number) and number >= 0 for number in self.arrivals):
            raise BadScenario(f"queue {self.queue!r}: arrivals in an interval must be 0 or more")
        if sum(self.arrivals) > MOST_CALLS:
            raise BadScenario(f"queue {self.queue!r}: {sum(self.arrivals):g} arrivals are more than {MOST_CALLS:,}")
        if self.retry is not None and self.patience is None:
            raise BadScenario(f"queue {self.queue!r}: who never hangs up cannot try again; give a patience")


@dataclass(frozen=True, slots=True)
class Attendance:
    """One stay at work, from `begins` until `ends`, with breaks inside it. Who talks when it ends, talks on."""

    begins: float
    ends: float
    breaks: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        _check_number("begin of an attendance", self.begins, "seconds")
        last = self.begins
        for begins, ends in self.breaks:
            if not last <= begins < ends <= self.ends:
                raise BadScenario(f"break from {begins:g} to {ends:g} s: breaks are in order, inside the attendance")
            last = ends
        if not self.begins < self.ends < float("inf"):
            raise BadScenario(f"attendance from {self.begins:g} to {self.ends:g} s: it must end after it begins")


@dataclass(frozen=True, slots=True)
class Crew:
    """People who are alike: so many, with these queues, skills (1 to 5) and this capacity for each kind of work."""

    name: str
    number: int
    queues: frozenset[str]
    attendances: tuple[Attendance, ...]
    skills: Mapping[str, int] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=lambda: {CALL: 1})
    interrupts: frozenset[str] = frozenset({CALL})

    def __post_init__(self) -> None:
        if not 0 <= self.number <= MOST_PEOPLE:
            raise BadScenario(f"{self.name}: {self.number} people; give 0 to {MOST_PEOPLE:,}")
        for before, after in zip(self.attendances, self.attendances[1:], strict=False):
            if after.begins < before.ends:
                raise BadScenario(f"{self.name}: attendances are in order and do not overlap")


@dataclass(frozen=True, slots=True)
class TwinScenario:
    """A centre over a number of intervals of equal length.

    within    the limit of the service level, in seconds
    warm_up   arrivals before this time are simulated and not counted, in seconds
    pick_up   how long an offer rings until the person takes it, in seconds
    flows     the flows that inflows name, and those that they lead to
    centres   by queue, the centre it belongs to, and by flow; those not named belong to none
    schedules   opening hours that flows ask for
    begins    when the simulation begins, for flows that ask for the time of day
    prompt_seconds   how long a prompt lasts; a key is pressed so long after a menu's prompt began
    reached   the share of callbacks at which the caller answers
    """

    code: str
    title: str
    inflows: tuple[Inflow, ...]
    queues: tuple[QueueRule, ...]
    crews: tuple[Crew, ...]
    interval_seconds: float = 1_800.0
    within: float = 20.0
    warm_up: float = 0.0
    pick_up: float = 0.0
    flows: tuple[Flow, ...] = ()
    centres: Mapping[str, str] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    begins: datetime = datetime(2026, 1, 5, 7, tzinfo=UTC)
    prompt_seconds: float = 4.0
    reached: float = 0.9

    def __post_init__(self) -> None:
        if not self.inflows or not self.inflows[0].arrivals:
            raise BadScenario("there must be an inflow with at least one interval")
        if len({len(inflow.arrivals) for inflow in self.inflows}) > 1:
            raise BadScenario("all inflows must have the same number of intervals")
        _check_share("share of callbacks at which the caller answers", self.reached)
        for name in ("within", "warm_up", "pick_up", "prompt_seconds"):
            _check_number(name, getattr(self, name), "seconds")
        if not 1.0 <= self.interval_seconds <= 86_400.0:
            raise BadScenario(f"interval_seconds {self.interval_seconds:g}: give 1 to 86,400 seconds")
        if self.warm_up >= self.ends:
            raise BadScenario(f"warm_up {self.warm_up:g} s: nothing is left to count in {self.ends:g} s")
        self._check_queues()

    def _check_queues(self) -> None:
        known = {rule.queue for rule in self.queues}
        served = {queue for crew in self.crews for queue in crew.queues}
        for queue in [inflow.queue for inflow in self.inflows] + sorted(served):
            if queue not in known:
                raise BadScenario(f"queue {queue!r} has no rule")
        flows = {flow.code for flow in self.flows}
        for inflow in self.inflows:
            if inflow.flow and inflow.flow not in flows:
                raise BadScenario(f"queue {inflow.queue!r}: there is no flow {inflow.flow!r}")
        for rule in self.queues:
            if rule.ring_seconds <= self.pick_up:
                raise BadScenario(f"queue {rule.queue!r}: rings {rule.ring_seconds:g} s, but pick_up takes longer")

    @property
    def intervals(self) -> int:
        return len(self.inflows[0].arrivals)

    @property
    def ends(self) -> float:
        """When the last interval ends, in seconds."""
        return self.intervals * self.interval_seconds
