"""Counts the sums of `measures.sums` from the event stream and the enquiries, for the present day and its boards.

It uses no stored sums, and a test compares it with the facts that the roll-ups add up. It reads two indexed ranges of
the period, so a day of one centre takes milliseconds; longer periods are read from the roll-ups.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection

from indgang.entry.journal import SHORT_ABANDON_SECONDS
from indgang.entry.models import QueueTerms
from indgang.measures.period import Period
from indgang.measures.rollups.facts import RESOLVED_AT_ONCE, SPOKEN
from indgang.measures.sums import DECIDED_BY, Contacts, Replies, Segments, Sum
from indgang.prepared import statements

#: how long after the end of a period its last segments may be decided, and how long a call can last. Except for calls
#: promised for later, the queries look no further back, so that they can use the index on arrivals
DECIDED_WITHIN = timedelta(hours=12)

Sums = TypeVar("Sums", bound=Sum)

_SEGMENTS = """
WITH stream AS (
    SELECT queue, kind, at, data, lead(kind) OVER call AS decided_by, lead(at) OVER call AS decided_at
    FROM events_event
    WHERE at >= %(start)s AND at < %(until)s AND kind = ANY(%(kinds)s)
    WINDOW call AS (PARTITION BY stream ORDER BY number)
), segment AS (
    SELECT q.id, %(decides)s::jsonb ->> s.decided_by AS result,
           greatest(extract(epoch FROM s.decided_at - s.at), 0) AS seconds,
           coalesce((s.data ->> 'answer_within')::float, t.service_level_seconds, %(promise)s) AS promise,
           coalesce((s.data ->> 'target_percent')::float, t.service_level_percent, %(target)s) AS target
    FROM stream s JOIN entry_queue q ON q.code = s.queue
    LEFT JOIN entry_queueterms t ON t.queue_id = q.id
      AND daterange(t.valid_from, t.valid_to) @> (s.at AT TIME ZONE 'Europe/Copenhagen')::date
    WHERE s.kind = 'queued' AND s.at < %(end)s AND q.id = ANY(%(queues)s)
)
SELECT id, count(*) AS offered,
       count(*) FILTER (WHERE result = 'answered') AS answered,
       count(*) FILTER (WHERE result = 'abandoned') AS abandoned,
       count(*) FILTER (WHERE result IS NULL) AS waiting,
       count(*) FILTER (WHERE result = 'overflowed') AS overflowed,
       count(*) FILTER (WHERE result = 'messages') AS messages,
       count(*) FILTER (WHERE result = 'callbacks') AS callbacks,
       count(*) FILTER (WHERE result = 'left') AS left,
       count(*) FILTER (WHERE result = 'answered' AND seconds <= promise) AS answered_in_time,
       count(*) FILTER (WHERE result = 'abandoned' AND seconds <= promise) AS abandoned_in_time,
       count(*) FILTER (WHERE result = 'abandoned' AND seconds <= %(short)s) AS abandoned_short,
       sum(seconds) FILTER (WHERE result = 'answered') AS answer_seconds,
       sum(target) FILTER (WHERE result IN ('answered', 'abandoned')) AS target_points
FROM segment GROUP BY id
"""

_REPLIES = """
SELECT q.id, count(*) AS answered,
       count(*) FILTER (WHERE (e.data ->> 'open_seconds')::float <= (e.data ->> 'within')::float) AS answered_in_time,
       sum((e.data ->> 'open_seconds')::float) AS open_seconds,
       sum(coalesce(round((e.data ->> 'target_percent')::float)::int, t.service_level_percent, %(target)s))
           AS target_points
FROM events_event e JOIN entry_queue q ON q.code = e.queue
LEFT JOIN entry_queueterms t ON t.queue_id = q.id
  AND daterange(t.valid_from, t.valid_to) @> (e.at AT TIME ZONE 'Europe/Copenhagen')::date
WHERE e.kind = 'replied' AND e.at >= %(start)s AND e.at < %(end)s AND q.id = ANY(%(queues)s)
  AND e.data ->> 'open_seconds' IS NOT NULL AND e.data ->> 'within' IS NOT NULL
GROUP BY q.id
"""

_MEASURED = """
           count(*) AS answered,
           count(*) FILTER (WHERE e.transfers > 0) AS transferred,
           count(*) FILTER (WHERE e.ended_at IS NOT NULL AND e.channel = ANY(%(spoken)s)) AS talked,
           sum(e.talk_seconds) FILTER (WHERE e.ended_at IS NOT NULL AND e.channel = ANY(%(spoken)s)) AS talk_seconds,
           count(*) FILTER (WHERE e.ended_at IS NOT NULL AND h.enquiry IS NULL AND e.channel = ANY(%(spoken)s))
               AS handled,
           sum(e.talk_seconds + e.hold_seconds + e.wrap_up_seconds)
               FILTER (WHERE e.ended_at IS NOT NULL AND h.enquiry IS NULL AND e.channel = ANY(%(spoken)s))
               AS handle_seconds
    FROM (
        SELECT * FROM enquiries_enquiry WHERE arrived_at >= %(since)s AND arrived_at < %(end)s
        UNION ALL
        SELECT * FROM enquiries_enquiry WHERE arrived_at < %(since)s AND id IN (
            SELECT stream FROM events_event WHERE kind = 'called_back' AND at >= %(since)s AND at < %(end)s
        )
    ) e
    LEFT JOIN (SELECT DISTINCT enquiry FROM entry_inhand WHERE stage = 'after') h ON h.enquiry = e.id
    WHERE e.answered_at >= %(start)s AND e.answered_at < %(end)s AND NOT (e.state = 'left' AND EXISTS (
        SELECT FROM events_event d WHERE d.stream = e.id AND d.kind = 'left' AND d.data ->> 'why' = 'discarded'
    ))"""

_REGISTERED = """
    SELECT q.enquiry_id, bool_and(q.outcome = ANY(%(at_once)s)) AS at_once FROM enquiries_question q
    WHERE q.registered_at >= %(start)s AND q.registered_at < %(end)s AND NOT EXISTS (
        SELECT 1 FROM enquiries_question before
        WHERE before.enquiry_id = q.enquiry_id AND before.registered_at < %(start)s
    )"""
_REGISTERED_ALL = f"{_REGISTERED} GROUP BY q.enquiry_id"
#: `registered_at` of an enquiry is the time of its first questions, so an index finds those of one agent
_REGISTERED_BY_AGENT = f"""{_REGISTERED} AND q.enquiry_id IN (
        SELECT id FROM enquiries_enquiry WHERE agent_id = %(person)s AND registered_at >= %(start)s
    ) GROUP BY q.enquiry_id"""  # noqa: S608  # only the constant above is put in

_CONTACTS = f"""
WITH measured AS (
    SELECT coalesce(e.queue_id, 0) AS queue, {_MEASURED} AND e.centre_id = %(centre)s GROUP BY 1
), registered AS (
    SELECT coalesce(e.queue_id, 0) AS queue, count(*) AS registered,
           count(*) FILTER (WHERE r.at_once AND e.transfers = 0) AS resolved_at_once
    FROM ({_REGISTERED_ALL}) AS r JOIN enquiries_enquiry e ON e.id = r.enquiry_id
    WHERE e.centre_id = %(centre)s GROUP BY 1
), given_up AS (
    SELECT q.id AS queue, count(*) AS not_reached FROM events_event v JOIN entry_queue q ON q.code = v.queue
    WHERE v.kind = 'callback_over' AND v.at >= %(start)s AND v.at < %(end)s
      AND v.data ->> 'why' = 'not_reached' AND q.centre_id = %(centre)s GROUP BY 1
)
SELECT * FROM measured FULL JOIN registered USING (queue) FULL JOIN given_up USING (queue)
"""  # noqa: S608  # only the constants above are put in

_AGENT = f"""
WITH measured AS (
    SELECT avg(e.wrap_up_seconds) FILTER (WHERE e.wrap_up_seconds > 0) AS wrap_up, {_MEASURED}
      AND e.agent_id = %(person)s AND (%(centre)s::bigint IS NULL OR e.centre_id = %(centre)s)
),
registered AS (
    SELECT count(*) AS registered, count(*) FILTER (WHERE r.at_once AND e.transfers = 0) AS resolved_at_once
    FROM ({_REGISTERED_BY_AGENT}) AS r JOIN enquiries_enquiry e ON e.id = r.enquiry_id
    WHERE e.agent_id = %(person)s AND (%(centre)s::bigint IS NULL OR e.centre_id = %(centre)s)
), calls AS (
    SELECT count(*) AS calls FROM events_event
    WHERE kind = 'answered' AND at >= %(start)s AND at < %(end)s AND person = %(person)s
      AND (%(centre)s::bigint IS NULL OR centre = (SELECT code FROM catalogue_contactcentre WHERE id = %(centre)s))
), unregistered AS (
    SELECT count(*) AS unregistered FROM enquiries_enquiry WHERE agent_id = %(person)s AND state = 'unregistered'
)
SELECT wrap_up, answered, transferred, talked, talk_seconds, handled, handle_seconds, registered, resolved_at_once,
       calls, unregistered
FROM measured, registered, calls, unregistered
"""  # noqa: S608  # only the constants above are put in
_OF_AGENT = (
    "wrap_up", "answered", "transferred", "talked", "talk_seconds", "handled", "handle_seconds", "registered",
    "resolved_at_once", "calls", "unregistered",
)  # fmt: skip


def segments(queues: Sequence[int], period: Period, *, at: datetime) -> dict[int, Segments]:
    """The segments that began in the period, as decided by `at`, by queue (id); queues without any are left out. Each
    is measured against the promise of the day it began, in Copenhagen."""
    words = {
        "queues": list(queues),
        "until": min(at + timedelta(microseconds=1), period.end + DECIDED_WITHIN),
        "kinds": [str(kind) for kind in DECIDED_BY],
        "decides": json.dumps(DECIDED_BY),
        "short": SHORT_ABANDON_SECONDS,
        "promise": QueueTerms.service_level_seconds.field.default,
        "target": QueueTerms.service_level_percent.field.default,
    }
    return {row["id"]: _picked(Segments, row) for row in _rows(_SEGMENTS, {**words, **_bounds(period, at)})}


def replies(queues: Sequence[int], period: Period, *, at: datetime) -> dict[int, Replies]:
    """The answers in writing of the period, by queue (id); queues without any are left out. Each was measured when it
    left, against what its queue promised on the day from which the contact waited."""
    target = QueueTerms.service_level_percent.field.default
    rows = _rows(_REPLIES, {"queues": list(queues), "target": target, **_bounds(period, at)})
    return {row["id"]: _picked(Replies, row) for row in rows}


def contacts(centre: int, period: Period) -> dict[int, Contacts]:
    """The contacts of a centre (id) by queue (id); 0 for those without a queue."""
    bounds = {"start": period.start, "end": period.end, "since": period.start - DECIDED_WITHIN}
    rows = _rows(_CONTACTS, {"centre": centre, **bounds, **_words()})
    return {row["queue"]: _picked(Contacts, row) for row in rows}


def agent(
    person: int, period: Period, *, at: datetime, centre: int | None = None
) -> tuple[Contacts, Mapping[str, Any]]:
    """The contacts of a person (id), of one centre (id) or of all. With them `wrap_up` (mean seconds of those that are
    wrapped up; None without any), `calls` (conversations, including those of others' contacts), and of all centres
    `unregistered` (now)."""
    (found,) = statements.rows(_AGENT, {"person": person, "centre": centre, **_bounds(period, at), **_words()})
    row = dict(zip(_OF_AGENT, found, strict=True))
    return _picked(Contacts, row), row


def _bounds(period: Period, at: datetime) -> dict[str, datetime]:
    end = min(period.end, at + timedelta(microseconds=1))
    return {"start": period.start, "end": end, "since": period.start - DECIDED_WITHIN}


def _words() -> dict[str, Any]:
    return {
        "at_once": [str(outcome) for outcome in RESOLVED_AT_ONCE],
        "spoken": [str(channel) for channel in SPOKEN],
    }


def _rows(sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _picked(kind: type[Sums], row: Mapping[str, Any]) -> Sums:
    """A sum from the columns of the same names; nulls from outer joins become zero. Counts stay whole numbers."""
    values: dict[str, Any] = {each.name: row.get(each.name) or each.default for each in fields(kind)}
    # the database returns sums of seconds as decimals
    return kind(**{name: value if isinstance(value, int) else float(value) for name, value in values.items()})
