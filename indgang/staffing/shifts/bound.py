"""A bound that no plan can beat: shifts without people, as a linear programme for HiGHS (scipy). Pure.

Whoever can serve the same rows of the need is a pool; a pool chooses how many of each shift begin when. It keeps the
hours of all contracts together, the number of people who are there on a day, and their days of a week, but nobody's
rest, weekends or wishes; each quarter of a person may serve any row, and those to whom time off the phone is promised
may have it in any pieces. So the programme costs no more than any plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.candidates import Floats, Ints, ShiftOffers
from indgang.staffing.shifts.problem import ShiftPerson, ShiftProblem

#: shortest, longest, earliest, latest, share off the phone, and whether the person can be off the phone
_Class = tuple[int, int, int, int, float, bool]


def lower_bound(problem: ShiftProblem) -> float:
    """In units of price: pay, understaffing and time off the phone that is not given cost at least this in any plan.
    Fixed shifts are taken as given."""
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


@dataclass(frozen=True, slots=True)
class _Columns:
    """Shifts that somebody of a pool could work, one column for each class and shape: which quarters each works, what
    it costs, how many quarters off the phone it promises to people who can have them, and limits of all together."""

    serving: sparse.csr_matrix
    prices: Floats
    promised: Floats
    limits: sparse.csr_matrix
    most: Floats


def _pool_bound(offers: ShiftOffers, need: Floats, people: Collection[ShiftPerson]) -> float:
    problem, columns = offers.problem, _columns(offers, people)
    wanted = np.flatnonzero(need > 0)
    rows = [sparse.hstack([-columns.serving[wanted], -sparse.identity(len(wanted))])]
    prices, most = [columns.prices, np.full(len(wanted), problem.prices.understaffed)], [-need[wanted]]
    if columns.promised.any() and problem.prices.off_phone:
        off = _off_the_phone(columns, wanted)
        rows = [sparse.hstack([rows[0], off[0]]), *off[1:]]
        prices += [np.zeros(off[0].shape[1] - 1), np.full(1, problem.prices.off_phone)]
        most += [np.zeros(off[1].shape[0]), np.full(1, -_owed(problem, people))]
    number = rows[0].shape[1]
    counted = sparse.hstack(
        [columns.limits, sparse.csr_matrix((columns.limits.shape[0], number - len(columns.prices)))]
    )
    upper: Any = sparse.vstack([*rows, counted])
    found = linprog(np.concatenate(prices), A_ub=upper, b_ub=np.concatenate([*most, columns.most]), method="highs")
    return float(found.fun or 0.0) if found.status == 0 else 0.0


def _columns(offers: ShiftOffers, people: Iterable[ShiftPerson]) -> _Columns:
    problem = offers.problem
    classes: dict[_Class, list[ShiftPerson]] = defaultdict(list)
    for person in people:
        share, can = person.off_phone_share, _can_be_off(problem, person)
        classes[person.shortest, person.longest, person.earliest, person.latest, share, can].append(person)
    blocks, prices, promises, limits, most = [], [], [], [], []
    for (*_contract, share, can), members in classes.items():
        shifts = offers.shapes(members[0])
        lengths = (shifts.edges[5] - shifts.edges[0]).astype(np.float64)
        promised = share * (lengths - (shifts.edges[3] - shifts.edges[2]))
        blocks.append(_serving(shifts.edges, problem.quarters))
        # what is promised to people who can do nothing off the phone is never given
        prices.append(problem.prices.paid * lengths + (0 if can else problem.prices.off_phone) * promised)
        promises.append(promised if can else np.zeros_like(promised))
        rows, values = _limits(problem, members, shifts.day, lengths)
        limits.append(rows)
        most += values
    return _Columns(
        sparse.hstack(blocks, format="csr"), np.concatenate(prices), np.concatenate(promises),
        sparse.csr_matrix(sparse.block_diag(limits)), np.array(most),
    )  # fmt: skip


def _off_the_phone(columns: _Columns, wanted: Ints) -> list[sparse.csr_matrix]:
    """Time off the phone as more variables, for each quarter the people who have it, and at last how much is lacking.

    Beside the rows of the need: who is off the phone serves nothing. Then for all variables: only those to whom it is
    promised have it, while they are at work; and what is promised is given or lacks.
    """
    own = sparse.csr_matrix(columns.serving @ sparse.diags((columns.promised > 0).astype(np.float64)))
    quarters = np.flatnonzero(own.sum(axis=1))
    serving, given = own[quarters], sparse.identity(len(quarters), format="csr")
    away = sparse.identity(columns.serving.shape[0], format="csr")[wanted][:, quarters]
    nothing = sparse.csr_matrix((len(quarters), len(wanted)))
    return [
        sparse.hstack([away, sparse.csr_matrix((len(wanted), 1))]),
        sparse.hstack([-serving, nothing, given, sparse.csr_matrix((len(quarters), 1))]),
        sparse.csr_matrix(np.concatenate([columns.promised, np.zeros(len(wanted)), -np.ones(len(quarters) + 1)])),
    ]


def _can_be_off(problem: ShiftProblem, person: ShiftPerson) -> bool:
    done = person.activities | {each.activity for each in person.appointments}
    return any(problem.kinds.get(each) is ActivityKind.OFF_PHONE for each in done)


def _owed(problem: ShiftProblem, people: Iterable[ShiftPerson]) -> float:
    """Quarters off the phone that fixed shifts promise and do not give, of people who can have them."""
    owed = 0.0
    for person in people:
        if person.off_phone_share and _can_be_off(problem, person):
            parts = [part for shift in person.fixed for part in shift.parts if not part.is_break]
            for part in parts:
                is_off = problem.kinds.get(part.activity) is ActivityKind.OFF_PHONE
                owed += (part.end - part.start) * (person.off_phone_share - is_off)
    return owed


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
