"""What became of a person's wishes in the plans that hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from indgang.accounts.models import Person
from indgang.catalogue.models import not_ended
from indgang.core.clock import COPENHAGEN, day_of
from indgang.staffing.shifts.checker import met_wishes
from indgang.staffing.shifts.problem import DAY, ShiftWish
from indgang.workforce.day_line import DayKind
from indgang.workforce.models import DayNote, LeaveRequest, PlannedShift, ShiftPlan, TimeWish, WorkContract
from indgang.workforce.shifts.question import PlanQuestion


@dataclass(frozen=True, slots=True)
class WishOutcome:
    """On how many days of published plans a wish holds, and on how many of them it is met."""

    days: int
    met: int


@dataclass(frozen=True, slots=True)
class PlanWishes:
    """How many wishes a person has for days of a plan, how many it meets (None without shifts), the kinds and days of
    those that it does not meet, and what they cost."""

    person: Person
    number: int
    kept: int | None
    unmet: list[tuple[str, date]]
    price: float


def of_plan(asked: PlanQuestion) -> list[PlanWishes]:
    """The dearest first. Raises UnusableProblem."""
    problem, value = asked.problem, asked.value
    has_shifts = any(value.values())
    found = []
    for person in problem.people:
        met = met_wishes(problem, person, value.get(person.key, ()))
        if met:
            unmet = [wish for wish, is_met in met if not is_met] if has_shifts else []
            said = [(str(each.kind), problem.days[each.day].date) for each in unmet]
            price = problem.prices.wish * sum(each.weight for each in unmet)
            kept = len(met) - len(unmet) if has_shifts else None
            found.append(PlanWishes(asked.people[int(person.key)], len(met), kept, said, price))
    return sorted(found, key=lambda each: (-each.price, each.person.name))


def of_person(person: Person, first: date, last: date) -> list[tuple[TimeWish, WishOutcome | None]]:
    """The person's wishes that are not over on the first day, with what the plans until the last make of them."""
    rows = list(TimeWish.objects.filter(person=person).exclude(day__lt=first))
    found = outcomes(person, rows, first, last)
    return [(each, found.get(each.pk)) for each in rows]


def outcomes(person: Person, wishes: Iterable[TimeWish], first: date, last: date) -> dict[int, WishOutcome]:
    """By primary key, what the published plans between two days, both included, make of each wish; wishes for days
    without a plan, and those on which the person is away anyway, are left out."""
    away = _away(person, first, last)
    middles = {day: middle for day, middle in _middles(person, first, last).items() if day not in away}
    spans = _spans(person, first, last)
    found: dict[int, WishOutcome] = {}
    for wish in wishes:
        days = [day for day in middles if day == wish.day or (wish.day is None and day.weekday() == wish.weekday)]
        if days:
            met = sum(_is_met(wish, middles[day], spans.get(day)) for day in days)
            found[wish.pk] = WishOutcome(len(days), met)
    return found


def _middles(person: Person, first: date, last: date) -> Mapping[date, int]:
    """The days of published plans on which the person has a contract, each with the middle of the hours in which they
    may work, in quarters."""
    plans = ShiftPlan.objects.filter(state=ShiftPlan.State.PUBLISHED, first__lte=last, last__gte=first)
    rows = WorkContract.objects.filter(not_ended(first), person=person, valid_from__lte=last)
    covered = list(plans.values_list("centre", "first", "last"))
    found: dict[date, int] = {}
    for row in rows:
        for centre, begins, ends in covered:
            day = max(begins, first)
            while centre == row.centre_id and day <= min(ends, last):
                if row.valid_on(day):
                    latest = row.latest.hour * 4 + row.latest.minute // 15 or DAY
                    found[day] = (row.earliest.hour * 4 + row.earliest.minute // 15 + latest) // 2
                day += timedelta(days=1)
    return found


def _away(person: Person, first: date, last: date) -> Collection[date]:
    """Days with approved leave, or with illness or time off that somebody has noted."""
    leave = LeaveRequest.objects.filter(
        person=person, state=LeaveRequest.State.APPROVED, first__lte=last, last__gte=first
    )
    spans = list(leave.values_list("first", "last"))
    after = datetime.combine(last + timedelta(days=1), time(0), COPENHAGEN)
    notes = DayNote.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=datetime.combine(first, time(0), COPENHAGEN)), person=person,
        kind__in=(DayKind.SICK, DayKind.OFF), starts_at__lt=after,
    )  # fmt: skip
    for starts, ends in notes.values_list("starts_at", "ends_at"):
        spans.append((day_of(starts), last if ends is None else day_of(ends - timedelta(microseconds=1))))
    days = (last - first).days + 1
    return {
        day
        for day in (first + timedelta(days=number) for number in range(days))
        if any(begins <= day <= ends for begins, ends in spans)
    }


def _spans(person: Person, first: date, last: date) -> Mapping[date, tuple[int, int]]:
    """First and last quarter of each published shift, by its day and the clock on the wall."""
    rows = PlannedShift.objects.filter(
        person=person, plan__state=ShiftPlan.State.PUBLISHED, plan__first__lte=last, plan__last__gte=first
    )
    found: dict[date, tuple[int, int]] = {}
    for starts_at, ends_at in rows.values_list("starts_at", "ends_at"):
        starts = starts_at.astimezone(COPENHAGEN)
        begin = starts.hour * 4 + starts.minute // 15
        found[starts.date()] = begin, begin + int((ends_at - starts_at).total_seconds() // 900)
    return found


def _is_met(wish: TimeWish, middle: int, span: tuple[int, int] | None) -> bool:
    return span is None or not ShiftWish(wish.kind, 0, wish.weight).is_against(*span, middle)
