"""Who may call which outside numbers, for how long, and how many at once: rules by role, and their decision.

Pure. `core.barring` lists the numbers that nobody may call; these rules narrow it for the holders of a role. A person
whose roles have no rule may call every number that is not barred; a person with several rules may do what any of them
allows.
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
    """The kind of a number: short (1813, 5200), in Denmark, or abroad."""

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

    A call ends after `longest_seconds`; `at_once` is the number of such calls that the holders of the role may have
    together. For both, 0 means no limit. `own_numbers`: they may add numbers of their own at which they take calls.
    """

    role: str
    kinds: frozenset[NumberKind] = frozenset(NumberKind)
    countries: frozenset[str] = frozenset((EVERYWHERE,))
    longest_seconds: int = 0
    at_once: int = 0
    own_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`role` is that of the rule that decided, "" when none applies. Of several refusals the mildest one is
    reported."""

    refusal: Refusal | None
    role: str
    longest_seconds: int = 0

    @property
    def allowed(self) -> bool:
        return self.refusal is None


#: the later the check that refused, the milder the refusal: limit before country, country before kind
_MILDEST = (Refusal.AT_ONCE, Refusal.COUNTRY, Refusal.KIND)


def decide(rules: Iterable[DialRule], number: str, calls_up: Mapping[str, int]) -> Decision:
    """Whether a person under these rules may call the number (E.164 or short) now.

    `calls_up` is the number of current calls to outside numbers by the holders of each role.
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
    """The kind of a number, and the country of one abroad; "" for a network that belongs to no country."""
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
