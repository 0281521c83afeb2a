"""Rule lists of the municipality's own, each version with the day from which it holds."""

from __future__ import annotations

from django.db import models

from indgang.accounts.models import Person

#: letters of a rule list, as YAML
LONGEST = 50_000


class OwnRuleList(models.Model):
    """A rule list by its code, which is also in its text."""

    PERSONAL = ()
    IMPERSONAL = ("id", "code", "created_at")

    code = models.SlugField(max_length=40, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class OwnRuleVersion(models.Model):
    """A rule list as it was saved, as YAML (`potential.rule_texts`). It holds from a day until that of the next."""

    PERSONAL = ("made_by",)
    IMPERSONAL = ("id", "rule_list", "number", "text", "valid_from", "reason", "made_at")

    rule_list = models.ForeignKey(OwnRuleList, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    valid_from = models.DateField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["rule_list", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule_list", "number"], name="analysis_rule_version")]

    def __str__(self) -> str:
        return f"{self.rule_list} {self.number}"
