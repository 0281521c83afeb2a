"""A shift plan as the question that the solver answers, and its answer as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet

from indgang.accounts.models import Person
from indgang.catalogue.models import not_ended
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.checker import RuleBreach, breaches
from indgang.staffing.shifts.problem import (
    HOUR,
    ShiftPart,
    ShiftPerson,
    ShiftPlanValue,
    ShiftPrices,
    ShiftProblem,
    ShiftRules,
    ShiftWish,
    WorkShift,
)
from indgang.staffing.shifts.wire import Calendar
from indgang.workforce.models import (
    ContractWorkplace,
    PlannedActivity,
    PlannedNeed,
    PlannedShift,
    ShiftActivity,
    ShiftPlan,
    TimeWish,
    WorkContract,
    Workplace,
)
from indgang.workforce.shifts import appointments
from indgang.workforce.shifts.absences import absences
from indgang.workforce.shifts.need_sources import at_work
from indgang.workforce.shifts.part_rows import PartRows, PlannedAppointment
from indgang.workforce.shifts.quarters import quarter_of
from indgang.workforce.shifts.terms import LENGTHS, PlanTerms
from indgang.workforce.shifts.training import Training

NeedRows = dict[tuple[str, str], tuple[float, ...]]
#: of shifts before and after the plan that its rules look at
_BESIDE = timedelta(days=7)


@dataclass(frozen=True)
class PlanQuestion:
    """What the rows say about a plan at a moment: shifts that have begun by then are fixed."""

    plan: ShiftPlan
    at: datetime

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.plan.first, (self.plan.last - self.plan.first).days + 1)

    @cached_property
    def contracts(self) -> list[WorkContract]:
        """Those of the centre that hold on some day of the plan, in the order of their first days."""
        rows = WorkContract.objects.filter(
            not_ended(self.plan.first), centre=self.plan.centre_id,
            valid_from__lte=self.plan.last, person__is_active=True,
        )  # fmt: skip
        return list(rows.select_related("person").order_by("valid_from", "pk"))

    @cached_property
    def people(self) -> dict[int, Person]:
        """Who has a contract in the plan, or a shift without one, by name."""
        found = {each.person_id: each.person for each in self.contracts}
        found |= {each.pk: each for each in Person.objects.filter(pk__in=self._shifts.keys() - found.keys())}
        return dict(sorted(found.items(), key=lambda each: (each[1].name, each[0])))

    @cached_property
    def changed_days(self) -> frozenset[int]:
        """The days on which other people are needed than in the plan that this one follows."""
        if self.plan.follows is None:
            return frozenset()
        changed = _needs(self.plan) ^ _needs(self.plan.follows)
        return frozenset(self.calendar.number_of(day) for day, *_rest in changed)

    @cached_property
    def problem(self) -> ShiftProblem:
        """Raises UnusableProblem."""
        need = self._need()
        return ShiftProblem(
            self.calendar.days,
            tuple(self._people()),
            need,
            {each.code: ActivityKind(each.kind) for each in self.activities.values()},
            ShiftRules(lengths=tuple(sorted(set(LENGTHS).union(*(each.lengths() for each in self._terms.values()))))),
            ShiftPrices(**{str(name): float(value) for name, value in self.plan.prices.items()}),
        )

    @cached_property
    def value(self) -> dict[str, tuple[WorkShift, ...]]:
        """The shifts of the plan, by person."""
        return {str(person): self._shifts.get(person, ()) for person in self.people}

    def breaches(self, value: ShiftPlanValue | None = None) -> list[RuleBreach]:
        return breaches(self.problem, self.value if value is None else value)

    @cached_property
    def names(self) -> dict[str, str]:
        return {str(pk): person.name for pk, person in self.people.items()}

    @cached_property
    def activities(self) -> dict[int, ShiftActivity]:
        """Those that hold on some day of the plan."""
        rows = ShiftActivity.objects.filter(not_ended(self.plan.first), valid_from__lte=self.plan.last)
        return {each.pk: each for each in rows}

    @cached_property
    def part_rows(self) -> PartRows:
        return PartRows({each.code: each for each in self.activities.values()}, self.calendar.moment)

    @cached_property
    def meetings(self) -> dict[int, list[PlannedAppointment]]:
        """Meetings, training and other fixed tasks of each person in the plan, on the days on which they are there."""
        found: dict[int, list[PlannedAppointment]] = defaultdict(list)
        by_date = {day.date: day for day in self.calendar.days}
        for each in appointments.of_people(list(self.people), self.plan.first, self.plan.last):
            row = each.appointment
            away = (*self._absences.get(each.person_id, ()), *self._terms[each.person_id].away)
            for date_ in appointments.days(row, by_date):
                day = by_date[date_]
                start = day.quarter(quarter_of(row.opens, field="opens"))
                end = day.quarter(quarter_of(row.closes, field="closes"))
                if start < end and not any(first < end and last > start for first, last in away):
                    part = ShiftPart(row.activity.code, start, end)
                    found[each.person_id].append(PlannedAppointment(part, row))
        return found

    @cached_property
    def without_room(self) -> list[tuple[int, PlannedAppointment]]:
        """Appointments that are still to come, for which the person's fixed shift of that day has no room."""
        return [
            (person, each)
            for person, agreed in self.meetings.items()
            for each in agreed
            if self.calendar.moment(each.part.start) > self.at and not self._has_room(person, each.part)
        ]

    def _has_room(self, person: int, appointment: ShiftPart) -> bool:
        """A fixed shift stays as it is: it has the appointment of its day already, or has no room for it. Otherwise the
        plan can still make room, for what is to come."""
        day = next(each for each in self.calendar.days if each.start <= appointment.start < each.end)
        fixed = [each for each in self._shifts.get(person, ()) if each.is_fixed and day.start <= each.start < day.end]
        if not fixed:
            return self.calendar.moment(appointment.start) > self.at
        return any(
            part.activity == appointment.activity and part.start <= appointment.start and part.end >= appointment.end
            for each in fixed
            for part in each.parts
        )

    @cached_property
    def workplaces(self) -> dict[str, Workplace]:
        return {each.code: each for each in Workplace.objects.all()}

    @cached_property
    def _begins(self) -> datetime:
        return self.calendar.begins

    @cached_property
    def _ends(self) -> datetime:
        return self.calendar.moment(self.calendar.days[-1].end)

    @cached_property
    def _shifts(self) -> dict[int, tuple[WorkShift, ...]]:
        """Fixed ones of somebody who is away then are fixed no more, unless they have begun and the person came."""
        found = self._values(PlannedShift.objects.filter(plan=self.plan))
        return {person: tuple(self._freed(person, shifts)) for person, shifts in found.items()}

    def _freed(self, person: int, shifts: Iterable[WorkShift]) -> Iterator[WorkShift]:
        away = self._absences.get(person, ())
        for each in shifts:
            is_away = any(first < each.end and last > each.start for first, last in away)
            never_came = any(first <= each.start < last for first, last in away)
            has_begun = self.calendar.moment(each.start) <= self.at
            stays = not never_came if has_begun else not is_away
            yield replace(each, is_fixed=each.is_fixed and stays)

    def _values(self, rows: QuerySet[PlannedShift]) -> dict[int, tuple[WorkShift, ...]]:
        found: dict[int, list[WorkShift]] = defaultdict(list)
        for row in rows.select_related("workplace").prefetch_related("parts__activity").order_by("starts_at"):
            found[row.person_id].append(self._shift(row))
        return {person: tuple(shifts) for person, shifts in found.items()}

    def _shift(self, row: PlannedShift) -> WorkShift:
        quarter = self.calendar.quarter
        parts = sorted(row.parts.all(), key=lambda part: part.starts_at)
        return WorkShift(
            quarter(row.starts_at), quarter(row.ends_at), row.workplace.code,
            tuple(
                ShiftPart(part.activity.code if part.activity else "", quarter(part.starts_at), quarter(part.ends_at))
                for part in parts
            ),
            row.is_fixed or row.starts_at <= self.at,
        )  # fmt: skip

    def _need(self) -> NeedRows:
        return self._by_row(lambda each: each.people)

    @cached_property
    def need_at_work(self) -> NeedRows:
        """The need without what was added for sickness: on the day it is known who is ill."""
        return self._by_row(at_work)

    @cached_property
    def base_need(self) -> NeedRows:
        """The need without any time that is lost; empty when nothing was added."""
        if not any(each.base for each in self._need_rows):
            return {}
        return self._by_row(lambda each: each.base or each.people)

    @cached_property
    def named_rows(self) -> dict[tuple[str, str], tuple[Workplace, ShiftActivity]]:
        """The workplace and the activity of each row of the need."""
        return {(each.workplace.code, each.activity.code): (each.workplace, each.activity) for each in self._need_rows}

    @cached_property
    def _need_rows(self) -> list[PlannedNeed]:
        return list(self.plan.needs.select_related("activity", "workplace"))

    def _by_row(self, people: Callable[[PlannedNeed], Sequence[float]]) -> NeedRows:
        rows: dict[tuple[str, str], list[float]] = {}
        for need in self._need_rows:
            row = rows.setdefault((need.workplace.code, need.activity.code), [0.0] * self.calendar.days[-1].end)
            day, there = self.calendar.days[self.calendar.number_of(need.day)], list(people(need))
            row[day.start : day.end] = there[: day.length] + [0.0] * (day.length - len(there))
        return {key: tuple(row) for key, row in rows.items()}

    # --- People ------------------------------------------------------------------------------------

    @cached_property
    def _terms(self) -> dict[int, PlanTerms]:
        places = _by(
            ContractWorkplace.objects.filter(contract__in=self.contracts).values_list("contract", "workplace__code")
        )
        workplaces = {contract: frozenset(map(str, codes)) for contract, codes in places.items()}
        contracts: dict[int, list[WorkContract]] = defaultdict(list)
        for each in self.contracts:
            contracts[each.person_id].append(each)
        days = self.calendar.days
        return {person: PlanTerms(days, tuple(contracts[person]), workplaces) for person in self.people}

    def _people(self) -> Iterator[ShiftPerson]:
        people = list(self.people)
        training = Training(self.calendar.days, self.activities.values(), people)
        away, wishes = self._absences, self._wishes(people)
        before, after = self._before(people), self._after(people)
        followed = self.plan.follows_id
        present = self._values(PlannedShift.objects.filter(plan=followed)) if followed else {}
        for person, terms in self._terms.items():
            fixed = tuple(each for each in self._shifts.get(person, ()) if each.is_fixed)
            credit = terms.credit(away.get(person, ()))
            owed = terms.week_hours * len(self.calendar.days) / 7 - credit
            yield ShiftPerson(
                key=str(person), week_hours=terms.week_hours,
                slack_hours=terms.slack(max(0.0, owed), sum(each.length for each in fixed) / HOUR),
                activities=training.activities(person), untrained=training.untrained(person), credit=credit,
                **terms.rules(),
                absences=(*away.get(person, ()), *terms.away, *self._over),
                wishes=tuple(wishes.get(person, ())), fixed=fixed,
                before=before.get(person, ()), after=after.get(person, ()), present=present.get(person, ()),
                appointments=self._appointments(person),
            )  # fmt: skip

    @cached_property
    def _over(self) -> tuple[tuple[int, int], ...]:
        """What is over of today, if it is a day of the plan: nobody begins there any more."""
        now = _ceil(self.calendar, self.at)
        return tuple((day.start, now) for day in self.calendar.days if day.start < now < day.end)

    def _appointments(self, person: int) -> tuple[ShiftPart, ...]:
        return tuple(each.part for each in self.meetings.get(person, ()) if self._has_room(person, each.part))

    @cached_property
    def _absences(self) -> dict[int, list[tuple[int, int]]]:
        """Approved leave, and illness and time off that people have noted themselves, in quarters of the plan."""
        people = {each.person_id for each in self.contracts}
        people.update(PlannedShift.objects.filter(plan=self.plan).values_list("person", flat=True))
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for person, spans in absences(people, self._begins, self._ends).items():
            for starts, ends in spans:
                start = max(0, _floor(self.calendar, starts))
                end = min(self.calendar.days[-1].end, _ceil(self.calendar, ends))
                if start < end:
                    found[person].append((start, end))
        return found

    def _wishes(self, people: list[int]) -> dict[int, list[ShiftWish]]:
        found: dict[int, list[ShiftWish]] = defaultdict(list)
        rows = TimeWish.objects.filter(Q(day=None) | Q(day__range=(self.plan.first, self.plan.last)), person__in=people)
        for row in rows:
            for number, day in enumerate(self.calendar.days):
                if day.date == row.day or (row.day is None and day.date.weekday() == row.weekday):
                    found[row.person_id].append(ShiftWish(row.kind, number, row.weight))
        return found

    def _before(self, people: list[int]) -> dict[int, tuple[WorkShift, ...]]:
        rows = PlannedShift.objects.filter(
            person__in=people, plan__state=ShiftPlan.State.PUBLISHED, starts_at__lt=self._begins,
            starts_at__gte=self._begins - _BESIDE,
        )  # fmt: skip
        return self._values(rows)

    def _after(self, people: list[int]) -> dict[int, tuple[WorkShift, ...]]:
        rows = PlannedShift.objects.filter(
            person__in=people, plan__state=ShiftPlan.State.PUBLISHED, starts_at__gte=self._ends,
            starts_at__lt=self._ends + _BESIDE,
        )  # fmt: skip
        return self._values(rows)


def write(plan: ShiftPlan, question: PlanQuestion, value: ShiftPlanValue) -> int:
    """Replace the shifts of the plan that are not fixed; how many there are now. Belongs in a transaction."""
    moment = question.calendar.moment
    fixed = {
        (int(key), moment(each.start)) for key, shifts in question.value.items() for each in shifts if each.is_fixed
    }
    there = PlannedShift.objects.filter(plan=plan).values_list("pk", "person", "starts_at")
    PlannedShift.objects.filter(pk__in=[pk for pk, *key in there if tuple(key) not in fixed]).delete()
    kept = set(PlannedShift.objects.filter(plan=plan).values_list("person", "starts_at"))
    made: list[PlannedShift] = []
    parts: list[PlannedActivity] = []
    for person, shifts in value.items():
        for shift in shifts:
            if (int(person), moment(shift.start)) in kept:
                continue
            row = PlannedShift(
                plan=plan, person_id=int(person), workplace=question.workplaces[shift.workplace],
                starts_at=moment(shift.start), ends_at=moment(shift.end), is_fixed=False,
            )  # fmt: skip
            made.append(row)
            parts += question.part_rows.of(row, shift.parts, question.meetings.get(int(person), ()))
    PlannedShift.objects.bulk_create(made)
    PlannedActivity.objects.bulk_create(parts)
    return len(made) + len(kept)


def copy_shifts(source: ShiftPlan, target: ShiftPlan) -> None:
    """The shifts of a plan once more, for a version that follows it."""
    made: list[PlannedShift] = []
    parts: list[PlannedActivity] = []
    for row in source.shifts.prefetch_related("parts"):
        copy = PlannedShift(
            plan=target, person_id=row.person_id, workplace_id=row.workplace_id, starts_at=row.starts_at,
            ends_at=row.ends_at, is_fixed=row.is_fixed,
        )  # fmt: skip
        made.append(copy)
        parts += [
            PlannedActivity(
                shift=copy,
                activity_id=part.activity_id,
                starts_at=part.starts_at,
                ends_at=part.ends_at,
                appointment_id=part.appointment_id,
            )
            for part in row.parts.all()
        ]
    PlannedShift.objects.bulk_create(made)
    PlannedActivity.objects.bulk_create(parts)


def _by(pairs: Iterable[tuple[int, object]]) -> Mapping[int, list[object]]:
    found: dict[int, list[object]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _needs(plan: ShiftPlan) -> set[tuple[date, int, int, tuple[float, ...]]]:
    """Day, activity, workplace and people of each row with somebody in it."""
    return {
        (each.day, each.activity_id, each.workplace_id, tuple(each.people))
        for each in plan.needs.all()
        if any(each.people)
    }


def _floor(calendar: Calendar, moment: datetime) -> int:
    return int((moment - calendar.begins).total_seconds() // 900)


def _ceil(calendar: Calendar, moment: datetime) -> int:
    return -_floor(calendar, calendar.begins - (moment - calendar.begins))
