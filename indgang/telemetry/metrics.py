"""Metrics that processes count themselves, for Prometheus. All processes of one machine write into one folder.

The values of each process are in files of its own (prometheus_client's multiprocess mode), so whichever web worker is
asked answers for all of them. Labels are names of views, kinds and codes of queues, of which there are few. They never
name people.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

#: prometheus_client reads it when it is imported; `config.cli` sets it for the processes of the product
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: containers share the folder, and each of them has a process 1
_HOST = socket.gethostname()
#: what the library stores values in; it has half its types
_library: Any = values
if os.environ.get(FOLDER):
    _library.ValueClass = _library.MultiProcessValue(lambda: f"{_HOST}-{os.getpid()}")

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_DELAY = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_WAIT = (5.0, 10.0, 20.0, 30.0, 60.0, 100.0, 180.0, 300.0, 600.0, 1200.0, 3600.0)

REQUESTS = Histogram(
    "indgang_request_seconds", "Time to answer a request, by the name of its view", ["view", "method", "status"],
    buckets=_FAST,
)  # fmt: skip
EVENTS = Counter("indgang_events", "Events that the switchboard has written, by kind", ["kind"])
ANSWERED_AFTER = Histogram(
    "indgang_answered_after_seconds", "Wait in the queue until a call was answered", ["queue"], buckets=_WAIT
)
WRITES = Histogram("indgang_journal_write_seconds", "Time to write what was decided", buckets=_FAST)
LOOP_DELAY = Histogram(
    "indgang_loop_delay_seconds", "How late the event loop of a process wakes up", ["process"], buckets=_DELAY
)
ORDERS = Histogram(
    "indgang_order_seconds", "Time until the switchboard has answered a person's order", ["kind", "outcome"],
    buckets=_FAST,
)  # fmt: skip

#: how often the delay of an event loop is measured
_LOOK_SECONDS = 0.5


def exposition(more: Iterable[Collector] = ()) -> bytes:
    """All metrics of this machine's processes and the current values of `more`, in Prometheus's text format."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has half its types
    else:
        registry.register(_Own())
    for collector in more:
        registry.register(collector)
    return bytes(generate_latest(registry))


def forget_ended(folder: Path) -> None:
    """Remove the values of this host's processes that have ended. Call it only when the web server starts, so that sums
    do not shrink while it runs: a worker that is replaced leaves its counts."""
    for path in folder.glob("*.db"):
        host, _, pid = path.stem.partition("_")[2].rpartition("-")
        # the files of earlier versions name no host
        if host in (_HOST, "") and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            path.unlink(missing_ok=True)


async def measure_loop(process: str) -> None:
    """Measure without end how late this event loop wakes up."""
    loop, delay = asyncio.get_running_loop(), LOOP_DELAY.labels(process)
    while True:
        due = loop.time() + _LOOK_SECONDS
        await asyncio.sleep(_LOOK_SECONDS)
        delay.observe(max(0.0, loop.time() - due))


class _Own:
    """The counts of this process alone, where it runs without the folder: under another server, in tests."""

    def collect(self) -> Iterable[Any]:
        return (metric for metric in REGISTRY.collect() if metric.name.startswith("indgang_"))
