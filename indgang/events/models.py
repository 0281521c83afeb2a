from __future__ import annotations

from typing import Any

from django.db import models

from indgang.events import kinds
from indgang.events.event import Event


class StoredEvent(models.Model):
    """One stored event: append-only, partitioned by month on `at`.

    `number` orders one stream. `position` is drawn when an event is written, and `transaction` is the id of the
    database transaction. Readers need both, because a lower position can be committed later (`cursor`). `channel`,
    `level` (1: the contact centre, 2: case workers) and `centre` (code) are as they were at that moment.
    """

    APPEND_ONLY = True
    PERSONAL = ("data", "person")
    IMPERSONAL = (
        "pk", "stream", "number", "position", "transaction", "at", "kind", "version", "queue", "channel", "level",
        "centre",
    )  # fmt: skip

    pk = models.CompositePrimaryKey("stream", "number", "at")
    stream = models.UUIDField()
    number = models.PositiveIntegerField()
    position = models.BigIntegerField(editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    queue = models.CharField(max_length=60, blank=True, default="", help_text="code, as it was")
    person = models.BigIntegerField(null=True, blank=True, help_text="who acted; no key, events outlive people")
    data = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(default=1)
    channel = models.CharField(max_length=10, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=1)
    centre = models.CharField(max_length=60, blank=True, default="", help_text="code, as it was")
    transaction = models.BigIntegerField(editable=False)

    class Meta:
        ordering = ["position"]
        managed = False
        db_table = "events_event"

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.kind}"

    @property
    def event(self) -> Event[Any]:
        """The event, upgraded to the current version of its kind."""
        kind = kinds.named(self.kind)
        return kind.event(str(self.stream), self.at, self.queue, self.person, self.data, version=self.version)


class Era(models.Model):
    """A period in which one database server wrote all events: transaction ids can only be compared within it.

    A dump that is restored elsewhere begins a new era (`eras`). `first_position` is the first position of the era.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "server", "first_position", "began_at")

    server = models.CharField(max_length=40, help_text="PostgreSQL's system identifier")
    first_position = models.BigIntegerField()
    began_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.server} from {self.first_position}"


class Reader(models.Model):
    """A named reader of the log and its position; only `cursor` writes it.

    It has read every event of `era` that the snapshot `seen` sees. While `until` is not empty, it reads the events
    between the two snapshots, and has read them up to `position`.
    """

    PERSONAL = ()
    IMPERSONAL = ("name", "era", "seen", "until", "position")

    name = models.CharField(max_length=60, primary_key=True)
    era = models.ForeignKey(Era, on_delete=models.PROTECT, related_name="+")
    seen = models.TextField(blank=True, default="")
    until = models.TextField(blank=True, default="")
    position = models.BigIntegerField(default=-1)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
