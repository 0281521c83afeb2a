"""Imports a file of calls or registered enquiries: mapped, spooled by day, written as events, and counted.

Each batch of days is one transaction with the events, the parts and how far the import has come. A process that is
killed leaves whole days, and the same file goes on after them. The figures are brought up to date after each batch.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO

from django.db import connection, transaction
from django.db.models import Max, Min, Sum

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.events import months
from indgang.history import day_contacts, files
from indgang.history.day_contacts import SpooledDay
from indgang.history.day_parts import DayWriter
from indgang.history.day_spool import DaySpool
from indgang.history.known import OurPlaces
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.faults import RowFault
from indgang.history.mapping.rows import ContactMapper
from indgang.history.models import HistoryImport, RejectedRow
from indgang.history.rights import imports_of
from indgang.measures.period import Period
from indgang.measures.rollups import counting, formula

#: contacts that are written in one transaction, with the days that they are of
MOST_AT_ONCE = 50_000
#: refused rows that are kept of one import; the count includes all
MOST_REFUSED = 10_000
_LOCK = 7_431_915


class AlreadyImported(Exception):
    """The same file has been imported, and was not taken back."""

    def __init__(self, before: HistoryImport) -> None:
        super().__init__(f"import {before.pk}")
        self.before = before


class OtherMapping(AlreadyImported):
    """The same file is half imported with another mapping."""


class SomebodyElsesImport(AlreadyImported):
    """The same file was imported by somebody else, for queues or a unit that this person does not answer for."""


class RowsRejected(Exception):
    """Rows of a file are bad that was to be imported as a whole: nothing is written."""

    def __init__(self, tally: ImportTally) -> None:
        super().__init__(f"{tally.rejected} rows")
        self.tally = tally


class ImportUnderWay(Exception):
    """Another import is under way."""


class TakenBackMeanwhile(Exception):
    """Somebody took the import back while it was under way."""


@dataclass
class ImportTally:
    """What became of the rows of a file."""

    rows: int = 0
    imported: int = 0
    known: int = 0
    left_out: int = 0
    rejected: int = 0
    days: int = 0
    first_day: date | None = None
    last_day: date | None = None
    refused: list[RowFault] = field(default_factory=list)
    by_fault: Counter[str] = field(default_factory=Counter)

    def refuse(self, fault: RowFault) -> None:
        self.rejected += 1
        self.by_fault[fault.fault] += 1
        if len(self.refused) < MOST_REFUSED:
            self.refused.append(fault)


#: told after each batch how many contacts it wrote
Progress = Callable[[int], None]


def _untold(_written: int) -> None:
    """Nobody wants to know."""


def tried(file: IO[bytes], mapping: ColumnMapping, *, places: OurPlaces, at: datetime) -> ImportTally:
    """What importing the file would do, of which nothing is written. Raises UnreadableTable, MappingFault and
    TooManyOnOneDay."""
    tally, traits = ImportTally(), day_contacts.traits(mapping)
    with tempfile.TemporaryDirectory(prefix="indgang-history-") as folder:
        spool = _spooled(files.read(file), mapping, places, tally, DaySpool(Path(folder)), at)
        for batch in _batches(spool.days()):
            for day in day_contacts.judged(mapping.kind, batch, tally.refuse, **traits):
                tally.imported += day.contacts
                tally.known += day.known
                tally.days += 1
                tally.first_day, tally.last_day = tally.first_day or day.day, day.day
    return tally


def run(
    file: IO[bytes], mapping: ColumnMapping, *, name: str, places: OurPlaces, by: Person | trail.System, at: datetime,
    progress: Progress = _untold,
) -> HistoryImport:  # fmt: skip
    """`run_table` for a file. Raises UnreadableTable too."""
    return run_table(files.read(file), mapping, name=name, places=places, by=by, at=at, progress=progress)


def run_table(
    table: files.SourceTable, mapping: ColumnMapping, *, name: str, places: OurPlaces, by: Person | trail.System,
    at: datetime, is_whole: bool = False, at_once: int | None = None, progress: Progress = _untold,
) -> HistoryImport:  # fmt: skip
    """Import the rows, or go on with them, `at_once` (or `MOST_AT_ONCE`) in one transaction.

    `is_whole`: all of them or none.
    Raises AlreadyImported, ImportUnderWay, TakenBackMeanwhile, OutdatedRollups, RowsRejected, and what `tried` raises.
    """
    if formula.is_outdated():
        raise formula.OutdatedRollups
    with alone(), tempfile.TemporaryDirectory(prefix="indgang-history-") as folder:
        tally = ImportTally()
        refuse_known(table.digest, mapping, by)
        spool = _spooled(table, mapping, places, tally, DaySpool(Path(folder)), at)
        if is_whole:
            _refuse_rejected(spool, table.digest, mapping, tally)
        source = _begin(table.digest, mapping, name, tally, by, at)
        writer = DayWriter(source, places, day_contacts.traits(mapping))
        for batch in _batches(_left(spool, source), at_once):
            _ensure_months(batch)
            written = _write(source, batch, writer)
            counting.follow()
            progress(written)
        _end(source, tally, by, at)
    return source


def _left(spool: DaySpool, source: HistoryImport | None) -> Iterator[SpooledDay]:
    """The days that the import has not reached yet."""
    done_until = source.done_until if source else None
    return ((day, rows) for day, rows in spool.days() if done_until is None or day > done_until)


def _refuse_rejected(spool: DaySpool, digest: str, mapping: ColumnMapping, tally: ImportTally) -> None:
    """Raise RowsRejected when any row is bad. Nobody else imports meanwhile (`alone`)."""
    for batch in _batches(_left(spool, counting_import(digest, mapping))):
        for _day in day_contacts.judged(mapping.kind, batch, tally.refuse, **day_contacts.traits(mapping)):
            pass
    if tally.rejected:
        raise RowsRejected(tally)


@contextmanager
def alone() -> Iterator[None]:
    """While somebody imports, nobody else does: two at once could each take the same row for new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not (cursor.fetchone() or (False,))[0]:
            raise ImportUnderWay
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def counting_import(digest: str, mapping: ColumnMapping) -> HistoryImport | None:
    """The import of the same file that was not taken back."""
    found: HistoryImport | None = HistoryImport.objects.counting().filter(digest=digest, kind=mapping.kind).first()
    return found


def refuse_known(digest: str, mapping: ColumnMapping, by: Person | trail.System) -> None:
    before = counting_import(digest, mapping)
    if before is not None and isinstance(by, Person) and not imports_of(by).filter(pk=before.pk).exists():
        raise SomebodyElsesImport(before)
    if before is not None and before.state == HistoryImport.State.DONE:
        raise AlreadyImported(before)
    if before is not None and before.mapping != mapping.data:
        raise OtherMapping(before)


@transaction.atomic
def _begin(
    digest: str, mapping: ColumnMapping, name: str, tally: ImportTally, by: Person | trail.System, at: datetime
) -> HistoryImport:
    """The import, new or half done, and who began it or went on with it."""
    source = begun(digest, mapping, name, by, at)
    source.rows, source.left_out = tally.rows, tally.left_out
    source.save(update_fields=["rows", "left_out"])
    trail.record(by=by, at=at, action="historyimport.begin", target=source, after={"kind": source.kind})
    return source


def begun(
    digest: str, mapping: ColumnMapping, name: str, by: Person | trail.System, at: datetime, unit: str = ""
) -> HistoryImport:
    if before := counting_import(digest, mapping):
        return before
    made: HistoryImport = HistoryImport.objects.create(
        kind=mapping.kind, name=name[:200], digest=digest, mapping=mapping.data, made_at=at,
        made_by=by if isinstance(by, Person) else None, unit=unit,
    )  # fmt: skip
    return made


def _spooled(
    table: files.SourceTable,
    mapping: ColumnMapping,
    places: OurPlaces,
    tally: ImportTally,
    spool: DaySpool,
    at: datetime,
) -> DaySpool:
    mapper = ContactMapper(mapping, table.header, places.codes, last=last_day(at))
    for line, cells in table.rows:
        tally.rows += 1
        found = mapper.read(line, cells)
        if found is None:
            tally.left_out += 1
        elif isinstance(found, RowFault):
            tally.refuse(found)
        else:
            spool.add(found[0], (line, *found[1:]))
    mapper.refuse_other_order()
    return spool


def last_day(at: datetime) -> date:
    """The last day that is over: today's figures are our own."""
    return day_of(at) - timedelta(days=1)


def _batches(days: Iterable[SpooledDay], most: int | None = None) -> Iterator[list[SpooledDay]]:
    """Whole days together, up to so many rows, or `MOST_AT_ONCE`."""
    most = most or MOST_AT_ONCE
    batch: list[SpooledDay] = []
    held = 0
    for day, rows in days:
        if batch and held + len(rows) > most:
            yield batch
            batch, held = [], 0
        batch.append((day, rows))
        held += len(rows)
    if batch:
        yield batch


def _ensure_months(batch: Sequence[SpooledDay]) -> None:
    for month in sorted({day.replace(day=15) for day, _rows in batch}):
        months.ensure(Period.day(month).start)


@transaction.atomic
def _write(source: HistoryImport, batch: Sequence[SpooledDay], writer: DayWriter) -> int:
    """The new contacts of some days, and the rows of them that are refused; returns how many were written."""
    _locked(source)
    tally = ImportTally()
    kind = ColumnMapping.of(source.mapping).kind
    for day in day_contacts.judged(kind, batch, tally.refuse, **writer.traits):
        writer.add(day)
        tally.imported += day.contacts
        tally.known += day.known
    writer.write()
    keep_refused(source, tally.refused)
    source.done_until = batch[-1][0]
    source.imported += tally.imported
    source.known += tally.known
    source.rejected += tally.rejected
    source.first_day, source.last_day = source.first_day or batch[0][0], batch[-1][0]
    source.save(update_fields=["done_until", "imported", "known", "rejected", "first_day", "last_day"])
    return tally.imported


def _locked(source: HistoryImport) -> None:
    state = HistoryImport.objects.select_for_update().values_list("state", flat=True).get(pk=source.pk)
    if state != HistoryImport.State.RUNNING:
        raise TakenBackMeanwhile


def keep_refused(source: HistoryImport, refused: Sequence[RowFault]) -> None:
    left = MOST_REFUSED - (source.refused.count() if refused else 0)
    RejectedRow.objects.bulk_create(
        [
            RejectedRow(source=source, line=each.line, column=each.column[:200], fault=each.fault, told=each.told[:80])
            for each in refused[: max(left, 0)]
        ],
        batch_size=1_000,
    )


@transaction.atomic
def _end(source: HistoryImport, tally: ImportTally, by: Person | trail.System, at: datetime) -> None:
    _locked(source)
    keep_refused(source, tally.refused)
    held = source.parts.aggregate(contacts=Sum("contacts"), first=Min("day"), last=Max("day"))
    source.state, source.ended_at, source.fault = HistoryImport.State.DONE, at, ""
    source.rows, source.left_out = tally.rows, tally.left_out
    source.imported = held["contacts"] or 0
    # a row that an earlier start imported may be refused now: its queue has another name
    source.rejected = max(tally.rows - source.left_out - source.imported - source.known, 0)
    source.first_day, source.last_day = held["first"], held["last"]
    source.save()
    trail.record(
        by=by, at=at, action="historyimport.create", target=source,
        after={"kind": source.kind, "imported": source.imported, "rejected": source.rejected},
    )  # fmt: skip
