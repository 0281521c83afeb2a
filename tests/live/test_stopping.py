"""A stream process that is stopped ends its streams at once, and as HTTP ends an answer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.processes import Started
from tests.server import database_url

_LONGEST = 60.0


@pytest.fixture
def live(transactional_db: None) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`indgang live` on the database of the tests, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": database_url(), "INDGANG_LIVE_ADDRESS": f"127.0.0.1:{port}"}
    server = Started(
        [sys.executable, "-m", "indgang", "live"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    yield server, port
    server.kill()
    server.communicate(timeout=_LONGEST)


def _opened(port: int, query: str) -> socket.socket:
    """An open stream, as soon as the process is up."""
    deadline = time.monotonic() + _LONGEST
    while True:
        try:
            stream = socket.create_connection(("127.0.0.1", port), timeout=_LONGEST)
        except ConnectionError:
            assert time.monotonic() < deadline, "the stream process did not come up"
            time.sleep(0.1)
        else:
            stream.sendall(f"GET /stream?{query} HTTP/1.1\r\nHost: desk.example\r\n\r\n".encode())
            return stream


def _until(stream: socket.socket, sign: bytes) -> None:
    heard = b""
    while sign not in heard:
        more = stream.recv(65_536)
        assert more, f"it ended after {heard!r}"
        heard += more


def test_streams_are_ended_and_not_cut(live: tuple[subprocess.Popen[str], int], ticket: Callable[..., str]) -> None:
    server, port = live
    with closing(_opened(port, ticket("person-7"))) as stream:
        _until(stream, b"event: stale")
        server.terminate()
        _until(stream, b"0\r\n\r\n")
        said, _ = server.communicate(timeout=_LONGEST)
    assert server.returncode == 0
    assert "ERROR" not in said, said
