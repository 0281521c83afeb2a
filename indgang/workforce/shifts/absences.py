"""When people are not there: approved leave, and illness and time off that are noted in their own day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db.models import Q

from indgang.core.clock import COPENHAGEN, day_of
from indgang.workforce.day_line import DayKind
from indgang.workforce.models import DayNote, LeaveRequest

#: kinds of a person's own day in which nobody is asked to work
_AWAY = (DayKind.SICK, DayKind.OFF)


def absences(people: Collection[int], start: datetime, end: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """The absences of these people (primary keys) that have some time between two moments, by person and beginning.
    One without an end lasts until `end`."""
    spans: list[tuple[int, datetime, datetime | None]] = []
    leave = LeaveRequest.objects.filter(
        person__in=people, state=LeaveRequest.State.APPROVED, first__lte=day_of(end), last__gte=day_of(start)
    )
    for person, first, last in leave.values_list("person", "first", "last"):
        after = datetime.combine(last + timedelta(days=1), time(0), COPENHAGEN)
        spans.append((person, datetime.combine(first, time(0), COPENHAGEN), after))
    notes = DayNote.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=start), person__in=people, kind__in=_AWAY, starts_at__lt=end
    )
    spans += notes.values_list("person", "starts_at", "ends_at")
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for person, starts, ends in sorted(spans, key=lambda each: (each[0], each[1])):
        if starts < end and (ends or end) > start:
            found[person].append((starts, ends or end))
    return found
