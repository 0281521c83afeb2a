"""The stream process: tells open pages which of their parts are stale, as server-sent events over plain ASGI.

    GET /stream?token=…     event "stale" with the name of a part as data (* for all), "ended" when the session is over,
                            "crowded" when newer streams of the same page or session have taken its place,
                            "alive" every fifteen seconds in which nothing else is sent
    GET /health             {"alive": true}
    GET /readiness          {"listening": true, "streams": 12}; 503 while the database is unavailable

It holds no Django view and no connection per page. A page's token says what it may hear (`token`). A new stream first
sends what the page missed since it was loaded, or since its last stream broke (Last-Event-ID). Run it with any ASGI
server that supports lifespan, one worker per process: `uvicorn indgang.config.asgi:application`, which refuses a
publicly known secret.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")

from indgang.live import database, token
from indgang.live.hub import Hub, Subscriber
from indgang.telemetry import metrics

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

#: seconds between two heartbeats
HEARTBEAT = 15.0

#: a page hears of the same part at most this often, in seconds
COALESCE = 0.05


class Stream:
    """The ASGI application with its hub and its background tasks."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def start(self) -> None:
        """Start listening, announcing and sending heartbeats. Needs the running event loop."""
        work = (database.listen(self.hub), database.announce(), self._beat(), metrics.measure_loop("live"))
        self._tasks = [asyncio.create_task(each) for each in work]

    async def stop(self) -> None:
        """End the background tasks and close every stream; pages reconnect when a process runs again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for subscriber in list(self.hub.streams):
            subscriber.gone = True
            subscriber.wake.set()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self.hub.beat()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/stream" and scope["method"] == "GET":
            await self._open(scope, receive, send)
        elif scope["path"] == "/health":
            await _say(send, 200, json.dumps({"alive": True}), "application/json")
        elif scope["path"] == "/readiness":
            state = {"listening": self.hub.listening, "streams": len(self.hub.streams)}
            await _say(send, 200 if self.hub.listening else 503, json.dumps(state), "application/json")
        else:
            await _say(send, 404, "not found\n")

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            ours = token.read("".join(query.get("token", [])), now=time.time())
        except token.BadToken as error:
            return await _say(send, 401, f"{error}\n")
        if not self.hub.counts(ours):
            return await _say(send, 401, "the session is over\n")
        subscriber = self.hub.join(ours, _since(headers, ours))
        await send({"type": "http.response.start", "status": 200, "headers": _headers(headers, ours)})
        watcher = asyncio.create_task(_watch(receive, subscriber))
        try:
            await _speak(send, subscriber)
        finally:
            self.hub.leave(subscriber)
            watcher.cancel()


async def _speak(send: Send, subscriber: Subscriber) -> None:
    """Send stale parts until the page disconnects or its token ends."""
    await _chunk(send, b"retry: 1000\n" + _events(()))
    while not subscriber.gone:
        await subscriber.wake.wait()
        if subscriber.ended or subscriber.crowded:
            await _chunk(
                send, b"event: ended\ndata: session\n\n" if subscriber.ended else b"event: crowded\ndata: 1\n\n"
            )
            break
        await _chunk(send, _events(subscriber.take()))
        await asyncio.sleep(COALESCE)
    with suppress(OSError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _events(parts: Iterable[str]) -> bytes:
    """One event per part; without parts, a heartbeat that shows the page that its stream is alive."""
    text = "".join(f"event: stale\ndata: {part}\n\n" for part in parts) or "event: alive\ndata: 1\n\n"
    return f"id: {time.time():.3f}\n{text}".encode()


async def _chunk(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _watch(receive: Receive, subscriber: Subscriber) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscriber.gone = True
    subscriber.wake.set()


def _since(headers: Mapping[str, str], ours: token.PageToken) -> float:
    """The time after which the page may have missed something: its last event, else the creation of its token."""
    try:
        return float(headers.get("last-event-id") or ours.made)
    except ValueError:
        return 0.0


def _headers(request: Mapping[str, str], ours: token.PageToken) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    origin = request.get("origin", "")
    if origin and origin.partition("://")[2] == urlsplit(ours.origin).netloc:
        headers += [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]
    return headers


async def _say(send: Send, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
    headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


application = Stream()
