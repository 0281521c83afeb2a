"""The shift plan as one plain integer model for everybody: `python -m benches._plain_shifts highs 60 40`, or cp_sat.

Who works which shift on which day is one variable each, all hard rules are there, and pay and missing people are what
it costs. Of the breaks that a shift may have, the middle one is offered: all would make it larger.
Each solver has a process of its own, because HiGHS and OR-Tools do not share one, with the machine's default of threads
for HiGHS and two workers for CP-SAT. The process prints what the plan costs and how many rules it breaks, or null.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.shifts import checker
from indgang.staffing.shifts.candidates import ShiftOffers
from indgang.staffing.shifts.problem import ShiftPerson, ShiftPlanValue, ShiftProblem

SOLVERS = ("cp_sat", "highs")
_WORKERS = 2
_Numbers = NDArray[np.int64]


def cost(solver: str, people: int, seconds: float) -> float | None:
    """What the solver's plan for so many people costs after the time; None when it has none that keeps all rules."""
    command = [sys.executable, "-m", "benches._plain_shifts", solver, str(people), str(seconds)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return None if found is None or found["breaches"] else float(found["cost"])


@dataclass(slots=True)
class _Model:
    """Whole variables from 0 to `most`, with a price each; `rows` hold (variables, factors, least, most)."""

    prices: list[float] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    rows: list[tuple[_Numbers, _Numbers, int, int]] = field(default_factory=list)

    def variables(self, prices: Sequence[float], most: int = 1) -> _Numbers:
        first = len(self.prices)
        self.prices += prices
        self.most += [most] * len(prices)
        return np.arange(first, first + len(prices))

    def at_most(self, parts: Sequence[tuple[_Numbers, int | _Numbers]], most: int, least: int = -(10**6)) -> None:
        """The sum of all variables times their factors."""
        variables = np.concatenate([each for each, _factor in parts])
        factors = np.concatenate([np.broadcast_to(factor, each.shape) for each, factor in parts])
        self.rows.append((variables, factors.astype(np.int64), least, most))


@dataclass(frozen=True, slots=True)
class _Choice:
    """The shifts of one person: their variables, days, first quarters, ends, and the column of each in the grid."""

    taken: _Numbers
    day: _Numbers
    starts: _Numbers
    ends: _Numbers
    columns: _Numbers

    def on(self, *days: int) -> _Numbers:
        return np.flatnonzero(np.isin(self.day, days))


def _model(offers: ShiftOffers) -> tuple[_Model, dict[str, _Choice]]:
    model, problem = _Model(), offers.problem
    choices = {person.key: _choice(model, offers, person) for person in problem.people}
    for person in problem.people:
        _keep_rules(model, problem, person, choices[person.key])
    (need,) = problem.need.values()
    short = model.variables([problem.prices.understaffed] * problem.quarters, int(max(need)))
    serving: list[list[int]] = [[] for _quarter in need]
    for person in problem.people:
        grid, choice = offers.shapes(person), choices[person.key]
        for taken, edges in zip(choice.taken.tolist(), grid.edges[:, choice.columns].T.tolist(), strict=True):
            for quarter in (*range(edges[0], edges[2]), *range(edges[3], edges[5])):
                serving[quarter].append(taken)
    for quarter, wanted in enumerate(need):
        if wanted:
            there = np.array([*serving[quarter], short[quarter]])
            model.at_most([(there, 1)], 10**6, int(wanted))
    return model, choices


def _choice(model: _Model, offers: ShiftOffers, person: ShiftPerson) -> _Choice:
    grid = offers.shapes(person)
    sizes = np.diff(np.append(grid.firsts, len(grid.day)))
    columns = grid.firsts + sizes // 2
    starts, ends = grid.edges[0, columns], grid.edges[5, columns]
    prices = offers.problem.prices.paid * (ends - starts)
    return _Choice(model.variables(prices.tolist()), grid.day[columns], starts, ends, columns)


def _keep_rules(model: _Model, problem: ShiftProblem, person: ShiftPerson, choice: _Choice) -> None:
    rules, days, lengths = problem.rules, range(len(problem.days)), choice.ends - choice.starts
    for day in days:
        model.at_most([(choice.taken[choice.on(day)], 1)], 1)
    for late, early, _day in _close(choice, days, rules.rest, 1):
        model.at_most([(choice.taken[late], 1), (choice.taken[early], 1)], 1)
    no_rest = model.variables([0.0] * len(days))
    for late, early, day in _close(choice, days, rules.weekly_rest, 2):
        between = choice.taken[choice.on(day)]
        model.at_most([(choice.taken[late], 1), (choice.taken[early], 1), (between, -1), (no_rest[[day]], -1)], 1)
    for first in range(len(days) - 6):
        window = range(first, first + 7)
        model.at_most([(choice.taken[choice.on(*window)], 1), (no_rest[list(window)], 1)], rules.days_in_seven)
    for week in problem.calendar_weeks:
        there = choice.on(*week)
        model.at_most([(choice.taken[there], 1)], person.days_a_week)
        model.at_most([(choice.taken[there], lengths[there])], int(rules.hours_of_a_week * 4))
    fewest, most = problem.quarters_of(person)
    model.at_most([(choice.taken, lengths)], most, fewest)
    weekends = problem.weekends
    works = model.variables([0.0] * len(weekends))
    for number, weekend in enumerate(weekends):
        model.at_most([(choice.taken[choice.on(*weekend)], 1), (works[[number]], -len(weekend))], 0)
    for first in range(max(1, len(weekends) - 3)):
        model.at_most([(works[first : first + 4], 1)], 4 - person.weekends_off)


def _close(choice: _Choice, days: range, rest: int, apart: int) -> Iterator[tuple[_Numbers, _Numbers, int]]:
    """Shifts of a day and of another one `apart` of which no two have the rest between them, for each end that
    matters; and the day after the first."""
    for day in days[: len(days) - apart]:
        before, after = choice.on(day), choice.on(day + apart)
        for end in np.unique(choice.ends[before]).tolist():
            early = after[choice.starts[after] < end + rest]
            if len(early):
                yield before[choice.ends[before] >= end], early, day + 1


def _by_highs(model: _Model, seconds: float) -> NDArray[np.float64] | None:
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    assert "ortools" not in sys.modules
    sizes = [len(variables) for variables, _factors, _least, _most in model.rows]
    row = np.repeat(np.arange(len(sizes)), sizes)
    column, factor = (np.concatenate([each[which] for each in model.rows]) for which in (0, 1))
    matrix = sparse.csr_matrix((factor, (row, column)), shape=(len(sizes), len(model.prices)))
    limits = LinearConstraint(matrix, [each[2] for each in model.rows], [each[3] for each in model.rows])
    whole = np.ones(len(model.prices), dtype=np.int64)
    found = milp(
        model.prices, integrality=whole, bounds=Bounds(0, model.most), constraints=limits,
        options={"time_limit": seconds},
    )  # fmt: skip
    return None if found.x is None else np.round(found.x)


def _by_cp_sat(model: _Model, seconds: float) -> NDArray[np.float64] | None:
    from ortools.sat.python import cp_model

    asked, solver = cp_model.CpModel(), cp_model.CpSolver()
    there = [asked.new_int_var(0, most, "") for most in model.most]
    for variables, factors, least, most in model.rows:
        names = [there[each] for each in variables.tolist()]
        asked.add_linear_constraint(cp_model.LinearExpr.weighted_sum(names, factors.tolist()), least, most)
    asked.minimize(cp_model.LinearExpr.weighted_sum(there, model.prices))
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, _WORKERS
    if solver.solve(asked) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return np.array([solver.value(each) for each in there], dtype=np.float64)


def _plan(offers: ShiftOffers, choices: dict[str, _Choice], values: NDArray[np.float64]) -> ShiftPlanValue:
    plan = {}
    for person in offers.problem.people:
        grid, choice = offers.shapes(person), choices[person.key]
        columns = choice.columns[values[choice.taken] > 0.5]
        rows = np.zeros(4, dtype=np.int64)
        plan[person.key] = tuple(offers.shift(person, grid.edges[:, column], rows) for column in sorted(columns))
    return plan


def main(solver: str, people: str, seconds: str) -> None:
    from benches.shifts import question

    problem = question(int(people))
    offers = ShiftOffers(problem)
    model, choices = _model(offers)
    values = (_by_highs if solver == "highs" else _by_cp_sat)(model, float(seconds))
    if values is None:
        print("null")
        return
    plan = _plan(offers, choices, values)
    answer = {"cost": checker.cost(problem, plan).total, "breaches": len(checker.breaches(problem, plan))}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
