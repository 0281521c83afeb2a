"""A server that speaks clamd's protocol as far as the product uses it, and finds one test file. It can misbehave."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: the test file that every scanner knows (eicar.org), in two pieces so that no scanner of files finds it here
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Indgang.Test"


class StandIn:
    """`answer` replaces what it says; `silent` keeps it from answering, `hangs_up` makes it close at once."""

    def __init__(self, *, largest: int = 1_000_000) -> None:
        self.largest = largest
        self.answer: bytes | None = None
        self.silent = False
        self.hangs_up = False
        self.received: list[bytes] = []
        self.over = threading.Event()

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(20)
            try:
                self._reply(connection)
            except OSError:
                return

    def _reply(self, connection: socket.socket) -> None:
        if self.hangs_up:
            return
        command = _until_zero(connection)
        if command == b"zVERSION":
            said = b"ClamAV 1.4.6/27500/Sun Nov 29 09:00:00 2026\0"
        elif command == b"zINSTREAM":
            said = self._scanned(connection)
        else:
            said = b"UNKNOWN COMMAND\0"
        if self.silent:
            self.over.wait(20)
            return
        connection.sendall(said if self.answer is None else self.answer)

    def _scanned(self, connection: socket.socket) -> bytes:
        content = b""
        while True:
            (length,) = struct.unpack("!I", _exactly(connection, 4))
            if not length:
                break
            if len(content) + length > self.largest:
                return b"INSTREAM size limit exceeded. ERROR\0"
            content += _exactly(connection, length)
        self.received.append(content)
        return f"stream: {NAME} FOUND\0".encode() if EICAR in content else b"stream: OK\0"


def _until_zero(connection: socket.socket) -> bytes:
    command = b""
    while (letter := _exactly(connection, 1)) != b"\0":
        command += letter
    return command


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionError("the client hung up")
        data += piece
    return data


@contextmanager
def running(address: Path | None = None, *, largest: int = 1_000_000) -> Iterator[tuple[StandIn, str]]:
    """The stand-in and its address: at a Unix socket when a path is given, else at a free port."""
    stand_in = StandIn(largest=largest)
    if address is not None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(address))
        listener.listen()
        where = str(address)
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        where = f"127.0.0.1:{listener.getsockname()[1]}"
    threading.Thread(target=stand_in.serve, args=(listener,), daemon=True).start()
    try:
        yield stand_in, where
    finally:
        stand_in.over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
