"""Whether a caller who stays on the line when the agent has hung up is led into a script. Who asks, above, says so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from indgang.entry.board.robot_script import Script


class AsksAtEnd(Protocol):
    def queues(self, at: datetime) -> Collection[str]:
        """The queues whose callers may be asked; the switchboard reads them with its plan."""

    def begin(self, enquiry: str, at: datetime) -> tuple[str, Script] | None:
        """The id of a robot call that has been placed for this caller, and its script; None to hang up. The end of the
        conversation has been written."""


_asking: list[AsksAtEnd] = []


def subscribe(asks: AsksAtEnd) -> None:
    _asking.append(asks)


def queues(at: datetime) -> frozenset[str]:
    return frozenset(queue for asks in _asking for queue in asks.queues(at))


def begin(enquiry: str, at: datetime) -> tuple[str, Script] | None:
    return next((found for asks in _asking if (found := asks.begin(enquiry, at)) is not None), None)
