"""Bytes to text, when the charset that a mail declares may be wrong. Pure.

The declared charset comes first, then UTF-8, then Windows-1252, which never fails. A declared charset of one byte a
letter accepts anything, so text that is UTF-8 all the same is taken as UTF-8: Danish letters in Latin-1 are no valid
UTF-8. As browsers do, Latin-1 and ASCII are read as Windows-1252, which contains them.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from indgang.messaging.reading.contents import MailProblem

#: codecs for text alone: Python knows others that unpack (zlib) or take a time that grows with the square (punycode)
_TEXT = re.compile(
    r"ascii|utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|utf-7|iso8859-\d+|cp\d+|koi8-[rut]|mac-?\w+|latin|tis-620|hp-roman8"
    r"|gb\w+|big5\w*|hz|shift_jis\w*|euc_\w+|johab|ptcp154|iso2022_\w+"
)
_ASCII_AND_LATIN_1 = frozenset(("ascii", "iso8859-1"))
_ONE_BYTE = re.compile(r"ascii|iso8859-\d+|cp(?!9|65)\d+|koi8-[rut]|mac-?\w+")
_FALLBACK = "cp1252"
#: control characters except tab and line feed; and noncharacters and surrogates, which no database stores
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_BREAKS = re.compile("\r\n|\r|\x85|\u2028|\u2029|\x0b|\x0c")
#: characters without a shape that turn the direction of writing or hide in names
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+")
_BLANKS = re.compile("[\\s\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    problem: MailProblem | None = None


def decode(data: bytes, declared: str) -> Decoded:
    """The text, and whether the declared charset was none or was wrong."""
    name = _codec(declared)
    problem = MailProblem.UNKNOWN_CHARSET if declared.strip() and name is None else None
    if name and _ONE_BYTE.fullmatch(name) and not data.isascii() and (text := _try(data, "utf-8")) is not None:
        return Decoded(text, MailProblem.LYING_CHARSET)
    if name == "ascii" and not data.isascii():
        problem = MailProblem.LYING_CHARSET
    if name:
        text = _try(data, _FALLBACK if name in _ASCII_AND_LATIN_1 else name)
        if text is not None:
            return Decoded(text, problem)
        problem = MailProblem.LYING_CHARSET
    text = _try(data, "utf-8")
    return Decoded(data.decode(_FALLBACK, "replace") if text is None else text, problem)


def _codec(declared: str) -> str | None:
    name = declared.strip().strip("\"'").lower()
    if not name or not name.isascii() or len(name) > 40 or "\x00" in name:
        return None
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    return found if _TEXT.fullmatch(found) else None


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def body_text(text: str) -> str:
    """The text with line feeds between its lines and without control characters."""
    return _CONTROL.sub("", _BREAKS.sub("\n", text)).replace("\ufeff", "")


def one_line(text: str, longest: int) -> str:
    """The text on one line, without control characters and characters that turn the direction of writing."""
    plain = _CONTROL.sub("", _INVISIBLE.sub("", _BLANKS.sub(" ", text)))
    return plain.strip()[:longest].rstrip()
