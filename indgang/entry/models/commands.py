"""Orders of people to the switchboard."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indgang.accounts.models import Person


class Command(models.Model):
    """An order to the switchboard, and its outcome."""

    PERSONAL = ("person", "payload", "detail")
    IMPERSONAL = ("id", "kind", "at", "outcome", "finished_at", "trace")

    class Outcome(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        REFUSED = "refused", "refused"

    kind = models.CharField(max_length=40)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.CASCADE, related_name="+", help_text="nobody: ordered on the public site"
    )
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    detail = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)
    trace = models.CharField(max_length=60, blank=True, default="", help_text="the request's span (W3C traceparent)")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=Q(outcome="waiting"), name="entry_command_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.outcome})"
