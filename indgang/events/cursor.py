"""Cursors of the log: a named reader sees every event exactly once, and the events of a stream in order.

Each event draws its position when it is written, and a lower position may be committed after a higher one. So readers
go from one snapshot of the database to the next. A window holds the events of the transactions that the second snapshot
sees and the first does not. Each event is in exactly one window. A later event of a stream is written after the earlier
one is committed, so its window is the same or a later one; within a window, positions give the order.

A reader's position and its results are written in one transaction, so that each event counts once:

    with transaction.atomic():
        for stored in cursor.read("rollups"):
            ...

Writers and readers do not wait for each other. A transaction that stays open delays only its own events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from time import monotonic
from typing import Self, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, TextField
from django.db.models.functions import Cast

from indgang.events import eras
from indgang.events.models import Era, Reader, StoredEvent

T = TypeVar("T")

#: our own transaction is not among the running ones in our snapshot
_SNAPSHOT = "SELECT pg_current_snapshot()::text, pg_current_xact_id()::text::bigint"
_BEYOND_ALL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The transactions that have ended: all before `following` except those in `running`."""

    following: int
    running: frozenset[int] = frozenset()

    @classmethod
    def now(cls) -> Self:
        """The snapshot of what is committed now; it excludes the current transaction."""
        with connection.cursor() as cursor:
            cursor.execute(_SNAPSHOT)
            text, own = cursor.fetchone() or ("", 0)
        _oldest, following, running = text.split(":")
        return cls(int(following), frozenset(map(int, filter(None, running.split(",")))) | {own})

    @classmethod
    def read(cls, text: str) -> Self:
        """The snapshot in the text that `str` wrote; an empty text is the snapshot before all transactions."""
        following, _, running = text.partition(":")
        return cls(int(following or 0), frozenset(map(int, filter(None, running.split(",")))))

    def __str__(self) -> str:
        running = sorted(each for each in self.running if each < self.following)
        return f"{self.following}:{','.join(map(str, running))}"

    @property
    def seen(self) -> Q:
        """A filter on the events that the snapshot sees, if they are committed."""
        return Q(transaction__lt=self.following) & ~Q(transaction__in=sorted(self.running))

    @property
    def unseen(self) -> Q:
        return Q(transaction__gte=self.following) | Q(transaction__in=sorted(self.running))


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a reader is behind: the number of unread events, and the time of the oldest."""

    events: int
    oldest: datetime | None

    def seconds(self, at: datetime) -> float:
        """The age in seconds of the oldest unread event; 0 when there is none."""
        return max((at - self.oldest).total_seconds(), 0.0) if self.oldest else 0.0


def is_busy(name: str) -> bool:
    """Whether another transaction is moving this reader: `read` would wait for it. Belongs in a transaction."""
    row = Reader.objects.filter(name=name)
    return row.exists() and row.select_for_update(skip_locked=True).first() is None


def read(name: str, *, most: int = 1000) -> list[StoredEvent]:
    """The next events for this reader, at most `most`. They count as read when the surrounding transaction commits.

    A new name begins with the first event; two readers of one name take turns. Raises Django's
    `TransactionManagementError` outside a transaction.
    """
    return _read(name, most, list, lambda event: event.position)


def read_keys(name: str, *, most: int = 1000) -> list[tuple[UUID, int, str]]:
    """As `read`, but only the stream, position and kind of each event."""
    return _read(
        name, most, lambda events: list(events.values_list("stream", "position", "kind")), lambda event: event[1]
    )


def read_key_texts(name: str, *, most: int = 1000) -> list[tuple[str, int, str]]:
    """As `read_keys`, with the stream as a text: for those who read very many."""
    return _read(name, most, _key_texts, lambda event: event[1])


def _key_texts(events: QuerySet[StoredEvent]) -> list[tuple[str, int, str]]:
    return list(events.annotate(key=Cast("stream", TextField())).values_list("key", "position", "kind"))


def _read(
    name: str, most: int, taken: Callable[[QuerySet[StoredEvent]], list[T]], position: Callable[[T], int]
) -> list[T]:
    reader = _locked(name)
    found: list[T] = []
    while not found and _has_window(reader):
        found = taken(_window(reader, eras.following(reader.era)).order_by("position")[:most])
        if found:
            reader.position = position(found[-1])
        if len(found) < most:
            reader.seen, reader.until = reader.until, ""
    if found:
        reader.save()
    return found


def repeat(step: Callable[[], int], *, seconds: float = inf) -> int:
    """Run `step`, which returns how many events it has read, until it finds none. Returns how many were read in all.

    After `seconds` it stops, so that a long log does not keep other work waiting; the next call goes on.
    """
    total, until = 0, monotonic() + seconds
    while read_now := step():
        total += read_now
        if monotonic() > until:
            break
    return total


def already_read(name: str) -> QuerySet[StoredEvent]:
    """The events that the reader has read, with those that `read` gave in this transaction."""
    reader = Reader.objects.select_related("era").filter(name=name).first()
    if reader is None:
        return StoredEvent.objects.none()
    seen = Snapshot.read(reader.seen).seen
    if reader.until:
        seen |= Snapshot.read(reader.until).seen & Q(position__lte=reader.position)
    following = eras.following(reader.era)
    within = Q(position__gte=reader.era.first_position)
    if following:
        within &= Q(position__lt=following.first_position)
    return StoredEvent.objects.filter((within & seen) | Q(position__lt=reader.era.first_position))


def catch_up(name: str) -> None:
    """Let the reader have read every event that the snapshot of this transaction sees.

    The transaction must be REPEATABLE READ and have read those events itself (a projection that is made anew). Another
    transaction that moves the reader meanwhile makes this one fail.
    """
    reader = _locked(name)
    reader.era = Era.objects.order_by("pk").last() or reader.era
    reader.seen, reader.until, reader.position = str(Snapshot.now()), "", -1
    reader.save()


def forget(name: str) -> None:
    """Reset the reader to the first event, after its results are deleted."""
    Reader.objects.filter(name=name).delete()


def names() -> list[str]:
    """The names of all readers."""
    return list(Reader.objects.values_list("name", flat=True))


def lag(name: str) -> Lag:
    """How far the reader is behind now."""
    reader = Reader.objects.select_related("era").filter(name=name).first() or Reader(name=name, era=eras.first())
    following = eras.following(reader.era)
    unread = _within(reader.era, following).filter(Snapshot.read(reader.until or reader.seen).unseen)
    if reader.until:
        unread |= _window(reader, following)
    if following:
        unread |= StoredEvent.objects.filter(position__gte=following.first_position)
    found = unread.aggregate(events=Count("position"), oldest=Min("at"))
    return Lag(found["events"], found["oldest"])


def _locked(name: str) -> Reader:
    """The reader's row, locked until the transaction ends."""
    rows = Reader.objects.select_for_update(of=("self",)).select_related("era").filter(name=name)
    found = rows.first()
    if found is None:
        Reader.objects.bulk_create([Reader(name=name, era=eras.first())], ignore_conflicts=True)
        found = rows.get()
    return found


def _has_window(reader: Reader) -> bool:
    """Whether the reader has a window to read from. After the end of one, this opens the next window with events."""
    if reader.until:
        return True
    eras.settle()
    while True:
        following = eras.following(reader.era)
        until = Snapshot(_BEYOND_ALL) if following else Snapshot.now()
        if _opened(reader, until, following):
            return True
        if following is None:
            return False
        reader.era, reader.seen = following, ""


def _opened(reader: Reader, until: Snapshot, following: Era | None) -> bool:
    """Open the window up to `until`, unless it is empty. Returns whether it was opened."""
    reader.until, reader.position = str(until), -1
    first = _window(reader, following).aggregate(first=Min("position"))["first"]
    if first is None:
        reader.until = ""
        return False
    reader.position = first - 1
    return True


def _window(reader: Reader, following: Era | None) -> QuerySet[StoredEvent]:
    """The unread events of the open window."""
    unread = Snapshot.read(reader.seen).unseen & Snapshot.read(reader.until).seen
    return _within(reader.era, following).filter(unread, position__gt=reader.position)


def _within(era: Era, following: Era | None) -> QuerySet[StoredEvent]:
    """The events of one era."""
    events = StoredEvent.objects.filter(position__gte=era.first_position)
    return events.filter(position__lt=following.first_position) if following else events
