"""Processor time of other processes, as Linux counts it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

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
