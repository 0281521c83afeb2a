"""Why conversations of a queue are recorded, by the day. Without a row nothing is recorded."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import Dated, DatedQuerySet, one_at_a_time
from indgang.entry.models.queues import Queue


class RecordingPurposeQuerySet(DatedQuerySet):
    def in_force(self, day: date) -> Self:
        """Those of the day that nobody has stopped."""
        return self.valid_on(day).filter(stopped_at=None)


class RecordingPurpose(Dated):
    """What conversations of a queue are recorded for, in a period: what callers are asked, on which basis, for how long
    it is kept and who may hear it. Never rewritten, because callers have agreed to it and recordings name it."""

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "queue", "purpose", "basis", "keep_days", "question", "question_en",
        "listeners", "stopped_at",
    )  # fmt: skip

    class RecordingBasis(models.TextChoices):
        CONSENT = "consent", _("Samtykke (artikel 6, stk. 1, litra a)")
        PUBLIC_TASK = "public_task", _("Opgave i samfundets interesse (artikel 6, stk. 1, litra e), med samtykke")

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="recording_purposes")
    purpose = models.CharField(max_length=200)
    basis = models.CharField(max_length=20, choices=RecordingBasis.choices, default=RecordingBasis.CONSENT)
    keep_days = models.PositiveSmallIntegerField(default=30, help_text="a recording is deleted so long after it began")
    question = models.CharField(max_length=400, help_text="what the caller is asked; the key 1 is yes")
    question_en = models.CharField(max_length=400, blank=True, default="")
    listeners = models.CharField(max_length=40, help_text="the role that may hear recordings, as in accounts.roles")
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="stopped by hand before its period was over")

    objects = RecordingPurposeQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        ordering = ["queue", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_recordingpurpose_one", "queue")]

    def __str__(self) -> str:
        return f"{self.queue}: {self.purpose}"

    @property
    def questions(self) -> dict[str, str]:
        """What callers are asked, by language; English callers hear the Danish question where there is no other."""
        return {code: text for code, text in (("da", self.question), ("en", self.question_en)) if text}

    @property
    def prompt_code(self) -> str:
        """The prompt of its question at the exchanges."""
        return f"optagelse-{self.pk}"
