from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RetentionRule(models.Model):
    """How long a kind of personal data is kept from a day on, until the next rule of the same kind and outcome begins.

    A rule without an outcome covers all outcomes that have no rule of their own. `days` is empty where an outcome
    follows the rule of its kind again. Rules that have been in force stay as history.
    """

    PERSONAL = ("by_id", "by_label", "why")
    IMPERSONAL = ("id", "kind", "outcome", "days", "valid_from", "at")

    kind = models.CharField(max_length=40)
    outcome = models.CharField(max_length=20, blank=True, default="")
    days = models.PositiveIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    at = models.DateTimeField()
    by_id = models.TextField(help_text="stable id of who decided it, as in the audit trail")
    by_label = models.TextField()
    why = models.CharField(max_length=300)

    class Meta:
        ordering = ["kind", "outcome", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "outcome", "valid_from"], name="privacy_rule_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}".strip()


class ScrubbingProgress(models.Model):
    """How far scrubbing has come in one table. It is written with each batch, so that a run continues there after a
    crash.

    Everything whose time began before `clean_until` is scrubbed, except rows with one of the outcomes in `apart`, which
    had a time of their own. `night` is the day of the last pass, `position` the
    time and key of the last row that it looked at, and `passed_over` the time of the first due row that was in use.
    """

    PERSONAL = ()
    IMPERSONAL = (
        "id", "kind", "table", "outcome", "apart", "clean_until", "night", "position_time", "position_key",
        "passed_over", "done",
    )  # fmt: skip

    kind = models.CharField(max_length=40)
    table = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20, blank=True, default="")
    apart = ArrayField(models.TextField(), default=list)
    clean_until = models.DateTimeField(null=True, blank=True)
    night = models.DateField()
    position_time = models.DateTimeField(null=True, blank=True)
    position_key = models.CharField(max_length=40, blank=True, default="")
    passed_over = models.DateTimeField(null=True, blank=True)
    done = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "table", "outcome"], name="privacy_progress_one")]

    def __str__(self) -> str:
        return f"{self.kind} {self.table} {self.outcome}".strip()


class Scrubbing(models.Model):
    """What was scrubbed on one day: how many rows of a table, by which rule and why. It names nobody.

    `days` is the rule that was applied and `before` the moment that follows from it; both are empty for an erasure,
    whose number is in `request`.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "day", "kind", "table", "outcome", "days", "before", "request", "rows", "begun_at", "last_at")

    day = models.DateField()
    kind = models.CharField(max_length=40)
    table = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20, blank=True, default="")
    days = models.PositiveIntegerField(default=0)
    before = models.DateTimeField(null=True, blank=True)
    request = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "kind", "table", "outcome"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "table", "outcome", "days", "request"], name="privacy_scrubbing_one_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.rows}"


class SubjectSearch(models.Model):
    """Somebody looked a data subject up, or exported their data, and why. The search terms are scrubbed after their
    time."""

    PERSONAL = ("by_id", "by_label", "why", "asked")
    IMPERSONAL = ("id", "at", "action", "parties", "enquiries")

    at = models.DateTimeField(db_index=True)
    by_id = models.TextField()
    by_label = models.TextField()
    why = models.CharField(max_length=300)
    asked = models.CharField(max_length=200, blank=True, default="", help_text="number, e-mail or name")
    action = models.CharField(max_length=10, help_text="search, copy, confirm or erase")
    parties = models.PositiveIntegerField(default=0, help_text="how many were found")
    enquiries = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class Erasure(models.Model):
    """A data subject's request for erasure. Once it is done, the row no longer says who the subject was."""

    PERSONAL = ("by_id", "by_label", "why", "numbers", "emails", "parties", "enquiries")
    IMPERSONAL = ("id", "at", "waits", "tried_at", "done_at")

    at = models.DateTimeField()
    by_id = models.TextField()
    by_label = models.TextField()
    why = models.CharField(max_length=300)
    numbers = ArrayField(models.TextField(), default=list)
    emails = ArrayField(models.TextField(), default=list)
    parties = ArrayField(models.BigIntegerField(), default=list)
    enquiries = ArrayField(models.UUIDField(), default=list)
    waits = ArrayField(models.CharField(max_length=40), default=list, help_text="kinds of which something is in use")
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
