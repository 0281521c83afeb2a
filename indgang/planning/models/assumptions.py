"""What is assumed about calls and employees, by the day."""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce

from indgang.catalogue.models import ContactCentre, Dated, one_at_a_time, text_number
from indgang.planning.assumption_kinds import KINDS

LONGEST_SOURCE = 300


class StaffingAssumption(Dated):
    """The value of an assumption (`assumption_kinds.KINDS`) and where it comes from, for a centre or for all."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "centre", "value", "source")

    code = models.SlugField(max_length=30, help_text="assumption_kinds.KINDS")
    centre = models.ForeignKey(
        ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="empty: all"
    )
    value = models.DecimalField(max_digits=14, decimal_places=4)
    source = models.CharField(max_length=LONGEST_SOURCE)

    class Meta(Dated.Meta):
        ordering = ["code", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("planning_staffingassumption_one", text_number("code"), Coalesce("centre", Value(0))),
        ]

    def __str__(self) -> str:
        kind = KINDS.get(self.code)
        return str(kind.name) if kind else self.code
