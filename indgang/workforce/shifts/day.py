"""A centre's day: planned shifts against the need, and moves that a leader accepts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts.moves import DaySituation, ShiftMove, suggest
from indgang.workforce.models import PlannedActivity, PlannedShift, ShiftPlan
from indgang.workforce.shifts.question import PlanQuestion


@dataclass(frozen=True)
class CentreDay:
    """The published plan of a centre on the day of a moment; `missing` are people (primary keys) who are planned now
    and are not there."""

    plan: ShiftPlan
    at: datetime
    missing: frozenset[int] = frozenset()

    @cached_property
    def asked(self) -> PlanQuestion:
        return PlanQuestion(self.plan, self.at)

    @cached_property
    def now(self) -> int:
        """The quarter of the plan that goes on now."""
        return int((self.at - self.asked.calendar.begins).total_seconds() // 900)

    @cached_property
    def last(self) -> int:
        """The end of the day."""
        return self.asked.calendar.days[self.asked.calendar.number_of(day_of(self.at))].end

    @cached_property
    def situation(self) -> DaySituation:
        problem = self.asked.problem
        today = self.asked.calendar.number_of(day_of(self.at))
        return DaySituation(
            now=self.now,
            need={row: values[: self.last] for row, values in problem.need.items()},
            shifts={
                person: tuple(each for each in shifts if problem.day_of(each.start) == today)
                for person, shifts in self.asked.value.items()
            },
            missing=frozenset(str(each) for each in self.missing),
            may_do={each.key: each.activities for each in problem.people},
            agreed={str(person): [each.part for each in agreed] for person, agreed in self.asked.meetings.items()},
            kinds=problem.kinds,
            rules=problem.rules,
        )  # fmt: skip

    @cached_property
    def moves(self) -> list[ShiftMove]:
        return suggest(self.situation)


def plan_of(centre: ContactCentre, at: datetime) -> ShiftPlan | None:
    """The published plan that holds on the day."""
    day = day_of(at)
    rows = ShiftPlan.objects.filter(centre=centre, state=ShiftPlan.State.PUBLISHED, first__lte=day, last__gte=day)
    return rows.select_related("centre").first()


@transaction.atomic
def accept(plan: ShiftPlan, key: str, *, missing: Collection[int], by: Person, at: datetime) -> None:
    """Carry out a suggestion. Raises RefusedChange when it is none any more."""
    locked = ShiftPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    today = CentreDay(locked, at, frozenset(missing))
    move = next((each for each in today.moves if each.key == key), None)
    if move is None or locked.state != ShiftPlan.State.PUBLISHED:
        raise RefusedChange({"": _("Forslaget gælder ikke længere. Se de nye.")})
    moment, codes = today.asked.calendar.moment, {each.code: each for each in today.asked.activities.values()}
    row = PlannedShift.objects.get(plan=locked, person=int(move.person), starts_at=moment(move.before.start))
    row.parts.all().delete()
    agreed = today.asked.meetings.get(int(move.person), ())
    PlannedActivity.objects.bulk_create(today.asked.part_rows.of(row, move.after.parts, agreed))
    starts = moment(move.start).astimezone(COPENHAGEN)
    after = {"activity": codes[move.to].name if move.to in codes else _("Pause"), "opens": f"{starts:%H:%M}"}
    locked.revision += 1
    locked.save(update_fields=["revision"])
    trail.record(by=by, at=at, action="planned_shift.move", target=row, after=after)
