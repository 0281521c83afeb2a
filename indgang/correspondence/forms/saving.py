"""Answers that somebody has begun to fill in: kept with their files, found again by a link, deleted on time.

All filling in goes through a saved row, so that a fault in one field loses nothing, a form that is published meanwhile
changes nothing, and sending twice sends once. The row holds what was typed; it is checked when it is read.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import versions
from indgang.correspondence.forms.answers import COORDINATES, FormAnswers, read_answers
from indgang.correspondence.forms.definition import FieldKind, FormDefinition, FormField
from indgang.correspondence.models import Enclosure, FormVersion, SavedAnswers, SavedFile
from indgang.messaging import scanning
from indgang.messaging.reading import FileRefusal, file_kinds, file_names

#: bytes of one file, and of all files of one form
LARGEST_FILE, LARGEST_TOGETHER = 10_000_000, 40_000_000
#: characters that are kept of one field, whatever its limit, so that a text that is too long can be shortened
LONGEST_TYPED = 40_000
_MOST_VALUES = 60
#: letters of a token (256 bits)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as the browser sent it for the field with this code. A file that is too large comes without `content`."""

    code: str
    name: str
    declared: str
    size: int
    content: bytes = field(repr=False)


def begin(version: FormVersion, *, language: str, at: datetime) -> SavedAnswers:
    """A new row for answers to this version, with a token that nobody can guess."""
    return SavedAnswers.objects.create(
        token=secrets.token_urlsafe(_TOKEN_BYTES), version=version, language=language, created_at=at,
        expires_at=at + timedelta(days=version.form.saved_days),
    )  # fmt: skip


def find(code: str, token: str, *, at: datetime) -> SavedAnswers | None:
    """The saved answers to the form with this code; None when there are none or their time is over."""
    rows = SavedAnswers.objects.select_related("version__form__mailbox", "submission__thread")
    return rows.filter(token=token[:43], version__form__code=code, expires_at__gt=at).first()


@transaction.atomic
def keep(
    saved: SavedAnswers, *, data: Mapping[str, Sequence[str]], files: Sequence[GivenFile], at: datetime
) -> dict[str, str]:
    """Keep what was typed and given. Returns, by field, why a file was not taken; all else is kept.

    Raises RefusedChange when the answers have been sent meanwhile.
    """
    saved = _locked(saved)
    definition = versions.definition_of(saved.version)
    saved.data = _typed(definition, data)
    saved.save(update_fields=["data"])
    refused: dict[str, str] = {}
    for each in files:
        asked = definition.field(each.code)
        if asked is not None and asked.kind is FieldKind.FILE:
            why = _take(saved, asked, each, at)
            if why:
                refused[each.code] = why
    return refused


@transaction.atomic
def remove(saved: SavedAnswers, key: str) -> None:
    """Remove a file that was given; one that is not there is gone already."""
    saved = _locked(saved)
    for row in saved.files.defer("content"):
        if str(row.pk) == key:
            row.delete()


def answers_of(saved: SavedAnswers) -> FormAnswers:
    """The answers, checked."""
    files: dict[str, list[str]] = {}
    for row in saved.files.defer("content"):
        files.setdefault(row.field, []).append(str(row.pk))
    return read_answers(versions.definition_of(saved.version), saved.data, files)


def forget_expired(at: datetime) -> int:
    """Delete the answers whose time is over, with their files. Returns how many."""
    over = SavedAnswers.objects.filter(expires_at__lte=at)
    SavedFile.objects.filter(saved__in=over).delete()
    return over.delete()[0]


def _locked(saved: SavedAnswers) -> SavedAnswers:
    row = SavedAnswers.objects.select_for_update(of=("self",)).select_related("version__form").get(pk=saved.pk)
    if row.submission_id is not None:
        raise RefusedChange({"": _("Formularen er allerede sendt.")})
    return row


def _typed(definition: FormDefinition, data: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What belongs to the form, in bounds. PostgreSQL stores no NUL in JSON."""
    names = [each.code for each in definition.fields if each.kind is not FieldKind.FILE]
    names += [each.code + COORDINATES for each in definition.fields if each.kind is FieldKind.PLACE]
    return {
        name: [text.replace("\x00", "")[:LONGEST_TYPED] for text in data[name][:_MOST_VALUES]]
        for name in names
        if any(data.get(name, ()))
    }


def _take(saved: SavedAnswers, asked: FormField, given: GivenFile, at: datetime) -> str:
    """Keep the file; why not, else empty."""
    name = file_names.clean(given.name)
    if given.size > LARGEST_FILE:
        return _("%(name)s fylder mere end 10 MB. Gør den mindre, eller del den i flere.") % {"name": name}
    if given.size == 0:
        return _("%(name)s er tom. Tjek filen, og vedhæft den igen.") % {"name": name}
    rows = list(saved.files.defer("content"))
    if sum(row.field == asked.code for row in rows) >= asked.limit:
        return _("Der er plads til %(limit)s filer her. Fjern en, før du vedhæfter en ny.") % {"limit": asked.limit}
    if sum(row.size for row in rows) + given.size > LARGEST_TOGETHER:
        return _("Filerne fylder tilsammen mere end 40 MB.")
    seen = file_kinds.of(name, given.declared, given.content)
    if seen.refused is not None:
        return _refusal(seen.refused) % {"name": name}
    scan = _scan(given.content)
    if scan == Enclosure.Scan.INFECTED:
        return _("%(name)s er ikke vedhæftet, fordi der er fundet virus i den.") % {"name": name}
    taken = {row.name.casefold() for row in rows}
    SavedFile.objects.create(
        saved=saved, field=asked.code, name=file_names.numbered(name, taken), kind=seen.kind[:127], size=given.size,
        content=given.content, scan=scan, at=at,
    )  # fmt: skip
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
