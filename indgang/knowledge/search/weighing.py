"""How much each lexeme tells of a document, from where and how often it stands there. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
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
#: what parts the expressions that people use
_BETWEEN = re.compile("[\n,;]")
#: what parts what is said in one breath
_BREATH = re.compile("[\n,;.:?!]")


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
        tokens = list(spelling.tokens(text))
        shares = _in_phrases(text, tokens, language) if name == "A" else [1.0] * len(tokens)
        for token, part in zip(tokens, shares, strict=True):
            position = min(position + 1, _LAST_POSITION)
            if analysis.is_stop_word(token.form, language):
                continue
            if _worth_learning(token.form):
                words.setdefault(token.form, spelling.as_written(text[token.start : token.end], token.form))
            for lexeme, share in _shares(analysis.word(token.form, language)).items():
                counts[lexeme] += share * part
                if len(places[lexeme]) < _MOST_POSITIONS:
                    places[lexeme].append(f"{position}{name}")
        for lexeme, count in counts.items():
            sums[lexeme] += factor * (count if count < 1 else 1 + math.log(count))
    weights = {lexeme: max(1, round(1000 * total / (total + _HALF))) for lexeme, total in sums.items()}
    return Weighed(weights | _together(fields.get("A", ""), language), _vector(places), words)


def _together(text: str, language: str) -> dict[str, int]:
    """Words that stand near each other in the title or in an expression tell more together than each by itself."""
    pairs: set[str] = set()
    for said in _BREATH.split(unicodedata.normalize("NFC", text)):
        forms = [token.form for token in spelling.tokens(said) if not analysis.is_stop_word(token.form, language)]
        pairs |= analysis.pairs([analysis.word(form, language) for form in forms]).keys()
    return dict.fromkeys(pairs, round(1000 * FIELDS["A"] / (FIELDS["A"] + _HALF)))


def _in_phrases(text: str, tokens: Sequence[spelling.Token], language: str) -> list[float]:
    """What each word tells of the subject: all in the title, less in an expression the more words that has.

    Of `hole in the pavement` it is the three together that tell of digging, not `hole`.
    """
    title = text.find("\n")
    ends = [match.start() for match in _BETWEEN.finditer(text, title)] if title >= 0 else []
    phrases = [bisect(ends, token.start) for token in tokens]
    lengths = Counter(
        phrase for token, phrase in zip(tokens, phrases, strict=True) if not analysis.is_stop_word(token.form, language)
    )
    return [1 / max(lengths[phrase], 1) if phrase else 1.0 for phrase in phrases]


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
