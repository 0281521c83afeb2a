"""The embedded database stops when its last user is gone, also when that one is killed, and comes back when it dies."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from indgang.config import keeper

_LONGEST = 60

#: stands for `indgang up`: uses the server, has a keeper, and says so
_UP = """
import subprocess, sys, time
from pathlib import Path
from indgang.config import keeper
folder = Path(sys.argv[1])
keeper.server_in(folder)
kept = subprocess.Popen([sys.executable, "-m", "indgang.config.keeper", str(folder)], stdin=subprocess.PIPE,
                        start_new_session=True)
while len(keeper._users(folder)) < 2:
    time.sleep(0.05)
print(kept.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """Not tmp_path: other tests keep closing its parents, and the server may run as another user."""
    with tempfile.TemporaryDirectory(prefix="indgang-keeper-") as made:
        yield Path(made)


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
