"""A year of calls of another system: read, mapped, written as events and counted into the roll-ups.

The rows are calls in six queues over the working hours of a year, in the order of time or shuffled (`--shuffled`).
Fewer rows are fewer days, each as busy.
Beside it stands a bare COPY of the same rows, only split, into a table without indexes. The goal is from the
feature's brief: 1,000,000 rows at 30,000 rows a second. Processor time (ours and PostgreSQL's) says on a busy machine
too what the work takes; the memory is the most of the whole process. Then the figures are counted again from the
events for some days, the same file is given again, and the import is taken back.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from benches import _own, _processor

QUEUES = ("tmf-byggeri", "tmf-byliv", "tmf-parkering", "bif-erhverv", "kff-borger", "kff-pas")
FIRST = datetime(2025, 1, 2)  # noqa: DTZ001  # the clock of the wall, as extracts have it
HEADER = ["Opkalds-id", "Starttid", "Kø", "Ventetid", "Taletid", "Efterbehandling", "Resultat", "Telefonnummer"]
#: calls of a day: a million in the working days of a year
A_DAY = 3_847
NOW = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--shuffled", action="store_true", help="in no order of time")
    chosen = options.parse_args()
    with _own.product("import_history") as folder:
        _own.settle()
        _municipality()
        path = folder / "extract.csv"
        _write(path, chosen.rows, shuffled=chosen.shuffled)
        bare = _work("bare_copy", chosen.rows, lambda: _copy(path), "none")
        done = _work("imported", chosen.rows, lambda: _imported(path, chosen.rows), ">= 30000")
        _figure("ratio", bare[0] / done[0], "of a bare COPY by the clock", "none")
        _figure("work_ratio", bare[1] / done[1], "of the processor time of a bare COPY", "none")
        _figure("memory_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB at most", "<= 500")
        _checked()
        _work("taken_back", chosen.rows, _taken_back, "none")


def _municipality() -> None:
    from indgang.catalogue.models import ContactCentre, Schedule, Unit
    from indgang.entry.models import Queue
    from indgang.measures.rollups import formula

    unit = Unit.objects.create(code="kk", name="Kommunen", kind=Unit.Kind.ADMINISTRATION)
    schedule = Schedule.objects.create(code="dage", name="Dage")
    centre = ContactCentre.objects.create(code="kff", name="Center", owner=unit, operator=unit, schedule=schedule)
    Queue.objects.bulk_create([Queue(code=code, name=code, centre=centre) for code in QUEUES])
    formula.note_current()


def _rows(rows: int, *, shuffled: bool) -> Iterator[list[Any]]:
    days = [FIRST + timedelta(days=number) for number in range(364 * -(-rows // 1_000_000))]
    days = [each for each in days if each.weekday() < 5][: -(-rows // A_DAY)]
    numbers: Any = range(rows)
    if shuffled:
        numbers = list(numbers)
        random.Random(1).shuffle(numbers)
    for number in numbers:
        day = days[number * len(days) // rows]
        at = day + timedelta(seconds=28_800 + (number * 7_919) % 28_800)
        wait, talk = (number * 37) % 240, 60 + (number * 101) % 500
        ended = "Opgivet" if number % 12 == 0 else "Besvaret"
        talk, wrap_up = (0, 0) if ended == "Opgivet" else (talk, number % 60)
        yield [f"c{number}", f"{at:%d-%m-%Y %H:%M:%S}", QUEUES[number % 6], wait, talk, wrap_up, ended, 20304050]


def _write(path: Path, rows: int, *, shuffled: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(_rows(rows, shuffled=shuffled))


def _copy(path: Path) -> None:
    from django.db import connection

    with path.open(encoding="utf-8") as file, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (id text, at text, queue text, wait int, talk int, wrap_up int,"
                       " ended text, number text)")  # fmt: skip
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for line in islice(file, 1, None):
                copy.write_row(line.rstrip("\n").split(";"))


def _imported(path: Path, rows: int) -> None:
    from indgang.audit.trail import System
    from indgang.history import importing, known
    from indgang.history.mapping import choices
    from indgang.history.mapping.fields import SourceKind

    mapping = choices.guessed(SourceKind.CALLS, HEADER)
    with path.open("rb") as file:
        done = importing.run(file, mapping, name=path.name, places=known.places(), by=System("bench"), at=NOW)
    assert (done.imported, done.rejected) == (rows, 0), (done.imported, done.rejected)
    with path.open("rb") as file:
        try:
            importing.run(file, mapping, name=path.name, places=known.places(), by=System("bench"), at=NOW)
        except importing.AlreadyImported:
            return
    raise AssertionError("the same file was imported twice")


def _checked() -> None:
    from indgang.measures.models import Rollup
    from indgang.measures.period import Period
    from indgang.measures.rollups import recomputing

    _figure("rollup_rows", Rollup.objects.count(), "rows of quarters", "none")
    period = Period.days((FIRST + timedelta(days=1)).date(), (FIRST + timedelta(days=4)).date())
    _figure("differences", len(list(recomputing.differences(period))), "rows, four days counted again", "0")


def _taken_back() -> None:
    from indgang.audit.trail import System
    from indgang.history import withdrawing
    from indgang.history.models import HistoryImport
    from indgang.measures.models import Rollup

    withdrawing.withdraw(HistoryImport.objects.get(), why="bench", by=System("bench"), at=NOW)
    assert not Rollup.objects.exists()


def _work(name: str, rows: int, act: Callable[[], None], goal: str) -> tuple[float, float]:
    """What `act` takes: seconds, and seconds of processor time; printed for each row."""
    _, spent = _processor.spent(act)
    _figure(f"{name}_rows_per_second", rows / spent.seconds, "rows/s", goal)
    _figure(f"{name}_python_us", 1e6 * spent.python / rows, "µs of processor time a row, Python", "none")
    _figure(f"{name}_postgres_us", 1e6 * spent.postgres / rows, "µs of processor time a row, PostgreSQL", "none")
    return spent.seconds, spent.processor


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    shown = round(value, 3 if value < 10 else 0)
    print(json.dumps({"figure": name, "value": shown, "unit": unit, "goal": goal}), flush=True)


if __name__ == "__main__":
    main()
