"""Messages to everybody who calls."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Expression, F, Func, Q, Value
from django.db.models.functions import Coalesce

from indgang.catalogue.models import ContactCentre, text_number


class DisturbanceQuerySet(models.QuerySet["Disturbance"]):
    def on_at(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at)


def _one_number(what: Expression) -> Func:
    """A range of one number, for constraints: two of them overlap when they are equal."""
    return Func(what, what, Value("[]"), function="int8range")


class Disturbance(models.Model):
    """A message to all callers, with a start and an end."""

    PERSONAL = ("started_by", "ended_by")
    IMPERSONAL = ("id", "text", "text_en", "centre", "starts_at", "ends_at")

    text = models.TextField()
    text_en = models.TextField(blank=True, default="")
    centre = models.ForeignKey(
        ContactCentre, null=True, blank=True, on_delete=models.CASCADE, related_name="disturbances"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    ended_by = models.CharField(max_length=200, blank=True, default="")

    objects = DisturbanceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="entry_disturbance_forwards"),
            ExclusionConstraint(
                name="entry_disturbance_once",
                expressions=[
                    (_one_number(Coalesce("centre", 0)), RangeOperators.OVERLAPS),
                    (_one_number(text_number("text")), RangeOperators.OVERLAPS),
                    (Func("starts_at", "ends_at", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
