"""What was decided about the complexity and volume of services."""

from __future__ import annotations

from django.db import models

from indgang.accounts.models import Person
from indgang.catalogue.models import Service


class SegmentDecision(models.Model):
    """The indicators and cases that a person accepted for a service, and a segment of their own where they chose one.
    The latest holds; earlier ones stay.

    `complexity` and `volume` are empty where the rule decides.
    """

    PERSONAL = ("decided_by",)
    IMPERSONAL = (
        "id", "service", "enquiries_per_case", "interfaces", "target_group_breadth", "variation", "cases_a_year",
        "complexity", "volume", "reason", "decided_at", "printed_cases",
    )  # fmt: skip

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="segment_decisions")
    enquiries_per_case = models.PositiveSmallIntegerField()
    interfaces = models.PositiveSmallIntegerField()
    target_group_breadth = models.PositiveSmallIntegerField()
    variation = models.PositiveSmallIntegerField()
    cases_a_year = models.PositiveIntegerField()
    complexity = models.CharField(max_length=10, blank=True, default="")
    volume = models.CharField(max_length=10, blank=True, default="")
    reason = models.CharField(max_length=500)
    printed_cases = models.PositiveIntegerField(
        null=True, blank=True, help_text="cases of the documents' row of the service: with its name its key (X-26)"
    )
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return str(self.service)

    @property
    def is_override(self) -> bool:
        """Whether the segment is not the one of the rule."""
        return bool(self.complexity or self.volume)

    @property
    def indicators(self) -> tuple[int, int, int, int]:
        return self.enquiries_per_case, self.interfaces, self.target_group_breadth, self.variation
