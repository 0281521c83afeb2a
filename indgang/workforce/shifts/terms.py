"""What the contracts of a person say about the days of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Any

from indgang.core.schedule import is_public_holiday
from indgang.staffing.shifts.problem import ShiftDay
from indgang.workforce.models import WorkContract

#: lengths of shifts that are planned, in quarters; each contract allows some of them
LENGTHS = (16, 20, 24, 30, 34, 38)
#: the longest shift with one break and no stretch of work that is too long
LONGEST = 46
#: hours in a week that a plan may be from the contract, and the fewest in a plan
_SLACK_A_WEEK, _LEAST_SLACK = 2.0, 4.0
_WORKING_DAYS = 5

Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class PlanTerms:
    """The contracts of a person in a plan; without any, every day is away.

    Hours are those of the contract of each day. All other rules are the strictest of the contracts. A contract that
    cannot be kept together with one that has more days in the plan is not planned: its days are away, and count as
    worked. `workplaces` are by contract (primary key), none where all are allowed.
    """

    days: tuple[ShiftDay, ...]
    contracts: tuple[WorkContract, ...]
    workplaces: Mapping[int, frozenset[str]]

    @cached_property
    def kept(self) -> tuple[WorkContract, ...]:
        """The contracts that are planned, the one with most days first."""
        found: tuple[WorkContract, ...] = ()
        for each in sorted(self.contracts, key=lambda one: -sum(one.valid_on(day.date) for day in self.days)):
            if not found or self._go_together((*found, each)):
                found = (*found, each)
        return found

    @cached_property
    def week_hours(self) -> float:
        """Of an average week: the mean of the weekdays with a contract, or of its days when there are no others."""
        known = [(day, hours) for day, hours in zip(self.days, self._hours, strict=True) if hours is not None]
        on_weekdays = [hours for day, hours in known if day.date.weekday() < _WORKING_DAYS]
        counted = on_weekdays or [hours for _day, hours in known]
        return sum(counted) / len(counted) if counted else 0.0

    @cached_property
    def away(self) -> Spans:
        """The days that are not planned, in quarters of the plan."""
        found: Spans = []
        for day in self.days:
            if any(each.valid_on(day.date) for each in self.kept):
                continue
            if found and found[-1][1] == day.start:
                found[-1] = (found[-1][0], day.end)
            else:
                found.append((day.start, day.end))
        return found

    def credit(self, absences: Iterable[tuple[int, int]]) -> float:
        """Hours that count as worked: a fifth of a week for each weekday that is a public holiday, is away, or has an
        absence from before noon on."""
        spans = [*absences, *self.away]
        return sum(
            (self.week_hours if hours is None else hours) / _WORKING_DAYS
            for day, hours in zip(self.days, self._hours, strict=True)
            if day.date.weekday() < _WORKING_DAYS and (is_public_holiday(day.date) or _is_away(day, spans))
        )

    def slack(self, owed: float, fixed: float) -> float:
        """Hours that the plan may be from those owed; fixed shifts may be more, as nobody can change them."""
        return max(_LEAST_SLACK, _SLACK_A_WEEK * len(self.days) / 7, fixed - owed)

    def rules(self) -> dict[str, Any]:
        """The fields of ShiftPerson that are rules of the contracts."""
        if not self.kept:
            return {"weekends_off": 0}
        limits = _limits(self.kept)
        return {
            "days_a_week": min(each.days_a_week for each in self.kept),
            "shortest": limits[0], "longest": limits[1], "earliest": limits[2], "latest": limits[3],
            "weekends_off": max(each.weekends_off for each in self.kept),
            "off_phone_share": float(self.kept[0].off_phone_share),
            "workplaces": self._places(self.kept) or frozenset(),
        }  # fmt: skip

    def lengths(self) -> set[int]:
        """Lengths of shifts to plan with: the usual ones, and one more if the contracts allow none of these."""
        if not self.kept:
            return set()
        shortest, longest, earliest, latest = _limits(self.kept)
        most = min(longest, latest - earliest, LONGEST)
        return set() if most < shortest or any(shortest <= each <= most for each in LENGTHS) else {most}

    @cached_property
    def _hours(self) -> list[float | None]:
        """Of a week by the contract of each day; None without one."""
        return [
            next((float(each.weekly_hours) for each in self.contracts if each.valid_on(day.date)), None)
            for day in self.days
        ]

    def _go_together(self, contracts: tuple[WorkContract, ...]) -> bool:
        shortest, longest, earliest, latest = _limits(contracts)
        return shortest <= min(longest, latest - earliest) and self._places(contracts) != frozenset()

    def _places(self, contracts: Iterable[WorkContract]) -> frozenset[str] | None:
        """Where all of them allow work; None for everywhere."""
        limited = [found for each in contracts if (found := self.workplaces.get(each.pk))]
        return frozenset.intersection(*limited) if limited else None


def _limits(contracts: Iterable[WorkContract]) -> tuple[int, int, int, int]:
    """Shortest and longest shift, earliest and latest time, in quarters that all of them allow."""
    rows = list(contracts)
    return (
        max(_up(each.shortest) for each in rows), min(each.longest // 15 for each in rows),
        max(_up(_minutes(each.earliest)) for each in rows), min((_minutes(each.latest) // 15) or 96 for each in rows),
    )  # fmt: skip


def _is_away(day: ShiftDay, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < day.quarter(48) and end > day.quarter(32) for start, end in spans)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _up(minutes: int) -> int:
    return -(-minutes // 15)
