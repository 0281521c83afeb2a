"""The state of the processes themselves."""

from __future__ import annotations

from django.db import models


class RoutineState(models.Model):
    """How far a daily routine has come, so that it runs once for each day, whichever workers run and however often."""

    PERSONAL = ()
    IMPERSONAL = ("name", "begun_for", "done_for")

    name = models.CharField(max_length=60, primary_key=True)
    begun_for = models.DateTimeField(null=True, help_text="the moment it was due when a job for it was last made")
    done_for = models.DateTimeField(null=True, help_text="the moment it was due when it was last done")

    def __str__(self) -> str:
        return self.name
