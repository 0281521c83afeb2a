from __future__ import annotations

from django.db import models


class Mark(models.Model):
    """Outbox row: one part that went out of date. Deleted as soon as it is announced."""

    PERSONAL = ()
    IMPERSONAL = ("id", "part")

    part = models.TextField(help_text="scope/part, e.g. person-12/phone")

    def __str__(self) -> str:
        return self.part


class Ending(models.Model):
    """Page tokens that no longer count: those of a session, or of a person, made until `at`. Kept a token's life."""

    PERSONAL = ("whose",)
    IMPERSONAL = ("id", "at")

    whose = models.TextField(help_text="session-<digest> or person-<id>")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.whose} {self.at:%Y-%m-%d %H:%M:%S}"
