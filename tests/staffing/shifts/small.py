"""Small questions of shift planning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from indgang.staffing.shifts.problem import (
    HOUR,
    ShiftDay,
    ShiftPart,
    ShiftPerson,
    ShiftPlanValue,
    ShiftProblem,
    WorkShift,
    days_from,
)
from indgang.staffing.shifts.search import ShiftSearch

#: a Monday
FIRST = date(2026, 3, 2)
PLACE, PHONE, MAIL = "hall", "phone", "mail"


def person(key: str, **changes: Any) -> ShiftPerson:
    """37 hours a week on the phone, from 7 to 22."""
    usual = ShiftPerson(key, 37.0, slack_hours=8.0, weekends_off=0, activities=frozenset({PHONE}))
    return replace(usual, **changes)


def need(days: tuple[ShiftDay, ...], people: float, opens: int = 8, closes: int = 16) -> tuple[float, ...]:
    """The same number from Monday to Friday between two hours."""
    row = [0.0] * days[-1].end
    for day in days:
        if not day.is_weekend:
            for quarter in range(day.quarter(opens * HOUR), day.quarter(closes * HOUR)):
                row[quarter] = people
    return tuple(row)


def week(*people: ShiftPerson, needed: float = 2, days: int = 7, **changes: Any) -> ShiftProblem:
    made = days_from(FIRST, days)
    return replace(ShiftProblem(made, tuple(people), {(PLACE, PHONE): need(made, needed)}), **changes)


def shift(start: int, length: int = 30, activity: str = PHONE, place: str = PLACE) -> WorkShift:
    """A shift with a break in its middle."""
    half = start + length // 2
    parts = (
        ShiftPart(activity, start, half),
        ShiftPart("", half, half + 2),
        ShiftPart(activity, half + 2, start + length),
    )
    return WorkShift(start, start + length, place, parts)


def solved(problem: ShiftProblem, steps: int = 60) -> ShiftPlanValue:
    """The plan after so many looks at the clock."""
    return searched(problem, steps).plan


def searched(problem: ShiftProblem, steps: int = 60) -> ShiftSearch:
    """The search after so many looks."""
    looks = count()
    search = ShiftSearch(problem, lambda: 0.0, lambda: next(looks) > steps)
    for _state in search.run():
        pass
    return search
