"""An event loop with virtual time: when all tasks sleep, the clock jumps to the earliest wake-up.

A test in such a loop takes no time, and the order of events does not depend on the machine's load. It suits code
that waits only for the loop, not for threads, files or the network.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(story: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run, in a loop with virtual time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(story)


class _Jumps(selectors.SelectSelector):
    late = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everybody waits and nobody has said until when")
        events = super().select(0)
        if not events:
            self.late += timeout
        return events


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.late
