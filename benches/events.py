"""The cost to writers of an event order that is safe for readers, and the speed of a reader.

Whole calls are written through the journal as the switchboard writes them, in batches of some calls. One variant stores
what readers need (the transaction's number and its index), the other only the position; they take turns. Then a reader
reads all events. The measure is processor time of this process and the database session together, because writers wait
for the disk more than they compute.

`--calls` changes how many calls a turn writes, `--turns` how many turns each variant has.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benches import _own, _processor

#: calls whose steps share a transaction: as many as a busy switchboard collects in 20 ms
TOGETHER = 5

SAFE = (
    "ALTER TABLE events_event ALTER COLUMN transaction SET DEFAULT (pg_current_xact_id()::text::bigint)",
    "CREATE INDEX IF NOT EXISTS events_event_transaction ON events_event (transaction, position)",
)
BY_POSITION = (
    "ALTER TABLE events_event ALTER COLUMN transaction SET DEFAULT 0",
    "DROP INDEX events_event_transaction",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=400)
    options.add_argument("--turns", type=int, default=8)
    chosen = options.parse_args()
    with _own.product("events"):
        from indgang.core import clock
        from indgang.demo import municipality
        from indgang.events import months

        municipality.seed(at=clock.now())
        months.ensure(clock.now())
        _write(chosen.calls)
        safe, by_position = [], []
        for _ in range(chosen.turns):
            by_position.append(_turn(BY_POSITION, chosen.calls))
            safe.append(_turn(SAFE, chosen.calls))
        _report(safe, by_position)
        _figure("events_read_per_second", _read(), "events per second of processor time, 1,000 at a time", "none")


def _turn(statements: tuple[str, ...], calls: int) -> float:
    from django.db import connection

    from indgang.config import database_roles

    with database_roles.as_owner(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ANALYZE events_event")
    return _write(calls)


def _write(calls: int) -> float:
    """Events written per second of processor time."""
    from indgang.enquiries.journal import DatabaseJournal

    journal, events, begun = DatabaseJournal(), 0, _worked()
    for _ in range(calls // TOGETHER):
        for batch in _batches():
            journal.write([batch])
            events += len(batch.events)
    return events / (_worked() - begun)


def _worked() -> float:
    """Seconds of processor time of this process and its database session."""
    from django.db import connection

    connection.ensure_connection()
    session = connection.connection.info.backend_pid
    return _processor.used_ms([os.getpid(), session]) / 1000


def _batches() -> Iterator[Any]:
    """The steps of some calls: each batch holds the same step of all of them."""
    from indgang.core import clock
    from indgang.core.ids import uuid7
    from indgang.entry.event_kinds import Kind
    from indgang.entry.journal import Batch

    arrived = {"exchange": "e", "dialled": "+4533661000", "caller_number": "+4520304050", "centre": "tmf"}
    steps: list[tuple[Any, str, dict[str, Any]]] = [
        (Kind.ARRIVED, "", arrived), (Kind.MENU, "", {"key": "1", "label": "Byggeri"}),
        (Kind.QUEUED, "tmf-byggeri", {"reasons": [["menu", "1"]]}), (Kind.OFFERED, "tmf-byggeri", {"leg": "1-1"}),
        (Kind.ACCEPTED, "tmf-byggeri", {"rang": 3.0}), (Kind.ANSWERED, "tmf-byggeri", {"direction": "in"}),
        (Kind.ENDED, "tmf-byggeri", {"by": "caller"}), (Kind.WRAPPED_UP, "", {"seconds": 20.0}),
    ]  # fmt: skip
    calls, at = [str(uuid7()) for _ in range(TOGETHER)], clock.now()
    for number, (kind, queue, data) in enumerate(steps):
        then = at + timedelta(seconds=number)
        yield Batch(then, events=[kind.event(call, then, queue, None, data) for call in calls])


def _read() -> float:
    """Events read per second of processor time."""
    from django.db import transaction

    from indgang.events import cursor

    read, begun = 0, _worked()
    while True:
        with transaction.atomic():
            found = len(cursor.read("bench"))
        if not found:
            return read / (_worked() - begun)
        read += found


def _report(safe: list[float], by_position: list[float]) -> None:
    ratio = statistics.median(ours / theirs for ours, theirs in zip(safe, by_position, strict=True))
    _figure("events_written_per_second", statistics.median(safe), "events per second of processor time", "none")
    _figure(
        "events_written_per_second_by_position",
        statistics.median(by_position),
        "the same, in an order that loses events",
        "none",
    )
    _figure("events_safe_order_ratio", ratio, "of the speed without it, median of turns", ">= 0.95")


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    print(
        json.dumps({"figure": name, "value": round(value, 3 if value < 10 else 0), "unit": unit, "goal": goal}),
        flush=True,
    )


if __name__ == "__main__":
    main()
