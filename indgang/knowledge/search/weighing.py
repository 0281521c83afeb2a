"""The weight of each lexeme in a document, from where and how often it occurs. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indgang.knowledge.search import analysis, spelling

#: raise this when the weights or lexemes of a text change: the worker then rewrites all documents
FORMAT = 1
#: the value of one occurrence by place: title and words people use, short answer, headings, body
FIELDS = {"A": 6.0, "B": 3.0, "C": 2.5, "D": 1.0}
#: the value of a lexeme that is only part of a compound (`tillad` in byggetilladelse), or a word's root verb
_PART, _ROOT = 0.7, 1.0
#: the sum at which the weight is a half: a second occurrence adds less than the first
_HALF = 5.0
#: the value of a word in a further expression; otherwise the longest list would weigh most
_AGAIN = 0.3
#: limits of PostgreSQL's tsvector
_LAST_POSITION, _MOST_POSITIONS = 16_000, 100
#: separators of the expressions that people use
_BETWEEN = re.compile("[\n,;]")
#: separators of phrases
_BREATH = re.compile("[\n,;.:?!]")


@dataclass(frozen=True, slots=True)
class Weighed:
    """`weights` in thousandths by lexeme, `vector` as the text of a tsvector, and `words` with the readable spelling of
    each folded word, in lower case."""

    weights: dict[str, int]
    vector: str
    words: dict[str, str]


def weigh(fields: Mapping[str, str], language: str) -> Weighed:
    """Weigh texts by their field."""
    sums: defaultdict[str, float] = defaultdict(float)
    places: defaultdict[str, list[str]] = defaultdict(list)
    words: dict[str, str] = {}
    position = 0
    for name, factor in FIELDS.items():
        text = unicodedata.normalize("NFC", fields.get(name, ""))
        telling: list[tuple[spelling.Token, analysis.Word]] = []
        for token in spelling.tokens(text):
            position = min(position + 1, _LAST_POSITION)
            if analysis.is_stop_word(token.form, language):
                continue
            if _worth_learning(token.form):
                words.setdefault(token.form, spelling.as_written(text[token.start : token.end], token.form))
            telling.append((token, analysis.word(token.form, language)))
            for lexeme in _shares(telling[-1][1]):
                if len(places[lexeme]) < _MOST_POSITIONS:
                    places[lexeme].append(f"{position}{name}")
        counts = _of_subject(text, telling) if name == "A" else _occurrences(word for _, word in telling)
        for lexeme, count in counts.items():
            sums[lexeme] += factor * (count if count < 1 else 1 + math.log(count))
    weights = {lexeme: max(1, round(1000 * total / (total + _HALF))) for lexeme, total in sums.items()}
    return Weighed(weights | _together(fields.get("A", ""), language), _vector(places), words)


def _together(text: str, language: str) -> dict[str, int]:
    """Pairs of words that stand near each other in the title or an expression, which weigh more together than alone."""
    pairs: set[str] = set()
    for said in _BREATH.split(unicodedata.normalize("NFC", text)):
        forms = [token.form for token in spelling.tokens(said) if not analysis.is_stop_word(token.form, language)]
        pairs |= analysis.pairs([analysis.word(form, language) for form in forms]).keys()
    return dict.fromkeys(pairs, round(1000 * FIELDS["A"] / (FIELDS["A"] + _HALF)))


def _occurrences(words: Iterable[analysis.Word]) -> dict[str, float]:
    counts: defaultdict[str, float] = defaultdict(float)
    for word in words:
        for lexeme, share in _shares(word).items():
            counts[lexeme] += share
    return counts


def _of_subject(text: str, telling: Sequence[tuple[spelling.Token, analysis.Word]]) -> dict[str, float]:
    """The weights from title and expressions: the first line is the title, whose words each count in full."""
    title = text.find("\n")
    ends = [match.start() for match in _BETWEEN.finditer(text, title)] if title >= 0 else []
    expressions: defaultdict[int, list[analysis.Word]] = defaultdict(list)
    for token, word in telling:
        expressions[bisect(ends, token.start)].append(word)
    counts = _occurrences(expressions.pop(0, ()))
    for lexeme, told in _expressed(expressions.values()).items():
        most = max(told)
        counts[lexeme] = counts.get(lexeme, 0.0) + most + _AGAIN * (sum(told) - most)
    return counts


def _expressed(expressions: Iterable[Sequence[analysis.Word]]) -> dict[str, list[float]]:
    """The weights of each expression by lexeme; the more words it has, the less each weighs.

    Of `hole in the pavement`, the words together are about digging, and `hole` alone is not.
    """
    told: defaultdict[str, list[float]] = defaultdict(list)
    for words in expressions:
        for word in words:
            for lexeme, share in _shares(word).items():
                told[lexeme].append(share / len(words))
    return told


def _shares(word: analysis.Word) -> dict[str, float]:
    shares: dict[str, float] = {}
    for part in word.parts:
        shares[part.stem] = _PART
        if part.root:
            shares[part.root] = _PART * _ROOT
    if word.whole.root:
        shares[word.whole.root] = _ROOT
    shares[word.whole.stem] = 1.0
    return {lexeme[:80]: share for lexeme, share in shares.items() if lexeme}


def _vector(places: Mapping[str, list[str]]) -> str:
    return " ".join(f"'{_quoted(lexeme)}':{','.join(dict.fromkeys(at))}" for lexeme, at in places.items())


def _quoted(lexeme: str) -> str:
    return lexeme.replace("\\", "\\\\").replace("'", "''")


def _worth_learning(word: str) -> bool:
    """Whether the word goes into the vocabulary: numbers are not corrected, so they are looked up as they are."""
    return len(word) > 2 and not any(character.isdigit() or character == "§" for character in word)
