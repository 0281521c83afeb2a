from __future__ import annotations

from django.db import models


class Milestone(models.Model):
    """A step towards a running centre that happened or that a person has confirmed; no other row shows it."""

    PERSONAL = ("reached_by",)
    IMPERSONAL = ("name", "reached_at")

    name = models.CharField(max_length=40, primary_key=True)
    reached_at = models.DateTimeField()
    reached_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
