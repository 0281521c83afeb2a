"""Reads the streams of the log for `facts`, and the promises of queues whose events do not hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from indgang.core.clock import day_of
from indgang.entry.models import QueueTerms
from indgang.events import kinds
from indgang.events.models import StoredEvent
from indgang.measures.rollups.facts import Promises, QueuePromise, StreamEvent

COLUMNS = ("stream", "number", "at", "kind", "version", "queue", "person", "data", "channel", "level", "centre")
Row = tuple[UUID, int, datetime, str, int, str, int | None, Mapping[str, Any] | None, str, int, str]


def noted(row: Row) -> StreamEvent:
    stream, _number, at, kind, version, queue, person, data, channel, level, centre = row
    event = kinds.named(kind).event(str(stream), at, queue, person, data, version=version)
    return StreamEvent(event, channel, level, centre)


def streams(events: QuerySet[StoredEvent], keys: Iterable[UUID]) -> dict[UUID, list[tuple[int, StreamEvent]]]:
    """The events of these streams, in order, each with its position."""
    rows = events.filter(stream__in=list(keys)).order_by("stream", "number", "position")
    found: dict[UUID, list[tuple[int, StreamEvent]]] = {}
    for position, *row in rows.values_list("position", *COLUMNS):
        found.setdefault(row[0], []).append((position, noted(tuple(row))))
    return found


def in_streams(rows: Iterable[Row]) -> Iterator[tuple[UUID, list[StreamEvent]]]:
    """The streams of rows that are in the order of streams and numbers."""
    for stream, of_stream in groupby(rows, key=lambda row: row[0]):
        yield stream, [noted(row) for row in of_stream]


def promises() -> Promises:
    """What queues have promised by their terms, read once."""
    terms: dict[str, list[tuple[date, date | None, QueuePromise]]] = {}
    names = ("queue__code", "valid_from", "valid_to", "service_level_seconds", "service_level_percent")
    for code, since, until, seconds, percent in QueueTerms.objects.values_list(*names):
        terms.setdefault(code, []).append((since, until, QueuePromise(seconds, percent)))
    usual = QueuePromise(QueueTerms.service_level_seconds.field.default, QueueTerms.service_level_percent.field.default)

    def promised(queue: str, at: datetime) -> QueuePromise:
        day = day_of(at)
        held = (each for since, until, each in terms.get(queue, ()) if since <= day and (until is None or day < until))
        return next(held, usual)

    return promised
