"""What became of the promised windows, day by day."""

from __future__ import annotations

from django.db import models

from indgang.catalogue.models import Service
from indgang.workforce.models.agreements import PromisedWindow


class ProvenDay(models.Model):
    """What became of one window on one day that is over (`routing.availability.proof.WindowDay`). Written once.

    Times are in seconds; `reachable`, `busy`, `paused` and `absent` add up to `promised`. `people` is how many the
    window named that day; empty for days that were stored before it was.
    """

    #: of fewer people it is not shown why they could not be asked: it would be known of whom
    FEWEST = 2
    OF_FEW = models.Case(models.When(people__gte=FEWEST, then=models.Value(False)), default=models.Value(True))

    PERSONAL = ()
    IMPERSONAL = (
        "id", "window", "day", "promised", "reachable", "busy", "paused", "absent", "inside", "outside", "answered",
        "reasons", "people", "proven_at",
    )  # fmt: skip

    window = models.ForeignKey(PromisedWindow, on_delete=models.PROTECT, related_name="proven_days")
    day = models.DateField()
    promised = models.PositiveIntegerField()
    reachable = models.PositiveIntegerField()
    busy = models.PositiveIntegerField(help_text="nobody could be asked: who was nearest to it was in a conversation")
    paused = models.PositiveIntegerField()
    absent = models.PositiveIntegerField()
    inside = models.PositiveIntegerField(help_text="attempts in the window")
    outside = models.PositiveIntegerField(help_text="attempts out of it")
    answered = models.PositiveIntegerField(help_text="of all attempts")
    reasons = models.JSONField(default=dict, help_text="of the attempts that were not answered: reason and number")
    people = models.PositiveSmallIntegerField(null=True)
    proven_at = models.DateTimeField()

    class Meta:
        ordering = ["window", "day"]
        indexes = [models.Index(fields=["day"], name="workforce_provenday_day")]
        constraints = [
            models.UniqueConstraint(fields=["window", "day"], name="workforce_provenday_once"),
            models.CheckConstraint(
                condition=models.Q(
                    promised=models.F("reachable") + models.F("busy") + models.F("paused") + models.F("absent")
                ),
                name="workforce_provenday_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window_id} {self.day}"

    @property
    def is_of_few(self) -> bool:
        """Whether what is said about the window is said about a person."""
        return self.people is None or self.people < self.FEWEST


class ProvenAttempt(models.Model):
    """One attempt that `proven_day` counts. It does not say who was asked: the unit promised that somebody can be."""

    PERSONAL = ()
    IMPERSONAL = ("id", "proven_day", "at", "service", "is_inside", "reason")

    proven_day = models.ForeignKey(ProvenDay, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="+", help_text="empty: somebody was asked by name"
    )
    is_inside = models.BooleanField(help_text="in the agreed time")
    reason = models.CharField(max_length=40, blank=True, default="", help_text="why it was not answered")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.proven_day_id} {self.at:%H:%M}"
