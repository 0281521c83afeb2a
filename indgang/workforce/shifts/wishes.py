"""What became of a person's wishes in the plans that hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN
from indgang.staffing.shifts.problem import DAY, ShiftWish
from indgang.workforce.models import PlannedShift, ShiftPlan, TimeWish, WorkContract


@dataclass(frozen=True, slots=True)
class WishOutcome:
    """On how many days of published plans a wish holds, and on how many of them it is met."""

    days: int
    met: int


def outcomes(person: Person, wishes: Iterable[TimeWish], first: date, last: date) -> dict[int, WishOutcome]:
    """By primary key, what the published plans between two days, both included, make of each wish; wishes for days
    without a plan are left out."""
    middles = _middles(person, first, last)
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
    rows = WorkContract.objects.filter(Q(valid_to=None) | Q(valid_to__gt=first), person=person, valid_from__lte=last)
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
