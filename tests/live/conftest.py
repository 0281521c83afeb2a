"""A running stream process inside the test: the real application in a loop of its own, called as a server would."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection

from indgang.live import token
from indgang.live.stream import Stream

PATIENCE = 60.0


class Ear:
    """One open stream and what it has been told."""

    def __init__(self, running: Running, query: str, headers: dict[str, str]) -> None:
        self._running = running
        self._hang_up = asyncio.Event()
        self._heard: queue.Queue[bytes | None] = queue.Queue()
        self._answered: Future[tuple[int, dict[str, str]]] = Future()
        self._rest = b""
        self.last_id = ""
        self.events = self._parse()
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/stream",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self._call = running.submit(running.stream(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._hang_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = {name.decode(): value.decode() for name, value in message["headers"]}
            self._answered.set_result((message["status"], headers))
            return
        self._heard.put(message["body"])
        if not message.get("more_body"):
            self._heard.put(None)

    @property
    def status(self) -> int:
        return self._answered.result(PATIENCE)[0]

    @property
    def headers(self) -> dict[str, str]:
        return self._answered.result(PATIENCE)[1]

    def next(self) -> tuple[str, str]:
        return next(self.events)

    def _parse(self) -> Iterator[tuple[str, str]]:
        """(event, data) as they come, but for the signs of life. Fails when nothing comes for long."""
        while (body := self._heard.get(timeout=PATIENCE)) is not None:
            *blocks, self._rest = (self._rest + body).split(b"\n\n")
            for block in blocks:
                fields = dict(line.partition(": ")[::2] for line in block.decode().splitlines() if line)
                self.last_id = fields.get("id", self.last_id)
                if fields.get("event", "alive") != "alive":
                    yield fields["event"], fields["data"]

    def hang_up(self) -> None:
        self._running.loop.call_soon_threadsafe(self._hang_up.set)
        self._call.result(PATIENCE)


class Running:
    """The application, its background tasks and the loop they run in."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.stream = Stream()
        self._ears: list[Ear] = []
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.submit(self.stream.start()).result(PATIENCE)

    def submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def open(self, query: str, **headers: str) -> Ear:
        ear = Ear(self, query, headers)
        self._ears.append(ear)
        return ear

    def wait_until_listening(self) -> None:
        """Until it hears announcements, and some process makes them."""
        deadline = time.monotonic() + PATIENCE
        while not (self.stream.hub.listening and _somebody_announces()):
            assert time.monotonic() < deadline, "the stream process did not come up"
            threading.Event().wait(0.01)

    def stop(self) -> None:
        self.submit(self.stream.stop()).result(PATIENCE)
        for ear in self._ears:
            ear.hang_up()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()


def _somebody_announces() -> bool:
    return (
        _count(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
            " AND application_name = 'indgang-live' AND datname = current_database()"
        )
        > 0
    )


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


@pytest.fixture
def running(transactional_db: None) -> Iterator[Running]:
    process = Running()
    process.wait_until_listening()
    yield process
    process.stop()


@pytest.fixture
def ticket() -> Callable[..., str]:
    """The query string of a page of person 7 that listens to `scopes`; it is old, so it first refreshes everything."""

    def make(*scopes: str, person: int = 7, session: str = "s" * 32, age: float = 3600) -> str:
        made = time.time() - age
        text = token.make(
            person=person, session_key=session, scopes=frozenset(scopes), origin="http://desk.example", made=made
        )
        return f"token={text}"

    return make
