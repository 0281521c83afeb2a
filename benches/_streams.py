"""Open streams of the stream process, as pages of a browser hold them."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

#: the name of a keep-alive message
_ALIVE = b"data: 1"
_MACHINES = itertools.count()


class Stream(asyncio.Protocol):
    """One open stream; `heard` is called with the name of each stale part."""

    def __init__(self, path: str, heard: Callable[[str], None]) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n".encode()
        self._heard = heard
        self._rest = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: ") and line != _ALIVE:
                self._heard(line[6:].decode().strip())
            elif line.startswith((b"HTTP/", b"retry")) and not self.opened.done():
                ok = b" 200 " in line or line.startswith(b"retry")
                self.opened.set_result(None) if ok else self.opened.set_exception(RuntimeError(line.decode()))


async def opened(address: str, path: str, heard: Callable[[str], None]) -> Stream:
    """An open stream at host:port, from a machine of its own: the server limits the connections of each address."""
    host, port = address.split(":")
    loop = asyncio.get_running_loop()
    own = (f"127.1.{next(_MACHINES) % 250}.2", 0) if host == "127.0.0.1" else None
    _transport, stream = await loop.create_connection(lambda: Stream(path, heard), host, int(port), local_addr=own)
    await asyncio.wait_for(stream.opened, 20)
    return stream


def start(command: str) -> subprocess.Popen[bytes]:
    """A process of the product."""
    return subprocess.Popen([sys.executable, "-m", "indgang", command], stdout=subprocess.DEVNULL)


async def until_up(address: str, path: str) -> None:
    """Wait until the process answers there, for at most forty seconds."""
    import aiohttp

    deadline = time.monotonic() + 40
    async with aiohttp.ClientSession() as web:
        while time.monotonic() < deadline:
            try:
                async with web.get(f"http://{address}{path}") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{address}{path} did not come up")


def signed_in(person: Any) -> tuple[str, str]:
    """The cookie of a new session of this person, and its key."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    key = str(session.session_key)
    return f"{settings.SESSION_COOKIE_NAME}={key}", key


def ms(seconds: list[float], share: float) -> float:
    """The time in milliseconds within which this share of them lies."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)
