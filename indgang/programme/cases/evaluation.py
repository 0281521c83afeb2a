"""The amounts of a case: each line in each year, totals, net, cumulative, payback and net present value. Pure.

Everything is computed for several runs at once, as arrays of runs × years: one run for the table, two for each
assumption of a tornado, ten thousand for a simulation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indgang.programme.cases import expressions
from indgang.programme.cases.case import (
    Assumption,
    BusinessCase,
    CaseFault,
    CaseGroup,
    CaseLine,
    CaseLineKind,
    ControlArea,
    circle,
)
from indgang.programme.cases.expressions import Expression, FormulaFault, FormulaNumber, Values

#: the kinds that together are the cost of setting up
ONCE = (CaseLineKind.IMPLEMENTATION, CaseLineKind.INVESTMENT)
#: the largest amount of a line in a year: 100 billion kr.
LARGEST = 1e8


@dataclass(frozen=True, slots=True)
class Flows:
    """Amounts of a case. `lines` is lines × runs × years, the others runs × years; `lasting` is what each year after
    the last one costs, for each run."""

    lines: Values
    permanent: Values
    once: Values
    net: Values
    lasting: Values

    @property
    def cumulative(self) -> Values:
        return np.asarray(np.cumsum(self.net, axis=1))


def flows(case: BusinessCase, given: Mapping[str, Values | Expression] | None = None, *, rounds: bool = True) -> Flows:
    """The amounts, with other values for the `given` assumptions: an array with one value for each run, or a formula,
    at the price level of the assumption as its own value is. They are at the price level that the case is shown at.

    Raises CaseFault and FormulaFault.
    """
    known = assumed(case, given or {})
    amounts = [_line(case, line, known) for line in case.lines]
    runs = max((each.shape[0] for each in amounts), default=1)
    lines = np.zeros((len(amounts), runs, len(case.years)))
    for index, each in enumerate(amounts):
        lines[index] = each
    lines = _shown(case, lines, rounds=rounds)
    kinds = np.array([line.kind in ONCE for line in case.lines], dtype=bool)
    permanent, once = lines[~kinds].sum(axis=0), lines[kinds].sum(axis=0)
    return Flows(lines, permanent, once, permanent + once, permanent[:, -1])


def _shown(case: BusinessCase, lines: Values, *, rounds: bool) -> Values:
    """Rounded, and then at the price level that amounts are shown at."""
    factor = price_factor(case, case.price_year, case.shown_year)
    if not rounds:
        return lines * factor
    rounded = _to(lines, case.rounding)
    return rounded if factor == 1 else _to(rounded * factor, case.rounding)


def _to(amounts: Values, step: float) -> Values:
    """Rounded to a step, half away from zero; a sum that only looks like a half because of binary fractions counts as
    one."""
    scaled = np.abs(amounts) / step
    return np.asarray(np.sign(amounts) * np.floor(scaled + 0.5 + 1e-9) * step)


def assumed(case: BusinessCase, given: Mapping[str, Values | Expression]) -> dict[str, Values]:
    """The values of all assumptions, as arrays of runs (or one) × years; NaN in years without a value.

    Raises CaseFault for a name that the case does not have, for formulas that go in a circle, and for a value that an
    assumption cannot have.
    """
    for name in given:
        case.assumption(name)
    by_name = {each.name: each for each in case.assumptions}
    known: dict[str, Values] = {"year": np.array([case.years], dtype=float)}

    def settle(name: str, path: tuple[str, ...]) -> None:
        if name in known:
            return
        if name in path:
            raise CaseFault("circle", circle=circle([*path, name]))
        if name not in by_name:
            raise CaseFault("unknown", name=name)
        other = given.get(name)
        for needed in sorted(_needs(by_name[name], other)):
            settle(needed, (*path, name))
        found = _array(other) if isinstance(other, np.ndarray) else _settled(case, by_name[name], other, known)
        _refuse_impossible(by_name[name], found)
        known[name] = found * price_factor(case, by_name[name].price_year)

    for each in by_name:
        settle(each, ())
    return known


def _refuse_impossible(assumption: Assumption, values: Values) -> None:
    """Raises CaseFault for a value below the least or above the most that the assumption can be."""
    least, most = assumption.least, assumption.most
    about = {"name": assumption.name, "label": assumption.label}
    if least is not None and (values < least - 1e-9).any():
        raise CaseFault("below_least", **about, value=f"{np.nanmin(values):g}", least=f"{least:g}")
    if most is not None and (values > most + 1e-9).any():
        raise CaseFault("above_most", **about, value=f"{np.nanmax(values):g}", most=f"{most:g}")


def _needs(assumption: Assumption, other: Values | Expression | None) -> frozenset[str]:
    if isinstance(other, np.ndarray):
        return frozenset()
    if other is not None:
        return expressions.names(other)
    return frozenset().union(*(expressions.names(each.formula) for each in assumption.values))


def _array(values: Values) -> Values:
    """One value for each run, as a column."""
    return values.reshape(-1, 1)


def _settled(case: BusinessCase, assumption: Assumption, other: Expression | None, known: dict[str, Values]) -> Values:
    """At the assumption's own price level."""
    if other is not None:
        return _value(other, known, assumption.name)
    years = case.years
    by_year = [next((each for each in assumption.values if each.holds_in(year)), None) for year in years]
    if len(assumption.values) == 1 and all(by_year):
        return _value(assumption.values[0].formula, known, assumption.name)
    columns = []
    for index, each in enumerate(by_year):
        found = _value(each.formula, known, assumption.name) if each else np.array([[np.nan]])
        columns.append(_column(found, index))
    return np.hstack(np.broadcast_arrays(*columns))


def interval(case: BusinessCase, assumption: Assumption) -> tuple[float, float] | None:
    """The ends of an assumption at the price level of the case, as the values of a table are."""
    if assumption.interval is None:
        return None
    factor = price_factor(case, assumption.price_year)
    low, high = assumption.interval
    return low * factor, high * factor


def _column(values: Values, index: int) -> Values:
    """The values of one year, as a column of runs."""
    return values[:, index : index + 1] if values.shape[1] > 1 else values


def _value(formula: Expression, known: Mapping[str, Values], where: str) -> Values:
    try:
        return np.atleast_2d(expressions.value(formula, known))
    except FormulaFault as fault:
        raise CaseFault("formula", where=where, code=fault.code, about=fault.about) from fault


def _line(case: BusinessCase, line: CaseLine, known: dict[str, Values]) -> Values:
    factor = price_factor(case, line.price_year)
    columns = []
    for index, (year, formula) in enumerate(zip(case.years, line.amounts, strict=True)):
        needed = {name: _column(known[name], index) for name in expressions.names(formula) if name in known}
        found = _column(_value(formula, needed, line.code), 0) * factor
        if not np.isfinite(found).all():
            _refuse(line, year, needed)
        if (np.abs(found) > LARGEST).any():
            raise CaseFault("too_large", line=line.code, year=year)
        columns.append(found)
    return np.hstack(np.broadcast_arrays(*columns))


def _refuse(line: CaseLine, year: int, needed: Mapping[str, Values]) -> None:
    for name, values in needed.items():
        if np.isnan(values).any():
            raise CaseFault("no_value", name=name, year=year, line=line.code)
    raise CaseFault("not_finite", line=line.code, year=year)


def price_factor(case: BusinessCase, year: int | None, to: int | None = None) -> float:
    """What an amount of the price level of one year is worth at that of another (by default the case's).

    Raises CaseFault for a price level that the case has no index for.
    """
    target = case.price_year if to is None else to
    if year is None or year == target:
        return 1.0
    for each in sorted((year, target), key=lambda one: one == case.price_year):  # its own last: that is not news
        if each not in case.price_index:
            known = ", ".join(map(str, sorted({*case.price_index, case.price_year})))
            raise CaseFault("no_price_level", year=each, known=known)
    return case.price_index[target] / case.price_index[year]


def price_levels(case: BusinessCase) -> tuple[int, ...]:
    """The years whose price levels amounts can be shown at."""
    known = case.price_index if case.price_year in case.price_index else ()
    return tuple(sorted({case.price_year, *known}))


def at_price_level(case: BusinessCase, year: int | None) -> BusinessCase:
    """The case with its amounts shown at the price level of a year; None: its own. Raises CaseFault."""
    if year is None:
        return case
    price_factor(case, case.price_year, year)
    return replace(case, shown_year=year)


# --- payback and present value ----------------------------------------------------------------------

#: years until paid back, for a case that never is
NEVER = math.inf


def payback(net: Values, lasting: Values) -> Values:
    """Years until each run is paid back: calendar years from the first year with an amount, which counts as year one,
    to the first year from which the cumulative net stays at or below zero (R-325). 0: it never costs more than it has
    saved; `NEVER`: the amounts of later years do not cover it.

    `net` is runs × years; `lasting` is what each year after them costs.
    """
    cumulative = np.cumsum(net, axis=1)
    runs, years = net.shape
    has_amounts = net != 0
    first = np.where(has_amounts.any(axis=1), has_amounts.argmax(axis=1), 0)
    is_above = cumulative > 1e-9
    last_above = np.where(is_above.any(axis=1), years - 1 - is_above[:, ::-1].argmax(axis=1), -1)
    found = np.where(last_above < 0, 0.0, last_above + 2.0 - first)
    rest = cumulative[:, -1]
    later = np.full(runs, NEVER)
    pays = lasting < 0
    later[pays] = years - first[pays] + np.ceil(rest[pays] / -lasting[pays] - 1e-9)
    return np.where(last_above == years - 1, later, np.where(lasting > 0, NEVER, found))


def present_value(net: Values, discount: float) -> Values:
    """Net present value of each run; the first year is not discounted."""
    factors = (1 + discount) ** -np.arange(net.shape[1])
    return np.asarray(net @ factors)


@dataclass(frozen=True, slots=True)
class CaseTable:
    """A case with one set of assumptions, for a table. Amounts are plain floats, by year."""

    years: tuple[int, ...]
    lines: tuple[tuple[CaseLine, tuple[float, ...]], ...]
    groups: tuple[tuple[CaseGroup, tuple[float, ...]], ...]
    permanent: tuple[float, ...]
    once: tuple[float, ...]
    net: tuple[float, ...]
    cumulative: tuple[float, ...]
    lasting: float
    payback: float
    #: without the lines of transfers, as the documents state it beside that of the total economy
    payback_service: float
    present_value: float
    values: Mapping[str, tuple[float, ...]]

    @property
    def paid_back_in(self) -> int | None:
        """The calendar year; None when it never is, or when nothing has to be paid back."""
        if self.payback in (0, NEVER):
            return None
        first = next((year for year, amount in zip(self.years, self.net, strict=True) if amount), self.years[0])
        return first + int(self.payback) - 1

    def cumulative_in(self, year: int) -> float:
        """The cumulative net of a year, also of one after the last of the case."""
        if year <= self.years[-1]:
            return self.cumulative[self.years.index(year)]
        return self.cumulative[-1] + (year - self.years[-1]) * self.lasting


def table(
    case: BusinessCase, scenario: str = "", given: Mapping[str, float] | None = None, price_year: int | None = None
) -> CaseTable:
    """The case with the values of a scenario and with `given` values on top, at the price level of a year.

    Raises CaseFault.
    """
    values: dict[str, Values | Expression] = dict(case.scenario_values(scenario))
    values |= {name: FormulaNumber(value) for name, value in (given or {}).items()}
    case = at_price_level(case, price_year)
    lines = flows(case, values).lines[:, 0]
    kinds = np.array([line.kind in ONCE for line in case.lines], dtype=bool)
    permanent, once = lines[~kinds].sum(axis=0), lines[kinds].sum(axis=0)
    net = permanent + once
    lasting = permanent[-1:]
    known = assumed(case, values)
    return CaseTable(
        case.years, tuple((line, _floats(amounts)) for line, amounts in zip(case.lines, lines, strict=True)),
        _subtotals(case, lines),
        _floats(permanent), _floats(once), _floats(net), _floats(np.cumsum(net)), float(lasting[0]),
        float(payback(net[None], lasting)[0]), _without_transfers(case, lines, kinds),
        float(present_value(net[None], case.discount)[0]),
        {name: _floats(np.broadcast_to(each[0], len(case.years))) for name, each in known.items() if name != "year"},
    )  # fmt: skip


def _subtotals(case: BusinessCase, lines: Values) -> tuple[tuple[CaseGroup, tuple[float, ...]], ...]:
    """The sum of each group, from lines × years."""
    places = {line.code: place for place, line in enumerate(case.lines)}
    return tuple(
        (group, _floats(lines[[places[code] for code in case.lines_of(group)]].sum(axis=0))) for group in case.groups
    )


def _without_transfers(case: BusinessCase, lines: Values, is_once: NDArray[np.bool_]) -> float:
    """Years until paid back by everything but transfers."""
    others = np.array([line.area is not ControlArea.TRANSFERS for line in case.lines], dtype=bool)
    net, permanent = lines[others].sum(axis=0), lines[others & ~is_once].sum(axis=0)
    return float(payback(net[None], permanent[-1:])[0])


def _floats(values: Values) -> tuple[float, ...]:
    return tuple(float(each) + 0.0 for each in values)
