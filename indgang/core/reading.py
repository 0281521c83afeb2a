"""Normalises a text for pattern matching, so that unusual characters do not hide a number.

Invisible characters are left out (zero-width characters, soft hyphens, marks on digits). Digits of every script become
0-9, dashes become hyphens, white space becomes a space, and fullwidth characters become ordinary ones. Each character
maps to at most one, so that a match in the normalised text can be located in the original.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PatternText:
    """A normalised text. `places[n]` is the position of its character n in the original; None: the position is n."""

    text: str
    places: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of these characters in the original, with the invisible characters between them but not those
        around them."""
        if self.places is None or start == end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


class _Signs(dict[str, str]):
    """The normalised form of each character; "" for an invisible one. Filled as characters occur."""

    def __missing__(self, sign: str) -> str:
        read = _sign(sign)
        if sign < "\U00010000":  # limits the size of the cache
            self[sign] = read
        return read


def _sign(sign: str) -> str:
    if sign.isspace():
        return " "
    kind = unicodedata.category(sign)
    if kind in ("Cf", "Cc", "Mn", "Me"):
        return ""
    if kind == "Pd" or sign in "\u2212\u2043\u00af\u02d7":
        return "-"
    if kind == "Nd":
        return str(unicodedata.digit(sign))
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign


_SIGNS = _Signs()


def read(text: str) -> PatternText:
    """Normalise a text, in one pass."""
    signs = [_SIGNS[sign] for sign in text]
    if all(signs):
        return PatternText("".join(signs), None)
    return PatternText("".join(signs), [place for place, sign in enumerate(signs) if sign])
