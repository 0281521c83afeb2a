"""Callers from other municipalities, counted from the events: by day, entry point and municipality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from indgang.core.clock import COPENHAGEN
from indgang.entry.event_kinds import Kind


@dataclass(frozen=True, slots=True)
class ElsewhereCount:
    """The calls of one day to one entry point (name) from one municipality ("" when it is not known).

    `by_number` and `by_menu` say how they were recognised; of these, so many were `told` the right number or were
    `transferred` to it.
    """

    day: date
    entry_point: str
    municipality: str
    by_number: int
    by_menu: int
    told: int
    transferred: int

    @property
    def calls(self) -> int:
        return self.by_number + self.by_menu


#: a caller can hear the number twice in a call, so that calls are counted, not events
_COUNTS = """
    SELECT (told.at AT TIME ZONE 'Europe/Copenhagen')::date AS day, coalesce(point.name, ''),
           coalesce(told.data->>'municipality', ''),
           count(DISTINCT told.stream) FILTER (WHERE told.data->>'what' = 'number'),
           count(DISTINCT told.stream) FILTER (WHERE told.data->>'what' = 'menu'),
           count(DISTINCT told.stream) FILTER (WHERE told.data->>'what' = 'told'),
           count(DISTINCT told.stream) FILTER (WHERE told.data->>'what' = 'transferred')
      FROM events_event AS told
      JOIN enquiries_enquiry AS enquiry ON enquiry.id = told.stream
      LEFT JOIN entry_entrypoint AS point ON point.id = enquiry.entry_point_id
     WHERE told.kind = %(kind)s AND told.at >= %(start)s AND told.at < %(end)s
       AND enquiry.entry_point_id = ANY(%(points)s)
     GROUP BY 1, 2, 3
     ORDER BY 1 DESC, 2, 3
"""


def counts(first: date, last: date, entry_points: Iterable[int]) -> list[ElsewhereCount]:
    """The counts from `first` to `last`, which is included, of these entry points (ids); the newest day first."""
    start, end = (datetime.combine(day, time(), COPENHAGEN) for day in (first, last + timedelta(days=1)))
    values: dict[str, Any] = {"kind": str(Kind.ELSEWHERE), "start": start, "end": end, "points": list(entry_points)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return [ElsewhereCount(*row) for row in cursor.fetchall()]
