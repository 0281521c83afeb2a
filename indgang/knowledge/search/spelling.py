"""How words are written: one form for ø/oe, æ/ae and å/aa, tokens, and words that say nothing. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_ONE_FORM = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "y", "ß": "ss", "þ": "th", "ð": "d", "’": "'"}
)
_TOKEN = re.compile(
    r"""
    §+\s*\d+(?:\s?[a-z]\b)?                   # a paragraph of a law
    | \b(?:paragraf|section)\s+\d+(?:\s?[a-z]\b)?
    | (?<!\d)\d{2}\s\d{2}\s\d{2}\s\d{2}(?!\d)  # a telephone number in pairs
    | (?<!\d)\d{4}\s\d{4}(?!\d)
    | \d+(?:[.,:/-]\d+)*(?:[^\W\d_]+\d*)*      # 14, 1:1, 2.500, 16a
    | [^\W_]+(?:['’][^\W_]+|-[^\W_]+)*         # a word, also with hyphens
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"(?:§+|paragraf|section)\s*(\d+)\s?([a-z]?)$", re.IGNORECASE)
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or paragraph of a text: `form` is how it is compared, `start` and `end` where it stands."""

    form: str
    start: int
    end: int


def fold(word: str) -> str:
    """Lower case in one spelling: `Gravetilladelse på Åboulevarden` and `... paa Aaboulevarden` become the same."""
    lowered = unicodedata.normalize("NFC", word).lower().translate(_ONE_FORM)
    if lowered.isascii():
        return lowered
    bare = "".join(each for each in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(each))
    return bare.lower().translate(_ONE_FORM)


def tokens(text: str) -> Iterator[Token]:
    """The words, numbers and paragraphs in `text`, in order. Numbers and paragraphs stay exact: `§ 19` is `§19`."""
    for match in _TOKEN.finditer(text):
        yield Token(form_of(match.group()), match.start(), match.end())


@lru_cache(maxsize=30_000)
def form_of(written: str) -> str:
    """How one token is compared."""
    if paragraph := _PARAGRAPH.match(written):
        return f"§{paragraph[1]}{paragraph[2].lower()}"
    if written[0].isdigit() and " " in written:
        return "".join(written.split())
    return fold(written)[:_LONGEST]


#: words that questions are full of and that tell nothing about the subject
_DANISH = """
    af al alle allerede alt altid altså and at bare blev blive bliver bør både da de dem den denne der deres derfor
    derved dermed det dette dig din dine disse dit dog du efter eftersom egen eget egne ej eller ellers en end endnu er
    et få får fået fik for fordi fra før først gerne gjorde gjort gør gøre går gå ham han hans har havde have hen hende
    hendes her hertil hos hun hvad hvem hver hvis hvilke hvilken hvilket hvor hvordan hvorfor hvorhen hvornår i ifm
    igen ikke ind jeg jer jeres jo kan kom komme kommer kun kunne man mange med meget mellem men mens mere mig min mine
    mit mod måske må måtte ned noget nogle nogen når nu nok næste også om omkring op os over per pga på samme samt selv
    ser ses sig sin sine sit skal skulle slags som så sådan således tage tager til ting tit to ud uden under var
    vedr ved vel vi vil ville vor vores vor være været ønsker ok hej tak venligst
    foregår sker sket ske findes finde finder hedder siger sige siges brug bruge bruger vide ved hvordan godt
    og lige helt ret ganske bestemt bestemte slet langt derhen derfra heller hverken
"""
_ENGLISH = """
    a about am an and any are as at be been being but by can could did do does for from get got had has have how i if in
    into is it its just may me might must my need not of on or our shall should so some than that the their them then
    there these they this to us want was we were what when where which who why will with would you your
"""
STOP_WORDS = {
    "da": frozenset(fold(word) for word in _DANISH.split()),
    "en": frozenset(_ENGLISH.split()),
}
