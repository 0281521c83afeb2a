"""Rule lists as texts: what is written is read again, and what is wrong is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indgang.analysis import words
from indgang.analysis.potential.presets import PRESETS, TMF
from indgang.analysis.potential.rule_texts import list_of, values_of
from indgang.analysis.potential.rules import RuleFault, RuleList
from indgang.core import yaml_values

DAY = date(2026, 3, 1)


@pytest.mark.parametrize("rules", PRESETS.values(), ids=lambda each: each.code)
def test_a_list_that_is_written_is_read_again(rules: RuleList) -> None:
    read = list_of(yaml_values.values_of(yaml_values.text_of(values_of(rules))), valid_from=rules.valid_from)
    assert (read.rules, read.limits, read.code, read.name) == (rules.rules, rules.limits, rules.code, rules.name)


def _tmf(**changes: Any) -> dict[str, Any]:
    return values_of(TMF) | changes


def _first(**changes: Any) -> dict[str, Any]:
    first, *others = values_of(TMF)["rules"]
    return _tmf(rules=[first | changes, *others])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "–"), (_tmf(rules=None), "rules"), (_tmf(code=""), "code"), (_tmf(extra=1), "extra"),
        (_first(mark="måske"), "rules[1].mark"), (_first(mark=["general"]), "rules[1].mark"),
        (_first(channel=["digital"]), "rules[1].channel"), (_first(resolved=1), "rules[1].resolved"),
        (_tmf(limits={"digital": {"minutes": 10**400}}), "Grænsen digital"),
        (_first(purposes=["pizza"]), "rules[1].purposes"),
        (_first(purposes=[["x"]]), "rules[1].purposes"), (_first(resolved="ja"), "rules[1].resolved"),
        (_first(channel="brevdue"), "rules[1].channel"), (_first(short="x"), "Grænsen x"),
        (_first(farve="rød"), "farve"), (_tmf(limits={"digital": {"minutes": "3"}}), "limits.digital"),
        (_tmf(limits={"digital": {"minutes": float("nan")}, "case_information": {"minutes": 15}}), "Grænsen digital"),
        (_tmf(rules=values_of(TMF)["rules"][1:]), "Ingen regel afgør denne henvendelse: generel"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(given: Any, said: str) -> None:
    with pytest.raises(RuleFault) as refused:
        list_of(given, valid_from=DAY)
    assert said in words.rule_fault(refused.value)
