"""The first rows of a file as they would be imported, and what would become of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format, number_format

from indgang.core.clock import COPENHAGEN
from indgang.enquiries.models import Channel, Outcome
from indgang.history import files, importing, of_any_kind, words
from indgang.history.importing import ImportTally
from indgang.history.known import OurPlaces
from indgang.history.mapping import subjects
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.faults import RowFault
from indgang.history.mapping.fields import VALUE_KINDS, FieldName, SourceKind
from indgang.history.mapping.rows import ContactMapper, PastContact
from indgang.history.mapping.value_rows import PeriodValue, ValueMapper
from indgang.history.models import PastValue, RejectedRow
from indgang.measures.period import Period
from indgang.office.imports.forms import RESULT_NAMES, SentFile

#: rows that the preview shows as they are read
SHOWN = 10
#: bad rows that a page shows
SHOWN_BAD = 200
#: values that a plot is drawn from
MOST_DRAWN = 20_000


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
class ReadValue:
    """A value of a period, in words, or what is wrong in its row."""

    line: int
    days: str = ""
    subject: str = ""
    number: str = ""
    value: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    column: str
    reason: str
    told: str


def bad_rows(rows: Iterable[RowFault | RejectedRow]) -> list[RefusedRow]:
    return [RefusedRow(each.line, each.column, words.of_fault(each.fault), each.told) for each in rows]


def tallied(sent: SentFile, mapping: ColumnMapping, places: OurPlaces, at: datetime, unit: str) -> ImportTally:
    """Raises what `importing.tried` raises."""
    return of_any_kind.tried(sent.stream, mapping, places=places, at=at, unit=unit)


def first_rows(sent: SentFile, mapping: ColumnMapping, places: OurPlaces, at: datetime) -> dict[str, Any]:
    """The first rows as they are read: `rows` of contacts or `values`. Raises MappingFault."""
    table, rows = files.read(sent.stream).first(SHOWN)
    last = importing.last_day(at)
    if mapping.kind in VALUE_KINDS:
        values = ValueMapper(mapping, table.header, last=last)
        return {"values": [_read_value(line, values.read(line, cells), mapping.kind) for line, cells in rows]}
    mapper = ContactMapper(mapping, table.header, places.codes, last=last)
    return {"rows": [_read(line, mapper.read(line, cells), places.codes.names) for line, cells in rows]}


def said_values(values: Iterable[PastValue]) -> list[ReadValue]:
    """Stored values in words."""
    return [_said(0, each.first_day, each.last_day, each.subject, each.number, each.value) for each in values]


def _read_value(line: int, found: PeriodValue | RowFault, kind: SourceKind) -> ReadValue:
    if isinstance(found, RowFault):
        said = words.of_fault(found.fault)
        return ReadValue(line, fault=f"{found.column}: {said}" if found.column else said)
    return _said(line, found.first, found.last, subjects.kept(kind, found.subject), found.number, found.value)


def _said(line: int, first: date, last: date, subject: str, number: int | None, value: float | None) -> ReadValue:
    days = (
        date_format(first, "j.n.Y")
        if first == last
        else f"{date_format(first, 'j.n.Y')} – {date_format(last, 'j.n.Y')}"
    )
    return ReadValue(
        line, days, subject, "–" if number is None else number_format(number, use_l10n=True, force_grouping=True),
        "–" if value is None else number_format(value, 2),
    )  # fmt: skip


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
