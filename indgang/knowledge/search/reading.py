"""The search query: reads postings by descending weight and adds them up for each document that the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indgang.accounts import access
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.core.clock import day_of
from indgang.knowledge.models import Audience
from indgang.knowledge.search import index, snippet
from indgang.knowledge.search.asking import PARTS, SYNONYM, WHOLE, ParsedQuery
from indgang.knowledge.search.index import Scope
from indgang.prepared import statements

#: postings read per lexeme, heaviest first; this limits the time of any query
DEEPEST = 200
#: documents whose titles are compared
CANDIDATES = 24

_FIND = f"""
WITH word AS (
    SELECT p.document_id, a.grp,
        greatest(max(a.whole * p.weight), sum(a.part * p.weight),
            least(sum(a.synonym * p.weight), 800 * max(a.most))) AS score,
        greatest(max(a.whole), sum(a.part), least(sum(a.synonym), 0.8 * max(a.most))) AS cover
    FROM unnest(%(lexemes)s::text[], %(groups)s::int[], %(whole)s::float8[], %(part)s::float8[], %(synonym)s::float8[],
        %(most)s::float8[]) AS a (lexeme, grp, whole, part, synonym, most)
    CROSS JOIN unnest(%(shelves)s::text[]) AS s (shelf), LATERAL (
        SELECT document_id, weight FROM knowledge_searchposting
        WHERE lexeme = a.lexeme AND shelf = s.shelf ORDER BY weight DESC LIMIT {DEEPEST}
    ) p
    GROUP BY p.document_id, a.grp
), found AS (
    SELECT document_id, sum(score) / 1000 AS score, max(score) / 1000 AS most, sum(cover) / %(total)s AS cover
    FROM word GROUP BY document_id
    ORDER BY sum(score) * (0.3 + 0.7 * sum(cover) / %(total)s) DESC, document_id LIMIT {3 * CANDIDATES}
), seen AS (
    SELECT f.*, count(*) OVER () AS total FROM found f JOIN knowledge_searchdocument d ON d.id = f.document_id
    WHERE d.shown_from <= %(at)s AND (d.shown_until IS NULL OR d.shown_until > %(at)s) AND d.kind = ANY(%(kinds)s)
        AND (d.audience = 'everyone' OR d.audience = 'staff' AND %(staff)s
            OR d.audience = 'unit' AND %(staff)s AND EXISTS (
                SELECT FROM unnest(%(paths)s::text[]) AS own (path)
                WHERE starts_with(d.unit_path, own.path) OR starts_with(own.path, d.unit_path)))
    ORDER BY f.score * (0.3 + 0.7 * f.cover) DESC, document_id LIMIT {CANDIDATES}
), together AS (
    SELECT p.document_id, sum(q.worth * p.weight) / 1000 AS worth
    FROM unnest(%(pairs)s::text[], %(pair_worths)s::float8[]) AS q (lexeme, worth)
    CROSS JOIN unnest(%(shelves)s::text[]) AS s (shelf), LATERAL (
        SELECT document_id, weight FROM knowledge_searchposting
        WHERE lexeme = q.lexeme AND shelf = s.shelf ORDER BY weight DESC LIMIT {DEEPEST}
    ) p
    GROUP BY p.document_id
)
SELECT d.kind, d.key, d.service_id, d.elsewhere, d.title, left(d.text, {snippet.LOOKED_THROUGH}), d.updated_at,
    d.popularity, s.score, s.most, s.cover, s.total,
    CASE WHEN %(near)s <> '' AND s.cover > 0.6 THEN ts_rank_cd(d.lexemes, %(near)s::tsquery, 32) ELSE 0 END,
    coalesce(t.worth / %(total)s, 0)
FROM seen s JOIN knowledge_searchdocument d ON d.id = s.document_id
LEFT JOIN together t ON t.document_id = s.document_id
"""  # noqa: S608  # only numbers of ours; what is typed goes in as values


@dataclass(frozen=True, slots=True)
class ReaderRights:
    """The reader: the public, or staff with the paths of the units of their roles ("" is all)."""

    staff: bool = False
    paths: tuple[str, ...] = ()

    @property
    def audiences(self) -> list[str]:
        return list(Audience.values) if self.staff else [Audience.EVERYONE.value]

    def scope(self, languages: Sequence[str], kinds: Sequence[str]) -> Scope:
        """The texts in these languages and of these kinds that this reader may see."""
        return Scope(tuple(index.shelves(languages, self.audiences, kinds)), self.paths)


PUBLIC = ReaderRights()


def reader(person: Person | None, *, at: datetime) -> ReaderRights:
    """The rights of a person; None, and somebody without the right to read knowledge, count as the public."""
    day = day_of(at)
    if person is None or not access.may(person, Permission.READ_KNOWLEDGE, on=day):
        return PUBLIC
    paths = person.roles.valid_on(day).values_list("unit__path", flat=True)
    return ReaderRights(staff=True, paths=tuple({path or "" for path in paths}))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document with its scores from the database. `text` is its beginning, long enough for a snippet. `most` is the
    weight of the best-matching word. `near` says how close the words stand, 0 to 1. `total` is the number of documents
    found. `together` is the weight of the query's pairs of words that also stand in the title or an expression, as a
    share of the whole query."""

    kind: str
    key: str
    service: int | None
    elsewhere: bool
    title: str
    text: str
    updated_at: datetime
    popularity: float
    score: float
    most: float
    cover: float
    total: int
    near: float
    together: float


def candidates(
    asked: ParsedQuery, *, languages: Sequence[str], by: ReaderRights, at: datetime, kinds: Sequence[str]
) -> list[Candidate]:
    """The documents with the best match of their text."""
    if not asked.asks:
        return []
    values = _parameters(asked, languages, by, kinds) | {"at": at}
    return [Candidate(*row) for row in statements.rows(_FIND, values)]


def _parameters(asked: ParsedQuery, languages: Sequence[str], by: ReaderRights, kinds: Sequence[str]) -> dict[str, Any]:
    return {
        "lexemes": [ask.lexeme for ask in asked.asks],
        "groups": [ask.group for ask in asked.asks],
        "whole": [ask.worth if ask.way == WHOLE else 0.0 for ask in asked.asks],
        "part": [ask.worth if ask.way == PARTS else 0.0 for ask in asked.asks],
        "synonym": [ask.worth if ask.way == SYNONYM else 0.0 for ask in asked.asks],
        "most": [asked.words[ask.group].weight for ask in asked.asks],
        "total": asked.weight,
        **by.scope(languages, kinds).values,
        "kinds": list(kinds),
        "near": _near(asked),
        "pairs": list(asked.pairs),
        "pair_worths": list(asked.pairs.values()),
        "staff": by.staff,
    }


def _near(asked: ParsedQuery) -> str:
    """All words, each in any of its ways, as a tsquery; empty for a single word."""
    groups: dict[int, dict[str, None]] = {}
    for ask in asked.asks:
        groups.setdefault(ask.group, {})[f"'{_quoted(ask.lexeme)}'"] = None
    return " & ".join(f"({' | '.join(group)})" for group in groups.values()) if len(groups) > 1 else ""


def _quoted(lexeme: str) -> str:
    return lexeme.replace("\\", "\\\\").replace("'", "''")
