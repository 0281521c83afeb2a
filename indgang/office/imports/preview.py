"""The first rows of a file as they would be imported, and what would become of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from indgang.core.clock import COPENHAGEN
from indgang.enquiries.models import Channel, Outcome
from indgang.history import files, importing, words
from indgang.history.importing import ImportTally
from indgang.history.known import OurPlaces
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.faults import RowFault
from indgang.history.mapping.fields import FieldName
from indgang.history.mapping.rows import ContactMapper, PastContact
from indgang.history.models import RejectedRow
from indgang.measures.period import Period
from indgang.office.imports.forms import RESULT_NAMES, SentFile

#: rows that the preview shows as they are read
SHOWN = 10
#: bad rows that a page shows
SHOWN_BAD = 200


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the file as it is read: either its values in words, or what is wrong."""

    line: int
    at: str = ""
    queue: str = ""
    channel: str = ""
    wait: str = ""
    talk: str = ""
    wrap_up: str = ""
    result: Any = ""
    subject: str = ""
    resolution: Any = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    column: str
    reason: str
    told: str


def bad_rows(rows: Iterable[RowFault | RejectedRow]) -> list[RefusedRow]:
    return [RefusedRow(each.line, each.column, words.of_fault(each.fault), each.told) for each in rows]


def tallied(sent: SentFile, mapping: ColumnMapping, places: OurPlaces, at: datetime) -> ImportTally:
    """Raises what `importing.tried` raises."""
    return importing.tried(sent.stream, mapping, places=places, at=at)


def first_rows(sent: SentFile, mapping: ColumnMapping, places: OurPlaces, at: datetime) -> list[ReadRow]:
    """The first rows as they are read. Raises MappingFault."""
    table, rows = files.read(sent.stream).first(SHOWN)
    mapper = ContactMapper(mapping, table.header, places.codes, last=importing.last_day(at))
    return [_read(line, mapper.read(line, cells), places.codes.names) for line, cells in rows]


def _read(line: int, found: PastContact | RowFault | None, names: Mapping[FieldName, Mapping[str, str]]) -> ReadRow:
    if isinstance(found, RowFault):
        said = words.of_fault(found.fault)
        return ReadRow(line, fault=f"{found.column}: {said}" if found.column else said)
    if found is None:
        return ReadRow(line, fault=words.left_out())
    begins = Period.day(found.day).start + timedelta(seconds=found.start)
    subject = (names[FieldName.SERVICE].get(found.service, ""), names[FieldName.PURPOSE].get(found.purpose, ""))
    return ReadRow(
        line=line, at=f"{begins.astimezone(COPENHAGEN):%d.%m.%Y %H:%M:%S}",
        queue=names[FieldName.QUEUE].get(found.queue, found.queue),
        channel=str(dict(Channel.choices).get(found.channel, "")), wait=_seconds(found.wait),
        talk=_seconds(found.talk), wrap_up=_seconds(found.wrap_up), result=RESULT_NAMES.get(found.result, ""),
        subject=", ".join(filter(None, subject)), resolution=dict(Outcome.choices).get(found.resolution, ""),
    )  # fmt: skip


def _seconds(seconds: int) -> str:
    return "–" if seconds < 0 else f"{seconds // 60}:{seconds % 60:02}"
