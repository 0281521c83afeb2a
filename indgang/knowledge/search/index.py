"""The search index: documents with their lexemes, updated in the transaction that changes their source.

A document has a tsvector with positions, which this package writes instead of PostgreSQL, and one posting per lexeme.
The posting's weight says how important the lexeme is for the document (`weighing`). Searches read the postings in
descending order of weight. `sources` supplies the entries.
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
from indgang.knowledge.models import Audience, SearchDocument
from indgang.knowledge.search import analysis, vocabulary, weighing
from indgang.knowledge.search.weighing import Weighed

_BATCH = 500

_PUT_DOCUMENT = """
INSERT INTO knowledge_searchdocument AS d (kind, key, language, audience, unit_path, service_id, elsewhere, title, text,
    lexemes, shown_from, shown_until, updated_at, format, popularity)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::tsvector, %s, %s, %s, %s, 0)
ON CONFLICT (kind, key, language, shown_from) DO UPDATE SET audience = excluded.audience,
    unit_path = excluded.unit_path, service_id = excluded.service_id, elsewhere = excluded.elsewhere,
    title = excluded.title, text = excluded.text, lexemes = excluded.lexemes,
    shown_until = excluded.shown_until, updated_at = excluded.updated_at, format = excluded.format
RETURNING d.id
"""
_BEFORE = """
SELECT d.id, d.kind, d.language, d.audience, d.unit_path
FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[]) AS new (kind, key, language, shown_from)
JOIN knowledge_searchdocument d USING (kind, key, language, shown_from)
"""
_OWN_PATH = "CASE WHEN d.audience = 'unit' THEN d.unit_path ELSE '' END"
_FORGET_POSTINGS = f"""
WITH gone AS (DELETE FROM knowledge_searchposting WHERE document_id = ANY(%s) RETURNING document_id, lexeme, shelf),
fewer AS (
    SELECT lexeme, shelf, {_OWN_PATH} AS unit_path, count(*) AS n
    FROM gone JOIN knowledge_searchdocument d ON d.id = gone.document_id GROUP BY 1, 2, 3
), held AS (
    SELECT t.lexeme, t.shelf, t.unit_path, n FROM knowledge_searchterm t JOIN fewer USING (lexeme, shelf, unit_path)
    ORDER BY 1, 2, 3 FOR UPDATE OF t
)
UPDATE knowledge_searchterm AS t SET documents = t.documents - held.n FROM held
WHERE held.lexeme = t.lexeme AND held.shelf = t.shelf AND held.unit_path = t.unit_path
"""  # noqa: S608  # only our own names are inserted
_DROP_POSTINGS = "DELETE FROM knowledge_searchposting WHERE document_id = ANY(%s)"
_COUNT_TERMS = """
INSERT INTO knowledge_searchterm AS t (lexeme, shelf, unit_path, documents)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[]) ORDER BY 1, 2, 3
ON CONFLICT (lexeme, shelf, unit_path) DO UPDATE SET documents = t.documents + excluded.documents
"""
_LEARN_WORDS = """
INSERT INTO knowledge_searchword AS w (word, shelf, unit_path, written, documents, grams)
SELECT word, shelf, unit_path, written, n, string_to_array(grams, ' ')
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[])
    AS new (word, shelf, unit_path, written, n, grams) ORDER BY 1, 2, 3
ON CONFLICT (word, shelf, unit_path) DO UPDATE SET documents = w.documents + excluded.documents
"""
#: hundreds of earlier answers are added a day during calls, so they do not wait for the locked rows of term counts
_KNOW_TERMS = """
INSERT INTO knowledge_searchterm (lexeme, shelf, unit_path, documents)
SELECT lexeme, shelf, unit_path, 1 FROM unnest(%s::text[], %s::text[], %s::text[]) AS new (lexeme, shelf, unit_path)
ORDER BY 1, 2, 3
ON CONFLICT (lexeme, shelf, unit_path) DO NOTHING
"""
_SHELF = (
    "d.language || '-' || left(d.audience, 1) || '-'"
    " || left(CASE WHEN d.kind IN ('person', 'answer') THEN d.kind ELSE 'answers' END, 6)"
)
_COUNT_ALL_TERMS = f"""
INSERT INTO knowledge_searchterm AS t (lexeme, shelf, unit_path, documents)
SELECT lexeme, shelf, {_OWN_PATH}, count(*)
FROM knowledge_searchposting p JOIN knowledge_searchdocument d ON d.id = p.document_id GROUP BY 1, 2, 3
UNION ALL SELECT '', {_SHELF}, {_OWN_PATH}, count(*) FROM knowledge_searchdocument d GROUP BY 1, 2, 3
ON CONFLICT (lexeme, shelf, unit_path) DO UPDATE SET documents = excluded.documents
WHERE t.documents <> excluded.documents
"""  # noqa: S608  # only our own names are inserted
_FORGET_TERMS = f"""
DELETE FROM knowledge_searchterm t
WHERE NOT EXISTS (
    SELECT FROM knowledge_searchposting p JOIN knowledge_searchdocument d ON d.id = p.document_id
    WHERE p.lexeme = t.lexeme AND p.shelf = t.shelf AND {_OWN_PATH} = t.unit_path)
AND NOT (t.lexeme = '' AND EXISTS (
    SELECT FROM knowledge_searchdocument d WHERE {_SHELF} = t.shelf AND {_OWN_PATH} = t.unit_path))
"""  # noqa: S608  # only our own names are inserted
_WORDS_BY_SHELF = """
SELECT word, shelf, unit_path FROM knowledge_searchword
"""
_FORGET_WORDS = """
DELETE FROM knowledge_searchword w USING unnest(%s::text[], %s::text[], %s::text[]) AS gone (word, shelf, unit_path)
WHERE w.word = gone.word AND w.shelf = gone.shelf AND w.unit_path = gone.unit_path
"""
#: one writer at a time counts terms, so that writers do not deadlock
_ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('knowledge.search.index'))"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One document for the index. `fields` are texts by weight: A title and words, B short answer, C headings, D body.

    `elsewhere` marks a document that names another authority.
    """

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
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The texts whose words a search knows: whole shelves, and the units' own texts on them.

    `paths` are those of the reader's units ("" is all); people in the units above and below may read a unit's texts.
    """

    shelves: tuple[str, ...]
    paths: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, list[str]]:
        """The parameters of `IN_SCOPE`."""
        return {"shelves": list(self.shelves), "paths": list(self.paths)}


#: selects the rows of terms and words in texts that the reader may see
IN_SCOPE = """
shelf = ANY(%(shelves)s::text[]) AND (unit_path = '' OR EXISTS (
    SELECT FROM unnest(%(paths)s::text[]) AS own (path)
    WHERE starts_with(unit_path, own.path) OR starts_with(own.path, unit_path)))
"""


def shelf(kind: str, language: str, audience: str) -> str:
    """The shelf for a document's postings, so that a search reads only what its reader may see and asks for."""
    group = kind if kind in ("person", "answer") else "answers"
    return f"{language}-{audience[0]}-{group[:6]}"


def shelves(languages: Iterable[str], audiences: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """All shelves for these languages, audiences and kinds."""
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
    elsewhere: bool = False,
) -> None:
    """Put a document in the index, in place of the one with the same kind, key, language and `shown_from`.

    `fields` are texts by weight, A to D; the title replaces a missing A. The `audience` unit needs the `unit_path`.
    """
    entry = IndexEntry(
        kind,
        key,
        language,
        audience,
        title,
        text,
        fields,
        shown_from,
        updated_at,
        shown_until,
        unit_path,
        service,
        elsewhere,
    )
    with transaction.atomic():
        _write([entry])


def take_in(entries: Iterable[IndexEntry]) -> None:
    """Put many documents in the index, in batches of 500. Each batch is a transaction of its own when none is open."""
    _write(entries)


def replace(kind: str, key: str, entries: Iterable[IndexEntry]) -> None:
    """Replace all documents of the key with these; popularity is kept."""
    entries = list(entries)
    with transaction.atomic():
        before = SearchDocument.objects.filter(kind=kind, key=key)
        popularity = max(before.values_list("popularity", flat=True), default=0.0)
        kept = {(each.language, each.shown_from) for each in entries}
        _forget([each.pk for each in before if (each.language, each.shown_from) not in kept])
        _write(entries)
        SearchDocument.objects.filter(kind=kind, key=key).update(popularity=popularity)


def remove(kind: str, key: str) -> None:
    """Remove all documents of the key."""
    with transaction.atomic():
        _forget(list(SearchDocument.objects.filter(kind=kind, key=key).values_list("pk", flat=True)))


def raise_popularity(kind: str, key: str) -> None:
    """Count one more use of the document; the worker lets popularity decay."""
    SearchDocument.objects.filter(kind=kind, key=key).update(popularity=F("popularity") + 1)


def replace_many(kind: str, keys: Collection[str], entries: Iterable[IndexEntry]) -> None:
    """`replace` for many keys of a kind at once, much faster."""
    entries = list(entries)
    kept = {(each.key, each.language, each.shown_from) for each in entries}
    with transaction.atomic():
        before = SearchDocument.objects.filter(kind=kind, key__in=keys)
        popularity = dict(before.filter(popularity__gt=0).order_by("popularity").values_list("key", "popularity"))
        _forget([each.pk for each in before.only("key", "language", "shown_from")
                 if (each.key, each.language, each.shown_from) not in kept])  # fmt: skip
        _write(entries)
        _give_back(kind, popularity)


def replace_all(kind: str, entries: Iterable[IndexEntry]) -> None:
    """Replace all documents of a kind with these; popularity is kept."""
    entries = list(entries)
    with transaction.atomic():
        documents = SearchDocument.objects.filter(kind=kind)
        popularity = dict(documents.filter(popularity__gt=0).values_list("key", "popularity"))
        _forget(list(documents.values_list("pk", flat=True)))
        _write(entries)
        _give_back(kind, popularity)


def _give_back(kind: str, popularity: Mapping[str, float]) -> None:
    for key, value in popularity.items():
        SearchDocument.objects.filter(kind=kind, key=key).update(popularity=value)


def is_of_an_earlier_format() -> bool:
    """Whether a release with another format wrote some documents; earlier answers do not count, as they are never
    rebuilt."""
    return SearchDocument.objects.exclude(kind="answer").exclude(format=weighing.FORMAT).exists()


def one_writer() -> None:
    """Block other writers of the index until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)


def recount() -> None:
    """Count terms and words from the documents again, and delete words that no document has any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)
        cursor.execute(_COUNT_ALL_TERMS)
        cursor.execute(_FORGET_TERMS)
        gone = _words_gone(cursor)
        cursor.execute(_FORGET_WORDS, [list(column) for column in zip(*gone, strict=True)] or [[], [], []])


def _words_gone(cursor: Any) -> list[tuple[str, str, str]]:
    """Word, shelf and unit of the words that no text there has any more."""
    cursor.execute("SELECT lexeme, shelf, unit_path FROM knowledge_searchterm")
    lexemes = set(cursor.fetchall())
    cursor.execute(_WORDS_BY_SHELF)
    return sorted(
        (word, place, path)
        for word, place, path in cursor.fetchall()
        if (analysis.word(word, place[:2]).whole.stem, place, path) not in lexemes
    )


# --- writing ---------------------------------------------------------------------------------------


def _write(entries: Iterable[IndexEntry]) -> None:
    left = iter(entries)
    while batch := list(islice(left, _BATCH)):
        with transaction.atomic():
            _write_batch([entry for entry in batch if entry.kind != "answer"], counted=True)
            _write_batch([entry for entry in batch if entry.kind == "answer"], counted=False)


def _write_batch(entries: list[IndexEntry], *, counted: bool) -> None:
    if not entries:
        return
    weighed = [weighing.weigh({"A": entry.title, **entry.fields}, entry.language) for entry in entries]
    with connection.cursor() as cursor:
        if counted:
            cursor.execute(_ONE_WRITER)
        totals = _forget_before(cursor, entries, counted=counted)
        ids = [_put_document(cursor, entry, each) for entry, each in zip(entries, weighed, strict=True)]
        _copy_postings(cursor, zip(ids, entries, weighed, strict=True))
        terms = Counter((lexeme, *_place(entry)) for entry, each in zip(entries, weighed, strict=True)
                        for lexeme in each.weights)  # fmt: skip
        if not counted:
            cursor.execute(_KNOW_TERMS, [list(column) for column in zip(*terms, strict=True)] or [[], [], []])
            return
        for entry in dict(zip(ids, entries, strict=True)).values():
            totals[("", *_place(entry))] += 1
        terms.update(totals)
        rows = [(*key, count) for key, count in terms.items()]
        cursor.execute(_COUNT_TERMS, [list(column) for column in zip(*rows, strict=True)])
        _learn(cursor, entries, weighed)


def _place(entry: IndexEntry) -> tuple[str, str]:
    """The entry's shelf, and the unit whose people alone may read it."""
    own = entry.unit_path if entry.audience == Audience.UNIT else ""
    return shelf(entry.kind, entry.language, entry.audience), own


def _forget_before(cursor: Any, entries: list[IndexEntry], *, counted: bool) -> Counter[tuple[str, str, str]]:
    """Delete the postings of the previous documents; returns the (negative) change in the count for each place."""
    keys = [(entry.kind, entry.key, entry.language, entry.shown_from) for entry in entries]
    cursor.execute(_BEFORE, [list(column) for column in zip(*keys, strict=True)])
    before = {pk: (shelf(kind, language, audience), path if audience == Audience.UNIT else "")
              for pk, kind, language, audience, path in cursor.fetchall()}  # fmt: skip
    cursor.execute(_FORGET_POSTINGS if counted else _DROP_POSTINGS, [list(before)])
    fewer: Counter[tuple[str, str, str]] = Counter()
    for place in before.values():
        fewer[("", *place)] -= 1
    return fewer


def _put_document(cursor: Any, entry: IndexEntry, weighed: Weighed) -> int:
    cursor.execute(_PUT_DOCUMENT, _row(entry, weighed))
    return int(cursor.fetchone()[0])


def _row(entry: IndexEntry, weighed: Weighed) -> list[Any]:
    return [
        entry.kind, entry.key, entry.language, entry.audience, entry.unit_path,
        entry.service.pk if entry.service else None, entry.elsewhere, entry.title[:300].replace("\0", ""),
        entry.text.replace("\0", ""), weighed.vector, entry.shown_from, entry.shown_until, entry.updated_at,
        weighing.FORMAT,
    ]  # fmt: skip


def _copy_postings(cursor: Any, written: Iterator[tuple[int, IndexEntry, Weighed]]) -> None:
    raw = cursor.cursor  # COPY needs psycopg's cursor, which Django's wraps
    with raw.copy("COPY knowledge_searchposting (document_id, lexeme, shelf, weight) FROM STDIN") as copy:
        for pk, entry, weighed in written:
            place = shelf(entry.kind, entry.language, entry.audience)
            for lexeme, weight in weighed.weights.items():
                copy.write_row((pk, lexeme, place, weight))


def _learn(cursor: Any, entries: list[IndexEntry], weighed: list[Weighed]) -> None:
    """Add the words to the vocabulary, on the shelf and for the unit of their text."""
    counts: Counter[tuple[str, str, str]] = Counter()
    written: dict[tuple[str, str, str], str] = {}
    for entry, each in zip(entries, weighed, strict=True):
        for word, spelt in each.words.items():
            place = (word, *_place(entry))
            counts[place] += 1
            written.setdefault(place, spelt)
    rows = [(*place, written[place], count, " ".join(vocabulary.grams(place[0]))) for place, count in counts.items()]
    cursor.execute(_LEARN_WORDS, [list(column) for column in zip(*rows, strict=True)] or [[]] * 6)


def _forget(ids: list[int]) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)
        cursor.execute(_FORGET_POSTINGS, [ids])
        places: Counter[tuple[str, str]] = Counter()
        for kind, language, audience, path in SearchDocument.objects.filter(pk__in=ids).values_list(
            "kind", "language", "audience", "unit_path"
        ):
            places[shelf(kind, language, audience), path if audience == Audience.UNIT else ""] -= 1
        rows = [("", *place, count) for place, count in places.items()]
        cursor.execute(_COUNT_TERMS, [list(column) for column in zip(*rows, strict=True)] or [[]] * 4)
        cursor.execute("DELETE FROM knowledge_searchdocument WHERE id = ANY(%s)", [ids])


__all__ = [
    "IN_SCOPE", "IndexEntry", "Scope", "put", "raise_popularity", "recount", "remove", "replace", "replace_all",
    "replace_many", "shelf", "shelves", "take_in",
]  # fmt: skip
