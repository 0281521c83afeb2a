"""What a target asks for, whether a figure keeps it, and how targets of parts add up. Pure.

Figures and limits are compared as pages show them, with one decimal (kroner with two), so that nobody reads 80,0 and
"not kept" at 80.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from indgang.measures.definitions import Adding

_DECIMALS = 1
_DECIMALS_OF_KRONER = 2


def decimals_of(unit: str) -> int:
    """With how many decimals a figure of this unit is shown and compared."""
    return _DECIMALS_OF_KRONER if unit.startswith("kroner") else _DECIMALS


class TargetVerdict(StrEnum):
    """Whether a target was kept. Without data or without a baseline there is no answer, never "kept"."""

    KEPT = "kept"
    MISSED = "missed"
    NO_DATA = "no_data"
    NO_BASELINE = "no_baseline"
    TOO_FEW = "too_few"
    """Too few contacts are behind the figure to show it for a part."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure has to be at least, or at most, `value`, both rounded to so many decimals."""

    value: float
    at_least: bool
    decimals: int = _DECIMALS

    def is_kept_by(self, figure: float) -> bool:
        shown, limit = round(figure, self.decimals), round(self.value, self.decimals)
        return shown >= limit if self.at_least else shown <= limit


def limit_of(aim: str, value: float, *, unit: str, baseline: float | None) -> Limit | None:
    """The limit of a target (`AgreementTarget.Aim`); None for an improvement of a baseline that is not measured.

    An improvement is `value` percent of the baseline, not percentage points; a share cannot exceed 100 %.
    """
    decimals = decimals_of(unit)
    if aim == "at_least" or aim == "at_most":
        return Limit(value, aim == "at_least", decimals)
    if baseline is None:
        return None
    if aim == "up":
        raised = baseline * (1 + value / 100)
        return Limit(min(raised, 100.0) if unit == "percent" else raised, at_least=True, decimals=decimals)
    return Limit(baseline * (1 - value / 100), at_least=False, decimals=decimals)


def verdict(figure: float | None, limit: Limit | None) -> TargetVerdict:
    """Whether the figure keeps the limit."""
    if limit is None:
        return TargetVerdict.NO_BASELINE
    if figure is None:
        return TargetVerdict.NO_DATA
    return TargetVerdict.KEPT if limit.is_kept_by(figure) else TargetVerdict.MISSED


def worst_of(verdicts: Sequence[TargetVerdict]) -> TargetVerdict:
    """One verdict for many parts: missed when one is, kept when one is and none is missed."""
    for each in (TargetVerdict.MISSED, TargetVerdict.KEPT, TargetVerdict.NO_BASELINE, TargetVerdict.TOO_FEW):
        if each in verdicts:
            return each
    return TargetVerdict.NO_DATA


@dataclass(frozen=True, slots=True)
class TargetPart:
    """The target of a part, and how many of the whole's contacts (base) the part has."""

    value: float
    base: int


@dataclass(frozen=True, slots=True)
class PartsTogether:
    """What the targets of parts make together.

    `value` is the mean by base (the sum for counts), `base` how many contacts the parts cover of `whole_base`.
    `difference` is `value` less the target of the whole, known when the parts cover everything. `rest` is what the
    contacts without a target of their own have to reach, so that the whole reaches its target.
    """

    value: float
    base: int
    whole_base: int
    difference: float | None
    rest: float | None

    @property
    def covers_all(self) -> bool:
        return self.base >= self.whole_base


def add_up(parts: Sequence[TargetPart], target: float | None, whole_base: int, adds: Adding) -> PartsTogether | None:
    """The targets of parts together, beside the `target` of the whole, if it has one.

    None for figures that do not add up (`Adding.NOT`), and while no part has contacts.
    """
    base = sum(part.base for part in parts)
    if adds is Adding.NOT or base == 0:
        return None
    rest_base = max(whole_base - base, 0)
    if adds is Adding.COUNTS:
        value = sum(part.value for part in parts)
        rest = None if target is None or not rest_base else target - value
    else:
        points = sum(part.value * part.base for part in parts)
        value = points / base
        rest = None if target is None or not rest_base else (target * whole_base - points) / rest_base
    difference = None if target is None or rest_base else value - target
    return PartsTogether(value, base, max(whole_base, base), difference, rest)
