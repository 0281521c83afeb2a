"""A counting week: its purposes, who counts, and what was counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import CaseTopic, Purpose, Service, Unit
from indgang.core.schedule import working_days
from indgang.enquiries.models import Character

#: an enquiry takes no longer (minutes)
LONGEST_MINUTES = 480
#: days from the first to the last
LONGEST_DAYS = 31


class CountedChannel(models.TextChoices):
    """How the enquiry came. What is sent through the website counts as mail (R-111)."""

    PHONE = "phone", _("Telefon")
    MAIL = "mail", _("Mail")
    VISIT = "visit", _("Fremmøde")


class CountingWeek(models.Model):
    """A unit counts, for one service or for all, from the first to the last day."""

    PERSONAL = ("created_by",)
    IMPERSONAL = (
        "id", "unit", "service", "title", "starts_on", "ends_on", "days_a_year", "rounds_to", "asks_channel",
        "asks_character", "asks_minutes", "asks_outcome", "asks_digital", "created_at", "closed_at", "numbers_given",
    )  # fmt: skip

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    days_a_year = models.PositiveSmallIntegerField(
        default=250, validators=[MinValueValidator(1), MaxValueValidator(366)], help_text="in a year"
    )
    rounds_to = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(1), MaxValueValidator(1000)], help_text="enquiries a year"
    )
    asks_channel = models.BooleanField(default=True)
    asks_character = models.BooleanField(default=True)
    asks_minutes = models.BooleanField(default=True)
    asks_outcome = models.BooleanField(default=True)
    asks_digital = models.BooleanField(default=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    numbers_given = models.PositiveSmallIntegerField(default=0, help_text="the last number of a removed purpose")

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="analysis_counting_forwards"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def unit_ended(self) -> bool:
        """Whether the unit had an end before or in the week. What was counted stays under it."""
        return self.unit.valid_to is not None and self.unit.valid_to <= self.ends_on

    def asked(self, **marks: Any) -> dict[str, Any]:
        """The marks that the week asks for; the others are kept by nobody."""
        wanted = {
            "channel": self.asks_channel, "character": self.asks_character, "minutes": self.asks_minutes,
            "is_resolved": self.asks_outcome, "should_be_digital": self.asks_digital,
        }  # fmt: skip
        return {name: value for name, value in marks.items() if wanted[name]}

    def working_days_until(self, last: date) -> list[date]:
        """The days of the week, until the last one, that most people work: Monday to Friday, and no public holiday."""
        return working_days(self.starts_on, min(self.ends_on, last))


class CountedPurpose(models.Model):
    """A button of the tally: a local wording, and the cross-cutting purpose it belongs to and whether it is case
    processing, if somebody has said so."""

    PERSONAL = ()
    IMPERSONAL = ("id", "week", "name", "purpose", "topic", "order")

    week = models.ForeignKey(CountingWeek, on_delete=models.CASCADE, related_name="purposes")
    name = models.CharField(max_length=200)
    purpose = models.ForeignKey(Purpose, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=10, choices=CaseTopic.choices, blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["week", "name"], name="analysis_counted_purpose_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> int:
        """Its number on the printed sheet; no other purpose of the week ever has it."""
        return self.order + 1


class CountingPerson(models.Model):
    """Somebody who counts. `is_first_level`: in a main entry, or where enquiries come straight to case workers; empty:
    in a main entry when the unit operates a contact centre."""

    PERSONAL = ("person", "is_first_level")
    IMPERSONAL = ("id", "week")

    week = models.ForeignKey(CountingWeek, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    is_first_level = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["week", "person"], name="analysis_counts_once")]

    def __str__(self) -> str:
        return str(self.person)


class CountedSheet(models.Model):
    """A sheet of paper that was read. `digest` is that of the file: the same file is of one person."""

    PERSONAL = ("counted_by",)
    IMPERSONAL = ("id", "week", "digest", "read_at")

    week = models.ForeignKey(CountingWeek, on_delete=models.CASCADE, related_name="sheets")
    counted_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, help_text="SHA-256")
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["read_at", "pk"]

    def __str__(self) -> str:
        return f"{self.counted_by} {self.read_at:%d.%m.%Y}"


class CountedEnquiry(models.Model):
    """One enquiry. `key` comes from the page or the sheet, so that what is sent twice is counted once. The level is
    that of whoever counted it, kept here because people leave."""

    PERSONAL = ("counted_by",)
    IMPERSONAL = (
        "id", "week", "key", "day", "purpose", "channel", "character", "minutes", "is_resolved", "should_be_digital",
        "is_first_level", "counted_at", "from_paper", "sheet",
    )  # fmt: skip

    week = models.ForeignKey(CountingWeek, on_delete=models.CASCADE, related_name="enquiries")
    key = models.UUIDField(unique=True)
    day = models.DateField()
    purpose = models.ForeignKey(CountedPurpose, on_delete=models.PROTECT, related_name="enquiries")
    channel = models.CharField(max_length=10, choices=CountedChannel.choices, blank=True, default="")
    character = models.CharField(max_length=15, choices=Character.choices, blank=True, default="")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    is_resolved = models.BooleanField(null=True, blank=True)
    should_be_digital = models.BooleanField(null=True, blank=True)
    is_first_level = models.BooleanField(null=True, blank=True)
    counted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    counted_at = models.DateTimeField()
    from_paper = models.BooleanField(default=False)
    sheet = models.ForeignKey(
        CountedSheet, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries"
    )  # fmt: skip

    class Meta:
        ordering = ["counted_at", "pk"]
        indexes = [models.Index(fields=["week", "day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__lte=LONGEST_MINUTES), name="analysis_counted_minutes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.day:%d.%m.%Y}"
