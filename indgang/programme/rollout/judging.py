"""Whether parts of a rollout plan are late, and how large a risk is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: ends of the scales of likelihood and consequence
LOWEST, HIGHEST = 1, 5
#: products of likelihood and consequence from which a risk is medium, and high
_MEDIUM, _HIGH = 5, 12


class ActivityProgress(StrEnum):
    """Of an activity or a milestone."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


class Lateness(StrEnum):
    ON_TIME = "on_time"
    #: its first day has come, and nobody has begun
    NOT_BEGUN = "not_begun"
    #: its last day is over
    OVERDUE = "overdue"
    NO_DATE = "no_date"
    OVER = "over"


def lateness(progress: ActivityProgress, starts: date | None, ends: date | None, today: date) -> Lateness:
    if progress in (ActivityProgress.DONE, ActivityProgress.DROPPED):
        return Lateness.OVER
    if ends is not None and ends < today:
        return Lateness.OVERDUE
    if progress is ActivityProgress.WAITING and starts is not None and starts <= today:
        return Lateness.NOT_BEGUN
    return Lateness.NO_DATE if ends is None else Lateness.ON_TIME


def circle(needs: Mapping[int, Iterable[int]], of: int) -> list[int]:
    """The way from `of` back to itself through what each needs; empty when there is none."""
    trail, seen = [[of]], set()
    while trail:
        way = trail.pop()
        for each in sorted(needs.get(way[-1], ())):
            if each == of:
                return [*way, of]
            if each not in seen:
                seen.add(each)
                trail.append([*way, each])
    return []


class RiskSize(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def risk_size(likelihood: int, consequence: int) -> RiskSize:
    """From 1 to 5 each, multiplied: 5 or more is medium, 12 or more is high. Raises ValueError for other numbers."""
    if not all(LOWEST <= each <= HIGHEST for each in (likelihood, consequence)):
        raise ValueError("likelihood and consequence go from 1 to 5")
    size = likelihood * consequence
    return RiskSize.HIGH if size >= _HIGH else RiskSize.MEDIUM if size >= _MEDIUM else RiskSize.LOW


class Dip(StrEnum):
    """What a watched figure says about a risk."""

    #: too few answers before or since
    UNKNOWN = "unknown"
    #: no lower than the limit allows
    NONE = "none"
    #: lower by more than the limit, and chance may be why
    UNSURE = "unsure"
    #: lower by more than the limit, and more than chance
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True)
class IndexDifference:
    """From before to now on an index of 0 to 100, and whether it is more than chance."""

    by: float
    is_certain: bool


def dip(difference: IndexDifference | None, limit: float) -> Dip:
    """Whether an index fell by more than `limit` points."""
    if difference is None:
        return Dip.UNKNOWN
    if -difference.by <= limit:
        return Dip.NONE
    return Dip.CERTAIN if difference.is_certain else Dip.UNSURE
