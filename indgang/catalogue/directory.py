"""The directory (telefonbog): people and desks one can be put through to, found by any word and in Danish order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.catalogue.changes import RefusedChange
from indgang.catalogue.models import DirectoryEntry, Unit
from indgang.core import phone_numbers
from indgang.core.text import sort_key

_NUMBERS = ("phone", "mobile")


def search(text: str, *, on: date, unit: Unit | None = None) -> list[DirectoryEntry]:
    """Entries in force on a day that hold every word, in Danish order. A number is found with or without spaces.

    `unit` narrows to that unit and those below it. Without words: everybody.
    """
    found: QuerySet[DirectoryEntry] = DirectoryEntry.objects.valid_on(on).select_related("unit")
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    for word in _words(text):
        found = found.filter(_holds(word))
    return sorted(found, key=lambda entry: (sort_key(entry.name), entry.pk))


def _words(text: str) -> list[str]:
    """A telephone number typed with spaces is one word."""
    joined = "".join(text.split()).removeprefix("+45")
    return [joined] if joined.isdigit() else text.split()


def _holds(word: str) -> Q:
    asked = Q(phone__contains=word) | Q(mobile__contains=word) if word.isdigit() else Q()
    for name in ("name", "initials", "title", "unit__name", "responsibilities", "email"):
        asked |= Q(**{f"{name}__icontains": word})
    return asked


def save(entry: DirectoryEntry, *, by: Actor, at: datetime, **values: Any) -> DirectoryEntry:
    """Add or change an entry. Numbers are stored in E.164. Raises RefusedChange for one no telephone could ring."""
    for name in _NUMBERS:
        if values.get(name):
            values[name] = _number(name, values[name])
    return changes.save(entry, values, by=by, at=at)


def _number(name: str, raw: str) -> str:
    try:
        return phone_numbers.normalise(raw)
    except phone_numbers.NumberError as error:
        raise RefusedChange({name: str(error)}) from error
