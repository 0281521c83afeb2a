"""A bound that no plan can beat: shifts without people, as a linear programme for HiGHS (scipy). Pure.

Whoever can serve the same rows of the need is a pool; a pool chooses how many of each shift begin when. It keeps the
hours of all contracts together, the number of people who are there on a day, and their days of a week, but nobody's
rest, weekends or wishes; and each quarter of a person may serve any row. So the programme costs no more than any plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from indgang.staffing.shifts.candidates import Floats, Ints, ShiftOffers
from indgang.staffing.shifts.problem import ShiftPerson, ShiftProblem

_Class = tuple[int, int, int, int]


def lower_bound(problem: ShiftProblem) -> float:
    """In units of price: pay and understaffing of any plan cost at least this. Fixed shifts are taken as given."""
    offers = ShiftOffers(problem)
    fixed = [shift for person in problem.people for shift in person.fixed]
    need = np.clip(offers.need - offers.served(fixed), 0, None)
    total = problem.prices.paid * float(sum(each.length for each in fixed))
    served: set[int] = set()
    for rows, people in _pools(offers):
        served |= rows
        total += _pool_bound(offers, need[sorted(rows)].sum(axis=0), people)
    unserved = [row for row in range(len(offers.rows)) if row not in served]
    return total + problem.prices.understaffed * float(need[unserved].sum())


def _pools(offers: ShiftOffers) -> list[tuple[set[int], list[ShiftPerson]]]:
    """Rows and people that hang together."""
    pools: list[tuple[set[int], list[ShiftPerson]]] = []
    for person in offers.problem.people:
        rows = {row for there in offers.rows_of(person).values() for row in there}
        if not rows:
            continue
        joined = [pool for pool in pools if pool[0] & rows]
        pools = [pool for pool in pools if pool not in joined]
        people = [each for pool in joined for each in pool[1]]
        pools.append((rows.union(*(pool[0] for pool in joined)), [*people, person]))
    return pools


def _pool_bound(offers: ShiftOffers, need: Floats, people: Collection[ShiftPerson]) -> float:
    problem = offers.problem
    classes: dict[_Class, list[ShiftPerson]] = defaultdict(list)
    for person in people:
        classes[person.shortest, person.longest, person.earliest, person.latest].append(person)
    blocks, prices, limits, most = [], [], [], []
    for members in classes.values():
        shifts = offers.shapes(members[0])
        lengths = (shifts.edges[5] - shifts.edges[0]).astype(np.float64)
        blocks.append(_serving(shifts.edges, problem.quarters))
        prices.append(problem.prices.paid * lengths)
        rows, values = _limits(problem, members, shifts.day, lengths)
        limits.append(rows)
        most += values
    wanted = np.flatnonzero(need > 0)
    serving = sparse.hstack(blocks, format="csr")[wanted]
    short = sparse.identity(len(wanted), format="csr")
    counted = sparse.block_diag(limits)
    upper = sparse.vstack(
        [sparse.hstack([-serving, -short]), sparse.hstack([counted, sparse.csr_matrix((len(most), len(wanted)))])]
    )
    found = linprog(
        np.concatenate([*prices, np.full(len(wanted), problem.prices.understaffed)]), A_ub=upper,
        b_ub=np.concatenate([-need[wanted], most]), method="highs",
    )  # fmt: skip
    return float(found.fun or 0.0) if found.status == 0 else 0.0


def _serving(edges: Ints, quarters: int) -> sparse.csr_matrix:
    """Which quarters each shift works, its break left out."""
    rows: list[int] = []
    columns: list[int] = []
    for column, (start, _change, pause, resumed, _change_again, end) in enumerate(edges.T.tolist()):
        there = [*range(start, pause), *range(resumed, end)]
        rows += there
        columns += [column] * len(there)
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(quarters, edges.shape[1]))


def _limits(
    problem: ShiftProblem, members: Iterable[ShiftPerson], day: Ints, lengths: Floats
) -> tuple[sparse.csr_matrix, list[float]]:
    """Hours of all contracts, people on each day, and days of each week: rows and what they are at most."""
    members = list(members)
    hours = [_left(problem, each) for each in members]
    rows = [lengths, -lengths]
    most = [float(sum(high for _low, high in hours)), -float(sum(low for low, _high in hours))]
    for number in range(len(problem.days)):
        rows.append((day == number).astype(np.float64))
        most.append(float(len(members)))
    for week in problem.calendar_weeks:
        rows.append(np.isin(day, list(week)).astype(np.float64))
        most.append(float(sum(each.days_a_week for each in members)))
    return sparse.csr_matrix(np.vstack(rows)), most


def _left(problem: ShiftProblem, person: ShiftPerson) -> tuple[int, int]:
    """The fewest and most quarters beside the person's fixed shifts."""
    fewest, most = problem.quarters_of(person)
    fixed = sum(each.length for each in person.fixed)
    return fewest - fixed, most - fixed
