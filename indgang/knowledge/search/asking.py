"""What a query asks for: groups of lexemes, one group per word, with what each is worth.

A word is asked for in three ways: as it is, by the parts of the compound it is, and by its synonyms. A document gets
the best of the three for each word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Any

from django.db import connection

from indgang.knowledge.search import analysis, dictionary, spelling, statements, synonyms, vocabulary

LONGEST_QUERY = 300
MOST_WORDS = 12
#: of longer words too much is one letter away; trigrams are faster
_LONGEST_ONE_AWAY = 24
#: parts of a compound shorter than this are not repaired, and only so many of the ways to split it are tried
_SHORTEST_PART, _MOST_SPLITS = 5, 4
#: ways to ask for a word
WHOLE, PARTS, SYNONYM = 0, 1, 2
#: what a hit is worth against the word itself: by the verb behind it, by the parts of a compound, by a synonym
_ROOT, _PARTS, _PART_ROOT, _SYNONYM = 0.55, 0.8, 0.5, 0.8

_KNOWN = """
SELECT 't', lexeme, documents FROM knowledge_searchterm WHERE lexeme = ANY(%(lexemes)s::text[])
UNION ALL SELECT 'w', word, documents FROM knowledge_searchword WHERE word = ANY(%(words)s::text[])
UNION ALL SELECT 's', coalesce(max(changed_at)::text, '') || ' ' || coalesce(max(id), 0), count(*)
FROM knowledge_synonymgroup
"""
_ONE_AWAY = """
SELECT word, documents FROM knowledge_searchword
WHERE word = ANY(string_to_array(%(words)s, ' ')) AND (open OR %(staff)s)
"""
_ALIKE = """
SELECT word, documents FROM knowledge_searchword
WHERE ({shared}) AND (open OR %(staff)s) AND length(word) BETWEEN %(shortest)s AND %(longest)s
ORDER BY abs(length(word) - %(length)s), documents DESC LIMIT 300
"""
_BEGINNING = """
SELECT word FROM knowledge_searchword WHERE word LIKE %(pattern)s AND (open OR %(staff)s)
ORDER BY documents DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """One lexeme to read: for which word, in which way, worth how much of what that word tells."""

    lexeme: str
    group: int
    way: int
    worth: float


@dataclass(frozen=True, slots=True)
class AskedWord:
    """One word of the query. `synonyms` gives what each stem came from."""

    written: str
    form: str
    analysed: analysis.Word
    weight: float
    synonyms: tuple[synonyms.Phrase, ...] = ()


@dataclass
class Asked:
    """A query understood. Nothing to look for when `words` is empty."""

    text: str
    language: str
    words: list[AskedWord] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    repaired: dict[str, str] = field(default_factory=dict)

    @cached_property
    def lexemes(self) -> frozenset[str]:
        """All that is looked for."""
        return frozenset(ask.lexeme for ask in self.asks)

    @property
    def weight(self) -> float:
        return sum(word.weight for word in self.words) or 1.0


@dataclass(frozen=True, slots=True)
class _Typed:
    written: str
    form: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database told: documents per lexeme, which words there are."""

    terms: dict[str, int]
    words: frozenset[str]
    synonyms: str

    def idf(self, lexeme: str) -> float:
        """How much a lexeme tells: 0 when no document has it, more the fewer have it."""
        documents = self.terms.get(lexeme, 0)
        total = max(self.terms.get("", 0), documents)
        return log(1 + (total - documents + 0.5) / (documents + 0.5)) if documents > 0 else 0.0


def understand(text: str, language: str, *, staff: bool = False) -> Asked:
    """Take a query apart, repair what no document has, and weigh its words. One or two round trips.

    Words that only staff may read are suggested to `staff` alone.
    """
    asked = Asked(" ".join(text.replace("\0", " ").split())[:LONGEST_QUERY], language)
    typed = _typed(asked.text, language)
    if not typed:
        return asked
    thesaurus = synonyms.current(language)
    known = _ask_database(typed, language, thesaurus)
    if known.synonyms != thesaurus.version:
        thesaurus = synonyms.read(language, known.synonyms)
        known = _ask_database(typed, language, thesaurus)
    meant = [_repair(each, language, known, asked, staff) for each in typed]
    if asked.repaired:
        known = _ask_database(meant, language, thesaurus)
    _weigh(asked, meant, known, thesaurus)
    return asked


def _typed(text: str, language: str) -> list[_Typed]:
    found: dict[str, _Typed] = {}
    for token in spelling.tokens(text):
        if not analysis.is_stop_word(token.form, language):
            found.setdefault(token.form, _Typed(text[token.start : token.end], token.form))
    return list(found.values())[:MOST_WORDS]


def _ask_database(typed: Sequence[_Typed], language: str, thesaurus: synonyms.Thesaurus) -> _Known:
    stems = [analysis.word(each.form, language).whole.stem for each in typed]
    lexemes = {""}.union(*(analysis.word(each.form, language).lexemes for each in typed))
    for position in range(len(stems)):
        for _, others in thesaurus.at(stems, position):
            lexemes |= {lexeme for other in others for lexeme in other.stems}
    rows = statements.rows(_KNOWN, {"lexemes": sorted(lexemes), "words": [each.form for each in typed]})
    return _Known(
        {name: documents for what, name, documents in rows if what == "t"},
        frozenset(name for what, name, _ in rows if what == "w"),
        next(f"{name} {count}" for what, name, count in rows if what == "s"),
    )


# --- repair ----------------------------------------------------------------------------------------


def _repair(typed: _Typed, language: str, known: _Known, asked: Asked, staff: bool) -> _Typed:
    word = analysis.word(typed.form, language)
    if word.exact or typed.form in known.words or known.terms.get(word.whole.stem):
        return typed
    if word.parts and all(known.terms.get(part.stem) or known.terms.get(part.root) for part in word.parts):
        return typed
    meant = _meant(typed.form, staff)
    if not meant:
        return typed
    asked.repaired[typed.written] = meant
    return _Typed(typed.written, meant)


def _meant(form: str, staff: bool) -> str:
    """The word of the vocabulary that was most likely meant; one that begins so when none is near; else "".

    What the dictionary has may be meant as it is written, so it is taken for a word one letter away at most.
    """
    if not vocabulary.most_errors(form):
        return ""
    near = vocabulary.nearest(form, _one_away([form], staff))
    if not near and not dictionary.kind(form):
        near = _compounds(form, staff) or vocabulary.nearest(form, _alike(form, staff))
    return near[0] if near else _begun(form, staff)


def _one_away(forms: Iterable[str], staff: bool) -> list[tuple[Any, ...]]:
    """Words of the vocabulary one letter from one of `forms`, with how many documents have them."""
    near = [word for form in forms if len(form) <= _LONGEST_ONE_AWAY for word in vocabulary.one_away(form)]
    return statements.rows(_ONE_AWAY, {"words": " ".join(near), "staff": staff}) if near else []


def _compounds(form: str, staff: bool) -> list[str]:
    """The compounds that `form` is when one letter of one part is put right; nobody need have written them."""
    if analysis.compound(analysis.base_form(form)):
        return []
    splits = [split for split in analysis.half_known(form) if len(split[1]) >= _SHORTEST_PART]
    splits = sorted(splits, key=lambda split: -len(split[1]))[:_MOST_SPLITS]
    words = [word for word, _ in _one_away([part for _, part, _ in splits], staff)]
    made = [
        f"{before}{word}{after}"
        for before, part, after in splits
        for word in words
        if vocabulary.distance(part, word, 1) == 1
    ]
    parts = {whole: len(analysis.compound(analysis.base_form(whole))) for whole in made}
    # of few parts rather than of many short ones that only look like it
    return sorted((whole for whole in parts if parts[whole]), key=lambda whole: parts[whole])


def _alike(form: str, staff: bool) -> list[tuple[str, int]]:
    errors, tracks = vocabulary.most_errors(form), vocabulary.tracks(form)
    values: dict[str, Any] = {f"track{number}": track for number, track in enumerate(tracks)}
    values |= {"shortest": len(form) - errors - 1, "longest": len(form) + errors + 1, "length": len(form)}
    holds = " OR ".join(f"grams @> %(track{number})s::varchar[]" for number in range(len(tracks)))
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE.format(shared=holds), values | {"staff": staff})
        return vocabulary.alike(form, cursor.fetchall())


def _begun(form: str, staff: bool) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_BEGINNING, {"pattern": f"{_literal(form)}%", "staff": staff})
        begun = cursor.fetchone()
    return str(begun[0]) if begun else ""


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# --- worth -----------------------------------------------------------------------------------------


def _weigh(asked: Asked, meant: Sequence[_Typed], known: _Known, thesaurus: synonyms.Thesaurus) -> None:
    analysed = [analysis.word(each.form, asked.language) for each in meant]
    stems = [word.whole.stem for word in analysed]
    for position, (typed, word) in enumerate(zip(meant, analysed, strict=True)):
        others = [each for _, group in thesaurus.at(stems, position) for each in group]
        weight = _weight(word, others, known)
        asked.words.append(AskedWord(typed.written, typed.form, word, weight, tuple(others)))
        asked.asks += [ask for ask in _asks(position, word, others, weight, known) if known.terms.get(ask.lexeme)]


def _weight(word: analysis.Word, others: Sequence[synonyms.Phrase], known: _Known) -> float:
    """What a word tells: by itself; when nobody writes it, by its parts, the verb behind it or its synonyms."""
    ways = [known.idf(word.whole.stem)]
    ways.append(sum(max(known.idf(part.stem), known.idf(part.root)) for part in word.parts))
    if not any(ways):
        ways.append(known.idf(word.whole.root))
        ways += [sum(known.idf(stem) for stem in other.stems) for other in others]
    return min((way for way in ways if way), default=0.0)


def _asks(
    group: int, word: analysis.Word, others: Sequence[synonyms.Phrase], weight: float, known: _Known
) -> Iterator[Ask]:
    yield Ask(word.whole.stem, group, WHOLE, weight)
    if word.whole.root:
        yield Ask(word.whole.root, group, WHOLE, weight * _ROOT)
    known_parts = [(part, max(known.idf(part.stem), known.idf(part.root))) for part in word.parts]
    total = sum(idf for _, idf in known_parts)
    for part, idf in known_parts:
        share = idf / total * _PARTS if total else 0.0
        # whatever has the stem has the root too, so the two together make the whole share
        behind = _PART_ROOT if part.root else 0.0
        yield Ask(part.stem, group, PARTS, weight * share * (1 - behind))
        if part.root:
            yield Ask(part.root, group, PARTS, weight * share * behind)
    yield from _synonym_asks(group, others, weight, known)


def _synonym_asks(group: int, others: Iterable[synonyms.Phrase], weight: float, known: _Known) -> Iterator[Ask]:
    for other in others:
        total = sum(known.idf(stem) for stem in other.stems)
        for stem in other.stems:
            if total and all(known.terms.get(each) for each in other.stems):
                share = known.idf(stem) / total * _SYNONYM
                yield Ask(stem, group, SYNONYM, weight * share)
