"""The roll-ups of the event log; what people type for the figures that they count; and the settlement between centres:
terms, and closed statements with their lines."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Dated, one_at_a_time
from indgang.measures.figure_names import FIGURE_NAMES


class RollupRow(models.Model):
    """What is counted under a key: its codes as they were, and the sums.

    `buckets` and `counts` are the histogram of the times (`histogram`), bucket by bucket. Codes point at no row, so
    that figures outlive what they were counted for.
    """

    measure = models.CharField(max_length=20, help_text="rollups.facts.Measure")
    centre = models.CharField(max_length=60, blank=True, default="")
    queue = models.CharField(max_length=60, blank=True, default="")
    service = models.CharField(max_length=100, blank=True, default="")
    purpose = models.CharField(max_length=80, blank=True, default="")
    channel = models.CharField(max_length=10, blank=True, default="")
    level = models.SmallIntegerField(default=1)
    outcome = models.CharField(max_length=20, blank=True, default="")
    whole = models.IntegerField(default=0)
    part = models.IntegerField(default=0)
    short = models.IntegerField(default=0)
    milliseconds = models.BigIntegerField(default=0)
    target_points = models.IntegerField(default=0)
    buckets = ArrayField(models.SmallIntegerField(), default=list)
    counts = ArrayField(models.IntegerField(), default=list)

    class Meta:
        abstract = True


_KEY = ["measure", "centre", "queue", "service", "purpose", "channel", "level", "outcome"]
_COUNTED = (*_KEY, "whole", "part", "short", "milliseconds", "target_points", "buckets", "counts")


class Rollup(RollupRow):
    """What one quarter of an hour counts under one key (`rollups.facts.FactKey`); only `rollups.store` writes it."""

    PERSONAL = ()
    IMPERSONAL = ("id", "quarter", *_COUNTED)

    quarter = models.DateTimeField(help_text="its beginning")

    class Meta:
        ordering = ["quarter", "measure", "centre", "queue"]
        constraints = [models.UniqueConstraint(fields=["quarter", *_KEY], name="measures_rollup_key")]

    def __str__(self) -> str:
        return f"{self.quarter:%d.%m.%Y %H:%M} {self.measure} {self.queue} {self.whole}"


class SummedRollup(RollupRow):
    """The rows of `Rollup` added up by days and months in Copenhagen (`rollups.grains`), written with them.

    A month's `day` is its first. Rows of a grain without services have none.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "grain", "day", *_COUNTED)

    grain = models.CharField(max_length=12, help_text="rollups.grains.Grain")
    day = models.DateField(help_text="in Copenhagen")

    class Meta:
        ordering = ["grain", "day", "measure", "centre", "queue"]
        constraints = [models.UniqueConstraint(fields=["grain", "day", *_KEY], name="measures_summedrollup_key")]

    def __str__(self) -> str:
        return f"{self.grain} {self.day:%d.%m.%Y} {self.measure} {self.queue} {self.whole}"


class RollupState(models.Model):
    """By which version of the facts the roll-ups are counted (`rollups.formula`), and until when time on duty is
    (`rollups.duty`); one row."""

    PERSONAL = ()
    IMPERSONAL = ("id", "facts_version", "on_duty_until")

    facts_version = models.PositiveSmallIntegerField(help_text="rollups.facts.FACTS_VERSION")
    on_duty_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"version {self.facts_version}"


class EnteredFigure(models.Model):
    """Who types the values of a figure that people count (`entered_kinds`), and the imported series that feeds it: a
    subject, or the beginning of one."""

    PERSONAL = ("responsible",)
    IMPERSONAL = ("id", "figure", "series")

    figure = models.CharField(max_length=40, unique=True)
    responsible = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    series = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["figure"]

    def __str__(self) -> str:
        return f"{FIGURE_NAMES.get(self.figure, self.figure)}"


class EnteredValue(models.Model):
    """What somebody typed for a period of a figure, of a centre or of the whole municipality. The newest row of a
    period counts; one without a number takes the value back."""

    APPEND_ONLY = True
    PERSONAL = ("note", "entered_by")
    IMPERSONAL = ("id", "figure", "centre", "first_day", "last_day", "counted", "out_of", "entered_at")

    figure = models.CharField(max_length=40)
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    counted = models.PositiveIntegerField(null=True, blank=True)
    out_of = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-first_day", "-id"]
        indexes = [models.Index(fields=["first_day", "figure"], name="measures_enteredvalue_day")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gt=F("first_day")), name="measures_enteredvalue_days"),
            models.CheckConstraint(
                condition=Q(out_of=None) | Q(counted=None) | Q(counted__lte=F("out_of")),
                name="measures_enteredvalue_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{FIGURE_NAMES.get(self.figure, self.figure)} {self.first_day:%Y-%m}"


class SettlementTerms(Dated):
    """What `owner` pays for calls that `answered_by` (any centre when empty) answers for it, in whole months.

    Amounts are kroner without VAT. See `AgreedPrices` for what each field counts. Terms of a closed month are final.
    """

    class Rule(models.TextChoices):
        """As `prices.OwnerRule`."""

        ENTRY = "entry", _("Det center, hvis nummer der blev ringet til")
        FIRST_QUEUE = "first_queue", _("Det center, hvis kø opkaldet først kom i")

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "owner", "answered_by", "rule", "per_call", "per_minute", "free_seconds",
        "wrap_up", "minimum", "cap", "vat_percent",
    )  # fmt: skip

    owner = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=20, choices=Rule.choices, default=Rule.ENTRY)
    per_call = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    per_minute = models.DecimalField(max_digits=9, decimal_places=2, default=0, help_text="each begun one")
    free_seconds = models.PositiveSmallIntegerField(default=0, help_text="calls of at most so many cost nothing")
    wrap_up = models.BooleanField(default=False, help_text="minutes include the agent's wrap-up")
    minimum = models.DecimalField(max_digits=11, decimal_places=2, null=True, blank=True, help_text="a month")
    cap = models.DecimalField(max_digits=11, decimal_places=2, null=True, blank=True, help_text="a month")
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta(Dated.Meta):
        ordering = ["owner__name", "answered_by__name", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("measures_settlementterms_one", "owner", Coalesce("answered_by", Value(0))),
            models.CheckConstraint(
                condition=Q(valid_from__day=1) & (Q(valid_to=None) | Q(valid_to__day=1)),
                name="measures_settlementterms_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("owner")), name="measures_settlementterms_others"
            ),
            models.CheckConstraint(
                condition=Q(per_call__gte=0, per_minute__gte=0)
                & (Q(minimum=None) | Q(minimum__gte=0, answered_by__isnull=False))
                & (Q(cap=None) | Q(cap__gte=Coalesce("minimum", Value(0), output_field=models.DecimalField()))),
                name="measures_settlementterms_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} – {self.answered_by or '*'} {self.valid_from:%d.%m.%Y}"


class SettlementStatement(models.Model):
    """What a centre owes for one month, closed. A later one of the same month holds the difference (`corrects`).

    `number` counts all statements without a gap.
    """

    APPEND_ONLY = True
    PERSONAL = ("closed_by",)
    IMPERSONAL = ("id", "number", "owner", "month", "corrects", "closed_at", "calls", "net", "vat", "total")

    number = models.PositiveIntegerField(unique=True)
    owner = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="its first day")
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections", help_text="the first one"
    )
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=200)
    calls = models.IntegerField()
    net = models.DecimalField(max_digits=13, decimal_places=2)
    vat = models.DecimalField(max_digits=13, decimal_places=2)
    total = models.DecimalField(max_digits=13, decimal_places=2)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "month"], condition=Q(corrects=None), name="measures_settlementstatement_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="measures_settlementstatement_month"),
            models.CheckConstraint(condition=Q(total=F("net") + F("vat")), name="measures_settlementstatement_total"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.owner} {self.month:%m.%Y}"


class StatementLine(models.Model):
    """A line of a statement, as `SettlementLine`: no number and no name of anybody, only the id of the enquiry.

    Centres and queues are codes as they were.
    """

    APPEND_ONLY = True
    PERSONAL = ()
    IMPERSONAL = (
        "id", "statement", "kind", "answered_by", "enquiry", "answered_at", "queue", "calls", "free_calls",
        "talk_seconds", "wrap_up_seconds", "minutes", "amount",
    )  # fmt: skip

    statement = models.ForeignKey(SettlementStatement, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, help_text="prices.SettledAs")
    answered_by = models.CharField(max_length=60)
    enquiry = models.UUIDField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    queue = models.CharField(max_length=60, blank=True, default="")
    calls = models.SmallIntegerField(default=0)
    free_calls = models.SmallIntegerField(default=0)
    talk_seconds = models.IntegerField(default=0)
    wrap_up_seconds = models.IntegerField(default=0)
    minutes = models.IntegerField(default=0)
    amount = models.DecimalField(max_digits=13, decimal_places=2)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.enquiry or ''} {self.amount}"
