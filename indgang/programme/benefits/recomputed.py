"""A business case with measured effects in place of what it assumes. Pure.

An amount of the case is changed by what the measured months deviate from what their contracts expected, so that the
rest of it (months without data, units without a contract) stays as it is assumed. A contract can also measure an
assumption itself: its measured months then stand in place of as many months of the assumption's year. Where several
contracts measure it, each a part of it, those months count that all of them measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from indgang.programme.cases.case import AssumedValue, Assumption, BusinessCase, CaseLine
from indgang.programme.cases.evaluation import CaseTable, price_factor, table
from indgang.programme.cases.expressions import Expression, FormulaNumber, FormulaOperation

#: a contract that covers so much of a line covers it
_ALL = 0.995


class AmountBasis(StrEnum):
    """What an amount of a recomputed case rests on."""

    MEASURED = "measured"
    PARTLY = "partly"
    CARRIED_ON = "carried_on"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class MeasuredYear:
    """A contract's year in kroner: what was expected of the whole year and of its measured months, what these gave, and
    how many of its months were measured. `values` are the measured values by month, 1 to 12, in the unit of the
    assumption that the contract measures."""

    expected: float
    expected_of_measured: float
    realised: float
    measured: int
    months: int
    values: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeasuredContract:
    """What a contract says of a line of the case; with `assumption`, that its values are those of an assumption."""

    line: str
    price_year: int | None
    assumption: str
    years: Mapping[int, MeasuredYear]


@dataclass(frozen=True, slots=True)
class RecomputedCase:
    """The case with what was measured. `known` says of each line and year what its amount rests on, `covered` how
    large a share of a line's amount the contracts about it expect in a year, by line."""

    case: BusinessCase
    table: CaseTable
    known: Mapping[tuple[str, int], AmountBasis]
    covered: Mapping[str, float | None]


def recomputed(
    case: BusinessCase, contracts: Sequence[MeasuredContract], scenario: str = "", *, goes_on: bool
) -> RecomputedCase:
    """The case with measured values, and for years that are not measured as it is assumed or, when it `goes_on`, with
    the mean deviation of the measured months.

    Raises CaseFault, also for a contract at a price level that the case has no index for.
    """
    original = table(case, scenario)
    by_line = {line.code: [each for each in contracts if each.line == line.code] for line in case.lines}
    lines = [_line(case, line, [each for each in by_line[line.code] if not each.assumption], goes_on)
             for line in case.lines]  # fmt: skip
    measured = {each.name: _measured_values(each.name, contracts) for each in case.assumptions}
    assumptions = [_assumption(case, each, measured[each.name], goes_on) for each in case.assumptions]
    changed = replace(case, lines=tuple(lines), assumptions=tuple(assumptions), printed=())
    amounts = {line.code: dict(zip(case.years, row, strict=True)) for line, row in original.lines}
    covered = {code: _covered(case, found, amounts[code]) for code, found in by_line.items()}
    known = {
        (line.code, year): _known(case, line, year, contracts, measured, covered[line.code], goes_on)
        for line in case.lines
        for year in case.years
    }
    return RecomputedCase(changed, table(changed, scenario), known, covered)


def _line(case: BusinessCase, line: CaseLine, contracts: Sequence[MeasuredContract], goes_on: bool) -> CaseLine:
    if not contracts:
        return line
    amounts = []
    for year, formula in zip(case.years, line.amounts, strict=True):
        more = sum(
            _deviation(each, year, goes_on) * price_factor(case, each.price_year or case.price_year, line.price_year)
            for each in contracts
        ) / 1000  # fmt: skip
        amounts.append(FormulaOperation("+", (formula, _number(round(more, 6)))) if more else formula)
    return replace(line, amounts=tuple(amounts))


def _deviation(contract: MeasuredContract, year: int, goes_on: bool) -> float:
    """Kroner that the year differs from what was expected of it."""
    of_year = contract.years.get(year)
    found = of_year.realised - of_year.expected_of_measured if of_year and of_year.measured else 0.0
    if not goes_on:
        return found
    last = _last_measured(contract)
    if last is None or year < last:
        return found
    latest = contract.years[last]
    mean = (latest.realised - latest.expected_of_measured) / latest.measured
    if year == last:
        return found + mean * (latest.months - latest.measured)
    return mean * (of_year.months if of_year else 12)


def _last_measured(contract: MeasuredContract) -> int | None:
    return max((year for year, each in contract.years.items() if each.measured), default=None)


@dataclass(frozen=True, slots=True)
class _AssumptionYear:
    """The mean of `measured` months of an assumption, of the `months` that its contracts have in the year."""

    mean: float
    measured: int
    months: int


def _assumption(
    case: BusinessCase, assumption: Assumption, measured: Mapping[int, _AssumptionYear], goes_on: bool
) -> Assumption:
    """With a value for each year, where contracts measure it."""
    if not measured.keys() & set(case.years):
        return assumption
    last = max(measured)
    values = []
    for year in case.years:
        assumed = next((each.formula for each in assumption.values if each.holds_in(year)), None)
        formula = assumed
        if goes_on and year > last:
            formula = _number(measured[last].mean)
        elif year in measured:
            told = measured[year]
            formula = _mixed(told.mean, told.months if goes_on and year == last else told.measured, assumed)
        values += [AssumedValue(formula, year, year)] if formula is not None else []
    return replace(assumption, values=tuple(values), low=None, high=None, least=None, most=None)


def _mixed(mean: float, months: int, assumed: Expression | None) -> Expression:
    """The mean in so many months of a year, and in the others what is assumed."""
    if months >= 12 or assumed is None:
        return _number(mean)
    rest = FormulaOperation("*", (assumed, _number(round((12 - months) / 12, 6))))
    return FormulaOperation("+", (rest, _number(round(mean * months / 12, 6))))


def _measured_values(name: str, contracts: Sequence[MeasuredContract]) -> dict[int, _AssumptionYear]:
    """By year; of several contracts the sum, since each measures its part: a month that one of them has no data of
    says nothing of the whole."""
    own = [each for each in contracts if each.assumption == name]
    found: dict[int, _AssumptionYear] = {}
    for year in sorted({year for each in own for year in each.years}):
        of_year = [each.years.get(year) for each in own]
        known = [each for each in of_year if each is not None]
        common = set.intersection(*(set(each.values if each else ()) for each in of_year))
        if common:
            total = sum(each.values[month] for each in known for month in common)
            months = min(each.months for each in known)
            found[year] = _AssumptionYear(total / len(common), len(common), months)
    return found


def _number(value: float) -> Expression:
    return FormulaNumber(value) if value >= 0 else FormulaOperation("-", (FormulaNumber(-value),))


def _covered(
    case: BusinessCase, contracts: Sequence[MeasuredContract], amounts: Mapping[int, float]
) -> float | None:  # fmt: skip
    """The share of the line's amounts that the contracts expect, in the years in which they expect anything; None for a
    line without contracts or amounts there."""
    years = [year for year in case.years if any(each.years.get(year) and each.years[year].expected
                                                for each in contracts)]  # fmt: skip
    total = sum(amounts[year] for year in years)
    if not total:
        return None
    expected = sum(
        each.years[year].expected * price_factor(case, each.price_year) / 1000
        for each in contracts for year in years if year in each.years
    )  # fmt: skip
    return expected / total


def _known(
    case: BusinessCase, line: CaseLine, year: int, contracts: Sequence[MeasuredContract],
    measured: Mapping[str, Mapping[int, object]], covered: float | None, goes_on: bool,
) -> AmountBasis:  # fmt: skip
    own = [each for each in contracts if each.line == line.code and not each.assumption]
    used = case.names_used(line.amounts[case.years.index(year)])
    others = [measured[name] for name in used if measured[name]]
    told = [each.years[year] for each in own if year in each.years]
    if own and told and all(each.measured == each.months for each in told) and (covered or 0.0) >= _ALL:
        return AmountBasis.MEASURED
    if any(each.measured for each in told) or any(year in each for each in others):
        return AmountBasis.PARTLY
    last = [found for each in own if (found := _last_measured(each)) is not None]
    last += [max(each) for each in others]
    return AmountBasis.CARRIED_ON if goes_on and last and year > min(last) else AmountBasis.ASSUMED
