"""Reads the calls of a month that centres answered for each other from the event log, by `answers`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from indgang.measures.period import Period
from indgang.measures.settlement.answers import BEGINNINGS, KINDS, QUEUES, AnsweredCall, NotedEvent, answered_calls
from indgang.measures.settlement.prices import AgreedPrices

#: longer than any call with its wrap-up; events further from the period are not read. A call that was promised is found
#: through its callback, however long before that it was asked for
LONGEST_CALL = timedelta(hours=12)

_CALLED_BACK = """
SELECT DISTINCT stream FROM events_event WHERE kind = 'called_back' AND at >= %(since)s AND at < %(end)s
"""
# the streams that another centre than an owner answered; `kind || ''` makes the planner read single streams instead of
# all events of a kind
_FOUND = """
SELECT DISTINCT stream FROM (
    SELECT stream, coalesce(data ->> 'helping_centre', centre) AS answered_by FROM events_event
    WHERE kind = 'answered' AND at >= %(start)s AND at < %(end)s
        AND ('' = ANY(%(answering)s) OR coalesce(data ->> 'helping_centre', centre) = ANY(%(answering)s))
) AS answered JOIN (
    SELECT stream, centre FROM events_event
    WHERE kind = ANY(%(first)s) AND at >= %(since)s AND at < %(end)s AND centre = ANY(%(owners)s)
    UNION ALL
    SELECT stream, centre FROM events_event
    WHERE stream = ANY(%(called_back)s::uuid[]) AND at < %(since)s AND kind || '' = ANY(%(first)s)
) AS owned USING (stream)
JOIN jsonb_to_recordset(%(terms)s) AS term(owner text, answered_by text) ON term.owner = owned.centre
WHERE answered.answered_by <> owned.centre AND term.answered_by IN ('', answered.answered_by)
"""
# a statement of its own, so that the planner knows how many streams there are. Moments are microseconds since 1970,
# which are read five times as fast as timestamps
_EVENTS = """
SELECT noted.stream::text, kind, (extract(epoch FROM at) * 1000000)::bigint, centre, queue, person,
       CASE WHEN kind = 'answered' THEN coalesce(data ->> 'helping_centre', '') ELSE '' END,
       kind = 'transferred' AND coalesce((data ->> 'warm')::boolean, false),
       CASE WHEN kind = 'wrapped_up' THEN coalesce((data ->> 'seconds')::float, 0) ELSE 0 END
FROM (
    SELECT * FROM events_event
    WHERE stream = ANY(%(found)s::uuid[]) AND at >= %(since)s AND at < %(until)s AND kind = ANY(%(kinds)s)
    UNION ALL
    SELECT * FROM events_event
    WHERE stream = ANY(%(called_back)s::uuid[]) AND at < %(since)s AND kind || '' = ANY(%(first)s)
) AS noted ORDER BY noted.stream, number
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def calls(period: Period, terms: Iterable[AgreedPrices], *, at: datetime) -> list[AnsweredCall]:
    """The calls first answered in the period by another centre than their owner's, as far as terms between these two
    exist, with what had happened by `at`. Three queries, whatever the number of calls."""
    between = [{"owner": each.owner, "answered_by": each.answered_by} for each in terms]
    if not between:
        return []
    seen = at + timedelta(microseconds=1)
    words: dict[str, Any] = {
        "terms": json.dumps(between),
        "owners": sorted({each["owner"] for each in between}),
        "answering": sorted({each["answered_by"] for each in between}),
        "start": period.start,
        "end": min(period.end, seen),
        "since": period.start - LONGEST_CALL,
        "until": min(period.end + LONGEST_CALL, seen),
        "first": sorted(BEGINNINGS | QUEUES),
        "kinds": sorted(KINDS),
    }
    agreed = {(each["owner"], each["answered_by"]) for each in between}
    found = _calls(_events(words))
    return [call for call in found if period.start <= call.answered_at < period.end and _is_owed(call, agreed)]


def _is_owed(call: AnsweredCall, agreed: Set[tuple[str, str]]) -> bool:
    """Whether there are terms between an owner of the call and another centre, which answered it."""
    by = call.answered_by
    owners = {call.entry_centre, call.first_centre} - {by}
    return any((owner, by) in agreed or (owner, "") in agreed for owner in owners)


def _events(words: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The events of all streams that count, by stream and in order."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLED_BACK, words)
        called_back = {stream for (stream,) in cursor.fetchall()}
        cursor.execute(_FOUND, words | {"called_back": list(called_back)})
        found = {stream for (stream,) in cursor.fetchall()}
        cursor.execute(_EVENTS, words | {"found": list(found), "called_back": list(found & called_back)})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _calls(rows: Sequence[tuple[Any, ...]]) -> Iterator[AnsweredCall]:
    for stream, events in groupby(rows, key=itemgetter(0)):
        yield from answered_calls(stream, [_noted(row) for row in events])


def _noted(row: tuple[Any, ...]) -> NotedEvent:
    _stream, kind, microseconds, centre, queue, person, helping_centre, warm, seconds = row
    at = _EPOCH + timedelta(0, 0, microseconds)
    return NotedEvent(kind, at, centre, queue, person, helping_centre, warm, seconds)
