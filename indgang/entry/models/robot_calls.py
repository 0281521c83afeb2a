"""Robot calls: orders to ring a number and go through a script, with what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import models

#: how long after the end of its time it may take until what became of a call is written
STILL_WRITTEN = timedelta(minutes=10)


class RobotCallQuerySet(models.QuerySet["RobotCall"]):
    def finished(self, reference: str) -> Self:
        """Those whose reference begins like this, with a result that nobody has collected yet, oldest first."""
        over = self.exclude(outcome="").filter(collected_at=None, reference__startswith=reference)
        return over.order_by("ended_at", "pk")

    def forgotten(self, at: datetime) -> Self:
        """Those without a result though nothing can become of them any more: their order was never taken. What the
        switchboard did in their last moments is written by now."""
        return self.filter(outcome="", rung_at=None, answered_at=None, until__lt=at - STILL_WRITTEN)


class RobotCall(models.Model):
    """`script` is a `board.robot_script.Script`; `number` (E.164) is rung from `ours`, before `until`, and blanked when
    the call is over.

    `outcome` is a `board.robot_script.RobotOutcome`, empty until then; `marks` has one key for each question, null
    without an answer; `why` is the reason of a refused number. `collected_at` is when the package that placed the call
    took its result; it takes the sound of the comment, too, which may come later.
    """

    PERSONAL = ("number", "comment")
    IMPERSONAL = (
        "id", "reference", "placed_at", "ours", "script", "ring_seconds", "until", "rung_at", "answered_at", "ended_at",
        "outcome", "why", "marks", "has_comment", "comment_at", "collected_at",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid4)
    reference = models.CharField(max_length=80, blank=True, default="", help_text="of whoever placed it")
    placed_at = models.DateTimeField()
    number = models.CharField(max_length=20, blank=True, default="")
    ours = models.CharField(max_length=20, blank=True, default="")
    script = models.JSONField()
    ring_seconds = models.PositiveSmallIntegerField(default=25)
    until = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, default="")
    why = models.CharField(max_length=40, blank=True, default="")
    marks = models.JSONField(default=list, blank=True)
    has_comment = models.BooleanField(default=False)
    comment = models.BinaryField(null=True, blank=True, help_text="WAV")
    comment_at = models.DateTimeField(null=True, blank=True)
    collected_at = models.DateTimeField(null=True, blank=True)

    objects = RobotCallQuerySet.as_manager()

    class Meta:
        ordering = ["placed_at"]
        indexes = [
            models.Index(fields=["ended_at"], name="entry_robot_uncollected", condition=models.Q(collected_at=None)),
            models.Index(fields=["until"], name="entry_robot_waiting", condition=models.Q(outcome="")),
            models.Index(fields=["collected_at"], name="entry_robot_collected"),
            models.Index(fields=["reference"], name="entry_robot_reference"),
            models.Index(
                fields=["comment_at"], name="entry_robot_comments", condition=models.Q(comment__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.id}: {self.outcome or 'waiting'}"
