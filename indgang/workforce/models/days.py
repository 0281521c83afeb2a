"""What people have said about their own days."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from indgang.accounts.models import Person
from indgang.catalogue.models import Unit


class DayNote(models.Model):
    """A part of a person's day: absent, or at work from home. Without `ends_at` it lasts until further notice.

    Notes of one person never overlap, because a new one cuts the older ones. One exception: who works at home may be
    busy by their calendar meanwhile, or have overruled it.
    """

    class Source(models.TextChoices):
        PERSON = "person"
        LEADER = "leader"
        CALENDAR = "calendar"

    PERSONAL = ("person", "kind", "starts_at", "ends_at", "source", "noted_at", "noted_by")
    IMPERSONAL = ("id",)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="day_notes")
    kind = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PERSON)
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["person", "starts_at"]
        indexes = [models.Index(fields=["person", "starts_at"], name="workforce_daynote_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="workforce_daynote_forwards"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.kind} {self.starts_at:%Y-%m-%d %H:%M}"


class CalendarFeed(models.Model):
    """A person's calendar at another system. `address` is sealed: whoever knows it reads the whole calendar."""

    PERSONAL = ("person", "address")
    IMPERSONAL = ("id", "asked_at", "answered_at", "fault")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="calendar_feed")
    address = models.TextField()
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="when it was last read whole")
    fault = models.CharField(max_length=20, blank=True, default="", help_text="of the last time it was asked")

    def __str__(self) -> str:
        return f"{self.person}: {self.fault or 'ok'}"


class FreeBusy(models.Model):
    """A person who is asked for at Microsoft 365, or has said no. Without `own_choice` it is as their unit has it."""

    PERSONAL = ("person", "own_choice")
    IMPERSONAL = ("id", "asked_at", "answered_at", "fault")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="free_busy")
    own_choice = models.BooleanField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="when the times were last read")
    fault = models.CharField(max_length=20, blank=True, default="", help_text="of the last time it was asked")

    def __str__(self) -> str:
        return f"{self.person}: {self.fault or 'ok'}"


class FreeBusyUnit(models.Model):
    """A unit whose people are asked for at Microsoft 365, those of the units below it included."""

    PERSONAL = ()
    IMPERSONAL = ("id", "unit", "since")

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="free_busy")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.unit)


class FreeBusySource(models.Model):
    """How Microsoft 365 answered last: one row, with key 1."""

    PERSONAL = ()
    IMPERSONAL = ("id", "asked_at", "answered_at", "fault", "wait_until")

    id = models.PositiveSmallIntegerField(primary_key=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=20, blank=True, default="")
    wait_until = models.DateTimeField(null=True, blank=True, help_text="it asked to be left alone until then")

    def __str__(self) -> str:
        return self.fault or "ok"
