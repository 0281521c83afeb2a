"""Finds the word of the vocabulary that is nearest to an unknown word: at distance one, or else by shared trigrams.

Only a word that no document has is corrected. The sound of words is compared too, so that `stoj` and `stoej` are near,
and so are `vilket` and `hvilket`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import log

#: spellings that sound alike, applied in order to a folded word
_SOUNDS = (
    ("oe", "o"), ("aa", "o"), ("ae", "e"), ("hv", "v"), ("hj", "j"), ("ph", "f"), ("th", "t"), ("ch", "k"), ("ck", "k"),
    ("qu", "kv"), ("z", "s"), ("w", "v"), ("c", "k"), ("x", "ks"), ("nd", "n"), ("ld", "l"), ("rd", "r"), ("dt", "t"),
)  # fmt: skip
_SHORTEST = 4
_SHORT, _LONG = 6, 10
#: least share of common trigrams; below it the distance is not computed
_LEAST_SHARED = 0.3
#: number of candidates whose distance is computed, those with the most common trigrams
_COMPARED = 16
#: with this many trigrams, a near word shares three in a row, or two and the first or last
_MANY = 7
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The approximate sound of a folded word, for comparison: double letters once, `oe` as `o`."""
    for written, said in _SOUNDS:
        word = word.replace(written, said)
    return "".join(each for at, each in enumerate(word) if at == 0 or word[at - 1] != each)


def without_our_vowels(word: str) -> str:
    """A folded word as typed by somebody without the letters æ, ø and å."""
    return word.replace("oe", "o").replace("ae", "a").replace("aa", "a")


def grams(word: str) -> list[str]:
    """The trigrams of the word's sound, with its beginning and end marked; each once, in order."""
    marked = f"^{sound(word)}$"
    return list(dict.fromkeys(marked[at : at + 3] for at in range(len(marked) - 2)))


def one_away(word: str) -> list[str]:
    """All strings at distance one: one letter of `word` deleted, inserted, replaced or swapped with its neighbour."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = [head + tail[1:] for head, tail in halves if tail]
    swapped = [head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1]
    changed = [head + letter + tail[1:] for head, tail in halves if tail for letter in _LETTERS]
    inserted = [head + letter + tail for head, tail in halves for letter in _LETTERS]
    return [*left_out, *swapped, *changed, *inserted]


def tracks(word: str) -> list[list[str]]:
    """Lists of trigrams to look for when no word is at distance one: a near word has all trigrams of one of the lists.

    A short word has room for one error only, so candidates must sound alike. In a long word, two errors leave a third
    of it unchanged, which sets it apart from the many words with the same ending.
    """
    own = grams(word)
    if len(word) < _SHORT:
        return [own]
    if len(word) < _LONG:
        together = 3 if len(own) >= _MANY else 2
        around = own + own[: together - 1]
        return [around[at : at + together] for at in range(len(own))]
    third = len(own) // 3
    return [own[:third], own[third : 2 * third], own[2 * third :]]


def most_errors(word: str) -> int:
    """The greatest distance of a correction: one error in short words, three in long ones."""
    return 0 if len(word) < _SHORTEST else 1 if len(word) < 6 else 2 if len(word) < 11 else 3


def nearest(word: str, candidates: Iterable[tuple[str, int]], count: int = 3) -> list[str]:
    """The most likely words of `candidates` (word, number of documents), best first."""
    most = most_errors(word)
    found = []
    for candidate, documents in candidates:
        errors = min(distance(word, candidate, most), 0.5 + distance(sound(word), sound(candidate), most))
        rank = errors + 0.5 * (candidate[0] != word[0]) - 0.1 * log(1 + documents)
        found += [(rank, candidate)] if errors <= most else []
    return [candidate for _, candidate in sorted(found)[:count]]


def alike(word: str, candidates: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The few of many `candidates` that share the most trigrams with `word`, for a comparison letter by letter."""
    own = set(grams(word))
    shared = sorted((_shared(own, word), documents, word) for word, documents in candidates)
    return [(word, documents) for likeness, documents, word in shared[-_COMPARED:] if likeness >= _LEAST_SHARED]


def _shared(own: set[str], candidate: str) -> float:
    theirs = grams(candidate)
    return len(own.intersection(theirs)) / max(len(own), len(theirs))


def distance(one: str, other: str, most: int = 99) -> int:
    """The number of letters to insert, delete, replace or swap with a neighbour; `most` + 1 when it exceeds `most`."""
    far = most + 1
    if abs(len(one) - len(other)) > most:
        return far
    before: list[int] = []
    last = [min(column, far) for column in range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        # cells further than `most` from the diagonal exceed the limit
        line = [min(row, far)] + [far] * len(other)
        for column in range(max(1, row - most), min(len(other), row + most) + 1):
            theirs = other[column - 1]
            cost = last[column - 1] if letter == theirs else 1 + min(last[column], line[column - 1], last[column - 1])
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == theirs:
                cost = min(cost, before[column - 2] + 1)
            line[column] = cost
        if min(line) > most:
            return far
        before, last = last, line
    return min(last[-1], far)
