"""Reads the streams of the log for `facts`, and the promises of queues whose events do not hold them.

Only events and fields that facts are made of are read (`facts.counts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
import psycopg
from django.db import connection
from django.db.models import BooleanField, Case, QuerySet, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from indgang.core.clock import day_of
from indgang.enquiries.circumstances import AnswerTarget
from indgang.entry.models import QueueTerms
from indgang.events import kinds
from indgang.events import log as events
from indgang.events.event import Event, EventKind
from indgang.events.models import StoredEvent
from indgang.measures.rollups.facts import WITHOUT_FACTS, WITHOUT_PAYLOAD, Promises, StreamEvent, counts

#: stream (text), position, at, kind, version, queue, person, data (JSON text), channel, level, centre
Row = tuple[str, int, datetime, str, int, str, int | None, str, str, int, str]

_NAMES = ("key", "position", "at", "kind", "version", "queue", "person", "told", "channel", "level", "centre")
_TOLD = "(data - %s::text[])::text"
#: the events of one share of all streams
_SHARE = f"""
SELECT stream::text, position, at, kind, version, queue, person,
       CASE WHEN kind = ANY(%(without_payload)s::text[]) THEN '' ELSE (data - %(without_facts)s::text[])::text END,
       channel, level, centre
FROM {events.TABLE}
WHERE kind = ANY(%(counting)s::text[]) AND (uuid_hash(stream) & 2147483647) %% %(shares)s = %(share)s
ORDER BY stream, number, position
"""  # noqa: S608  # our names
_FETCHED = 2_000
#: many events hold the same data, once the fields without facts are left out
_REMEMBERED = 20_000
#: longer data is that of many contacts, and no other event has the same
_LONGEST_REMEMBERED = 2_000


@cache
def counting_kinds() -> tuple[str, ...]:
    """The names of the kinds that can change a fact."""
    return tuple(str(each) for each in kinds.declared() if counts(each))


def streams(read: QuerySet[StoredEvent], keys: Iterable[UUID | str]) -> Iterator[list[Row]]:
    """The events of these streams that can change a fact, a stream at a time, in order."""
    if not (chosen := list(map(str, keys))):
        return
    # one array: PostgreSQL reads a list of thousands of values one by one
    are_chosen = RawSQL("stream = ANY(%s::uuid[])", [chosen], output_field=BooleanField())
    found = read.filter(are_chosen, kind__in=counting_kinds()).order_by("stream", "number", "position")
    told = Case(When(kind__in=WITHOUT_PAYLOAD, then=Value("")), default=RawSQL(_TOLD, [list(WITHOUT_FACTS)]))  # noqa: S611  # our text
    wanted = found.annotate(key=Cast("stream", TextField()), told=told).values_list(*_NAMES)
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as rows:
        # binary: psycopg reads times in C, which Django does not for text
        rows.execute(*wanted.query.sql_with_params(), binary=True)
        for _stream, of_stream in groupby(rows, key=_stream_of):
            yield list(of_stream)


def share(number: int, shares: int) -> Iterator[list[Row]]:
    """The events of one of so many shares of all streams, a stream at a time, in order. Inside a transaction."""
    connection.ensure_connection()
    words = {
        "counting": list(counting_kinds()), "share": number, "shares": shares,
        "without_payload": [str(each) for each in WITHOUT_PAYLOAD], "without_facts": list(WITHOUT_FACTS),
    }  # fmt: skip
    with connection.connection.cursor(name="rollup_events") as rows:
        rows.itersize = _FETCHED
        rows.execute(_SHARE, words, binary=True)
        for _stream, of_stream in groupby(rows, key=_stream_of):
            yield list(of_stream)


def _stream_of(row: Row) -> str:
    return row[0]


def noted(row: Row) -> StreamEvent:
    """The event of a row."""
    stream, _position, at, name, version, queue, person, data, channel, level, centre = row
    read = _payload if len(data) <= _LONGEST_REMEMBERED else _payload.__wrapped__
    kind, payload = read(name, version, data)
    return StreamEvent(Event(stream, kind, at, queue, person, payload), channel, level, centre)


@lru_cache(_REMEMBERED)
def _payload(name: str, version: int, data: str) -> tuple[EventKind[Any], Any]:
    kind = kinds.named(name)
    told = orjson.loads(data) if data else {}
    return kind, kind.event("", datetime.min, data=told, version=version).payload  # noqa: DTZ901  # no time is read


def promises() -> Promises:
    """What queues have promised by their terms, read once."""
    terms: dict[str, list[tuple[date, date | None, AnswerTarget]]] = {}
    names = ("queue__code", "valid_from", "valid_to", "service_level_seconds", "service_level_percent")
    for code, since, until, seconds, percent in QueueTerms.objects.values_list(*names):
        terms.setdefault(code, []).append((since, until, AnswerTarget(seconds, percent)))
    usual = AnswerTarget(QueueTerms.service_level_seconds.field.default, QueueTerms.service_level_percent.field.default)

    def promised(queue: str, at: datetime) -> AnswerTarget:
        day = day_of(at)
        held = (each for since, until, each in terms.get(queue, ()) if since <= day and (until is None or day < until))
        return next(held, usual)

    return promised
