"""The virus scanner: its contract, and ClamAV's daemon over INSTREAM (clamd(8), section COMMANDS).

A verdict is one of three. `NotScanned` is no permission: whoever asks decides what happens to a file that nobody has
looked at, and shows it. Nothing is cached, because the scanner learns new viruses.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.conf import settings

_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_LONGEST_NAME = 200
_FOUND = re.compile(r"stream: (.+) FOUND")
_TOO_LARGE = re.compile(r"size limit exceeded", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


class NoVerdict(StrEnum):
    """Why nobody knows whether a file is infected."""

    #: none is set up
    NO_SCANNER = "no-scanner"
    #: the scanner cannot be reached, or hung up
    AWAY = "away"
    #: it did not answer in time
    TOO_SLOW = "too-slow"
    #: the file is larger than the scanner takes
    TOO_LARGE = "too-large"
    #: it answered with an error, or with something that the protocol does not know
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Clean:
    """The scanner knows nothing bad of the file."""


@dataclass(frozen=True, slots=True)
class Infected:
    """`name` is the scanner's name of what it found, printable ASCII."""

    name: str


@dataclass(frozen=True, slots=True)
class NotScanned:
    reason: NoVerdict


Verdict = Clean | Infected | NotScanned


class Scanner(Protocol):
    """Looks for viruses. It never raises: a fault is a verdict too."""

    def scan(self, content: bytes) -> Verdict: ...


class NoScanner:
    """Stands where no scanner is set up."""

    def scan(self, content: bytes) -> Verdict:
        return NotScanned(NoVerdict.NO_SCANNER)


class UnknownScanner:
    """Stands where the setting is no address: nobody knows whether a file is infected."""

    def scan(self, content: bytes) -> Verdict:
        return NotScanned(NoVerdict.FAILED)


@dataclass(frozen=True, slots=True)
class ClamAV:
    """ClamAV's daemon at a Unix socket (a path) or at host:port. `seconds` is the longest that one file may take.

    clamd takes 100 MB unless its StreamMaxLength says otherwise; a larger file is `NotScanned`. The connection is not
    encrypted, so the daemon belongs on the same machine or network."""

    address: str
    seconds: float = 60.0

    def scan(self, content: bytes) -> Verdict:
        try:
            return _verdict(self._ask(content))
        except TimeoutError:
            return NotScanned(NoVerdict.TOO_SLOW)
        except OSError:
            return NotScanned(NoVerdict.AWAY)

    def version(self) -> str:
        """What it calls itself, with the number and day of its signatures. Raises OSError when it is away."""
        deadline = time.monotonic() + self.seconds
        with self._connected(deadline) as connection:
            connection.sendall(b"zVERSION\0")
            return _UNPRINTABLE.sub("", _answer(connection, deadline))

    def _ask(self, content: bytes) -> str:
        deadline = time.monotonic() + self.seconds
        with self._connected(deadline) as connection:
            _send(connection, content, deadline)
            return _answer(connection, deadline)

    def _connected(self, deadline: float) -> socket.socket:
        if not self.address.startswith("/"):
            return socket.create_connection(_host_and_port(self.address), timeout=_left(deadline))
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection


def configured() -> Scanner:
    """The scanner of the settings. It never raises: an address that is none gives no verdict."""
    if not settings.VIRUS_SCANNER:
        return NoScanner()
    try:
        return ClamAV(checked_address(settings.VIRUS_SCANNER), settings.VIRUS_SCANNER_SECONDS)
    except ValueError:
        return UnknownScanner()


def is_configured() -> bool:
    """Whether a scanner is set up, also when it is away."""
    return bool(settings.VIRUS_SCANNER)


def checked_address(written: str) -> str:
    """The path of a socket, or host:port. Raises ValueError for anything else."""
    if not written.startswith("/"):
        _host_and_port(written)
    return written


def _host_and_port(written: str) -> tuple[str, int]:
    host, _colon, port = written.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{written!r} is neither the path of a socket nor host:port")
    return host.strip("[]"), int(port)


def _send(connection: socket.socket, content: bytes, deadline: float) -> None:
    """Send the content in chunks, each with its length; an empty one ends it. When the daemon hangs up meanwhile it has
    answered first: the file is too large."""
    view = memoryview(content)
    with suppress(ConnectionError):
        connection.sendall(b"zINSTREAM\0")
        for place in range(0, len(view), _CHUNK):
            chunk = view[place : place + _CHUNK]
            connection.settimeout(_left(deadline))
            connection.sendall(struct.pack("!I", len(chunk)))
            connection.sendall(chunk)
        connection.sendall(struct.pack("!I", 0))


def _answer(connection: socket.socket, deadline: float) -> str:
    """The answer up to its zero byte. Raises ConnectionError when the daemon hangs up without one."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        connection.settimeout(_left(deadline))
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    if not answer:
        raise ConnectionError("no answer")
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Clean()
    if found := _FOUND.fullmatch(answer):
        return Infected(_UNPRINTABLE.sub("?", found[1])[:_LONGEST_NAME])
    if _TOO_LARGE.search(answer):
        return NotScanned(NoVerdict.TOO_LARGE)
    return NotScanned(NoVerdict.FAILED)
