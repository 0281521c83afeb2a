"""Messages of secure post, and what the service said of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indgang.core.ids import uuid7
from indgang.correspondence.models.mailboxes import Mailbox
from indgang.correspondence.models.threads import ThreadMessage


class SecurePost(models.Model):
    """The secure side of one message of a thread.

    `uuid` is the message's own (`messageUUID`). `party` is the other side with its number, sealed; `party_key`
    recognises it, and `party_shown` names it without the last digits. `number` and `contact_point` are theirs, and go
    back with an answer. A message that came is confirmed to the service once, at `confirmed_at`; `is_readable` says as
    what. `state_at` is by the service's clock for receipts.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Modtaget")
        QUEUED = "queued", _("Sendes om lidt")
        SENDING = "sending", _("Sendes nu")
        ACCEPTED = "accepted", _("Sendt")
        DELIVERED = "delivered", _("Leveret")
        NOT_REGISTERED = "no_mailbox", _("Ikke tilmeldt Digital Post")
        FAILED = "failed", _("Kom ikke frem")
        DOUBT = "doubt", _("Måske sendt")
        WITHDRAWN = "withdrawn", _("Fortrudt")

    PERSONAL = ("party", "party_key", "party_shown", "number")
    IMPERSONAL = (
        "id", "message", "mailbox", "uuid", "contact_point", "contact_point_name", "state", "state_at", "reason",
        "attempts", "is_readable", "confirmed_at",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.OneToOneField(ThreadMessage, on_delete=models.PROTECT, related_name="secure_post")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="secure_posts")
    uuid = models.UUIDField()
    party = models.TextField(blank=True, default="")
    party_key = models.CharField(max_length=60, blank=True, default="", help_text="the same for the same party")
    party_shown = models.CharField(max_length=200, blank=True, default="")
    number = models.CharField(max_length=128, blank=True, default="", help_text="messageID")
    contact_point = models.CharField(max_length=100, blank=True, default="")
    contact_point_name = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices)
    state_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    is_readable = models.BooleanField(default=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["mailbox"], condition=Q(state="received", confirmed_at=None),
                                name="secure_post_to_confirm"),
                   models.Index(fields=["state_at"], condition=Q(state__in=("queued", "sending")),
                                name="secure_post_leaving")]  # fmt: skip
        # what the municipality writes to its own number goes out and comes in with one UUID
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "uuid"], condition=Q(state="received"), name="correspondence_secure_post_came_once"
            ),
            models.UniqueConstraint(
                fields=["mailbox", "uuid"], condition=~Q(state="received"), name="correspondence_secure_post_sent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Digital Post {self.pk}"

    @property
    def trail_label(self) -> str:
        """Its key, because the audit trail keeps it for five years."""
        return f"Digital Post {self.pk}"
