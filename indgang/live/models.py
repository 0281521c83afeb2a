from __future__ import annotations

from datetime import timedelta

from django.db import models


class Mark(models.Model):
    """Outbox row: one part that became stale. Deleted as soon as it is announced."""

    PERSONAL = ("part",)
    IMPERSONAL = ("id",)

    part = models.TextField(help_text="scope/part, e.g. person-12/phone")

    def __str__(self) -> str:
        return self.part


class Ending(models.Model):
    """Revokes the page tokens of a session or a person made until `at`. Kept for the lifetime of a token."""

    PERSONAL = ("whose",)
    IMPERSONAL = ("id", "at")

    whose = models.TextField(help_text="session-<digest> or person-<id>")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.whose} {self.at:%Y-%m-%d %H:%M:%S}"


class RunningProcess(models.Model):
    """A running process with its heartbeat; times are the database's own."""

    PERSONAL = ()
    IMPERSONAL = ("id", "name", "host", "pid", "version", "standing_by", "started_at", "heartbeat")

    name = models.CharField(max_length=40, help_text="web, live, switchboard, worker")
    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=40)
    standing_by = models.BooleanField(default=False, help_text="ready to take over from one that is active")
    started_at = models.DateTimeField()
    heartbeat = models.DateTimeField()
    #: the time since the heartbeat; only rows of `processes.seen` have it
    age: timedelta

    class Meta:
        ordering = ["name", "started_at"]

    def __str__(self) -> str:
        return f"{self.name} {self.host}:{self.pid}"
