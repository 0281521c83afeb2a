"""Imports counts, visits and satisfaction: a value for each subject and period, in one transaction.

They are rows and no events: nothing that happened is behind them, only what somebody else has added up. Each belongs
to a unit (its code), or to the whole municipality ("").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.history import files, importing
from indgang.history.importing import ImportTally
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.faults import RowFault
from indgang.history.mapping.value_rows import PeriodValue, ValueMapper
from indgang.history.models import HistoryImport, PastValue
from indgang.history.value_sums import Said, ValueKey, ValueSums, other_value

#: values of one file; they are held in memory
MOST_VALUES = 200_000


def tried(file: IO[bytes], mapping: ColumnMapping, *, at: datetime, unit: str) -> ImportTally:
    """What importing the file would do. Raises UnreadableTable, MappingFault and TooManyValues."""
    tally = ImportTally()
    _new(files.read(file), mapping, tally, at, unit)
    return tally


class TooManyValues(ValueError):
    """The file has more values than `MOST_VALUES`."""


def run(
    file: IO[bytes], mapping: ColumnMapping, *, name: str, by: Person | trail.System, at: datetime, unit: str
) -> HistoryImport:
    """`run_table` for a file. Raises UnreadableTable too."""
    return run_table(files.read(file), mapping, name=name, by=by, at=at, unit=unit)


def run_table(
    table: files.SourceTable, mapping: ColumnMapping, *, name: str, by: Person | trail.System, at: datetime, unit: str,
    is_whole: bool = False,
) -> HistoryImport:  # fmt: skip
    """Import the rows; `is_whole`: all of them or none. Raises AlreadyImported, ImportUnderWay, RowsRejected, and what
    `tried` raises."""
    with importing.alone():
        tally = ImportTally()
        importing.refuse_known(table.digest, mapping, by)
        values = _new(table, mapping, tally, at, unit)
        if is_whole and tally.rejected:
            raise importing.RowsRejected(tally)
        return _write(table.digest, mapping, values, tally, name, by, at, unit)


@transaction.atomic
def _write(
    digest: str, mapping: ColumnMapping, values: Iterable[PeriodValue], tally: ImportTally, name: str,
    by: Person | trail.System, at: datetime, unit: str,
) -> HistoryImport:  # fmt: skip
    source = importing.begun(digest, mapping, name, by, at, unit)
    rows = [
        PastValue(
            source=source, kind=mapping.kind, subject=each.subject, first_day=each.first, last_day=each.last,
            number=each.number, value=each.value, unit=unit,
        )
        for each in values
    ]  # fmt: skip
    PastValue.objects.bulk_create(rows, batch_size=2_000)
    importing.keep_refused(source, tally.refused)
    source.state, source.ended_at, source.fault = HistoryImport.State.DONE, at, ""
    source.rows, source.imported, source.known, source.rejected = (
        tally.rows, tally.imported, tally.known, tally.rejected,
    )  # fmt: skip
    source.first_day, source.last_day = tally.first_day, tally.last_day
    source.save()
    trail.record(
        by=by, at=at, action="historyimport.create", target=source,
        after={"kind": source.kind, "imported": source.imported, "rejected": source.rejected, "unit": unit or None},
    )  # fmt: skip
    return source


def _new(
    table: files.SourceTable, mapping: ColumnMapping, tally: ImportTally, at: datetime, unit: str
) -> list[PeriodValue]:
    """The values that are not there yet; another value of the same period is refused."""
    found, held = list[PeriodValue](), _held(mapping, unit)
    sums = _summed(table, mapping, tally, at)
    tally.known = sums.known
    for (subject, first, last), said, lines in sums.rows():
        before = held.get((subject, first, last))
        if before is None:
            found.append(PeriodValue(first, last, subject, *said))
            tally.imported += len(lines)
        elif before == said:
            tally.known += len(lines)
        else:
            for line in lines:
                tally.refuse(other_value(line, first))
    tally.first_day = min((each.first for each in found), default=None)
    tally.last_day = max((each.last for each in found), default=None)
    return found


def _summed(table: files.SourceTable, mapping: ColumnMapping, tally: ImportTally, at: datetime) -> ValueSums:
    mapper = ValueMapper(mapping, table.header, last=importing.last_day(at))
    sums = ValueSums(mapping.kind, tally.refuse)
    for line, cells in table.rows:
        tally.rows += 1
        read = mapper.read(line, cells)
        if isinstance(read, RowFault):
            tally.refuse(read)
        else:
            sums.add(line, read)
        if len(sums) > MOST_VALUES:
            raise TooManyValues
    mapper.refuse_other_order()
    return sums


def _held(mapping: ColumnMapping, unit: str) -> dict[ValueKey, Said]:
    rows = PastValue.objects.filter(kind=mapping.kind, unit=unit).values_list(
        "subject", "first_day", "last_day", "number", "value"
    )
    return {(subject, first, last): (number, value) for subject, first, last, number, value in rows}
