"""The search box of the desk: the hits, where each leads, and who can be rung."""

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
from indgang.desk.lookup import Lookup
from indgang.desk.targets import Target
from indgang.knowledge.models import SearchDocument
from indgang.knowledge.search import find, log
from indgang.knowledge.search.find import Found, Hit

MOST_SHOWN = 8

Kind = SearchDocument.Kind
#: the page that shows each kind
_PAGES = {
    Kind.ARTICLE: "desk:article", Kind.GUIDE: "desk:guide", Kind.SERVICE: "desk:service", Kind.UNIT: "desk:unit",
    Kind.PERSON: "desk:directory-entry", Kind.ANSWER: "desk:answer",
}  # fmt: skip
#: kinds that require a further permission
_NEEDS = {Kind.PERSON: Permission.SEARCH_DIRECTORY, Kind.ANSWER: Permission.SEE_HISTORY}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list. `target` is the way to reach a person."""

    hit: Hit
    url: str
    kind: str | Promise
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class FoundList:
    """The content of the list. `search` is the id of the stored search."""

    found: Found
    lines: list[Shown]
    language: str
    search: int | None = None


def answer(lookup: Lookup, *, by: Person, language: str, at: datetime, keep: bool) -> FoundList:
    """Search. `keep` stores the search: set it for a completed query, not for each letter typed."""
    asked = _as_indexed(lookup.asked)
    found = find.find(
        asked, language=language, person=by, at=at, kinds=kinds_of(by), service=lookup.service, limit=MOST_SHOWN
    )
    search = note(lookup, language=language, found=found, at=at) if keep else None
    return FoundList(found, _lines(found.hits, lookup, search, on=day_of(at)), language, search)


def _as_indexed(asked: str) -> str:
    """A number in the form of the index; words unchanged."""
    number = phone_numbers.in_search(asked)
    return number.removeprefix("+45") if number else asked


def note(lookup: Lookup, *, language: str, found: Found | int, at: datetime) -> int | None:
    """Store the search without the person and return its id. An empty search is not stored."""
    if not lookup.asked.strip():
        return None
    return log.note(lookup.asked, place="desk", language=language, found=found, service=lookup.service, at=at).pk


def opened(lookup: Lookup, *, kind: str, key: str) -> None:
    """Record with the search which hit was opened."""
    if lookup.search is not None:
        log.chosen(lookup.search, kind=kind, key=key)


def kinds_of(person: Person) -> list[str]:
    """The kinds that this person can find."""
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
