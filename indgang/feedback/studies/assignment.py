"""Which service has which package: what its segment proposes, what its owner decided, and when a study is next due.

Pure. Sources: R-201, R-202, R-210, R-213, R-297 to R-301.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Package(StrEnum):
    INTERVIEWS = "interviews"
    USER_TESTS = "user_tests"


class Why(StrEnum):
    """Why a service has the packages that it has."""

    FULL_JOURNEY = "full_journey"
    ASSESSED = "assessed"
    USER_TESTS = "user_tests"
    NO_FOCUS = "no_focus"
    UNKNOWN = "unknown"
    DECIDED = "decided"
    CRITICAL = "critical"
    MOST_IMPORTANT = "most_important"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a segment proposes: packages to have, and packages that the owner may add."""

    why: Why
    packages: frozenset[Package] = frozenset()
    may: frozenset[Package] = frozenset()


_I, _T = Package.INTERVIEWS, Package.USER_TESTS
#: by complexity and volume (001:4981-5002)
_BY_SEGMENT = {
    ("high", "large"): Proposal(Why.FULL_JOURNEY, frozenset({_I}), frozenset({_T})),
    ("high", "small"): Proposal(Why.ASSESSED, frozenset(), frozenset({_I})),
    ("low", "large"): Proposal(Why.USER_TESTS, frozenset({_T})),
    ("low", "small"): Proposal(Why.NO_FOCUS),
}


def proposed(complexity: str, volume: str) -> Proposal:
    """What the segment proposes; nothing for a service that is not segmented."""
    return _BY_SEGMENT.get((complexity, volume), Proposal(Why.UNKNOWN))


@dataclass(frozen=True, slots=True)
class OwnerDecision:
    """What the owner of a service decided. `is_most_important` is for the three to five services that are named
    centrally: they have both packages."""

    packages: frozenset[Package]
    is_critical: bool = False
    is_most_important: bool = False


@dataclass(frozen=True, slots=True)
class Assigned:
    packages: frozenset[Package]
    why: Why


def assigned(proposal: Proposal, decision: OwnerDecision | None) -> Assigned:
    """The packages of a service: the proposal, unless its owner decided."""
    if decision is None:
        return Assigned(proposal.packages, proposal.why)
    if decision.is_most_important:
        return Assigned(frozenset(Package), Why.MOST_IMPORTANT)
    return Assigned(decision.packages, Why.CRITICAL if decision.is_critical else Why.DECIDED)


@dataclass(frozen=True, slots=True)
class NextDue:
    """When the next study of a kind is due: the last day of the part of the year that it belongs to.

    `done` and `wanted` are this year's studies. `is_behind`: the year before has fewer than wanted.
    """

    on: date
    done: int
    wanted: int
    is_behind: bool


def due(reported: Collection[date], times_a_year: int, since: date | None, today: date) -> NextDue:
    """`reported` are the days on which studies were presented; the goal is a number a year (R-213).

    `since` is the first day on which the package held; the year before counts only when it held the whole year.
    """
    done = _in_year(reported, today.year)
    held_before = since is not None and since <= date(today.year - 1, 1, 1)
    is_behind = held_before and _in_year(reported, today.year - 1) < times_a_year
    return NextDue(_deadline(today.year, done, times_a_year), done, times_a_year, is_behind)


def _in_year(days: Iterable[date], year: int) -> int:
    return sum(day.year == year for day in days)


def _deadline(year: int, done: int, times_a_year: int) -> date:
    """The end of the year's first part that has no study yet; of the first part of next year when all have."""
    part = done + 1
    if done >= times_a_year:
        year, part = year + 1, 1
    month = 12 * part // times_a_year
    return date(year, month, {6: 30}.get(month, 31))
