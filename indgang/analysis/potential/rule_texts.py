"""Rule lists as plain values and back, for a text that people edit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from indgang.analysis.potential.rules import (
    MOST_MINUTES,
    PURPOSES,
    CountMark,
    FutureChannel,
    Handling,
    MinuteLimit,
    PotentialRule,
    RuleFault,
    RuleList,
    TopicKind,
)

Kind = TypeVar("Kind")

_MARKS = {"general": CountMark.GENERAL, "case_specific": CountMark.CASE_SPECIFIC}
TOPICS = {"no": TopicKind.NO, "yes": TopicKind.YES, "possibly": TopicKind.POSSIBLY}
_OF_RULE = {"code", "mark", "purposes", "resolved", "topics", "short", "long", "handling", "channel", "source"}
_OF_LIMIT = {"minutes", "inclusive", "source"}
_OF_LIST = {"code", "name", "limits", "rules"}
#: letters of a code, a name or a source
_LONGEST = 200


def list_of(given: Any, *, valid_from: date) -> RuleList:
    """The rule list. Raises RuleFault: `field` for what cannot be read, with its place, and those of `rules.check`."""
    values = _mapping(given, "–", _OF_LIST)
    rules, limits = parts_of(values)
    return RuleList(_text(values, "code", "code"), _text(values, "name", "name"), rules, limits, valid_from)


def parts_of(values: Mapping[str, Any]) -> tuple[tuple[PotentialRule, ...], tuple[MinuteLimit, ...]]:
    """Its rules and limits, whether or not they decide everything once. Raises RuleFault for what cannot be read."""
    limits = tuple(_limit(str(name), each) for name, each in _mapping(values.get("limits", {}), "limits", None).items())
    rules = values.get("rules")
    if not isinstance(rules, list):
        raise _fault("rules")
    return tuple(_rule(each, f"rules[{number}]") for number, each in enumerate(rules, 1)), limits


def _fault(where: str) -> RuleFault:
    return RuleFault("field", about=where)


def _mapping(given: Any, where: str, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise _fault(where)
    other = next((str(each) for each in given if known is not None and each not in known), None)
    if other is not None:
        raise _fault(f"{where}: {other[:40]}")
    return given


def _text(values: Mapping[str, Any], name: str, where: str, default: str | None = None) -> str:
    found = values.get(name, default)
    if not isinstance(found, str) or len(found) > _LONGEST or (default is None and not found.strip()):
        raise _fault(where)
    return found.strip()


def _limit(name: str, given: Any) -> MinuteLimit:
    where = f"limits.{name[:40]}"
    values = _mapping(given, where, _OF_LIMIT)
    minutes, inclusive = values.get("minutes"), values.get("inclusive", False)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not isinstance(inclusive, bool):
        raise _fault(where)
    if not 0 <= minutes <= MOST_MINUTES:
        raise RuleFault("limit", about=name[:40])
    return MinuteLimit(name, float(minutes), inclusive, _text(values, "source", f"{where}.source", ""))


def _rule(given: Any, where: str) -> PotentialRule:
    values = _mapping(given, where, _OF_RULE)
    resolved = values.get("resolved")
    if resolved is not None and not isinstance(resolved, bool):
        raise _fault(f"{where}.resolved")
    mark = values.get("mark")
    if mark is not None and (not isinstance(mark, str) or mark not in _MARKS):
        raise _fault(f"{where}.mark")
    handling, channel = values.get("handling"), values.get("channel")
    if handling not in list(Handling) or channel not in list(FutureChannel):
        raise _fault(f"{where}.handling, {where}.channel")
    topics = _among(values.get("topics"), TOPICS, f"{where}.topics")
    purposes = _among(values.get("purposes"), {each: each for each in PURPOSES}, f"{where}.purposes")
    return PotentialRule(
        _text(values, "code", f"{where}.code"), Handling(handling), FutureChannel(channel),
        _text(values, "source", f"{where}.source", ""), None if mark is None else _MARKS[mark], purposes, resolved,
        topics, _text(values, "short", f"{where}.short", ""), _text(values, "long", f"{where}.long", ""),
    )  # fmt: skip


def _among(given: Any, known: Mapping[str, Kind], where: str) -> frozenset[Kind] | None:
    """The named things; None for anything."""
    if given is None:
        return None
    if not isinstance(given, list) or not given or any(not isinstance(e, str) or e not in known for e in given):
        raise _fault(where)
    return frozenset(known[each] for each in given)


def values_of(rules: RuleList) -> dict[str, Any]:
    """The list as plain values, which `list_of` reads."""
    return {
        "code": rules.code, "name": rules.name,
        "limits": {
            each.name: {"minutes": each.minutes, "inclusive": each.is_inclusive, "source": each.source}
            for each in rules.limits
        },
        "rules": [_rule_values(each) for each in rules.rules],
    }  # fmt: skip


def _rule_values(rule: PotentialRule) -> dict[str, Any]:
    marks = {mark: name for name, mark in _MARKS.items()}
    topics = {topic: name for name, topic in TOPICS.items()}
    found = {
        "code": rule.code, "mark": None if rule.mark is None else marks[rule.mark],
        "purposes": None if rule.purposes is None else [each for each in PURPOSES if each in rule.purposes],
        "resolved": rule.is_resolved,
        "topics": None if rule.topics is None else sorted(topics[each] for each in rule.topics),
        "short": rule.short or None, "long": rule.long or None, "handling": rule.handling.value,
        "channel": rule.channel.value, "source": rule.source or None,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}
