"""Answers that somebody has begun to fill in: kept with their files, found again by a link, deleted on time.

All filling in goes through a saved row, so that a fault in one field loses nothing, a form that is published meanwhile
changes nothing, and sending twice sends once. The row holds what was typed; it is checked when it is read.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import given_files, versions
from indgang.correspondence.forms.answers import COORDINATES, AnswerFault, FormAnswers, read_answers
from indgang.correspondence.forms.conditions import asked_fields
from indgang.correspondence.forms.definition import FieldKind, FormDefinition
from indgang.correspondence.forms.given_files import GivenFile
from indgang.correspondence.models import FormVersion, SavedAnswers, SavedFile, UploadPart

#: characters that are kept of one field, whatever its limit, so that a text that is too long can be shortened
LONGEST_TYPED = 40_000
_MOST_VALUES = 60
#: letters of a token (256 bits)
_TOKEN_BYTES = 32


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


def public_url(saved: SavedAnswers) -> str:
    """The page on which the contact goes on, in their language."""
    return f"{site(saved.language)}/formular/{saved.version.form.code}/{saved.token}/"


def site(language: str) -> str:
    """Where the public site begins in a language."""
    return f"{settings.PUBLIC_URL}{'/en' if language == 'en' else ''}"


@transaction.atomic
def keep(
    saved: SavedAnswers, *, data: Mapping[str, Sequence[str]], files: Sequence[GivenFile], at: datetime
) -> dict[str, str]:
    """Keep what was typed and given. Returns, by field, why a file was not taken; all else is kept.

    Raises RefusedChange when the answers have been sent meanwhile.
    """
    saved = locked(saved)
    definition = versions.definition_of(saved.version)
    saved.data = _typed(definition, data)
    saved.save(update_fields=["data"])
    refused: dict[str, str] = {}
    for each in files:
        asked = definition.field(each.code)
        if asked is not None and asked.kind is FieldKind.FILE:
            why = given_files.take(saved, asked, each, at)
            if why:
                refused[each.code] = why
    return refused


@transaction.atomic
def remove(saved: SavedAnswers, key: str) -> None:
    """Remove a file that was given, or the parts of one; one that is not there is gone already."""
    saved = locked(saved)
    for row in (*saved.files.defer("content"), *saved.uploads.all()):
        if str(row.pk) == key:
            row.delete()


def answers_of(saved: SavedAnswers) -> FormAnswers:
    """The answers, checked."""
    files: dict[str, list[str]] = {}
    for row in saved.files.defer("content"):
        files.setdefault(row.field, []).append(str(row.pk))
    definition = versions.definition_of(saved.version)
    found = read_answers(definition, saved.data, files)
    on_their_way = {row.field for row in saved.uploads.all()}
    for asked in asked_fields(definition, found.values):
        if asked.code in on_their_way:
            found.values.pop(asked.code, None)
            found.faults[asked.code] = AnswerFault.FILE_ON_ITS_WAY
    return found


def forget_expired(at: datetime) -> int:
    """Delete the answers whose time is over, with their files. Returns how many."""
    over = SavedAnswers.objects.filter(expires_at__lte=at)
    SavedFile.objects.filter(saved__in=over).delete()
    UploadPart.objects.filter(upload__saved__in=over).delete()
    return over.delete()[0]


def locked(saved: SavedAnswers) -> SavedAnswers:
    """The row, locked. Raises RefusedChange when the answers have been sent."""
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
