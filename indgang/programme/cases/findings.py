"""Where a case and its source disagree, and where its values leave their intervals. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from indgang.programme.cases import expressions
from indgang.programme.cases.case import Assumption, BusinessCase, Remark
from indgang.programme.cases.evaluation import CaseTable, assumed, interval, table


@dataclass(frozen=True, slots=True)
class PrintedComparison:
    """A printed figure beside what the case gives; `year` None: the sum of all years. `step` is what the source rounds
    it to."""

    of: str
    year: int | None
    printed: float
    computed: float
    source: str
    step: float

    @property
    def difference(self) -> float:
        return self.computed - self.printed

    @property
    def differs(self) -> bool:
        """By more than the rounding of the source."""
        return abs(self.difference) > self.step / 2 + 1e-9


def compared(case: BusinessCase) -> list[PrintedComparison]:
    """Every figure that the source prints, beside what the case gives when nothing is tried, at its own price level. A
    name that a total and a line have is the total's."""
    saved = table(replace(case, shown_year=None))
    amounts = {
        **{line.code: row for line, row in saved.lines}, **{group.code: row for group, row in saved.groups},
        "permanent": saved.permanent, "once": saved.once, "net": saved.net,
    }  # fmt: skip
    found = []
    for each in case.printed:
        row = amounts[each.of]
        computed = sum(row) if each.year is None else row[saved.years.index(each.year)]
        step = max(each.rounded_to, case.rounding)
        found.append(PrintedComparison(each.of, each.year, each.value, computed, each.source, step))
    return found


def disagreements(case: BusinessCase) -> list[PrintedComparison]:
    """The printed figures that the lines do not give, to the rounding of the source."""
    return [each for each in compared(case) if each.differs]


@dataclass(frozen=True, slots=True)
class OutsideInterval:
    """An assumption with a value that is not thought likely. All are at the price level of the case."""

    assumption: Assumption
    value: float
    low: float
    high: float


def outside(case: BusinessCase, found: CaseTable) -> Iterator[OutsideInterval]:
    """The assumptions whose value in the table is outside their interval, each with the value that is farthest off."""
    for each in case.assumptions:
        ends = interval(case, each)
        values = [value for value in found.values[each.name] if math.isfinite(value)]
        if ends is None or not values:
            continue
        low, high = ends
        value = max(values, key=lambda one: max(low - one, one - high))
        if max(low - value, value - high) > 1e-9 * max(1.0, abs(value)):
            yield OutsideInterval(each, value, low, high)


def below_zero(case: BusinessCase, found: CaseTable) -> Iterator[tuple[Assumption, float]]:
    """The assumptions that are less than zero somewhere although nothing says that they may be, each with its lowest
    value: neither amounts of money nor without a unit, and with neither a least value nor an interval."""
    for each in case.assumptions:
        is_money = "kr" in each.unit.lower() or not each.unit.strip()
        values = [value for value in found.values[each.name] if math.isfinite(value)]
        if not is_money and each.least is None and not each.is_uncertain and min(values, default=0.0) < 0:
            yield each, min(values)


def remark_figures(
    case: BusinessCase, remark: Remark, found: CaseTable | None = None
) -> Iterator[tuple[str, float, str]]:
    """The figures of a remark: name, value and source, by the values of a table or else those of the case itself."""
    known = assumed(case, {})
    if found is not None:
        known |= {name: np.array([row], dtype=float) for name, row in found.values.items()}
    for name, formula, source in remark.figures:
        yield name, float(expressions.value(formula, known).flat[0]), source
