"""Computes stored days of promised windows again from the events and notes, and says where they differ.

Nothing is changed: a difference means that a fact was corrected after its day, or that a row was not written by the
product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.entry.team import alerts, kept_windows
from indgang.workforce.models import ProvenDay

#: the days that each night computes again; older ones are left to `indgang availability verify`
NIGHTLY_DAYS = 14
ALERT = "proven_days"
_COLUMNS = ("promised", "reachable", "busy", "paused", "absent", "inside", "outside", "answered", "reasons")
#: those that days do not have that were stored before they were
_LATER_COLUMNS = ("people", "attempts")


@dataclass(frozen=True, slots=True)
class DayDeviation:
    """One figure of a window's day; None where one side has no row at all."""

    window: int
    day: date
    column: str
    stored: Any
    recomputed: Any


def deviations(first: date, last: date, *, at: datetime) -> Iterator[DayDeviation]:
    """Where the days from `first` to `last`, as far as they are over, differ, by day and window."""
    last = min(last, day_of(at) - timedelta(days=1))
    for ahead in range((last - first).days + 1):
        yield from _of_day(first + timedelta(days=ahead), at)


def stored_days() -> tuple[date, date] | None:
    """The first and the last day that is stored."""
    days = ProvenDay.objects.order_by("day").values_list("day", flat=True)
    first, last = days.first(), days.last()
    return (first, last) if first is not None and last is not None else None


def check(at: datetime) -> None:
    """Raise the alert when one of the last stored days differs, and end it when none does any more."""
    stored = stored_days()
    if stored is None:
        return
    first = max(stored[0], day_of(at) - timedelta(days=NIGHTLY_DAYS))
    differing = sorted({each.day for each in deviations(first, stored[1], at=at)})
    if differing:
        alerts.begin(ALERT, ", ".join(f"{day.day}.{day.month}." for day in differing), at=at)
    else:
        alerts.end(ALERT, at=at)


def _of_day(on: date, at: datetime) -> Iterator[DayDeviation]:
    stored = {row.window_id: row for row in ProvenDay.objects.filter(day=on).prefetch_related("attempts")}
    counted = {each.window: each for each in kept_windows.of_day(on)}
    services = dict(Service.objects.values_list("code", "pk")) if counted else {}
    for window in sorted(stored.keys() | counted.keys()):
        row, again = stored.get(window), counted.get(window)
        if row is None or again is None:
            yield DayDeviation(window, on, "promised", row and row.promised, again and again.promised)
            continue
        made = kept_windows.row_of(again, at)
        rows = [kept_windows.attempt_of(made, each, services) for each in again.asked]
        before, after = _figures(row, row.attempts.all()), _figures(made, rows)
        columns = _COLUMNS if row.people is None else (*_COLUMNS, *_LATER_COLUMNS)
        yield from (DayDeviation(window, on, name, before[name], after[name])
                    for name in columns if before[name] != after[name])  # fmt: skip


def _figures(row: ProvenDay, attempts: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(row, name) for name in (*_COLUMNS, "people")}
    return found | {"attempts": _attempts(attempts)}


def _attempts(rows: Iterable[Any]) -> Sequence[tuple[str, int, bool, str]]:
    return sorted((each.at.isoformat(), each.service_id or 0, each.is_inside, each.reason) for each in rows)
