"""Shifts as they were published at a moment: what people worked by is not changed by a version that comes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from indgang.core.clock import day_of
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import PlannedActivity, ShiftPlan


@dataclass(frozen=True, slots=True)
class PublishedSpan:
    """A part of a person's shift in the plan of a centre (its code); without an activity it is a break."""

    centre: str
    person: int
    kind: ActivityKind
    starts_at: datetime
    ends_at: datetime


def parts(start: datetime, end: datetime, *, at: datetime) -> list[PublishedSpan]:
    """The parts of shifts that have some time between `start` and `end`, by what was published until `at`.

    A shift belongs to the plan of the day on which it begins. Two queries.
    """
    plans = _plans(day_of(start) - timedelta(days=1), day_of(end), at)
    rows = PlannedActivity.objects.filter(
        shift__plan__in=set(plans.values()), starts_at__lt=end, ends_at__gt=start
    ).order_by("shift__person", "starts_at")
    names = (
        "shift__plan", "shift__plan__centre__code", "shift__person", "shift__starts_at", "activity__kind", "starts_at",
        "ends_at",
    )  # fmt: skip
    return [
        PublishedSpan(centre, person, ActivityKind(kind or ActivityKind.BREAK), starts_at, ends_at)
        for plan, centre, person, begins, kind, starts_at, ends_at in rows.values_list(*names)
        if plans.get((centre, day_of(begins))) == plan
    ]


def _plans(first: date, last: date, at: datetime) -> dict[tuple[str, date], int]:
    """The plan of each centre and day: the one that was published last."""
    rows = ShiftPlan.objects.filter(published_at__lte=at, first__lte=last, last__gte=first).exclude(
        state=ShiftPlan.State.DRAFT
    )
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found: dict[tuple[str, date], int] = {}
    for plan, centre, begins, ends in rows.order_by("published_at", "pk").values_list(
        "pk", "centre__code", "first", "last"
    ):
        found.update({(centre, day): plan for day in days if begins <= day <= ends})
    return found
