"""Online forms: the form and its versions, what somebody has begun to fill in, and what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Purpose, Unit
from indgang.core.ids import uuid7
from indgang.correspondence.models.mailboxes import Mailbox
from indgang.correspondence.models.threads import Enclosure, Thread
from indgang.enquiries.models import Enquiry
from indgang.entry.models import Queue

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class OnlineFormQuerySet(models.QuerySet["OnlineForm"]):
    def open(self) -> Self:
        """Forms that people can fill in: published, and not withdrawn."""
        published = FormVersion.objects.filter(form=models.OuterRef("pk"), published_at__isnull=False)
        return self.filter(models.Exists(published), withdrawn_at=None)


class OnlineForm(models.Model):
    """A form on the public site, for one of the purposes for which one may write.

    What is sent waits in `queue`. Answers by mail leave from `mailbox`; without one they are on the status page only.
    """

    PERSONAL = ()
    IMPERSONAL = (
        "id", "code", "name", "name_en", "purpose", "unit", "centre", "queue", "mailbox", "saved_days", "order",
        "created_at", "withdrawn_at",
    )  # fmt: skip

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="forms")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="forms")
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="forms")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="forms")
    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.PROTECT, related_name="forms")
    saved_days = models.PositiveSmallIntegerField(default=14, help_text="how long saved answers are kept")
    order = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        versions: RelatedManager[FormVersion]

    objects = OnlineFormQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    def for_public(self, language: str) -> str:
        """The name on the public site in this language."""
        return (language == "en" and self.name_en) or self.name


class FormVersion(models.Model):
    """What a form asks and says, as of a version. A published version never changes; a better one is a new version.

    `definition` is that of `forms.definition`. Texts without English are shown in Danish.
    """

    PERSONAL = ("created_by", "published_by")
    IMPERSONAL = (
        "id", "form", "number", "definition", "intro", "intro_en", "privacy", "privacy_en", "receipt", "receipt_en",
        "created_at", "published_at", "revision",
    )  # fmt: skip

    form = models.ForeignKey(OnlineForm, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(default=dict)
    intro = models.TextField(blank=True, default="")
    intro_en = models.TextField(blank=True, default="")
    privacy = models.TextField(blank=True, default="", help_text="why it is asked and who sees it")
    privacy_en = models.TextField(blank=True, default="")
    receipt = models.TextField(blank=True, default="", help_text="what happens now, on the receipt")
    receipt_en = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["form", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="correspondence_formversion_number"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(published_at=None), name="correspondence_formversion_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.number}"

    def text(self, name: str, language: str) -> str:
        """The text `intro`, `privacy` or `receipt` in this language, in Danish where there is no English."""
        english = getattr(self, f"{name}_en") if language == "en" else ""
        return str(english or getattr(self, name))


class FormSubmission(models.Model):
    """What was sent with a form: the answers by field. `number` and `code` let the sender follow it.

    `filled_by` is the member of staff who filled it in for somebody who called.
    """

    PERSONAL = ("answers", "code", "filled_by")
    IMPERSONAL = ("thread", "version", "number", "sent_at")

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="submission")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="submissions")
    answers = models.JSONField(default=dict)
    number = models.PositiveIntegerField(unique=True)
    code = models.CharField(max_length=6, blank=True, default="")
    filled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return self.shown_number

    @property
    def shown_number(self) -> str:
        """The number as people read it; the letter tells it from those of hand-overs."""
        return f"F{self.number}"


class SavedAnswers(models.Model):
    """What somebody has filled in and not sent, found by its `token`; after it is sent, only what the receipt needs.

    `data` is what was typed, by the name of the field, as lists. The version stays the one they began with. `begun_by`
    began it for the caller of `enquiry`.
    """

    PERSONAL = ("token", "data", "submission", "begun_by")
    IMPERSONAL = ("id", "version", "enquiry", "language", "created_at", "expires_at")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = models.CharField(max_length=43, unique=True)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="saved")
    language = models.CharField(max_length=5, default="da")
    data = models.JSONField(default=dict)
    submission = models.ForeignKey(FormSubmission, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    begun_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    enquiry = models.ForeignKey(Enquiry, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    if TYPE_CHECKING:
        files: RelatedManager[SavedFile]
        uploads: RelatedManager[FileUpload]

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.pk)


class SavedFile(models.Model):
    """A file that was given with answers that have not been sent."""

    PERSONAL = ("name", "content")
    IMPERSONAL = ("id", "saved", "field", "kind", "size", "scan", "at")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    saved = models.ForeignKey(SavedAnswers, on_delete=models.CASCADE, related_name="files")
    field = models.CharField(max_length=40)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=127, help_text="media type, by its content")
    size = models.PositiveIntegerField(help_text="bytes")
    content = models.BinaryField()
    scan = models.CharField(max_length=10, choices=Enclosure.Scan.choices, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["saved", "at", "id"]

    def __str__(self) -> str:
        return self.name


class FileUpload(models.Model):
    """A file that comes in parts, for answers that have not been sent. `received` bytes of its `size` are here, without
    a gap; when all are, it becomes a SavedFile. `digest` is the SHA-256 that the browser stated, in hex, or empty."""

    PERSONAL = ("name", "digest")
    IMPERSONAL = ("id", "saved", "field", "declared", "size", "received", "began_at", "last_at")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    saved = models.ForeignKey(SavedAnswers, on_delete=models.CASCADE, related_name="uploads")
    field = models.CharField(max_length=40)
    name = models.CharField(max_length=150)
    declared = models.CharField(max_length=127, blank=True, default="", help_text="media type, as the browser said")
    size = models.PositiveIntegerField(help_text="bytes")
    digest = models.CharField(max_length=64, blank=True, default="")
    received = models.PositiveIntegerField(default=0, help_text="bytes")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    if TYPE_CHECKING:
        parts: RelatedManager[UploadPart]

    class Meta:
        ordering = ["saved", "began_at", "id"]

    def __str__(self) -> str:
        return self.name


class UploadPart(models.Model):
    """The bytes of a file that is on its way, from `start`."""

    PERSONAL = ("content",)
    IMPERSONAL = ("id", "upload", "start")

    upload = models.ForeignKey(FileUpload, on_delete=models.CASCADE, related_name="parts")
    start = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["upload", "start"]
        constraints = [models.UniqueConstraint(fields=["upload", "start"], name="correspondence_uploadpart_start")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.start}"
