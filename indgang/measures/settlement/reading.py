"""Reads the calls of a month that centres answered for each other from the event log, by `answers`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from indgang.measures.period import Period
from indgang.measures.settlement.answers import BEGINNINGS, KINDS, QUEUES, AnsweredCall, NotedEvent, answered_calls
from indgang.measures.settlement.prices import AgreedPrices

#: longer than any call with its wrap-up; events further from the period are not read. A call that was promised is found
#: through its callback, however long before that it was asked for
LONGEST_CALL = timedelta(hours=12)

# `kind || ''` makes the planner read single streams instead of all events of a kind
_EVENTS = """
WITH term AS (
    SELECT owner, answered_by FROM jsonb_to_recordset(%(terms)s) AS t(owner text, answered_by text)
), answered AS MATERIALIZED (
    SELECT DISTINCT stream, coalesce(data ->> 'helping_centre', centre) AS answered_by FROM events_event
    WHERE kind = 'answered' AND at >= %(start)s AND at < %(end)s
), called_back AS MATERIALIZED (
    SELECT DISTINCT stream FROM events_event WHERE kind = 'called_back' AND at >= %(since)s AND at < %(end)s
), earlier AS MATERIALIZED (
    SELECT e.* FROM events_event e JOIN called_back USING (stream)
    WHERE e.at < %(since)s AND e.kind || '' = ANY(%(first)s)
), owned AS MATERIALIZED (
    SELECT stream, centre FROM events_event WHERE kind = ANY(%(first)s) AND at >= %(since)s AND at < %(end)s
    UNION SELECT stream, centre FROM earlier
), found AS MATERIALIZED (
    SELECT DISTINCT answered.stream FROM answered JOIN owned USING (stream) JOIN term ON term.owner = owned.centre
    WHERE answered.answered_by <> owned.centre AND term.answered_by IN ('', answered.answered_by)
), noted AS (
    SELECT e.stream, e.number, e.kind, e.at, e.centre, e.queue, e.person, e.data FROM events_event e
    JOIN found USING (stream) WHERE e.at >= %(since)s AND e.at < %(until)s AND e.kind = ANY(%(kinds)s)
    UNION ALL
    SELECT e.stream, e.number, e.kind, e.at, e.centre, e.queue, e.person, e.data FROM earlier e
    JOIN found USING (stream)
)
SELECT stream, kind, at, centre, queue, person,
       CASE WHEN kind = 'answered' THEN data ->> 'helping_centre' END,
       CASE WHEN kind = 'transferred' THEN (data ->> 'warm')::boolean END,
       CASE WHEN kind = 'wrapped_up' THEN (data ->> 'seconds')::float END
FROM noted ORDER BY stream, number
"""


def calls(period: Period, terms: Iterable[AgreedPrices], *, at: datetime) -> list[AnsweredCall]:
    """The calls first answered in the period by another centre than their owner's, as far as terms between these two
    exist, with what had happened by `at`. One query; 100,000 calls a month take about a second."""
    between = [{"owner": each.owner, "answered_by": each.answered_by} for each in terms]
    if not between:
        return []
    seen = at + timedelta(microseconds=1)
    words: dict[str, Any] = {
        "terms": json.dumps(between),
        "start": period.start,
        "end": min(period.end, seen),
        "since": period.start - LONGEST_CALL,
        "until": min(period.end + LONGEST_CALL, seen),
        "first": sorted(BEGINNINGS | QUEUES),
        "kinds": sorted(KINDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, words)
        return [call for call in _calls(cursor.fetchall()) if period.start <= call.answered_at < period.end]


def _calls(rows: Sequence[tuple[Any, ...]]) -> Iterator[AnsweredCall]:
    for stream, events in groupby(rows, key=lambda row: row[0]):
        yield from answered_calls(str(stream), [_noted(row) for row in events])


def _noted(row: tuple[Any, ...]) -> NotedEvent:
    _stream, kind, at, centre, queue, person, helping_centre, warm, seconds = row
    return NotedEvent(kind, at, centre, queue, person, helping_centre or "", bool(warm), seconds or 0.0)
