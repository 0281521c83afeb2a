"""When what a service lists and could not be taken is tried again. Pure.

The first failure may be chance, and is tried at the next look. After that the pauses grow; from the third failure on it
is stuck: people are told of it, and it is still tried now and then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: the pause after each failure; the last one is that of all further ones
PAUSES = (timedelta(0), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
#: failures from which on it is stuck
STUCK_FROM = 3


@dataclass(frozen=True, slots=True)
class Failing:
    """What could not be taken: its id at the service, how often it failed by itself, and when last. A fault of the
    service is no failure of it."""

    key: str
    times: int = 0
    last: datetime | None = None

    def is_due(self, at: datetime) -> bool:
        if self.last is None or self.times == 0:
            return True
        return at - self.last >= PAUSES[min(self.times, len(PAUSES)) - 1]

    @property
    def is_stuck(self) -> bool:
        return self.times >= STUCK_FROM

    def again(self, at: datetime) -> Failing:
        return Failing(self.key, self.times + 1, at)


def read(kept: Iterable[Any]) -> dict[str, Failing]:
    """What `written` made, by id; the release before kept ids alone."""
    found = (_read(each) for each in kept)
    return {each.key: each for each in found}


def _read(kept: Any) -> Failing:
    if isinstance(kept, str):
        return Failing(kept)
    key, times, last = kept
    return Failing(key, times, datetime.fromisoformat(last) if last else None)


def written(failing: Iterable[Failing]) -> list[list[Any]]:
    """As JSON data."""
    return [[each.key, each.times, each.last.isoformat() if each.last else None] for each in failing]
