"""Asks a register without letting anybody wait for it: a limit of time, of how many wait, and of failures in a row.

A question runs in a thread of its own, so that the deadline holds whatever hangs (the network, a name server, the other
system). A thread that hangs counts among those that wait until it ends. The state belongs to this process.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from indgang.registers.contract import ANSWER_SECONDS, RegisterError, RegisterFault

Answer = TypeVar("Answer")

#: questions to one register at the same time, and to all of them
AT_ONCE, THREADS = 4, 16
#: failures in a row after which a register is left alone, and for how long
FAILURES, REST = 3, timedelta(seconds=30)
_FAILED = frozenset((RegisterFault.DOWN, RegisterFault.SLOW))


@dataclass(slots=True)
class _Circuit:
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))
    failures: int = 0
    rests_until: datetime | None = None

    def check(self, at: datetime) -> None:
        """Raise RESTING while it rests. The first question after that is a trial: meanwhile it rests for the others."""
        if self.rests_until is None:
            return
        if at < self.rests_until:
            raise RegisterError(RegisterFault.RESTING)
        self.rests_until = at + REST

    def note(self, fault: RegisterFault | None, at: datetime) -> None:
        if fault is RegisterFault.BUSY:
            return
        self.failures = self.failures + 1 if fault in _FAILED else 0
        self.rests_until = at + REST if self.failures >= FAILURES else None


_lock = Lock()
_circuits: dict[str, _Circuit] = {}


def ask(register: str, question: Callable[[], Answer], *, at: datetime) -> Answer:
    """What `question` returns, at most `ANSWER_SECONDS` later. `register` names the other system. Raises RegisterError.

    `question` runs in another thread and must not touch our database.
    """
    with _lock:
        circuit = _circuits.setdefault(register, _Circuit())
        circuit.check(at)
    try:
        answer = _within_time(circuit, question)
    except RegisterError as error:
        with _lock:
            circuit.note(error.fault, at)
        raise
    with _lock:
        circuit.note(None, at)
    return answer


def forget(register: str) -> None:
    """Forget the failures of a register: its address has been changed, say."""
    with _lock:
        _circuits.pop(register, None)


def forget_all() -> None:
    with _lock:
        _circuits.clear()


def _within_time(circuit: _Circuit, question: Callable[[], Answer]) -> Answer:
    if not circuit.places.acquire(blocking=False):
        raise RegisterError(RegisterFault.BUSY)

    def run() -> Answer:
        try:
            return question()
        finally:
            circuit.places.release()

    asked = _threads().submit(run)
    try:
        return asked.result(ANSWER_SECONDS)
    except TimeoutError as error:
        if asked.cancel():  # it had not begun, so it will not give its place back
            circuit.places.release()
        raise RegisterError(RegisterFault.SLOW) from error


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="registers")
