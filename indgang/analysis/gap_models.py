"""Measures that were decided on a gap: what is done, who owns it, from when people could use it, and every change."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Purpose, Service


class GapMeasure(models.Model):
    """A page that was written or a status that was put online, for the questions of a service and perhaps one purpose.

    `expected` are the calls a year that were expected to be saved when it was decided. It has `published_on` from
    the day when people could use it.
    """

    class Kind(models.TextChoices):
        PAGE_IMPROVED = "page", _("En side er rettet eller vist tydeligere")
        PAGE_WRITTEN = "missing", _("En side er skrevet")
        STATUS_ONLINE = "status", _("Sagens status kan ses på nettet")

    class State(models.TextChoices):
        DECIDED = "decided", _("Besluttet")
        PUBLISHED = "published", _("Udgivet")
        DROPPED = "dropped", _("Opgivet")

    PERSONAL = ("owner", "created_by")
    IMPERSONAL = (
        "id", "kind", "title", "service", "purpose", "gap", "published_on", "dropped_at", "expected", "expected_low",
        "expected_high", "created_at",
    )  # fmt: skip

    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    gap = models.CharField(max_length=120, blank=True, default="", help_text="the code of the gap it was decided on")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_on = models.DateField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    expected = models.PositiveIntegerField(null=True, blank=True, help_text="calls a year")
    expected_low = models.PositiveIntegerField(null=True, blank=True)
    expected_high = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        if self.dropped_at is not None:
            return self.State.DROPPED
        return self.State.PUBLISHED if self.published_on else self.State.DECIDED


class KeptGaps(models.Model):
    """A ranking of gaps (`kept_gaps`): `key` is a digest of what was asked, `inputs` one of all that it was made from.
    It holds what pages show: numbers, and words that enough texts share."""

    PERSONAL = ()
    IMPERSONAL = ("id", "key", "inputs", "ranked", "made_at")

    key = models.CharField(max_length=32, unique=True)
    inputs = models.CharField(max_length=32)
    ranked = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name_plural = "kept gaps"

    def __str__(self) -> str:
        return f"{self.key} {self.made_at}"


class GapMeasureChange(models.Model):
    """A measure as it was from then on, who changed it and why. Rows are only added."""

    APPEND_ONLY = True
    PERSONAL = ("made_by", "owner")
    IMPERSONAL = ("id", "measure", "number", "state", "published_on", "reason", "made_at")

    measure = models.ForeignKey(GapMeasure, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=GapMeasure.State.choices)
    published_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["measure", "-number"]
        constraints = [models.UniqueConstraint(fields=["measure", "number"], name="analysis_gap_change_number")]

    def __str__(self) -> str:
        return f"{self.measure} {self.number}"
