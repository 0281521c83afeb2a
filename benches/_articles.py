"""Twenty thousand plausible Danish articles: sentences of the demo's articles with some words replaced.

The result is deterministic. Words are drawn by their frequency in the demo's texts, a fifth of each sentence is
replaced, and new compounds of existing words are added, so that the vocabulary grows as in real texts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from indgang.knowledge.search import analysis, spelling
from indgang.knowledge.search.index import IndexEntry

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_REPLACED = 0.2


@dataclass(frozen=True, slots=True)
class _Material:
    entries: Sequence[IndexEntry]
    words: Sequence[str]
    heads: Sequence[str]


def generated(entries: Sequence[IndexEntry], count: int) -> Iterator[IndexEntry]:
    """`count` articles, generated from the Danish ones among `entries`."""
    danish = [entry for entry in entries if entry.language == "da" and not entry.elsewhere]
    words = [word for entry in danish for text in entry.fields.values() for word in _WORD.findall(text)]
    nouns = [word.lower() for word in words if not analysis.is_stop_word(spelling.fold(word), "da")]
    material = _Material(danish, nouns, [word for word in dict.fromkeys(nouns) if len(word) < 9])
    draw = random.Random(20_000)
    for number in range(count):
        yield _article(number, material, draw)


def _article(number: int, material: _Material, draw: random.Random) -> IndexEntry:
    one, other = draw.sample(material.entries, 2)
    title = _mixed(one.title, material, draw)
    short = _mixed(draw.choice(_SENTENCE.split(other.fields["B"])), material, draw)
    sentences = _SENTENCE.split(f"{one.fields['D']} {other.fields['D']}")
    body = " ".join(_mixed(each, material, draw) for each in draw.sample(sentences, min(len(sentences), 12)))
    words = "\n".join(draw.choice(material.heads) + draw.choice(material.heads) for _ in range(4))
    days = timedelta(days=draw.randrange(600))
    return replace(
        one,
        key=f"made-{number}",
        title=title,
        text=f"{short} {body}"[:1500],
        fields={"A": f"{title}\n{words}", "B": short, "C": one.fields["C"], "D": body},
        shown_from=one.shown_from - days,
        updated_at=one.updated_at - days,
    )


def _mixed(text: str, material: _Material, draw: random.Random) -> str:
    return _WORD.sub(lambda match: draw.choice(material.words) if draw.random() < _REPLACED else match.group(), text)
