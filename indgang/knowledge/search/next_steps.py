"""Suggestions for a search without hits or without an answer, so that no page is empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.catalogue.models import Service
from indgang.knowledge.models import SearchDocument
from indgang.knowledge.search import reading, spelling, vocabulary
from indgang.knowledge.search.asking import ParsedQuery
from indgang.knowledge.search.reading import ReaderRights

#: least share of trigrams that a word of a service's name has in common with a typed word
_NEAR = 0.25


def sentences(
    asked: ParsedQuery, *, language: str, by: ReaderRights, at: datetime, service: Service | None, empty: bool
) -> list[str]:
    """Sentences with suggestions: other words to try, and how to reach somebody.

    When the list of hits is `empty`, they include the nearest service and guides; else the hits are the nearest
    already.
    """
    nearest = _nearest(asked, language, at, service) if empty else ()
    return [_other_words(asked), *nearest, _somebody(by)]


def others(title: str) -> str:
    """A sentence that names the other authority, from the title of the article about it."""
    return _("Læs, hvem der svarer: %(title)s.") % {"title": title}


def _other_words(asked: ParsedQuery) -> str:
    if not asked.words:
        return _("Skriv med ord, hvad du leder efter, for eksempel: byggetilladelse.")
    if len(asked.words) > 2:
        return _("Prøv med færre ord, eller med et andet ord for det samme.")
    return _("Prøv med et andet ord for det samme.")


def _nearest(asked: ParsedQuery, language: str, at: datetime, service: Service | None) -> Iterator[str]:
    if nearest := service.for_public(language) if service else _nearest_service(asked, language, at):
        yield _("Se ydelsen: %(name)s.") % {"name": nearest}
    for title in _guides(language, at):
        yield _("Prøv vejviseren “%(title)s”.") % {"title": title}


def _somebody(by: ReaderRights) -> str:
    if by == reading.PUBLIC:
        return _("Kontakt os, så finder vi svaret sammen med dig.")
    return _("Meld, at svaret mangler, så den ansvarlige får spørgsmålet.")


def _nearest_service(asked: ParsedQuery, language: str, at: datetime) -> str:
    """The service whose name has the word most similar to a word of the query."""
    typed = [_grams(word.form) for word in asked.words if len(word.form) > 2]
    best, name = _NEAR, ""
    for title in _shown("service", language, at).order_by("title").values_list("title", flat=True):
        likeness = max((_likeness(one, other) for one in typed for other in _title_grams(title)), default=0.0)
        if likeness > best:
            best, name = likeness, title
    return name


@lru_cache(maxsize=1_000)
def _title_grams(title: str) -> tuple[frozenset[str], ...]:
    return tuple(_grams(token.form) for token in spelling.tokens(title) if len(token.form) > 4)


def _grams(form: str) -> frozenset[str]:
    return frozenset(vocabulary.grams(form))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _shown(kind: str, language: str, at: datetime) -> QuerySet[SearchDocument]:
    shown = SearchDocument.objects.filter(kind=kind, language=language, audience="everyone", shown_from__lte=at)
    return shown.exclude(shown_until__lte=at)


def _guides(language: str, at: datetime) -> list[str]:
    return list(_shown("guide", language, at).order_by("-popularity", "title").values_list("title", flat=True)[:2])
