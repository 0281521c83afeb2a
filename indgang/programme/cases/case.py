"""What a business case consists of. Pure.

Amounts are 1,000 kr. at the case's price level; savings are negative (R-340).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from indgang.programme.cases.expressions import Expression, names

#: of one case; more is a fault of its sender
MOST_YEARS, MOST_LINES, MOST_ASSUMPTIONS, MOST_SCENARIOS, MOST_GROUPS = 40, 200, 200, 50, 50


class CaseFault(ValueError):
    """A case that cannot be read or computed. `code` says why, `about` names the places in it, for a sentence."""

    def __init__(self, code: str, /, **about: object) -> None:
        super().__init__(f"{code}: {', '.join(f'{name}={value}' for name, value in about.items())}")
        self.code, self.about = code, about


class CaseLineKind(StrEnum):
    """Permanent amounts go on after the last year of the case; the others end."""

    PERMANENT = "permanent"
    IMPLEMENTATION = "implementation"
    INVESTMENT = "investment"


class ControlArea(StrEnum):
    """The area of budget control (styringsområde) of a line."""

    SERVICE = "service"
    CAPITAL = "capital"
    TRANSFERS = "transfers"


@dataclass(frozen=True, slots=True)
class AssumedValue:
    """A value with the years in which it holds; None: without end."""

    formula: Expression
    first_year: int | None = None
    last_year: int | None = None

    def holds_in(self, year: int) -> bool:
        after = self.first_year is None or self.first_year <= year
        return after and (self.last_year is None or year <= self.last_year)


@dataclass(frozen=True, slots=True)
class Assumption:
    """A named value that formulas use. `low` and `high` are the ends of what is thought likely; no value can be below
    `least` or above `most`."""

    name: str
    label: str
    unit: str
    source: str
    values: tuple[AssumedValue, ...]
    low: float | None = None
    high: float | None = None
    interval_source: str = ""
    price_year: int | None = None
    least: float | None = None
    most: float | None = None

    @property
    def is_uncertain(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def labelled(self) -> str:
        """With its unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def interval(self) -> tuple[float, float] | None:
        return (self.low, self.high) if self.low is not None and self.high is not None else None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of the table. `amounts` has a formula for each year of the case, in kroner of `price_year` (None: as the
    case)."""

    code: str
    name: str
    kind: CaseLineKind
    area: ControlArea
    owner: str
    amounts: tuple[Expression, ...]
    source: str = ""
    price_year: int | None = None


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Lines with a subtotal. `lines` are their codes, also those of the groups that it consists of."""

    code: str
    name: str
    lines: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class CaseScenario:
    """Other values for some assumptions, on top of those of its parent."""

    code: str
    name: str
    parent: str
    values: Mapping[str, Expression]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader must know: usually a place where text and tables of the sources disagree. Each figure has its
    name, its value or formula, and its source."""

    code: str
    text: str
    figures: tuple[tuple[str, Expression, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A figure that the source prints: of a line, a group or a total (`permanent`, `net` …); `year` None: all years.
    `rounded_to` is the step that the source rounds it to, in 1,000 kr."""

    of: str
    year: int | None
    value: float
    source: str
    rounded_to: float = 1.0


@dataclass(frozen=True, slots=True)
class BusinessCase:
    code: str
    title: str
    source: str
    price_year: int
    first_year: int
    years: tuple[int, ...]
    #: a share a year
    discount: float
    discount_source: str
    assumptions: tuple[Assumption, ...]
    lines: tuple[CaseLine, ...]
    scenarios: tuple[CaseScenario, ...] = ()
    remarks: tuple[Remark, ...] = ()
    printed: tuple[PrintedFigure, ...] = ()
    groups: tuple[CaseGroup, ...] = ()
    stated_payback: int | None = None
    price_index: Mapping[int, float] = field(default_factory=dict)
    price_index_source: str = ""
    #: the year whose price level amounts are shown at; None: that of the case
    shown_year: int | None = None
    #: what the amounts are rounded to, in 1,000 kr.
    rounding: float = 1.0

    def assumption(self, name: str) -> Assumption:
        found = next((each for each in self.assumptions if each.name == name), None)
        if found is None:
            raise CaseFault("unknown", name=name)
        return found

    def lines_of(self, group: CaseGroup) -> tuple[str, ...]:
        """The codes of the lines of a group, also of those in the groups that it consists of."""
        by_code = {each.code: each for each in self.groups}
        parts = [self.lines_of(by_code[code]) if code in by_code else (code,) for code in group.lines]
        return tuple(code for part in parts for code in part)

    def names_used(self, formula: Expression) -> frozenset[str]:
        """The assumptions that a formula rests on, also through others."""
        found: set[str] = set()
        waiting = set(names(formula))
        by_name = {each.name: each for each in self.assumptions}
        while waiting:
            name = waiting.pop()
            if name in by_name and name not in found:
                found.add(name)
                for value in by_name[name].values:
                    waiting |= names(value.formula)
        return frozenset(found)

    def scenario_values(self, code: str) -> Mapping[str, Expression]:
        """The values of a scenario with those of its parents. Raises CaseFault for an unknown one and for a circle."""
        by_code = {each.code: each for each in self.scenarios}
        path: list[str] = []
        found: dict[str, Expression] = {}
        while code:
            if code in path:
                raise CaseFault("scenario_circle", circle=circle([*path, code]))
            if code not in by_code:
                raise CaseFault("no_scenario", name=code, known=", ".join(by_code) or "–")
            path.append(code)
            found = {**by_code[code].values, **found}
            code = by_code[code].parent
        return found


def circle(path: Sequence[str]) -> str:
    """The circle that the last name of the path closes: `a → b → a`."""
    return " → ".join(path[path.index(path[-1]) :])
