"""Where and at what people lack in a plan: need beside people at work, by workplace and activity."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from indgang.staffing.shifts.checker import staffed
from indgang.staffing.shifts.moves import Row
from indgang.staffing.shifts.problem import HOUR
from indgang.workforce.models import ShiftActivity, Workplace
from indgang.workforce.shifts.day import CentreDay
from indgang.workforce.shifts.question import PlanQuestion


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """An activity at a workplace: the people needed and at work there, one number for each quarter of the plan, or of
    the rest of a day."""

    workplace: Workplace
    activity: ShiftActivity
    need: tuple[float, ...]
    at_work: tuple[int, ...]

    @property
    def needed_hours(self) -> float:
        return sum(self.need) / HOUR

    @property
    def missing_hours(self) -> float:
        """A quarter with too many people does not make up for another with too few."""
        return sum(max(0.0, need - there) for need, there in zip(self.need, self.at_work, strict=True)) / HOUR


def rows(asked: PlanQuestion) -> list[CoverageRow]:
    """All rows of the plan's need, those in which most hours are missing first. Raises UnusableProblem."""
    return _rows(asked, asked.problem.need, staffed(asked.problem, asked.value), 0)


def of_day(day: CentreDay) -> list[CoverageRow]:
    """The same of the rest of a day: the need as the morning has corrected it, those who are missing not counted."""
    return _rows(day.asked, day.situation.need, day.situation.staffed(), max(0, day.now))


def _rows(
    asked: PlanQuestion, need: Mapping[Row, Sequence[float]], there: Mapping[Row, Sequence[int]], first: int
) -> list[CoverageRow]:
    found = [
        CoverageRow(*asked.named_rows[key], tuple(needed[first:]), tuple(there[key][first:]))
        for key, needed in need.items()
    ]
    return sorted(found, key=lambda each: (-each.missing_hours, each.workplace.name, each.activity.name))


def chosen(found: Collection[CoverageRow], workplace: str, activity: str) -> list[CoverageRow]:
    """The rows of a workplace and an activity by their codes; "" is every one, and so is a code without a row."""
    places, activities = {each.workplace.code for each in found}, {each.activity.code for each in found}
    return [
        each
        for each in found
        if (workplace not in places or each.workplace.code == workplace)
        and (activity not in activities or each.activity.code == activity)
    ]
