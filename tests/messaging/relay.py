"""A TCP relay before a server: it passes bytes on, until it is told to change them, to be silent or to cut."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Relay:
    """`port` is where clients connect. All switches may be set while connections are open.

    `changes` replaces bytes that the server says. `down_limit` is how many bytes the server may say in one connection,
    and `up_limit` how many the client, before the connection is cut. After the client has sent `last_words`, which
    reach the server, the next thing that the server says is swallowed, and the connection cut. `silent`: bytes are lost
    in both directions, and no connection is closed. `delay` is how many seconds each piece of at most 64 kB takes.
    """

    server_port: int
    changes: dict[bytes, bytes] = field(default_factory=dict)
    down_limit: int | None = None
    up_limit: int | None = None
    last_words: bytes = b""
    silent: bool = False
    delay: float = 0.0
    port: int = field(init=False)
    connections: int = 0
    heard: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listening.accept()
                self.connections += 1
                _Line(self, client, socket.create_connection(("127.0.0.1", self.server_port)))


class _Line:
    """One connection through the relay."""

    def __init__(self, relay: Relay, client: socket.socket, server: socket.socket) -> None:
        self._relay, self._client, self._server = relay, client, server
        self._said, self._heard = 0, bytearray()
        for pump in (self._up, self._down):
            threading.Thread(target=self._pump, args=[pump], daemon=True).start()

    def _pump(self, pump: object) -> None:
        source = self._client if pump == self._up else self._server
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                time.sleep(self._relay.delay)
                if not self._relay.silent and not pump(data):  # type: ignore[operator]  # one of the two below
                    break
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # wakes the other pump
            # an open socket with a full buffer would keep the sender waiting for its time-out
            end.close()

    def _up(self, data: bytes) -> bool:
        self._heard += data
        self._relay.heard += data
        limit = self._relay.up_limit
        if limit is not None and len(self._heard) > limit:
            return False
        self._server.sendall(data)
        return True

    def _down(self, data: bytes) -> bool:
        relay = self._relay
        if relay.last_words and self._heard.endswith(relay.last_words):
            return False
        self._said += len(data)
        for old, new in relay.changes.items():
            data = data.replace(old, new)
        if relay.down_limit is not None and self._said > relay.down_limit:
            self._client.sendall(data[: len(data) // 2])
            return False
        self._client.sendall(data)
        return True


@contextmanager
def before(server_port: int) -> Iterator[Relay]:
    relay = Relay(server_port)
    try:
        yield relay
    finally:
        relay.close()
