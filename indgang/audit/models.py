from __future__ import annotations

from django.db import models


class Change(models.Model):
    """One change: who did what to which thing, with the values before and after."""

    APPEND_ONLY = True

    PERSONAL = ("by_id", "by_label", "target_id", "target_label", "before", "after", "why")
    IMPERSONAL = ("id", "at", "action", "target_type")

    at = models.DateTimeField(db_index=True)
    by_id = models.TextField(help_text="stable id of the actor, e.g. person:12 or system:switchboard")
    by_label = models.TextField()
    action = models.TextField(help_text="noun.verb, e.g. flow.publish")
    target_type = models.TextField(help_text="app.model")
    target_id = models.TextField()
    target_label = models.TextField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_label}: {self.action} {self.target_label}"


class Look(models.Model):
    """Somebody looked at a person, or at a person's history."""

    APPEND_ONLY = True

    PERSONAL = ("by_id", "by_label", "subject_id", "subject_label", "why")
    IMPERSONAL = ("id", "at", "subject_type", "page")

    at = models.DateTimeField(db_index=True)
    by_id = models.TextField()
    by_label = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField()
    subject_label = models.TextField()
    page = models.TextField(help_text="where it was seen, e.g. desk.enquiry")
    why = models.TextField(blank=True, default="", db_default="", help_text="where a page asks for a reason")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_label}: {self.subject_label}"


class LookReview(models.Model):
    """Somebody has reviewed a look and recorded that. `look` is its number; there is one review of each look."""

    PERSONAL = ("by_id", "by_label", "note")
    IMPERSONAL = ("look", "at")

    look = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by_id = models.TextField()
    by_label = models.TextField()
    note = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_label}"
