"""Repairs a plan after an absence: few people change, and only on the days that are short of somebody. Pure.

Without an absence every day may change, each at its price.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indgang.staffing.shifts.checker import breaches
from indgang.staffing.shifts.problem import ShiftPerson, ShiftProblem, WorkShift
from indgang.staffing.shifts.search import SearchState, ShiftSearch


def repair(search: ShiftSearch, changed: frozenset[int] = frozenset()) -> Iterator[SearchState]:
    """The plan that exists (`present` of each person), without the shifts in which people are absent, and then better
    step by step. Each change of anybody's day has its price, so a plan that cannot be bettered for it stays.

    After an absence the days that are short of somebody may change, and those whose need has `changed`; without one,
    every day. Whoever breaks a rule now chooses anew: a new colleague, or somebody with another contract.
    Raises NoPossibleShifts, as the search does, for somebody without a plan; others stay as they are meanwhile.
    """
    problem, days = search.problem, hurt_days(search.problem)
    for person in problem.people:
        search.put(person, tuple(_left(person)))
    breaking = {each.person for each in breaches(problem, search.plan)}
    for person in problem.people:
        if person.key in breaking:
            search.choose_again(person)
    yield search.state()
    if not days:
        yield from search.run()
        return
    yield from search.sweep(days | changed)
    yield from search.everybody(days | changed)


def hurt_days(problem: ShiftProblem) -> frozenset[int]:
    """The days on which somebody was to work who is absent, and who is missed there."""
    return frozenset(
        problem.day_of(shift.start) for person in problem.people for shift in person.present if _is_hurt(person, shift)
    )


def _left(person: ShiftPerson) -> Iterator[WorkShift]:
    fixed = {each.start for each in person.fixed}
    for shift in person.present:
        if shift.start in fixed:
            yield replace(shift, is_fixed=True)
        elif not _is_hurt(person, shift):
            yield shift


def _is_hurt(person: ShiftPerson, shift: WorkShift) -> bool:
    return any(start < shift.end and end > shift.start for start, end in person.absences) and not any(
        each.start == shift.start for each in person.fixed
    )
