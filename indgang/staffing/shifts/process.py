"""The solver's own process: reads one question as JSON on its first line of input, and writes lines of JSON.

    {"kind": "progress", "share": 0.4, "cost": 38061.0, "bound": 36347.3, "gap": 0.047, "seconds": 12.1}
    {"kind": "answer", "plan": {...}, "cost": {...}, "bound": ..., "gap": ..., "breaches": []}
    {"kind": "conflict", "person": "anna", "rules": ["contract", "absence"]}
    {"kind": "unusable", "text": "..."}

A second line of input, its end, or SIGTERM stops the search; the best plan so far is the answer. The bound is worked
out in a process of its own at the same time: a second core is used, and HiGHS and OR-Tools never meet in one process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from typing import TYPE_CHECKING, Any, TextIO

from indgang.staffing.shifts import checker, wire
from indgang.staffing.shifts.problem import ShiftProblem, UnusableProblem

if TYPE_CHECKING:
    from indgang.staffing.shifts.search import SearchState

#: seconds between two lines of progress
_BETWEEN = 0.5
_ONLY_BOUND = "--bound"
#: so many seconds are waited for the bound at least: on a busy machine its process needs some to begin
_LEAST_WAIT = 20.0
#: a plan so near to the bound, as a share of it, is not bettered
_NEAR = 1e-4


class _Stop:
    """Whether to stop: somebody asked, or the time is over."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._asked = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_args: self._asked.set())

    def listen(self, source: TextIO) -> None:
        threading.Thread(target=self._wait, args=(source,), daemon=True).start()

    def _wait(self, source: TextIO) -> None:
        source.readline()
        self._asked.set()

    @property
    def is_asked(self) -> bool:
        return self._asked.is_set()

    def is_over(self) -> bool:
        return self.is_asked or time.monotonic() > self._until


class _Bound:
    """The bound, which comes when its process is done."""

    def __init__(self, question: str) -> None:
        self.value: float | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, _ONLY_BOUND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._thread = threading.Thread(target=self._wait, args=(question,), daemon=True)
        self._thread.start()

    def _wait(self, question: str) -> None:
        written, _errors = self._process.communicate(question)
        self.value = json.loads(written)["bound"] if written.strip() else None

    def wait(self, seconds: float, stop: _Stop) -> float | None:
        """The bound if it comes within so many seconds, or within fewer when somebody has asked to stop; then its
        process ends."""
        until, least = time.monotonic() + max(_LEAST_WAIT, seconds), time.monotonic() + _LEAST_WAIT
        while self._thread.is_alive() and time.monotonic() < (least if stop.is_asked else until):
            self._thread.join(_BETWEEN)
        self.end()
        return self.value

    def end(self) -> None:
        """End its process, whether or not it is done."""
        if self._thread.is_alive():
            self._process.kill()
            self._thread.join()


class _Ticking:
    """Says twice a second how far it is, also while nothing better is found: whoever listens can then stop it."""

    def __init__(self, problem: ShiftProblem, seconds: float, bound: _Bound) -> None:
        self._cost, self._is_whole = 0.0, False
        self._problem, self._seconds, self._bound = problem, seconds, bound
        self._began, self._over = time.monotonic(), threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()

    def take(self, state: SearchState) -> None:
        """The whole cost, as in the answer: nobody has time off the phone before the last step."""
        self._cost = state.cost + checker.off_phone_cost(self._problem, state.plan)
        self._is_whole = state.share >= 1

    @property
    def is_proven(self) -> bool:
        """Whether nothing better can be found."""
        bound = self._bound.value
        return self._is_whole and bound is not None and self._cost <= bound * (1 + _NEAR)

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _tick(self) -> None:
        while not self._over.wait(_BETWEEN):
            passed, bound = time.monotonic() - self._began, self._bound.value
            _write(
                {
                    "kind": "progress", "share": round(min(1.0, passed / self._seconds), 3), "cost": self._cost,
                    "bound": bound, "gap": wire.gap(self._cost, bound) if self._is_whole else None,
                    "seconds": round(passed, 1),
                }
            )  # fmt: skip


def main(arguments: list[str]) -> None:
    line = sys.stdin.readline()
    try:
        question = json.loads(line)
        problem = wire.read_problem(question["problem"])
    except UnusableProblem as error:
        _write({"kind": "unusable", "text": str(error)})
    except (ValueError, KeyError, TypeError) as error:
        _write({"kind": "unusable", "text": f"no question can be read: {error}"})
    else:
        if _ONLY_BOUND in arguments:
            _say_bound(problem)
        else:
            _solve(question, problem, line)


def _say_bound(problem: ShiftProblem) -> None:
    from indgang.staffing.shifts.bound import lower_bound  # HiGHS comes only into this process

    _write({"bound": lower_bound(problem)})


def _solve(question: dict[str, Any], problem: ShiftProblem, line: str) -> None:
    from indgang.staffing.shifts import conflict, repair  # OR-Tools comes only into this one
    from indgang.staffing.shifts.finish import with_time_off_the_phone
    from indgang.staffing.shifts.search import NoPossibleShifts, ShiftSearch

    seconds, began = float(question.get("seconds", 40)), time.monotonic()
    stop = _Stop(seconds)
    stop.listen(sys.stdin)
    bound = _Bound(line)
    first = date.fromisoformat(question["problem"]["first"])
    changed = frozenset(int(day) for day in question.get("changed", ()))
    ticking = _Ticking(problem, seconds, bound)

    def is_over() -> bool:
        return stop.is_over() or ticking.is_proven

    search = ShiftSearch(problem, time.monotonic, is_over, int(question.get("seed", 0)))
    try:
        for state in repair.repair(search, changed) if question.get("repair") else search.run():
            ticking.take(state)
    except NoPossibleShifts as error:
        found = conflict.explain(problem, error.person)
        bound.end()
        ticking.end()
        _write({"kind": "conflict", "person": error.person.key, "rules": list(found.rules) if found else []})
        return
    ticking.end()
    plan = with_time_off_the_phone(problem, search.plan)
    value = bound.wait(seconds, stop)
    _write({"kind": "answer"} | wire.write_answer(problem, first, plan, value, round(time.monotonic() - began, 2)))


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
    # a thread may still read the input; it has nothing to finish
    sys.stdout.flush()
    os._exit(0)
