"""Reply texts (standardtekster): what is said often, in one place, and how often it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Dated, Unit
from indgang.entry.models import Queue

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ReplyText(Dated):
    """A text for answers: a snippet, or a whole answer. It belongs to a person, a queue's team or a unit.

    `code` is what is typed after a slash; of texts with the same code the nearest is taken: one's own, then the
    team's, then that of the lowest unit. `body` has fields as `texts.fields` reads them.
    """

    class Kind(models.TextChoices):
        SNIPPET = "snippet", _("Afsnit")
        ANSWER = "answer", _("Helt svar")

    PERSONAL = ("person",)
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "queue", "unit", "kind", "code", "title", "body", "language", "in_mails",
        "in_sms", "in_chats",
    )  # fmt: skip

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="reply_texts")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="reply_texts")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="reply_texts")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SNIPPET)
    code = models.SlugField(max_length=30, allow_unicode=True)
    title = models.CharField(max_length=120)
    body = models.TextField(max_length=5_000)
    language = models.CharField(max_length=5, default="da")
    in_mails = models.BooleanField(default=True)
    in_sms = models.BooleanField(default=False)
    in_chats = models.BooleanField(default=True)

    if TYPE_CHECKING:
        text_uses: RelatedManager[TextUse]

    class Meta(Dated.Meta):
        ordering = ["title", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=(
                    Q(person__isnull=False, queue=None, unit=None)
                    | Q(person=None, queue__isnull=False, unit=None)
                    | Q(person=None, queue=None, unit__isnull=False)
                ),
                name="correspondence_replytext_one_owner",
            ),
            models.UniqueConstraint(
                fields=["person", "queue", "unit", "code", "language"], condition=Q(valid_to=None),
                nulls_distinct=False, name="correspondence_replytext_code",
                violation_error_message=_("Der er allerede en standardtekst med den kode. Vælg en anden."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def belongs_to(self) -> str:
        """Whose it is, by name."""
        return str(self.person or self.queue or self.unit)


class TextUse(models.Model):
    """How often a text was inserted on a day. Nobody counts who did it."""

    PERSONAL = ()
    IMPERSONAL = ("id", "text", "day", "count")

    text = models.ForeignKey(ReplyText, on_delete=models.CASCADE, related_name="text_uses")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "day"], name="correspondence_textuse_once")]

    def __str__(self) -> str:
        return f"{self.text_id} {self.day}: {self.count}"


class CentreSignature(models.Model):
    """The signature of the mails of a centre, for its mailboxes that have none of their own, and how agents sign.

    A signature has fields as reply texts have; `{medarbejder}` is the agent's name as `naming` says.
    """

    class Naming(models.TextChoices):
        FULL = "full", _("Med fornavn og efternavn")
        FIRST = "first", _("Kun med fornavn")
        NONE = "none", _("Uden navn")

    PERSONAL = ()
    IMPERSONAL = ("centre", "text", "text_en", "naming")

    centre = models.OneToOneField(
        "catalogue.ContactCentre", primary_key=True, on_delete=models.CASCADE, related_name="signature"
    )
    text = models.TextField(max_length=5_000, blank=True, default="")
    text_en = models.TextField(max_length=5_000, blank=True, default="")
    naming = models.CharField(max_length=5, choices=Naming.choices, default=Naming.FULL)

    def __str__(self) -> str:
        return str(self.centre_id)
