"""What named people do inside their shifts at set times: meetings, training with a mentor, and other fixed tasks."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Dated
from indgang.workforce.models.contracts import ShiftActivity


class ShiftAppointment(Dated):
    """Something that some people of a centre do between two times on weekdays, every so many weeks from the week of
    `valid_from`. It lies inside their shifts."""

    PERSONAL = ("title",)
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "centre", "activity", "weekdays", "every_weeks", "opens", "closes",
    )  # fmt: skip

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="shift_appointments")
    activity = models.ForeignKey(ShiftActivity, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="0 for Monday")
    every_weeks = models.PositiveSmallIntegerField(default=1)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta(Dated.Meta):
        ordering = ["opens", "title", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="workforce_shiftappointment_hours"),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=8), name="workforce_shiftappointment_weeks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.opens:%H:%M}"


class AppointmentPerson(models.Model):
    """Somebody who takes part; in training the one who is trained, or the mentor."""

    PERSONAL = ("person", "is_mentor")
    IMPERSONAL = ("id", "appointment")

    appointment = models.ForeignKey(ShiftAppointment, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shift_appointments")
    is_mentor = models.BooleanField(default=False)

    class Meta:
        ordering = ["appointment", "is_mentor", "person"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "person"], name="workforce_appointmentperson_once")
        ]

    def __str__(self) -> str:
        return f"{self.appointment}: {self.person}"
