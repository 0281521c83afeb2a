"""How fast the desk responds with a million enquiries in the database.

First the server's own time for the page and each of its parts, as fifty agents request them in turn: from the request's
arrival in Django to the last byte of the response (`p95_ms`), beside the time of its SQL through a bare cursor.

Then requests per second of a part over HTTP, against a bare Django view with the same queries, the same middleware and
the same response bytes. Both run on the same server (one worker of `web`) in the same run and take turns of half a
second. A second peer runs the SQL through a bare cursor, which also shows the cost of Django's models.

`--enquiries` and `--seconds` change the size.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benches import _asking, _bare, _own

AGENTS = 50
ASKS = 240
TURN = 0.5
HOME = "/desk/"
PARTS = {
    part: f"desk-{part}" for part in ("state", "call", "lists", "figures", "around", "team")
}  # fmt: skip
#: milliseconds, for a part and for the whole page
PART_MS, PAGE_MS = 12, 20
PEERS = {
    "bare": ("bare Django view, same queries and bytes", ">= 0.5 of the peer"),
    "sql": ("bare view with a cursor, same SQL and bytes", ">= 0.4 of the peer"),
}

#: three years of calls at 913 a day, with 200,000 callers; the newest are some minutes old
_ENQUIRIES = """
INSERT INTO enquiries_enquiry (id, channel, state, language, dialled, caller_number, caller_name, centre_id, queue_id,
    agent_id, first_agent_id, party_id, menu, menu_keys, transferred_to, phase, arrived_at, queued_at, answered_at,
    ended_at, registered_at, menu_seconds, wait_seconds, ring_seconds, talk_seconds, hold_seconds, wrap_up_seconds,
    outside_seconds, transfers, events)
SELECT gen_random_uuid(), 'phone', CASE WHEN n %% 5003 = 7 THEN 'unregistered' ELSE 'registered' END, 'da',
    '+4533661000', '+4571' || lpad((n * 7919 %% 200000)::text, 6, '0'), '', %(centre)s,
    (%(queues)s::bigint[])[1 + n %% %(queue_count)s], (%(agents)s::bigint[])[1 + n %% %(agent_count)s],
    (%(agents)s::bigint[])[1 + n %% %(agent_count)s],
    CASE WHEN n %% 3 = 0 THEN (%(parties)s::bigint[])[1 + n * 7919 %% %(party_count)s] END,
    'Byggeri', '1', '', '', at, at + interval '10 s', at + interval '40 s', at + interval '200 s',
    CASE WHEN n %% 5003 <> 7 THEN at + interval '220 s' END, 10, 30, 4, 160, 0, 25, 0, 0, 4
FROM (SELECT n, %(now)s::timestamptz - interval '300 s' - n * interval '94.6 s' AS at
      FROM generate_series(1::bigint, %(enquiries)s) AS n) AS calls
"""
_EVENTS = """
INSERT INTO events_event (stream, number, at, kind, queue, person, data, channel, centre)
SELECT id, number, arrived_at + after * interval '1 s', kind, 'tmf-byggeri', agent_id, '{}', channel, 'tmf'
FROM enquiries_enquiry, (VALUES (0, 10, 'queued'), (1, 40, 'answered'), (2, 200, 'ended')) AS step (number, after, kind)
"""
_QUESTIONS = """
INSERT INTO enquiries_question (enquiry_id, "order", service_id, purpose_id, character, outcome, should_be_digital,
    note, registered_at, registered_by_id)
SELECT id, 0, %(service)s, %(purpose)s, 'general', 'resolved', false, 'Vejledt om fristen.', registered_at, agent_id
FROM enquiries_enquiry WHERE registered_at IS NOT NULL
"""
_RETURN_CALLS = """
INSERT INTO enquiries_returncall (enquiry_id, kind, number, queue_id, created_at, attempts, result, done_at)
SELECT id, 'abandoned', caller_number, queue_id, arrived_at, 0, '',
    CASE WHEN row_number() OVER (ORDER BY arrived_at DESC) > 60 THEN arrived_at + interval '1 hour' END
FROM enquiries_enquiry ORDER BY arrived_at DESC LIMIT 50000
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--enquiries", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=8.0)
    chosen = options.parse_args()
    with _own.product("desk") as folder:
        _own.collect_static()
        _run(folder, chosen)


def _run(folder: Path, chosen: argparse.Namespace) -> None:
    agents = _municipality()
    _fill(agents, chosen.enquiries)
    clients = _at_their_desks(agents)
    _own.settle()
    _server_time(clients, chosen.enquiries)
    _throughput(folder, clients[0], chosen.seconds)


# --- the database ------------------------------------------------------------------------------


def _municipality() -> list[Any]:
    """The tests' small municipality, with fifty agents and 100,000 parties."""
    from indgang.accounts.models import Person, RoleAssignment
    from indgang.core import clock
    from indgang.enquiries.models import Party
    from indgang.entry.models import ExchangeStatus, QueueMembership
    from tests.world import build

    world = build()
    names = [Person(username=f"agent{n}", name=f"Agent {n}", password="!") for n in range(AGENTS)]
    agents: list[Any] = Person.objects.bulk_create(names)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=agent, role="agent", unit=world.units["tmf"]) for agent in agents
    )
    queues = [world.queues[code] for code in ("tmf-byggeri", "tmf-byliv", "tmf-oevrige")]
    QueueMembership.objects.bulk_create(
        QueueMembership(person=agent, queue=queue) for agent in agents for queue in queues
    )
    now = clock.now()
    Party.objects.bulk_create(
        [Party(kind="business", name=f"Virksomhed {n}", created_at=now) for n in range(100_000)], batch_size=10_000
    )
    ExchangeStatus.objects.create(name="simulator", up=True, since=now, heartbeat=now)
    return agents


def _fill(agents: list[Any], enquiries: int) -> None:
    """Insert a million enquiries with their events, questions and return calls, and run ANALYZE."""
    from django.db import connection

    from indgang.catalogue.models import ContactCentre, Purpose, Service
    from indgang.core import clock
    from indgang.enquiries.models import Party
    from indgang.entry.models import Queue

    queues = list(Queue.objects.filter(centre__code="tmf").values_list("pk", flat=True))
    parties = list(Party.objects.values_list("pk", flat=True))
    words: dict[str, Any] = {
        "centre": ContactCentre.objects.get(code="tmf").pk,
        "queues": queues,
        "queue_count": len(queues),
        "agents": [agent.pk for agent in agents],
        "agent_count": len(agents),
        "parties": parties,
        "party_count": len(parties),
        "service": Service.objects.order_by("pk")[0].pk,
        "purpose": Purpose.objects.order_by("pk")[0].pk,
        "now": clock.now(),
        "enquiries": enquiries,
    }
    with connection.cursor() as cursor:
        for statement in (_ENQUIRIES, _EVENTS, _QUESTIONS, _RETURN_CALLS):
            cursor.execute(statement, words if "%(" in statement else None)
    _own.analyse()
    # otherwise PostgreSQL does this while the first parts are measured
    _own.vacuum("enquiries_enquiry", "enquiries_question", "enquiries_returncall", "enquiries_party")
    _own.checkpoint()


def _at_their_desks(agents: list[Any]) -> list[Any]:
    """A signed-in client for each agent; each agent is in a conversation."""
    from django.test import Client

    from indgang.core import clock
    from indgang.enquiries.models import Enquiry
    from indgang.entry.models import InHand, Presence

    clients = []
    for agent in agents:
        call = Enquiry.objects.filter(agent=agent).order_by("-arrived_at")[0]
        Enquiry.objects.filter(pk=call.pk).update(state="talking", registered_at=None, ended_at=None)
        call.questions.all().delete()
        Presence.objects.create(person=agent, state="talking", since=clock.now(), phone_on=True)
        InHand.objects.create(person=agent, enquiry=call.pk, kind="call", stage="talking")
        client = Client()
        client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
        clients.append(client)
    return clients


# --- server time -------------------------------------------------------------------------------


def _server_time(clients: list[Any], enquiries: int) -> None:
    asked: dict[str, tuple[str, str]] = {name: (HOME, target) for name, target in PARTS.items()}
    asked |= {"page": (HOME, ""), "services": ("/desk/services/?q=bygg", "q0-services")}
    for name, (address, target) in asked.items():
        _say_time(name, [(client, address, target) for client in clients], enquiries)
    own = [_sheet_of(client) for client in clients]
    _say_time("sheet", [(c, a, "desk-registration") for c, a in own], enquiries)
    callers = [(c, a.replace("/registration/", "/caller/"), "desk-caller") for c, a in own]
    _say_time("caller", callers, enquiries)


def _sheet_of(client: Any) -> tuple[Any, str]:
    return client, client.get(HOME).content.decode().split('data-sheet="')[1].split('"')[0]


def _say_time(name: str, asks: list[tuple[Any, str, str]], enquiries: int) -> None:
    times = _milliseconds(asks)
    p95, median = statistics.quantiles(times, n=20)[18], round(statistics.median(times), 2)
    client, address, target = asks[0]
    bare = _bare.p95_ms(lambda: client.get(address, headers=_headers(target)), ASKS)
    goal = f"<= {PAGE_MS if name == 'page' else PART_MS}"
    _say(f"{name}_p95_ms", p95, "ms", goal, median=median, enquiries=enquiries, **_bare.beside(p95, bare))


def _headers(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target} if target else {}


def _milliseconds(asks: list[tuple[Any, str, str]]) -> list[float]:
    """The times of `ASKS` requests to each, after one warm-up request each."""
    times = []
    for number in range(len(asks) + ASKS):
        client, address, target = asks[number % len(asks)]
        headers = _headers(target)
        begun = time.perf_counter()
        answer = client.get(address, headers=headers)
        if number >= len(asks):
            times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.content[:400]
    return times


# --- against a bare view -----------------------------------------------------------------------


def _throughput(folder: Path, client: Any, seconds: float) -> None:
    recordings = {name: _recorded(client, target) for name, target in PARTS.items()}
    (folder / "bare.json").write_text(json.dumps(recordings))
    port = _asking.free_port()
    environment = {**os.environ, "BENCH_DESK_BARE": str(folder / "bare.json")}
    server = subprocess.Popen(
        [sys.executable, "-m", "benches._serving", "benches._desk_site:application", str(port)],
        env=environment,
    )  # fmt: skip
    try:
        _asking.wait_for(port)
        cookie = client.cookies["sessionid"].value
        for name, target in PARTS.items():
            _compare(port, cookie, name, target, seconds)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _recorded(client: Any, target: str) -> dict[str, Any]:
    """The SQL of one request for a part (the session is known from an earlier one), and the response."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    headers = {"HX-Request": "true", "HX-Target": target}
    client.get(HOME, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(HOME, headers=headers)
    return {"sql": [query["sql"] for query in captured.captured_queries], "answer": answer.content.decode()}


def _compare(port: int, cookie: str, name: str, target: str, seconds: float) -> None:
    part = f"GET {HOME} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={cookie}\r\nHX-Request: true\r\n"
    part += f"HX-Target: {target}\r\n\r\n"
    asks = {"part": part} | {peer: part.replace(f"GET {HOME}", f"GET /{peer}/{name}/") for peer in PEERS}
    counts = dict.fromkeys(asks, 0.0)
    turns = max(1, round(seconds / TURN))
    for _ in range(turns):
        # short turns, so that other load on the machine affects all alike
        for kind, request in asks.items():
            counts[kind] += _asking.per_second(port, request, TURN) / turns
    for peer, (about, goal) in PEERS.items():
        figure = f"{name}_requests_per_second" + ("" if peer == "bare" else f"_{peer}")
        ratio = round(counts["part"] / counts[peer], 3)
        _say(figure, counts["part"], "1/s", goal, peer=about, peer_value=round(counts[peer], 1), ratio=ratio)


def _say(figure: str, value: float, unit: str, goal: str, **more: Any) -> None:
    line = {"bench": "desk", "figure": figure, "value": round(value, 2), "unit": unit, "goal": goal}
    print(json.dumps(line | more), flush=True)


if __name__ == "__main__":
    main()
