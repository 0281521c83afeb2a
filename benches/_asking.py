"""A client that sends requests to one of our servers as fast as it responds, over a few persistent connections."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

CONNECTIONS = 4


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until something listens there, for at most twenty seconds."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def per_second(port: int, request: str, seconds: float, status: int = 200) -> float:
    """Responses per second to the request, given as raw bytes. Raises RuntimeError for an unexpected status."""
    end = time.perf_counter() + seconds

    def answered(_which: int) -> int:
        with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
            count = 0
            while time.perf_counter() < end:
                connection.sendall(request.encode())
                _read(answers, status)
                count += 1
        return count

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(answered, range(CONNECTIONS))) / seconds


def headers_of(port: int, request: str) -> dict[str, str]:
    """The headers of one response, with names in lower case."""
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        connection.sendall(request.encode())
        return _read(answers, 200)


def _read(answers: Any, status: int) -> dict[str, str]:
    line = answers.readline().decode()
    if f" {status} " not in line:
        raise RuntimeError(line)
    headers = {}
    while (line := answers.readline().decode("latin-1")) not in ("\r\n", ""):
        name, _colon, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if status != 304:
        answers.read(int(headers.get("content-length", "0")))
    return headers
