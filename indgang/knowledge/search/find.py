"""Search over everything: `find` answers a query, and `suggest` completes it while somebody types.

SQL decides which documents the reader may see (`reading`). A document's score is what it says about the words, times
how much of the query it covers, times small factors for the current service, recency and use by colleagues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from math import exp, log

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.knowledge.models import SearchDocument
from indgang.knowledge.search import analysis, asking, next_steps, reading, snippet, spelling
from indgang.knowledge.search.asking import AskedWord, ParsedQuery
from indgang.knowledge.search.reading import Candidate, ReaderRights
from indgang.knowledge.search.suggesting import Suggestion, suggest

KINDS = tuple(SearchDocument.Kind.values)

#: relative values of the kinds when they match alike
_KIND = {"article": 1.0, "guide": 0.95, "service": 0.8, "unit": 0.8, "person": 0.9, "answer": 0.55}
#: factor of a document that names another authority: an equal answer of our own comes first
_ELSEWHERE = 0.85
#: the most that each circumstance can add
_TITLE, _SUBJECT, _NEAR, _SERVICE, _USED, _NEW = 0.35, 0.3, 0.15, 0.3, 0.15, 0.05
_TOGETHER = 1.0
_USED_OFTEN, _MONTHS_NEW = 5.0, 6.0
#: the value of a hit with almost none of the words, against one with all
_SOME, _STRICT, _FEW_WORDS = 0.3, 2.0, 2
#: least share of the query that a hit covers, and least share of the best score
_LEAST_COVER, _LEAST_OF_BEST = 0.2, 0.12

#: the confidence that the best hit answers, in logits: a logistic regression fitted on 28 November 2026 to 375
#: questions of the tuning set, with and without an answer, each with and without the articles that name another
#: authority. The evidence of one word was added the day after. docs/algorithms/search.md explains it
_SURE, _BY_EVIDENCE, _BY_COVER, _BY_TITLE, _BY_MISSING, _BY_LENGTH, _BY_OTHERS = -0.2, 4.5, 5.1, 4.7, 2.5, 0.8, 1.5
#: one of several words must have a strong match: a weak match of all words is near the subject and does not answer
_ONE_WORD, _BY_ONE_WORD = 2.0, 3.0
#: cap on the score of another authority, relative to the best answer of our own
_MOST_OTHERS = 2.0
#: number of weak hits shown
_MOST_WEAK = 5
#: the name of a service or unit says less than an answer
_NO_ARTICLE, _CATALOGUE = 3.0, ("service", "unit")


@dataclass(frozen=True, slots=True)
class Hit:
    """One search hit; `language` is the language of its text.

    `why` explains matches that the snippet does not show; it is empty when the words stand in the text as typed.
    """

    kind: str
    key: str
    language: str
    title: str
    snippet: SafeString
    why: list[str]
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a query. `repaired` gives the corrected words; `total` counts to 72 at most.

    `weak` means that even the best hit hardly answers the query; pages say so before the hits, with the `suggestions`.
    `elsewhere` is the title of the first hit when it names another authority; then `weak` is set too.
    """

    hits: list[Hit]
    asked: str
    repaired: dict[str, str] = field(default_factory=dict)
    suggestions: list[str] = field(default_factory=list)
    total: int = 0
    weak: bool = False
    elsewhere: str = ""


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
    """Find answers to `query`; `person` None is the public. Without an answer, `suggestions` say what to try.

    The query is cut at 1,000 characters and at the twenty words with the most weight. There are at most 24 hits, or
    five when they are weak. Answers about `service`, the current one, rank higher. English readers also get Danish
    answers when the English ones are weak or only name a service or unit.
    """
    by = reading.reader(person, at=at)
    wanted = [kind for kind in KINDS if kinds is None or kind in kinds]
    own = _look(query, language, by=by, at=at, kinds=wanted, service=service)
    looks = [own]
    if language != "da" and (own.weak or own.ranked[0][0].kind in _CATALOGUE):
        danish = _look(query, "da", by=by, at=at, kinds=wanted, service=service, foreign=language)
        looks = _with_other(own, danish)
    weak = all(look.weak for look in looks)
    elsewhere = next((look.elsewhere for look in looks if look.elsewhere), "") if weak else ""
    hits = _hits(looks, service, min(limit, _MOST_WEAK) if weak else limit)
    steps = [next_steps.others(elsewhere)] if elsewhere else []
    if weak and not elsewhere:
        steps = next_steps.sentences(own.asked, language=language, by=by, at=at, service=service, empty=not hits)
    return Found(hits, own.asked.text, own.asked.repaired, steps, sum(look.total for look in looks), weak, elsewhere)


@dataclass(frozen=True, slots=True)
class _Look:
    """The result in the texts of one language."""

    asked: ParsedQuery
    ranked: list[tuple[Candidate, float]]
    total: int
    weak: bool
    elsewhere: str = ""


def _look(
    query: str, language: str, *, by: ReaderRights, at: datetime, kinds: Sequence[str], service: Service | None,
    foreign: str = "",
) -> _Look:  # fmt: skip
    asked = asking.understand(query, language, scope=by.scope([language], kinds), foreign=foreign)
    rows = reading.candidates(asked, languages=[language], by=by, at=at, kinds=kinds)
    ranked = _rank(rows, asked, at=at, service=service)
    # a hit that names another authority comes first or not at all
    first = ranked[0][0] if ranked else None
    own = [pair for pair in ranked if not pair[0].elsewhere]
    if first is not None and first.elsewhere and not is_weak(first, asked):
        return _Look(asked, [ranked[0], *own], _total(rows, ranked), weak=True, elsewhere=first.title)
    weak = not own or is_weak(own[0][0], asked, others=_others(ranked, own))
    return _Look(asked, own, _total(rows, ranked), weak)


def _others(ranked: Sequence[tuple[Candidate, float]], own: Sequence[tuple[Candidate, float]]) -> float:
    """The best score of a hit that names another authority, relative to the best answer of our own."""
    best = max((score for each, score in ranked if each.elsewhere), default=0.0)
    return min(best / own[0][1], _MOST_OTHERS)


def _with_other(own: _Look, danish: _Look) -> list[_Look]:
    """The Danish hits first, unless they are weak. A document with a hit in the reader's language is left out of
    them."""
    if danish.weak:
        return [own] if own.ranked else [danish]
    there = {(each.kind, each.key) for each, _ in own.ranked}
    more = [(each, score) for each, score in danish.ranked if (each.kind, each.key) not in there]
    return [replace(danish, ranked=more, total=danish.total - len(danish.ranked) + len(more)), own]


def _hits(looks: Sequence[_Look], service: Service | None, limit: int) -> list[Hit]:
    hits: dict[tuple[str, str], Hit] = {}
    for look in looks:
        for each, score in look.ranked[:limit]:
            hits.setdefault((each.kind, each.key), _hit(each, score, look.asked, service))
    return list(hits.values())[:limit]


def _total(rows: list[Candidate], ranked: list[tuple[Candidate, float]]) -> int:
    # only the candidates are scored, so the database's count of the others stays
    return rows[0].total if rows and len(ranked) == len(rows) else len(ranked)


def is_weak(best: Candidate, asked: ParsedQuery, *, others: float = 0.0) -> bool:
    """Whether even the best hit hardly answers the query: it says little about it, or only about words that weigh
    little."""
    said = _words_of(best.title, asked.language)
    sure = (
        _SURE
        + _BY_EVIDENCE * log(max(best.score / asked.most, 0.01))
        + _of_one_word(best, asked)
        + _BY_COVER * best.cover
        + _BY_TITLE * _share_in_title(said, asked)
        + _BY_LENGTH * log(len(asked.words))
        - _BY_MISSING * asked.missing / (asked.missing + asked.weight)
        - _BY_OTHERS * others
    )
    return sure < (_NO_ARTICLE if best.kind in _CATALOGUE else 0.0)


def _of_one_word(best: Candidate, asked: ParsedQuery) -> float:
    """The evidence of the word with the strongest match; 0 for a query of one word, whose score says the same."""
    told = _ONE_WORD + _BY_ONE_WORD * log(max(best.most / asked.most, 0.02))
    return (1 - 1 / len(asked.words)) * told


# --- order -----------------------------------------------------------------------------------------


def _rank(
    rows: list[Candidate], asked: ParsedQuery, *, at: datetime, service: Service | None
) -> list[tuple[Candidate, float]]:
    scored = [(each, _score(each, asked, at=at, service=service)) for each in rows if each.cover >= _LEAST_COVER]
    scored.sort(key=lambda pair: (-pair[1], pair[0].kind, pair[0].key))
    best = scored[0][1] if scored else 0.0
    return [pair for pair in scored if pair[1] >= best * _LEAST_OF_BEST]


def _score(each: Candidate, asked: ParsedQuery, *, at: datetime, service: Service | None) -> float:
    score = each.score / asked.weight * _covered(each.cover, len(asked.words)) * _KIND[each.kind]
    score *= _ELSEWHERE if each.elsewhere else 1.0
    said = _words_of(each.title, asked.language)
    score *= 1 + _TITLE * _title_share(said, asked) + _SUBJECT * _share_in_title(said, asked)
    score *= 1 + _NEAR * each.near
    score *= 1 + _TOGETHER * each.together
    if service is not None and each.service == service.pk:
        score *= 1 + _SERVICE
    score *= 1 + _USED * each.popularity / (each.popularity + _USED_OFTEN)
    months = max(0.0, (at - each.updated_at).days / 30)
    return score * (1 + _NEW * exp(-months / _MONTHS_NEW))


def _covered(cover: float, words: int) -> float:
    """The factor for coverage: strict for short queries, since a whole sentence has words that no answer contains."""
    power: float = _STRICT if words <= _FEW_WORDS else 1.0
    return float(_SOME + (1 - _SOME) * cover**power)


def _title_share(said: Sequence[frozenset[str]], asked: ParsedQuery) -> float:
    """The share of the title that the query contains: a title that says just this is the better answer."""
    return sum(not word.isdisjoint(asked.lexemes) for word in said) / len(said) if said else 0.0


def _share_in_title(said: Sequence[frozenset[str]], asked: ParsedQuery) -> float:
    """The share of the query that the title contains: the title names the subject of an answer."""
    lexemes = frozenset().union(*said)
    worth: dict[int, float] = {}
    for ask in asked.asks:
        if ask.lexeme in lexemes:
            worth[ask.group] = max(worth.get(ask.group, 0.0), ask.worth)
    return sum(worth.values()) / asked.weight


@lru_cache(maxsize=5_000)
def _words_of(title: str, language: str) -> tuple[frozenset[str], ...]:
    said = (analysis.lexemes(token.form, language) for token in spelling.tokens(title))
    return tuple(word for word in said if word)


# --- a hit -----------------------------------------------------------------------------------------


def _hit(each: Candidate, score: float, asked: ParsedQuery, service: Service | None) -> Hit:
    title = frozenset().union(*_words_of(each.title, asked.language))
    spots = snippet.spots(each.text, asked.lexemes, asked.language)
    said = title.union(*(spot.lexemes for spot in spots))
    return Hit(
        kind=each.kind,
        key=each.key,
        language=asked.language,
        title=each.title,
        snippet=snippet.make(each.text, spots),
        why=_why(each, asked, title, said, service),
        score=round(score, 4),
    )


def _why(
    each: Candidate, asked: ParsedQuery, title: frozenset[str], said: frozenset[str], service: Service | None
) -> list[str]:
    reasons = []
    for word in asked.words:
        reasons += _why_word(word, said)
    for typed, meant in asked.repaired.items():
        reasons.append(_("Staveforslag: %(typed)s læst som %(meant)s.") % {"typed": typed, "meant": meant})
    if service is not None and each.service == service.pk:
        reasons.append(_("Handler om den ydelse, der er valgt."))
    if each.popularity >= _USED_OFTEN:
        reasons.append(_("Bruges ofte af kolleger."))
    return reasons


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
