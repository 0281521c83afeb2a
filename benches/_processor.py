"""Processor time of other processes, as Linux counts it, and of a piece of work with the database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

FoundT = TypeVar("FoundT")

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
#: positions of parent, user and system time after the name in /proc/PID/stat
_PARENT, _USER, _SYSTEM = 1, 11, 12


def used_ms(pids: Iterable[int]) -> float:
    """Milliseconds of processor time of these processes, all threads together; an ended process counts as zero."""
    return sum(_ticks(pid) for pid in pids) * _TICK_MS


def pids_saying(text: str) -> list[int]:
    """The processes whose command line contains `text`."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if text in _read(folder / "cmdline")]


def with_children(pids: Iterable[int]) -> list[int]:
    """These processes and those that they started."""
    parents = {int(folder.name): _stat(int(folder.name))[_PARENT:][:1] for folder in Path("/proc").glob("[0-9]*")}
    found = list(pids)
    return found + [pid for pid, parent in parents.items() if parent and int(parent[0]) in found]


def _stat(pid: int) -> list[str]:
    # the name may contain spaces and brackets
    return _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()


def _ticks(pid: int) -> int:
    values = _stat(pid)
    return int(values[_USER]) + int(values[_SYSTEM]) if values else 0


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def nanoseconds(pid: int) -> int:
    """Nanoseconds that the process has spent on a processor, to the nanosecond; for a process with one thread."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and seconds of processor time of this process and of the one that serves its connection."""

    seconds: float
    python: float
    postgres: float

    @property
    def processor(self) -> float:
        return self.python + self.postgres


def spent(act: Callable[[], FoundT]) -> tuple[FoundT, Spent]:
    """What `act` returns, and what it took."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone() or (0,)
    begun, own, its = perf_counter(), process_time(), nanoseconds(backend)
    found = act()
    seconds, python = perf_counter() - begun, process_time() - own
    return found, Spent(seconds, python, (nanoseconds(backend) - its) / 1e9)
