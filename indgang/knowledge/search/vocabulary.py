"""Words that nobody has written are taken for the word that was meant: one letter away, or else alike in trigrams.

Only a word that stands in no document is repaired. Words are compared as they sound too, so that `stoj` and `stoej`
are near, and so are `vilket` and `hvilket`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
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
#: with so many trigrams a word that is near shares three in a row, or two and the first or last
_MANY = 7
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """How a folded word sounds, near enough to compare: double letters once, `oe` as `o`."""
    for written, said in _SOUNDS:
        word = word.replace(written, said)
    return "".join(each for at, each in enumerate(word) if at == 0 or word[at - 1] != each)


def without_our_vowels(word: str) -> str:
    """A folded word as somebody types it who has no æ, ø and å."""
    return word.replace("oe", "o").replace("ae", "a").replace("aa", "a")


def grams(word: str) -> list[str]:
    """The trigrams of how a word sounds, with its beginning and end marked; each once, in order."""
    marked = f"^{sound(word)}$"
    return list(dict.fromkeys(marked[at : at + 3] for at in range(len(marked) - 2)))


def one_away(word: str) -> list[str]:
    """What comes of `word` when one letter is left out, inserted, changed or swapped with its neighbour."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = [head + tail[1:] for head, tail in halves if tail]
    swapped = [head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1]
    changed = [head + letter + tail[1:] for head, tail in halves if tail for letter in _LETTERS]
    inserted = [head + letter + tail for head, tail in halves for letter in _LETTERS]
    return [*left_out, *swapped, *changed, *inserted]


def tracks(word: str) -> list[list[str]]:
    """Trigrams to look for when nothing is one letter away: a word that is near has all those of one of the lists.

    In a short word there is room for one error only, and then what sounds alike is left. In a long one a third of the
    word is left whole by two errors, and tells it from the many words that end alike.
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
    """How far a repair may be from what was typed: one error in short words, three in long ones."""
    return 0 if len(word) < _SHORTEST else 1 if len(word) < 6 else 2 if len(word) < 11 else 3


def nearest(word: str, candidates: Iterable[tuple[str, int]], count: int = 3) -> list[str]:
    """The words of `candidates` (word, how many documents have it) that were most likely meant, best first."""
    most = most_errors(word)
    found = []
    for candidate, documents in candidates:
        errors = min(distance(word, candidate, most), 0.5 + distance(sound(word), sound(candidate), most))
        rank = errors + 0.5 * (candidate[0] != word[0]) - 0.1 * log(1 + documents)
        found += [(rank, candidate)] if errors <= most else []
    return [candidate for _, candidate in sorted(found)[:count]]


def alike(word: str, candidates: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The few of many `candidates` that share most trigrams with `word`, worth comparing letter by letter."""
    own = set(grams(word))
    shared = sorted((_shared(own, word), documents, word) for word, documents in candidates)
    return [(word, documents) for likeness, documents, word in shared[-_COMPARED:] if likeness >= _LEAST_SHARED]


def _shared(own: set[str], candidate: str) -> float:
    theirs = grams(candidate)
    return len(own.intersection(theirs)) / max(len(own), len(theirs))


def distance(one: str, other: str, most: int = 99) -> int:
    """Letters to insert, leave out, change or swap with their neighbour; `most` + 1 when it is more than `most`."""
    far = most + 1
    if abs(len(one) - len(other)) > most:
        return far
    before: list[int] = []
    last = [min(column, far) for column in range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        # further from the diagonal than `most` it costs more
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
