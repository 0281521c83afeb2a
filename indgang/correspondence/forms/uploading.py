"""Large files come in parts, so that a broken connection or a page that is loaded again loses no more than one part.

The browser states name and length first and then sends the parts in order. What is too large is refused before anything
is read, and no part may lead beyond the stated length. When all parts are here, the length and the stated SHA-256 are
checked, and the file is taken as if it had come at once; it keeps the key of its upload. What nobody goes on with is
deleted after `KEPT`, and after `KEPT_EMPTY` when no part ever came. Only bytes that came count as room that is taken.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import given_files, saving, versions
from indgang.correspondence.forms.definition import FieldKind, FormField
from indgang.correspondence.forms.given_files import ExaminedFile, GivenFile
from indgang.correspondence.models import FileUpload, SavedAnswers, UploadPart
from indgang.messaging.reading import file_names

#: the most bytes of a part
PART = 1_000_000
#: how long the parts are kept after the last one came
KEPT = timedelta(hours=24)
#: how long a file is waited for of which no part has come
KEPT_EMPTY = timedelta(minutes=15)
#: bytes that came of all files on their way, of everybody: from the first on no file is begun, up to the second
#: those that were begun go on
MOST_ON_THEIR_WAY, MOST_OF_BEGUN = 2_000_000_000, 3_000_000_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Full(Exception):
    """There is no room for more files on their way just now; the message says so to the visitor."""

    def __init__(self) -> None:
        super().__init__(_("Der er mange filer på vej lige nu. Prøv igen om lidt."))


class OutOfStep(Exception):
    """The part does not begin where the last one ended. `received` says from where to go on."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


@transaction.atomic
def begin(
    saved: SavedAnswers, *, code: str, name: str, declared: str, size: int, digest: str, at: datetime
) -> FileUpload:
    """The file that is to come, or the same one that was begun before. Raises RefusedChange when it is not taken, and
    Full when it is to be tried again later."""
    saved = saving.locked(saved)
    forget_abandoned(at)
    asked = _asked(saved, code)
    name, digest = file_names.clean(name), digest if _DIGEST.fullmatch(digest) else ""
    for there in saved.uploads.filter(field=code, name=name, size=size, digest=digest):
        return there
    refused = given_files.no_room(saved, asked, name, size)
    if refused:
        raise RefusedChange({"": refused})
    _refuse_when_full(size, MOST_ON_THEIR_WAY)
    return FileUpload.objects.create(
        saved=saved, field=code, name=name, declared=declared[:127], size=size, digest=digest, began_at=at, last_at=at
    )


@transaction.atomic
def add(saved: SavedAnswers, key: UUID, *, start: int, content: bytes, at: datetime) -> FileUpload | None:
    """Add the part that begins at `start`; the same part again changes nothing. None when the file is not on its way
    any more (`finish` says what became of it). Raises OutOfStep, Full, and RefusedChange when the form was sent."""
    saved = saving.locked(saved)
    upload = saved.uploads.filter(pk=key).first()
    if upload is None:
        return None
    if start != upload.received or not content or len(content) > min(PART, upload.size - start):
        raise OutOfStep(upload.received)
    _refuse_when_full(len(content), MOST_OF_BEGUN)
    UploadPart.objects.create(upload=upload, start=start, content=content)
    upload.received, upload.last_at = start + len(content), at
    upload.save(update_fields=["received", "last_at"])
    return upload


def finish(saved: SavedAnswers, key: UUID, *, at: datetime) -> str:
    """Attach the file whose parts are all here; why it is not attached, else empty. Its parts are deleted either way.

    The file is read and scanned first, without a transaction: the scanner may take long. Raises OutOfStep, and
    RefusedChange when the form was sent."""
    upload = saved.uploads.filter(pk=key).first()
    if upload is None:
        return _became_of(saved, key)
    if upload.received < upload.size:
        raise OutOfStep(upload.received)
    content = b"".join(bytes(part.content) for part in upload.parts.all())
    given = GivenFile(upload.field, upload.name, upload.declared, len(content), content)
    examined = None if _is_changed(upload, content) else given_files.examine(given)
    return _attach(saved, upload, examined, at)


@transaction.atomic
def _attach(saved: SavedAnswers, upload: FileUpload, examined: ExaminedFile | None, at: datetime) -> str:
    """Take the file, unless the upload was attached or removed meanwhile. None stands for one that was changed."""
    saved = saving.locked(saved)
    if not saved.uploads.filter(pk=upload.pk).exists():
        return _became_of(saved, upload.pk)
    saved.uploads.filter(pk=upload.pk).delete()
    if examined is None:
        return _("%(name)s blev ændret undervejs. Vælg den igen.") % {"name": upload.name}
    return given_files.attach(saved, _asked(saved, upload.field), examined, at, key=upload.pk)


@transaction.atomic
def _became_of(saved: SavedAnswers, key: UUID) -> str:
    """Empty when the upload that is not there any more became a file; else that it did not."""
    saved = saving.locked(saved)
    return "" if saved.files.filter(pk=key).exists() else _("Filen er ikke vedhæftet. Vælg den igen.")


def _is_changed(upload: FileUpload, content: bytes) -> bool:
    whole = hashlib.sha256(content).hexdigest()
    return len(content) != upload.size or bool(upload.digest and whole != upload.digest)


def _refuse_when_full(more: int, most: int) -> None:
    together = FileUpload.objects.aggregate(bytes=Sum("received"))["bytes"] or 0
    if together + more > most:
        raise Full


@transaction.atomic
def forget_abandoned(at: datetime) -> int:
    """Delete the files on their way that nobody has gone on with. Returns how many."""
    over = Q(last_at__lte=at - KEPT) | Q(last_at__lte=at - KEPT_EMPTY, received=0)
    rows = FileUpload.objects.select_for_update(skip_locked=True).filter(over)  # a part may be coming just now
    keys = list(rows.values_list("pk", flat=True))
    UploadPart.objects.filter(upload__in=keys).delete()
    FileUpload.objects.filter(pk__in=keys).delete()
    return len(keys)


def _asked(saved: SavedAnswers, code: str) -> FormField:
    asked = versions.definition_of(saved.version).field(code)
    if asked is None or asked.kind is not FieldKind.FILE:
        raise RefusedChange({"": _("Formularen tager ikke imod filer her.")})
    return asked
