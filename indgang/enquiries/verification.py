"""Checks that the rows of enquiries match their events: each is replayed and compared, column by column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isclose
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import SET_NULL, ForeignKey

from indgang.enquiries import circumstances, stream
from indgang.enquiries.models import Enquiry
from indgang.entry.models import Queue
from indgang.events.event import Event
from indgang.events.models import StoredEvent

#: all columns except `party`, which people choose (the audit trail says who and when)
COLUMNS = (*stream.BEGINNING, *stream.DERIVED)
_AT_A_TIME = 500
#: personal columns that a scrubbed stream cannot restore; the row is scrubbed on its own schedule (docs/adr/0031)
SCRUBBED = frozenset(("dialled", "caller_number", "caller_name", "transferred_to"))
#: the column name in a deviation when there is no row to compare with
NO_ROW = "-"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A column that does not match the events. `personal` means that its values may not be shown.

    The column is `NO_ROW` when the events make no row; `replayed` says why.
    """

    enquiry: UUID
    column: str
    kept: Any
    replayed: Any
    personal: bool = False


@dataclass(slots=True)
class Verification:
    """A verification run; `enquiries` and `events` count the replayed ones, `wrong` the deviations."""

    enquiries: int = 0
    events: int = 0
    wrong: int = 0

    def run(self, *, sample: int | None = None) -> Iterator[Deviation]:
        """The deviations of all enquiries, or of a random sample of that size. Safe to run during calls."""
        places = circumstances.places_of(Queue.objects.select_related("centre"))
        for rows in _sampled(sample) if sample is not None else _all():
            streams = _streams(row.pk for row in rows)
            for row in rows:
                self.enquiries += 1
                self.events += len(streams[row.pk])
                found = _compared(row, streams[row.pk], places) and _compared_alone(row.pk, places)
                self.wrong += bool(found)
                yield from found


def _all() -> Iterator[list[Enquiry]]:
    rows = list(Enquiry.objects.order_by("pk")[:_AT_A_TIME])
    while rows:
        yield rows
        rows = list(Enquiry.objects.filter(pk__gt=rows[-1].pk).order_by("pk")[:_AT_A_TIME])


def _sampled(count: int) -> Iterator[list[Enquiry]]:
    keys = list(Enquiry.objects.order_by("?").values_list("pk", flat=True)[:count])
    for first in range(0, len(keys), _AT_A_TIME):
        yield list(Enquiry.objects.filter(pk__in=keys[first : first + _AT_A_TIME]))


def _streams(keys: Iterable[UUID]) -> dict[UUID, list[Event[Any]]]:
    """The events of each enquiry, in order."""
    found: dict[UUID, list[Event[Any]]] = defaultdict(list)
    for stored in StoredEvent.objects.filter(stream__in=list(keys)).order_by("stream", "number"):
        found[stored.stream].append(stored.event)
    return found


def _compared_alone(key: UUID, places: stream.Places) -> list[Deviation]:
    """Compare again with the row locked, so that a write between reading row and events is not reported."""
    with transaction.atomic():
        row = Enquiry.objects.select_for_update(of=("self",)).get(pk=key)
        return _compared(row, _streams([key])[key], places)


def _compared(row: Enquiry, events: list[Event[Any]], places: stream.Places) -> list[Deviation]:
    try:
        replayed = stream.replay(events, places)
    except (KeyError, TypeError, ValueError) as error:
        return [Deviation(row.pk, NO_ROW, None, f"{type(error).__name__}: {error}")]
    unsaid = SCRUBBED if any(event.unknown.get("scrubbed") for event in events) else frozenset()
    return [
        Deviation(row.pk, column, getattr(row, column), getattr(replayed, column), _is_personal(column))
        for column in COLUMNS
        if column not in unsaid and not _same(column, getattr(row, column), getattr(replayed, column))
    ]


def _same(column: str, kept: Any, replayed: Any) -> bool:
    if isinstance(kept, float) and isinstance(replayed, float):
        return isclose(kept, replayed, abs_tol=1e-6)
    return bool(kept == replayed) or (kept is None and _is_gone(column, replayed))


def _is_gone(column: str, key: Any) -> bool:
    """Whether the person or enquiry named in the event has been deleted since."""
    field = next(each for each in Enquiry._meta.concrete_fields if each.attname == column)
    if not isinstance(field, ForeignKey) or field.remote_field.on_delete is not SET_NULL:
        return False
    return not field.related_model._default_manager.filter(pk=key).exists()


def _is_personal(column: str) -> bool:
    return column.removesuffix("_id") in Enquiry.PERSONAL
