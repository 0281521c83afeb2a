"""What planners know of days to come, and the forecasts that were made, with how well they did."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import ContactCentre
from indgang.entry.models import Queue

#: the longest time over which a service moves in
MOST_RAMP_DAYS = 366


class CallEventQuerySet(models.QuerySet["CallEvent"]):
    def of(self, queue: Queue) -> Self:
        """Those of the queue, and those of all queues of its centre."""
        return self.filter(Q(queue=queue) | Q(queue=None, centre=queue.centre_id))


class CallEvent(models.Model):
    """Days on which more or fewer people call than usual, in a queue of a centre or in all of them (empty).

    Events with the same name are of a kind: what one of them did is expected of the next.
    """

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("Kampagne")
        MAILING = "mailing", _("Breve, der sendes ud")
        PAYMENT = "payment", _("Udbetaling eller frist")
        OTHER = "other", _("Andet")

    PERSONAL = ()
    IMPERSONAL = ("id", "kind", "name", "centre", "queue", "first", "last", "percent")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=100)
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="+")
    queue = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="empty: all of the centre"
    )
    first = models.DateField()
    last = models.DateField(help_text="included")
    percent = models.SmallIntegerField(
        default=0, validators=[MinValueValidator(-90), MaxValueValidator(900)],
        help_text="more calls than usual as the planner expects, in percent; 0: not known",
    )  # fmt: skip

    objects = CallEventQuerySet.as_manager()

    class Meta:
        ordering = ["first", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="planning_callevent_days"),
            models.CheckConstraint(condition=Q(percent__gte=-90, percent__lte=900), name="planning_callevent_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first:%d.%m.%Y}"


class MovedService(models.Model):
    """A service that moves into a queue on a day, with its documented volume; out of it when that is negative."""

    PERSONAL = ()
    IMPERSONAL = ("id", "queue", "name", "first", "calls_a_year", "ramp_days", "source")

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    first = models.DateField()
    calls_a_year = models.IntegerField(validators=[MinValueValidator(-10_000_000), MaxValueValidator(10_000_000)])
    ramp_days = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(MOST_RAMP_DAYS)], help_text="over which the calls come"
    )
    source = models.CharField(max_length=300, help_text="where the volume comes from")

    class Meta:
        ordering = ["first", "name"]

    def __str__(self) -> str:
        return f"{self.name} {self.first:%d.%m.%Y}"


class JudgedDay(models.Model):
    """A day that is left out of the history of a queue, or kept in it although it is far off, with the reason."""

    PERSONAL = ()
    IMPERSONAL = ("id", "queue", "day", "is_kept", "reason")

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    is_kept = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["queue", "day"], name="planning_judgedday_once")]

    def __str__(self) -> str:
        return f"{self.queue} {self.day:%d.%m.%Y}"


class HistoryStandIn(models.Model):
    """What stands in for the history of a queue: a similar queue with a ratio, or a counted week with its scaling."""

    PERSONAL = ()
    IMPERSONAL = ("id", "queue", "similar", "week", "scaling", "source")

    queue = models.OneToOneField(Queue, on_delete=models.PROTECT, related_name="+")
    similar = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    week = ArrayField(models.IntegerField(), default=list, blank=True, help_text="calls from Monday to Sunday")
    scaling = models.DecimalField(max_digits=9, decimal_places=3, help_text="a usual week beside this one")
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["queue__name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(similar__isnull=False, week=[]) | Q(similar__isnull=True, week__len=7),
                name="planning_historystandin_one",
            ),
            models.CheckConstraint(condition=Q(scaling__gt=0), name="planning_historystandin_scaling"),
        ]

    def __str__(self) -> str:
        return str(self.queue)


class StoredForecast(models.Model):
    """A forecast of one queue as it was made on a day. Each array has one place for each day from `first`.

    `intervals` are the expected calls of each interval as 32-bit numbers, days by intervals, compressed; only the
    newest forecast of a queue has them. The arrays of days are empty once the last day is judged. `about` holds what
    was left out, remarks, and what was measured of the past (`planning.forecasts`). `mean` is NaN where nothing was
    counted yet.
    """

    PERSONAL = ()
    IMPERSONAL = (
        "id", "queue", "made_on", "first", "per_day", "calls", "mean", "low_80", "high_80", "low_95", "high_95",
        "intervals", "variance", "about", "judged_until",
    )  # fmt: skip

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    first = models.DateField()
    per_day = models.SmallIntegerField(help_text="intervals of a day")
    calls = ArrayField(models.FloatField())
    mean = ArrayField(models.FloatField(), help_text="of the last eight same weekdays, as it was then")
    low_80 = ArrayField(models.IntegerField())
    high_80 = ArrayField(models.IntegerField())
    low_95 = ArrayField(models.IntegerField())
    high_95 = ArrayField(models.IntegerField())
    variance = ArrayField(models.FloatField(), help_text="relative, of an interval's calls beyond counting")
    intervals = models.BinaryField(null=True)
    about = models.JSONField(default=dict)
    judged_until = models.DateField(help_text="the day after the last that counts in the accuracy")

    class Meta:
        ordering = ["-made_on"]
        constraints = [models.UniqueConstraint(fields=["queue", "made_on"], name="planning_storedforecast_once")]

    def __str__(self) -> str:
        return f"{self.queue} {self.made_on:%d.%m.%Y}"


class ForecastAccuracy(models.Model):
    """How well one forecast did at one horizon (`accuracy.HORIZONS`), so far: the sums of `accuracy.Accuracy`."""

    PERSONAL = ()
    IMPERSONAL = (
        "id", "forecast", "horizon", "days", "calls", "off", "over", "mean_off", "in_narrow", "in_wide", "mean_calls",
    )  # fmt: skip

    forecast = models.ForeignKey(StoredForecast, on_delete=models.PROTECT, related_name="accuracies")
    horizon = models.SmallIntegerField()
    days = models.IntegerField(default=0)
    calls = models.FloatField(default=0)
    off = models.FloatField(default=0)
    over = models.FloatField(default=0)
    mean_off = models.FloatField(default=0)
    in_narrow = models.IntegerField(default=0)
    in_wide = models.IntegerField(default=0)
    mean_calls = models.FloatField(default=0)

    class Meta:
        ordering = ["forecast", "horizon"]
        constraints = [models.UniqueConstraint(fields=["forecast", "horizon"], name="planning_forecastaccuracy_once")]

    def __str__(self) -> str:
        return f"{self.forecast} {self.horizon}"
