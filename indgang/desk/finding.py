"""The one box of the desk: what was found, where each hit leads, and whom one can ring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import DirectoryEntry
from indgang.core import phone_numbers
from indgang.core.clock import day_of
from indgang.desk import targets
from indgang.desk.looking_up import Lookup
from indgang.desk.targets import Target
from indgang.knowledge.models import SearchDocument
from indgang.knowledge.search import find, log
from indgang.knowledge.search.find import Found, Hit

MOST_SHOWN = 8

Kind = SearchDocument.Kind
#: kind to the name of the page that shows one
_PAGES = {
    Kind.ARTICLE: "desk:article", Kind.GUIDE: "desk:guide", Kind.SERVICE: "desk:service", Kind.UNIT: "desk:unit",
    Kind.PERSON: "desk:directory-entry", Kind.ANSWER: "desk:answer",
}  # fmt: skip
#: kinds that not everybody who reads knowledge may see
_NEEDS = {Kind.PERSON: Permission.SEARCH_DIRECTORY, Kind.ANSWER: Permission.SEE_HISTORY}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list. `target` is how a person is reached."""

    hit: Hit
    url: str
    kind: str | Promise
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class FoundList:
    """What the list shows. `search` is the id of the search where it was kept."""

    found: Found
    lines: list[Shown]
    language: str
    search: int | None = None


def answer(lookup: Lookup, *, by: Person, language: str, at: datetime, keep: bool) -> FoundList:
    """Look for what was asked. `keep` is for a search that somebody meant, not for each letter on the way to it."""
    asked = _as_indexed(lookup.asked)
    found = find.find(
        asked, language=language, person=by, at=at, kinds=kinds_of(by), service=lookup.service, limit=MOST_SHOWN
    )
    search = note(lookup, language=language, found=found, at=at) if keep else None
    return FoundList(found, _lines(found.hits, lookup, search, on=day_of(at)), language, search)


def _as_indexed(asked: str) -> str:
    """A number as the index has it; words as they are."""
    number = phone_numbers.in_search(asked)
    return number.removeprefix("+45") if number else asked


def note(lookup: Lookup, *, language: str, found: Found | int, at: datetime) -> int | None:
    """Keep the search, without who made it; its id. Nothing is kept of an empty box."""
    if not lookup.asked.strip():
        return None
    return log.note(lookup.asked, place="desk", language=language, found=found, service=lookup.service, at=at).pk


def opened(lookup: Lookup, *, kind: str, key: str) -> None:
    """Keep with the search what was opened of what it found."""
    if lookup.search is not None:
        log.chosen(lookup.search, kind=kind, key=key)


def kinds_of(person: Person) -> list[str]:
    """What this person can find."""
    return [kind.value for kind in Kind if kind not in _NEEDS or may(person, _NEEDS[kind])]


def _lines(hits: Sequence[Hit], lookup: Lookup, search: int | None, *, on: date) -> list[Shown]:
    people = [hit.key for hit in hits if hit.kind == Kind.PERSON]
    entries = DirectoryEntry.objects.filter(pk__in=people).select_related("unit")
    reached = targets.of_entries(entries, on=on) if people else {}
    sent = {name: value for name, value in (("search", search), ("q", lookup.asked)) if value}
    return [
        Shown(
            hit=hit,
            url=f"{reverse(_PAGES[Kind(hit.kind)], args=[hit.key])}?{urlencode(sent)}",
            kind=Kind(hit.kind).label,
            target=reached.get(int(hit.key)) if hit.kind == Kind.PERSON else None,
        )
        for hit in hits
    ]
