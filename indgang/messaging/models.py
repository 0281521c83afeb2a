"""Queued mails."""

from __future__ import annotations

from django.db import models


class Mail(models.Model):
    """A queued mail. The row is deleted when the mail server has accepted it, so no personal data stays in the
    queue."""

    PERSONAL = ("to", "subject", "text", "html", "unsubscribe_url")
    IMPERSONAL = ("id", "message_id")

    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    unsubscribe_url = models.CharField(max_length=500, blank=True, default="")
    message_id = models.CharField(max_length=250, help_text="the same at each attempt, so that receivers see a copy")

    class Meta:
        indexes = [models.Index(fields=["unsubscribe_url"], condition=~models.Q(unsubscribe_url=""), name="mail_bulk")]

    def __str__(self) -> str:
        return f"mail {self.pk}"
