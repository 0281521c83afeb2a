"""What the switchboard stores to continue after a restart, and what it could not write."""

from __future__ import annotations

from django.db import models


class LiveWork(models.Model):
    """The state of an open item that the switchboard needs after a restart; deleted when the item is over."""

    PERSONAL = ("kept",)
    IMPERSONAL = ("item", "since")

    item = models.UUIDField(primary_key=True, help_text="of a call that begins an enquiry: the enquiry's id")
    since = models.DateTimeField()
    kept = models.JSONField()

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return str(self.item)


class DeadLetter(models.Model):
    """A batch that could not be written, stored as text until somebody has dealt with it."""

    PERSONAL = ("error", "content")
    IMPERSONAL = ("id", "at", "kind", "enquiries")

    at = models.DateTimeField()
    kind = models.CharField(max_length=100, help_text="the class of the error")
    error = models.TextField()
    enquiries = models.JSONField(default=list, help_text="ids of the enquiries it tells of")
    content = models.TextField(help_text="the batch of entry.journal as JSON; text, for the database took no other")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind}"
