"""What can be found: documents with their lexemes, kept up in the transaction that changes what they are about.

A document has a tsvector with positions, written by us and not by PostgreSQL, and one posting per lexeme with a weight
that says how much the lexeme tells of the document (`weighing`). Searches read the postings from the heaviest down.
What is there to be indexed is told by `sources`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from indgang.catalogue.models import Service
from indgang.knowledge.models import Article, Audience, SearchDocument
from indgang.knowledge.search import analysis, spelling, vocabulary, weighing
from indgang.knowledge.search.weighing import Weighed

_BATCH = 500

_PUT_DOCUMENT = """
INSERT INTO knowledge_searchdocument AS d (kind, key, language, audience, unit_path, service_id, title, text, lexemes,
    shown_from, shown_until, updated_at, popularity)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::tsvector, %s, %s, %s, 0)
ON CONFLICT (kind, key, language, shown_from) DO UPDATE SET audience = excluded.audience,
    unit_path = excluded.unit_path, service_id = excluded.service_id, title = excluded.title, text = excluded.text,
    lexemes = excluded.lexemes, shown_until = excluded.shown_until, updated_at = excluded.updated_at
RETURNING d.id
"""
_FORGET_POSTINGS = """
WITH gone AS (DELETE FROM knowledge_searchposting WHERE document_id = ANY(%s) RETURNING lexeme),
fewer AS (SELECT lexeme, count(*) AS n FROM gone GROUP BY lexeme ORDER BY lexeme),
held AS (SELECT t.lexeme, n FROM knowledge_searchterm t JOIN fewer USING (lexeme) ORDER BY t.lexeme FOR UPDATE OF t)
UPDATE knowledge_searchterm AS t SET documents = t.documents - held.n FROM held WHERE held.lexeme = t.lexeme
"""
_DROP_POSTINGS = "DELETE FROM knowledge_searchposting WHERE document_id = ANY(%s)"
_COUNT_TERMS = """
INSERT INTO knowledge_searchterm AS t (lexeme, documents) SELECT * FROM unnest(%s::text[], %s::int[]) ORDER BY 1
ON CONFLICT (lexeme) DO UPDATE SET documents = t.documents + excluded.documents
"""
_LEARN_WORDS = """
INSERT INTO knowledge_searchword AS w (word, documents, grams, open)
SELECT word, n, string_to_array(grams, ' '), open
FROM unnest(%s::text[], %s::int[], %s::text[], %s::bool[]) AS new (word, n, grams, open) ORDER BY 1
ON CONFLICT (word) DO UPDATE SET documents = w.documents + excluded.documents, open = w.open OR excluded.open
"""
#: earlier answers come by the hundred a day while calls are talked; they wait for no row that others count on
_KNOW_TERMS = """
INSERT INTO knowledge_searchterm (lexeme, documents) SELECT lexeme, 1 FROM unnest(%s::text[]) AS new (lexeme) ORDER BY 1
ON CONFLICT (lexeme) DO NOTHING
"""
_COUNT_ALL_TERMS = """
INSERT INTO knowledge_searchterm AS t (lexeme, documents)
SELECT lexeme, count(*) FROM knowledge_searchposting GROUP BY lexeme
UNION ALL SELECT '', count(*) FROM knowledge_searchdocument
ON CONFLICT (lexeme) DO UPDATE SET documents = excluded.documents WHERE t.documents <> excluded.documents
"""
_FORGET_TERMS = """
DELETE FROM knowledge_searchterm t
WHERE lexeme <> '' AND NOT EXISTS (SELECT FROM knowledge_searchposting p WHERE p.lexeme = t.lexeme)
"""
#: one writer at a time counts terms, so that no two wait for each other
_ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('knowledge.search.index'))"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document to be found. `fields` are texts by weight: A title and words, B short answer, C headings, D body."""

    kind: str
    key: str
    language: str
    audience: str
    title: str
    text: str
    fields: Mapping[str, str]
    shown_from: datetime
    updated_at: datetime
    shown_until: datetime | None = None
    unit_path: str = ""
    service: Service | None = None


def shelf(kind: str, language: str, audience: str) -> str:
    """Where the postings of a document stand, so that a search reads only what its reader may see and wants."""
    group = kind if kind in ("person", "answer") else "answers"
    return f"{language}-{audience[0]}-{group[:6]}"


def shelves(languages: Iterable[str], audiences: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """All shelves on which documents of these stand."""
    return sorted(
        {shelf(kind, language, audience) for kind in kinds for language in languages for audience in audiences}
    )


# --- one document ----------------------------------------------------------------------------------


def put(
    *,
    kind: str,
    key: str,
    language: str,
    audience: str,
    unit_path: str,
    service: Service | None,
    title: str,
    text: str,
    fields: Mapping[str, str],
    shown_from: datetime,
    shown_until: datetime | None,
    updated_at: datetime,
) -> None:
    """Let a document be found, instead of what was said of the same kind, key, language and `shown_from` before.

    `fields` are texts by weight, A to D; without A the title stands for it. `audience` unit needs the `unit_path`.
    """
    entry = Entry(
        kind, key, language, audience, title, text, fields, shown_from, updated_at, shown_until, unit_path, service
    )
    with transaction.atomic():
        _write([entry])


def take_in(entries: Iterable[Entry]) -> None:
    """Put many documents, in batches of 500 that each hold a transaction of their own when there is none around."""
    _write(entries)


def replace(kind: str, key: str, entries: Iterable[Entry]) -> None:
    """Let exactly these be found under the key; how much it is used is kept."""
    entries = list(entries)
    with transaction.atomic():
        before = SearchDocument.objects.filter(kind=kind, key=key)
        popularity = max(before.values_list("popularity", flat=True), default=0.0)
        kept = {(each.language, each.shown_from) for each in entries}
        _forget([each.pk for each in before if (each.language, each.shown_from) not in kept])
        _write(entries)
        SearchDocument.objects.filter(kind=kind, key=key).update(popularity=popularity)


def remove(kind: str, key: str) -> None:
    """Let nothing be found under the key any more."""
    with transaction.atomic():
        _forget(list(SearchDocument.objects.filter(kind=kind, key=key).values_list("pk", flat=True)))


def raise_popularity(kind: str, key: str) -> None:
    """Somebody answered from it: one more use, which the worker lets fade."""
    SearchDocument.objects.filter(kind=kind, key=key).update(popularity=F("popularity") + 1)


# --- what the house knows --------------------------------------------------------------------------


def refresh_article(article: Article) -> None:
    """Find the article as it is now and as it will be; call it in the transaction that changes it."""
    from indgang.knowledge.search import sources

    replace("article", article.slug, sources.article(article))


def refresh_articles(which: Collection[Article]) -> None:
    """The same for many articles at once, in a fraction of the time."""
    from indgang.knowledge.search import sources

    entries = list(sources.articles(Article.objects.filter(pk__in=[each.pk for each in which])))
    kept = {(each.key, each.language, each.shown_from) for each in entries}
    with transaction.atomic():
        before = SearchDocument.objects.filter(kind="article", key__in=[each.slug for each in which])
        popularity = dict(before.filter(popularity__gt=0).order_by("popularity").values_list("key", "popularity"))
        _forget([each.pk for each in before.only("key", "language", "shown_from")
                 if (each.key, each.language, each.shown_from) not in kept])  # fmt: skip
        _write(entries)
        for key, value in popularity.items():
            SearchDocument.objects.filter(kind="article", key=key).update(popularity=value)


def refresh_services() -> None:
    _refresh_kind("service")


def refresh_units() -> None:
    _refresh_kind("unit")


def refresh_people() -> None:
    _refresh_kind("person")


def refresh_guides() -> None:
    _refresh_kind("guide")


def refresh_all() -> int:
    """Make everything anew but earlier answers, which stay as they are, and count the words again; how many there are.

    Popularity is kept. Takes about two seconds per thousand articles.
    """
    from indgang.knowledge.search import sources

    with transaction.atomic():
        for kind in sources.KINDS:
            _refresh_kind(kind)
        recount()
        return SearchDocument.objects.count()


def _refresh_kind(kind: str) -> None:
    from indgang.knowledge.search import sources

    with transaction.atomic():
        entries = list(sources.KINDS[kind]())
        documents = SearchDocument.objects.filter(kind=kind)
        popularity = dict(documents.filter(popularity__gt=0).values_list("key", "popularity"))
        _forget(list(documents.values_list("pk", flat=True)))
        _write(entries)
        for key, value in popularity.items():
            documents.filter(key=key).update(popularity=value)


def recount() -> None:
    """Count terms and words from the documents that there are; words that stand nowhere any more are forgotten."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)
        cursor.execute(_COUNT_ALL_TERMS)
        cursor.execute(_FORGET_TERMS)
        cursor.execute("DELETE FROM knowledge_searchword WHERE word <> ALL(%s)", [_words_in_use()])


def _words_in_use() -> list[str]:
    known = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT lexeme FROM knowledge_searchterm")
        lexemes = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT word FROM knowledge_searchword")
        for (word,) in cursor.fetchall():
            if any(analysis.word(word, language).whole.stem in lexemes for language in spelling.STOP_WORDS):
                known.add(word)
    return sorted(known)


# --- writing ---------------------------------------------------------------------------------------


def _write(entries: Iterable[Entry]) -> None:
    left = iter(entries)
    while batch := list(islice(left, _BATCH)):
        with transaction.atomic():
            _write_batch([entry for entry in batch if entry.kind != "answer"], counted=True)
            _write_batch([entry for entry in batch if entry.kind == "answer"], counted=False)


def _write_batch(entries: list[Entry], *, counted: bool) -> None:
    if not entries:
        return
    weighed = [weighing.weigh({"A": entry.title, **entry.fields}, entry.language) for entry in entries]
    with connection.cursor() as cursor:
        if counted:
            cursor.execute(_ONE_WRITER)
        ids = [_put_document(cursor, entry, each) for entry, each in zip(entries, weighed, strict=True)]
        new = len(set(ids)) - _known(cursor, ids)
        cursor.execute(_FORGET_POSTINGS if counted else _DROP_POSTINGS, [ids])
        _copy_postings(cursor, zip(ids, entries, weighed, strict=True))
        terms = Counter(lexeme for each in weighed for lexeme in each.weights)
        if not counted:
            cursor.execute(_KNOW_TERMS, [list(terms)])
            return
        terms[""] = new
        cursor.execute(_COUNT_TERMS, [list(terms), list(terms.values())])
        _learn(cursor, entries, weighed)


def _put_document(cursor: Any, entry: Entry, weighed: Weighed) -> int:
    cursor.execute(_PUT_DOCUMENT, _row(entry, weighed))
    return int(cursor.fetchone()[0])


def _known(cursor: Any, ids: list[int]) -> int:
    """How many of the documents were there before."""
    cursor.execute("SELECT count(DISTINCT document_id) FROM knowledge_searchposting WHERE document_id = ANY(%s)", [ids])
    return int(cursor.fetchone()[0])


def _row(entry: Entry, weighed: Weighed) -> list[Any]:
    return [
        entry.kind, entry.key, entry.language, entry.audience, entry.unit_path,
        entry.service.pk if entry.service else None, entry.title[:300].replace("\0", ""),
        entry.text.replace("\0", ""), weighed.vector, entry.shown_from, entry.shown_until, entry.updated_at,
    ]  # fmt: skip


def _copy_postings(cursor: Any, written: Iterator[tuple[int, Entry, Weighed]]) -> None:
    raw = cursor.cursor  # COPY is psycopg's own, under Django's wrapper
    with raw.copy("COPY knowledge_searchposting (document_id, lexeme, shelf, weight) FROM STDIN") as copy:
        for pk, entry, weighed in written:
            place = shelf(entry.kind, entry.language, entry.audience)
            for lexeme, weight in weighed.weights.items():
                copy.write_row((pk, lexeme, place, weight))


def _learn(cursor: Any, entries: list[Entry], weighed: list[Weighed]) -> None:
    """Take the words into the vocabulary. A word of what staff alone may read is never suggested to others."""
    words = Counter(word for each in weighed for word in each.words)
    public = {
        word
        for entry, each in zip(entries, weighed, strict=True)
        if entry.audience == Audience.EVERYONE
        for word in each.words
    }
    ordered = sorted(words)
    grams = [" ".join(vocabulary.grams(word)) for word in ordered]
    cursor.execute(_LEARN_WORDS, [ordered, [words[word] for word in ordered], grams, [w in public for w in ordered]])


def _forget(ids: list[int]) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)
        cursor.execute(_FORGET_POSTINGS, [ids])
        cursor.execute("DELETE FROM knowledge_searchdocument WHERE id = ANY(%s)", [ids])
        cursor.execute("UPDATE knowledge_searchterm SET documents = documents - %s WHERE lexeme = ''", [len(ids)])


__all__ = [
    "Entry", "put", "raise_popularity", "recount", "refresh_all", "refresh_article", "refresh_guides",
    "refresh_people", "refresh_services", "refresh_units", "remove", "replace", "shelf", "shelves", "take_in",
]  # fmt: skip
