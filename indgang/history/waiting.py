"""Imports that the worker does, because a file is too long for a request: ordered, carried out and given up.

The file is not stored. What waits holds its mapped columns alone, and is deleted as soon as the import is over, given
up or taken back. A worker that dies half-way leaves whole days; another goes on after them (`importing`).
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.audit.models import Change
from indgang.history import files, importing, known, of_any_kind
from indgang.history.day_spool import TooManyOnOneDay
from indgang.history.files import SourceTable
from indgang.history.importing import ImportTally
from indgang.history.mapping.choices import ColumnMapping, MappingFault
from indgang.history.mapping.fields import folded
from indgang.history.models import HistoryImport, WaitingImport
from indgang.history.value_importing import TooManyValues

#: the worker's job (indgang.config.jobs)
JOB = "config.import_history"
#: rows that are imported while somebody waits for the page; a longer file goes to the worker
MOST_IN_REQUEST = 5_000
#: contacts that the worker writes in one transaction: the page shows how far it is
_AT_ONCE = 10_000
#: of the job among others: somebody looks at the page
_SOON = 10
#: seconds until one that has to wait is tried again
_PAUSE = 60
_ASK = "historyimport.ask"
_BY = trail.System("worker")


def is_long(file: IO[bytes]) -> bool:
    """Whether the worker has to import it. Raises UnreadableTable."""
    return any(True for _row in islice(files.read(file).rows, MOST_IN_REQUEST, None))


def order(
    file: IO[bytes], mapping: ColumnMapping, *, name: str, unit: str, is_whole: bool, by: Person, at: datetime
) -> HistoryImport:  # fmt: skip
    """Have the worker import the file, or go on with it; `is_whole`: all of its rows or none. Raises AlreadyImported,
    also when it waits already, and UnreadableTable."""
    table = files.read(file)
    importing.refuse_known(table.digest, mapping, by)
    content, rows = _packed(table, mapping)
    try:
        with transaction.atomic():
            source = importing.begun(table.digest, mapping, name, by, at, unit)
            source.rows, source.fault = rows, ""
            source.save(update_fields=["rows", "fault"])
            WaitingImport.objects.create(source=source, by=by, content=content, is_whole=is_whole, at=at)
            trail.record(by=by, at=at, action=_ASK, target=source, after={"kind": source.kind})
            app.configure_task(JOB, queue="routines", priority=_SOON).defer(source=source.pk)
    except IntegrityError as error:
        before = importing.counting_import(table.digest, mapping)
        if before is None:
            raise
        raise importing.AlreadyImported(before) from error
    return source


def carry_out(key: int, *, at: datetime) -> None:
    """Import what waits for this import, and delete it; nothing when it has been taken back. Raises ImportUnderWay and
    OutdatedRollups, after which it can be tried again (`put_off`)."""
    held = WaitingImport.objects.select_related("source", "by").filter(source=key).first()
    if held is None:
        return
    source = held.source
    try:
        of_any_kind.run_table(
            _unpacked(held), ColumnMapping.of(source.mapping), name=source.name, places=known.places(held.by),
            by=held.by, at=at, unit=source.unit, is_whole=held.is_whole, at_once=_AT_ONCE,
        )  # fmt: skip
    except importing.RowsRejected as refused:
        give_up(key, HistoryImport.Fault.REJECTED, tally=refused.tally, at=at)
    except (MappingFault, TooManyOnOneDay, TooManyValues):
        give_up(key, HistoryImport.Fault.UNUSABLE, at=at)
    except (importing.AlreadyImported, importing.TakenBackMeanwhile):
        pass  # somebody was faster
    WaitingImport.objects.filter(source=key).delete()


def put_off(key: int) -> None:
    """Try it again in a minute, by a job of its own: another import is under way, or the figures wait to be counted
    anew. That ends when its rows have been kept as long as they may be (`give_up_lost`)."""
    app.configure_task(JOB, queue="routines", priority=_SOON, schedule_in={"seconds": _PAUSE}).defer(source=key)


@transaction.atomic
def give_up(key: int, fault: HistoryImport.Fault, *, at: datetime, tally: ImportTally | None = None) -> None:
    """End an import that did not come to its end. Days that it has written stay, and the same file goes on after them;
    one that has written nothing is refused."""
    source = HistoryImport.objects.select_for_update().get(pk=key)
    WaitingImport.objects.filter(source=key).delete()
    if source.state != HistoryImport.State.RUNNING:
        return
    source.fault = fault
    if tally is not None:
        importing.keep_refused(source, tally.refused)
        source.rejected = tally.rejected
    if not source.parts.exists():
        source.state, source.ended_at = HistoryImport.State.REFUSED, at
    source.save()
    trail.record(by=_BY, at=at, action="historyimport.drop", target=source, after={"rejected": source.rejected})


def give_up_lost(*, at: datetime) -> None:
    """Give up what waits and has no job any more; also what was ordered and has no rows any more, because they had been
    kept as long as they may be before any worker came."""
    key = Cast(OuterRef("pk"), TextField())
    jobs = ProcrastinateJob.objects.filter(task_name=JOB, status__in=("todo", "doing"))
    has_job = Exists(jobs.annotate(key=KeyTextTransform("source", "args")).filter(key=key))
    asked = Change.objects.filter(target_type=HistoryImport._meta.label_lower, target_id=key, action=_ASK)
    is_open = Q(Exists(asked), state=HistoryImport.State.RUNNING, fault="")
    lost = HistoryImport.objects.filter(~has_job).filter(Q(waiting__isnull=False) | is_open)
    for each in list(lost.values_list("pk", flat=True)):
        give_up(each, HistoryImport.Fault.LOST, at=at)


# --- the rows that wait ---------------------------------------------------------------------------


def _packed(table: SourceTable, mapping: ColumnMapping) -> tuple[bytes, int]:
    """The mapped columns as compressed lines of JSON, and how many rows they are."""
    wanted = {folded(each) for each in mapping.columns.values()}
    places = [place for place, name in enumerate(table.header) if folded(name) in wanted]
    packed, width, rows = io.BytesIO(), len(table.header), 0
    with gzip.open(packed, "wt", encoding="utf-8", compresslevel=3) as written:
        written.write(json.dumps([table.header[place] for place in places]) + "\n")
        for rows, (line, cells) in enumerate(table.rows, start=1):  # noqa: B007  # its last value is the number
            kept = [cells[place] if place < len(cells) else "" for place in places]
            if any(each.strip() for each in cells[width:]):
                kept.append("+")  # too many cells is a fault of the row, whatever stands in them
            written.write(json.dumps([line, kept]) + "\n")
    return packed.getvalue(), rows


def _unpacked(held: WaitingImport) -> SourceTable:
    lines = io.TextIOWrapper(gzip.GzipFile(fileobj=io.BytesIO(bytes(held.content))), encoding="utf-8")
    header = json.loads(next(lines))

    def rows() -> Iterator[files.Line]:
        for each in lines:
            line, cells = json.loads(each)
            yield line, cells

    return SourceTable(held.source.digest, header, rows())
