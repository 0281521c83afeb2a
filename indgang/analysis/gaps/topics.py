"""Topics of short texts, by the words that many of them share. Pure.

A topic is one or two words that at least `fewest` texts have, together with these texts. The topic that tells most
comes first (how many texts, times how rare its words are); then the texts that are left are looked at anew. A word that
all its texts share takes the place of the term, unless many more texts have it. So no text belongs to two topics,
a topic is named by words that all its texts have, and a word of fewer than `fewest` texts is never shown. This is
clustering by frequent terms (Beil, Ester and Xu, 2002); it uses no chance and no number of topics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log

#: topics that are looked for
MOST_TOPICS = 60
#: words of a text that count, the rarest ones
_MOST_WORDS = 8
#: a word that all texts of a term have takes its place when it has at most so many times as many texts
_WIDEST = 3
#: other words of a topic that are named, and the part of its texts that have them at least
_MOST_OFTEN, _OFTEN = 3, 0.3

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """The words that name it, in order, the places of its texts, and other words that many of them have."""

    words: Words
    members: tuple[int, ...]
    often: Words = ()


def topics(texts: Sequence[frozenset[str]], *, fewest: int, most: int = MOST_TOPICS) -> list[Topic]:
    """The topics, the most telling first. A text with none of them belongs to none.

    >>> [each.words for each in topics([frozenset({"altan", "glas"})] * 3 + [frozenset({"hegn"})], fewest=2)]
    [('altan',)]
    """
    rarity = _rarity(texts, fewest)
    left = {place: _terms(text, rarity) for place, text in enumerate(texts)}
    counts = Counter(term for terms in left.values() for term in terms)
    found: list[Topic] = []
    while len(found) < most and (best := _best(counts, rarity, fewest)):
        term = _widened(best, left, counts)
        members = tuple(place for place, terms in left.items() if term in terms)
        found.append(Topic(term, members, _often(term, [left[place] for place in members], fewest)))
        for place in members:
            counts.subtract(left.pop(place))
    return found


def _rarity(texts: Sequence[frozenset[str]], fewest: int) -> dict[str, float]:
    """What a word tells: the fewer texts have it, the more. Words of too few texts tell nothing."""
    having = Counter(word for text in texts for word in text)
    return {word: log(1 + len(texts) / number) for word, number in having.items() if number >= fewest}


def _terms(text: frozenset[str], rarity: dict[str, float]) -> frozenset[Words]:
    words = sorted(sorted(text & rarity.keys(), key=lambda word: (-rarity[word], word))[:_MOST_WORDS])
    return frozenset([*((word,) for word in words), *combinations(words, 2)])


def _best(counts: Counter[Words], rarity: dict[str, float], fewest: int) -> Words | None:
    """The term that tells most of the texts that are left."""
    enough = [(number, term) for term, number in counts.items() if number >= fewest]
    told = ((number * sum(rarity[word] for word in term), term) for number, term in enough)
    return min(told, key=lambda pair: (-pair[0], pair[1]), default=(0.0, None))[1]


def _widened(term: Words, left: Mapping[int, frozenset[Words]], counts: Counter[Words]) -> Words:
    """The most common word that all texts with the term have, unless it is much more common; else the term."""
    having = [terms for terms in left.values() if term in terms]
    shared = [each for each in frozenset.intersection(*having) if len(each) == 1]
    close = [(-counts[each], each) for each in shared if counts[each] <= _WIDEST * len(having)]
    return min(close)[1] if close else term


def _often(term: Words, texts: Sequence[frozenset[Words]], fewest: int) -> Words:
    others = Counter(word for terms in texts for word, *more in terms if not more and word not in term)
    least = max(fewest, _OFTEN * len(texts))
    ordered = sorted((-number, word) for word, number in others.items() if number >= least)
    return tuple(word for _number, word in ordered[:_MOST_OFTEN])
