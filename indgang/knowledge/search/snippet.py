"""The stretch of a text that shows best why it was found, with the words marked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from indgang.knowledge.search import analysis, spelling

_LENGTH = 220
#: how much of a text is looked through
_LOOKED_THROUGH = 900


@dataclass(frozen=True, slots=True)
class _Spot:
    start: int
    end: int
    lexemes: frozenset[str]


def make(text: str, lexemes: Collection[str], language: str) -> SafeString:
    """About 220 characters of `text`, escaped, with `<mark>` around the words that have one of the lexemes."""
    text = text[:_LOOKED_THROUGH]
    spots = _spots(text, frozenset(lexemes), language)
    start = _best_start(text, spots)
    end = _end(text, start)
    pieces, done = ["… " if start else ""], start
    for spot in spots:
        if start <= spot.start and spot.end <= end:
            pieces += [escape(text[done : spot.start]), "<mark>", escape(text[spot.start : spot.end]), "</mark>"]
            done = spot.end
    pieces += [escape(text[done:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(pieces))  # noqa: S308  # every piece of the text is escaped above


def _spots(text: str, lexemes: frozenset[str], language: str) -> list[_Spot]:
    found = []
    for token in spelling.tokens(text):
        matched = analysis.word(token.form, language).lexemes & lexemes
        if matched and not analysis.is_stop_word(token.form, language):
            found.append(_Spot(token.start, token.end, matched))
    return found


def _best_start(text: str, spots: list[_Spot]) -> int:
    """Where the window with the most different words begins: the beginning of a sentence if one is near."""
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
