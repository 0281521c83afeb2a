"""A centre's day: planned shifts against the need, and moves that a leader accepts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import ceil, floor

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.moves import DaySituation, ShiftMove, suggest
from indgang.workforce.models import PlannedActivity, PlannedShift, ShiftPlan
from indgang.workforce.shifts.question import PlanQuestion

TimeSpan = tuple[datetime, datetime]


@dataclass(frozen=True)
class DayFacts:
    """What a plan does not know of its day. People are primary keys."""

    missing: frozenset[int] = frozenset()
    """Who is planned now and is not there."""
    factors: Sequence[float] = ()
    """What the need on the phone is multiplied with, for each quarter by the clock on the wall; none: it holds."""
    away: Mapping[int, Collection[TimeSpan]] = field(default_factory=dict)
    """Who is absent or works for another centre, and when."""
    borrowed: Collection[TimeSpan] = ()
    """When somebody comes from another centre."""


@dataclass(frozen=True)
class CentreDay:
    """The published plan of a centre on the day of a moment."""

    plan: ShiftPlan
    at: datetime
    facts: DayFacts = field(default_factory=DayFacts)

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
    def planned_need(self) -> list[float]:
        """People needed at work of all rows together in each quarter until the end of the day, as the plan says."""
        return [sum(row[at] for row in self.asked.need_at_work.values()) for at in range(self.last)]

    @cached_property
    def situation(self) -> DaySituation:
        problem, facts = self.asked.problem, self.facts
        today = self.asked.calendar.number_of(day_of(self.at))
        phones = [row for row in problem.need if problem.kinds.get(row[1]) is ActivityKind.PHONE]
        return DaySituation(
            now=self.now,
            need={row: self._need(row, row in phones) for row in problem.need},
            shifts={
                person: tuple(each for each in shifts if problem.day_of(each.start) == today)
                for person, shifts in self.asked.value.items()
            },
            missing=frozenset(str(each) for each in facts.missing),
            away={str(person): [self._quarters(each) for each in spans] for person, spans in facts.away.items()},
            borrowed=[(phones[0], *self._quarters(each)) for each in facts.borrowed] if phones else [],
            may_do={each.key: each.can_do(self.now, self.last) for each in problem.people},
            agreed={str(person): [each.part for each in agreed] for person, agreed in self.asked.meetings.items()},
            kinds=problem.kinds,
            rules=problem.rules,
        )  # fmt: skip

    def _need(self, row: tuple[str, str], is_phone: bool) -> tuple[float, ...]:
        """What is over stays as it was planned."""
        values, factors = self.asked.need_at_work[row], self.facts.factors
        day = self.asked.calendar.days[self.asked.calendar.number_of(day_of(self.at))]
        if not is_phone or not factors:
            return values[: self.last]
        first = max(self.now, day.start)
        again = [values[at] * factors[day.on_the_wall(at) % len(factors)] for at in range(first, self.last)]
        return (*values[:first], *again)

    def _quarters(self, span: TimeSpan) -> tuple[int, int]:
        start, end = ((each - self.asked.calendar.begins).total_seconds() / 900 for each in span)
        return floor(start), ceil(end)

    @cached_property
    def moves(self) -> list[ShiftMove]:
        return suggest(self.situation)


def plan_of(centre: ContactCentre, at: datetime) -> ShiftPlan | None:
    """The published plan that holds on the day."""
    day = day_of(at)
    rows = ShiftPlan.objects.filter(centre=centre, state=ShiftPlan.State.PUBLISHED, first__lte=day, last__gte=day)
    return rows.select_related("centre").first()


@transaction.atomic
def accept(plan: ShiftPlan, key: str, *, facts: DayFacts, by: Person, at: datetime) -> None:
    """Carry out a suggestion. Raises RefusedChange when it is none any more."""
    locked = ShiftPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    today = CentreDay(locked, at, facts)
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
