"""Shared mailboxes: how they are reached, where their mails go, and how far they have been read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Dated, DatedQuerySet, one_at_a_time, text_number
from indgang.entry.models import Queue

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class MailboxQuerySet(DatedQuerySet):
    def for_mail(self) -> Self:
        return self.exclude(adapter__in=Mailbox.SECURE)

    def for_secure_post(self) -> Self:
        return self.filter(adapter__in=Mailbox.SECURE)


class Mailbox(Dated):
    """A shared mailbox of a centre (fællespostkasse). Mails that no rule routes wait in `queue`.

    A mailbox of secure post has no mail address: `login` is the id of our system there, `secret` its key, and `cvr` the
    number that answers come from.

    `secret` is sealed. `reopens_days`: a reply to an enquiry that has ended opens it again within so many days, and
    begins a new one after that. `undo_seconds`: how long an answer is held before it leaves.
    """

    class Adapter(models.TextChoices):
        IMAP = "imap", _("IMAP og SMTP")
        MICROSOFT = "microsoft", _("Microsoft 365")
        SIMULATED = "simulated", _("Prøvepostkasse")
        POST = "post", _("Digital Post")
        SIMULATED_POST = "post_sim", _("Prøvepostkasse for Digital Post")

    class Security(models.TextChoices):
        TLS = "tls", _("TLS fra begyndelsen")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("Ingen kryptering (kun på samme maskine)")

    #: the adapters of secure post
    SECURE = (Adapter.POST, Adapter.SIMULATED_POST)

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "code", "name", "address", "centre", "queue", "language", "adapter", "cvr",
        "imap_host", "imap_port", "imap_security", "smtp_host", "smtp_port", "smtp_security", "login", "secret",
        "tenant", "client", "folder", "archive_folder", "sent_folder",
        "server_keeps_copies", "sender_name", "signature", "signature_en", "receipt",
        "receipt_en", "reopens_days", "undo_seconds",
    )  # fmt: skip

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    address = models.EmailField(blank=True, default="", help_text="empty for secure post")
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="mailboxes")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="mailboxes")
    language = models.CharField(max_length=5, default="da")
    adapter = models.CharField(max_length=10, choices=Adapter.choices)
    imap_host = models.CharField(max_length=253, blank=True, default="")
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    smtp_host = models.CharField(max_length=253, blank=True, default="")
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    cvr = models.CharField(max_length=8, blank=True, default="")
    login = models.CharField(max_length=254, blank=True, default="")
    secret = models.TextField(blank=True, default="")
    tenant = models.CharField(max_length=100, blank=True, default="", help_text="directory (tenant) id at Microsoft")
    client = models.CharField(max_length=100, blank=True, default="", help_text="application (client) id at Microsoft")
    folder = models.CharField(max_length=200, default="INBOX")
    archive_folder = models.CharField(
        max_length=200, blank=True, default="", help_text="where mails are moved when they are stored; empty: they stay"
    )
    sent_folder = models.CharField(max_length=200, blank=True, default="", help_text="empty: no copies are kept there")
    server_keeps_copies = models.BooleanField(
        default=False, help_text="the server itself puts a copy of what it sends into the folder"
    )
    sender_name = models.CharField(max_length=100, blank=True, default="", help_text="the name that answers come from")
    signature = models.TextField(blank=True, default="")
    signature_en = models.TextField(blank=True, default="")
    receipt = models.TextField(blank=True, default="", help_text="sent when a mail comes in; empty: no receipt")
    receipt_en = models.TextField(blank=True, default="")
    reopens_days = models.PositiveSmallIntegerField(default=14)
    undo_seconds = models.PositiveSmallIntegerField(default=10)

    if TYPE_CHECKING:
        rules: RelatedManager[RoutingRule]
        state: MailboxState

    objects = MailboxQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        verbose_name_plural = "mailboxes"
        ordering = ["name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                Lower("address"), condition=Q(valid_to=None) & ~Q(address=""), name="correspondence_mailbox_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_secure_post(self) -> bool:
        return self.adapter in self.SECURE


class MailboxState(models.Model):
    """How far a mailbox has been read, and whether it can be reached. Written by the process that reads it."""

    PERSONAL = ()
    IMPERSONAL = (
        "mailbox", "uid_validity", "last_uid", "checked_at", "received_at", "down_since", "fault", "send_down_since",
        "send_fault", "failing",
    )  # fmt: skip

    mailbox = models.OneToOneField(Mailbox, primary_key=True, on_delete=models.CASCADE, related_name="state")
    uid_validity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True, help_text="when it was last reached")
    received_at = models.DateTimeField(null=True, blank=True, help_text="when the last mail came in")
    down_since = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True, default="")
    send_down_since = models.DateTimeField(null=True, blank=True)
    send_fault = models.CharField(max_length=200, blank=True, default="")
    failing = models.JSONField(
        default=list, blank=True,
        help_text="what secure post lists and could not be taken: its id, how often it failed, and when last",
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.last_uid}"


class RoutingRule(Dated):
    """What happens to mails to a mailbox that meet the conditions. The first rule in order that fits decides.

    `conditions` are those of `correspondence.routing.Conditions`, as JSON. `queue` empty is that of the mailbox.
    """

    class Treatment(models.TextChoices):
        ROUTE = "route", _("Lægges i køen")
        SPAM = "spam", _("Behandles som spam")
        NO_ANSWER = "no_answer", _("Gemmes uden svar")

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "mailbox", "order", "name", "conditions", "treatment", "queue", "skills",
        "priority",
    )  # fmt: skip

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="rules")
    order = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=120)
    conditions = models.JSONField(default=dict)
    treatment = models.CharField(max_length=10, choices=Treatment.choices, default=Treatment.ROUTE)
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    skills = models.JSONField(default=dict, blank=True, help_text='{"byggesag": 2}')
    priority = models.IntegerField(default=0)

    class Meta(Dated.Meta):
        ordering = ["mailbox", "order", "pk"]

    def __str__(self) -> str:
        return self.name


class FormerAddress(Dated):
    """An old mail address that is forwarded to a mailbox from its first day until it is closed."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "address", "name", "forwards_to")

    address = models.EmailField()
    name = models.CharField(max_length=200, help_text="whose address it was")
    forwards_to = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="former_addresses")

    class Meta(Dated.Meta):
        ordering = ["address", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("correspondence_formeraddress_one", text_number("address")),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.name}"


class BlockedSender(models.Model):
    """A sender, or with `@` in front a domain, whose mails are spam; for one mailbox or all."""

    PERSONAL = ("sender", "by")
    IMPERSONAL = ("id", "mailbox", "since", "reason")

    sender = models.CharField(max_length=254)
    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.CASCADE, related_name="blocked")
    since = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["sender"]
        constraints = [
            models.UniqueConstraint(
                Lower("sender"), "mailbox", nulls_distinct=False, name="correspondence_blockedsender_once"
            )
        ]

    def __str__(self) -> str:
        return self.sender
