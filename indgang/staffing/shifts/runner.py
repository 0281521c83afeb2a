"""Starts the solver's process, follows it and stops it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from types import TracebackType
from typing import Any, Self

from indgang.staffing.shifts import wire
from indgang.staffing.shifts.problem import ShiftProblem

_MODULE = "indgang.staffing.shifts.process"
#: seconds that a process gets to end after it was told to stop
_PATIENCE = 30.0


class SolverFailed(RuntimeError):
    """The process ended without an answer; the text is what it wrote last."""


class SolverRun:
    """One run of the solver. Use it as a context: the process is gone afterwards.

    with SolverRun(problem, first, seconds=40) as run:
        for line in run.lines():
            ...

    A repair changes the plan that exists as little as possible; `changed` are the numbers of the days whose need is
    another one now.
    """

    def __init__(
        self, problem: ShiftProblem | Mapping[str, Any], first: date, *, seconds: float, seed: int = 0,
        repair: bool = False, changed: Collection[int] = (),
    ) -> None:  # fmt: skip
        written = wire.write_problem(problem, first) if isinstance(problem, ShiftProblem) else dict(problem)
        self._question = {
            "problem": written, "seconds": seconds, "seed": seed, "repair": repair, "changed": sorted(changed),
        }  # fmt: skip

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self._question) + "\n")
        self._process.stdin.flush()
        return self

    def lines(self) -> Iterator[dict[str, Any]]:
        """What the process says, its answer last. Raises SolverFailed."""
        assert self._process.stdout is not None
        line: dict[str, Any] = {}
        for text in self._process.stdout:
            line = json.loads(text)
            yield line
        if line.get("kind") in (None, "progress"):
            raise SolverFailed(f"the solver ended with {self._process.wait(_PATIENCE)}")

    def stop(self) -> None:
        """Ask for the best plan so far; it is the answer, and comes within seconds."""
        self._process.terminate()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None and kind is not None:
            self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
