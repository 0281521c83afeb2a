"""The newest value for each contact, kept for a limited time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """The newest value of each contact. Values older than `kept_for` are dropped. Times never decrease."""

    def __init__(self, kept_for: timedelta, begin_with: Mapping[str, tuple[datetime, V]]) -> None:
        """`begin_with` holds earlier values with their times, the oldest first."""
        self._kept_for = kept_for
        self._values: dict[str, tuple[datetime, V]] = dict(begin_with)

    def __len__(self) -> int:
        return len(self._values)

    def put(self, contact: str, value: V, at: datetime) -> None:
        """Set the contact's value, and drop values that are too old."""
        self._values.pop(contact, None)
        self._values[contact] = (at, value)
        while (oldest := next(iter(self._values))) and self._is_old(oldest, at):
            del self._values[oldest]

    def get(self, contact: str, at: datetime) -> V | None:
        if contact not in self._values or self._is_old(contact, at):
            return None
        return self._values[contact][1]

    def forget(self, contact: str) -> None:
        self._values.pop(contact, None)

    def _is_old(self, contact: str, at: datetime) -> bool:
        return self._values[contact][0] + self._kept_for <= at
