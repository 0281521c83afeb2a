"""A day of callers, as data: who calls which number when, which keys they press, how long they wait and talk, and what
they ask. Pure: the same random numbers give the same day.

Arrivals are a Poisson process whose rate follows the hour; units and purposes are drawn as often as the counts say
(`data/subjects.csv`, `data/mixes.csv`). Talk times have the two means of the estimate for the TMF centre: 5.5 minutes
when the question is resolved, 1 minute when it is passed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from math import exp, log
from random import Random
from typing import TypeVar

from indgang.core.clock import COPENHAGEN
from indgang.demo.rows import table

Item = TypeVar("Item")

#: calls per half hour from 8.00, relative to a day's average; a peak before lunch and a lower one after it
_PROFILE = (
    0.55, 0.85, 1.10, 1.30, 1.45, 1.40, 1.25, 1.00, 0.90, 1.05,
    1.15, 1.10, 0.95, 0.85, 0.70, 0.60, 0.45, 0.40, 0.25, 0.20,
)  # fmt: skip
_PROFILE_FROM = 8.0
#: rate outside the profile, when calls are rare
_AT_NIGHT = 0.03

_RESOLVED_TALK, _PASSED_ON_TALK = 5.5 * 60, 1.0 * 60
#: spread of talk times and patience (standard deviation of the logarithm)
_TALK_SPREAD, _PATIENCE_SPREAD = 0.5, 0.8
_PATIENCE_MEDIAN = 210.0

_KNOWN, _WITHHELD = 0.4, 0.07
_WRONG_KEY, _NO_KEY, _ENGLISH, _RING_ME_BACK = 0.05, 0.04, 0.04, 0.05

#: outcomes of questions that are not resolved at first contact
_OTHER_ENDS = (("transferred", 60), ("message", 20), ("callback", 12), ("other", 8))
#: share of resolved general questions that the website could have answered
_DIGITAL = 0.2


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller asks and its outcome.

    Codes of service, purpose and outcome; `local` is the service's own wording.
    """

    unit: str
    service: str
    purpose: str
    local: str
    case_specific: bool
    outcome: str
    should_be_digital: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """One future call. `keys` are the keys pressed at a prompt (by its code), the first time, the second, and so on.

    `number` is E.164, or empty when withheld. Seconds: `patience` in the queue, `talk` with the agent.
    """

    at: datetime
    number: str
    dialled: str
    keys: Mapping[str, tuple[str, ...]]
    queue: str
    patience: float
    talk: float
    wish: Wish


@dataclass(frozen=True, slots=True)
class PurposeShare:
    """One line of a mix: the wording of a question, and the share that is resolved at first contact."""

    local: str
    purpose: str
    calls: float
    resolved: float
    case_specific: float


@dataclass(frozen=True, slots=True)
class UnitDemand:
    """The demand of one unit: calls a year, the routes (number, key by prompt), services and purposes."""

    unit: str
    calls_per_year: float
    queue: str
    routes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    services: tuple[str, ...]
    purposes: tuple[PurposeShare, ...]


@lru_cache
def subjects() -> tuple[UnitDemand, ...]:
    """The subjects of the demo, from its data files."""
    mixes: dict[str, list[PurposeShare]] = {}
    for line in table("mixes"):
        mixes.setdefault(line["mix"], []).append(_purpose(line))
    return tuple(
        UnitDemand(
            unit=line["unit"],
            calls_per_year=float(line["calls_per_year"]),
            queue=line["queue"],
            routes=tuple(_route(route) for route in line["routes"].split("|")),
            services=tuple(line["services"].split()),
            purposes=tuple(mixes[line["mix"]]),
        )
        for line in table("subjects")
    )


def _purpose(line: Mapping[str, str]) -> PurposeShare:
    return PurposeShare(
        local=line["local_purpose"],
        purpose=line["purpose"],
        calls=float(line["calls"]),
        resolved=float(line["resolved_pct"]) / 100,
        case_specific=float(line["case_specific_pct"]) / 100,
    )


def _route(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Parse `+4533665300 erhverv-menu=1 tmf-menu=4` into the number and its pairs."""
    number, *keys = text.split()
    return number, tuple((prompt, key) for prompt, _, key in (each.partition("=") for each in keys))


def rate(at: datetime) -> float:
    """The rate of a moment relative to the average of the day."""
    local = at.astimezone(COPENHAGEN)
    place = int((local.hour + local.minute / 60 - _PROFILE_FROM) * 2)
    return _PROFILE[place] if 0 <= place < len(_PROFILE) and local.hour >= _PROFILE_FROM else _AT_NIGHT


@dataclass(slots=True)
class DayOfCalls:
    """Draws callers. `per_minute` is the average of the day; `known` are numbers that call often."""

    random: Random
    per_minute: float
    known: Sequence[str] = ()
    subjects: Sequence[UnitDemand] = field(default_factory=subjects)

    def callers(self, start: datetime, end: datetime | None = None) -> Iterator[Caller]:
        """Callers in order of time from `start`; endless without `end`."""
        return (self.caller(at) for at in self.moments(start, end, per_minute=self.per_minute))

    def moments(self, start: datetime, end: datetime | None = None, *, per_minute: float) -> Iterator[datetime]:
        """The moments at which somebody turns to us, in order, so many a minute on the average of the day."""
        highest, at = max(_PROFILE), start
        while per_minute > 0:
            at += timedelta(seconds=self.random.expovariate(per_minute * highest / 60))
            if end is not None and at >= end:
                return
            # thinning: from a process at the highest rate, keep the share that the hour's rate has of it
            if self.random.random() < rate(at) / highest:
                yield at

    def caller(self, at: datetime) -> Caller:
        """One caller at a moment."""
        subject = self._weighted(self.subjects, [each.calls_per_year for each in self.subjects])
        wish = self.wish(subject)
        dialled, keys = self.random.choice(subject.routes)
        resolved = wish.outcome in ("resolved", "directed")
        return Caller(
            at=at,
            number=self._number(),
            dialled=dialled,
            keys=self._keys(keys),
            queue=subject.queue,
            patience=self.random.lognormvariate(log(_PATIENCE_MEDIAN), _PATIENCE_SPREAD),
            talk=self._around(_RESOLVED_TALK if resolved else _PASSED_ON_TALK),
            wish=wish,
        )

    def wish(self, subject: UnitDemand) -> Wish:
        """What somebody wants to know who turns to this unit."""
        asked = self._weighted(subject.purposes, [each.calls for each in subject.purposes])
        case_specific = self.random.random() < asked.case_specific
        outcome, digital = self._outcome(asked, case_specific=case_specific)
        return Wish(
            unit=subject.unit,
            service=self.random.choice(subject.services),
            purpose=asked.purpose,
            local=asked.local,
            case_specific=case_specific,
            outcome=outcome,
            should_be_digital=digital,
        )

    def _outcome(self, asked: PurposeShare, *, case_specific: bool) -> tuple[str, bool]:
        if self.random.random() >= asked.resolved:
            return self._weighted(_OTHER_ENDS, [weight for _, weight in _OTHER_ENDS])[0], False
        digital = not case_specific and self.random.random() < _DIGITAL
        return ("directed" if digital else "resolved"), digital

    def _keys(self, route: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        """The keys of the route, with occasional slips and other choices."""
        keys: dict[str, tuple[str, ...]] = {prompt: (key,) for prompt, key in route}
        luck = self.random.random()
        first = route[0][0] if route else ""
        if luck < _NO_KEY:
            keys.pop(first, None)
        elif luck < _NO_KEY + _WRONG_KEY and first:
            keys[first] = ("8", *keys[first])
        elif luck < _NO_KEY + _WRONG_KEY + _ENGLISH and first in ("erhverv-menu", "hovednummer-menu"):
            keys[first] = ("9", *keys[first])
        if self.random.random() < _RING_ME_BACK:
            keys |= {"koe-tilbud": ("1",), "ring-op": ("1",)}
        return keys

    def _number(self) -> str:
        luck = self.random.random()
        if luck < _WITHHELD:
            return ""
        if luck < _WITHHELD + _KNOWN and self.known:
            # the first numbers call most often
            return self.known[int(len(self.known) * self.random.random() ** 2)]
        return f"+459999{self.random.randrange(5000, 10_000):04}"

    def _around(self, mean: float) -> float:
        """A lognormal time with this mean."""
        return self.random.lognormvariate(0.0, _TALK_SPREAD) * mean / exp(_TALK_SPREAD**2 / 2)

    def _weighted(self, items: Sequence[Item], weights: Sequence[float]) -> Item:
        return self.random.choices(items, cum_weights=list(accumulate(weights)))[0]
