"""Whether promises are kept. Pure: times in, answers out.

A promise of an answer is kept by an answer in time. A promise of a call is also kept by a call in time that nobody
took: the contact was called when they were told they would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: a call this much before its time still keeps the promise: clocks differ, and people call a little early
EARLY = timedelta(minutes=5)


class Verdict(StrEnum):
    """How a promise ended; the values are those of `models.Promise.State`."""

    KEPT = "kept"
    LATE = "late"
    MISSED = "missed"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """The promise of an answer by `due`, or of a call from `starts` until `due`. `called_at` is the
    first try that could keep it."""

    due: datetime
    starts: datetime | None = None
    called_at: datetime | None = None

    @property
    def is_kept_by_calls(self) -> bool:
        """Whether a call in time has kept it."""
        return self.starts is not None and self.called_at is not None and self.called_at <= self.due

    def counts(self, call: datetime) -> bool:
        """Whether a call at this time is the one that was promised, and not one long before."""
        return self.starts is None or call >= self.starts - EARLY


def answered(promised: PromiseFacts, at: datetime) -> Verdict:
    """The contact has their answer at `at`."""
    return Verdict.KEPT if at <= promised.due or promised.is_kept_by_calls else Verdict.LATE


def given_up(promised: PromiseFacts) -> Verdict:
    """The work ended without an answer."""
    return Verdict.KEPT if promised.is_kept_by_calls else Verdict.MISSED


def cancelled(promised: PromiseFacts, at: datetime) -> Verdict:
    """The contact or the sender cancelled. A promise whose time had passed was not kept."""
    return Verdict.CANCELLED if at <= promised.due else given_up(promised)


def moved(promised: PromiseFacts, at: datetime) -> Verdict:
    """Another time was agreed. Afterwards that does not make good a promise that was missed."""
    return Verdict.MOVED if at <= promised.due else given_up(promised)
