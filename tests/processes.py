"""Starts processes of the product as copies of a template that has imported it, which takes a tenth of a start.

`Started` and `run` are what `subprocess.Popen` and `subprocess.run` are, for `python -m indgang …` and `python -c …`. A
test that is about the start itself uses those. The copy is a child of this process like any other: its output, signals
and end are real. It reads the environment and the settings anew. When it cannot be like a process that has just begun
(tests/template_process.py), it begins again as one. After the template has failed, every process begins as usual, and
the run says so among its warnings.
"""

from __future__ import annotations

import atexit
import ctypes
import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, AnyStr

_PR_SET_CHILD_SUBREAPER = 36
#: seconds that a copy may take, and with the first the import of the product, on a busy machine
_PATIENCE = 120.0
#: the parameters of `subprocess.Popen._execute_child`, which differ between versions of Python
_NAMES = tuple(inspect.signature(subprocess.Popen._execute_child).parameters)[1:]  # type: ignore[attr-defined]
#: what the template does not do for a copy, with the values that ask for nothing
_NOTHING = {"executable": None, "preexec_fn": None, "pass_fds": (), "gid": None, "gids": None, "uid": None,
            "umask": -1, "shell": False, "process_group": -1}  # fmt: skip
#: where and with what the template begins, whatever the first test that needs it has changed
_ROOT, _ENVIRONMENT = Path(__file__).resolve().parents[1], dict(os.environ)


class Started(subprocess.Popen[AnyStr]):
    """A `subprocess.Popen` whose process is a copy of the template where that is possible."""

    def _execute_child(self, *given: Any) -> None:
        start = Start.of(given)
        pid = _template.copied(start) if start.can_be_a_copy() else None
        if pid is None:
            super()._execute_child(*given)  # type: ignore[misc]
        else:
            start.gave(self, pid)


def run(
    command: Sequence[str],
    *,
    check: bool = False,
    timeout: float | None = None,
    capture_output: bool = False,
    **how: Any,
) -> subprocess.CompletedProcess[Any]:
    """As `subprocess.run`, without input."""
    if capture_output:
        how |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Started(command, **how) as process:
        try:
            said, errors = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(command, process.returncode, said, errors)
    if check:
        done.check_returncode()
    return done


@dataclass(frozen=True)
class Start:
    """What a start asks for: the arguments of `subprocess.Popen._execute_child` by name."""

    how: dict[str, Any]

    @classmethod
    def of(cls, given: Sequence[Any]) -> Start:
        return cls(dict(zip(_NAMES, given, strict=True)))

    def can_be_a_copy(self, *heeded: str) -> bool:
        """Whether it is a process of the product that asks for nothing special but what is `heeded`."""
        special = [name for name, usual in _NOTHING.items() if self.how.get(name, usual) != usual]
        return set(special) <= set(heeded) and self._is_of_the_product and os.path.isdir(self._folder)

    @property
    def _is_of_the_product(self) -> bool:
        """Whether it is a module of the product or its tests, or code, for this Python without options."""
        command = self.how["args"]
        if not isinstance(command, list | tuple) or len(command) < 3 or command[0] != sys.executable:
            return False
        return command[1] == "-c" or (command[1] == "-m" and command[2].partition(".")[0] in ("indgang", "tests"))

    @property
    def order(self) -> dict[str, Any]:
        """What a copy is to be, as JSON can hold it."""
        environment = os.environ if self.how["env"] is None else self.how["env"]
        return {
            "command": list(self.how["args"]),
            "environment": {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()},
            "folder": self._folder,
            "new_session": bool(self.how["start_new_session"]),
        }

    @property
    def _folder(self) -> str:
        """The whole path of the folder that it begins in; "" when ours has been deleted."""
        try:
            return os.path.join(os.getcwd(), os.fsdecode(self.how["cwd"] or ""))
        except FileNotFoundError:
            return ""

    @property
    def files(self) -> list[int]:
        """Its standard input, output and error output, as numbers of open files here."""
        ends = (self.how["p2cread"], self.how["c2pwrite"], self.how["errwrite"])
        return [own if end == -1 else end for own, end in enumerate(ends)]

    def gave(self, process: Any, pid: int) -> None:
        """Make `process` the object of the child, and close the child's ends of its pipes."""
        process.pid, process._child_created = pid, True
        names = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        process._close_pipe_fds(*(self.how[name] for name in names))


class _Template:
    """The template of this process, which begins with the first copy and ends with this process."""

    program: Sequence[str] = ("-m", "tests.template_process")

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._has_failed = False

    def copied(self, start: Start) -> int | None:
        """The number of the new child; None when the template has failed, now or before."""
        with self._turn:
            try:
                return None if self._has_failed else self._copy(start)
            except BaseException as error:
                self._has_failed = True  # an answer may yet come, which would be taken for the next start's
                self.end()
                if not isinstance(error, OSError | ValueError):
                    raise
                _warn_of(error)
                return None

    def _copy(self, start: Start) -> int:
        """The number of a copy, which begins only when it is known to be our child, and never after we gave it up."""
        line, pid = self._line or self._begin(), 0
        waits, word = os.pipe()
        try:
            with _orphans_come_here():
                socket.send_fds(line, [json.dumps(start.order).encode()], [*start.files, waits])
                pid = int(line.recv(100))
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)  # raises OSError unless it is our child
            os.write(word, b"!")
        except BaseException:
            _kill(pid)
            raise
        finally:
            os.close(waits)
            os.close(word)
        return pid

    def _begin(self) -> socket.socket:
        self._line, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(_PATIENCE)
        with other:
            command = [sys.executable, *self.program, str(other.fileno())]
            self._process = subprocess.Popen(
                command, cwd=_ROOT, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, pass_fds=[other.fileno()]
            )
        atexit.register(self.end)
        return self._line

    def end(self) -> None:
        if self._line and self._process:
            self._line.close()
            self._process.kill()
            self._process.wait()
        self._line = self._process = None


def _warn_of(error: Exception) -> None:
    """Say it in the summary of the run. It is no error: what the tests start is the same, only later."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"The template of processes has failed and is no longer used: {error!r}", stacklevel=2)


def _kill(pid: int) -> None:
    """End a copy that nobody will hear of."""
    if pid > 0:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@contextmanager
def _orphans_come_here() -> Iterator[None]:
    """Have the kernel give us what the children of our children leave behind: the copies of the template."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    try:
        yield
    finally:
        prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


_template = _Template()
