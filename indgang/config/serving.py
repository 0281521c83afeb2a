"""Serves pages and streams with uvicorn, in workers that share one socket and end with their server."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import uvicorn
from django.conf import settings

from indgang.config import garbage, secret
from indgang.config.connections import Limits, guarded
from indgang.config.pages import Pages
from indgang.config.supervisor import Process, Supervisor, bound, python
from indgang.telemetry import metrics

#: seconds that a worker gets to finish when the server stops
_PATIENCE = 3
#: how long a connection stays open between two requests: longer than the proxy keeps its own, because a request that
#: meets the end of a connection is lost, and a proxy repeats no POST
IDLE_SECONDS = 75
#: connections that wait to be accepted; the kernel may allow fewer
_BACKLOG = 2048
#: streams that one stream process keeps open; every open page holds one
_STREAMS = 20_000

_APPLICATIONS = {"pages": "indgang.config.wsgi:pages", "streams": "indgang.config.asgi:application"}


def serve(process: str) -> None:
    """Run the process `web` or `live` until stopped. Raises BadSetting or AddressTaken.

    It loads no models, because the workers that it starts do.
    """
    secret.check()
    if process == "web":
        _tell(f"pages at http://{settings.WEB_ADDRESS}")
        pages(settings.WEB_ADDRESS, settings.WEB_WORKERS)
    else:
        _tell(f"streams at http://{settings.LIVE_ADDRESS}")
        streams(settings.LIVE_ADDRESS)


def pages(address: str, workers: int) -> None:
    """Serve pages and API until stopped. Raises AddressTaken."""
    if folder := os.environ.get(metrics.FOLDER):
        metrics.forget_ended(Path(folder))
    _serve("pages", bound(address, "INDGANG_WEB_ADDRESS"), workers)


def streams(address: str) -> None:
    """Serve the live streams until stopped; one worker, because one listener is enough. Raises AddressTaken."""
    _serve("streams", bound(address, "INDGANG_LIVE_ADDRESS"), 1)


def _serve(what: str, listening: socket.socket, workers: int) -> None:
    _allow_many_files()
    number = listening.fileno()
    command = python("indgang.config.serving", what, str(number), str(workers))
    processes = [Process(f"{what} {each}", command, inherits=(number,)) for each in range(1, workers + 1)]
    asyncio.run(Supervisor(processes, _tell).run())


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the output of a process


def _allow_many_files() -> None:
    """Raise the limit of open files to the user's maximum: every connection is an open file."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Worker(uvicorn.Server):
    """Ends cleanly when asked to: uvicorn itself would raise the signal again, and kill threads that are still shutting
    down."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


class _StreamWorker(_Worker):
    """Ends its streams, which never finish on their own, before it waits for its requests."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from indgang.live.stream import application

        await application.stop()
        await super().shutdown(sockets)


def work(application: str | Pages, number: int, limits: Limits, lifespan: Literal["on", "off"]) -> None:
    """Run one worker: serve connections of the socket with this file number, until told to stop."""
    worker = _StreamWorker if application == _APPLICATIONS["streams"] else _Worker
    worker(configured(application, limits, lifespan)).run([socket.socket(fileno=number)])


def configured(application: str | Pages, limits: Limits, lifespan: Literal["on", "off"]) -> uvicorn.Config:
    """How a worker serves the application."""
    return uvicorn.Config(
        application,
        http=guarded(limits),
        loop="uvloop",
        ws="none",
        lifespan=lifespan,
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=_PATIENCE,
    )


def limits_for(workers: int) -> Limits:
    """The limits for one worker. Each worker counts a client's connections separately, and the kernel distributes them
    unevenly."""
    each = settings.CONNECTIONS_PER_ADDRESS
    of_one_worker = 0 if settings.PROXIES else each if workers == 1 else max(1, round(each * 1.5 / workers))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most = min(_STREAMS, hard - 200 if hard > 400 else hard // 2)
    return Limits(per_address=of_one_worker, altogether=most)


def _main(what: str, number: int, workers: int) -> None:
    garbage.rarely()
    work(_APPLICATIONS[what], number, limits_for(workers), "on" if what == "streams" else "off")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
