"""Danish text: order, short forms, names for addresses, and civil registration numbers typed in free text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

# --- Order -------------------------------------------------------------------------------------

#: the three letters after z, and how foreign letters are filed (Retskrivningsordbogen: ä as æ, ö as ø, ü as y)
_FILED = str.maketrans(
    {"æ": "{", "ø": "|", "å": "}", "ä": "{", "ö": "|", "ü": "y", "ð": "d", "þ": "th", "ß": "ss", "œ": "|"}
)


def sort_key(text: str) -> str:
    """A key that puts Danish text in order when compared letter by letter (in PostgreSQL: COLLATE "C").

    Upper and lower case are equal, accents do not count, æ ø å come after z, `aa` is filed as å, and punctuation
    counts as a space. Only ASCII comes out.
    """
    # composed first, so that an å written as a and a ring is one letter
    lowered = unicodedata.normalize("NFC", text).lower().replace("aa", "å")
    bare = unicodedata.normalize("NFKD", lowered.translate(_FILED))
    letters = "".join(each if each.isalnum() or each in "{|}" else " " for each in bare if each.isascii())
    return " ".join(letters.split())


# --- Civil registration numbers ----------------------------------------------------------------

MASK = "******-****"

_CPR = re.compile(r"(?<![\w+/.-])(\d{6})(\s?[-\u2010-\u2014]\s?|\s|)(\d{4})(?![\w/]|[-.]\d)")
#: words that say that the digits after them are something else; they count when nothing parts the ten digits
_OTHER_NUMBER = re.compile(
    r"(?:sag|sagen|sagsnr|sagsnummer|journalnr|j\.nr|nr\.?\s*på\s*sagen|tlf|telefon|telefonnr|telefonnummer|mobil|mobilnr"
    r"|ring|faktura|fakturanr|ordrenr|cvr|p-nr|p-nummer|ean|konto|kontonr)[.:]?\s*(?:nr\.?|nummer)?\s*[.:]?\s*$",
    re.IGNORECASE,
)


def find_cpr(text: str) -> Iterator[tuple[int, int]]:
    """Where civil registration numbers stand, as (start, end) in `text`.

    A number is `ddmmyy-xxxx`, also with a space or nothing between, whose first part is a date with the century that
    the seventh digit gives (or a replacement number, whose day is 60 higher, when parted by a hyphen). The check digit
    is not asked for: numbers without one are issued since 2007. Ten digits in a row after a word such as `sag` or
    `tlf.` are not counted, nor are digits that are part of a longer number.
    """
    for match in _CPR.finditer(text):
        front, parting, back = match.groups()
        if not _is_birthday(front, back, replacement=bool(parting.strip())):
            continue
        if not parting and _OTHER_NUMBER.search(text[: match.start()]):
            continue
        yield match.span()


def has_cpr(text: str) -> bool:
    return next(find_cpr(text), None) is not None


def mask_cpr(text: str) -> str:
    """The text with each civil registration number replaced by asterisks. Masking twice changes nothing more."""
    pieces, done = [], 0
    for start, end in find_cpr(text):
        pieces += [text[done:start], MASK]
        done = end
    return "".join([*pieces, text[done:]])


def _is_birthday(front: str, back: str, *, replacement: bool) -> bool:
    day, month, short_year = int(front[:2]), int(front[2:4]), int(front[4:])
    if replacement and day > 60:
        day -= 60
    try:
        date(_century(short_year, int(back[0])) + short_year, month, day)
    except ValueError:
        return False
    return True


def _century(short_year: int, seventh: int) -> int:
    """The century by the seventh digit (CPR-kontoret, "Personnummeret i CPR")."""
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if short_year <= 36 else 1900
    return 2000 if short_year <= 57 else 1800


# --- Shape -------------------------------------------------------------------------------------

_SPELT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "u", "ß": "ss"})


def shorten(text: str, length: int) -> str:
    """The text in one line of at most `length` characters, cut between words where possible, with an ellipsis."""
    if length < 1:
        raise ValueError("length must be at least 1")
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    at_word = cut if line[length - 1] == " " else cut.rpartition(" ")[0]
    return (at_word or cut).rstrip(" ,.;:-–") + "…"


#: more digits than these no id in the database has
ID_DIGITS = 18


def whole_number(written: str, digits: int = 9) -> int | None:
    """The number that is written in at most `digits` plain digits; None for everything else, "-1" and "²" among it."""
    plain = written.isascii() and written.isdigit() and len(written) <= digits
    return int(written) if plain else None


def slug(text: str, length: int = 60) -> str:
    """A name for addresses and codes: a-z, 0-9 and single hyphens, at most `length` characters; may be empty."""
    spelt = unicodedata.normalize("NFC", text).lower().translate(_SPELT)
    bare = "".join(each for each in unicodedata.normalize("NFKD", spelt) if each.isascii())
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:length].rstrip("-")
