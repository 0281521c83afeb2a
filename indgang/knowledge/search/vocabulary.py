"""Words that nobody has written are taken for the word that was meant: by trigrams first, then by edit distance.

Only a word that stands in no document is repaired. Words are compared as they sound too, so that `stoj` and `stoej`
are near, and so are `vilket` and `hvilket`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from math import log

#: what is written differently and sounds alike, applied in order to a folded word
_SOUNDS = (
    ("oe", "o"), ("aa", "o"), ("ae", "e"), ("hv", "v"), ("hj", "j"), ("ph", "f"), ("th", "t"), ("ch", "k"), ("ck", "k"),
    ("qu", "kv"), ("z", "s"), ("w", "v"), ("c", "k"), ("x", "ks"), ("nd", "n"), ("ld", "l"), ("rd", "r"), ("dt", "t"),
)  # fmt: skip
_SHORTEST = 4
_SHORT, _LONG = 6, 10
#: how much of the trigrams two words must share before their distance is worth computing
_LEAST_SHARED = 0.3
#: distance is computed of so many, those that share most
_COMPARED = 16


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """How a folded word sounds, near enough to compare: double letters once, `oe` as `o`."""
    for written, said in _SOUNDS:
        word = word.replace(written, said)
    return "".join(each for at, each in enumerate(word) if at == 0 or word[at - 1] != each)


def grams(word: str) -> list[str]:
    """The trigrams of how a word sounds, with its beginning and end marked; each once, in order."""
    marked = f"^{sound(word)}$"
    return list(dict.fromkeys(marked[at : at + 3] for at in range(len(marked) - 2)))


def tracks(word: str) -> list[list[str]]:
    """Trigrams to look for: a word that is near has all those of at least one of the lists.

    In a short word one error can spoil every two that follow each other, so there each stands alone; in a long one a
    third of the word is left whole by an error, and tells it from the many words that end alike.
    """
    own = grams(word)
    if len(word) < _SHORT:
        return [[gram] for gram in own]
    if len(word) < _LONG:
        return [*(list(pair) for pair in pairwise(own)), [own[0], own[-1]]]
    third = len(own) // 3
    return [own[:third], own[third : 2 * third], own[2 * third :]]


def most_errors(word: str) -> float:
    """How far a repair may be from what was typed: one error in short words, three in long ones."""
    return 0.0 if len(word) < _SHORTEST else 1.0 if len(word) < 6 else 2.0 if len(word) < 11 else 3.0


def nearest(word: str, candidates: Iterable[tuple[str, int]], count: int = 3) -> list[str]:
    """The words of `candidates` (word, how many documents have it) that were most likely meant, best first."""
    own, most = set(grams(word)), most_errors(word)
    shared = sorted(((_shared(own, candidate), documents, candidate) for candidate, documents in candidates))
    found = []
    for likeness, documents, candidate in shared[-_COMPARED:]:
        if likeness >= _LEAST_SHARED:
            errors = min(distance(word, candidate, most), 0.5 + distance(sound(word), sound(candidate), most))
            rank = errors + 0.5 * (candidate[0] != word[0]) - 0.1 * log(1 + documents)
            found += [(rank, candidate)] if errors <= most else []
    return [candidate for _, candidate in sorted(found)[:count]]


def _shared(own: set[str], candidate: str) -> float:
    theirs = grams(candidate)
    return len(own.intersection(theirs)) / max(len(own), len(theirs))


def distance(one: str, other: str, most: float = 99.0) -> float:
    """Letters to insert, leave out, change or swap with their neighbour; `most` + 1 when it is more than `most`."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, theirs in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != theirs))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == theirs
            line.append(min(cost, before[column - 2] + 1) if swapped else cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return last[-1]
