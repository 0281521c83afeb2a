"""Cooperation agreements: terms, parts and targets of each version, the signatures of both parties, and baselines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.accounts.two_parties import SignedByTwo
from indgang.catalogue.models import ContactCentre, Dated, Service, Unit, one_at_a_time
from indgang.measures import channel_groups
from indgang.measures.baselines import MeasuredFigure
from indgang.measures.histogram import EXACT_SECONDS

_NOT_NEGATIVE = MinValueValidator(Decimal(0))
#: seconds for which shares of waits are exact (`measures.histogram`)
WITHIN = (MinValueValidator(1), MaxValueValidator(EXACT_SECONDS))
_SHARE = (_NOT_NEGATIVE, MaxValueValidator(Decimal(100)))


class CooperationAgreement(SignedByTwo):
    """One version of what owner and operator of a centre have agreed on. It is a draft until both have signed, and is
    never changed afterwards: a new version takes over on its first day.

    `price` is kroner a year for running the centre at `enquiries_a_year` with `full_time` full-time employees.
    """

    PARTIES = ("owner", "operator")
    SUBJECT = "centre"

    PERSONAL = ("owner", "operator")
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "centre", "owner_unit", "operator_unit", "owner_signed_at",
        "operator_signed_at", "enquiries_a_year", "full_time", "price", "price_falls_percent",
        "price_falls_after_years", "price_from", "revision", "took_over_from", "former_end",
    )  # fmt: skip

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="cooperation_agreements")
    #: those of the centre when the agreement was drafted: a later change of the centre changes no agreement
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    operator_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    operator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner_signed_at = models.DateTimeField(null=True, blank=True)
    operator_signed_at = models.DateTimeField(null=True, blank=True)
    enquiries_a_year = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(100_000_000)])
    full_time = models.DecimalField(
        max_digits=6, decimal_places=1, null=True, blank=True, validators=[_NOT_NEGATIVE],
        help_text="full-time employees (årsværk)",
    )  # fmt: skip
    price = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[_NOT_NEGATIVE], help_text="kroner a year"
    )
    price_falls_percent = models.DecimalField(
        max_digits=4, decimal_places=1, default=Decimal(0), validators=_SHARE, help_text="once, at constant volume"
    )
    price_falls_after_years = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    price_from = models.DateField(
        null=True, blank=True, help_text="the day that the years of the price are counted from; empty: valid_from"
    )

    class Meta(SignedByTwo.Meta):
        ordering = ["centre", "-valid_from", "-pk"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time(
                "agreements_cooperation_one",
                "centre",
                condition=Q(owner_signed_at__isnull=False, operator_signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre} {self.valid_from}"

    @property
    def price_began(self) -> date:
        """The day that the years of the price are counted from: that of the first version with this price."""
        return self.price_from or self.valid_from


class SignedDocument(models.Model):
    """The PDF of an agreement as both parties signed it, in Danish: later names of units, services and figures, and
    other annexes, do not change it."""

    PERSONAL = ("content",)
    IMPERSONAL = ("id", "agreement")

    agreement = models.OneToOneField(CooperationAgreement, on_delete=models.CASCADE, related_name="signed_document")
    content = models.BinaryField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.agreement)


class AgreementPart(models.Model):
    """One of the six parts of an agreement, in words."""

    class Kind(models.TextChoices):
        """In the order of the agreement; source 001:2224-2275."""

        SERVICE_LEVEL = "service_level", _("Serviceniveau")
        TASKS = "tasks", _("Opgaver")
        TEAM = "team", _("Team og kompetencer")
        HANDOVER = "handover", _("Overlevering til 2nd level")
        TOOLS = "tools", _("Redskaber")
        COOPERATION = "cooperation", _("Løbende samarbejde")

    PERSONAL = ()
    IMPERSONAL = ("id", "agreement", "kind", "text")

    agreement = models.ForeignKey(CooperationAgreement, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField(max_length=20_000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "kind"], name="agreements_part_once")]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.get_kind_display()}"


class Baseline(models.Model):
    """A measured period of a centre, from the first day to the last, both included (source 001:985-987).

    Until it is settled, days with something unusual are excluded. Then days and figures stay as they are.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "centre", "first_day", "last_day", "settled_at")

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="baselines")
    first_day = models.DateField()
    last_day = models.DateField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "first_day", "last_day"], name="agreements_baseline_once"),
            models.CheckConstraint(condition=Q(last_day__gt=F("first_day")), name="agreements_baseline_forwards"),
        ]

    def __str__(self) -> str:
        return f"{self.centre} {self.first_day:%d.%m.%Y}–{self.last_day:%d.%m.%Y}"


class ExcludedDay(models.Model):
    """A day that does not count in a baseline, with the reason and who decided it."""

    PERSONAL = ("chosen_by",)
    IMPERSONAL = ("id", "baseline", "day", "reason")

    baseline = models.ForeignKey(Baseline, on_delete=models.CASCADE, related_name="excluded_days")
    day = models.DateField()
    reason = models.CharField(max_length=300)
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["baseline", "day"], name="agreements_excludedday_once")]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}: {self.reason}"


class BaselineFigure(models.Model):
    """What one version of a figure was in a settled baseline, as `measures.baselines.MeasuredFigure`.

    `level`, `service`, `channel` and `within` as `AgreementTarget`.
    """

    PERSONAL = ()
    IMPERSONAL = (
        "id", "baseline", "kpi", "version", "level", "service", "channel", "within", "value", "low", "high", "base",
        "weeks",
    )  # fmt: skip

    baseline = models.ForeignKey(Baseline, on_delete=models.PROTECT, related_name="figures")
    kpi = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=0)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, blank=True, default="", choices=channel_groups.CHOICES)
    within = models.PositiveSmallIntegerField(null=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    base = models.IntegerField()
    weeks = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["kpi", "level", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["baseline", "kpi", "version", "level", "service", "channel", "within"],
                name="agreements_baselinefigure_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kpi} v{self.version} {self.value} ({self.base})"

    @property
    def measured(self) -> MeasuredFigure:
        return MeasuredFigure(self.value, self.low, self.high, self.base, self.weeks)


class AgreementTarget(models.Model):
    """A value that a KPI is to reach. It names the version of the KPI's definition, which no report may replace
    unseen.

    `baseline` is the settled period that an improvement is a percentage of. `within` is the promise in seconds that a
    service level is computed with; the queues' own promises without.
    `is_per_day` is False for counts that were signed as a plain number, before counts were held per day.
    `service` is None for the whole centre, `channel` is empty for all channels. A floor (bundniveau) is a value that no
    service may fall below.
    """

    class Aim(models.TextChoices):
        """How `value` is meant. Improvements are percent of the baseline (source 001:985-987)."""

        AT_LEAST = "at_least", _("mindst")
        AT_MOST = "at_most", _("højst")
        UP = "up", _("stiger i forhold til udgangspunktet med")
        DOWN = "down", _("falder i forhold til udgangspunktet med")

    class Level(models.IntegerChoices):
        BOTH = 0, _("1st og 2nd level")
        FIRST = 1, _("1st level")
        SECOND = 2, _("2nd level")

    PERSONAL = ()
    IMPERSONAL = (
        "id", "agreement", "kpi", "version", "level", "service", "channel", "aim", "value", "is_floor", "baseline",
        "within", "is_per_day",
    )  # fmt: skip

    agreement = models.ForeignKey(CooperationAgreement, on_delete=models.CASCADE, related_name="targets")
    kpi = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.BOTH)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, blank=True, default="", choices=channel_groups.CHOICES)
    aim = models.CharField(max_length=10, choices=Aim.choices)
    value = models.DecimalField(max_digits=10, decimal_places=2, validators=[_NOT_NEGATIVE])
    is_floor = models.BooleanField(default=False)
    baseline = models.ForeignKey(Baseline, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    within = models.PositiveSmallIntegerField(null=True, blank=True, validators=WITHIN)
    is_per_day = models.BooleanField(default=True)

    class Meta:
        ordering = ["kpi", "level", "service__name", "channel", "is_floor", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "kpi", "level", "service", "channel", "is_floor"],
                name="agreements_target_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kpi} v{self.version} {self.aim} {self.value}"


class ServiceStart(models.Model):
    """The targets of a service in its centre's agreements count from a day on; without a row they count on all days."""

    PERSONAL = ()
    IMPERSONAL = ("id", "centre", "service", "first_day")

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="service_starts")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()

    class Meta:
        ordering = ["first_day"]
        constraints = [models.UniqueConstraint(fields=["centre", "service"], name="agreements_servicestart_once")]

    def __str__(self) -> str:
        return f"{self.centre}: {self.service} {self.first_day:%d.%m.%Y}"
