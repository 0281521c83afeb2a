"""One box over everything: `find` for an answer, `suggest` while somebody types.

Who may see what is decided in SQL (`reading`). The order is what a document says about the words, times how much of
the query it covers, times small factors for the service in hand, recency and what colleagues use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import exp

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.knowledge.models import SearchDocument
from indgang.knowledge.search import analysis, asking, next_steps, reading, snippet, spelling
from indgang.knowledge.search.asking import Asked, AskedWord
from indgang.knowledge.search.reading import Candidate
from indgang.knowledge.search.suggesting import Suggestion, suggest

KINDS = tuple(SearchDocument.Kind.values)

#: how much kinds count against each other when they match alike
_KIND = {"article": 1.0, "guide": 0.95, "service": 0.8, "unit": 0.8, "person": 0.9, "answer": 0.55}
#: the most that each circumstance can add
_TITLE, _NEAR, _SERVICE, _USED, _NEW = 0.35, 0.15, 0.3, 0.15, 0.05
_USED_OFTEN, _MONTHS_NEW = 5.0, 6.0
#: what a hit is worth that has next to none of the words, against one that has all
_SOME, _STRICT, _FEW_WORDS = 0.3, 2.0, 2
#: a hit must cover so much of what was asked, and score so much of the best
_LEAST_COVER, _LEAST_OF_BEST = 0.2, 0.12


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, with sentences that say why."""

    kind: str
    key: str
    title: str
    snippet: SafeString
    why: list[str]
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a query. `repaired` gives the words that were taken for others; `total` counts to 72 at most."""

    hits: list[Hit]
    asked: str
    repaired: dict[str, str] = field(default_factory=dict)
    suggestions: list[str] = field(default_factory=list)
    total: int = 0


def find(
    query: str,
    *,
    language: str = "da",
    person: Person | None,
    at: datetime,
    kinds: Sequence[str] | None = None,
    service: Service | None = None,
    limit: int = 10,
) -> Found:
    """Find what answers `query`; `person` None is the public. When nothing is found, `suggestions` say what to do.

    The query is cut at 300 characters and twelve words; at most 24 hits are given.
    `service` is the one in hand, whose answers come first.
    English readers get Danish answers when there are no English ones.
    """
    by = reading.reader(person, at=at)
    wanted = [kind for kind in KINDS if kinds is None or kind in kinds]
    asked = asking.understand(query, language, staff=by.staff)
    rows = reading.candidates(asked, languages=[language], by=by, at=at, kinds=wanted)
    if not rows and language != "da":
        asked = asking.understand(query, "da", staff=by.staff)
        rows = reading.candidates(asked, languages=["da"], by=by, at=at, kinds=wanted)
    ranked = _rank(rows, asked, at=at, service=service)
    hits = [_hit(each, score, asked, service) for each, score in ranked[:limit]]
    steps = [] if hits else next_steps.sentences(asked, language=language, by=by, at=at, service=service)
    return Found(hits, asked.text, asked.repaired, steps, _total(rows, ranked))


def _total(rows: list[Candidate], ranked: list[tuple[Candidate, float]]) -> int:
    # beyond the candidates nothing is weighed, so what the database counted stands
    return rows[0].total if rows and len(ranked) == len(rows) else len(ranked)


# --- order -----------------------------------------------------------------------------------------


def _rank(
    rows: list[Candidate], asked: Asked, *, at: datetime, service: Service | None
) -> list[tuple[Candidate, float]]:
    scored = [(each, _score(each, asked, at=at, service=service)) for each in rows if each.cover >= _LEAST_COVER]
    scored.sort(key=lambda pair: (-pair[1], pair[0].kind, pair[0].key))
    best = scored[0][1] if scored else 0.0
    return [pair for pair in scored if pair[1] >= best * _LEAST_OF_BEST]


def _score(each: Candidate, asked: Asked, *, at: datetime, service: Service | None) -> float:
    score = each.score / asked.weight * _covered(each.cover, len(asked.words)) * _KIND[each.kind]
    score *= 1 + _TITLE * _title_share(each.title, asked)
    score *= 1 + _NEAR * each.near
    if service is not None and each.service == service.pk:
        score *= 1 + _SERVICE
    score *= 1 + _USED * each.popularity / (each.popularity + _USED_OFTEN)
    months = max(0.0, (at - each.updated_at).days / 30)
    return score * (1 + _NEW * exp(-months / _MONTHS_NEW))


def _covered(cover: float, words: int) -> float:
    """All words before some: strictly when few were typed; a whole sentence has words that no answer needs."""
    power: float = _STRICT if words <= _FEW_WORDS else 1.0
    return float(_SOME + (1 - _SOME) * cover**power)


def _title_share(title: str, asked: Asked) -> float:
    """How much of the title was asked for: a title that says just that is the better answer."""
    said = _words_of(title, asked.language)
    return sum(not word.isdisjoint(asked.lexemes) for word in said) / len(said) if said else 0.0


@lru_cache(maxsize=5_000)
def _words_of(title: str, language: str) -> tuple[frozenset[str], ...]:
    said = (analysis.lexemes(token.form, language) for token in spelling.tokens(title))
    return tuple(word for word in said if word)


# --- a hit -----------------------------------------------------------------------------------------


def _hit(each: Candidate, score: float, asked: Asked, service: Service | None) -> Hit:
    title = frozenset().union(*_words_of(each.title, asked.language))
    spots = snippet.spots(each.text, asked.lexemes, asked.language)
    said = title.union(*(spot.lexemes for spot in spots))
    return Hit(
        kind=each.kind,
        key=each.key,
        title=each.title,
        snippet=snippet.make(each.text, spots),
        why=_why(each, asked, title, said, service),
        score=round(score, 4),
    )


def _why(
    each: Candidate, asked: Asked, title: frozenset[str], said: frozenset[str], service: Service | None
) -> list[str]:
    reasons = []
    if any(word.analysed.whole.stem in title for word in asked.words):
        reasons.append(_("Ordet står i overskriften."))
    for word in asked.words:
        reasons += _why_word(word, said)
    for typed, meant in asked.repaired.items():
        reasons.append(_("Staveforslag: %(typed)s læst som %(meant)s.") % {"typed": typed, "meant": meant})
    if service is not None and each.service == service.pk:
        reasons.append(_("Handler om den ydelse, der er valgt."))
    if each.popularity >= _USED_OFTEN:
        reasons.append(_("Bruges ofte af kolleger."))
    return reasons or [_("Ordet står i teksten.")]


def _why_word(word: AskedWord, said: frozenset[str]) -> list[str]:
    if word.analysed.whole.stem in said:
        return []
    parts = [part for part in word.analysed.parts if {part.stem, part.root} & said]
    if parts:
        pieces = " + ".join(analysis.pieces(word.form))
        return [_("Sammensat ord: %(word)s er %(parts)s.") % {"word": word.written, "parts": pieces}]
    for other in word.synonyms:
        if set(other.stems) <= said:
            return [_("Synonym: %(word)s og %(other)s.") % {"word": word.written, "other": other.written}]
    if word.analysed.whole.root and word.analysed.whole.root in said:
        return [_("Beslægtet ord med %(word)s.") % {"word": word.written}]
    return []


__all__ = ["KINDS", "Found", "Hit", "Suggestion", "find", "suggest"]
