"""Indicators of complexity that live data propose, and how each is measured. Pure.

The documents print the indicators of 77 services and not their scales (R-297). So the cuts below are ours, and a person
accepts a proposal or not. Three of the four can be measured. The breadth of the target group cannot: nothing that is
registered says how different those who ask are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

#: questions, and hand-overs, from which a service's are enough to propose anything
FEWEST_QUESTIONS, FEWEST_HANDOVERS = 30, 20
#: enquiries for each case, and purposes as many as would be equally frequent, from which the indicator is 2, and 3
PER_CASE_CUTS, VARIATION_CUTS = (0.5, 1.5), (2.0, 4.0)
#: of the hand-overs of a service; a unit that takes fewer is no interface of it
LEAST_SHARE = 0.05
_MOST_INTERFACES = 5


@dataclass(frozen=True, slots=True)
class LiveEvidence:
    """What was registered about a service in a period of `days`, and what stands about it in the knowledge base.

    `purposes` and `units` hold how many questions had each purpose, and how many hand-overs went to each unit.
    """

    days: int
    questions: int = 0
    at_once: int = 0
    minutes: float | None = None
    purposes: Mapping[str, int] | None = None
    units: Mapping[str, int] | None = None
    articles: int = 0

    @property
    def handovers(self) -> int:
        return sum((self.units or {}).values())

    @property
    def resolved_percent(self) -> float | None:
        return 100 * self.at_once / self.questions if self.questions else None


@dataclass(frozen=True, slots=True)
class IndicatorProposal:
    """The value that is proposed for an indicator, from what was measured. `value` is None where too little is there
    (`needed` of it would be enough), and `measured` too where it cannot be measured at all."""

    indicator: str
    value: int | None
    measured: float | None = None
    needed: int = 0


def proposals(found: LiveEvidence, cases_a_year: int | None) -> tuple[IndicatorProposal, ...]:
    """One for each of the four indicators, in their order."""
    return (
        _enquiries_per_case(found, cases_a_year), _interfaces(found),
        IndicatorProposal("target_group_breadth", None), _variation(found),
    )  # fmt: skip


def _enquiries_per_case(found: LiveEvidence, cases: int | None) -> IndicatorProposal:
    """Registered questions, scaled to a year, for each case of a year."""
    if not cases or not found.days:
        return IndicatorProposal("enquiries_per_case", None)
    ratio = found.questions * 365 / found.days / cases
    value = _cut(ratio, PER_CASE_CUTS) if found.questions >= FEWEST_QUESTIONS else None
    return IndicatorProposal("enquiries_per_case", value, ratio, FEWEST_QUESTIONS)


def _interfaces(found: LiveEvidence) -> IndicatorProposal:
    """The units that take at least a twentieth of its hand-overs."""
    numbers = list((found.units or {}).values())
    units = sum(each >= LEAST_SHARE * found.handovers for each in numbers)
    value = min(max(units, 1), _MOST_INTERFACES) if found.handovers >= FEWEST_HANDOVERS else None
    return IndicatorProposal("interfaces", value, float(units), FEWEST_HANDOVERS)


def _variation(found: LiveEvidence) -> IndicatorProposal:
    """How many purposes there are, counted as many as would be equally frequent: the exponential of their entropy."""
    numbers = [each for each in (found.purposes or {}).values() if each]
    entropy = -sum(each / found.questions * math.log(each / found.questions) for each in numbers)
    equal = math.exp(entropy) if numbers else 0.0
    value = _cut(equal, VARIATION_CUTS) if found.questions >= FEWEST_QUESTIONS else None
    return IndicatorProposal("variation", value, equal, FEWEST_QUESTIONS)


def _cut(value: float, cuts: tuple[float, float]) -> int:
    """1 below the first cut, 2 below the second, 3 from it."""
    return 1 + sum(value >= each for each in cuts)
