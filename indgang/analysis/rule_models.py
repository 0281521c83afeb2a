"""Rule lists of the municipality's own, each version with the day from which it holds."""

from __future__ import annotations

from typing import Any

from django.db import models

from indgang.analysis.documents import DocumentVersion, OwnDocument

#: letters of a rule list, as YAML
LONGEST = 50_000


class OwnRuleList(OwnDocument):
    """A rule list by its code, which is also in its text."""

    class Meta:
        ordering = ["code"]


class OwnRuleVersion(DocumentVersion):
    """A rule list as it was saved, as YAML (`potential.rule_texts`). It holds from a day until that of the next."""

    IMPERSONAL = ("id", "rule_list", "number", "text", "valid_from", "reason", "made_at")

    rule_list = models.ForeignKey(OwnRuleList, on_delete=models.CASCADE, related_name="versions")
    valid_from = models.DateField()

    class Meta:
        ordering = ["rule_list", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule_list", "number"], name="analysis_rule_version")]

    def __str__(self) -> str:
        return f"{self.rule_list} {self.number}"

    @property
    def facts(self) -> dict[str, Any]:
        return {"version": self.number, "valid_from": self.valid_from.isoformat()}
