"""Finds and masks personal numbers and addresses that people type in free text.

Texts are searched in normalised form (`core.reading`), so that a number is found whatever characters it is written in.
All patterns are bounded and start where a number starts, so the time is proportional to the length
(benches/masking.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from indgang.core.reading import PatternText, read

#: the replacement for a civil registration number, and for any other number or address of a person
MASK, MASK_OTHER = "******-****", "****"


def _masked(text: str, spans: Iterator[tuple[int, int]], mask: str) -> str:
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], mask]
        done = end
    return "".join([*pieces, text[done:]])


# --- Civil registration numbers -----------------------------------------------------------------

#: a digit, or a letter that looks like one
_D = "[0-9OoIl]"
#: the date with one kind of separator between its parts or none, a year of two or four digits, a separator, four digits
_CPR = re.compile(
    rf"(?<![0-9+])(?<![0-9]-)(?P<day>{_D}{{2}})(?P<inner>[-./ ]?)(?P<month>{_D}{{2}})(?P=inner)(?P<century>1[89]|20|)"
    rf"(?P<year>{_D}{{2}})(?P<parting> {{0,2}}[-./] {{0,2}}| {{0,2}})(?P<back>{_D}{{4}})(?!{_D}|-[0-9])"
)
#: after a word such as `cpr`, a number with one digit too many, too few or wrong counts too
_MEANT = re.compile(rf"(?<![0-9+]){_D}{{5,7}}(?: {{0,2}}[-./] {{0,2}}| {{0,2}}){_D}{{3,5}}(?!{_D}|-[0-9])")
_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")
#: at least this many of the ten must be real digits, or an ordinary word would count as a number
_REAL_DIGITS = 7
#: how far before a number a word about it is searched for, in characters
_WORD_WITHIN = 40
_CPR_WORDS = frozenset(("cpr", "cprnr", "cpr-nr", "personnr", "personnummer", "cprnummer", "cpr-nummer", "født", "f"))
#: words that say that the digits after them are something else; they count when the ten digits have no separator
_TELEPHONE_WORDS = frozenset(("tlf", "telefon", "telefonnr", "telefonnummer", "mobil", "mobilnr", "ring"))
_OTHER_WORDS = frozenset(
    ("sag", "sagen", "sagsnr", "sagsnummer", "journalnr", "j.nr", "faktura", "fakturanr", "ordrenr", "cvr", "cvrnr",
     "cvr-nr", "cvr-nummer", "p-nr", "p-nummer", "se-nr", "ean", "ean-nr", "konto", "kontonr", "matr.nr", "matrikel")
)  # fmt: skip


def find_cpr(text: str) -> Iterator[tuple[int, int]]:
    """The places of civil registration numbers, as (start, end) in `text`.

    A number is `ddmmyy-xxxx`, also with another separator, spaces or nothing between, with separators inside the date
    and with the year in full. Its first part is a date in the century that the seventh digit gives; with a separator it
    may also be a replacement number, whose day is 60 higher. The check digit is not verified, because numbers without a
    valid one have been issued since 2007. Written as six digits, a hyphen and four, it may have one wrong digit in its
    date; after a word such as `cpr` one digit may be wrong, missing or too many. Ten digits in a row after a word such
    as `sag` or `tlf.`, or at the end of another word, are not counted, nor are digits that are part of a longer number.
    """
    reading = read(text)
    spans = [match.span() for match in _CPR.finditer(reading.text) if _is_cpr(reading.text, match)]
    spans += [match.span() for match in _MEANT.finditer(reading.text) if _is_meant(reading.text, match)]
    yield from (reading.span(*span) for span in _apart(sorted(spans)))


def _apart(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans that do not overlap an earlier one."""
    done = 0
    for start, end in spans:
        if start >= done:
            yield start, end
            done = end


def has_cpr(text: str) -> bool:
    return next(find_cpr(text), None) is not None


def mask_cpr(text: str) -> str:
    """The text with each civil registration number replaced by asterisks. Masking twice changes nothing more."""
    return _masked(text, find_cpr(text), MASK)


def mask_texts(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with `mask_cpr` of each that is a text."""
    return {name: mask_cpr(value) if isinstance(value, str) else value for name, value in values.items()}


def _is_cpr(text: str, match: re.Match[str]) -> bool:
    inner, parting = match["inner"].strip(), match["parting"].strip()
    digits = match["day"] + match["month"] + match["year"] + match["back"]
    if sum(sign.isdigit() for sign in digits) < _REAL_DIGITS or not digits[-4:].isdigit():
        return False
    # 12.03.24 1600 is a date and a time, 20-12-001234 is a case number, and so are twelve digits in a row
    if (inner and not parting) or (match["century"] and not parting):
        return False
    if not parting and not match["parting"] and not _may_stand_alone(text, match):
        return False
    plain = digits.translate(_LETTERS_FOR_DIGITS)
    if _is_birthday(plain, match["century"], replacement=bool(parting)):
        return True
    return parting == "-" and not (inner or match["century"]) and _is_slip(text, match, plain)


def _is_slip(text: str, match: re.Match[str], digits: str) -> bool:
    """Whether it is `ddmmyy-xxxx` with one wrong digit in the date, and no word says that it is something else."""
    if (
        text[max(0, match.start() - 1) : match.start()].isalnum()
        or not match.group().replace("-", "").strip().isdigit()
    ):
        return False
    if _word_before(text, match.start()) in _OTHER_WORDS | _TELEPHONE_WORDS:
        return False
    changed = (digits[:place] + other + digits[place + 1 :] for place in range(4) for other in "0123456789")
    return any(_is_birthday(each, "", replacement=False) for each in changed)


def _is_meant(text: str, match: re.Match[str]) -> bool:
    """Whether a word before it says that nine to eleven digits are a civil registration number."""
    signs = re.sub(r"[-./ ]", "", match.group())
    return 9 <= len(signs) <= 11 and signs.isdigit() and _word_before(text, match.start()) in _CPR_WORDS


def _may_stand_alone(text: str, match: re.Match[str]) -> bool:
    """Whether the text around ten digits in a row allows them to be a civil registration number."""
    if match["inner"] or text[match.end() : match.end() + 1].isalpha() or text[match.end() : match.end() + 1] == "/":
        return False
    before = text[match.start() - 1] if match.start() else " "
    word = _word_before(text, match.start())
    if before.isalnum() or before in "_/=":
        return word in _CPR_WORDS
    return word not in _OTHER_WORDS | _TELEPHONE_WORDS


def _word_before(text: str, place: int) -> str:
    """The word that describes the number at `place`, without `nr.`: "sag" for "Sag nr. 12"."""
    words = text[max(0, place - _WORD_WITHIN) : place].lower().rstrip(" .:#").split()
    while len(words) > 1 and words[-1].rstrip(".:") in ("nr", "nummer", "no"):
        words.pop()
    return words[-1].strip(" .:#(") if words else ""


def _is_birthday(digits: str, century: str, *, replacement: bool) -> bool:
    day, month, short_year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if replacement and day > 60:
        day -= 60
    hundreds = int(century) * 100 if century else _century(short_year, int(digits[6]))
    try:
        date(hundreds + short_year, month, day)
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


# --- Mail addresses and telephone numbers -------------------------------------------------------

#: the at sign of a mail address, and its written-out forms
_AT = re.compile(r" {0,2}[(\[{] {0,2}(?:at|a|@|snabel-?a) {0,2}[)\]}] {0,2}| snabel-?a |@", re.IGNORECASE)
_DOT = re.compile(r" {0,2}[(\[{] {0,2}(?:dot|punktum|\.) {0,2}[)\]}] {0,2}| punktum ", re.IGNORECASE)
#: the longest name and the longest domain of an address (RFC 5321, section 4.5.3.1)
_NAME_LENGTH, _DOMAIN_LENGTH = 64, 255
_NAME = re.compile(r"[^\s@<>()\[\]{},;:\"]+\Z")
_DOMAIN = re.compile(r"[^\s@<>()\[\]{},;:\"]+")
#: eight digits or more, also in pairs, with brackets around the country code, or attached to the words beside them
_NUMBER = re.compile(r"(?<![0-9§])(?:\(\+[0-9]{1,3}\) ?|\+)?[0-9](?:(?: {1,2}|[./-])?[0-9]){7,}(?![0-9])")
_CASE_NUMBER = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{4,}")
_DATES = re.compile(
    r"[0-3]?[0-9][./-][01]?[0-9][./-](?:19|20)[0-9]{2}(?: [0-2][0-9]\.?[0-5][0-9])?"
    r"|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]"
)
_AMOUNT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
#: number of digits of a Danish number
_DANISH = 8


def without_personal_numbers(text: str) -> str:
    """The text with CPR numbers, telephone numbers and mail addresses masked; company and case numbers stay."""
    without_cpr = mask_cpr(text)
    without_mail = _masked(without_cpr, _find_mail(read(without_cpr)), MASK_OTHER)
    return _masked(without_mail, _find_numbers(read(without_mail)), MASK_OTHER)


def _find_mail(reading: PatternText) -> Iterator[tuple[int, int]]:
    done = 0
    for sign in _AT.finditer(reading.text):
        name = _name_before(reading.text, sign.start(), done)
        end = _domain_after(reading.text, sign.end(), plain=sign.group() == "@")
        if name is not None and end is not None:
            yield reading.span(name, end)
            done = end


def _name_before(text: str, place: int, done: int) -> int | None:
    """The start of the name before the at sign; text before `done` is already masked and not part of it."""
    first = max(done, place - _NAME_LENGTH)
    for start in range(place - 1, first - 1, -1):
        if not _NAME.match(text, start, start + 1):
            return start + 1 if start + 1 < place else None
    return first if first < place else None


def _domain_after(text: str, place: int, *, plain: bool) -> int | None:
    """The end of the domain after the at sign. After a written-out sign, the domain must contain a dot in some form."""
    found = _DOMAIN.match(text, place, place + _DOMAIN_LENGTH)
    if found is None:
        return None
    end = found.end()
    while (dot := _DOT.match(text, end)) and (more := _DOMAIN.match(text, dot.end(), dot.end() + _DOMAIN_LENGTH)):
        end = more.end()
    has_dot = end > found.end() or "." in found.group().rstrip(".")
    return end if plain or has_dot else None


def _find_numbers(reading: PatternText) -> Iterator[tuple[int, int]]:
    for match in _NUMBER.finditer(reading.text):
        is_other = _word_before(reading.text, match.start()) in _OTHER_WORDS or _CASE_NUMBER.fullmatch(match.group())
        is_other = is_other or _DATES.fullmatch(match.group()) or _AMOUNT.fullmatch(match.group())
        if not is_other and _is_apart(reading.text, match):
            yield reading.span(*match.span())


def _is_apart(text: str, match: re.Match[str]) -> bool:
    """Whether the number stands alone or is attached to a word: after a word for telephones, or before any word if it
    is as long as a Danish number. A mix of letters and digits is a reference."""
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    glued_before = bool(before) and (before.isalnum() or before == "_")
    glued_after = bool(after) and (after.isalnum() or after == "_")
    if glued_before:
        return _word_before(text, match.start()) in _TELEPHONE_WORDS
    return not glued_after or (after.isalpha() and sum(sign.isdigit() for sign in match.group()) == _DANISH)
