"""Queued mails, and the messages of the simulated SMS network and of the simulated secure post."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class SimulatedSms(models.Model):
    """A message in the simulated network of the demo: to a telephone, or from one to the contact centre.

    `reference` is the sender's own, empty for one from a telephone. `arrives`: the telephone receives it.
    """

    PERSONAL = ("number", "text")
    IMPERSONAL = ("id", "reference", "from_telephone", "arrives", "at")

    reference = models.CharField(max_length=64, blank=True, default="")
    number = models.CharField(max_length=30, help_text="of the telephone, in E.164")
    text = models.TextField()
    from_telephone = models.BooleanField(default=False)
    arrives = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["number", "-at"], name="simulated_sms_telephone")]

    def __str__(self) -> str:
        return f"simulated SMS {self.pk}"


class SimulatedPost(models.Model):
    """A message in the simulated secure post of the demo: to a person, or from one to the mailbox of a centre.

    `number` is the CPR or CVR number of the simulated person or company. `code` is the error that the receipt tells.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("På vej")
        ARRIVED = "arrived", _("Modtaget")
        FAILED = "failed", _("Kom ikke frem")

    PERSONAL = ("number", "name", "memo")
    IMPERSONAL = ("id", "uuid", "mailbox", "is_incoming", "kind", "code", "state", "at")

    uuid = models.UUIDField()
    mailbox = models.CharField(max_length=60, help_text="the code of the mailbox of ours")
    is_incoming = models.BooleanField(default=False)
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=200, blank=True, default="")
    memo = models.BinaryField()
    code = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mailbox", "state"], name="simulated_post_waiting")]
        constraints = [models.UniqueConstraint(fields=["uuid", "is_incoming"], name="simulated_post_once")]

    def __str__(self) -> str:
        return f"simulated post {self.pk}"
