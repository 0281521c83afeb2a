"""Which queue for whom: an ordered table of rules over facts; the first that fits decides.

There is always an answer. What no rule covers goes to the safe queue, and so does what a rule cannot judge, with an
alert: a rule that asks for a fact nobody supplies, or compares a word with a number, is a fault to mend and must not
quietly send callers on to the rules after it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from indgang.routing.distribution.decision import Reason, Reasons
from indgang.routing.distribution.requirement import NOTHING, AgentId, QueueId, Requirement

Fact: TypeAlias = str | int | float | bool | None
"""Something known about the caller. None: asked for, and not known (no key pressed, number withheld)."""

Facts: TypeAlias = Mapping[str, Fact]


class Test(StrEnum):
    """How a fact is compared. A fact that is None passes `is_unknown` and no other test."""

    __test__ = False  # not for pytest to collect

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    STARTS_WITH = "starts_with"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"


class BrokenRule(Exception):
    """A rule cannot be evaluated; says which condition and why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `value` is a tuple for `one_of` and is not looked at for `is_known` and `is_unknown`."""

    fact: str
    test: str
    value: Fact | tuple[Fact, ...] = None

    def holds(self, facts: Facts) -> bool:
        """Whether it holds. Raises BrokenRule when that cannot be said."""
        if self.fact not in facts:
            raise BrokenRule(f"{self.fact}: no such fact")
        fact = facts[self.fact]
        if self.test in (Test.IS_KNOWN, Test.IS_UNKNOWN):
            return (fact is not None) == (self.test == Test.IS_KNOWN)
        return fact is not None and self._compare(fact)

    def _compare(self, fact: str | int | float | bool) -> bool:
        value = self.value
        if self.test in (Test.IS, Test.IS_NOT) and not isinstance(value, tuple) and value is not None:
            return (fact == value) == (self.test == Test.IS)
        if self.test == Test.ONE_OF and isinstance(value, tuple):
            return fact in value
        if self.test == Test.STARTS_WITH and isinstance(value, str) and isinstance(fact, str):
            return fact.startswith(value)
        if self.test in (Test.AT_LEAST, Test.AT_MOST) and _is_number(value) and _is_number(fact):
            return fact >= value if self.test == Test.AT_LEAST else fact <= value  # type: ignore[operator]  # numbers
        raise BrokenRule(f"{self.fact}: cannot test {fact!r} with {self.test} {value!r}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an item goes, with points and requirement on top of the queue's own."""

    queue: QueueId
    priority: int = 0
    requirement: Requirement = NOTHING
    personal: AgentId | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When all of `when` hold, then `then`. Without conditions it always fits."""

    name: str
    when: tuple[Condition, ...]
    then: Destination


@dataclass(frozen=True, slots=True)
class Routed:
    """The answer: where to, by which rule (None: by none), why, and what to alert somebody about, if anything."""

    to: Destination
    rule: str | None
    reasons: Reasons = field(default=())
    alert: str | None = None


def match_rules(rules: Sequence[Rule], facts: Facts, safe_queue: QueueId) -> Routed:
    """The first rule that fits decides; none, or one that cannot be judged, means the safe queue.

    Rules after the deciding one are not looked at, so adding a rule at the end never changes an earlier match.
    """
    safe = Destination(safe_queue)
    for rule in rules:
        try:
            verdicts = [condition.holds(facts) for condition in rule.when]  # all of them: a fault must not hide
        except (BrokenRule, TypeError, ValueError) as fault:
            alert = f"{rule.name}: {fault}"
            return Routed(safe, None, ((Reason.RULE_BROKEN, alert), (Reason.QUEUE, safe_queue)), alert)
        if all(verdicts):
            return Routed(rule.then, rule.name, _why(rule, facts))
    alert = "no rule matched"
    return Routed(safe, None, ((Reason.NO_RULE, len(rules)), (Reason.QUEUE, safe_queue)), alert)


def _why(rule: Rule, facts: Facts) -> Reasons:
    looked_at = tuple((Reason.FACT, f"{condition.fact}={facts[condition.fact]}") for condition in rule.when)
    return ((Reason.RULE, rule.name), *looked_at, (Reason.QUEUE, rule.then.queue))


class Problem(StrEnum):
    """What is wrong with a table."""

    SAME_NAME = "same_name"
    """Two rules have this name."""
    UNKNOWN_TEST = "unknown_test"
    """The condition on this fact uses a test that does not exist."""
    UNKNOWN_FACT = "unknown_fact"
    """Nobody supplies this fact."""
    UNKNOWN_QUEUE = "unknown_queue"
    """There is no such queue."""
    NEVER_REACHED = "never_reached"
    """A rule before it fits everybody."""


def problems(
    rules: Sequence[Rule], *, facts: Collection[str], queues: Collection[QueueId]
) -> list[tuple[str, Problem, str]]:
    """What to mend before a table is published: (name of the rule, problem, what it is about)."""
    found: list[tuple[str, Problem, str]] = []
    names: set[str] = set()
    catch_all: str | None = None
    for rule in rules:
        if rule.name in names:
            found.append((rule.name, Problem.SAME_NAME, rule.name))
        names.add(rule.name)
        if catch_all is not None:
            found.append((rule.name, Problem.NEVER_REACHED, catch_all))
        elif not rule.when:
            catch_all = rule.name
        found += [(rule.name, problem, about) for problem, about in _rule_problems(rule, facts, queues)]
    return found


def _rule_problems(rule: Rule, facts: Collection[str], queues: Collection[QueueId]) -> list[tuple[Problem, str]]:
    found = [(Problem.UNKNOWN_FACT, condition.fact) for condition in rule.when if condition.fact not in facts]
    tests = {str(test) for test in Test}
    found += [(Problem.UNKNOWN_TEST, condition.fact) for condition in rule.when if condition.test not in tests]
    if rule.then.queue not in queues:
        found.append((Problem.UNKNOWN_QUEUE, rule.then.queue))
    return found
