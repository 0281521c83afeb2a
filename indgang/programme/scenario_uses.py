"""Which computation of a what-if a case has numbers from."""

from __future__ import annotations

from django.db import models

from indgang.planning.models import ScenarioRun


class ScenarioInCase(models.Model):
    """A computation whose numbers a case has since one of its versions: as a set of values of its own (`values_code`),
    or, where that is empty, because the case was made of it."""

    PERSONAL = ()
    IMPERSONAL = ("id", "case", "run", "version", "values_code")

    case = models.ForeignKey("programme.OwnCase", on_delete=models.CASCADE, related_name="scenarios")
    run = models.ForeignKey(ScenarioRun, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    values_code = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["case", "version", "pk"]

    def __str__(self) -> str:
        return f"{self.case}: {self.run}"
