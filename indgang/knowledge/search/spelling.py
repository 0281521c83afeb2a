"""The spelling of words: one form for ø/oe, æ/ae and å/aa, tokens, and stop words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_ONE_FORM = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "y", "ß": "ss", "þ": "th", "ð": "d", "’": "'"}
)
#: invisible characters: soft hyphens, zero-width spaces and joiners, direction marks
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_TOKEN = re.compile(
    rf"""
    §+\s*\d+(?:\s?[a-z]\b)?                   # a paragraph of a law
    | \b(?:paragraf|section)\s+\d+(?:\s?[a-z]\b)?
    | (?<!\d)\d{{2}}\s\d{{2}}\s\d{{2}}\s\d{{2}}(?!\d)  # a telephone number in pairs
    | (?<!\d)\d{{4}}\s\d{{4}}(?!\d)
    | \d+(?:[.,:/-]\d+)*(?:[^\W\d_]+\d*)*      # 14, 1:1, 2.500, 16a
    | [^\W_](?:[^\W_]|(?:['’-]|[{_UNSEEN}]+)(?=[^\W_]))*  # a word, also with hyphens
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"(?:§+|paragraf|section)\s*(\d+)\s?([a-z]?)$", re.IGNORECASE)
_UNSEEN_ONES = re.compile(f"[{_UNSEEN}]+")
#: lone surrogates from broken bytes, which no database accepts
_BROKEN = re.compile("[\ud800-\udfff\\0]")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or paragraph of a text: `form` is its form for comparison, `start` and `end` its position."""

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


def clean(text: str) -> str:
    """`text` on one line as people see it: composed letters, without invisible characters and broken bytes."""
    seen = _UNSEEN_ONES.sub("", _BROKEN.sub(" ", text))
    return " ".join(unicodedata.normalize("NFC", seen).split())


def tokens(text: str) -> Iterator[Token]:
    """The words, numbers and paragraphs in `text`, in order. Numbers and paragraphs stay exact: `§ 19` is `§19`."""
    for match in _TOKEN.finditer(text):
        yield Token(form_of(match.group()), match.start(), match.end())


def as_written(written: str, form: str) -> str:
    """The readable spelling of a word: lower case with its æ, ø and å, and an abbreviation in full."""
    small = _UNSEEN_ONES.sub("", written).lower()
    return small if fold(small) == form else form


def unfolded(form: str, written: Iterable[str]) -> str:
    """A folded word with the æ, ø and å of the words it consists of."""
    for word in sorted(written, key=len, reverse=True):
        form = form.replace(fold(word), word)
    return form


@lru_cache(maxsize=30_000)
def form_of(written: str) -> str:
    """The form of one token for comparison."""
    if paragraph := _PARAGRAPH.match(written):
        return f"§{paragraph[1]}{paragraph[2].lower()}"
    if written[0].isdigit() and " " in written:
        return "".join(written.split())
    return _in_full(fold(_UNSEEN_ONES.sub("", written)))[:_LONGEST]


def _in_full(form: str) -> str:
    """The word for an abbreviation: tlf, husnr, cvr-nr and p-plads."""
    if form in _IN_FULL:
        return _IN_FULL[form]
    for short, full in _ENDS_SHORT.items():
        head = form.removesuffix(short).removesuffix("-")
        if form.endswith(short) and len(head) > 1 and head.isalpha():
            return _IN_FULL.get(head, head) + full
    if form.startswith("p-") and len(form) > 5:
        return f"parkerings{form[2:]}"
    return form


#: common abbreviations, which count as the word they stand for
_IN_FULL = {
    "tlf": "telefon", "tel": "telefon", "mob": "mobil", "nr": "nummer", "adr": "adresse", "kvm": "kvadratmeter",
    "m2": "kvadratmeter", "kbh": "koebenhavn", "mdr": "maaneder", "md": "maaned", "stk": "stykker", "kr": "kroner",
    "ejd": "ejendom", "lejl": "lejlighed", "afd": "afdeling", "virks": "virksomhed", "ansoegn": "ansoegning",
    "opl": "oplysninger", "kl": "klokken", "sdp": "sygedagpenge", "komm": "kommune", "mvh": "hilsen",
}  # fmt: skip
_ENDS_SHORT = {"nr": "nummer", "adr": "adresse", "tlf": "telefon", "till": "tilladelse", "ansoegn": "ansoegning"}

#: words that are common in questions and say nothing about the subject
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
    ang mht iht ift jf jvf ca evt bl fx feks eks osv mv mm inkl ekskl pt dvs klokken hilsen hilsner goddag tusind tænker
    håber spørge spørger spurgt tænke tænkte tror troede synes virkelig rigtig rigtigt faktisk egentlig lidt
    prøvet prøver sagde sagt snakket talt fortalt nemlig sikker tvivl stadig simpelthen vidste interesseret lyst idé ide
    behov siden venlig godmorgen måde altså jamen fordi imens derefter hvorledes endelig bedst gange
    og lige helt ret ganske bestemt bestemte slet langt derhen derfra heller hverken
"""
_ENGLISH = """
    please hello hi dear know like tell think also i'm i've i'd don't what's there's thanks thank regards want would
    going wondering someone something anything ask asking let us
    a about am an and any are as at be been being but by can could did do does for from get got had has have how i if in
    into is it its just may me might must my need not of on or our shall should so some than that the their them then
    there these they this to us want was we were what when where which who why will with would you your
"""
STOP_WORDS = {
    "da": frozenset(fold(word) for word in _DANISH.split()),
    "en": frozenset(_ENGLISH.split()),
}
