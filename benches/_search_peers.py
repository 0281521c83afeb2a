"""Other search engines on the same documents: PostgreSQL's own Danish, SQLite FTS5 and tantivy.

Each gets the same fields with weights in the same order as ours. It asks for all words first where its query language
allows it, and for any of them when no document has them all.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

import tantivy
from django.db import connection

from indgang.knowledge.search.index import IndexEntry

_WORD = re.compile(r"\w+")
_LIMIT = 10
FIELDS = ("A", "B", "C", "D")


class Postgres:
    """Text search configuration `danish`, weights A to D, GIN, `websearch_to_tsquery`, `ts_rank_cd`."""

    name = "PostgreSQL danish full text"

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_danish (key text, said tsvector)")
            cursor.execute("CREATE INDEX ON bench_danish USING gin (said)")

    def add(self, entries: Sequence[IndexEntry]) -> None:
        weighted = " || ".join(f"setweight(to_tsvector('danish', %s), '{field}')" for field in FIELDS)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO bench_danish VALUES (%s, {weighted})",
                [(entry.key, *(entry.fields.get(field, "") for field in FIELDS)) for entry in entries],
            )
            cursor.execute("ANALYZE bench_danish")

    def search(self, query: str) -> list[str]:
        return self._ask("websearch_to_tsquery('danish', %s)", query) or self._ask(
            "replace(websearch_to_tsquery('danish', %s)::text, ' & ', ' | ')::tsquery", query
        )

    def _ask(self, tsquery: str, query: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT key FROM bench_danish, (SELECT {tsquery}) AS query (q) WHERE said @@ q"
                f" ORDER BY ts_rank_cd(said, q, 1) DESC, key LIMIT {_LIMIT}",
                [query],
            )
            return [row[0] for row in cursor.fetchall()]


class Sqlite:
    """FTS5 with unicode61, bm25 with column weights."""

    name = "SQLite FTS5"

    def __init__(self) -> None:
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE VIRTUAL TABLE texts USING fts5 (key UNINDEXED, A, B, C, D, tokenize='unicode61')")

    def add(self, entries: Sequence[IndexEntry]) -> None:
        rows = [(entry.key, *(entry.fields.get(field, "") for field in FIELDS)) for entry in entries]
        self._base.executemany("INSERT INTO texts VALUES (?, ?, ?, ?, ?)", rows)

    def search(self, query: str) -> list[str]:
        words = [f'"{word}"' for word in _WORD.findall(query)]
        return self._ask(" AND ".join(words)) or self._ask(" OR ".join(words))

    def _ask(self, match: str) -> list[str]:
        found = self._base.execute(
            "SELECT key FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 0, 6, 3, 2.5, 1) LIMIT ?", (match, _LIMIT)
        )
        return [row[0] for row in found]


class Tantivy:
    """BM25 with a Danish stemmer and field boosts, any word."""

    name = "tantivy, Danish stemmer"

    def __init__(self) -> None:
        analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        analyser = analyser.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.stemmer("danish"))
        schema = tantivy.SchemaBuilder().add_text_field("key", stored=True, tokenizer_name="raw")
        for field in FIELDS:
            schema = schema.add_text_field(field, tokenizer_name="danish")
        self._index: Any = tantivy.Index(schema.build())
        self._index.register_tokenizer("danish", analyser.build())

    def add(self, entries: Sequence[IndexEntry]) -> None:
        writer = self._index.writer(50_000_000)
        for entry in entries:
            texts = {field: entry.fields.get(field, "") for field in FIELDS}
            writer.add_document(tantivy.Document(key=entry.key, **texts))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, query: str) -> list[str]:
        words = " ".join(_WORD.findall(query))
        boosts = dict(zip(FIELDS, (6.0, 3.0, 2.5, 1.0), strict=True))
        parsed, _ = self._index.parse_query_lenient(words, list(FIELDS), field_boosts=boosts)
        searcher = self._index.searcher()
        hits = searcher.search(parsed, _LIMIT).hits
        return [searcher.doc(address)["key"][0] for _, address in hits]


def all_peers() -> list[Any]:
    return [Postgres(), Sqlite(), Tantivy()]
