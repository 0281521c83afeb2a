"""Who may call which numbers from here, for how long, and how many at once: rules by role, and their decision.

Pure. `core.barring` says what nobody may call; these rules narrow it for the holders of a role. Who has no role with a
rule may call whatever is not barred; who has several is allowed what any of them allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from indgang.core import phone_numbers
from indgang.core.barring import ALWAYS, EVERYWHERE

DENMARK = "DK"


class NumberKind(StrEnum):
    """What is called: short numbers (1813, 5200), numbers in Denmark, and abroad."""

    SHORT = "short"
    DENMARK = "denmark"
    ABROAD = "abroad"


class Refusal(StrEnum):
    """Why a call is not allowed; also the code of the refusal."""

    KIND = "rule_kind"
    COUNTRY = "rule_country"
    AT_ONCE = "rule_at_once"


@dataclass(frozen=True, slots=True)
class DialRule:
    """What the holders of a role may call. `countries` are ISO codes, or EVERYWHERE, for calls abroad.

    `longest_seconds` ends a call; `at_once` is how many such calls the holders of the role may have together; 0 is no
    limit for either.
    """

    role: str
    kinds: frozenset[NumberKind] = frozenset(NumberKind)
    countries: frozenset[str] = frozenset((EVERYWHERE,))
    longest_seconds: int = 0
    at_once: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """`role` is that of the rule that decided, "" when none applies. Of refusals the mildest is told."""

    refusal: Refusal | None
    role: str
    longest_seconds: int = 0

    @property
    def allowed(self) -> bool:
        return self.refusal is None


#: the further a call came, the more it says: a full line before a country, a country before a kind
_MILDEST = (Refusal.AT_ONCE, Refusal.COUNTRY, Refusal.KIND)


def decide(rules: Iterable[DialRule], number: str, calls_up: Mapping[str, int]) -> Decision:
    """Whether a person under these rules may call the number (E.164 or short) now.

    `calls_up` are the calls that holders of each role have up to outside numbers, by role.
    """
    rules = tuple(rules)
    if not rules or number in ALWAYS:
        return Decision(None, "")
    decisions = [Decision(_refusal(rule, number, calls_up), rule.role, rule.longest_seconds) for rule in rules]
    allowed = [each for each in decisions if each.allowed]
    if allowed:
        return max(allowed, key=lambda each: each.longest_seconds or float("inf"))
    return min(decisions, key=lambda each: _MILDEST.index(each.refusal or Refusal.KIND))


def _refusal(rule: DialRule, number: str, calls_up: Mapping[str, int]) -> Refusal | None:
    kind, country = kind_of(number)
    if kind not in rule.kinds:
        return Refusal.KIND
    if kind is NumberKind.ABROAD and EVERYWHERE not in rule.countries and country not in rule.countries:
        return Refusal.COUNTRY
    if rule.at_once and calls_up.get(rule.role, 0) >= rule.at_once:
        return Refusal.AT_ONCE
    return None


def kind_of(number: str) -> tuple[NumberKind, str]:
    """The kind of a number, and the country of one abroad; "" for a network in no country."""
    read = phone_numbers.from_exchange(number)
    if not read.startswith("+"):
        return NumberKind.SHORT, ""
    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(read)) or ""
    except phonenumbers.NumberParseException:
        country = ""
    if country == DENMARK or read.startswith("+45"):
        return NumberKind.DENMARK, DENMARK
    return NumberKind.ABROAD, country
