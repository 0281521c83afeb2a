"""Files that somebody gives with a form that has not been sent: what is taken, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from indgang.core.ids import uuid7
from indgang.correspondence.forms.definition import FormField
from indgang.correspondence.models import Enclosure, SavedAnswers, SavedFile
from indgang.messaging import scanning
from indgang.messaging.reading import FileRefusal, file_kinds, file_names

#: bytes of one file, of all files of one form, and of a file that comes with the rest of the form in one request
LARGEST_FILE, LARGEST_TOGETHER, LARGEST_AT_ONCE = 25_000_000, 50_000_000, 10_000_000


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as the browser sent it for the field with this code. A file that is too large comes without `content`."""

    code: str
    name: str
    declared: str
    size: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExaminedFile:
    """A file with what it is and what the virus scanner says, or why it is not taken."""

    given: GivenFile
    kind: str = ""
    scan: str = ""
    refused: str = ""


def read(uploads: Iterable[tuple[str, Sequence[UploadedFile[Any]]]]) -> list[GivenFile]:
    """The files of a request, by field; the bytes of one that is too large are not read into memory."""
    return [
        GivenFile(field, each.name or "", each.content_type or "", each.size or 0, _bytes(each))
        for field, files in uploads
        for each in files
    ]


def _bytes(file: UploadedFile[Any]) -> bytes:
    return file.read() if (file.size or 0) <= LARGEST_AT_ONCE else b""


def take(saved: SavedAnswers, asked: FormField, given: GivenFile, at: datetime) -> str:
    """Keep the file; why not, else empty."""
    name = file_names.clean(given.name)
    if given.size > LARGEST_AT_ONCE and not given.content:
        return _("%(name)s fylder mere end 10 MB. Gør den mindre, eller del den i flere.") % {"name": name}
    return no_room(saved, asked, name, given.size) or attach(saved, asked, examine(given), at)


def examine(given: GivenFile) -> ExaminedFile:
    """Look at the content, and have it scanned; that may take long."""
    name = file_names.clean(given.name)
    seen = file_kinds.of(name, given.declared, given.content)
    if seen.refused is not None:
        return ExaminedFile(given, refused=_refusal(seen.refused) % {"name": name})
    scan = _scan(given.content)
    if scan == Enclosure.Scan.INFECTED:
        why = _("%(name)s er ikke vedhæftet, fordi der er fundet virus i den.") % {"name": name}
        return ExaminedFile(given, refused=why)
    return ExaminedFile(given, kind=seen.kind[:127], scan=scan)


def attach(
    saved: SavedAnswers, asked: FormField, examined: ExaminedFile, at: datetime, *, key: UUID | None = None
) -> str:
    """Keep the file, with this key, if there is room; why not, else empty."""
    given, name = examined.given, file_names.clean(examined.given.name)
    refused = examined.refused or no_room(saved, asked, name, given.size)
    if refused:
        return refused
    taken = {row.name.casefold() for row in saved.files.defer("content")}
    SavedFile.objects.create(
        pk=key or uuid7(), saved=saved, field=asked.code, name=file_names.numbered(name, taken), kind=examined.kind,
        size=given.size, content=given.content, scan=examined.scan, at=at,
    )  # fmt: skip
    return ""


def no_room(saved: SavedAnswers, asked: FormField, name: str, size: int) -> str:
    """Why a file of this size is not taken for the field, before it is read; else empty. Files that are on their way
    count as if they had come."""
    if size > LARGEST_FILE:
        return _("%(name)s fylder mere end 25 MB. Gør den mindre, eller del den i flere.") % {"name": name}
    if size <= 0:
        return _("%(name)s er tom. Tjek filen, og vedhæft den igen.") % {"name": name}
    files, uploads = saved.files.defer("content"), saved.uploads.all()
    taken = [(row.field, row.size) for row in files] + [(row.field, row.size) for row in uploads]
    if sum(code == asked.code for code, _size in taken) >= asked.limit:
        return _("Der er plads til %(limit)s filer her. Fjern en, før du vedhæfter en ny.") % {"limit": asked.limit}
    if sum(bytes_ for _code, bytes_ in taken) + size > LARGEST_TOGETHER:
        return _("Filerne fylder tilsammen mere end 50 MB.")
    return ""


def _refusal(why: FileRefusal) -> str:
    if why is FileRefusal.NAME_LIES:
        return _("%(name)s er en anden slags fil, end navnet siger. Gem den igen med det rigtige navn.")
    if why is FileRefusal.MACROS:
        return _("%(name)s indeholder makroer. Gem den uden makroer eller som PDF.")
    return _("%(name)s er et program eller lignende, og det kan vi ikke tage imod. Vedhæft et dokument eller billede.")


def _scan(content: bytes) -> str:
    """What the virus scanner says; nothing where none is set up."""
    verdict = scanning.configured().scan(content)
    if isinstance(verdict, scanning.NotScanned):
        is_missing = verdict.reason is scanning.NoVerdict.NO_SCANNER
        return Enclosure.Scan.NONE if is_missing else Enclosure.Scan.UNKNOWN
    return Enclosure.Scan.INFECTED if isinstance(verdict, scanning.Infected) else Enclosure.Scan.CLEAN
