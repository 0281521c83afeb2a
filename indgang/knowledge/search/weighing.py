"""How much each lexeme tells of a document, from where and how often it stands there. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from indgang.knowledge.search import analysis, spelling

#: what one occurrence counts by where it stands: title and words people use, short answer, headings, body
FIELDS = {"A": 6.0, "B": 3.0, "C": 2.5, "D": 1.0}
#: a lexeme that is only part of a compound (`tillad` in byggetilladelse), or the verb behind a word
_PART, _ROOT = 0.7, 1.0
#: of a sum like this the weight is a half: the second occurrence tells less than the first
_HALF = 5.0
#: what PostgreSQL keeps of a tsvector
_LAST_POSITION, _MOST_POSITIONS = 16_000, 100


@dataclass(frozen=True, slots=True)
class Weighed:
    """`weights` in thousandths by lexeme, `vector` as the text of a tsvector, `words` gives how each
    folded word is written, in small letters."""

    weights: dict[str, int]
    vector: str
    words: dict[str, str]


def weigh(fields: Mapping[str, str], language: str) -> Weighed:
    """Weigh texts by the field they are of."""
    sums: defaultdict[str, float] = defaultdict(float)
    places: defaultdict[str, list[str]] = defaultdict(list)
    words: dict[str, str] = {}
    position = 0
    for name, factor in FIELDS.items():
        counts: defaultdict[str, float] = defaultdict(float)
        text = unicodedata.normalize("NFC", fields.get(name, ""))
        for token in spelling.tokens(text):
            position = min(position + 1, _LAST_POSITION)
            if analysis.is_stop_word(token.form, language):
                continue
            if _worth_learning(token.form):
                words.setdefault(token.form, spelling.as_written(text[token.start : token.end], token.form))
            for lexeme, share in _shares(analysis.word(token.form, language)).items():
                counts[lexeme] += share
                if len(places[lexeme]) < _MOST_POSITIONS:
                    places[lexeme].append(f"{position}{name}")
        for lexeme, count in counts.items():
            sums[lexeme] += factor * (count if count < 1 else 1 + math.log(count))
    weights = {lexeme: max(1, round(1000 * total / (total + _HALF))) for lexeme, total in sums.items()}
    return Weighed(weights, _vector(places), words)


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
    """Only words are misspelt into one another; numbers are looked up as they stand."""
    return len(word) > 2 and not any(character.isdigit() or character == "§" for character in word)
