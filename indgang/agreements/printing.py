"""Which signs the PDF of an agreement can show: those of the serif font that Typst carries."""

from __future__ import annotations

import re

#: letters of Latin, Greek and Cyrillic, punctuation, currencies, arrows. A test prints each of them.
_SHOWN = (
    r"\t\r\n -~\u00a0-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026"
    r"\u2030\u2032\u2033\u2039\u203a\u20ac\u2190-\u2193\u2212\u2248\u2260\u2264\u2265"
)
_ODD = re.compile(rf"[^{_SHOWN}]")


def unprintable(text: str) -> str:
    """The signs of the text that the PDF cannot show, each once."""
    return "".join(dict.fromkeys(_ODD.findall(text)))


def printable(text: str) -> str:
    """The text with a question mark for each sign that the PDF cannot show."""
    return _ODD.sub("?", text)
