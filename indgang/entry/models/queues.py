"""Queues, their terms by the day, and the messages to callers who wait in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import ContactCentre, Dated, DatedQuerySet, Schedule, Unit, in_force, one_at_a_time


class QueueQuerySet(DatedQuerySet):
    def for_calls(self) -> Self:
        """Queues in which callers wait."""
        return self.filter(work="call")

    def for_written(self) -> Self:
        """Queues in which mails, forms and SMS wait."""
        return self.filter(work="written")

    def with_terms(self, day: date) -> Self:
        """Each with the terms of that day as `terms_then`, in the same query; None where none were set."""
        holds = in_force(day, "terms")
        return self.annotate(terms_then=FilteredRelation("terms", condition=holds)).select_related("terms_then")


class Queue(Dated):
    """A queue of one centre: what an agent must be able to do, and how long to ring. `terms` hold by the day."""

    PERSONAL = ("closed_by",)
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "code", "work", "name", "name_en", "public_name", "public_name_en", "centre",
        "unit", "schedule", "priority", "ageing", "steps", "ring_seconds", "choose",
        "last_agent_seconds", "min_reoffer_seconds", "is_safe", "closed_at", "closed_until", "closed_reason",
    )  # fmt: skip

    class Choose(models.TextChoices):
        LONGEST_IDLE = "longest_idle", _("Længst ledig")
        BEST_SKILLED = "best_skilled", _("Bedst kvalificeret")

    class Work(models.TextChoices):
        CALL = "call", _("Opkald")
        WRITTEN = "written", _("Skriftlige henvendelser")
        CHAT = "chat", _("Chat")

    code = models.SlugField(max_length=60, unique=True)
    work = models.CharField(
        max_length=10, choices=Work.choices, default=Work.CALL, db_default=Work.CALL.value,
        help_text="what waits in it; written work is offered on the screen for `ring_seconds`",
    )  # fmt: skip
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    public_name = models.CharField(
        max_length=100, blank=True, default="", help_text="what citizens choose it by for a call; empty: they cannot"
    )
    public_name_en = models.CharField(max_length=100, blank=True, default="")
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="queues")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="queues")
    schedule = models.ForeignKey(Schedule, null=True, blank=True, on_delete=models.PROTECT, related_name="queues")
    priority = models.IntegerField(default=0)
    ageing = models.FloatField(default=0.0, help_text="priority points gained per second of waiting")
    steps = models.JSONField(
        default=list, help_text='[{"after": 0, "skills": {"byggesag": 2}, "also_queues": ["tmf-oevrige"]}]'
    )
    ring_seconds = models.PositiveSmallIntegerField(default=20)
    choose = models.CharField(max_length=20, choices=Choose.choices, default=Choose.LONGEST_IDLE)
    last_agent_seconds = models.PositiveSmallIntegerField(
        default=0, help_text="how long to wait for the agent the caller spoke with last; 0 is not at all"
    )
    min_reoffer_seconds = models.PositiveSmallIntegerField(
        default=15, help_text="how long a call that was refused or not answered does not ring at the same agent again"
    )
    is_safe = models.BooleanField(default=False, help_text="where a call goes that no rule covers")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True, default="")
    closed_reason = models.CharField(max_length=200, blank=True, default="")
    closed_until = models.DateTimeField(null=True, blank=True, help_text="empty: until somebody opens it again")

    objects = QueueQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        ordering = ["centre", "name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["is_safe"], condition=Q(is_safe=True), name="entry_queue_one_safe"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="") | Q(closed_at__isnull=False),
                name="entry_queue_closed_pair",
            ),
            models.CheckConstraint(
                condition=Q(closed_until__isnull=True) | Q(closed_until__gt=F("closed_at")),
                name="entry_queue_closed_forwards",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def for_public(self, language: str) -> str:
        """What the public site calls it; empty when it is not offered there."""
        return (language == "en" and self.public_name_en) or self.public_name

    @property
    def opening_hours(self) -> Schedule:
        """Its own opening hours, or those of its centre where it has none."""
        return self.schedule or self.centre.schedule

    def is_closed_at(self, at: datetime) -> bool:
        """Whether it is closed by hand at this time."""
        return self.closed_at is not None and (self.closed_until is None or at < self.closed_until)


#: the day from which the first terms of a queue hold
SINCE_EVER = date(1900, 1, 1)


class QueueTerms(Dated):
    """What a queue promises, how it is staffed and how it calls back, in a period. One row holds on any day; the past
    is never rewritten, so a figure of last year is computed from what was promised then."""

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "queue", "service_level_seconds", "service_level_percent", "wrap_up_seconds",
        "reserved", "callback_attempts", "callback_pause_minutes", "callback_from_hour", "callback_until_hour",
    )  # fmt: skip

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="terms")
    service_level_seconds = models.PositiveSmallIntegerField(default=100, help_text="promised: answered within these")
    service_level_percent = models.PositiveSmallIntegerField(default=80, help_text="the target: so many in time")
    wrap_up_seconds = models.PositiveSmallIntegerField(default=60)
    reserved = models.PositiveSmallIntegerField(default=0, help_text="free agents kept back for this queue")
    callback_attempts = models.PositiveSmallIntegerField(
        default=3,
        db_default=3,
        help_text="how often a promised call is tried in vain at most",
    )
    callback_pause_minutes = models.PositiveSmallIntegerField(default=15, db_default=15, help_text="between attempts")
    callback_from_hour = models.PositiveSmallIntegerField(
        default=8, db_default=8, help_text="nobody is rung earlier, by the clock in Copenhagen"
    )
    callback_until_hour = models.PositiveSmallIntegerField(default=20, db_default=20, help_text="nor from then on")

    class Meta(Dated.Meta):
        ordering = ["queue", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_queueterms_one", "queue")]

    def __str__(self) -> str:
        return f"{self.queue} {self.valid_from:%d.%m.%Y}"


class QueueMessage(Dated):
    """A short message to those who wait, switched by phase (its validity) or by hand (`active`)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "queue", "prompt_code", "phase", "every_seconds", "order", "active")

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="messages")
    prompt_code = models.SlugField(max_length=80)
    phase = models.CharField(max_length=100, blank=True, default="")
    every_seconds = models.PositiveSmallIntegerField(default=45)
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta(Dated.Meta):
        ordering = ["queue", "order"]

    def __str__(self) -> str:
        return f"{self.queue}: {self.prompt_code}"
