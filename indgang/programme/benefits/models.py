"""Benefit contracts, each with its versions, their signatures, and the months that are closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Unit
from indgang.measures.baselines import MeasuredFigure
from indgang.programme.benefits.terms import BenefitStep, MeasureWay


class BenefitContract(models.Model):
    """What a unit is to gain by a line of a business case. Case and line are codes, since the shipped cases have no
    rows. One that is withdrawn is kept and counts no more."""

    PERSONAL = ()
    IMPERSONAL = ("id", "case", "line", "unit", "created_at", "withdrawn_at", "withdrawn_because")

    case = models.SlugField(max_length=40)
    line = models.SlugField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["case", "line", "unit__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "line", "unit"], condition=Q(withdrawn_at=None), name="programme_benefit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.case} {self.line}"


class BenefitVersion(models.Model):
    """What the contract says, as it was written. It holds once its owner has signed it, until a later one is signed.

    `change` is the full effect, in the unit of measure, and `kroner` what one unit more costs: a month of it for what
    is a state (a share, a time, employees), each for what is counted. A benefit that is not measured has `change` in
    kroner a month. `services` are the codes that figures are counted for: those of the unit on the day it was written;
    empty for all of `centre`. The baseline was measured in its period, or comes from `baseline_source`.
    """

    class Way(models.TextChoices):
        """As `terms.MeasureWay`."""

        FIGURE = MeasureWay.FIGURE.value, _("Et nøgletal")
        STAFFING = MeasureWay.STAFFING.value, _("Årsværk i et kontaktcenter")
        COUNTED_ENQUIRIES = MeasureWay.COUNTED_ENQUIRIES.value, _("Henvendelser i tælleuger")
        COUNTED_MINUTES = MeasureWay.COUNTED_MINUTES.value, _("Minutter i tælleuger")
        NOT = MeasureWay.NOT.value, _("Kan ikke måles")

    APPEND_ONLY = True
    PERSONAL = ("owner", "made_by")
    IMPERSONAL = (
        "id", "contract", "number", "about", "way", "kpi", "kpi_version", "level", "centre", "services",
        "not_measured", "baseline_first", "baseline_last", "baseline_value", "baseline_low", "baseline_high",
        "baseline_base", "baseline_weeks", "baseline_source", "change", "kroner", "price_year", "steps", "assumption",
        "reason", "made_at",
    )  # fmt: skip

    contract = models.ForeignKey(BenefitContract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=1000, help_text="what is to come, in words")
    way = models.CharField(max_length=20, choices=Way.choices)
    kpi = models.CharField(max_length=60, blank=True, default="")
    kpi_version = models.PositiveSmallIntegerField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=0, help_text="0: both")
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    services = models.JSONField(default=list)
    not_measured = models.CharField(max_length=500, blank=True, default="", help_text="why it cannot be measured")
    baseline_first = models.DateField(null=True, blank=True)
    baseline_last = models.DateField(null=True, blank=True)
    baseline_value = models.FloatField(null=True, blank=True)
    baseline_low = models.FloatField(null=True, blank=True)
    baseline_high = models.FloatField(null=True, blank=True)
    baseline_base = models.IntegerField(default=0)
    baseline_weeks = models.PositiveSmallIntegerField(default=0)
    baseline_source = models.CharField(max_length=300, blank=True, default="")
    change = models.FloatField()
    kroner = models.FloatField()
    price_year = models.PositiveSmallIntegerField()
    steps = models.JSONField(help_text="[month, share] each")
    assumption = models.CharField(max_length=40, blank=True, default="", help_text="of the case, that it measures")
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["contract", "-number"]
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="programme_benefit_version")]

    def __str__(self) -> str:
        return f"{self.contract} {self.number}"

    @property
    def measure(self) -> MeasureWay:
        return MeasureWay(self.way)

    @property
    def phasing(self) -> tuple[BenefitStep, ...]:
        return tuple(BenefitStep(date.fromisoformat(month), share) for month, share in self.steps)

    @property
    def baseline(self) -> MeasuredFigure:
        return MeasuredFigure(
            self.baseline_value, self.baseline_low, self.baseline_high, self.baseline_base, self.baseline_weeks
        )

    @property
    def is_signed(self) -> bool:
        return hasattr(self, "signature")


def stored_steps(steps: Sequence[BenefitStep]) -> list[list[object]]:
    return [[each.month.isoformat(), each.share] for each in steps]


class BenefitSignature(models.Model):
    """The owner's signature on a version."""

    APPEND_ONLY = True
    PERSONAL = ("signed_by",)
    IMPERSONAL = ("id", "version", "signed_at")

    version = models.OneToOneField(BenefitVersion, on_delete=models.PROTECT, related_name="signature")
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version}"


class BenefitMonth(models.Model):
    """A closed month: what was measured, expected and realised by the version that held, and why, in the owner's words.

    `value` is None without data. `value_now` is the same figure for the services that the unit has now, where they are
    others than in the contract (`services_gone`, `services_new`).
    """

    APPEND_ONLY = True
    PERSONAL = ("closed_by",)
    IMPERSONAL = (
        "id", "contract", "version", "month", "value", "low", "high", "base", "weeks", "no_data", "factor", "change",
        "value_now", "services_gone", "services_new", "reason", "closed_at",
    )  # fmt: skip

    contract = models.ForeignKey(BenefitContract, on_delete=models.PROTECT, related_name="months")
    version = models.ForeignKey(BenefitVersion, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(help_text="its first day")
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    base = models.IntegerField(default=0)
    weeks = models.PositiveSmallIntegerField(default=0)
    no_data = models.CharField(max_length=20, blank=True, default="", help_text="following.NoData")
    factor = models.FloatField(help_text="kroner for one unit of measure in this month")
    change = models.FloatField(help_text="the expected difference from the baseline")
    value_now = models.FloatField(null=True)
    services_gone = models.JSONField(default=list)
    services_new = models.JSONField(default=list)
    reason = models.CharField(max_length=1000)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    class Meta:
        ordering = ["contract", "month"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="programme_benefit_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="programme_benefit_month_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.month:%Y-%m}"

    @property
    def measured(self) -> MeasuredFigure | None:
        if self.value is None:
            return None
        return MeasuredFigure(self.value, self.low, self.high, self.base, self.weeks)
