"""Rules that say who could answer an enquiry, and the check that every enquiry is decided by exactly one. Pure.

A rule list has no order: its rules exclude each other, so each row can say which rule decided it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum
from itertools import product

#: the codes of the nine purposes (`catalogue.purposes`), in their order
PURPOSES = ("opret", "bidrag", "status", "ny", "forslag", "vejledning", "klage", "myndighed", "andet")
#: a limit in minutes must be below this: nobody talks for a day
MOST_MINUTES = 24 * 60.0
#: rules of a list, and limits of it
MOST_RULES, MOST_LIMITS = 60, 4


class CountMark(IntEnum):
    """What the person who counted said: general, or about a case that must be looked up."""

    GENERAL = 0
    CASE_SPECIFIC = 1


class TopicKind(IntEnum):
    """Whether the topic of a count is case processing."""

    NO = 0
    YES = 1
    POSSIBLY = 2


def limit_parameter(name: str) -> str:
    """What a limit is called in an address, where those that people name themselves stand beside other words.

    >>> limit_parameter("digital"), limit_parameter("week")
    ('digital', 'limit-week')
    """
    return name if name in ("digital", "case_information") else f"limit-{name}"


class Handling(StrEnum):
    GENERAL_INFORMATION = "general_information"
    CASE_INFORMATION = "case_information"
    CASE_PROCESSING = "case_processing"


class FutureChannel(StrEnum):
    """Who would answer: the website, the contact centre, or a case worker."""

    DIGITAL = "digital"
    CONTACT_CENTRE = "contact_centre"
    CASE_WORKER = "case_worker"


CHANNELS = tuple(FutureChannel)


@dataclass(frozen=True, slots=True)
class MinuteLimit:
    """Up to how many minutes something is short. `is_inclusive`: exactly so many minutes are short too."""

    name: str
    minutes: float
    is_inclusive: bool = False
    source: str = ""

    def is_short(self, minutes: float) -> bool:
        return minutes < self.minutes or (self.is_inclusive and minutes == self.minutes)


@dataclass(frozen=True, slots=True)
class PotentialRule:
    """What a rule asks for (None: anything) and what it gives. `short` and `long` name limits."""

    code: str
    handling: Handling
    channel: FutureChannel
    source: str
    mark: CountMark | None = None
    purposes: frozenset[str] | None = None
    is_resolved: bool | None = None
    topics: frozenset[TopicKind] | None = None
    short: str = ""
    long: str = ""

    def matches(self, example: Example, limits: Mapping[str, MinuteLimit]) -> bool:
        return (
            (self.mark is None or self.mark == example.mark)
            and (self.purposes is None or example.purpose in self.purposes)
            and (self.is_resolved is None or self.is_resolved == example.is_resolved)
            and (self.topics is None or example.topic in self.topics)
            and (not self.short or limits[self.short].is_short(example.minutes))
            and (not self.long or not limits[self.long].is_short(example.minutes))
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A row, to show what rules overlap on or leave out."""

    mark: CountMark
    purpose: str
    is_resolved: bool
    topic: TopicKind
    minutes: float


class RuleFault(ValueError):
    """A rule list that does not decide every row by exactly one rule. `code` is missing, overlap, limit or size."""

    def __init__(
        self, code: str, *, example: Example | None = None, rules: Sequence[str] = (), about: str = ""
    ) -> None:
        super().__init__(f"{code}: {about or example} {', '.join(rules)}".strip())
        self.code, self.example, self.rules, self.about = code, example, tuple(rules), about


@dataclass(frozen=True, slots=True)
class RuleList:
    """Rules for counts of one kind, with the first day on which they hold and, when they have ended, the day after
    their last."""

    code: str
    name: str
    rules: tuple[PotentialRule, ...]
    limits: tuple[MinuteLimit, ...]
    valid_from: date
    valid_to: date | None = None
    notes: tuple[str, ...] = ()
    _by_name: Mapping[str, MinuteLimit] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {each.name: each for each in self.limits})
        check(self)

    @property
    def limits_by_name(self) -> Mapping[str, MinuteLimit]:
        return self._by_name

    def with_limits(self, minutes: Mapping[str, float]) -> RuleList:
        """The same rules with other limits. Raises RuleFault for a limit that the list does not have."""
        unknown = set(minutes) - set(self._by_name)
        if unknown:
            raise RuleFault("limit", about=", ".join(sorted(unknown)))
        limits = tuple(replace(each, minutes=minutes.get(each.name, each.minutes)) for each in self.limits)
        return replace(self, limits=limits)

    @property
    def uses(self) -> frozenset[str]:
        """What a row must say, for the rules to decide it."""
        return uses(self.rules)

    def deciding(self, example: Example) -> int:
        """The index of the rule that decides a row. Raises RuleFault when it is not exactly one."""
        found = [index for index, rule in enumerate(self.rules) if rule.matches(example, self._by_name)]
        if len(found) != 1:
            codes = [self.rules[index].code for index in found]
            raise RuleFault("overlap" if found else "missing", example=example, rules=codes)
        return found[0]


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """Enquiries that no rule decides (`rules` is empty), or that several do: one of them, and how many kinds there are
    of them."""

    rules: tuple[str, ...]
    example: Example
    kinds: int


def problems(rules: Sequence[PotentialRule], limits: Sequence[MinuteLimit]) -> list[RuleProblem]:
    """Everything that is decided by no rule or by several, by the rules that decide it. The limits that rules name must
    be there."""
    by_name = {each.name: each for each in limits}
    found: dict[tuple[str, ...], list[Example]] = {}
    for example in examples(rules, limits):
        deciding = tuple(rule.code for rule in rules if rule.matches(example, by_name))
        if len(deciding) != 1:
            found.setdefault(deciding, []).append(example)
    return [RuleProblem(deciding, of_it[0], len(of_it)) for deciding, of_it in found.items()]


def uses(rules: Sequence[PotentialRule]) -> frozenset[str]:
    """What a row must say, for the rules to decide it."""
    asked = {
        "mark": any(each.mark is not None for each in rules),
        "purpose": any(each.purposes is not None for each in rules),
        "resolved": any(each.is_resolved is not None for each in rules),
        "topic": any(each.topics is not None for each in rules),
        "minutes": any(each.short or each.long for each in rules),
    }
    return frozenset(name for name, is_asked in asked.items() if is_asked)


def check(rules: RuleList) -> None:
    """Raises RuleFault, with an example, for rows that no rule decides or that several do."""
    if not 0 < len(rules.rules) <= MOST_RULES or len(rules.limits) > MOST_LIMITS:
        raise RuleFault("size", about=rules.code)
    for limit in rules.limits:
        if not 0 <= limit.minutes <= MOST_MINUTES:
            raise RuleFault("limit", about=limit.name)
    named = {name for each in rules.rules for name in (each.short, each.long) if name}
    if named - set(rules.limits_by_name):
        raise RuleFault("limit", about=", ".join(sorted(named - set(rules.limits_by_name))))
    for rule in rules.rules:
        if rule.purposes is not None and rule.purposes - set(PURPOSES):
            raise RuleFault("purpose", about=", ".join(sorted(rule.purposes - set(PURPOSES))), rules=[rule.code])
    for example in examples(rules.rules, rules.limits):
        rules.deciding(example)


def examples(rules: Sequence[PotentialRule], limits: Sequence[MinuteLimit]) -> Iterator[Example]:
    """One row of each kind that the rules can tell apart: every mark, purpose, outcome and topic that they ask for,
    with minutes at, below and above each limit."""
    asked = uses(rules)
    cuts = sorted({each.minutes for each in limits})
    minutes = sorted({0.0, *cuts, *((a + b) / 2 for a, b in zip([0.0, *cuts], cuts, strict=False)),
                      *(each + 1 for each in cuts[-1:])})  # fmt: skip
    for mark, purpose, is_resolved, topic, length in product(
        tuple(CountMark) if "mark" in asked else (CountMark.GENERAL,),
        PURPOSES if "purpose" in asked else PURPOSES[:1],
        (True, False) if "resolved" in asked else (True,),
        tuple(TopicKind) if "topic" in asked else (TopicKind.NO,),
        minutes if "minutes" in asked else (0.0,),
    ):
        yield Example(mark, purpose, is_resolved, topic, length)
