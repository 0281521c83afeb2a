"""What shift planning knows of a person: the contract, places of work, wishes and leave."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Dated, one_at_a_time
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models.skills import Skill


class Workplace(Dated):
    """A place where shifts are worked (arbejdssted); one centre may have several."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ShiftActivity(Dated):
    """Something that people do in shifts. With a skill, only those who have it do it."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name", "kind", "skill")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=[(each.value, each.value) for each in ActivityKind])
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="activities")

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WorkContract(Dated):
    """How much and when a person works in a centre, in hours of an average week."""

    PERSONAL = (
        "person", "weekly_hours", "days_a_week", "shortest", "longest", "earliest", "latest", "weekends_off",
        "off_phone_share",
    )  # fmt: skip
    IMPERSONAL = ("id", "valid_from", "valid_to", "centre")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="work_contracts")
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="work_contracts")
    weekly_hours = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal(37))
    days_a_week = models.PositiveSmallIntegerField(default=5)
    shortest = models.PositiveSmallIntegerField(default=360, help_text="minutes of a shift")
    longest = models.PositiveSmallIntegerField(default=510, help_text="minutes of a shift")
    earliest = models.TimeField(default=time(7))
    latest = models.TimeField(default=time(22), help_text="midnight is the end of the day")
    weekends_off = models.PositiveSmallIntegerField(default=2, help_text="of any four weekends")
    off_phone_share = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal(0))

    class Meta(Dated.Meta):
        ordering = ["person", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("workforce_workcontract_one", "person"),
            models.CheckConstraint(
                condition=Q(weekly_hours__gt=0, weekly_hours__lte=48), name="workforce_workcontract_hours"
            ),
            models.CheckConstraint(
                condition=Q(days_a_week__gte=1, days_a_week__lte=6), name="workforce_workcontract_days"
            ),
            models.CheckConstraint(
                condition=Q(shortest__gte=60, longest__gte=F("shortest"), longest__lte=780),
                name="workforce_workcontract_lengths",
            ),
            models.CheckConstraint(condition=Q(weekends_off__lte=4), name="workforce_workcontract_weekends"),
            models.CheckConstraint(
                condition=Q(off_phone_share__gte=0, off_phone_share__lt=1), name="workforce_workcontract_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.weekly_hours}"


class ContractWorkplace(models.Model):
    """A place where the person of a contract may be asked to work; without any, all of them."""

    PERSONAL = ("workplace",)
    IMPERSONAL = ("id", "contract")

    contract = models.ForeignKey(WorkContract, on_delete=models.CASCADE, related_name="workplaces")
    workplace = models.ForeignKey(Workplace, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["contract", "workplace"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "workplace"], name="workforce_contractworkplace_once")
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.workplace}"


class TimeWish(models.Model):
    """What a person would like on a day, or on a weekday of every week."""

    class Kind(models.TextChoices):
        FREE = "free"
        EARLY = "early"
        LATE = "late"

    PERSONAL = ("person", "kind", "day", "weekday", "weight", "wished_at")
    IMPERSONAL = ("id",)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="time_wishes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    day = models.DateField(null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 for Monday")
    weight = models.PositiveSmallIntegerField(default=1, help_text="1 to 3")
    wished_at = models.DateTimeField()

    class Meta:
        ordering = ["person", "day", "weekday"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day__isnull=False, weekday__isnull=True)
                | Q(day__isnull=True, weekday__gte=0, weekday__lte=6),
                name="workforce_timewish_when",
            ),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=3), name="workforce_timewish_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} {self.day or self.weekday}"


class LeaveRequest(models.Model):
    """A person asks for days off, both days included; a leader or planner answers. Approved leave is never planned."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday"
        EXTRA_HOLIDAY = "extra_holiday"
        TIME_OFF = "time_off"
        OTHER = "other"

    class State(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    PERSONAL = (
        "person", "kind", "first", "last", "note", "state", "asked_at", "decided_by", "decided_at", "answer",
    )  # fmt: skip
    IMPERSONAL = ("id",)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leave_requests")
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.HOLIDAY)
    first = models.DateField()
    last = models.DateField()
    note = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["first", "pk"]
        indexes = [models.Index(fields=["person", "last"], name="workforce_leave_person")]
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="workforce_leave_forwards")]

    def __str__(self) -> str:
        return f"{self.person} {self.first} {self.last} {self.state}"
