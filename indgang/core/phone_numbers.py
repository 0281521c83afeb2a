"""Telephone numbers in stored form (E.164, `+4533663366`; short ones as dialled, `112`) and in readable form.

All numbers that people type are parsed by `normalise`, which asks libphonenumber before it applies rules of our own.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import (
    Leniency,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
    shortnumberinfo,
)

from indgang.core.reading import read

#: stands for a number that the caller withholds
ANONYMOUS = "anonymous"

#: the texts that exchanges and networks send for a withheld number
_WITHHELD = frozenset(
    ("", "anonymous", "anonym", "restricted", "private", "unknown", "unavailable", "withheld", "hemmelig", "skjult")
)
_SHORT = re.compile(r"[0-9*#]{1,7}")
#: service numbers (112, 1813, 116 117) and internal numbers (5200)
_SHORT_NUMBER = re.compile(r"[1-9][0-9]{2,4}|116[0-9]{3}")
#: words that people write before a number to label it
_LABEL = re.compile(
    r"(?:(?:tlf|tel|telefon\w*|phone|mobil\w*|mob|lokal\w*|lok|nr|nummer|ring|til|på)\b[\s.:]*)+", re.IGNORECASE
)
#: Denmark has no trunk prefix and no carrier codes, so the digits after the country code stay as they are
_DANISH_IN_FULL = re.compile(r"\+45[0-9]{1,29}")


class NumberError(ValueError):
    """The text is not a telephone number."""


def normalise(raw: str, country: str = "DK") -> str:
    """The number that was typed, in E.164. A number without country code is read as one of `country`.

    Spaces, hyphens and dashes, slashes, brackets, `00` for `+`, `tel:` and `sip:` addresses, and words before or after
    the number (`tlf. 33 66 33 66 (Anna)`) are understood. A short number of three to five digits stays as it is.
    Returns ANONYMOUS for a withheld number. Raises NumberError for an impossible number, and for a text with more
    digits than those of one number.
    """
    bare = _bare(raw)
    if bare.lower() in _WITHHELD:
        return ANONYMOUS
    if short := _short(bare):
        return short
    found = _found(bare, country) or _parsed(bare, country)
    if not found:
        raise NumberError(f"{raw!r} is no telephone number in use")
    return found


def in_search(text: str) -> str | None:
    """The number, parsed by `normalise`, when it is the whole search text; None for words and parts of numbers."""
    alone = _LABEL.sub("", _bare(text), count=1)
    if any(sign.isalpha() for sign in alone) or not any(sign.isdigit() for sign in alone):
        return None
    try:
        return normalise(alone)
    except NumberError:
        return None


def is_service(number: str) -> bool:
    """Whether it is a public short number, such as 112 or 1813, and not an internal one."""
    if not _SHORT_NUMBER.fullmatch(number):
        return False
    short = PhoneNumber(country_code=45, national_number=int(number))
    return shortnumberinfo.is_valid_short_number_for_region(short, "DK")


def can_receive_sms(number: str) -> bool:
    """Whether a number in E.164 may be a mobile telephone. Danish numbers do not say whether they are."""
    if not number.startswith("+"):
        return False
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
    return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def from_exchange(raw: str) -> str:
    """A caller's number as an exchange reports it, never refused: E.164, ANONYMOUS, or the unchanged text of any other.

    Numbers that belong to no numbering plan are kept unchanged, so that they can be called back.
    """
    if _DANISH_IN_FULL.fullmatch(raw):
        return raw  # nearly every call: parsing the number would take a tenth of the switchboard's time
    try:
        return normalise(raw)
    except NumberError:
        return _bare(raw)[:32]


def is_anonymous(number: str) -> bool:
    return number.strip().lower() in _WITHHELD


def for_people(number: str, anonymous: str = "Skjult nummer") -> str:
    """The number for people to read: Danish ones in pairs, others with country code; `anonymous` if withheld."""
    if is_anonymous(number):
        return anonymous
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    national = str(parsed.national_number)
    if parsed.country_code == 45 and len(national) == 8:
        return " ".join(national[each : each + 2] for each in range(0, 8, 2))
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def _short(bare: str) -> str:
    """The text if it is a short number; otherwise empty."""
    digits = re.sub(r"[\s./-]", "", _LABEL.sub("", bare, count=1))
    return digits if _SHORT_NUMBER.fullmatch(digits) else ""


def _found(bare: str, country: str) -> str:
    """The number in the text; empty for none. Raises NumberError when the text has further digits: they are another
    number, or the number is a part of a longer one."""
    for match in PhoneNumberMatcher(bare, country, leniency=Leniency.VALID):
        if any(sign.isdigit() for sign in bare[: match.start] + bare[match.end :]):
            raise NumberError(f"{bare!r} is more than one telephone number")
        return phonenumbers.format_number(match.number, PhoneNumberFormat.E164)
    return ""


def _parsed(bare: str, country: str) -> str:
    """A number that libphonenumber's search skips because it looks like a date or a price (99/99/10/16); empty for
    none."""
    try:
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _bare(raw: str) -> str:
    text = read(raw).text.strip().strip('"')
    for scheme in ("tel:", "sips:", "sip:"):
        if text.lower().startswith(scheme):
            text = text[len(scheme) :].partition("@")[0].partition(";")[0]
    if _SHORT.fullmatch(text):
        return text
    return "+" + text[2:] if text.startswith("00") else text
