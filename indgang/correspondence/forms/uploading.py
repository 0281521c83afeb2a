"""Large files come in parts, so that a broken connection or a page that is loaded again loses no more than one part.

The browser states name and length first and then sends the parts in order. What is too large is refused before anything
is read, and no part may lead beyond the stated length. When all parts are here, the length and the stated SHA-256 are
checked, and the file is taken as if it had come at once. What nobody goes on with is deleted after `KEPT`.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import given_files, saving, versions
from indgang.correspondence.forms.definition import FieldKind, FormField
from indgang.correspondence.forms.given_files import GivenFile
from indgang.correspondence.models import FileUpload, SavedAnswers, UploadPart
from indgang.messaging.reading import file_names

#: the most bytes of a part
PART = 1_000_000
#: how long the parts are kept after the last one came
KEPT = timedelta(hours=24)
#: bytes of all files that are on their way at the same time, of everybody
MOST_ON_THEIR_WAY = 2_000_000_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


class OutOfStep(Exception):
    """The part does not begin where the last one ended. `received` says from where to go on."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


@transaction.atomic
def begin(
    saved: SavedAnswers, *, code: str, name: str, declared: str, size: int, digest: str, at: datetime
) -> FileUpload:
    """The file that is to come, or the same one that was begun before. Raises RefusedChange when it is not taken."""
    saved = saving.locked(saved)
    forget_abandoned(at)
    asked = _asked(saved, code)
    name, digest = file_names.clean(name), digest if _DIGEST.fullmatch(digest) else ""
    for there in saved.uploads.filter(field=code, name=name, size=size, digest=digest):
        return there
    refused = given_files.no_room(saved, asked, name, size)
    if refused:
        raise RefusedChange({"": refused})
    together = FileUpload.objects.aggregate(bytes=Sum("size"))["bytes"] or 0
    if together + size > MOST_ON_THEIR_WAY:
        raise RefusedChange({"": _("Der er mange filer på vej lige nu. Prøv igen om lidt.")})
    return FileUpload.objects.create(
        saved=saved, field=code, name=name, declared=declared[:127], size=size, digest=digest, began_at=at, last_at=at
    )


@transaction.atomic
def add(saved: SavedAnswers, key: UUID, *, start: int, content: bytes, at: datetime) -> FileUpload | None:
    """Add the part that begins at `start`; the same part again changes nothing. None when the file is complete and
    attached, or is not on its way any more. Raises OutOfStep, and RefusedChange when the whole file is not taken; then
    its parts are gone."""
    saved = saving.locked(saved)
    upload = saved.uploads.filter(pk=key).first()
    if upload is None:
        return None
    if start != upload.received or not content or len(content) > min(PART, upload.size - start):
        raise OutOfStep(upload.received)
    UploadPart.objects.create(upload=upload, start=start, content=content)
    upload.received, upload.last_at = start + len(content), at
    upload.save(update_fields=["received", "last_at"])
    return upload


@transaction.atomic
def finish(saved: SavedAnswers, key: UUID, *, at: datetime) -> str:
    """Attach the file whose parts are all here; why it was not taken, else empty. Either way its parts are deleted."""
    saved = saving.locked(saved)
    upload = saved.uploads.filter(pk=key).first()
    if upload is None:
        return ""
    if upload.received < upload.size:
        raise OutOfStep(upload.received)
    content = b"".join(bytes(part.content) for part in upload.parts.all())
    upload.delete()
    whole = hashlib.sha256(content).hexdigest()
    if len(content) != upload.size or (upload.digest and whole != upload.digest):
        return _("%(name)s blev ændret undervejs. Vælg den igen.") % {"name": upload.name}
    given = GivenFile(upload.field, upload.name, upload.declared, len(content), content)
    return given_files.take(saved, _asked(saved, upload.field), given, at)


def forget_abandoned(at: datetime) -> int:
    """Delete the files on their way that nobody has gone on with. Returns how many."""
    over = FileUpload.objects.filter(last_at__lte=at - KEPT)
    count = over.count()
    UploadPart.objects.filter(upload__in=over).delete()
    over.delete()
    return count


def _asked(saved: SavedAnswers, code: str) -> FormField:
    asked = versions.definition_of(saved.version).field(code)
    if asked is None or asked.kind is not FieldKind.FILE:
        raise RefusedChange({"": _("Formularen tager ikke imod filer her.")})
    return asked
