"""Units that cannot be right in a case: minutes added to kroner, a line that comes out in hours. Pure.

Only sums of names are judged: a factor may change a unit (`minutes / 60`), and a product has the unit of its parts
together, which nobody writes out. So a formula that multiplies or divides is never refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.expressions import (
    Expression,
    FormulaCall,
    FormulaName,
    FormulaOperation,
)

#: ways to write the unit of amounts
_AMOUNTS = frozenset({"1.000 kr.", "1.000 kr", "1000 kr.", "1000 kr", "t.kr.", "tkr.", "tkr", "tusind kr."})


@dataclass(frozen=True, slots=True)
class UnitFault:
    """A formula of an assumption or a line (`of`) whose units do not fit. `place` is the index of its formula; `there`
    and `wanted` are the two units."""

    of: str
    is_line: bool
    place: int
    there: str
    wanted: str


class _TwoUnits(Exception):
    """A sum of two units."""

    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second


def faults(case: BusinessCase) -> Iterator[UnitFault]:
    """What is wrong with the units of formulas, and nothing where a unit is not written."""
    units = {each.name: each.unit.strip() for each in case.assumptions}
    for assumption in case.assumptions:
        for place, value in enumerate(assumption.values):
            yield from _faults(assumption.name, False, place, value.formula, units, {assumption.unit.strip()})
    for line in case.lines:
        for place, amount in enumerate(line.amounts):
            yield from _faults(line.code, True, place, amount, units, _AMOUNTS)


def _faults(
    of: str, is_line: bool, place: int, formula: Expression, units: Mapping[str, str], wanted: frozenset[str] | set[str]
) -> Iterator[UnitFault]:  # fmt: skip
    try:
        found = unit_of(formula, units)
    except _TwoUnits as two:
        yield UnitFault(of, is_line, place, two.first, two.second)
        return
    if found and "" not in wanted and found not in wanted:
        yield UnitFault(of, is_line, place, found, "1.000 kr." if is_line else next(iter(wanted)))


def unit_of(formula: Expression, units: Mapping[str, str]) -> str:
    """The unit of a sum of names; empty where it is not known."""
    match formula:
        case FormulaName(name):
            return units.get(name, "")
        case FormulaOperation("+" | "-", parts) | FormulaCall("min" | "max", parts):
            found = [each for each in (unit_of(part, units) for part in parts) if each]
            other = next((each for each in found if each != found[0]), "")
            if other:
                raise _TwoUnits(found[0], other)
            return found[0] if found and len(found) == len(parts) else ""
        case FormulaCall("abs", (part,)) | FormulaCall("round", (part, *_)):
            return unit_of(part, units)
        case FormulaOperation(_, parts) | FormulaCall(_, parts):
            for part in parts:
                unit_of(part, units)
    return ""
