"""Files with a message of a chat: all are checked before anything is stored, so that a refused one can be left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import Chat, ChatLine, Enclosure
from indgang.messaging import scanning
from indgang.messaging.reading import file_kinds, file_names

#: the largest file, in bytes, and how many go with one message
LARGEST = 10 * 1024 * 1024
MOST = 5


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file as the browser sent it. `declared` is the media type that it claims."""

    name: str
    declared: str
    content: bytes


def read(uploads: Sequence[UploadedFile[Any]]) -> list[ChatFile]:
    """The files of a form; what is too many or too large is not read further than that shows."""
    contents = ((each, each.read(LARGEST + 1)) for each in uploads[: MOST + 1])
    return [ChatFile(each.name or "", each.content_type or "", content) for each, content in contents]


def checked(files: Sequence[ChatFile], at: datetime) -> list[Enclosure]:
    """The files as enclosures that are not stored yet. Raises RefusedChange for the field `files`."""
    if len(files) > MOST:
        raise RefusedChange({"files": _("Der kan sendes %(most)s filer ad gangen.") % {"most": MOST}})
    taken: set[str] = set()
    return [_enclosure(file, order, taken, at) for order, file in enumerate(files)]


def of_line(chat: Chat, number: int, order: int) -> Enclosure | None:
    """A file of a line of this chat, when it may be given out."""
    row = Enclosure.objects.filter(message__line__chat=chat, message__line__number=number, order=order).first()
    return row if row is not None and row.may_be_given_out else None


def any_waits(lines: Sequence[ChatLine]) -> bool:
    """Whether a file of these lines is not given out (yet)."""
    return any(not file.may_be_given_out for line in lines for file in line.files)


def _enclosure(file: ChatFile, order: int, taken: set[str], at: datetime) -> Enclosure:
    if len(file.content) > LARGEST:
        _refuse(file, _("Filen %(name)s er for stor. Den må højst fylde 10 MB."))
    kind = file_kinds.of(file.name, file.declared, file.content)
    if kind.refused:
        _refuse(file, _("Filen %(name)s er af en slags, vi ikke kan tage imod. Send den for eksempel som PDF."))
    name = file_names.numbered(file_names.clean(file.name, file_kinds.extension_for(kind.kind)), taken)
    return Enclosure(
        order=order, name=name, kind=kind.kind, size=len(file.content), content=file.content, scan=_scan(file),
        scanned_at=at,
    )  # fmt: skip


def _scan(file: ChatFile) -> Enclosure.Scan:
    """What the scanner says. Without a scanner nothing; one that is away lets nothing through."""
    verdict = scanning.configured().scan(file.content)
    if isinstance(verdict, scanning.Clean):
        return Enclosure.Scan.CLEAN
    if isinstance(verdict, scanning.Infected):
        _refuse(file, _("Der er virus i filen %(name)s. Den er ikke sendt."))
    elif verdict.reason is not scanning.NoVerdict.NO_SCANNER:
        _refuse(file, _("Filen %(name)s kunne ikke undersøges for virus. Prøv igen om lidt."))
    return Enclosure.Scan.NONE


def _refuse(file: ChatFile, sentence: str) -> None:
    raise RefusedChange({"files": sentence % {"name": file_names.clean(file.name)}})
