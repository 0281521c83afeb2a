from __future__ import annotations

from django.db import models


class Mark(models.Model):
    """Outbox row: one part that went out of date. Deleted as soon as it is announced."""

    PERSONAL = ()
    IMPERSONAL = ("id", "part")

    part = models.TextField(help_text="scope/part, e.g. person-12/phone")

    def __str__(self) -> str:
        return self.part
