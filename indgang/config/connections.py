"""Limits how long a client may take and how many connections it may hold, before any of our code works for it.

A connection stays in the event loop until its request has arrived in full: that costs a socket and a buffer, but no
thread. A client that sends nothing, or a byte now and then, is cut off after a time; so is one that does not read the
answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from indgang.core.client_addresses import counted_as

logger = logging.getLogger(__name__)

_TOO_LARGE_HEAD = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes, and numbers of connections in one process."""

    #: from the start of a connection or a request until its headers have arrived
    head_seconds: float = 10.0
    #: for the body; each `least_rate` bytes that arrive add a second
    body_seconds: float = 20.0
    #: bytes a second, the rate of a slow mobile connection
    least_rate: int = 8_000
    #: request line and headers together
    head_bytes: int = 64 * 1024
    #: the most that a client may send of one body, whether it is read or discarded
    body_bytes: int = 64 * 1024 * 1024
    #: how long a client may leave the answer unread once the buffers are full, or read it more slowly than `least_rate`
    unread_seconds: float = 30.0
    #: connections of one client; 0 for any number (a proxy of ours comes before, and counts)
    per_address: int = 400
    #: connections of all clients
    altogether: int = 8_000


class _Reading(Enum):
    NOTHING = "nothing"
    HEAD = "head"
    BODY = "body"


class Register:
    """The connections of this process, by client.

    A client at its limit gets a new connection, and its connection that has waited longest is closed, so that one
    computer does not lock out the others behind the same address.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.count: Counter[str] = Counter()
        #: for each client, the connections that wait for it to send something, the longest wait first
        self._waiting: defaultdict[str, dict[GuardedConnection, None]] = defaultdict(dict)

    def admit(self, client: str) -> bool:
        """Count a new connection. False when the limit is reached and none of the connections is waiting."""
        allowed = self.limits.per_address
        if allowed and self.count[client] >= allowed and not self._make_room(client):
            return False
        if self.count.total() >= self.limits.altogether and not self._make_room(self.count.most_common(1)[0][0]):
            return False
        self.count[client] += 1
        return True

    def leave(self, client: str) -> None:
        self.count[client] -= 1
        if not self.count[client]:
            del self.count[client]

    def waits(self, client: str, connection: GuardedConnection) -> None:
        self._waiting[client].setdefault(connection)

    def works(self, client: str, connection: GuardedConnection) -> None:
        waiting = self._waiting[client]
        waiting.pop(connection, None)
        if not waiting:
            del self._waiting[client]

    def _make_room(self, client: str) -> bool:
        """Cut off the client's connection that has waited longest, if one waits."""
        longest = next(iter(self._waiting.get(client, ())), None)
        if longest is None:
            return False
        longest.cut_off()
        return True


def guarded(limits: Limits) -> type[GuardedConnection]:
    """A connection class whose connections share one register with these limits, for uvicorn's setting `http`."""
    return type("Connection", (GuardedConnection,), {"register": Register(limits)})


class GuardedConnection(HttpToolsProtocol):
    """One connection: uvicorn handles HTTP, this class counts it and enforces the time limits."""

    register: Register

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading = _Reading.HEAD
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._bytes = 0
        #: the client's address, while the connection is counted
        self._client: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        client = counted_as(self.client[0] if self.client else "")
        if not self.register.admit(client):
            transport.abort()
            return
        self._client = client
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def cut_off(self) -> None:
        """Abort the connection at once, without an answer."""
        self._forget()
        # also when it is closing already: closing waits until the client has read everything, which may never happen
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._client is None:
            return
        if self._reading is _Reading.NOTHING and (self.cycle is None or self.cycle.response_complete):
            self._expect_head()
        if self._reading is _Reading.HEAD:
            self._bytes += len(data)
        super().data_received(data)
        if self._reading is _Reading.HEAD and self._bytes > self.register.limits.head_bytes:
            self._refuse_head()
        elif self._reading is _Reading.BODY and self._bytes > self.register.limits.body_bytes:
            self.cut_off()

    def on_message_begin(self) -> None:
        if self._reading is not _Reading.HEAD:
            self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading, self._bytes = _Reading.BODY, 0
        self._wait(self.register.limits.body_seconds)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._reading = _Reading.NOTHING
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._client is not None:
            self.register.waits(self._client, self)
        self._watch_reader()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        self._watch_reader()
        super().resume_writing()

    def _watch_reader(self) -> None:
        """Start to watch how fast the client reads, for as long as data is unsent."""
        self._stop_watching_reader()
        if self._client is not None and (unread := self.transport.get_write_buffer_size()):
            self._unread = self.loop.call_later(self.register.limits.unread_seconds, self._look_at_reader, unread)

    def _look_at_reader(self, before: int) -> None:
        """Cut off a client that has read too little since `before` bytes were left; otherwise keep watching."""
        limits, left = self.register.limits, self.transport.get_write_buffer_size()
        if left and before - left < limits.least_rate * limits.unread_seconds:
            self.cut_off()
        else:
            self._watch_reader()

    def _stop_watching_reader(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _expect_head(self) -> None:
        self._reading, self._bytes = _Reading.HEAD, 0
        self._wait(self.register.limits.head_seconds)

    def _wait(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._began = self.loop.time()
        self._timer = self.loop.call_later(seconds, self._late)
        if self._client is not None:
            self.register.waits(self._client, self)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._client is not None:
            self.register.works(self._client, self)

    def _late(self) -> None:
        """The time is up: cut the client off, unless a body is still arriving at a sufficient rate."""
        left = 0.0
        if self._reading is _Reading.BODY:
            allowed = self.register.limits.body_seconds + self._bytes / self.register.limits.least_rate
            left = self._began + allowed - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(left, self._late)
        else:
            self.cut_off()

    def _refuse_head(self) -> None:
        self._stop_waiting()
        self.transport.write(_TOO_LARGE_HEAD)
        self.transport.close()

    def _forget(self) -> None:
        """Stop counting it."""
        self._stop_waiting()
        self._stop_watching_reader()
        if self._client is not None:
            self.register.leave(self._client)
            self._client = None
