"""What a planner knows of days to come: campaigns, mailings, payments, and services that move in. Pure.

An event that comes again is learned: its `label` says that two events are of a kind, and the effect that the planner
expects is where learning begins. A stage of a rollout adds its documented volume, and is learned when its calls arrive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible

#: the effect of an event is at most this factor, and at least one part of it
LARGEST_EFFECT = 20.0
#: how far a learned effect may be expected to be from what the planner said, and a stage from its documents
_EVENT_SIZE, _STAGE_SIZE = 0.5, 0.4


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """Days on which more or fewer people call. `effect` is the factor that the planner expects: 1.3 is 30 percent
    more, 1 says that nothing is known."""

    label: str
    first: date
    last: date
    effect: float = 1.0

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Impossible(f"{self.label}: the last day is not before the first")
        if not 1 / LARGEST_EFFECT <= self.effect <= LARGEST_EFFECT:
            raise Impossible(f"{self.label}: the effect is a factor of {1 / LARGEST_EFFECT:g} to {LARGEST_EFFECT:g}")


@dataclass(frozen=True, slots=True)
class ArrivingVolume:
    """A service that moves in, or out when the volume is negative. It grows evenly over `ramp_days` from `first`."""

    label: str
    first: date
    calls_a_year: float
    ramp_days: int = 0

    def __post_init__(self) -> None:
        if not abs(self.calls_a_year) <= 100_000_000:
            raise Impossible(f"{self.label}: {self.calls_a_year:g} calls a year are no volume")
        if not 0 <= self.ramp_days <= 3 * 366:
            raise Impossible(f"{self.label}: it grows over 0 to 1,098 days, not {self.ramp_days}")


@dataclass(frozen=True)
class PlannedChanges:
    """All that a planner knows of one queue."""

    events: Sequence[PlannedEvent] = ()
    stages: Sequence[ArrivingVolume] = ()
    #: days that stay in the history although they are far from what was expected
    kept: Mapping[date, str] = field(default_factory=dict)


def labels(known: PlannedChanges) -> list[str]:
    return sorted({each.label for each in known.events})


def columns(known: PlannedChanges, first: date, days: int) -> Numbers:
    """A column for each label, then one for each stage: its size on the days where it holds, else 0."""
    found = np.zeros((days, len(labels(known)) + len(known.stages)))
    for number, label in enumerate(labels(known)):
        for event in known.events:
            if event.label == label:
                found[_place(event.first, event.last, first, days), number] = _EVENT_SIZE
    for number, stage in enumerate(known.stages, len(labels(known))):
        found[:, number] = _STAGE_SIZE * _grown(stage, first, days)
    return found


def expected(known: PlannedChanges, first: date, days: int, calls_a_day: float, open_days_a_year: float) -> Numbers:
    """The logarithm of the factor that the planner expects on each day, beside a queue with `calls_a_day`."""
    found = np.zeros(days)
    for event in known.events:
        found[_place(event.first, event.last, first, days)] += np.log(event.effect)
    if known.stages and calls_a_day > 0:
        more = sum(each.calls_a_year / open_days_a_year * _grown(each, first, days) for each in known.stages)
        found += np.log(np.maximum(1 + more / calls_a_day, 1 / LARGEST_EFFECT))
    return found


def _place(first: date, last: date, of: date, days: int) -> slice:
    begin = min(max((first - of).days, 0), days)
    return slice(begin, min(max((last - of).days + 1, begin), days))


def _grown(stage: ArrivingVolume, first: date, days: int) -> Numbers:
    """The share of the stage's volume that has come on each day."""
    since = np.arange(days) - (stage.first - first).days
    if not stage.ramp_days:
        return np.asarray(since >= 0, dtype=np.float64)
    return np.asarray(np.clip((since + 1) / stage.ramp_days, 0.0, 1.0))


def days_of(event: PlannedEvent) -> list[date]:
    return [event.first + timedelta(days=number) for number in range((event.last - event.first).days + 1)]
