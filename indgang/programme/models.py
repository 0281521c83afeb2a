"""Business cases of the municipality's own, with every version that was saved; and the models of benefits."""

from __future__ import annotations

from django.db import models

from indgang.analysis.documents import DocumentVersion, OwnDocument
from indgang.programme.benefits.models import BenefitContract, BenefitMonth, BenefitSignature, BenefitVersion
from indgang.programme.rollout.models import (
    ActivityNeed,
    OldNumberPlace,
    PlannedMessage,
    QuarterReport,
    ReadinessStatement,
    RolloutActivity,
    RolloutMilestone,
    RolloutMove,
    RolloutPlan,
    RolloutRisk,
    RolloutService,
    RolloutStage,
)
from indgang.programme.scenario_uses import ScenarioInCase
from indgang.programme.switchover.models import Switchover

__all__ = [
    "LONGEST", "ActivityNeed", "BenefitContract", "BenefitMonth", "BenefitSignature", "BenefitVersion",
    "OldNumberPlace", "OwnCase", "OwnCaseVersion", "PlannedMessage", "QuarterReport", "ReadinessStatement",
    "RolloutActivity", "RolloutMilestone", "RolloutMove", "RolloutPlan", "RolloutRisk", "RolloutService",
    "RolloutStage", "ScenarioInCase", "Switchover",
]  # fmt: skip

#: letters of a case, as YAML
LONGEST = 100_000


class OwnCase(OwnDocument):
    """A case by its code, which is also in its text. The latest version holds; earlier ones stay."""

    class Meta:
        ordering = ["code"]


class OwnCaseVersion(DocumentVersion):
    """A case as it was saved, as YAML (`cases.reading`), and why it was changed."""

    IMPERSONAL = ("id", "case", "number", "text", "reason", "made_at")

    case = models.ForeignKey(OwnCase, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        ordering = ["case", "-number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="programme_case_version")]

    def __str__(self) -> str:
        return f"{self.case} {self.number}"
