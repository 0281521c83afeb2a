"""Danish text: sort order, short forms, and names for addresses."""

from __future__ import annotations

import re
import unicodedata

# --- Order -------------------------------------------------------------------------------------

#: the three letters after z, and the order of foreign letters (Retskrivningsordbogen: ä as æ, ö as ø, ü as y)
_FILED = str.maketrans(
    {"æ": "{", "ø": "|", "å": "}", "ä": "{", "ö": "|", "ü": "y", "ð": "d", "þ": "th", "ß": "ss", "œ": "|"}
)


def sort_key(text: str) -> str:
    """A key that puts Danish text in order when compared letter by letter (in PostgreSQL: COLLATE "C").

    Upper and lower case are equal, accents do not count, æ ø å come after z, `aa` is filed as å, and punctuation
    counts as a space. Only ASCII comes out.
    """
    # composed first, so that an å of two characters is one letter
    lowered = unicodedata.normalize("NFC", text).lower().replace("aa", "å")
    bare = unicodedata.normalize("NFKD", lowered.translate(_FILED))
    letters = "".join(each if each.isalnum() or each in "{|}" else " " for each in bare if each.isascii())
    return " ".join(letters.split())


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


#: ids in the database have at most this many digits
ID_DIGITS = 18


def folded(name: str) -> str:
    """A name in the form that is compared: case, Unicode composition and surrounding spaces make no difference.

    >>> folded(" KaReN"), folded("ÅSE") == folded("A\u030ase")
    ('karen', True)
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())


def whole_number(written: str, digits: int = 9) -> int | None:
    """The number that the text writes in at most `digits` plain digits; None for anything else, such as "-1" and
    "²"."""
    plain = written.isascii() and written.isdigit() and len(written) <= digits
    return int(written) if plain else None


def is_code(text: str) -> bool:
    """Whether the text can be a new code: a-z in lower case, digits and hyphens."""
    return re.fullmatch(r"[a-z0-9-]+", text) is not None


def slug(text: str, length: int = 60) -> str:
    """A name for addresses and codes: a-z, 0-9 and single hyphens, at most `length` characters; may be empty."""
    spelt = unicodedata.normalize("NFC", text).lower().translate(_SPELT)
    bare = "".join(each for each in unicodedata.normalize("NFKD", spelt) if each.isascii())
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:length].rstrip("-")
