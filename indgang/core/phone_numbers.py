"""Telephone numbers as stored (E.164, `+4533663366`) and as people read them (`33 66 33 66`)."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat

#: what stands in place of a number that the caller withholds
ANONYMOUS = "anonymous"

#: what exchanges and networks write for a withheld number
_WITHHELD = frozenset(
    ("", "anonymous", "anonym", "restricted", "private", "unknown", "unavailable", "withheld", "hemmelig", "skjult")
)
_SHORT = re.compile(r"[0-9*#]{1,7}")
#: Denmark has no trunk prefix and no carrier codes: whatever digits follow the country code stay as they are
_DANISH_IN_FULL = re.compile(r"\+45[0-9]{1,29}")


class NumberError(ValueError):
    """What was typed is no telephone number."""


def normalise(raw: str, country: str = "DK") -> str:
    """The number in E.164. A number without country code is read as one of `country`.

    Spaces, hyphens, brackets, `00` for `+`, and `tel:` or `sip:` addresses are understood. Returns ANONYMOUS for a
    withheld one. Raises NumberError for what no telephone could ring.
    """
    bare = _bare(raw)
    if bare.lower() in _WITHHELD:
        return ANONYMOUS
    try:
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException as error:
        raise NumberError(f"{raw!r} is no telephone number") from error
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        raise NumberError(f"{raw!r} is no telephone number in use")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def from_exchange(raw: str) -> str:
    """What an exchange says of a caller, never refused: E.164, ANONYMOUS, or what it said when it is neither.

    Internal numbers (`5200`) and numbers that no plan knows are kept as they are, so that they can be called back.
    """
    if _DANISH_IN_FULL.fullmatch(raw):
        return raw  # nearly every call: taking the number apart would be a tenth of the switchboard's work
    try:
        return normalise(raw)
    except NumberError:
        return _bare(raw)[:32]


def is_anonymous(number: str) -> bool:
    return number.strip().lower() in _WITHHELD


def for_people(number: str, anonymous: str = "Skjult nummer") -> str:
    """The number as written for people: Danish ones in pairs, others with country code; `anonymous` if withheld."""
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


def _bare(raw: str) -> str:
    text = raw.strip().strip('"')
    for scheme in ("tel:", "sips:", "sip:"):
        if text.lower().startswith(scheme):
            text = text[len(scheme) :].partition("@")[0].partition(";")[0]
    if _SHORT.fullmatch(text):
        return text
    return "+" + text[2:] if text.startswith("00") else text
