"""How a text travels as SMS: in which alphabet, in how many parts, and which characters make it longer. Pure.

A part holds 140 bytes: 160 characters of the GSM alphabet of seven bits (3GPP TS 23.038, formerly GSM 03.38), or 70 of
UCS-2 when one character of the text is not in that alphabet. Several parts begin with a header that joins them (TS
23.040), which leaves 153 or 67. Æ, Ø, Å and é are in the GSM alphabet; ê, “ and – are not. A character of the extension
table takes two places, and one outside the basic plane of Unicode (an emoji) takes two units of UTF-16. Neither is
divided between two parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

#: signs that people's keyboards and word processors write, and what stands for them in the GSM alphabet
_PLAIN = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "´": "'", "`": "'",
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "\u00a0": " ", "\u202f": " ",
        "\u2009": " ", "\t": " ", "\u00ad": "", "\u200b": "", "\ufeff": "",
    }
)  # fmt: skip


class SmsEncoding(StrEnum):
    GSM = "gsm"
    UCS2 = "ucs2"


#: places in a message of one part, and in each part of several
ALONE = {SmsEncoding.GSM: 160, SmsEncoding.UCS2: 70}
JOINED = {SmsEncoding.GSM: 153, SmsEncoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Division:
    """A text in its parts, which joined are the text.

    `forcing` are the characters that force UCS-2, each once, in the order of the text; `without` is the number of parts
    if they were characters of the GSM alphabet. `left` is the number of places left in the last part.
    """

    encoding: SmsEncoding
    parts: tuple[str, ...]
    left: int
    forcing: tuple[str, ...]
    without: int

    @property
    def count(self) -> int:
        return len(self.parts)


def divide(text: str) -> Division:
    """The text in the alphabet that it needs, in as few parts as its characters allow; an empty text has no part."""
    forcing = tuple(dict.fromkeys(sign for sign in text if not _is_gsm(sign)))
    encoding = SmsEncoding.UCS2 if forcing else SmsEncoding.GSM
    parts = tuple(_parts(text, encoding))
    room = ALONE[encoding] if len(parts) < 2 else JOINED[encoding]
    left = room - (places(parts[-1], encoding) if parts else 0)
    without = sum(1 for _ in _parts(_as_gsm(text), SmsEncoding.GSM)) if forcing else len(parts)
    return Division(encoding, parts, left, forcing, without)


def places(text: str, encoding: SmsEncoding) -> int:
    """How many places the text takes: septets of the GSM alphabet, or units of UTF-16."""
    return sum(_width(sign, encoding) for sign in text)


def with_plain_signs(text: str) -> str:
    """The text with plain quotation marks, hyphens and spaces instead of typographic ones, which would force UCS-2."""
    return text.translate(_PLAIN)


def _parts(text: str, encoding: SmsEncoding) -> Iterator[str]:
    if places(text, encoding) <= ALONE[encoding]:
        if text:
            yield text
        return
    begins = taken = 0
    for place, sign in enumerate(text):
        width = _width(sign, encoding)
        if taken + width > JOINED[encoding]:
            yield text[begins:place]
            begins, taken = place, 0
        taken += width
    yield text[begins:]


def _width(sign: str, encoding: SmsEncoding) -> int:
    if encoding is SmsEncoding.GSM:
        return 2 if sign in _EXTENSION else 1
    return 2 if ord(sign) > 0xFFFF else 1


def _is_gsm(sign: str) -> bool:
    return sign in _BASIC or sign in _EXTENSION


def _as_gsm(text: str) -> str:
    return "".join(sign if _is_gsm(sign) else "?" for sign in text)
