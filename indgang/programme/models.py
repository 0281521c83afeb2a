"""Business cases of the municipality's own, with every version that was saved; and the models of benefits."""

from __future__ import annotations

from django.db import models

from indgang.accounts.models import Person
from indgang.programme.benefits.models import BenefitContract, BenefitMonth, BenefitSignature, BenefitVersion
from indgang.programme.rollout.models import (
    ActivityNeed,
    OldNumberPlace,
    PlannedMessage,
    QuarterReport,
    ReadinessStatement,
    RolloutActivity,
    RolloutMilestone,
    RolloutPlan,
    RolloutRisk,
    RolloutService,
    RolloutStage,
)
from indgang.programme.switchover.models import Switchover

__all__ = [
    "LONGEST", "ActivityNeed", "BenefitContract", "BenefitMonth", "BenefitSignature", "BenefitVersion",
    "OldNumberPlace", "OwnCase", "OwnCaseVersion", "PlannedMessage", "QuarterReport", "ReadinessStatement",
    "RolloutActivity", "RolloutMilestone", "RolloutPlan", "RolloutRisk", "RolloutService", "RolloutStage",
    "Switchover",
]  # fmt: skip

#: letters of a case, as YAML
LONGEST = 100_000


class OwnCase(models.Model):
    """A case by its code, which is also in its text. The latest version holds; earlier ones stay."""

    PERSONAL = ()
    IMPERSONAL = ("id", "code", "created_at")

    code = models.SlugField(max_length=40, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class OwnCaseVersion(models.Model):
    """A case as it was saved, as YAML (`cases.reading`), and why it was changed."""

    PERSONAL = ("made_by",)
    IMPERSONAL = ("id", "case", "number", "text", "reason", "made_at")

    case = models.ForeignKey(OwnCase, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["case", "-number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="programme_case_version")]

    def __str__(self) -> str:
        return f"{self.case} {self.number}"
