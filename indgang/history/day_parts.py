"""Writes the contacts of a day as events: a stream for each queue and channel, in as many events as they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from indgang.core.ids import uuid7
from indgang.events import log as events
from indgang.history.day_contacts import DayContacts, NewContacts, SpooledContact
from indgang.history.event_kinds import HistoryKind
from indgang.history.known import OurPlaces
from indgang.history.models import HistoryImport, ImportedPart
from indgang.measures.period import Period

#: contacts in one event: a reader takes thousands of events at once into memory
MOST_IN_AN_EVENT = 500
_COPY = f"COPY {events.TABLE} ({', '.join(events.COLUMNS)}) FROM STDIN"


@dataclass
class DayWriter:
    """Collects the parts of days, and writes them together: `write` inside the caller's transaction."""

    source: HistoryImport
    places: OurPlaces
    traits: dict[str, Any]
    _parts: list[ImportedPart] = field(default_factory=list)
    _events: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, day: DayContacts) -> None:
        at = Period.day(day.day).start
        for (queue, channel), new in sorted(day.parts.items()):
            stream, rows = uuid7(), sorted(new.rows, key=lambda row: row[3])
            slices = [rows[place : place + MOST_IN_AN_EVENT] for place in range(0, len(rows), MOST_IN_AN_EVENT)]
            self._events += self._event_rows(stream, at, queue, channel, slices)
            self._parts.append(self._part(day, queue, channel, stream, len(slices), new))

    def _part(
        self, day: DayContacts, queue: str, channel: str, stream: UUID, number: int, new: NewContacts
    ) -> ImportedPart:
        return ImportedPart(
            source=self.source, day=day.day, queue=queue, channel=channel, centre=self.places.centres[queue],
            stream=stream, events=number, contacts=len(new.rows), keys=b"".join(new.keys), **self.traits,
        )  # fmt: skip

    def _event_rows(
        self, stream: UUID, at: datetime, queue: str, channel: str, slices: Sequence[Sequence[SpooledContact]]
    ) -> Iterator[tuple[Any, ...]]:
        promise = self.places.promises(queue, at)
        kind, centre = HistoryKind.CONTACTS, self.places.centres[queue]
        for number, rows in enumerate(slices):
            data = {
                "source": self.source.pk, "answer_within": promise.seconds, "target_percent": promise.percent,
                **_columns(rows),
            }  # fmt: skip
            told = orjson.dumps(data).decode()
            yield stream, number, at, str(kind), kind.version, queue, None, told, channel, 1, centre

    def write(self) -> None:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in self._events:
                copy.write_row(row)
        ImportedPart.objects.bulk_create(self._parts, batch_size=1_000)
        self._events, self._parts = [], []


def _columns(rows: Sequence[SpooledContact]) -> dict[str, Any]:
    """The contacts in columns, as `PastContacts` holds them."""
    _lines, _queues, _channels, starts, waits, talks, wrap_ups, results, *subjects, _ids = zip(*rows, strict=True)
    told: dict[tuple[str, str, str], int] = {}
    places = [told.setdefault(each, len(told)) for each in zip(*subjects, strict=True)]
    return {
        "starts": starts, "waits": waits, "talks": talks, "wrap_ups": wrap_ups, "results": "".join(results),
        "subjects": places, "told": list(told),
    }  # fmt: skip
