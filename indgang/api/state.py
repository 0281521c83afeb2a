"""The present state of the centre for Prometheus.

It is read from the database on each request, in about a dozen small queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily

from indgang.core import clock
from indgang.enquiries.waiting import WaitingNow, waiting_of
from indgang.entry.models import Alert, Command, DeadLetter, ExchangeStatus, InHand, Presence, Queue
from indgang.events import cursor as following
from indgang.events.models import Reader
from indgang.health import jobs
from indgang.live import processes
from indgang.live.models import Mark

_CONNECTIONS = """
    SELECT coalesce(application_name, ''), coalesce(state, ''), count(*) FROM pg_stat_activity
    WHERE datname = current_database() GROUP BY 1, 2
"""
_DATABASE = "SELECT pg_database_size(current_database()), current_setting('max_connections')::int"

Family = GaugeMetricFamily


class CentreState:
    """A collector. While the database is down it reports only that (`indgang_database_up` 0)."""

    def describe(self) -> list[Any]:
        """Empty, so that registration does not query the database."""
        return []

    def collect(self) -> Iterator[Any]:
        try:
            yield from [*_queues(), *_people(), *_background(), *_processes(), *_database()]
            yield Family("indgang_database_up", "Whether the database answers", value=1)
        except (OperationalError, InterfaceError):
            yield Family("indgang_database_up", "Whether the database answers", value=0)


def _queues() -> Iterator[Family]:
    at = clock.now()
    codes = dict(Queue.objects.valid_on(clock.day_of(at)).values_list("pk", "code"))
    waiting = waiting_of(codes)
    calls = Family("indgang_queue_waiting", "Callers who wait in a queue", labels=["queue"])
    longest = Family("indgang_queue_longest_wait_seconds", "How long the first of them has waited", labels=["queue"])
    for key, code in codes.items():
        now = waiting.get(key, WaitingNow())
        calls.add_metric([code], now.calls)
        longest.add_metric([code], now.seconds(at))
    yield calls
    yield longest


def _people() -> Iterator[Family]:
    yield _counted("indgang_agents", "People on duty by state", Presence.objects, "state")
    yield _counted(
        "indgang_items_in_hand", "Work items at desks by stage: ringing is an offer", InHand.objects, "stage"
    )


def _background() -> Iterator[Family]:
    found = jobs.read()
    by_status = Family("indgang_jobs", "Background jobs by status", labels=["status"])
    for status, count in found.by_status.items():
        by_status.add_metric([status], count)
    yield by_status
    longest = found.longest.total_seconds()
    yield Family("indgang_jobs_oldest_seconds", "How late the job is that has waited longest", value=longest)
    yield Family("indgang_orders_waiting", "Orders that the switchboard has not answered", value=_waiting_orders())
    unannounced = Mark.objects.count()
    yield Family("indgang_changes_unannounced", "Changes that open pages have not been told", value=unannounced)
    yield Family("indgang_dead_letters", "Events that could not be written", value=DeadLetter.objects.count())
    open_alerts = Alert.objects.filter(seen_at=None, over_at=None).count()
    yield Family("indgang_alerts_open", "Alerts that nobody has seen and that are not over", value=open_alerts)
    yield from _event_lag()


def _event_lag() -> Iterator[Family]:
    behind = Family("indgang_event_lag", "Events that a reader of the log has not read", labels=["reader"])
    seconds = Family("indgang_event_lag_seconds", "Age of the oldest of them", labels=["reader"])
    at = clock.now()
    for name in Reader.objects.values_list("name", flat=True):
        lag = following.lag(name)
        behind.add_metric([name], lag.events)
        seconds.add_metric([name], lag.seconds(at))
    yield behind
    yield seconds


def _processes() -> Iterator[Family]:
    silent = Family("indgang_process_silent_seconds", "Since its last sign of life", labels=["process", "host"])
    # a process that was stopped has no row, and still counts: as none
    alive = Counter(dict.fromkeys(processes.NAMES, 0))
    for row in processes.seen():
        silent.add_metric([row.name, f"{row.host}:{row.pid}"], row.age.total_seconds())
        alive[row.name] += row.age <= processes.ALIVE_WITHIN
    yield silent
    running = Family("indgang_processes_running", "Processes with a recent sign of life, by name", labels=["process"])
    for name, count in alive.items():
        running.add_metric([name], count)
    yield running
    up = Family("indgang_telephone_system_up", "Whether the switchboard reaches a telephone system", labels=["system"])
    heard = set(ExchangeStatus.objects.heard_of(clock.now()).filter(up=True).values_list("name", flat=True))
    for name in ExchangeStatus.objects.values_list("name", flat=True):
        up.add_metric([name], int(name in heard))
    yield up


def _database() -> Iterator[Family]:
    connections = Family(
        "indgang_database_connections", "Connections by program and state", labels=["program", "state"]
    )
    for program, state, count in _rows(_CONNECTIONS):
        connections.add_metric([program, state], count)
    yield connections
    ((size, most),) = _rows(_DATABASE)
    yield Family("indgang_database_connections_most", "Connections that the server allows", value=most)
    yield Family("indgang_database_bytes", "Size of the database", value=size)


def _waiting_orders() -> int:
    return Command.objects.filter(outcome=Command.Outcome.WAITING).count()


def _counted(name: str, about: str, rows: Any, field: str) -> Family:
    family = Family(name, about, labels=[field])
    for value, count in rows.values_list(field).annotate(Count("pk")).order_by(field):
        family.add_metric([value], count)
    return family


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
