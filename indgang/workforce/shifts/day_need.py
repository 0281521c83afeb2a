"""The need of a draft from a source that has one for each quarter of each day, such as a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts.problem import ShiftDay
from indgang.workforce.models import PlannedNeed, ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts.need_sources import DayNeed
from indgang.workforce.shifts.plans import MOST_PEOPLE, locked_draft
from indgang.workforce.shifts.question import PlanQuestion


@transaction.atomic
def set_need_by_day(
    plan: ShiftPlan, *, activity: ShiftActivity, workplace: Workplace, found: DayNeed, by: Person, at: datetime
) -> int:
    """So many people on each of these days of a draft, instead of what was needed of the activity at the workplace;
    how many days were changed. Days that are not in it stay. Raises RefusedChange."""
    locked = locked_draft(plan)
    if any(each > MOST_PEOPLE for row in found.people.values() for each in row):
        text = _("Der er brug for mere end %(most)s på arbejde i samme kvarter. Se på køernes mål og opkald.")
        raise RefusedChange({"queues": text % {"most": MOST_PEOPLE}})
    days = [day for day in PlanQuestion(locked, at).calendar.days if day.date in found.people]
    PlannedNeed.objects.bulk_create(
        [
            PlannedNeed(
                plan=locked,
                day=day.date,
                activity=activity,
                workplace=workplace,
                people=_of_day(day, found.people[day.date]),
                base=_of_day(day, found.base[day.date]) if found.base else [],
                about=found.source.as_data(),
            )
            for day in days
        ],
        update_conflicts=True,
        unique_fields=["plan", "day", "activity", "workplace"],
        update_fields=["people", "base", "about"],
    )
    after = {
        "activity": activity.name, "workplace": workplace.name, "queues": list(found.source.queues), "days": len(days),
        **{each.code: each.percent for each in found.source.added},
    }  # fmt: skip
    trail.record(by=by, at=at, action="shift_plan.need", target=locked, after=after)
    return len(days)


def _of_day(day: ShiftDay, on_the_wall: Sequence[float]) -> list[float]:
    """The quarters that pass on the day: the hour that comes twice in October needs the same people each time."""
    return [float(on_the_wall[day.on_the_wall(quarter)]) for quarter in range(day.start, day.end)]
