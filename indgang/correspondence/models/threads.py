"""Threads and their messages, as they were sent and received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.core.ids import uuid7
from indgang.correspondence.models.mailboxes import Mailbox, RoutingRule
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.models import Queue
from indgang.messaging import scanning

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ThreadQuerySet(models.QuerySet["Thread"]):
    def open(self) -> Self:
        """Threads that somebody has to answer."""
        return self.filter(state__in=Thread.OPEN)

    def with_names(self) -> Self:
        """With the rows whose names lists show."""
        return self.select_related("enquiry", "enquiry__party", "mailbox", "queue", "holder")


class Thread(models.Model):
    """The written side of one enquiry: with whom, through what, and where it stands.

    `token` in the subject or address of a mail leads back to the thread. `waits_since` is the first message of the
    contact that has no answer yet, and `due_at` by when it is to be answered. The state follows from the events of the
    enquiry.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Venter")
        IN_WORK = "in_work", _("Bliver besvaret")
        OVER = "over", _("Afsluttet")

    class Ending(models.TextChoices):
        ANSWERED = "answered", _("Besvaret")
        CLOSED = "closed", _("Afsluttet uden svar")
        AUTOMATIC = "automatic", _("Automatisk mail")
        SPAM = "spam", _("Spam")
        HANDED_OVER = "handed_over", _("Givet videre")
        MERGED = "merged", _("Lagt sammen med en anden")
        LEFT = "left", _("Gået fra chatten")
        UNTAKEN = "untaken", _("Lukket, før nogen tog chatten")

    OPEN = (State.WAITING, State.IN_WORK)

    PERSONAL = ("holder", "subject", "contact_name", "contact_address", "token", "reasons")
    IMPERSONAL = (
        "enquiry", "channel", "mailbox", "state", "ending", "queue", "skills", "priority", "rule",
        "language", "began_at", "waits_since", "due_at", "answered_at", "ended_at", "merged_into",
    )  # fmt: skip

    enquiry = models.OneToOneField(Enquiry, primary_key=True, on_delete=models.PROTECT, related_name="thread")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.PROTECT, related_name="threads")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    ending = models.CharField(max_length=15, choices=Ending.choices, blank=True, default="")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="threads")
    skills = models.JSONField(default=dict, blank=True)
    priority = models.IntegerField(default=0)
    rule = models.ForeignKey(RoutingRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reasons = models.JSONField(default=list, blank=True, help_text="why it lies there, as pairs of code and value")
    holder = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="threads")
    language = models.CharField(max_length=5, default="da")
    subject = models.CharField(max_length=250, blank=True, default="")
    contact_name = models.CharField(max_length=200, blank=True, default="")
    contact_address = models.CharField(
        max_length=254, blank=True, default="", help_text="mail address, or number (E.164); empty: unknown"
    )
    token = models.CharField(max_length=12, unique=True)
    began_at = models.DateTimeField()
    waits_since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="the last answer of ours")
    ended_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")

    if TYPE_CHECKING:
        messages: RelatedManager[ThreadMessage]

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at"]
        indexes = [
            models.Index(fields=["queue", "due_at"], condition=Q(state__in=["waiting", "in_work"]), name="thread_open"),
            models.Index(fields=["holder"], condition=Q(state="in_work"), name="thread_in_work_of"),
            models.Index(fields=["contact_address", "-began_at"], name="thread_of_contact"),
            models.Index(
                Lower("contact_address"),
                F("began_at").desc(),
                condition=~Q(contact_address=""),
                name="thread_of_contact_any_case",
            ),
            models.Index(fields=["mailbox", "-began_at"], name="thread_of_mailbox"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="over", ended_at__isnull=False) | (~Q(state="over") & Q(ended_at=None, ending="")),
                name="correspondence_thread_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.token}"

    @property
    def is_over(self) -> bool:
        return self.state == self.State.OVER

    @property
    def shown_contact(self) -> str:
        """The contact in lists: the name, else the address. The key of a contact of secure post is no address."""
        is_address = self.channel != Channel.SECURE_POST
        return self.contact_name or (self.contact_address if is_address else str(Channel.SECURE_POST.label))


class ThreadMessage(models.Model):
    """One message of a thread; it never changes but for `state`, by which one of ours leaves.

    `digest` is the SHA-256 of what came in or went out; the bytes are its `MessageSource`. `text` is the new text,
    `quoted` what the mail program repeated below it. `html` is safe to show. `kind` is a `messaging.reading.MailKind`.
    """

    class Direction(models.TextChoices):
        IN = "in", _("Modtaget")
        OUT = "out", _("Sendt")

    class State(models.TextChoices):
        RECEIVED = "received", _("Modtaget")
        HELD = "held", _("Sendes om lidt")
        SENDING = "sending", _("Sendes nu")
        SENT = "sent", _("Sendt")
        DELIVERED = "delivered", _("Leveret")
        REFUSED = "refused", _("Kunne ikke sendes")
        DOUBT = "doubt", _("Måske sendt")
        WITHDRAWN = "withdrawn", _("Fortrudt")

    PERSONAL = (
        "author", "sender_name", "sender_address", "to", "cc", "subject", "text", "quoted", "html", "message_id",
        "references", "fault",
    )  # fmt: skip
    IMPERSONAL = (
        "id", "thread", "mailbox", "direction", "kind", "automatic", "at", "claimed_at", "state", "state_at",
        "send_after", "attempts", "problems", "blocked_images", "digest", "size",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=20, default="message")
    automatic = models.BooleanField(default=False, help_text="a program wrote it: theirs, or ours (a receipt)")
    author = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(help_text="when it came in, or was written")
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="when it was sent, as it says itself")
    sender_name = models.CharField(max_length=200, blank=True, default="")
    sender_address = models.CharField(max_length=254, blank=True, default="")
    to = models.JSONField(default=list, blank=True)
    cc = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=250, blank=True, default="")
    text = models.TextField(blank=True, default="")
    quoted = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    message_id = models.CharField(max_length=998, blank=True, default="")
    references = models.JSONField(default=list, blank=True, help_text="Message-IDs, the nearest last")
    state = models.CharField(max_length=10, choices=State.choices)
    state_at = models.DateTimeField()
    send_after = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True, default="")
    problems = models.JSONField(default=list, blank=True, help_text="what was wrong with it, as codes")
    blocked_images = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveIntegerField(default=0, help_text="bytes")

    if TYPE_CHECKING:
        enclosures: RelatedManager[Enclosure]
        source: MessageSource

    class Meta:
        ordering = ["thread", "at", "id"]
        indexes = [
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="message_by_message_id"),
            models.Index(
                fields=["send_after"], condition=Q(state__in=["held", "sending"]), name="message_to_send"
            ),
            models.Index(fields=["sender_address", "-at"], name="message_by_sender"),
            models.Index(fields=["mailbox", "-at"], name="message_by_mailbox"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "digest"], condition=Q(direction="in") & ~Q(digest=""),
                name="correspondence_message_received_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.at:%d.%m.%Y %H:%M}"


class MessageSource(models.Model):
    """The bytes of a message as they came in or went out, for as long as the message is kept."""

    PERSONAL = ("raw",)
    IMPERSONAL = ("message",)

    message = models.OneToOneField(ThreadMessage, primary_key=True, on_delete=models.CASCADE, related_name="source")
    raw = models.BinaryField()

    def __str__(self) -> str:
        return str(self.message_id)


class Enclosure(models.Model):
    """A file with a message. `refused` says why it is kept but not given out; `scan` is what the virus scanner said."""

    PERSONAL = ("name", "content")
    IMPERSONAL = ("id", "message", "order", "kind", "size", "inline_id", "refused", "scan", "scanned_at")

    class Scan(models.TextChoices):
        NONE = "", _("Ikke undersøgt")
        CLEAN = "clean", _("Ingen virus fundet")
        INFECTED = "infected", _("Virus fundet")
        UNKNOWN = "unknown", _("Kunne ikke undersøges")

    message = models.ForeignKey(ThreadMessage, on_delete=models.CASCADE, related_name="enclosures")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=127, help_text="media type, by its content")
    size = models.PositiveIntegerField(help_text="bytes")
    inline_id = models.CharField(max_length=250, blank=True, default="")
    content = models.BinaryField()
    refused = models.CharField(max_length=40, blank=True, default="")
    scan = models.CharField(max_length=10, choices=Scan.choices, blank=True, default=Scan.NONE)
    scanned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["message", "order"]
        indexes = [
            models.Index(fields=["id"], condition=Q(scan__in=("", "unknown"), refused=""), name="enclosure_to_scan"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "order"], name="correspondence_enclosure_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_given_out(self) -> bool:
        """Whether people get the file. Where a virus scanner is set up, they get what it has found clean."""
        if self.refused or self.scan == self.Scan.INFECTED:
            return False
        return self.scan == self.Scan.CLEAN or not scanning.is_configured()


class ReplyDraft(models.Model):
    """What an agent has begun to answer; kept through reloads, calls in between and sign-outs."""

    PERSONAL = ("person", "fields")
    IMPERSONAL = ("id", "thread", "revision", "updated_at")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reply_drafts")
    fields = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="correspondence_replydraft_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.thread_id}"


class ThreadReader(models.Model):
    """A person who has the page of a thread open, since when, and when the page last said so."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "thread", "since", "seen_at")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="correspondence_threadreader_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.thread_id}"
