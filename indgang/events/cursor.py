"""Following the log: a named reader sees every event exactly once, and those of a stream in their order.

A position is drawn when an event is written, and a lower one may be committed after a higher one. So readers go from
one snapshot of the database to the next: a window holds the events whose transactions one snapshot did not see yet and
the other does. Each event is in exactly one window. A later event of a stream is written after the earlier one was
committed, so its window is the same or a later one; inside a window positions give the order.

A reader and what it makes of the events are written in one transaction, so that each event counts once:

    with transaction.atomic():
        for stored in cursor.read("rollups"):
            ...

Writers wait for nobody, and readers for no writer: of a transaction that stays open only its own events come later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from indgang.events import eras
from indgang.events.models import Era, Reader, StoredEvent

#: our own transaction is not among those that our snapshot says run
_SNAPSHOT = "SELECT pg_current_snapshot()::text, pg_current_xact_id()::text::bigint"
_BEYOND_ALL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which transactions have ended: all before `following` but for those that were `running`."""

    following: int
    running: frozenset[int] = frozenset()

    @classmethod
    def now(cls) -> Self:
        """What has been committed by now; the transaction that asks has not."""
        with connection.cursor() as cursor:
            cursor.execute(_SNAPSHOT)
            text, own = cursor.fetchone() or ("", 0)
        _oldest, following, running = text.split(":")
        return cls(int(following), frozenset(map(int, filter(None, running.split(",")))) | {own})

    @classmethod
    def read(cls, text: str) -> Self:
        """The snapshot that `str` wrote; before all transactions when it is empty."""
        following, _, running = text.partition(":")
        return cls(int(following or 0), frozenset(map(int, filter(None, running.split(",")))))

    def __str__(self) -> str:
        running = sorted(each for each in self.running if each < self.following)
        return f"{self.following}:{','.join(map(str, running))}"

    @property
    def seen(self) -> Q:
        """Events that it sees, if they have been committed at all."""
        return Q(transaction__lt=self.following) & ~Q(transaction__in=sorted(self.running))

    @property
    def unseen(self) -> Q:
        return Q(transaction__gte=self.following) | Q(transaction__in=sorted(self.running))


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a reader is behind: how many events it has not read, and when the oldest of them happened."""

    events: int
    oldest: datetime | None

    def seconds(self, at: datetime) -> float:
        """The age of the oldest event that has not been read; 0 when all have."""
        return max((at - self.oldest).total_seconds(), 0.0) if self.oldest else 0.0


def read(name: str, *, most: int = 1000) -> list[StoredEvent]:
    """The next events for this reader, at most so many. It has read them when the transaction around commits.

    A new name begins with the first event there is; two who read by one name take turns. Raises Django's
    `TransactionManagementError` outside a transaction.
    """
    reader = _locked(name)
    found: list[StoredEvent] = []
    while not found and _has_window(reader):
        found = list(_window(reader, eras.following(reader.era)).order_by("position")[:most])
        if found:
            reader.position = found[-1].position
        if len(found) < most:
            reader.seen, reader.until = reader.until, ""
    if found:
        reader.save()
    return found


def forget(name: str) -> None:
    """Let a reader begin again with the first event, after what it has made was thrown away."""
    Reader.objects.filter(name=name).delete()


def names() -> list[str]:
    """Everybody who has read."""
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
    """The reader's row, which nobody else moves until the transaction ends."""
    rows = Reader.objects.select_for_update(of=("self",)).select_related("era").filter(name=name)
    found = rows.first()
    if found is None:
        Reader.objects.bulk_create([Reader(name=name, era=eras.first())], ignore_conflicts=True)
        found = rows.get()
    return found


def _has_window(reader: Reader) -> bool:
    """Whether the reader has a window to read from. One that is read through is followed by the next with events."""
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
    """Open the window up to `until`, unless there is nothing in it."""
    reader.until, reader.position = str(until), -1
    first = _window(reader, following).aggregate(first=Min("position"))["first"]
    if first is None:
        reader.until = ""
        return False
    reader.position = first - 1
    return True


def _window(reader: Reader, following: Era | None) -> QuerySet[StoredEvent]:
    """What is left of the open window."""
    unread = Snapshot.read(reader.seen).unseen & Snapshot.read(reader.until).seen
    return _within(reader.era, following).filter(unread, position__gt=reader.position)


def _within(era: Era, following: Era | None) -> QuerySet[StoredEvent]:
    """The events of one era."""
    events = StoredEvent.objects.filter(position__gte=era.first_position)
    return events.filter(position__lt=following.first_position) if following else events
