"""The embedded database stops when its last user ends or is killed, and restarts when it dies itself."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from indgang.config import keeper

pytestmark = pytest.mark.slow("starts and kills database servers of its own")

_LONGEST = 60

#: stands for `indgang up`: uses the server, has a keeper, and says so
_UP = """
import asyncio, sys, threading, time
from pathlib import Path
from indgang.config import keeper
from indgang.config.supervisor import Process, Supervisor, python
folder = Path(sys.argv[1])
server = keeper.server_in(folder)
process = Process("database", python("indgang.config.keeper", str(folder)))

def tell():
    last = None
    while True:
        now = process.running.pid if process.running else None
        if now not in (None, last) and now in keeper._users(folder):
            print(now, flush=True)
            last = now
        time.sleep(0.05)

threading.Thread(target=tell, daemon=True).start()
asyncio.run(Supervisor([process], lambda line: print(line, file=sys.stderr)).run())
server.cleanup()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """Not tmp_path: other tests keep closing its parents, and the server may run as another user."""
    with tempfile.TemporaryDirectory(prefix="indgang-keeper-") as made:
        yield Path(made)
        _wait_until_nobody_is_in(made)


@pytest.fixture
def up(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    folder = place / "postgres"
    program = subprocess.Popen([sys.executable, "-c", _UP, str(folder)], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    kept = int(program.stdout.readline())
    yield program, folder, kept
    program.kill()
    program.wait(_LONGEST)
    program.stdout.close()


def _wait_until_nobody_is_in(folder: str) -> None:
    """Keepers and servers that are still ending, or starting again, would write while the folder is removed."""
    for _ in range(_LONGEST * 10):
        if not any(folder in command for command in _commands()):
            return
        select.select([], [], [], 0.1)


def _commands() -> Iterator[str]:
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # ended meanwhile
            yield each.read_text(errors="replace")


def _wait_until_gone(pid: int) -> bool:
    try:
        watching = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([watching], [], [], _LONGEST)
    os.close(watching)
    return bool(ready)


def _postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def _wait_until_another(folder: Path, first: int) -> bool:
    for _ in range(_LONGEST * 10):
        if keeper.is_running(folder) and _postmaster(folder) != first:
            return True
        select.select([], [], [], 0.1)
    return False


def test_the_database_comes_back_when_it_dies_and_stops_when_its_last_user_is_killed(
    up: tuple[subprocess.Popen[str], Path, int],
) -> None:
    program, folder, kept = up
    first = _postmaster(folder)
    os.kill(first, signal.SIGQUIT)
    assert _wait_until_another(folder, first), "it did not come back"
    second = _postmaster(folder)
    program.kill()
    assert _wait_until_gone(kept)
    assert _wait_until_gone(second)
    assert not keeper.is_running(folder)


def test_a_keeper_that_is_killed_comes_back_and_goes_on_looking_after_the_database(
    up: tuple[subprocess.Popen[str], Path, int],
) -> None:
    program, folder, kept = up
    os.kill(kept, signal.SIGKILL)
    assert program.stdout is not None
    assert int(program.stdout.readline()) != kept
    first = _postmaster(folder)
    os.kill(first, signal.SIGQUIT)
    assert _wait_until_another(folder, first), "it did not come back"


def test_when_asked_to_end_everything_stops(up: tuple[subprocess.Popen[str], Path, int]) -> None:
    program, folder, kept = up
    program.terminate()
    assert program.wait(_LONGEST) == 0
    assert _wait_until_gone(kept)
    assert not keeper.is_running(folder)


def _client(folder: Path) -> psycopg.Connection[Any]:
    """Somebody who is connected, as soon as the server takes clients, and stays so."""
    for _ in range(_LONGEST * 10):
        try:
            return psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            select.select([], [], [], 0.1)
    raise AssertionError("nobody gets in")


def test_a_server_that_is_asked_to_stop_beside_a_client_is_back_for_everybody(
    up: tuple[subprocess.Popen[str], Path, int],
) -> None:
    _program, folder, _kept = up
    with closing(_client(folder)):
        first = _postmaster(folder)
        os.kill(first, signal.SIGTERM)  # as at the machine's end: it waits for its clients, and takes no others
        assert _wait_until_another(folder, first), "it waits for its client"
        with closing(_client(folder)) as another:
            assert another.execute("SELECT 1").fetchone() == (1,)


def test_who_comes_while_it_is_stopping_does_not_wait_for_its_client(place: Path) -> None:
    folder = place / "postgres"
    with _started(folder), closing(_client(folder)):
        first = _postmaster(folder)
        os.kill(first, signal.SIGTERM)
        while not keeper.is_stopping(folder):
            select.select([], [], [], 0.05)
        with _started(folder):
            assert _postmaster(folder) != first


def test_the_last_to_leave_stops_it_beside_a_client(place: Path) -> None:
    folder = place / "postgres"
    with _started(folder) as user, closing(_client(folder)):
        user.terminate()
        assert user.wait(_LONGEST) == 0
        assert not keeper.is_running(folder)


_USER = """
import signal, sys
from pathlib import Path
from indgang.config import keeper

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
keeper.server_in(Path(sys.argv[1]))
print("here", flush=True)
signal.pause()
"""


@contextmanager
def _started(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that uses the server, and starts it when need be."""
    user = subprocess.Popen([sys.executable, "-c", _USER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    try:
        assert user.stdout.readline() == "here\n"
        yield user
    finally:
        user.terminate()
        user.wait(_LONGEST)
        user.stdout.close()
