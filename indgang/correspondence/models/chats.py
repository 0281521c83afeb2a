"""Chats: the live side of a thread, and the number of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indgang.correspondence.models.threads import Enclosure, Thread, ThreadMessage

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Chat(models.Model):
    """A thread in which both sides are there. Its row is locked by whoever writes, so that lines are numbered.

    `key_hash` is the SHA-256 of the visitor's key, which is all that identifies them. `contact_read` and `centre_read`
    are the numbers of the last lines that each side has seen. Somebody types until the moment in their column.
    """

    class EndedHow(models.TextChoices):
        AGENT = "agent", _("Medarbejderen afsluttede")
        CONTACT = "contact", _("Gæsten afsluttede")
        SILENCE = "silence", _("Gæsten skrev ikke mere")
        CLOSING = "closing", _("Der blev lukket, før nogen tog chatten")

    PERSONAL = ("key_hash", "page", "transcript_to")
    IMPERSONAL = (
        "thread", "lines_count", "contact_read", "centre_read", "contact_typing_until", "centre_typing_until",
        "contact_wrote_at", "centre_wrote_at", "warned_at", "alternatives_at", "ended_how",
        "left_as",
    )  # fmt: skip

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="chat")
    key_hash = models.CharField(max_length=64, unique=True)
    page = models.CharField(max_length=300, blank=True, default="", help_text="the page that it was begun from")
    lines_count = models.PositiveIntegerField(default=0)
    contact_read = models.PositiveIntegerField(default=0)
    centre_read = models.PositiveIntegerField(default=0)
    contact_typing_until = models.DateTimeField(null=True, blank=True)
    centre_typing_until = models.DateTimeField(null=True, blank=True)
    contact_wrote_at = models.DateTimeField(null=True, blank=True)
    centre_wrote_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True, help_text="when it was said that the chat will end")
    alternatives_at = models.DateTimeField(
        null=True, blank=True, help_text="when a callback was suggested because nobody had time"
    )
    ended_how = models.CharField(max_length=10, choices=EndedHow.choices, blank=True, default="")
    left_as = models.OneToOneField(
        Thread, null=True, blank=True, on_delete=models.SET_NULL, related_name="left_in",
        help_text="the mail as which the question goes on after closing",
    )  # fmt: skip
    transcript_to = models.EmailField(blank=True, default="")

    if TYPE_CHECKING:
        lines: RelatedManager[ChatLine]

    def __str__(self) -> str:
        return str(self.thread_id)

    @property
    def unread(self) -> int:
        """How many lines the agent has not seen."""
        return max(0, self.lines_count - self.centre_read)


class ChatLine(models.Model):
    """The number of a message in its chat. `client_id` is given by the page that sent it: a repeat is stored once."""

    PERSONAL = ()
    IMPERSONAL = ("message", "chat", "number", "by_contact", "client_id")

    message = models.OneToOneField(ThreadMessage, primary_key=True, on_delete=models.CASCADE, related_name="line")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    by_contact = models.BooleanField()
    client_id = models.CharField(max_length=40, blank=True, default="")

    if TYPE_CHECKING:
        #: set by `chat.reading.page_of`
        files: list[Enclosure]

    class Meta:
        ordering = ["chat", "number"]
        constraints = [
            models.UniqueConstraint(fields=["chat", "number"], name="correspondence_chatline_number"),
            models.UniqueConstraint(
                fields=["chat", "by_contact", "client_id"], condition=~Q(client_id=""),
                name="correspondence_chatline_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.chat_id}: {self.number}"
