"""The parts of a shift as rows, each with the appointment that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from indgang.staffing.shifts.problem import ShiftPart
from indgang.workforce.models import PlannedActivity, PlannedShift, ShiftActivity, ShiftAppointment


@dataclass(frozen=True, slots=True)
class PlannedAppointment:
    """An appointment of one person on one day of a plan."""

    part: ShiftPart
    row: ShiftAppointment


@dataclass(frozen=True)
class PartRows:
    """Makes rows of parts. `activities` are by code, `moment` gives the time of a quarter."""

    activities: Mapping[str, ShiftActivity]
    moment: Callable[[int], datetime]

    def of(
        self, shift: PlannedShift, parts: Iterable[ShiftPart], appointments: Sequence[PlannedAppointment]
    ) -> Iterator[PlannedActivity]:
        for part in parts:
            for each, appointment in _cut(part, appointments):
                yield PlannedActivity(
                    shift=shift, activity=self.activities.get(each.activity), starts_at=self.moment(each.start),
                    ends_at=self.moment(each.end), appointment=appointment,
                )  # fmt: skip


def _cut(
    part: ShiftPart, appointments: Sequence[PlannedAppointment]
) -> Iterator[tuple[ShiftPart, ShiftAppointment | None]]:
    """The part as pieces in the order of time: two meetings one after another are one part for the solver."""
    at = part.start
    for each in sorted(appointments, key=lambda one: one.part.start):
        first, last = max(each.part.start, at), min(each.part.end, part.end)
        if each.part.activity != part.activity or first >= last:
            continue
        if at < first:
            yield replace(part, start=at, end=first), None
        yield replace(part, start=first, end=last), each.row
        at = last
    if at < part.end:
        yield replace(part, start=at), None
