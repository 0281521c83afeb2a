"""What became of the promised windows, day by day."""

from __future__ import annotations

from django.db import models

from indgang.workforce.models.agreements import PromisedWindow


class ProvenDay(models.Model):
    """What became of one window on one day that is over (`routing.availability.proof.WindowDay`). Written once.

    Times are in seconds; `reachable`, `busy`, `paused` and `absent` add up to `promised`.
    """

    PERSONAL = ()
    IMPERSONAL = (
        "id", "window", "day", "promised", "reachable", "busy", "paused", "absent", "inside", "outside", "answered",
        "reasons", "proven_at",
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
