"""Runs the processes of one machine: starts them, passes on their output, restarts one that dies, stops them all."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from indgang.config.parent import end_with_parent

#: seconds before a restart: the first value, doubled each time up to the second
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
#: after this many seconds a process counts as well started, and the wait begins at the first value again
_STARTED_WELL = 60.0
#: seconds from asking a process to stop until it is killed
_PATIENCE = 10.0


class AddressTaken(Exception):
    """Another program listens on the address."""


def check_free(address: str, setting: str) -> None:
    """Raise AddressTaken, which says what to do, when nothing can listen on `host:port`."""
    bound(address, setting).close()


def bound(address: str, setting: str) -> socket.socket:
    """A socket bound to `host:port`, not listening yet. Raises AddressTaken like `check_free`."""
    host, port = split(address)
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise AddressTaken(
            f"{address} cannot be used ({error.strerror}). Is Indgang or another program running there already? "
            f"Stop it, or choose another address: {setting}={host}:{port + 100}"
        ) from error
    return made


def split(address: str) -> tuple[str, int]:
    """The host and the port of `host:port`. Raises ValueError for anything else."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"{address!r} is no address; write host:port, e.g. 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def wait_before(restarts: int) -> float:
    """Seconds to wait before restart number `restarts` (from 1) in a row."""
    return float(min(_FIRST_WAIT * 2 ** (restarts - 1), _LONGEST_WAIT))


@dataclass(slots=True)
class Process:
    """One program to keep running; `environment` is added to ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    #: numbers of open files that it inherits from us under the same numbers
    inherits: Sequence[int] = ()
    #: seconds until its first start, so that other processes come up sooner
    delay: float = 0.0
    running: asyncio.subprocess.Process | None = None


class Supervisor:
    """Keeps processes running until it is told to stop. Run it in the main thread of the program."""

    def __init__(self, processes: Sequence[Process], say: Callable[[str], None]) -> None:
        self._processes = processes
        self._say = say
        self._stopping = asyncio.Event()
        self._width = max(len(process.name) for process in processes)

    async def run(self) -> None:
        """Run until `stop` or a signal has ended every process."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)
        try:
            await asyncio.gather(*(self._keep(process) for process in self._processes))
        finally:
            await self._end_all()

    def stop(self) -> None:
        """Ask every process to end."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._tell("indgang", "stopping")

    async def _keep(self, process: Process) -> None:
        loop, restarts = asyncio.get_running_loop(), 0
        await self._sleep(process.delay)
        while not self._stopping.is_set():
            started = loop.time()
            code = await self._run_once(process)
            if self._stopping.is_set():
                return
            restarts = 1 if loop.time() - started > _STARTED_WELL else restarts + 1
            wait = wait_before(restarts)
            self._tell(process.name, f"ended with code {code}; starting it again in {wait:.0f} s")
            await self._sleep(wait)

    async def _run_once(self, process: Process) -> int:
        child = await asyncio.create_subprocess_exec(
            *process.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=os.environ | dict(process.environment),
            pass_fds=tuple(process.inherits),
            # its own process group: Ctrl-C reaches us alone, and everything that the process starts can be ended with
            # it
            start_new_session=True,
            preexec_fn=partial(end_with_parent, os.getpid()),
        )
        process.running = child
        try:
            reading = asyncio.ensure_future(self._pass_on(process.name, child))
            ended = asyncio.ensure_future(child.wait())
            stopped = asyncio.ensure_future(self._stopping.wait())
            await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not ended.done():
                await self._end(child)
            code = await ended
            await asyncio.wait({reading}, timeout=1)
            reading.cancel()
            return code
        finally:
            process.running = None

    async def _pass_on(self, name: str, child: asyncio.subprocess.Process) -> None:
        if child.stdout is None:
            return
        while line := await _line(child.stdout):
            self._tell(name, line.decode(errors="replace").rstrip())

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        """Ask the process to end; after a while kill it and everything that it has started."""
        _signal(child, signal.SIGTERM, whole_group=False)
        try:
            await asyncio.wait_for(child.wait(), _PATIENCE)
        except TimeoutError:
            _signal(child, signal.SIGKILL, whole_group=True)
            await child.wait()

    async def _end_all(self) -> None:
        self._stopping.set()
        await asyncio.gather(*(self._end(process.running) for process in self._processes if process.running))

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not longer than until `stop`."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def _tell(self, name: str, line: str) -> None:
        self._say(f"{name:<{self._width}} | {line}")


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line; a line that is too long for the buffer comes in pieces."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await stream.readexactly(error.consumed)


def _signal(child: asyncio.subprocess.Process, number: signal.Signals, *, whole_group: bool) -> None:
    try:
        if whole_group:
            os.killpg(child.pid, number)
        else:
            child.send_signal(number)
    except ProcessLookupError:
        return  # it has already ended


def python(*arguments: str) -> list[str]:
    """A command that runs a module of the product with the same Python."""
    return [sys.executable, "-m", *arguments]
