"""Parses a query into groups of lexemes, one group per word, each lexeme with a weight.

A word is looked up in three ways: as it is, by the parts of the compound, and by its synonyms. For each word, a
document gets the best of the three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import log

from indgang.knowledge.search import analysis, dictionary, repairing, spelling, synonyms
from indgang.knowledge.search.index import IN_SCOPE, Scope
from indgang.prepared import statements

#: limits for long queries: characters read, words looked for (those with the most weight), and words analysed
LONGEST_QUERY = 1000
MOST_WORDS = 20
_MOST_READ = 80
#: words that are corrected, longest first: each costs a round trip
_MOST_REPAIRED = 5
#: queries with more words do not try neighbours as one word; only short queries try three parts
_MOST_JOINED, _MOST_JOINED_BY_THREE = 24, 8
_SHORTEST_JOINED = 5
#: ways to look up a word
WHOLE, PARTS, SYNONYM = 0, 1, 2
#: the value of a hit against one by the word itself: by its root verb, by compound parts, by a synonym
_ROOT, _PARTS, _PART_ROOT, _SYNONYM = 0.55, 0.8, 0.5, 0.8
#: the weight of a number against another word of the same rarity (ages, amounts and dates name no subject), and that of
#: a word for where, when or how many
_NUMBER, _CIRCUMSTANCE = 0.4, 0.7

_KNOWN = f"""
SELECT 't', lexeme, sum(documents)::int FROM knowledge_searchterm
WHERE lexeme = ANY(%(lexemes)s::text[]) AND {IN_SCOPE} GROUP BY lexeme
UNION ALL SELECT 'w', word, sum(documents)::int FROM knowledge_searchword
WHERE word = ANY(%(words)s::text[]) AND {IN_SCOPE} GROUP BY word
UNION ALL SELECT 's', coalesce(max(changed_at)::text, '') || ' ' || coalesce(max(id), 0), count(*)
FROM knowledge_synonymgroup
"""  # noqa: S608  # only our own names are inserted


@dataclass(frozen=True, slots=True)
class LexemeLookup:
    """A lexeme to look up: for which word, in which way, and with what share of the word's weight."""

    lexeme: str
    group: int
    way: int
    worth: float


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word of the query. `synonyms` gives the source of each stem; `weight` is 0 when no text has the word."""

    written: str
    form: str
    analysed: analysis.Word
    weight: float
    synonyms: tuple[synonyms.Phrase, ...] = ()


@dataclass
class ParsedQuery:
    """A parsed query. There is nothing to look for when `words` is empty.

    `missing` is the weight of the words that no text has, `most` the greatest weight of one word, and `pairs` the
    weights of pairs of words that stand near each other. `repaired` holds the corrected words in readable spelling.
    """

    text: str
    language: str
    words: list[AskedWord] = field(default_factory=list)
    asks: list[LexemeLookup] = field(default_factory=list)
    pairs: dict[str, float] = field(default_factory=dict)
    repaired: dict[str, str] = field(default_factory=dict)
    missing: float = 0.0
    most: float = 1.0

    @cached_property
    def lexemes(self) -> frozenset[str]:
        """All lexemes to look for."""
        return frozenset(ask.lexeme for ask in self.asks)

    @property
    def weight(self) -> float:
        return sum(word.weight for word in self.words) or 1.0


@dataclass(frozen=True, slots=True)
class _Typed:
    """A word as typed. `short` says that a full stop follows, as after an abbreviation."""

    written: str
    form: str
    short: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """The database's answer: the number of documents per lexeme, and the words that exist."""

    terms: dict[str, int]
    words: frozenset[str]
    synonyms: str

    def has(self, lexeme: str) -> bool:
        return bool(lexeme and self.terms.get(lexeme, 0) > 0)

    def idf(self, lexeme: str) -> float:
        """Inverse document frequency: 0 when no document has the lexeme, higher the fewer have it."""
        return self._tells(self.terms[lexeme]) if self.has(lexeme) else 0.0

    @property
    def most(self) -> float:
        """The weight of a word that one document has."""
        return self._tells(1) or 1.0

    def _tells(self, documents: int) -> float:
        total = max(self.terms.get("", 0), documents)
        return log(1 + (total - documents + 0.5) / (documents + 0.5))


def understand(text: str, language: str, *, scope: Scope, foreign: str = "") -> ParsedQuery:
    """Parse a query, correct words that no document has, and weigh the words. One or two round trips.

    Only the texts of `scope` count: a word that the reader may not see, or that only another language has, is neither
    known nor suggested. For a query in another language (`foreign`), that language's stop words are removed and nothing
    is corrected.
    """
    asked = ParsedQuery(spelling.clean(text[: 2 * LONGEST_QUERY])[:LONGEST_QUERY], language)
    said = [each for each in _said(asked.text) if not (foreign and analysis.is_stop_word(each.form, foreign))]
    if not said:
        return asked
    thesaurus = synonyms.current(language)
    joined = _joined(said, language)
    typed = _telling(said, language)
    known = _ask_database([*typed, *joined.values()], language, thesaurus, scope)
    if known.synonyms != thesaurus.version:
        thesaurus = synonyms.read(language, known.synonyms)
        known = _ask_database([*typed, *joined.values()], language, thesaurus, scope)
    typed = _telling(_join(said, joined, known, language), language)
    meant = typed if foreign else _repaired(typed, language, known, thesaurus, asked, scope)
    if asked.repaired:
        known = _ask_database(meant, language, thesaurus, scope)
    _weigh(asked, meant, known, thesaurus)
    return asked


def _said(text: str) -> list[_Typed]:
    tokens = islice(spelling.tokens(text), 2 * _MOST_READ)
    return [
        _Typed(text[token.start : token.end], token.form, text[token.end : token.end + 1] == ".") for token in tokens
    ]


def _telling(said: Iterable[_Typed], language: str) -> list[_Typed]:
    """Each word once, without stop words."""
    found: dict[str, _Typed] = {}
    for each in said:
        if not analysis.is_stop_word(each.form, language):
            found.setdefault(each.form, each)
    return list(found.values())[:_MOST_READ]


def _ask_database(typed: Sequence[_Typed], language: str, thesaurus: synonyms.Thesaurus, scope: Scope) -> _Known:
    stems = [analysis.word(each.form, language).whole.stem for each in typed]
    lexemes = {""}.union(*(analysis.word(each.form, language).lexemes for each in typed))
    for position in range(len(stems)):
        for _, others in thesaurus.at(stems, position):
            lexemes |= {lexeme for other in others for lexeme in other.stems}
    values = {"lexemes": sorted(lexemes), "words": [each.form for each in typed]}
    rows = statements.rows(_KNOWN, values | scope.values)
    return _Known(
        {name: documents for what, name, documents in rows if what == "t"},
        frozenset(name for what, name, _ in rows if what == "w"),
        next(f"{name} {count}" for what, name, count in rows if what == "s"),
    )


# --- words that were typed in two ----------------------------------------------------------------


def _joined(said: Sequence[_Typed], language: str) -> dict[tuple[int, int], _Typed]:
    """Neighbours joined to one word, by start and end position: reno vering becomes renovering."""
    if language != "da" or len(said) > _MOST_JOINED:
        return {}
    found = {}
    for count in (3, 2) if len(said) <= _MOST_JOINED_BY_THREE else (2,):
        for at in range(len(said) - count + 1):
            pieces = said[at : at + count]
            form = "".join(each.form for each in pieces)
            if form.isalpha() and len(form) >= _SHORTEST_JOINED and not all(_says_nothing(each) for each in pieces):
                found[at, at + count] = _Typed(" ".join(each.written for each in pieces), form)
    return found


def _says_nothing(each: _Typed) -> bool:
    return analysis.is_stop_word(each.form, "da") and len(each.form) > 1


def _join(said: Sequence[_Typed], joined: dict[tuple[int, int], _Typed], known: _Known, language: str) -> list[_Typed]:
    """The words, with neighbours joined where they form one word."""
    taken: set[int] = set()
    begins: dict[int, tuple[int, _Typed]] = {}
    for (start, end), whole in joined.items():
        if taken.isdisjoint(range(start, end)) and _is_one(said[start:end], whole, known, language):
            taken.update(range(start, end))
            begins[start] = end, whole
    found, at = [], 0
    while at < len(said):
        at, each = begins.get(at, (at + 1, said[at]))
        found.append(each)
    return found


def _is_one(pieces: Sequence[_Typed], whole: _Typed, known: _Known, language: str) -> bool:
    """Whether the pieces are one word: the texts have it as a compound of just these, or a piece is not a word by
    itself and the texts or the dictionary have the whole."""
    word = analysis.word(whole.form, language)
    written = whole.form in known.words or known.has(word.whole.stem)
    stems = {analysis.word(each.form, language).whole.stem for each in pieces}
    if written and {part.stem for part in word.parts} == stems and not any(_says_nothing(each) for each in pieces):
        return True
    broken = any(_stands_nowhere(each, known, language) for each in pieces)
    return broken and (written or bool(dictionary.kind(whole.form) or dictionary.kind(analysis.base_form(whole.form))))


def _stands_nowhere(each: _Typed, known: _Known, language: str) -> bool:
    """Whether a piece is not a word of the texts: a single letter, or a word that no text has, even if the dictionary
    has it."""
    if analysis.is_stop_word(each.form, language):
        return len(each.form) == 1 and each.form != "i"
    return not (each.form in known.words or known.has(analysis.word(each.form, language).whole.stem))


# --- repair ----------------------------------------------------------------------------------------


def _repaired(
    typed: Sequence[_Typed],
    language: str,
    known: _Known,
    thesaurus: synonyms.Thesaurus,
    asked: ParsedQuery,
    scope: Scope,
) -> list[_Typed]:
    """The corrected words; each correction is recorded in `asked`."""
    stems = [analysis.word(each.form, language).whole.stem for each in typed]
    unknown = [
        each
        for position, each in enumerate(typed)
        if not _is_known(each, language, known) and not any(thesaurus.at(stems, position))
    ]
    unknown = sorted(unknown, key=lambda each: -len(each.form))[:_MOST_REPAIRED]
    asked_for = [repairing.Unknown(each.form, each.short, _is_made(each, language, known)) for each in unknown]
    meant = repairing.meant(asked_for, language, scope)
    for each in unknown:
        if each.form in meant:
            asked.repaired[each.written] = meant[each.form].written
    return [_Typed(each.written, meant[each.form].form) if each.form in meant else each for each in typed]


def _is_known(typed: _Typed, language: str, known: _Known) -> bool:
    word = analysis.word(typed.form, language)
    if word.exact or typed.form in known.words or known.has(word.whole.stem):
        return True
    # a compound of short words may be a typing error: stilads is stillads misspelt, not stil and ad
    return analysis.is_written_right(typed.form) and _is_made(typed, language, known)


def _is_made(typed: _Typed, language: str, known: _Known) -> bool:
    """Whether it is, or looks like, a compound of words that the texts have."""
    parts = analysis.word(typed.form, language).parts
    return bool(parts) and all(known.has(part.stem) or known.has(part.root) for part in parts)


# --- worth -----------------------------------------------------------------------------------------


def _weigh(asked: ParsedQuery, meant: Sequence[_Typed], known: _Known, thesaurus: synonyms.Thesaurus) -> None:
    """Weigh all words and keep the heaviest, in their order."""
    analysed = [analysis.word(each.form, asked.language) for each in meant]
    stems = [word.whole.stem for word in analysed]
    words = []
    for position, (typed, word) in enumerate(zip(meant, analysed, strict=True)):
        others = [each for _, group in thesaurus.at(stems, position) for each in group]
        weight = _weight(word, others, known) * (_naming(typed.form, asked.language) if len(meant) > 1 else 1.0)
        words.append(AskedWord(typed.written, typed.form, word, weight, tuple(others)))
    asked.most = known.most
    asked.missing = known.most * sum(_missing(word, known) * _naming(word.form, asked.language) for word in words)
    asked.words = _heaviest(words)
    for group, each in enumerate(asked.words):
        asked.asks += [ask for ask in _asks(group, each, known) if known.has(ask.lexeme)]
    asked.pairs = _pairs(asked.words)


def _pairs(words: Sequence[AskedWord]) -> dict[str, float]:
    """The weight of each pair: that of its lighter word."""
    weights = {word.analysed: word.weight for word in words}
    found = analysis.pairs([word.analysed for word in words])
    return {lexeme: min(weights[one], weights[other]) for lexeme, (one, other) in found.items()}


def _naming(form: str, language: str) -> float:
    """How often a word of its kind names the subject of a question, relative to a noun or verb."""
    if form.isdigit():
        return _NUMBER
    return _CIRCUMSTANCE if language == "da" and analysis.is_circumstance(form) else 1.0


def _missing(word: AskedWord, known: _Known) -> float:
    """The share of a word that no text has, 0 to 1: of misbrugsbehandling it is misbrug, though behandling is
    common."""
    if not word.weight:
        return 1.0
    analysed = word.analysed
    if known.has(analysed.whole.stem) or not analysed.parts or word.synonyms:
        return 0.0
    unknown = sum(not (known.has(part.stem) or known.has(part.root)) for part in analysed.parts)
    return unknown / len(analysed.parts)


def _heaviest(words: Sequence[AskedWord]) -> list[AskedWord]:
    most = sorted(range(len(words)), key=lambda at: -words[at].weight)[:MOST_WORDS]
    return [words[at] for at in sorted(most)]


def _weight(word: analysis.Word, others: Sequence[synonyms.Phrase], known: _Known) -> float:
    """The weight of a word: its own; when no text has it, that of its parts, its root verb or its synonyms."""
    ways = [known.idf(word.whole.stem)]
    ways.append(sum(max(known.idf(part.stem), known.idf(part.root)) for part in word.parts))
    if not any(ways):
        ways.append(known.idf(word.whole.root))
        ways += [sum(known.idf(stem) for stem in other.stems) for other in others]
    return min((way for way in ways if way), default=0.0)


def _asks(group: int, asked: AskedWord, known: _Known) -> Iterator[LexemeLookup]:
    word, weight = asked.analysed, asked.weight
    yield LexemeLookup(word.whole.stem, group, WHOLE, weight)
    if word.whole.root:
        yield LexemeLookup(word.whole.root, group, WHOLE, weight * _ROOT)
    known_parts = [(part, max(known.idf(part.stem), known.idf(part.root))) for part in word.parts]
    total = sum(idf for _, idf in known_parts)
    for part, idf in known_parts:
        share = idf / total * _PARTS if total else 0.0
        # each text with the stem has the root too, so the two together give the whole share
        behind = _PART_ROOT if part.root else 0.0
        yield LexemeLookup(part.stem, group, PARTS, weight * share * (1 - behind))
        if part.root:
            yield LexemeLookup(part.root, group, PARTS, weight * share * behind)
    yield from _synonym_asks(group, asked.synonyms, weight, known)


def _synonym_asks(
    group: int, others: Iterable[synonyms.Phrase], weight: float, known: _Known
) -> Iterator[LexemeLookup]:
    for other in others:
        total = sum(known.idf(stem) for stem in other.stems)
        for stem in other.stems:
            if total and all(known.has(each) for each in other.stems):
                share = known.idf(stem) / total * _SYNONYM
                yield LexemeLookup(stem, group, SYNONYM, weight * share)
