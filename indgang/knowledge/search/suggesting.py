"""Suggestions while somebody types: titles first, then words that many titles contain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from indgang.accounts.models import Person
from indgang.knowledge.search import analysis, index, reading, spelling
from indgang.knowledge.search.index import Scope
from indgang.knowledge.search.reading import ReaderRights

_SHORTEST = 2
_LONGEST = 100
_COMPLETIONS = 12
_SHELVED = ("article", "guide", "service", "unit")

_WORDS = f"""
SELECT word FROM knowledge_searchword WHERE word LIKE %(pattern)s AND {index.IN_SCOPE}
ORDER BY documents DESC, length(word) LIMIT {3 * _COMPLETIONS}
"""  # noqa: S608  # only our own names are inserted
_TITLES = """
WITH hit AS (
    SELECT p.document_id, w.number, max(p.weight) AS weight
    FROM unnest(%(lexemes)s::text[], %(words)s::int[]) AS w (lexeme, number)
    CROSS JOIN unnest(%(shelves)s::text[]) AS s (shelf), LATERAL (
        SELECT document_id, weight FROM knowledge_searchposting
        WHERE lexeme = w.lexeme AND shelf = s.shelf ORDER BY weight DESC LIMIT 100
    ) p GROUP BY 1, 2
), best AS (
    SELECT document_id FROM hit GROUP BY 1 HAVING count(*) >= %(least)s ORDER BY sum(weight) DESC LIMIT 40
)
SELECT d.title, d.kind, d.key FROM best JOIN knowledge_searchdocument d ON d.id = best.document_id
WHERE d.shown_from <= %(at)s AND (d.shown_until IS NULL OR d.shown_until > %(at)s)
    AND (d.audience = 'everyone' OR d.audience = 'staff' AND %(staff)s
        OR d.audience = 'unit' AND %(staff)s AND EXISTS (
            SELECT FROM unnest(%(paths)s::text[]) AS own (path)
            WHERE starts_with(d.unit_path, own.path) OR starts_with(own.path, d.unit_path)))
ORDER BY d.popularity DESC, length(d.title)
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to search for or to open. `kind` is that of a document, or "word", which has no key."""

    text: str
    kind: str
    key: str = ""


def suggest(prefix: str, *, language: str, person: Person | None, at: datetime, limit: int = 8) -> list[Suggestion]:
    """Completions of `prefix`: titles that the reader may see, found by the title or by the words people use."""
    typed = [token.form for token in spelling.tokens(spelling.clean(prefix[:_LONGEST]))]
    if not typed or (len(typed) == 1 and len(typed[0]) < _SHORTEST):
        return []
    by = reading.reader(person, at=at)
    begun = _completions(typed[-1], by.scope([language], _SHELVED))
    before = [form for form in typed[:-1] if not analysis.is_stop_word(form, language)]
    rows = _titles(before, begun or [typed[-1]], language, by, at)
    return list(dict.fromkeys(_ordered(rows, typed)))[:limit]


def _completions(begun: str, scope: Scope) -> list[str]:
    pattern = begun.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"pattern": f"{pattern}%", **scope.values})
        # a word has a row for each shelf; adding them up is too slow for every letter typed
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))[:_COMPLETIONS]


def _titles(
    before: list[str], begun: list[str], language: str, by: ReaderRights, at: datetime
) -> list[tuple[str, str, str]]:
    lexemes = [(lexeme, number) for number, form in enumerate(before) for lexeme in _of(form, language)]
    lexemes += [(lexeme, len(before)) for form in begun for lexeme in _of(form, language)]
    with connection.cursor() as cursor:
        cursor.execute(_TITLES, {
            "lexemes": [lexeme for lexeme, _ in lexemes], "words": [number for _, number in lexemes],
            **by.scope([language], _SHELVED).values, "least": len(before) + 1, "at": at, "staff": by.staff,
        })  # fmt: skip
        return list(cursor.fetchall())


def _of(form: str, language: str) -> list[str]:
    """The lexeme of a word itself, not of its root verb."""
    word = analysis.word(form, language)
    return [word.whole.stem, *(part.stem for part in word.parts)]


def _ordered(rows: list[tuple[str, str, str]], typed: list[str]) -> Iterator[Suggestion]:
    """Titles that begin with the text, then titles with a word that does, then those found by other words."""
    ranks: list[tuple[int, int, Suggestion]] = []
    for number, (title, kind, key) in enumerate(rows):
        folded = [token.form for token in spelling.tokens(title)]
        begins = folded[: len(typed) - 1] == typed[:-1] and len(folded) >= len(typed)
        begins = begins and folded[len(typed) - 1].startswith(typed[-1])
        holds = any(form.startswith(typed[-1]) for form in folded)
        ranks.append((0 if begins else 1 if holds else 2, number, Suggestion(title, kind, key)))
    return (suggestion for _, _, suggestion in sorted(ranks, key=lambda each: each[:2]))
