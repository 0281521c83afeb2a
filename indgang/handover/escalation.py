"""Which steps of the escalation are due. Pure: facts and time in, steps out.

Minutes are counted while the centre of the hand-over is open, so nothing climbs at night or on a holiday. A step
before the due time comes at the latest half-way to it, so that a promise for soon is not warned of at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from indgang.core.schedule import Schedule

#: what is open without a promise is due after this many open minutes: nothing is forgotten
FALLBACK_MINUTES = 8 * 60


class Rung(StrEnum):
    """Whom a step turns to, in the order in which it climbs."""

    #: who has the hand-over: the person, else the group, else the people of the unit
    OWNER = "owner"
    GROUP = "group"
    #: the contact person of the unit's availability agreement; the coordinator for what came back to the centre
    CONTACT = "contact"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """After `minutes` open minutes past the due time (negative: before it) it turns to `rung`."""

    rung: Rung
    minutes: int


#: the steps of units that have no rules of their own
DEFAULT_STEPS = (
    EscalationStep(Rung.OWNER, -60),
    EscalationStep(Rung.GROUP, 0),
    EscalationStep(Rung.CONTACT, 60),
    EscalationStep(Rung.LEADER, 240),
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due, since when its owner has had it, and the hours that count (None: every hour)."""

    begun: datetime
    due: datetime
    hours: Schedule | None = None

    def time_of(self, step: EscalationStep) -> datetime:
        """When the step is due, never before `begun`. Whoever got it after the due time has the minutes from then."""
        if step.minutes < 0:
            return max(self.begun, self._before(-step.minutes))
        return after(self.hours, max(self.begun, self.due), step.minutes)

    def _before(self, minutes: int) -> datetime:
        if self.hours is None:
            length = (self.due - self.begun).total_seconds()
            return self.due - timedelta(seconds=min(60.0 * minutes, max(length, 0) / 2))
        half = self.hours.open_seconds(self.begun, self.due) / 2
        found = self.hours.before_open_seconds(self.due, min(60.0 * minutes, half))
        return found or self.begun


def in_order(steps: Sequence[EscalationStep]) -> list[EscalationStep]:
    """The steps by their times, those of one time from the owner upwards."""
    rungs = list(Rung)
    return sorted(steps, key=lambda step: (step.minutes, rungs.index(step.rung)))


def due_steps(
    steps: Sequence[EscalationStep], *, taken: Collection[Rung], deadline: Deadline, at: datetime
) -> list[EscalationStep]:
    """The steps to take at `at`, in order, without those whose rungs were `taken`, perhaps by rules that have changed
    since. After a standstill there are several: none is left out."""
    found = []
    for step in in_order(steps):
        if step.rung in taken:
            continue
        if deadline.time_of(step) > at:
            break
        found.append(step)
    return found


def fallback_due(hours: Schedule | None, since: datetime) -> datetime:
    """When something without a promise is due that has lain since `since`."""
    return after(hours, since, FALLBACK_MINUTES)


def after(hours: Schedule | None, at: datetime, minutes: int) -> datetime:
    """`minutes` open minutes later. Hours that never come count as every hour: a centre that has closed for good must
    not keep anything from climbing."""
    found = hours.after_open_seconds(at, 60.0 * minutes) if hours is not None else None
    return found or at + timedelta(minutes=minutes)
