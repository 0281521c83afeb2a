"""The directory (telefonbog): the people and desks that a call can be transferred to, found by any word and in Danish
order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from indgang.audit.trail import Actor
from indgang.catalogue import changes, numbers
from indgang.catalogue.models import DirectoryEntry, Unit
from indgang.core import phone_numbers
from indgang.core.text import sort_key

_NUMBERS = ("phone", "mobile")
#: the least digits at the end of a number that find it
_ENDING = 4


def search(text: str, *, on: date, unit: Unit | None = None) -> list[DirectoryEntry]:
    """Entries in force on a day that match every word, in Danish order. A number is found in any notation.

    A service number (112) matches only a whole number; other digits match the beginning or the end of a number.

    `unit` limits the search to that unit and those below it. Without words: all entries.
    """
    found: QuerySet[DirectoryEntry] = DirectoryEntry.objects.valid_on(on).select_related("unit")
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    number = phone_numbers.in_search(text)
    for asked in [_has(number)] if number else map(_holds, _words(text)):
        found = found.filter(asked)
    return sorted(found, key=lambda entry: (sort_key(entry.name), entry.pk))


def _words(text: str) -> list[str]:
    """The words of the search. Digits that are typed with spaces are one word."""
    joined = "".join(text.split()).removeprefix("+45")
    return [joined] if joined.isdigit() else text.split()


def _has(number: str) -> Q:
    """Whether the entry has this number. Digits that are not a service number may also begin or end its number."""
    asked = Q(phone=number) | Q(mobile=number)
    if not number.startswith("+") and not phone_numbers.is_service(number):
        asked |= _ends_or_begins_with(number)
    return asked


def _ends_or_begins_with(digits: str) -> Q:
    asked = Q()
    for name in _NUMBERS:
        asked |= Q(**{f"{name}__startswith": digits}) | Q(**{f"{name}__startswith": f"+45{digits}"})
        if len(digits) >= _ENDING:
            asked |= Q(**{f"{name}__endswith": digits})
    return asked


def _holds(word: str) -> Q:
    asked = _ends_or_begins_with(word) if word.isdigit() else Q()
    for name in ("name", "initials", "title", "unit__name", "responsibilities", "email"):
        asked |= Q(**{f"{name}__icontains": word})
    return asked


def save(entry: DirectoryEntry, *, by: Actor, at: datetime, **values: Any) -> DirectoryEntry:
    """Add or change an entry. Numbers are stored in E.164. Raises RefusedChange for an invalid number."""
    return changes.save(entry, numbers.stored(values, *_NUMBERS), by=by, at=at)
