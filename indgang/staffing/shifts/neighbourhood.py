"""Chooses shifts for some people on some days, while everything else stays: one model for CP-SAT.

The model knows every hard rule of a person and every price. What is still needed comes from the caller, so one person
against the rest, a group, or everybody on one day are the same model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from indgang.staffing.shifts.candidates import Floats, ShiftOffers, ShiftTable
from indgang.staffing.shifts.problem import ShiftPerson, ShiftProblem, WorkShift

#: prices are whole numbers in the model: this many to one
SCALE = 100
#: shifts offered to each person and day where people choose together: the best if the others stay, and any
_BEST_OFFERED, _ANY_OFFERED = 14, 10


@dataclass(frozen=True, slots=True)
class Freedom:
    """Who chooses anew and on which days; `present` is the plan, of which the rest is kept. `fair_late` is an even
    share of late and weekend shifts for a full-time person."""

    people: Sequence[ShiftPerson]
    days: frozenset[int]
    present: Mapping[str, tuple[WorkShift, ...]]
    fair_late: float = np.inf


@dataclass(frozen=True, slots=True)
class _Option:
    """A shift that may be chosen, or that is kept. Without `shift` it is column `number` of the table."""

    day: int
    start: int
    end: int
    taken: cp_model.IntVar
    number: int = -1
    shift: WorkShift | None = None
    is_kept: bool = False


Terms = list[tuple[cp_model.IntVar, float]]
#: first quarter, end and variable of what may serve each row
Cells = dict[int, list[tuple[int, int, cp_model.IntVar]]]


class OutOfTime(Exception):
    """The time was too short to find shifts or to prove that there are none."""


def choose(
    offers: ShiftOffers,
    freedom: Freedom,
    missing: Floats,
    *,
    seconds: float,
    gain: Floats | None = None,
    gap: float = 0.0,
    seed: int = 0,
    must_know: bool = False,
) -> dict[str, tuple[WorkShift, ...]] | None:
    """The shifts of the free people, kept ones included; None when the time was too short or nothing is possible. With
    `must_know` it is None only when nothing is possible, and raises OutOfTime otherwise.

    `missing` is what is needed and not served by what is kept, by row and quarter; it is negative where there are more.
    """
    model, problem = cp_model.CpModel(), offers.problem
    cost: Terms = []
    chosen: dict[str, tuple[ShiftTable, list[_Option]]] = {}
    cells: Cells = defaultdict(list)
    random = np.random.default_rng(seed)
    for person in freedom.people:
        if len(freedom.people) == 1:
            if gain is None:
                gain = _gain(problem, missing)
            table = offers.table(person, gain)
            options = list(_alone(model, problem, person, freedom, table))
            cost += [(each.taken, -float(table.worth[each.number])) for each in options if not each.is_kept]
        else:
            table = offers.table(person, _gain(problem, _seen_by(offers, person, freedom, missing)), all_breaks=True)
            options = list(_together(model, problem, person, freedom, table, random))
            for each in options:
                if not each.is_kept:
                    shift = each.shift or table.shift(each.number)
                    for row, start, end in offers.cells_of(shift):
                        cells[row].append((start, end, each.taken))
        keep_rules(model, problem, person, options)
        cost += _prices(model, problem, person, freedom, options)
        chosen[person.key] = (table, options)
    cost += _shortage(model, problem, missing, cells)
    model.minimize(sum(round(price * SCALE) * what for what, price in cost))
    solver = _solver(seconds, gap, seed)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        if must_know and status != cp_model.INFEASIBLE:
            raise OutOfTime
        return None
    return {key: _read(solver, problem, freedom, key, *each) for key, each in chosen.items()}


def _gain(problem: ShiftProblem, missing: Floats) -> Floats:
    return problem.prices.understaffed * np.clip(missing, 0, 1)


def _seen_by(offers: ShiftOffers, person: ShiftPerson, freedom: Freedom, missing: Floats) -> Floats:
    """What is missing for one of the free people if the others of them stay as they are."""
    others = (
        shift
        for each in freedom.people
        if each.key != person.key
        for shift in freedom.present.get(each.key, ())
        if not shift.is_fixed and offers.problem.day_of(shift.start) in freedom.days
    )
    return missing - offers.served(others)


def _solver(seconds: float, gap: float, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.relative_gap_limit = gap
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    return solver


def _read(
    solver: cp_model.CpSolver, problem: ShiftProblem, freedom: Freedom, key: str, table: ShiftTable,
    options: Iterable[_Option],
) -> tuple[WorkShift, ...]:  # fmt: skip
    taken = [
        each.shift or table.shift(each.number) for each in options if not each.is_kept and solver.value(each.taken)
    ]
    return tuple(sorted([*taken, *_kept(problem, freedom, key)], key=lambda shift: shift.start))


def _kept(problem: ShiftProblem, freedom: Freedom, key: str) -> list[WorkShift]:
    """The shifts that stay: on other days, and fixed ones."""
    shifts = freedom.present.get(key, ())
    return [each for each in shifts if each.is_fixed or problem.day_of(each.start) not in freedom.days]


def _staying(
    model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, freedom: Freedom
) -> Iterator[_Option]:
    """What is not chosen: shifts before and after the plan, on other days, and fixed ones."""
    for shift in (*person.before, *_kept(problem, freedom, person.key), *person.after):
        yield _Option(problem.day_of(shift.start), shift.start, shift.end, model.new_constant(1), is_kept=True)


def _alone(
    model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, freedom: Freedom, table: ShiftTable
) -> Iterator[_Option]:
    """The options of somebody who chooses against everybody else: of each beginning and end the best."""
    staying = list(_staying(model, problem, person, freedom))
    yield from staying
    taken_days = {each.day for each in staying}
    for number in range(len(table.day)):
        day = int(table.day[number])
        if day in freedom.days and day not in taken_days:
            yield _Option(day, int(table.starts[number]), int(table.ends[number]), model.new_bool_var(""), number)


def _together(
    model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, freedom: Freedom, table: ShiftTable,
    random: np.random.Generator,
) -> Iterator[_Option]:  # fmt: skip
    """The options of somebody who chooses together with others: for each day what they work now, the best if the others
    stay, and any."""
    staying = list(_staying(model, problem, person, freedom))
    yield from staying
    now = {problem.day_of(each.start): each for each in freedom.present.get(person.key, ()) if not each.is_fixed}
    net = table.worth - problem.prices.paid * (table.ends - table.starts)
    for day in sorted(freedom.days.difference(each.day for each in staying)):
        if day in now:
            taken = model.new_bool_var("")
            model.add_hint(taken, 1)
            yield _Option(day, now[day].start, now[day].end, taken, shift=now[day])
        columns = np.flatnonzero(table.day == day)
        if len(columns) > _BEST_OFFERED + _ANY_OFFERED:
            best = columns[np.argsort(-net[columns], kind="stable")[:_BEST_OFFERED]]
            columns = np.union1d(best, random.choice(columns, _ANY_OFFERED, replace=False))
        for number in columns.tolist():
            taken = model.new_bool_var("")
            model.add_hint(taken, 0)
            yield _Option(day, int(table.starts[number]), int(table.ends[number]), taken, number)


# --- Hard rules ------------------------------------------------------------------------------------


def keep_rules(model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, options: Sequence[_Option]) -> None:
    """Every hard rule about the person's own time."""
    by_day: dict[int, list[_Option]] = defaultdict(list)
    for each in options:
        by_day[each.day].append(each)
    for day, there in by_day.items():
        if 0 <= day < len(problem.days):
            model.add(_sum(there) <= 1)
    for appointment in person.appointments:
        model.add(_sum(by_day[problem.day_of(appointment.start)]) == 1)
    _rest(model, problem, by_day)
    _days_off(model, problem, person, by_day)
    _hours(model, problem, person, by_day)
    _weekends(model, problem, person, by_day)


def _rest(model: cp_model.CpModel, problem: ShiftProblem, by_day: Mapping[int, list[_Option]]) -> None:
    """Who ends late begins late the day after. One constraint for each end that matters."""
    for day in range(-1, len(problem.days)):
        before, after = by_day.get(day, []), by_day.get(day + 1, [])
        if not before or not after:
            continue
        first = min(each.start for each in after)
        for end in sorted({each.end for each in before if each.end + problem.rules.rest > first}):
            late = [each for each in before if each.end >= end]
            early = [each for each in after if each.start < end + problem.rules.rest]
            model.add(_sum([*late, *early]) <= 1)


def _days_off(
    model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, by_day: Mapping[int, list[_Option]]
) -> None:
    number, most = len(problem.days), problem.rules.days_in_seven
    short = _too_short(model, problem, by_day)
    for first in range(-6, number):
        window = range(first, first + 7)
        _at_most(model, _of(by_day, window), most, [short[day] for day in window if day in short])
    for week in problem.calendar_weeks:
        _at_most(model, _of(by_day, week), person.days_a_week)


def _too_short(
    model: cp_model.CpModel, problem: ShiftProblem, by_day: Mapping[int, list[_Option]]
) -> dict[int, cp_model.IntVar]:
    """Of each day that may lie between two shifts closer than the weekly rest, whether it does and is no day off.

    One constraint for each end that matters. Nothing says that it is not so: the model has no reason to claim it.
    """
    found: dict[int, cp_model.IntVar] = {}
    for day in range(-6, len(problem.days) + 6):
        before, there, after = by_day.get(day - 1, []), by_day.get(day, []), by_day.get(day + 1, [])
        first = min((each.start for each in after), default=None)
        late_ends = {each.end for each in before if first is not None and each.end + problem.rules.weekly_rest > first}
        for end in sorted(late_ends):
            late = [each for each in before if each.end >= end]
            early = [each for each in after if each.start < end + problem.rules.weekly_rest]
            if day not in found:
                found[day] = model.new_bool_var("")
            around, inside = [each.taken for each in (*late, *early)], [found[day], *(each.taken for each in there)]
            weights = [1] * len(around) + [-1] * len(inside)
            model.add(cp_model.LinearExpr.weighted_sum([*around, *inside], weights) <= 1)
    return found


def _hours(
    model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, by_day: Mapping[int, list[_Option]]
) -> None:
    for week in problem.calendar_weeks:
        there = _of(by_day, week)
        if there:
            model.add(_lengths(there) <= int(problem.rules.hours_of_a_week * 4))
    fewest, most = problem.quarters_of(person)
    everything = _of(by_day, range(len(problem.days)))
    model.add(_lengths(everything) <= most)
    model.add(_lengths(everything) >= fewest)


def _weekends(
    model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, by_day: Mapping[int, list[_Option]]
) -> None:
    worked: list[cp_model.IntVar] = []
    for weekend in problem.weekends:
        there = _of(by_day, weekend)
        works = model.new_bool_var("")
        if there:
            model.add(_sum(there) <= len(weekend) * works)
        worked.append(works)
    for first in range(max(1, len(worked) - 3)):
        window = worked[first : first + 4]
        model.add(sum(window) <= max(0, 4 - person.weekends_off))


def _of(by_day: Mapping[int, list[_Option]], days: Iterable[int]) -> list[_Option]:
    return [each for day in days for each in by_day.get(day, ())]


def _at_most(
    model: cp_model.CpModel, options: Sequence[_Option], most: int, others: Sequence[cp_model.IntVar] = ()
) -> None:
    """Each day has one option at most."""
    if len({each.day for each in options}) + len(others) > most:
        model.add(cp_model.LinearExpr.sum([*(each.taken for each in options), *others]) <= most)


def _sum(options: Iterable[_Option]) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.sum([each.taken for each in options])


def _lengths(options: Sequence[_Option]) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.weighted_sum(
        [each.taken for each in options], [each.end - each.start for each in options]
    )


# --- Prices ----------------------------------------------------------------------------------------


def _prices(
    model: cp_model.CpModel, problem: ShiftProblem, person: ShiftPerson, freedom: Freedom, options: Sequence[_Option]
) -> Iterator[tuple[cp_model.IntVar, float]]:
    """What the person's own choice costs beside the need: pay, wishes, changes, late shifts."""
    late: list[cp_model.IntVar] = []
    was = {problem.day_of(each.start): (each.start, each.end) for each in person.present}
    for each in options:
        if each.is_kept:
            continue
        yield each.taken, problem.own_price(person, each.day, each.start, each.end)
        if person.present:
            changes = was.get(each.day) != (each.start, each.end)
            # a day on which the person was to work costs the change unless the same shift is chosen
            yield each.taken, problem.prices.change * (changes - (each.day in was))
        if problem.is_late(each.day, each.start, each.end):
            late.append(each.taken)
    if late and problem.prices.late and np.isfinite(freedom.fair_late):
        beyond = model.new_int_var(0, len(problem.days), "")
        share = int(np.ceil(freedom.fair_late * problem.share_of(person)))
        days = range(len(problem.days))  # those before and after the plan are no part of its share
        staying = (each for each in options if each.is_kept and each.day in days)
        kept = sum(problem.is_late(each.day, each.start, each.end) for each in staying)
        model.add(beyond >= sum(late) + kept - share)
        yield beyond, problem.prices.late


def _shortage(
    model: cp_model.CpModel, problem: ShiftProblem, missing: Floats, cells: Cells
) -> Iterator[tuple[cp_model.IntVar, float]]:  # fmt: skip
    """A variable for each span of quarters in which the same shifts serve a row, and each number that is missing."""
    price = problem.prices.understaffed / SCALE
    for row, there in cells.items():
        edges = sorted({edge for start, end, _taken in there for edge in (start, end)})
        begins, ends = defaultdict(list), defaultdict(list)
        for start, end, taken in there:
            begins[start].append(taken)
            ends[end].append(taken)
        serving: dict[int, cp_model.IntVar] = {}
        for first, last in pairwise(edges):
            for each in ends[first]:
                del serving[each.index]
            serving |= {each.index: each for each in begins[first]}
            values, times = np.unique(np.round(missing[row, first:last] * SCALE).astype(int), return_counts=True)
            if not serving or values[-1] <= 0:
                continue
            served = cp_model.LinearExpr.sum(list(serving.values()))
            for value, quarters in zip(values.tolist(), times.tolist(), strict=True):
                if value > 0:
                    short = model.new_int_var(0, value, "")
                    model.add(short >= value - SCALE * served)
                    yield short, price * quarters
