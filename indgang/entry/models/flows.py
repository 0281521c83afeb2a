"""Flows and their versions, the numbers that lead to them, and the phases of the roll-out that they ask for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indgang.catalogue.models import ContactCentre, Dated, one_at_a_time, text_number


class Flow(models.Model):
    """A named flow; its versions hold the steps."""

    PERSONAL = ()
    IMPERSONAL = ("id", "code", "name", "centre", "revisions")

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="flows")
    revisions = models.PositiveIntegerField(default=0, help_text="the last one that a draft of it has had")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One version of a flow. A draft may change; a published one never does."""

    PERSONAL = ("created_by", "published_by")
    IMPERSONAL = ("id", "flow", "number", "definition", "note", "created_at", "published_at", "revision")

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(help_text="see routing.flows.parse")
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=200, blank=True, default="")
    revision = models.PositiveIntegerField(default=0, help_text="counts saves of a draft, so that two editors notice")

    class Meta:
        ordering = ["flow", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="entry_flowversion_number"),
            models.UniqueConstraint(
                fields=["flow"], condition=Q(published_at__isnull=True), name="entry_flowversion_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by="") | Q(published_at__isnull=False),
                name="entry_flowversion_published_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} v{self.number}"


class EntryPoint(Dated):
    """A number that can be dialled, and the flow that meets the caller."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "number", "name", "centre", "flow", "language")

    number = models.CharField(max_length=30, help_text="as dialled: E.164 or a short number")
    name = models.CharField(max_length=200)
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="entry_points")
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="entry_points")
    language = models.CharField(max_length=5, default="da")

    class Meta(Dated.Meta):
        ordering = ["number"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("entry_entrypoint_one_flow", text_number("number")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class RolloutPhase(Dated):
    """The phase of the roll-out that holds in a period: what flows ask by `phase`. One on any day, or none."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "word")

    word = models.CharField(max_length=40, help_text="as conditions and messages of flows name it")

    class Meta(Dated.Meta):
        ordering = ["valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_rolloutphase_one")]

    def __str__(self) -> str:
        return self.word
