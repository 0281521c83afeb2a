"""The extract of a text that best shows the match, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from indgang.knowledge.search import analysis, spelling

_LENGTH = 220
#: characters of a text that are searched for the words
LOOKED_THROUGH = 500
#: words and paragraphs; coarser than the tokens of the index, and faster
_WORD = re.compile(r"\w+(?:[-'’.,:]\w+)*|§+\s*\d+(?:\s?[a-z]\b)?")


@dataclass(frozen=True, slots=True)
class Spot:
    """A matching word of the text, its position, and the lexemes that it shares with the query."""

    start: int
    end: int
    lexemes: frozenset[str]


def spots(text: str, lexemes: frozenset[str], language: str) -> list[Spot]:
    """The words at the beginning of `text` that have one of the lexemes, in order."""
    return [
        Spot(match.start(), match.end(), own & lexemes)
        for match in _WORD.finditer(text[:LOOKED_THROUGH])
        if not (own := _lexemes(match.group(), language)).isdisjoint(lexemes)
    ]


@lru_cache(maxsize=30_000)
def _lexemes(written: str, language: str) -> frozenset[str]:
    return analysis.lexemes(spelling.form_of(written), language)


def make(text: str, found: Sequence[Spot]) -> SafeString:
    """About 220 characters of `text`, escaped, with `<mark>` around the matching words."""
    text = text[:LOOKED_THROUGH]
    start = _best_start(text, found)
    end = _end(text, start)
    pieces, done = ["… " if start else ""], start
    for spot in found:
        if start <= spot.start and spot.end <= end:
            pieces += [escape(text[done : spot.start]), "<mark>", escape(text[spot.start : spot.end]), "</mark>"]
            done = spot.end
    pieces += [escape(text[done:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(pieces))  # noqa: S308  # every piece of the text is escaped above


def _best_start(text: str, spots: Sequence[Spot]) -> int:
    """The start of the window with the most different words, moved to the beginning of a sentence if one is near."""
    best, most = 0, 0
    for spot in spots:
        window = [each for each in spots if spot.start <= each.start and each.end <= spot.start + _LENGTH]
        different = len(frozenset().union(*(each.lexemes for each in window)))
        if different > most:
            best, most = spot.start, different
    if best < _LENGTH // 2:
        return 0
    sentence = max(text.rfind(mark, 0, best) for mark in (". ", "? ", "! ", ": "))
    if best - sentence < _LENGTH // 2:
        return sentence + 2
    return text.rfind(" ", 0, best - 40) + 1


def _end(text: str, start: int) -> int:
    if len(text) <= start + _LENGTH:
        return len(text)
    space = text.rfind(" ", start, start + _LENGTH)
    return space if space > start else start + _LENGTH
