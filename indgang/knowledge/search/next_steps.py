"""What to do when a search finds nothing: never an empty page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from indgang.catalogue.models import Service
from indgang.knowledge.models import SearchDocument
from indgang.knowledge.search import reading, vocabulary
from indgang.knowledge.search.asking import Asked
from indgang.knowledge.search.reading import Reader

_NEAREST_SERVICE = """
SELECT d.title FROM knowledge_searchword w
JOIN knowledge_searchdocument d ON d.kind = 'service' AND d.language = %(language)s
    AND d.title ILIKE '%%' || w.word || '%%'
WHERE w.grams && %(grams)s::varchar[] AND w.open AND length(w.word) > 4
    AND d.shown_from <= %(at)s AND (d.shown_until IS NULL OR d.shown_until > %(at)s)
GROUP BY d.title, w.word, w.grams
ORDER BY cardinality(ARRAY(SELECT unnest(w.grams) INTERSECT SELECT unnest(%(grams)s::varchar[])))::float
    / cardinality(w.grams) DESC, d.title
LIMIT 1
"""


def sentences(asked: Asked, *, language: str, by: Reader, at: datetime, service: Service | None) -> list[str]:
    """Sentences that say what to try: other words, the nearest service, a guide, and how to reach somebody."""
    return list(_sentences(asked, language, by, at, service))


def _sentences(asked: Asked, language: str, by: Reader, at: datetime, service: Service | None) -> Iterator[str]:
    if not asked.words:
        yield _("Skriv med ord, hvad du leder efter, for eksempel: byggetilladelse.")
    elif len(asked.words) > 2:
        yield _("Prøv med færre ord, eller med et andet ord for det samme.")
    else:
        yield _("Prøv med et andet ord for det samme.")
    if nearest := service.name if service else _nearest_service(asked, language, at):
        yield _("Se ydelsen: %(name)s.") % {"name": nearest}
    for title in _guides(language, at):
        yield _("Prøv vejviseren: %(title)s.") % {"title": title}
    if by == reading.PUBLIC:
        yield _("Kontakt os, så finder vi svaret sammen med dig.")
    else:
        yield _("Meld, at svaret mangler, så den ansvarlige får spørgsmålet.")


def _nearest_service(asked: Asked, language: str, at: datetime) -> str:
    """A service with a word in its name that looks like one that was asked for."""
    grams = [gram for word in asked.words for gram in vocabulary.grams(word.form)]
    if not grams:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST_SERVICE, {"grams": grams, "language": language, "at": at})
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _guides(language: str, at: datetime) -> list[str]:
    shown = SearchDocument.objects.filter(kind="guide", language=language, audience="everyone", shown_from__lte=at)
    return list(shown.order_by("-popularity", "title").values_list("title", flat=True)[:2])
