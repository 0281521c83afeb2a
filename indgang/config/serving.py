"""Serves pages (WSGI) and streams (ASGI) with granian; each worker ends with its server."""

from __future__ import annotations

import os

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from indgang.config.parent import PARENT_VARIABLE
from indgang.config.supervisor import check_free, split

#: seconds a worker gets to finish what it does when the server stops; streams never finish by themselves
_PATIENCE = 3
#: requests a page worker handles at once; each may hold a database connection
_THREADS = 3
#: streams one stream process keeps open; every page that is open holds one
_STREAMS = 20_000


def pages(address: str, workers: int) -> None:
    """Serve pages and API until stopped. Raises AddressTaken."""
    check_free(address, "INDGANG_WEB_ADDRESS")
    _serve(address, "indgang.config.wsgi:application", Interfaces.WSGI, workers, blocking_threads=_THREADS)


def streams(address: str) -> None:
    """Serve the live streams until stopped; one worker, because one listener is enough. Raises AddressTaken."""
    check_free(address, "INDGANG_LIVE_ADDRESS")
    _serve(address, "indgang.config.asgi:application", Interfaces.ASGI, 1, connections=_STREAMS)


def _serve(
    address: str,
    target: str,
    interface: Interfaces,
    workers: int,
    blocking_threads: int | None = None,
    connections: int | None = None,
) -> None:
    """`connections` is how many a worker accepts at once; without it granian's own limit holds (about 1,000)."""
    host, port = split(address)
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    Server(
        target,
        address=host,
        port=port,
        interface=interface,
        workers=workers,
        blocking_threads=blocking_threads,
        backpressure=connections,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=_PATIENCE,
        log_level=LogLevels.error,
    ).serve()
