"""What a counting week says: by purpose and in all, counted and in a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from indgang.analysis.counting.models import CountedEnquiry, CountingWeek
from indgang.analysis.counting.scaling import YearEstimate, in_a_year, place
from indgang.enquiries.models import Character


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A purpose, or all of them. Shares are percent of those that carry the mark; None when none does."""

    name: str
    year: YearEstimate
    general: float | None
    resolved: float | None
    digital: float | None
    minutes: float | None
    """Mean."""


@dataclass(frozen=True, slots=True)
class WeekResult:
    """A counted week. `days` are those it rests on; `by_day` has their numbers."""

    days: tuple[date, ...]
    by_day: tuple[int, ...]
    total: CountedLine
    lines: tuple[CountedLine, ...]
    """By local wording, in the order of the buttons, each counted at least once."""
    cross_cutting: tuple[CountedLine, ...]
    """By the nine purposes; the last, without a name, is what nobody has mapped."""

    @property
    def per_day(self) -> list[tuple[date, int]]:
        return list(zip(self.days, self.by_day, strict=True))


_VALUES = ("day", "purpose", "purpose__name", "purpose__purpose__name", "character", "minutes", "is_resolved")
_ALL = (*_VALUES, "should_be_digital")


def result(week: CountingWeek, *, today: date) -> WeekResult | None:
    """None until something is counted. A working day that is over counts as a day, also when nobody counted; what was
    counted on another day belongs to the working day before. Today is left out until it is over, if it is not alone."""
    rows = list(CountedEnquiry.objects.filter(week=week, day__lte=today).values(*_ALL))
    if not rows:
        return None
    over = [row for row in rows if row["day"] < today]
    rows = over or rows
    days = week.working_days_until(today - timedelta(days=1)) if over else []
    days = days or sorted({row["day"] for row in rows})
    for row in rows:
        row["day"] = days[place(days, row["day"])]
    order = {pk: place for place, pk in enumerate(week.purposes.values_list("pk", flat=True))}

    def line(name: str, some: Sequence[dict[str, Any]]) -> CountedLine:
        return _line(name, some, days, week)

    local = _grouped(sorted(rows, key=lambda row: order[row["purpose"]]), "purpose__name")
    mapped = sorted(_grouped(rows, "purpose__purpose__name").items(), key=lambda each: (each[0] == "", each[0]))
    return WeekResult(
        tuple(days), tuple(_by_day(rows, days)), line("", rows), tuple(line(*each) for each in local.items()),
        tuple(line(*each) for each in mapped),
    )  # fmt: skip


def _grouped(rows: Iterable[dict[str, Any]], field: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[field] or "", []).append(row)
    return found


def _line(name: str, rows: Sequence[dict[str, Any]], days: Sequence[date], week: CountingWeek) -> CountedLine:
    year = in_a_year(_by_day(rows, days), days_a_year=week.days_a_year, rounds_to=week.rounds_to)
    minutes = [row["minutes"] for row in rows if row["minutes"] is not None]
    characters = [row["character"] == Character.GENERAL for row in rows if row["character"]]
    return CountedLine(
        name, year, _share(characters), _share(row["is_resolved"] for row in rows),
        _share(row["should_be_digital"] for row in rows), sum(minutes) / len(minutes) if minutes else None,
    )  # fmt: skip


def _by_day(rows: Iterable[dict[str, Any]], days: Sequence[date]) -> list[int]:
    found = Counter(row["day"] for row in rows)
    return [found[day] for day in days]


def _share(marks: Iterable[bool | None]) -> float | None:
    said = [mark for mark in marks if mark is not None]
    return 100 * sum(said) / len(said) if said else None
