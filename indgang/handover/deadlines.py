"""When open hand-overs are due: by their promise, else by a fallback, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.schedule import Schedule
from indgang.handover import counted_hours, escalation
from indgang.handover.counted_hours import OFFICE_HOURS
from indgang.handover.escalation import Deadline
from indgang.handover.models import Handover, Promise


@dataclass(frozen=True, slots=True)
class Due:
    """The deadline of a hand-over, and the promise that it comes from; None when nothing is promised (any more)."""

    deadline: Deadline
    promise: Promise | None

    @property
    def at(self) -> datetime:
        return self.deadline.due

    def is_overdue(self, at: datetime) -> bool:
        return self.deadline.due < at

    def falls_closed(self, at: datetime) -> bool:
        """Whether what is promised is still ahead, and falls in closed hours: a day was closed after it was made."""
        promise, schedule = self.promise, self.deadline.hours
        if promise is None or schedule is None or promise.due_at <= at:
            return False
        return counted_hours.when_closed(schedule, due=promise.due_at, starts=promise.starts_at) is not None

    def open_seconds_left(self, at: datetime) -> float:
        """Open seconds until it is due; negative: since then."""
        schedule, due = self.deadline.hours, self.deadline.due
        if schedule is None:
            return (due - at).total_seconds()
        return schedule.open_seconds(at, due) - schedule.open_seconds(due, at)


def of(handovers: Iterable[Handover]) -> dict[UUID, Due]:
    """The deadlines of open hand-overs with their centres, in a few queries."""
    rows = list(handovers)
    schedules = hours.all_schedules() if rows else {}
    centres = counted_hours.all_centres() if any(row.centre is None for row in rows) else []
    promises: dict[UUID, list[Promise]] = {row.pk: [] for row in rows}
    for promise in Promise.objects.filter(handover__in=promises).order_by("pk"):
        promises[promise.handover_id].append(promise)
    return {row.pk: _due(row, promises[row.pk], _hours(row, schedules, centres)) for row in rows}


def of_one(handover: Handover) -> Due:
    return of([handover])[handover.pk]


def begin_again(handover: Handover, at: datetime) -> None:
    """Others have it from now on: they get the time of every step. Within a unit the steps go on."""
    handover.placed_at, handover.step = at, 0


def _hours(handover: Handover, schedules: Mapping[str, Schedule], centres: Iterable[ContactCentre]) -> Schedule:
    sent = day_of(handover.sent_at)
    centre = handover.centre or counted_hours.nearest(handover.unit, sent, centres)
    return schedules[centre.schedule.code] if centre else OFFICE_HOURS


def _due(handover: Handover, promises: list[Promise], schedule: Schedule) -> Due:
    current = next((each for each in promises if each.state == Promise.State.OPEN), None)
    if current is not None:
        begun = max(handover.placed_at, current.made_at)
        return Due(Deadline(begun, current.due_at, schedule), current)
    ended = [each.settled_at for each in promises if each.settled_at is not None]
    since = max(filter(None, (handover.placed_at, handover.accepted_at, *ended)))
    return Due(Deadline(since, escalation.fallback_due(schedule, since), schedule), None)
