"""How long a night's retention takes with the enquiries of several years, and whether it slows the desk.

The database holds the calls of 400 days, the same number each day. What was due on earlier nights has been scrubbed;
the night has one day of each kind to scrub. First the parts of the desk are requested alone, then while retention works
through an endless backlog. Then the night is timed. The backlog also gives the number of enquiries that a night can
scrub.

`--enquiries` changes the size. The goal is for ten million.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from benches import _own, desk

DAYS = 400
#: seconds
NIGHT, TIMES_SLOWER = 600, 1.3
ASKS = 400
#: days of older data that are left unscrubbed for the backlog
BACKLOG_DAYS = 60

_CALLS = """
INSERT INTO enquiries_enquiry (id, channel, state, language, dialled, caller_number, caller_name, centre_id, queue_id,
    agent_id, first_agent_id, menu, menu_keys, transferred_to, phase, arrived_at, queued_at, answered_at, ended_at,
    registered_at, menu_seconds, wait_seconds, ring_seconds, talk_seconds, hold_seconds, wrap_up_seconds,
    outside_seconds, transfers, events)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
    || substr(md5(n::text), 4, 15))::uuid, 'phone', 'registered', 'da', CASE WHEN kept THEN '+4533661000' ELSE '' END,
    CASE WHEN kept THEN '+4571' || lpad((n * 7919 %% 200000)::text, 6, '0') ELSE '' END, '', %(centre)s, %(queue)s,
    (%(agents)s::bigint[])[1 + n %% %(agent_count)s], (%(agents)s::bigint[])[1 + n %% %(agent_count)s],
    'Byggeri', '1', '', '', at, at + interval '10 s', at + interval '40 s', at + interval '200 s',
    at + interval '220 s', 10, 30, 4, 160, 0, 25, 0, 0, 7
FROM (SELECT n, at, at >= %(now)s::timestamptz - interval '366 days' AS kept FROM (
    SELECT n, %(now)s::timestamptz - interval '300 s' - n * %(apart)s * interval '1 s' AS at
    FROM generate_series(%(first)s::bigint, %(last)s) AS n) AS calls) AS calls
"""
_EVENTS = """
INSERT INTO events_event (stream, number, at, kind, queue, person, data, channel, centre)
SELECT enquiry.id, number, arrived_at + after * interval '1 s', step.kind, step.queue, agent_id,
    CASE WHEN number > 0 THEN said ELSE CASE WHEN arrived_at >= %(scrubbed)s
        THEN said || jsonb_build_object('dialled', '+4533661000', 'caller_number', caller_number)
        ELSE said || '{"scrubbed": true}' END END, channel, 'tmf'
FROM enquiries_enquiry AS enquiry, (VALUES
    (0, 0, 'arrived', '', '{"exchange": "a", "centre": "tmf", "flow": "tmf"}'::jsonb),
    (1, 8, 'menu', '', '{"key": "1", "label": "Byggeri"}'), (2, 10, 'queued', 'tmf-byggeri', '{"priority": 0}'),
    (3, 36, 'offered', 'tmf-byggeri', '{"leg": "a-1"}'), (4, 40, 'answered', 'tmf-byggeri', '{"direction": "in"}'),
    (5, 200, 'ended', 'tmf-byggeri', '{"by": "caller"}'), (6, 220, 'registered', '', '{}'))
    AS step (number, after, kind, queue, said)
WHERE arrived_at >= %(from)s AND arrived_at < %(until)s
"""
_QUESTIONS = """
INSERT INTO enquiries_question (enquiry_id, "order", service_id, purpose_id, character, outcome, should_be_digital,
    note, registered_at, registered_by_id)
SELECT id, 0, %(service)s, %(purpose)s, 'general', 'resolved', false,
    CASE WHEN caller_number = '' THEN '' ELSE 'Vejledt om fristen for naboer.' END, registered_at, agent_id
FROM enquiries_enquiry WHERE arrived_at >= %(from)s AND arrived_at < %(until)s
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--enquiries", type=int, default=1_000_000)
    options.add_argument("--asks", type=int, default=ASKS)
    options.add_argument("--backlog", type=float, default=60.0, help="at most so many seconds of the backlog")
    options.add_argument("--work-on", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.work_on:
        _work(datetime.fromisoformat(chosen.work_on), chosen.backlog)
        return
    with _own.product("retention"):
        from indgang.core import clock

        now, agents = clock.now(), desk._municipality()
        _fill(now, agents, chosen.enquiries)
        clients = desk._at_their_desks(agents)
        _own.settle()
        _beside_the_desk(now, clients, chosen)
        _night(now, chosen.enquiries)


def _fill(now: datetime, agents: list[Any], enquiries: int) -> None:
    from django.db import connection

    from indgang.catalogue.models import ContactCentre, Purpose, Service
    from indgang.entry.models import Queue

    words: dict[str, Any] = {
        "centre": ContactCentre.objects.get(code="tmf").pk, "queue": Queue.objects.get(code="tmf-byggeri").pk,
        "agents": [agent.pk for agent in agents], "agent_count": len(agents), "now": now,
        "apart": DAYS * 86_400 / enquiries, "scrubbed": now - timedelta(days=91 + BACKLOG_DAYS),
        "service": Service.objects.order_by("pk")[0].pk, "purpose": Purpose.objects.order_by("pk")[0].pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for month in range(DAYS // 28 + 2):
            cursor.execute("SELECT events_event_have_month(%s)", [(now - timedelta(days=28 * month)).date()])
        for first in range(1, enquiries + 1, 500_000):
            part = {"first": first, "last": min(first + 499_999, enquiries)}
            cursor.execute(_CALLS, words | part)
        for day in range(0, DAYS + 2, 20):
            part_ = {"from": now - timedelta(days=day + 20), "until": now - timedelta(days=day)}
            cursor.execute(_EVENTS, words | part_)
            cursor.execute(_QUESTIONS, words | part_)
    _earlier_nights(now)
    _own.analyse()


def _earlier_nights(now: datetime) -> None:
    """Insert the log of earlier nights, which says how far they came."""
    from indgang.privacy.models import ScrubbingProgress

    for kind, days in (("call_events", 91 + BACKLOG_DAYS), ("contact_record", 366)):
        clean = now - timedelta(days=days)
        ScrubbingProgress.objects.create(
            kind=kind, table="enquiries_enquiry", clean_until=clean, night=clean.date(), done=True
        )


def _beside_the_desk(now: datetime, clients: list[Any], chosen: argparse.Namespace) -> None:
    """Times of the parts alone, and while a separate process, like the worker, scrubs a backlog of 60 days."""
    _p95(clients, len(clients))  # to warm up
    alone = _p95(clients, chosen.asks)
    command = [
        sys.executable,
        "-m",
        "benches.retention",
        "--work-on",
        now.isoformat(),
        "--backlog",
        str(chosen.backlog),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        beside = _p95(clients, chosen.asks, while_=lambda: worker.poll() is None)
        scrubbed, seconds = json.loads(worker.stdout.readline())
    ratio = {part: beside[part] / alone[part] for part in alone}
    worst = max(ratio, key=lambda part: ratio[part])
    _say("desk_p95_ratio", max(ratio.values()), f"times alone ({worst})", f"<= {TIMES_SLOWER}", alone_ms=alone,
         beside_ms=beside, ratios={part: round(each, 2) for part, each in ratio.items()})  # fmt: skip
    _say("backlog_per_second", scrubbed / seconds, "enquiries a second, with rests", "none", seconds=round(seconds, 1))


def _p95(clients: list[Any], asks: int, while_: Any = lambda: True) -> dict[str, float]:
    """Milliseconds of each part; parts and agents take turns."""
    times: dict[str, list[float]] = {part: [] for part in desk.PARTS}
    for number in range(asks):
        for part, target in desk.PARTS.items():
            client = clients[number % len(clients)]
            began = time.perf_counter()
            client.get(desk.HOME, headers=desk._headers(target))
            if while_():
                times[part].append((time.perf_counter() - began) * 1000)
    return {part: round(statistics.quantiles(found, n=20)[18], 2) for part, found in times.items()}


def _work(now: datetime, seconds: float) -> None:
    """The process beside the desk: it scrubs overdue data until its seconds are over."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    import django

    django.setup()
    from indgang.config import database_roles
    from indgang.privacy.models import Scrubbing

    print("begun", flush=True)
    began = time.monotonic()
    database_roles.scrub_due(at=now - timedelta(days=2), seconds=seconds)
    worked = time.monotonic() - began
    print(json.dumps([sum(Scrubbing.objects.values_list("rows", flat=True)), worked]), flush=True)


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
