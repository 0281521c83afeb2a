"""How much a case depends on its assumptions: a tornado, and a simulation. Pure: the seed of chance is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from indgang.programme.cases.case import Assumption, BusinessCase, CaseFault
from indgang.programme.cases.evaluation import NEVER, assumed, flows, interval, payback, present_value, price_factor
from indgang.programme.cases.expressions import Expression, FormulaNumber, Values

RUNS, MOST_RUNS = 10_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Swing:
    """What a case comes to (net present value, and years until paid back) at both ends of one assumption. The ends are
    at the price level of the case."""

    assumption: Assumption
    low: float
    high: float
    at_low: float
    at_high: float
    payback_at_low: float
    payback_at_high: float

    @property
    def width(self) -> float:
        return abs(self.at_high - self.at_low)


def tornado(case: BusinessCase, scenario: str = "", given: Mapping[str, float] | None = None) -> list[Swing]:
    """Each assumption with an interval at both its ends, the others as they are; the widest first. What the scenario
    or `given` fixes is not moved. Lines are rounded as in the table, so an end gives the present value that the table
    gives when that value is typed in.

    Raises CaseFault.
    """
    fixed = _fixed(case, scenario, given)
    moved = _moved(case, fixed)
    if not moved:
        return []
    values = dict(fixed)
    for index, (each, base) in enumerate(moved):
        column = np.full(2 * len(moved), base)
        column[2 * index : 2 * index + 2] = each.interval
        values[each.name] = column
    worth, years = _outcomes(case, values, 2 * len(moved), rounds=True)
    swings = [
        Swing(each, *ends, float(worth[2 * k]), float(worth[2 * k + 1]), float(years[2 * k]), float(years[2 * k + 1]))
        for k, (each, _base) in enumerate(moved)
        if (ends := interval(case, each))
    ]
    return sorted(swings, key=lambda each: -each.width)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What runs with assumptions drawn by chance came to. Amounts are net present values in 1,000 kr."""

    runs: int
    seed: int
    worth: Values
    paybacks: Values
    drawn: tuple[str, ...]

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.worth, share))

    @property
    def mean(self) -> float:
        return float(self.worth.mean())

    @property
    def gain(self) -> float:
        """The share of runs that save more than they cost, by net present value."""
        return float((self.worth < 0).mean())

    @property
    def never(self) -> float:
        """The share of runs that are never paid back."""
        return float((self.paybacks == NEVER).mean())

    def paid_back_within(self, years: float) -> float:
        """The share of runs that are paid back in at most so many years."""
        return float((self.paybacks <= years).mean())

    def payback_shares(self, most: int = 15) -> list[tuple[int, float]]:
        """Years until paid back, and the share of the runs; those above `most` are left out."""
        return [(year, share) for year in range(most + 1) if (share := float((self.paybacks == year).mean()))]


def simulate(
    case: BusinessCase, *, seed: int, runs: int = RUNS, scenario: str = "", given: Mapping[str, float] | None = None
) -> Simulation:
    """Draw every assumption with an interval from a triangle between its ends with its value as the most likely, each
    by itself. What the scenario or `given` fixes is not drawn. Lines are not rounded to 1,000 kr. Raises CaseFault.
    """
    if not 1 <= runs <= MOST_RUNS:
        raise CaseFault("runs", most=MOST_RUNS)
    fixed = _fixed(case, scenario, given)
    moved = _moved(case, fixed)
    chance = np.random.default_rng(seed)
    values = dict(fixed)
    for each, base in moved:
        assert each.interval is not None
        low, high = each.interval
        mode = min(max(base, low), high)
        values[each.name] = chance.triangular(low, mode, high, runs) if low < high else np.full(runs, low)
    worth, years = _outcomes(case, values, runs, rounds=False)
    return Simulation(runs, seed, worth, years, tuple(each.name for each, _base in moved))


def _outcomes(
    case: BusinessCase, values: Mapping[str, Values | Expression], runs: int, *, rounds: bool
) -> tuple[Values, Values]:
    """Present value and payback of each run; the same for all when no line uses what is moved."""
    found = flows(case, values, rounds=rounds)
    worth, years = present_value(found.net, case.discount), payback(found.net, found.lasting)
    return np.broadcast_to(worth, runs), np.broadcast_to(years, runs)


def _fixed(case: BusinessCase, scenario: str, given: Mapping[str, float] | None) -> dict[str, Values | Expression]:
    values: dict[str, Values | Expression] = dict(case.scenario_values(scenario))
    return values | {name: FormulaNumber(value) for name, value in (given or {}).items()}


def _moved(case: BusinessCase, fixed: Mapping[str, Values | Expression]) -> list[tuple[Assumption, float]]:
    """The assumptions with an interval that nothing fixes, each with its value in the first year that it has one, at
    its own price level."""
    known = assumed(case, fixed)
    found = []
    for each in case.assumptions:
        values = known[each.name][0]
        values = values[np.isfinite(values)]
        if each.is_uncertain and each.name not in fixed and len(values):
            found.append((each, float(values[0]) / price_factor(case, each.price_year)))
    return found
