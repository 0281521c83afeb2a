"""Roll-ups of the event log: counted anew from all events, counted live, and read.

`--calls` says how many calls of ten events there are, over a month: one after the other on different days, or `--in-
order` of time. The goals are from the feature's brief: 50,000 events a second when counted anew on two cores; events
that are written with their indexes and counted at least 0.4 of a bare COPY; a day, a month and its percentiles in at
most 5 and 50 ms.

Beside the clock stands the processor time of an event, of this process and its PostgreSQL: it says on a busy machine
too what two cores could do, and `live_work_ratio` compares it with that of the bare COPY. Processes that share a
rebuild take two seconds to start, so few calls say little.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

from benches import _own, _processor

START = datetime(2026, 3, 1, 7, tzinfo=UTC)
QUEUES = ("tmf-byggeri", "tmf-byliv", "tmf-parkering", "bif-erhverv", "kff-borger", "kff-pas")
_PROMISE = '{"answer_within": 100, "target_percent": 80}'
_QUESTION = (
    '{"questions": [{"order": 0, "service": "ydelse-%d", "purpose": "status", "outcome": "%s",'
    ' "should_be_digital": false}]}'
)
_COLUMNS = "stream, number, at, kind, version, queue, person, data, channel, level, centre"


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=100_000)
    options.add_argument("--in-order", action="store_true", help="each call after the one before, as they come live")
    chosen = options.parse_args()
    with _own.product("rollup"):
        from indgang.events import months

        months.ensure(START)
        _make_bare()
        rows = list(_rows(chosen.calls))
        if chosen.in_order:
            rows.sort(key=lambda row: row[2])
        bare = _work("bare_copy", lambda: _copy("bare", rows), "events/s", "none")
        live = _live(rows)
        _figure("live_ratio", bare.seconds / live.seconds, "of a bare COPY, indexes and roll-ups current", ">= 0.4")
        _figure("live_work_ratio", bare.processor / live.processor, "of the processor time of a bare COPY", "none")
        _own.settle()
        _anew(chosen.calls)
        _read()


def _rows(calls: int) -> Iterator[tuple[Any, ...]]:
    """The events of the calls, spread over a month of working hours."""
    for number in range(calls):
        stream, queue = UUID(int=number + 1), QUEUES[number % len(QUEUES)]
        at = START + timedelta(days=number % 30, seconds=(number * 7919) % 28_800)
        wait, centre = (number * 37) % 240, queue.split("-")[0]
        told = (
            ("arrived", 0, f'{{"centre": "{centre}"}}'), ("menu", 8, '{"key": "1"}'), ("queued", 10, _PROMISE),
            ("offered", 10 + wait, "{}"), ("accepted", 12 + wait, '{"rang": 2.0}'),
            ("answered", 12 + wait, '{"direction": "in"}'), ("held", 60 + wait, "{}"), ("ended", 200 + wait, "{}"),
            ("wrapped_up", 230 + wait, '{"seconds": 30.0}'),
            ("registered", 240 + wait, _QUESTION % (number % 40, "resolved" if number % 3 else "message")),
        )  # fmt: skip
        for place, (kind, after, data) in enumerate(told):
            version = 2 if kind == "registered" else 1
            yield (stream, place, at + timedelta(seconds=after), kind, version, queue, 7, data, "phone", 1, centre)


def _make_bare() -> None:
    """A table like the log's, without an index, a trigger or a partition."""
    from django.db import connection

    from indgang.config import database_roles

    with database_roles.as_owner() as application, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE events_event)")
        cursor.execute("ALTER TABLE bare ALTER position DROP NOT NULL, ALTER transaction DROP NOT NULL")
        cursor.execute(f"GRANT ALL ON bare TO {application or 'PUBLIC'}")


class Work(NamedTuple):
    """What events took: seconds, and seconds of processor time."""

    seconds: float
    processor: float

    def and_then(self, other: Work) -> Work:
        return Work(self.seconds + other.seconds, self.processor + other.processor)


def _copy(table: str, rows: list[tuple[Any, ...]]) -> int:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({_COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return len(rows)


def _live(rows: list[tuple[Any, ...]]) -> Work:
    """Events written to the log and counted, one after the other."""
    from indgang.measures.rollups import counting

    written = _work("written", lambda: _copy("events_event", rows), "events/s into the log with its indexes", "none")
    _own.analyse()
    unit = f"events/s, {counting.AT_A_TIME} in a transaction"
    return written.and_then(_work("followed", counting.follow, unit, "none"))


def _work(name: str, act: Callable[[], int], unit: str, goal: str) -> Work:
    """What `act` takes, which returns how many events it was about; printed for each event."""
    events, spent = _processor.spent(act)
    _figure(f"{name}_events_per_second", events / spent.seconds, unit, goal)
    _figure(f"{name}_python_us", 1e6 * spent.python / events, "µs of processor time an event, Python", "none")
    _figure(f"{name}_postgres_us", 1e6 * spent.postgres / events, "µs of processor time an event, PostgreSQL", "none")
    return Work(spent.seconds, spent.processor)


def _anew(calls: int) -> None:
    from indgang.measures.models import Rollup
    from indgang.measures.rollups import rebuilding

    before = Rollup.objects.count()
    _work("rebuilt_alone", lambda: rebuilding.rebuild(processes=1), "events/s, one process", "none")
    begun = perf_counter()
    counted = rebuilding.rebuild()
    _figure("rebuilt_events_per_second", counted / (perf_counter() - begun), "events/s, all processors", ">= 50000")
    assert (counted, Rollup.objects.count()) == (calls * 10, before)
    _figure("rows", before, "rows", "none")


def _read() -> None:
    from indgang.measures.period import Period
    from indgang.measures.rollups import reading
    from indgang.measures.rollups.reading import GroupBy

    _own.vacuum("measures_rollup")
    day, month = Period.day(START.date()), Period.month(START.date())
    _figure("day_ms", _milliseconds(lambda: reading.totals(day)), "ms, all figures of a day", "<= 5")
    _figure("month_ms", _milliseconds(lambda: reading.totals(month)), "ms, all figures of a month", "<= 50")
    by_day = _milliseconds(lambda: reading.totals(month, by=GroupBy.DAY))
    _figure("month_by_day_ms", by_day, "ms, all figures of each day of a month", "none")


def _milliseconds(read: Callable[[], object]) -> float:
    """The median of 15."""
    times = []
    for _ in range(15):
        begun = perf_counter()
        read()
        times.append((perf_counter() - begun) * 1000)
    return statistics.median(times)


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    shown = round(value, 3 if value < 10 else 0)
    print(json.dumps({"figure": name, "value": shown, "unit": unit, "goal": goal}), flush=True)


if __name__ == "__main__":
    main()
