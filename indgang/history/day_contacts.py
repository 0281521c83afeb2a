"""The rows of a file that are new: not there already, and in a queue that has no figures of its own on that day.

Live figures and imported ones never mix in one queue and day. A queue without any contact that day is a gap, which is
filled. Nor do two files whose rows are told apart in different ways: nobody could say which rows are the same.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from django.db import connection

from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.faults import CellFault, RowFault
from indgang.history.mapping.fields import FieldName, SourceKind, folded
from indgang.history.models import HistoryImport, ImportedPart
from indgang.measures.period import Period

#: line, queue, channel, start, wait, talk, wrap-up, result, service, purpose, resolution, identity
SpooledContact = tuple[int, str, str, int, int, int, int, str, str, str, str, str]
SpooledDay = tuple[date, Sequence[SpooledContact]]
_KEY_BYTES = 8
#: what the identity of a row with an id of its own is made of, beside its queue
_OF_AN_ID = {FieldName.ROW_ID, FieldName.AT, FieldName.DAY, FieldName.TIME}
_LIVE = """
SELECT DISTINCT (at AT TIME ZONE 'Europe/Copenhagen')::date, queue FROM events_event
WHERE kind = ANY(%s) AND at >= %s AND at < %s AND queue = ANY(%s)
"""


@dataclass
class NewContacts:
    """The new rows of one queue, channel and day, with a key for each."""

    rows: list[SpooledContact] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)


@dataclass
class DayContacts:
    """The new rows of a day by queue and channel; `known` ones are there already."""

    day: date
    known: int = 0
    parts: defaultdict[tuple[str, str], NewContacts] = field(default_factory=lambda: defaultdict(NewContacts))

    @property
    def contacts(self) -> int:
        return sum(len(each.rows) for each in self.parts.values())


@dataclass
class _Held:
    """What is imported already of some days: keys by day, and queues of days that other imports have."""

    keys: defaultdict[date, set[bytes]]
    others: set[tuple[date, str]]


def judged(
    kind: SourceKind, batch: Sequence[SpooledDay], refuse: Callable[[RowFault], None], *, identity_digest: str,
    has_resolutions: bool,
) -> Iterator[DayContacts]:  # fmt: skip
    """What is new of these days, which are in order. Other rows go to `refuse`, or are counted as known."""
    live = _live(batch)
    held = _held(kind, [day for day, _rows in batch], identity_digest, has_resolutions)
    for day, rows in batch:
        yield _judged(day, rows, live, held, refuse)


def _judged(
    day: date, rows: Iterable[SpooledContact], live: set[tuple[date, str]], held: _Held,
    refuse: Callable[[RowFault], None],
) -> DayContacts:  # fmt: skip
    found, seen, before = DayContacts(day), Counter[str](), held.keys[day]
    blocked = {queue: CellFault.OTHER_IMPORT for each, queue in held.others if each == day}
    blocked |= {queue: CellFault.OWN_DATA for each, queue in live if each == day}
    for row in rows:
        queue, identity = row[1], row[-1]
        if queue in blocked:
            refuse(RowFault(row[0], "", blocked[queue], f"{day:%d.%m.%Y}"))
            continue
        occurrence = seen[identity]
        seen[identity] += 1
        if occurrence and identity.startswith("#"):
            refuse(RowFault(row[0], "", CellFault.DOUBLED, f"{day:%d.%m.%Y}"))
            continue
        key = key_of(identity, occurrence)
        if key in before:
            found.known += 1
            continue
        part = found.parts[queue, row[2]]
        part.rows.append(row)
        part.keys.append(key)
    return found


def key_of(identity: str, occurrence: int) -> bytes:
    """Eight bytes by which the same row of a day is known again. Rows without an id of their own that are the same in
    everything are told apart by how many came before."""
    return blake2b(f"{identity}|{occurrence}".encode(), digest_size=_KEY_BYTES).digest()


def keys_in(held: bytes) -> list[bytes]:
    """The keys that `ImportedPart.keys` holds."""
    return [held[place : place + _KEY_BYTES] for place in range(0, len(held), _KEY_BYTES)]


def _live(batch: Sequence[SpooledDay]) -> set[tuple[date, str]]:
    """The days and queues with contacts of our own."""
    queues = sorted({row[1] for _day, rows in batch for row in rows})
    within = Period.days(batch[0][0], batch[-1][0])
    kinds = [str(each) for each in (Kind.QUEUED, EnquiryKind.REGISTERED)]
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [kinds, within.start, within.end, queues])
        return set(cursor.fetchall())


def _held(kind: SourceKind, days: Sequence[date], identity_digest: str, has_resolutions: bool) -> _Held:
    parts = ImportedPart.objects.filter(day__in=days).exclude(source__state=HistoryImport.State.WITHDRAWN)
    names = ("source__kind", "day", "queue", "keys", "identity_digest", "has_resolutions")
    held = _Held(defaultdict(set), set())
    for theirs, day, queue, keys, theirs_digest, have_resolutions in parts.values_list(*names):
        if theirs == kind:
            held.keys[day].update(keys_in(bytes(keys)))
            if theirs_digest != identity_digest:
                held.others.add((day, queue))
        elif has_resolutions and have_resolutions:
            held.others.add((day, queue))
    return held


def traits(mapping: ColumnMapping) -> dict[str, Any]:
    """What a mapping says about its rows: what makes them the same, and whether they say how it ended."""
    return {"identity_digest": _identity_digest(mapping), "has_resolutions": FieldName.RESOLUTION in mapping.columns}


def _identity_digest(mapping: ColumnMapping) -> str:
    """A digest of all of the mapping that has a part in the identities of its rows: only rows with the same digest can
    be compared. The queue has none, because rows are compared within it."""
    has_id = FieldName.ROW_ID in mapping.columns
    names = _OF_AN_ID if has_id else set(FieldName) - {FieldName.QUEUE}
    told: dict[str, Any] = {
        "columns": {name: folded(column) for name, column in mapping.columns.items() if name in names},
        "order": mapping.order, "zone": mapping.zone,
    }  # fmt: skip
    if not has_id:
        told["unit"] = mapping.unit
        told["fixed"] = {name: code for name, code in mapping.fixed.items() if name in names}
        told["codes"] = {name: dict(codes) for name, codes in mapping.codes.items() if name in names and codes}
    written = json.dumps(told, sort_keys=True)
    return blake2b(written.encode(), digest_size=_KEY_BYTES).hexdigest()
