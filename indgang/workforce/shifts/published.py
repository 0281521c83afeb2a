"""Published shifts: what people have been told that they work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from indgang.catalogue.models import ContactCentre
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import PlannedActivity, PlannedShift, ShiftPlan
from indgang.workforce.shifts import appointments

#: what is read with a shift for `published`
PARTS = ("parts__activity", "parts__appointment__people__person")


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """A part of a shift. `activity` is the centre's own name of it, "" for a break. `title` says which meeting or
    training it is, "" for anything else."""

    kind: ActivityKind
    activity: str
    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class PublishedShift:
    """A shift with its parts in the order of time, which fill it; `pk` is the row's."""

    pk: int
    person: int
    workplace: str
    starts_at: datetime
    ends_at: datetime
    parts: tuple[PublishedPart, ...]

    def at(self, moment: datetime) -> PublishedPart | None:
        """The part of that moment; None outside the shift."""
        return next((part for part in self.parts if part.starts_at <= moment < part.ends_at), None)


def planned(people: Collection[int], start: datetime, end: datetime) -> list[PublishedShift]:
    """The published shifts of these people (primary keys) that have some time between two moments, by beginning.

    Only the newest published version counts. Takes at most five queries, whatever the number of people.
    """
    return _between(start, end, person__in=people)


def planned_in(centre: ContactCentre, start: datetime, end: datetime) -> list[PublishedShift]:
    """The same for everybody in the plans of a centre, and nobody's shifts in others."""
    return _between(start, end, plan__centre=centre)


def _between(start: datetime, end: datetime, **which: Any) -> list[PublishedShift]:
    rows = PlannedShift.objects.filter(
        plan__state=ShiftPlan.State.PUBLISHED, starts_at__lt=end, ends_at__gt=start, **which
    )
    rows = rows.select_related("workplace").prefetch_related(*PARTS).order_by("starts_at", "person")
    return [published(row) for row in rows]


def published(row: PlannedShift) -> PublishedShift:
    """The value of a row; its workplace and parts are best read with it. Parts that go on with the same are one."""
    parts: list[PublishedPart] = []
    for each in sorted(row.parts.all(), key=lambda part: part.starts_at):
        part = _part(each)
        if parts and replace(part, starts_at=parts[-1].starts_at) == replace(parts[-1], ends_at=part.ends_at):
            part = replace(part, starts_at=parts.pop().starts_at)
        parts.append(part)
    return PublishedShift(row.pk, row.person_id, row.workplace.name, row.starts_at, row.ends_at, tuple(parts))


def _part(row: PlannedActivity) -> PublishedPart:
    return PublishedPart(
        ActivityKind(row.activity.kind) if row.activity else ActivityKind.BREAK,
        row.activity.name if row.activity else "", row.starts_at, row.ends_at,
        appointments.words(row.appointment) if row.appointment else "",
    )  # fmt: skip
