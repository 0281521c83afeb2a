"""The difference between two texts for human readers: whole words that are equal, removed or added. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["equal", "added", "removed"]
Piece = tuple[Op, str]

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
#: the comparison takes quadratic time: longer texts are compared by lines, and the longest are not compared
_MOST_PIECES = 4_000


def words(old: str, new: str) -> list[Piece]:
    """Pieces in reading order; a removed piece comes before the one that replaces it.

    The equal and added pieces joined are `new`; the equal and removed pieces joined are `old`. No piece is empty, and
    no two neighbours have the same kind.
    """
    return list(_joined(_by_words(old, new)))


def size(old: str, new: str) -> int:
    """Characters added plus characters removed."""
    return sum(len(text) for kind, text in words(old, new) if kind != "equal")


def _by_words(old: str, new: str) -> Iterator[Piece]:
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if max(len(before), len(after)) <= _MOST_PIECES:
        yield from _compared(before, after)
        return
    for kind, gone, come in _stretches(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        removed, added = _TOKENS.findall(gone), _TOKENS.findall(come)
        if kind == "equal":
            yield "equal", come
        elif max(len(removed), len(added)) <= _MOST_PIECES:
            yield from _compared(removed, added)
        else:
            yield from (("removed", gone), ("added", come))


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, gone, come in _stretches(before, after):
        if kind == "equal":
            yield "equal", come
        else:
            yield from (("removed", gone), ("added", come))


def _stretches(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yields (`equal` or another tag, the old text, the new text)."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    yield "equal", "".join(before[:start]), "".join(after[:start])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(middle[0]), len(middle[1])) > _MOST_PIECES:
        yield "other", "".join(middle[0]), "".join(middle[1])
    else:
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, *middle).get_opcodes():
            yield kind, "".join(middle[0][i1:i2]), "".join(middle[1][j1:j2])
    yield "equal", "".join(before[len(before) - end :]), "".join(after[len(after) - end :])


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """The number of equal pieces at the front."""
    for place, (one, other) in enumerate(zip(before, after, strict=False)):
        if one != other:
            return place
    return min(len(before), len(after))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Merge neighbours of one kind; within a change, put removed text before added text."""
    gone, come, same = "", "", ""
    for kind, text in pieces:
        if kind == "equal" and text:
            yield from _changed(gone, come)
            gone, come, same = "", "", same + text
            continue
        if text and same:
            yield "equal", same
            same = ""
        gone += text if kind == "removed" else ""
        come += text if kind == "added" else ""
    yield from _changed(gone, come)
    if same:
        yield "equal", same


def _changed(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield "removed", gone
    if come:
        yield "added", come
