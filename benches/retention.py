"""How long a night's retention takes with the enquiries of several years, and whether it slows the desk.

The database holds the calls of 400 days, the same number each day. What was due on earlier nights has been scrubbed;
the night has one day of each kind to scrub.

First the parts of the desk are requested in turns: some seconds alone, some seconds while a process like the worker
scrubs overdue data (`--turns` pairs, in the order alone, beside, beside, alone). A part's ratio is its p95 beside
divided by its p95 alone, over all turns; the spread of the turns' own ratios says how much of it is noise. Then the
night is timed, in one go and with its rests.

`--enquiries` changes the size; the goal is for ten million. The filling drops the indexes and builds them afterwards,
as one does with a large load. It needs about 3.3 kB of disk for each enquiry with its seven events, and 300 bytes less
for each event that `--events` leaves out.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg

from benches import _own, desk

DAYS = 400
#: seconds
NIGHT, TIMES_SLOWER = 600, 1.3
#: pairs of turns, and the seconds of each
TURNS, TURN_SECONDS = 16, 6.0
#: days that are overdue when the desk is asked, as long as the turns find enough to scrub
MOST_BACKLOG_DAYS, BACKLOG = 30, 40_000
#: calls in one statement of the filling
CHUNK = 200_000
BYTES_EACH, BYTES_EVENT = 1200, 300
KINDS = ("call_events", "contact_record")
FILLED = ("enquiries_enquiry", "enquiries_question", "events_event")

_FILL = """
WITH calls AS MATERIALIZED (
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
            || substr(md5(n::text), 4, 15))::uuid AS id, at, at >= %(kept)s AS kept, at >= %(unscrubbed)s AS unscrubbed,
        '+4571' || lpad((n * 7919 %% 200000)::text, 6, '0') AS number,
        (%(agents)s::bigint[])[1 + n %% %(agent_count)s] AS agent
    FROM (SELECT n, %(now)s::timestamptz - interval '300 s' - n * %(apart)s * interval '1 s' AS at
        FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS n) AS moments
), rows AS (
    INSERT INTO enquiries_enquiry (id, channel, state, language, dialled, caller_number, caller_name, centre_id,
        queue_id, agent_id, first_agent_id, menu, menu_keys, transferred_to, phase, arrived_at, queued_at, answered_at,
        ended_at, registered_at, menu_seconds, wait_seconds, ring_seconds, talk_seconds, hold_seconds, wrap_up_seconds,
        outside_seconds, transfers, events)
    SELECT id, 'phone', 'registered', 'da', CASE WHEN kept THEN '+4533661000' ELSE '' END,
        CASE WHEN kept THEN number ELSE '' END, '', %(centre)s, %(queue)s, agent, agent, 'Byggeri', '1', '', '', at,
        at + interval '10 s', at + interval '40 s', at + interval '200 s', at + interval '220 s', 10, 30, 4, 160, 0, 25,
        0, 0, %(events)s
    FROM calls
), questions AS (
    INSERT INTO enquiries_question (enquiry_id, "order", service_id, purpose_id, character, outcome, should_be_digital,
        note, registered_at, registered_by_id)
    SELECT id, 0, %(service)s, %(purpose)s, 'general', 'resolved', false,
        CASE WHEN kept THEN 'Vejledt om fristen for naboer.' ELSE '' END, at + interval '220 s', agent
    FROM calls
)
INSERT INTO events_event (stream, number, at, kind, queue, person, data, channel, centre)
SELECT id, step.number, at + after * interval '1 s', step.kind, step.queue, agent,
    CASE WHEN step.number > 0 THEN said
        WHEN unscrubbed THEN said || jsonb_build_object('dialled', '+4533661000', 'caller_number', calls.number)
        ELSE said || '{"scrubbed": true}' END, 'phone', 'tmf'
FROM calls, (VALUES
    (0, 0, 'arrived', '', '{"exchange": "a", "centre": "tmf", "flow": "tmf"}'::jsonb),
    (1, 8, 'menu', '', '{"key": "1", "label": "Byggeri"}'), (2, 10, 'queued', 'tmf-byggeri', '{"priority": 0}'),
    (3, 36, 'offered', 'tmf-byggeri', '{"leg": "a-1"}'), (4, 40, 'answered', 'tmf-byggeri', '{"direction": "in"}'),
    (5, 200, 'ended', 'tmf-byggeri', '{"by": "caller"}'), (6, 220, 'registered', '', '{}'))
    AS step (number, after, kind, queue, said)
WHERE step.number < %(events)s
"""
_INDEXES = """
SELECT class.relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class AS class ON class.oid = indexrelid
WHERE indrelid = %s::regclass AND NOT indisprimary AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
#: foreign keys are not checked row by row, and nobody waits for the disk
_LOADING = "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '1GB'"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--enquiries", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=7, choices=range(1, 8), help="of each enquiry")
    options.add_argument("--turns", type=int, default=TURNS)
    options.add_argument("--turn-seconds", type=float, default=TURN_SECONDS)
    options.add_argument("--work-on", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.work_on:
        _work(datetime.fromisoformat(chosen.work_on), chosen.turn_seconds)
        return
    _refuse_small_disk(chosen.enquiries, chosen.events)
    with _own.product("retention"):
        from indgang.core import clock

        now, agents = clock.now(), desk._municipality()
        _fill(now, agents, chosen.enquiries, chosen.events)
        clients = desk._at_their_desks(agents)
        _own.settle()
        _beside_the_desk(now, clients, chosen)
        _night(now, chosen.enquiries)


def _refuse_small_disk(enquiries: int, events: int) -> None:
    needed, free = enquiries * (BYTES_EACH + events * BYTES_EVENT), shutil.disk_usage(tempfile.gettempdir()).free
    if needed > free:
        raise SystemExit(f"{enquiries:,} enquiries need {needed / 1e9:.0f} GB of disk; {free / 1e9:.0f} GB are free")


# --- The database ------------------------------------------------------------------------------


def _backlog_days(enquiries: int) -> int:
    return min(MOST_BACKLOG_DAYS, math.ceil(BACKLOG * DAYS / enquiries))


def _fill(now: datetime, agents: list[Any], enquiries: int, events: int) -> None:
    from django.db import connection

    from indgang.catalogue.models import ContactCentre, Purpose, Service
    from indgang.entry.models import Queue

    began, backlog = time.monotonic(), timedelta(days=_backlog_days(enquiries))
    words: dict[str, Any] = {
        "centre": ContactCentre.objects.get(code="tmf").pk, "queue": Queue.objects.get(code="tmf-byggeri").pk,
        "agents": [agent.pk for agent in agents], "agent_count": len(agents), "now": now,
        "events": events,
        "apart": DAYS * 86_400 / enquiries, "unscrubbed": now - timedelta(days=91) - backlog,
        "kept": now - timedelta(days=366) - backlog,
        "service": Service.objects.order_by("pk")[0].pk, "purpose": Purpose.objects.order_by("pk")[0].pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for month in range(DAYS // 28 + 2):
            cursor.execute("SELECT events_event_have_month(%s)", [(now - timedelta(days=28 * month)).date()])
    firsts = reversed(range(1, enquiries + 1, CHUNK))
    with _indexes_afterwards(began):
        _in_two([(_FILL, words | {"first": first, "last": min(first + CHUNK - 1, enquiries)})] for first in firsts)
    _in_two([(f"VACUUM (ANALYZE, PARALLEL 0) {table}", None)] for table in FILLED)
    _earlier_nights(now, backlog)
    _own.analyse()
    about = f"s for {enquiries:,} enquiries with {events * enquiries:,} events"
    _say("fill_seconds", time.monotonic() - began, about, "none")


Statements = list[tuple[str, dict[str, Any] | None]]


def _in_two(lists: Iterable[Statements]) -> None:
    """Run lists of statements as the owner, two lists at a time, each on a connection of its own."""
    with ThreadPoolExecutor(2) as pool:
        for _done in pool.map(_run, lists):
            pass


def _run(statements: Statements) -> None:
    from django.conf import settings

    with psycopg.connect(
        settings.OWNER_DATABASE_URL, autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as connection:
        connection.execute(_LOADING)
        for statement, words in statements:
            connection.execute(statement, words)


@contextmanager
def _indexes_afterwards(began: float) -> Iterator[None]:
    """Drop the indexes of the tables that are filled in here, and build them again at the end."""
    from django.conf import settings

    builds: dict[str, Statements] = {}
    with psycopg.connect(settings.OWNER_DATABASE_URL, autocommit=True) as connection:
        for table in FILLED:
            found = connection.execute(_INDEXES, [table]).fetchall()
            builds[table] = [(definition.replace(" ON ONLY ", " ON "), None) for _name, definition in found]
            for name, _definition in found:
                connection.execute(f'DROP INDEX "{name}"')
    yield
    print(f"# rows after {time.monotonic() - began:.0f} s", flush=True)
    events, rest = builds.pop("events_event"), [each for statements in builds.values() for each in statements]
    _in_two([events, rest])
    print(f"# indexes after {time.monotonic() - began:.0f} s", flush=True)


def _earlier_nights(now: datetime, backlog: timedelta) -> None:
    """Insert the log of earlier nights, which says how far they came."""
    from indgang.privacy.models import ScrubbingProgress

    for kind, days in zip(KINDS, (91, 366), strict=True):
        clean = now - timedelta(days=days) - backlog
        ScrubbingProgress.objects.create(
            kind=kind, table="enquiries_enquiry", clean_until=clean, night=clean.date(), done=True
        )


# --- The desk, alone and beside ----------------------------------------------------------------


Times = dict[str, list[float]]


def _beside_the_desk(now: datetime, clients: list[Any], chosen: argparse.Namespace) -> None:
    _ask(clients, until=lambda: False, asks=2 * len(clients))  # to warm up
    turns: dict[str, list[Times]] = {"alone": [], "beside": []}
    command = [
        sys.executable, "-m", "benches.retention", "--work-on", now.isoformat(), "--turn-seconds",
        str(chosen.turn_seconds),
    ]  # fmt: skip
    scrubbed, worked = 0, 0.0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()  # it is ready
        for number in range(2 * chosen.turns):
            if number % 4 in (0, 3):
                ends = time.monotonic() + chosen.turn_seconds
                turns["alone"].append(_ask(clients, until=lambda ends=ends: time.monotonic() >= ends))
                continue
            times, rows, seconds = _turn_beside(worker, clients, KINDS[number // 2 % 2])
            turns["beside"].append(times)
            scrubbed, worked = scrubbed + rows, worked + seconds
        assert worker.stdin is not None
        worker.stdin.close()
    _say_ratios(turns)
    _say("backlog_per_second", scrubbed / worked, "enquiries a second, with rests", "none", enquiries=scrubbed)


def _turn_beside(worker: subprocess.Popen[str], clients: list[Any], kind: str) -> tuple[Times, int, float]:
    """The times while the worker scrubs, the enquiries that it scrubbed and its seconds. The turn ends early when it
    finds nothing more."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(f"{kind}\n")
    worker.stdin.flush()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(worker.stdout.readline)
        times = _ask(clients, until=answer.done)
        rows, seconds = json.loads(answer.result())
    return times, rows, seconds


def _ask(clients: list[Any], *, until: Any, asks: int | None = None) -> Times:
    """Milliseconds of each part until `until` is true, or for so many requests of each; parts and agents take turns."""
    times: Times = {part: [] for part in desk.PARTS}
    number = 0
    while not until() and (asks is None or number < asks):
        for part, target in desk.PARTS.items():
            began = time.perf_counter()
            clients[number % len(clients)].get(desk.HOME, headers=desk._headers(target))
            times[part].append((time.perf_counter() - began) * 1000)
        number += 1
    return times


def _say_ratios(turns: dict[str, list[Times]]) -> None:
    p95 = {
        how: {part: _p95([each for times in those for each in times[part]]) for part in desk.PARTS}
        for how, those in turns.items()
    }
    ratios = {part: p95["beside"][part] / p95["alone"][part] for part in desk.PARTS}
    worst = max(ratios, key=lambda part: ratios[part])
    every = [sum(each[part] for part in desk.PARTS) for each in p95.values()]
    pairs = [
        statistics.mean(_p95(beside[part]) / _p95(alone[part]) for part in desk.PARTS)
        for alone, beside in zip(turns["alone"], turns["beside"], strict=True)
        if all(len(beside[part]) >= 20 for part in desk.PARTS)
    ]
    _say("desk_p95_ratio", ratios[worst], f"times alone ({worst})", f"<= {TIMES_SLOWER}",
         all_parts=round(every[1] / every[0], 2), ratios={part: round(each, 2) for part, each in ratios.items()},
         pairs=[round(each, 2) for each in sorted(pairs)], alone_ms=p95["alone"], beside_ms=p95["beside"],
         requests={how: sum(len(each) for times in those for each in times.values())
                   for how, those in turns.items()})  # fmt: skip


def _p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=20)[18], 2)


def _work(now: datetime, seconds: float) -> None:
    """The process beside the desk: for each kind that it reads, it scrubs overdue data for so many seconds, and answers
    with the enquiries scrubbed and the seconds."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    import django

    django.setup()
    print("ready", flush=True)
    for kind in sys.stdin:
        began, before = time.monotonic(), _scrubbed()
        _scrub(now - timedelta(days=2), kind.strip(), began + seconds)
        print(json.dumps([_scrubbed() - before, time.monotonic() - began]), flush=True)


def _scrub(at: datetime, kind: str, ends: float) -> None:
    from django.conf import settings

    from indgang.core.clock import day_of
    from indgang.privacy import nightly, store

    with store.opened(settings.RETENTION_DATABASE_URL) as opened:
        for each in nightly.passes(day_of(at), at):
            if each.kind.name == kind:
                each.run(opened, until=lambda: time.monotonic() >= ends)


def _scrubbed() -> int:
    from indgang.privacy.models import Scrubbing

    return sum(Scrubbing.objects.values_list("rows", flat=True))


# --- The night ---------------------------------------------------------------------------------


def _night(now: datetime, enquiries: int) -> None:
    """One night after all earlier nights have finished."""
    from django.conf import settings

    from indgang.config import database_roles
    from indgang.privacy import nightly, store
    from indgang.privacy.models import Scrubbing

    with store.opened(settings.RETENTION_DATABASE_URL) as opened:
        nightly.run(opened, at=now - timedelta(days=1), rest=0)
    Scrubbing.objects.all().delete()
    began = time.monotonic()
    database_roles.scrub_due(at=now)
    seconds = time.monotonic() - began
    rows = dict(Scrubbing.objects.values_list("kind", "rows"))
    _say("night_seconds", seconds, f"s for a night over {enquiries:,} enquiries", f"<= {NIGHT}", rows=rows)


def _say(figure: str, value: float, unit: str, goal: str, **more: Any) -> None:
    print(json.dumps({"figure": figure, "value": round(value, 2), "unit": unit, "goal": goal, **more}), flush=True)


if __name__ == "__main__":
    main()
