"""The only source of the current time, so that the demo, training and tests can set it.

Domain functions and engines never call this: they take `at`. Only fronts, tasks and processes do.
The override is process-wide, not per thread: a demo's web threads and a test's live server must agree on the time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: the municipality's time zone; opening hours and days are counted in it
COPENHAGEN = ZoneInfo("Europe/Copenhagen")

#: the variable with the seconds added to the machine's clock (a demo day always begins in the morning); may be negative
OFFSET_VARIABLE = "INDGANG_CLOCK_OFFSET"


class FrozenTime:
    """A time that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = in_utc(at)

    def move(self, step: timedelta | float) -> datetime:
        """Move by a timedelta or a number of seconds (backwards too) and return the new time."""
        self.at += step if isinstance(step, timedelta) else timedelta(seconds=step)
        return self.at


def in_utc(at: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a datetime without a zone: it does not name a moment."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)


def offset_from(text: str) -> timedelta:
    """The offset in seconds from the text of the variable; empty is none. Raises ValueError for anything else."""
    if not text.strip():
        return timedelta()
    try:
        return timedelta(seconds=float(text))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{OFFSET_VARIABLE} must be a number of seconds, not {text!r}") from error


_offset = offset_from(os.environ.get(OFFSET_VARIABLE, ""))
_frozen: FrozenTime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _frozen is not None:
        return _frozen.at
    return datetime.now(UTC) + _offset  # noqa: TID251  # the product's one clock


def offset() -> timedelta:
    """The clock's offset from the machine's clock."""
    return _offset


def today() -> date:
    """Today's date in Copenhagen."""
    return day_of(now())


def day_of(at: datetime) -> date:
    """The date in Copenhagen at that moment."""
    return at.astimezone(COPENHAGEN).date()


def local_text(at: datetime) -> str:
    """A moment in ISO 8601 by the clock on the wall in Copenhagen, as `2026-03-11T09:00:00+01:00`."""
    return at.astimezone(COPENHAGEN).isoformat()


def seconds_to_midnight(at: datetime) -> float:
    """Seconds from that moment until the next day begins in Copenhagen; always more than 0."""
    tomorrow = datetime.combine(day_of(at) + timedelta(days=1), time.min, COPENHAGEN)
    return (tomorrow.astimezone(UTC) - at).total_seconds()


@contextmanager
def use(offset: timedelta) -> Iterator[None]:
    """Run the clock at this offset from the machine's, instead of the environment's."""
    global _offset
    before, _offset = _offset, offset
    try:
        yield
    finally:
        _offset = before


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenTime]:
    """Stop the clock at `at`; the value given can `move` it. Raises ValueError when `at` has no zone."""
    global _frozen
    before, _frozen = _frozen, FrozenTime(at)
    try:
        yield _frozen
    finally:
        _frozen = before
