"""SMS as they were sent and received, and the numbers that want none."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN
from indgang.core.ids import uuid7
from indgang.correspondence.models.threads import ThreadMessage
from indgang.enquiries.models import Enquiry


class SmsMessage(models.Model):
    """One SMS; its key is our reference at the gateway. `enquiry` is empty for a keyword alone (STOP, START).

    `message` is its place in a thread; what is sent during a call has none. `state_at` is when it got its state, by the
    gateway's clock for receipts. `reason` says why it failed or is in doubt. `answers` is the message from the
    telephone that one of ours answers.
    """

    class Direction(models.TextChoices):
        IN = "in", _("Modtaget")
        OUT = "out", _("Sendt")

    class State(models.TextChoices):
        RECEIVED = "received", _("Modtaget")
        QUEUED = "queued", _("Sendes om lidt")
        SENDING = "sending", _("Sendes nu")
        ACCEPTED = "accepted", _("Sendt")
        DELIVERED = "delivered", _("Leveret")
        FAILED = "failed", _("Kom ikke frem")
        DOUBT = "doubt", _("Måske sendt")

    class Keyword(models.TextChoices):
        NONE = "", _("Intet")
        STOP = "stop", _("STOP")
        START = "start", _("START")

    PERSONAL = ("number", "text", "sent_by")
    IMPERSONAL = (
        "id", "direction", "enquiry", "message", "answers", "again", "encoding", "parts", "state", "state_at", "reason",
        "gateway_reference", "attempts", "keyword", "at", "own_number", "left_at",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    enquiry = models.ForeignKey(Enquiry, null=True, blank=True, on_delete=models.PROTECT, related_name="sms")
    message = models.OneToOneField(ThreadMessage, null=True, blank=True, on_delete=models.PROTECT, related_name="sms")
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="answered_by")
    again = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="sent_again_as",
        help_text="the message of the same text that failed or was in doubt",
    )  # fmt: skip
    number = models.CharField(max_length=30, help_text="of the telephone: E.164, or a sender's name")
    own_number = models.CharField(max_length=30, blank=True, default="", help_text="received: the number of ours")
    text = models.TextField()
    encoding = models.CharField(max_length=4, help_text="messaging.sms.parts.SmsEncoding")
    parts = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    state_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")
    gateway_reference = models.CharField(max_length=64, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    keyword = models.CharField(max_length=5, choices=Keyword.choices, blank=True, default=Keyword.NONE)
    at = models.DateTimeField(help_text="when it was written, or came in")
    left_at = models.DateTimeField(
        null=True, blank=True, help_text="when somebody decided not to send it again, though it failed or is in doubt"
    )
    sent_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["number", "-at"], condition=~Q(number=""), name="sms_by_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "gateway_reference"], condition=~Q(gateway_reference=""), name="sms_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.at.astimezone(COPENHAGEN):%d.%m.%Y %H:%M}"

    @property
    def is_trouble(self) -> bool:
        """Whether somebody must look after it: it did not arrive, or nobody knows."""
        return self.state in (self.State.FAILED, self.State.DOUBT)

    @property
    def trail_label(self) -> str:
        """Its key, because the audit trail keeps it for five years."""
        return f"SMS {self.pk}"


class SmsSilence(models.Model):
    """A number whose owner has written STOP; ended by START."""

    PERSONAL = ("number",)
    IMPERSONAL = ("id", "since", "until")

    number = models.CharField(max_length=30)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], condition=Q(until=None), name="sms_silence_once")]

    def __str__(self) -> str:
        return f"STOP {self.pk}"
