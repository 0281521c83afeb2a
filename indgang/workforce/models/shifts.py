"""Shift plans of a centre, their shifts, how they were made, and what people ask to have changed."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.workforce.models.appointments import ShiftAppointment
from indgang.workforce.models.contracts import ShiftActivity, Workplace


class ShiftPlan(models.Model):
    """A version of a centre's plan from `first` to `last`, both included.

    A draft is worked on. A published plan is changed by swaps and by moves of the day, which count up its `revision`;
    anything else is a new version, which replaces it when it is published itself. A draft that follows has the revision
    that it has copied.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        REPLACED = "replaced"

    PERSONAL = ("published_by",)
    IMPERSONAL = (
        "id", "centre", "first", "last", "state", "revision", "follows", "prices", "made_at", "published_at",
    )  # fmt: skip

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="shift_plans")
    first = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_versions")
    prices = models.JSONField(default=dict, blank=True, help_text="prices of soft rules that differ from the usual")
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-first", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="workforce_shiftplan_forwards"),
            ExclusionConstraint(
                name="workforce_shiftplan_one",
                expressions=[
                    (Func("centre", "centre", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func("first", "last", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre} {self.first} {self.last} {self.state}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class PlannedNeed(models.Model):
    """How many people are needed in each quarter of an hour of a day, counted from midnight by the clock on the wall: a
    day has 92, 96 or 100 of them.

    Where time that is lost was added, `base` has the need without it. `about` says where the need comes from
    (`shifts.day_need.NeedSource`); it is empty for what a planner has written.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "plan", "day", "activity", "workplace", "people", "base", "about")

    plan = models.ForeignKey(ShiftPlan, on_delete=models.CASCADE, related_name="needs")
    day = models.DateField()
    activity = models.ForeignKey(ShiftActivity, on_delete=models.PROTECT, related_name="+")
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, related_name="+")
    people = ArrayField(models.FloatField())
    base = ArrayField(models.FloatField(), default=list, blank=True)
    about = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["plan", "day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "day", "activity", "workplace"], name="workforce_plannedneed_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.activity}"


class PlannedShift(models.Model):
    """A shift of a person. A fixed one is kept when the plan is made again."""

    PERSONAL = ("person", "starts_at", "ends_at", "workplace", "is_fixed")
    IMPERSONAL = ("id", "plan")

    plan = models.ForeignKey(ShiftPlan, on_delete=models.CASCADE, related_name="shifts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="planned_shifts")
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_fixed = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_at", "person"]
        indexes = [models.Index(fields=["person", "starts_at"], name="workforce_shift_person")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workforce_shift_forwards")]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%Y-%m-%d %H:%M}"


class PlannedActivity(models.Model):
    """A part of a shift; without an activity it is a break. The parts of a shift fill it."""

    PERSONAL = ("activity", "starts_at", "ends_at", "appointment")
    IMPERSONAL = ("id", "shift")

    shift = models.ForeignKey(PlannedShift, on_delete=models.CASCADE, related_name="parts")
    activity = models.ForeignKey(ShiftActivity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    appointment = models.ForeignKey(
        ShiftAppointment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["shift", "starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workforce_shiftpart_forwards")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} {self.activity or 'break'}"


class PlanRun(models.Model):
    """One run of the optimiser on a draft. `course` holds [seconds, cost, bound] of what was found on the way."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        IMPOSSIBLE = "impossible"
        FAILED = "failed"

    PERSONAL = ("asked_by",)
    IMPERSONAL = (
        "id", "plan", "state", "asked_at", "begun_at", "ended_at", "seconds", "is_stopping", "share", "cost", "bound",
        "course", "answer",
    )  # fmt: skip

    plan = models.ForeignKey(ShiftPlan, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveSmallIntegerField(help_text="after which it stops with the best so far")
    is_stopping = models.BooleanField(default=False, help_text="somebody has asked it to stop with the best so far")
    share = models.FloatField(default=0, help_text="of the work, 0 to 1")
    cost = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    course = models.JSONField(default=list, blank=True)
    answer = models.JSONField(default=dict, blank=True, help_text="rules in conflict, or what went wrong")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=["waiting", "running"]), name="workforce_planrun_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.state}"

    @property
    def is_going(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)


class SwapRequest(models.Model):
    """A person offers a published shift of theirs, to a colleague or to anybody, for one in return or for none.

    A colleague takes it, and a leader or planner decides; only then do the shifts change hands.
    """

    class State(models.TextChoices):
        OFFERED = "offered"
        TAKEN = "taken"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed"
        """The plan was replaced before anybody decided."""
        DECLINED = "declined"
        """The only colleague who was asked said no."""

    PERSONAL = ("asked_by", "offered_to", "taken_by", "decided_by", "answer")
    IMPERSONAL = ("id", "shift", "in_return", "state", "asked_at", "taken_at", "decided_at")

    shift = models.ForeignKey(PlannedShift, on_delete=models.CASCADE, related_name="swap_requests")
    asked_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="swaps_asked")
    offered_to = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="swaps_offered"
    )
    in_return = models.ForeignKey(
        PlannedShift, null=True, blank=True, on_delete=models.CASCADE, related_name="returned_in"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    asked_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="swaps_taken")
    taken_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(state__in=["offered", "taken"]), name="workforce_swaprequest_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shift} {self.state}"


class ShiftFeed(models.Model):
    """The address at which a person's calendar reads their shifts. Only a digest of its secret is kept."""

    PERSONAL = ("person", "digest")
    IMPERSONAL = ("id", "made_at")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="shift_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person)
