"""Which numbers and telephones may be rung: one decision for dialling, consulting, transfers and callbacks."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from indgang.core import phone_numbers

#: Denmark with Greenland and the Faroes, the rest of the EU and EEA, Switzerland and the United Kingdom
COUNTRIES = frozenset(
    ("DK", "FO", "GL", "SE", "NO", "FI", "IS", "AX", "AT", "BE", "BG", "HR", "CY", "CZ", "EE", "FR", "DE", "GR", "HU",
     "IE", "IT", "LV", "LT", "LI", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "CH", "GB")
)  # fmt: skip
EVERYWHERE = "*"
#: directory enquiries, which cost several kroner a minute
BARRED = ("118",)
#: never barred, whatever the configuration says: emergency calls, and the police
ALWAYS = frozenset(("112", "114"))
#: numbers that charge the caller (Danish 90 numbers among them), or that ring wherever their owner pays for the call
_DEAR = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.PAGER)
#: country codes of satellite networks (870, 881), of networks in no country (882, 883), and their premium numbers
_SATELLITE = frozenset((870, 878, 881, 882, 883, 888, 979))
_PHONE = re.compile(r"sips?:[A-Za-z0-9._~%+*#!-]{1,64}@(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?")


class Bar(StrEnum):
    """Why a number or telephone may not be rung; also the code of the refusal."""

    NO_NUMBER = "bad_number"
    PREMIUM = "barred_premium"
    SATELLITE = "barred_satellite"
    COUNTRY = "barred_country"
    PREFIX = "barred_prefix"
    NO_PHONE = "bad_phone"
    PHONE = "barred_phone"


@dataclass(frozen=True, slots=True)
class Barring:
    """`countries` are ISO codes, or EVERYWHERE. Numbers that begin with one of `barred` are refused, and those that
    begin with one of `allowed` are not. Both are written as stored (`+4590`, `118`), and the longer match wins.
    `phones` are the hosts where desk phones may be: names, names below a domain (`*.kommune.example`), addresses or
    networks (`10.20.0.0/16`)."""

    countries: frozenset[str] = COUNTRIES
    barred: tuple[str, ...] = BARRED
    allowed: tuple[str, ...] = ()
    phones: frozenset[str] = frozenset()

    def number(self, number: str) -> Bar | None:
        """Why this number may not be rung; None if it may."""
        try:
            read = phone_numbers.normalise(number)
        except phone_numbers.NumberError:
            return Bar.NO_NUMBER
        if read == phone_numbers.ANONYMOUS:
            return Bar.NO_NUMBER
        if read in ALWAYS:
            return None
        allowed, barred = _longest(read, self.allowed), _longest(read, self.barred)
        if allowed or barred:
            return None if allowed >= barred else Bar.PREFIX
        return self._abroad(read) if read.startswith("+") else None

    def phone(self, address: str) -> Bar | None:
        """Why a desk phone may not be at this SIP address (`sip:user@host[:port]`); None if it may."""
        return _bar_of_phone(address, self.phones)

    def address(self, address: str) -> Bar | None:
        """The same for `tel:` and `sip:` addresses."""
        kind, _, rest = address.partition(":")
        return self.number(rest) if kind == "tel" else self.phone(address)

    def _abroad(self, number: str) -> Bar | None:
        parsed = phonenumbers.parse(number)
        if parsed.country_code in _SATELLITE:
            return Bar.SATELLITE
        if phonenumbers.number_type(parsed) in _DEAR:
            return Bar.PREMIUM
        country = phonenumbers.region_code_for_number(parsed)
        return None if EVERYWHERE in self.countries or country in self.countries else Bar.COUNTRY


@lru_cache(maxsize=4096)  # asked at every offer, of the same few telephones
def _bar_of_phone(address: str, phones: frozenset[str]) -> Bar | None:
    found = _PHONE.fullmatch(address)
    if found is None:
        return Bar.NO_PHONE
    host = found["host"].strip("[]").lower()
    return None if any(_is_at(host, each.lower()) for each in phones) else Bar.PHONE


def _longest(number: str, prefixes: tuple[str, ...]) -> int:
    return max((len(prefix) for prefix in prefixes if number.startswith(prefix)), default=0)


def _is_at(host: str, phones: str) -> bool:
    if phones.startswith("*."):
        return host.endswith(phones[1:])
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(phones)
    except ValueError:
        return host == phones
