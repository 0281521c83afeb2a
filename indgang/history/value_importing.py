"""Imports counts, visits and satisfaction: a value for each subject and period, in one transaction.

They are rows and no events: nothing that happened is behind them, only what somebody else has added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import IO

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.history import files, importing
from indgang.history.importing import ImportTally
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.faults import CellFault, RowFault
from indgang.history.mapping.value_rows import PeriodValue, ValueMapper
from indgang.history.models import HistoryImport, PastValue

#: values of one file; they are held in memory
MOST_VALUES = 200_000

_Key = tuple[str, date, date]
_Said = tuple[int | None, float | None]


def tried(file: IO[bytes], mapping: ColumnMapping, *, at: datetime) -> ImportTally:
    """What importing the file would do. Raises UnreadableTable, MappingFault and TooManyValues."""
    tally = ImportTally()
    _new(files.read(file), mapping, tally, at)
    return tally


class TooManyValues(ValueError):
    """The file has more values than `MOST_VALUES`."""


def run(
    file: IO[bytes], mapping: ColumnMapping, *, name: str, by: Person | trail.System, at: datetime
) -> HistoryImport:
    """Import the file. Raises AlreadyImported, SomebodyElseImports, and what `tried` raises."""
    with importing._alone():
        table, tally = files.read(file), ImportTally()
        importing._refuse_known(table.digest, mapping)
        values = _new(table, mapping, tally, at)
        return _write(table.digest, mapping, values, tally, name, by, at)


@transaction.atomic
def _write(
    digest: str, mapping: ColumnMapping, values: Iterable[PeriodValue], tally: ImportTally, name: str,
    by: Person | trail.System, at: datetime,
) -> HistoryImport:  # fmt: skip
    source = importing._begun(digest, mapping, name, by, at)
    rows = [
        PastValue(
            source=source, kind=mapping.kind, subject=each.subject, first_day=each.first, last_day=each.last,
            number=each.number, value=each.value,
        )
        for each in values
    ]  # fmt: skip
    PastValue.objects.bulk_create(rows, batch_size=2_000)
    importing._keep_refused(source, tally.refused)
    source.state, source.ended_at = HistoryImport.State.DONE, at
    source.rows, source.imported, source.known, source.rejected = tally.rows, len(rows), tally.known, tally.rejected
    source.first_day, source.last_day = tally.first_day, tally.last_day
    source.save()
    trail.record(
        by=by, at=at, action="historyimport.create", target=source,
        after={"kind": source.kind, "imported": source.imported, "rejected": source.rejected},
    )  # fmt: skip
    return source


def _new(table: files.SourceTable, mapping: ColumnMapping, tally: ImportTally, at: datetime) -> list[PeriodValue]:
    """The values that are not there yet; another value of the same period is refused."""
    mapper, found = ValueMapper(mapping, table.header, last=importing.last_day(at)), list[PeriodValue]()
    held = _held(mapping)
    for line, cells in table.rows:
        tally.rows += 1
        read = mapper.read(line, cells)
        if isinstance(read, RowFault):
            tally.refuse(read)
            continue
        key, said = (read.subject, read.first, read.last), (read.number, read.value)
        if key not in held:
            held[key] = said
            found.append(read)
        elif held[key] == said:
            tally.known += 1
        else:
            tally.refuse(RowFault(line, "", CellFault.OTHER_VALUE, f"{read.first:%d.%m.%Y}"))
        if len(found) > MOST_VALUES:
            raise TooManyValues
    mapper.refuse_other_order()
    tally.imported = len(found)
    tally.first_day = min((each.first for each in found), default=None)
    tally.last_day = max((each.last for each in found), default=None)
    return found


def _held(mapping: ColumnMapping) -> dict[_Key, _Said]:
    rows = PastValue.objects.filter(kind=mapping.kind).values_list(
        "subject", "first_day", "last_day", "number", "value"
    )
    return {(subject, first, last): (number, value) for subject, first, last, number, value in rows}
