"""What a text says to somebody who reads it, in plain signs: for patterns that must not be fooled by how it came here.

What nobody sees is left out (zero-width characters, soft hyphens, marks on digits), digits of every script are 0-9,
dashes are hyphens, white space is a space, fullwidth signs are plain. One sign stays one sign, so that what is found in
the reading is found in the text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PatternText:
    """A text as patterns see it. `places[n]` is where its character n stands in the original; None: at n."""

    text: str
    places: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where these characters stand in the original; what is invisible between them is in it, around them not."""
        if self.places is None or start == end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


class _Signs(dict[str, str]):
    """Each character as it is read, one for one; "" for what nobody sees. Filled as characters come."""

    def __missing__(self, sign: str) -> str:
        read = _sign(sign)
        if sign < "\U00010000":  # so many and no more are kept
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
    """The reading of a text, in one pass."""
    signs = [_SIGNS[sign] for sign in text]
    if all(signs):
        return PatternText("".join(signs), None)
    return PatternText("".join(signs), [place for place, sign in enumerate(signs) if sign])
