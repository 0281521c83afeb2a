"""When the parts of a rollout plan are due: so many months after the grant or after the go-live of a stage. Pure.

A plan starts with the grant (source 001:2119-2121). When the grant or a stage is moved, what follows from it moves too;
a day that somebody has chosen stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from indgang.core.months import months_later

#: the number of the grant among the stages
GRANT = 0


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage goes live so many months after the stage before it, the first after the grant; or on a chosen day."""

    number: int
    months: int
    chosen: date | None = None


def stage_days(granted_on: date, stages: Iterable[StageTime]) -> dict[int, date]:
    """The day of the grant (`GRANT`) and of the go-live of each stage, by its number."""
    days, before = {GRANT: granted_on}, granted_on
    for each in sorted(stages, key=lambda stage: stage.number):
        before = each.chosen or months_later(before, each.months)
        days[each.number] = before
    return days


def due(days: Mapping[int, date], stage: int | None, months: int, chosen: date | None) -> date | None:
    """The day that was chosen, else the one that follows from a stage (`stage_days`); None when there is neither."""
    if chosen is not None:
        return chosen
    begin = days.get(stage) if stage is not None else None
    return months_later(begin, months) if begin is not None else None


def quarter_of(day: date) -> date:
    """The first day of the quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def next_quarter(first: date) -> date:
    return months_later(first, 3)
