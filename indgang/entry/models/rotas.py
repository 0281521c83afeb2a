"""Duty rotas: several centres take turns in answering one number, outside their own hours for example."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from indgang.accounts.models import Person
from indgang.catalogue.models import Dated, Schedule, one_at_a_time
from indgang.entry.models.queues import Queue


class DutyRota(Dated):
    """A duty that centres share (vagtordning). Each span of `hours` is one turn."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name", "hours")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    hours = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="+")

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RotaMember(Dated):
    """The centre of `queue` takes part, with a share by `weight`: its number of citizens or agents, for example."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "rota", "queue", "weight")

    rota = models.ForeignKey(DutyRota, on_delete=models.CASCADE, related_name="members")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    weight = models.DecimalField(max_digits=8, decimal_places=2, default=1)

    class Meta(Dated.Meta):
        ordering = ["rota", "queue"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(weight__gt=0), name="entry_rotamember_weight"),
            one_at_a_time("entry_rotamember_one", "rota", "queue"),
        ]

    def __str__(self) -> str:
        return f"{self.rota}: {self.queue}"


class DutyShift(models.Model):
    """A turn of a rota: the people of `queue` are on duty from `starts_at` until `ends_at`."""

    PERSONAL = ()
    IMPERSONAL = ("id", "rota", "queue", "starts_at", "ends_at", "burden")

    rota = models.ForeignKey(DutyRota, on_delete=models.PROTECT, related_name="shifts")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="duty_shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    burden = models.FloatField(help_text="hours of a weekday that it weighs as much as")

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="entry_dutyshift_forwards"),
            ExclusionConstraint(
                name="entry_dutyshift_one",
                expressions=[
                    (Func("rota", "rota", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func("starts_at", "ends_at", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rota} {self.starts_at:%Y-%m-%d %H:%M}"


class ShiftSwap(models.Model):
    """A centre asks others to take its shift; whoever takes it may give one of theirs in return."""

    PERSONAL = ("offered_by", "taken_by")
    IMPERSONAL = ("id", "shift", "queue", "offered_at", "taken_at", "withdrawn_at", "in_return")

    shift = models.ForeignKey(DutyShift, on_delete=models.CASCADE, related_name="swaps")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", help_text="whose shift it was")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    in_return = models.ForeignKey(DutyShift, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["shift__starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(taken_at__isnull=True, withdrawn_at__isnull=True),
                name="entry_shiftswap_one_open",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.shift}: {self.queue}"
