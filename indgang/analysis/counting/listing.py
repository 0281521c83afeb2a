"""Counting weeks as plain data, for the API and the command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count

from indgang.analysis.counting import counted
from indgang.analysis.counting.counted import CountedLine
from indgang.analysis.counting.models import CountingPerson, CountingWeek
from indgang.analysis.counting.scaling import CONFIDENCE

#: what a week asks of each enquiry, by the names that `CountingWeek.asked` has for them
_MARKS = ("channel", "character", "minutes", "is_resolved", "should_be_digital")


def of_weeks(weeks: Sequence[CountingWeek]) -> list[dict[str, Any]]:
    """How each week was set up; `people` is how many count. One query."""
    rows = CountingPerson.objects.filter(week__in=weeks).order_by().values_list("week")
    people = dict(rows.annotate(number=Count("pk")))
    return [_week(each, people.get(each.pk, 0)) for each in weeks]


def of_week(week: CountingWeek, *, today: date) -> dict[str, Any]:
    """One week as in the list, with what was counted and what it is in a year.

    `factor` takes the counted days to a year; `low` and `high` are the bounds of a year, with that `confidence`, and
    None where one day says nothing of how days differ. Without anything counted, `factor` and `total` are None and the
    lists are empty.
    """
    (about,) = of_weeks([week])
    about |= {"confidence": CONFIDENCE}
    found = counted.result(week, today=today)
    if found is None:
        return {**about, "factor": None, "days": [], "total": None, "lines": [], "purposes": []}
    return {
        **about, "factor": found.total.year.factor,
        "days": [[day.isoformat(), number] for day, number in found.per_day], "total": _line(found.total),
        "lines": [_line(each) for each in found.lines], "purposes": [_line(each) for each in found.cross_cutting],
    }  # fmt: skip


def _week(week: CountingWeek, people: int) -> dict[str, Any]:
    return {
        "id": week.pk, "title": week.title, "unit": week.unit.name, "unit_ended": week.unit_ended,
        "service": week.service.code if week.service else None, "first": week.starts_on.isoformat(),
        "last": week.ends_on.isoformat(), "days_a_year": week.days_a_year, "rounded_to": week.rounds_to,
        "marks": list(week.asked(**dict.fromkeys(_MARKS))), "people": people,
        "closed_at": week.closed_at.isoformat() if week.closed_at else None,
    }  # fmt: skip


def _line(line: CountedLine) -> dict[str, Any]:
    year = line.year
    return {
        "name": line.name, "counted": year.counted, "a_year": year.year, "low": year.low, "high": year.high,
        "general_percent": line.general, "resolved_percent": line.resolved, "digital_percent": line.digital,
        "mean_minutes": line.minutes,
    }  # fmt: skip
