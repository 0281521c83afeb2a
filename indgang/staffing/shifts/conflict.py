"""Why there is no plan: the smallest set of rules that cannot all be kept. Pure.

What callers need is a price, never a demand, and people share no hard rule. So when there is no plan, there is a person
without one, and the rules in conflict are rules about that person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from indgang.staffing.shifts.candidates import ShiftOffers
from indgang.staffing.shifts.checker import HardRule
from indgang.staffing.shifts.neighbourhood import Freedom, OutOfTime, choose
from indgang.staffing.shifts.problem import DAY, ShiftPerson, ShiftProblem, WorkShift

_FREE_WEEK = 168.0


@dataclass(frozen=True, slots=True)
class RuleConflict:
    """Rules about a person of which no plan keeps all, though it may keep all but any one of them."""

    person: str
    rules: tuple[HardRule, ...]


def _rule(**changes: object) -> Callable[[ShiftProblem, ShiftPerson], tuple[ShiftProblem, ShiftPerson]]:
    return lambda problem, person: (replace(problem, rules=replace(problem.rules, **changes)), person)  # type: ignore[arg-type]


def _person(**changes: object) -> Callable[[ShiftProblem, ShiftPerson], tuple[ShiftProblem, ShiftPerson]]:
    return lambda problem, person: (problem, replace(person, **changes))  # type: ignore[arg-type]


def _can_do_all(problem: ShiftProblem, person: ShiftPerson) -> tuple[ShiftProblem, ShiftPerson]:
    everything = frozenset(activity for _place, activity in problem.need)
    return problem, replace(person, activities=everything, untrained=())


#: what lifts each rule
_LIFTED: Mapping[HardRule, Callable[[ShiftProblem, ShiftPerson], tuple[ShiftProblem, ShiftPerson]]] = {
    HardRule.CONTRACT: _person(slack_hours=_FREE_WEEK * 10),
    HardRule.ABSENCE: _person(absences=()),
    HardRule.APPOINTMENT: _person(appointments=()),
    HardRule.FIXED: _person(fixed=()),
    HardRule.SPAN: _person(earliest=0, latest=DAY),
    HardRule.LENGTH: _person(shortest=1, longest=DAY),
    HardRule.WEEKENDS: _person(weekends_off=0),
    HardRule.DAYS_A_WEEK: _person(days_a_week=7),
    HardRule.DAY_OFF: _rule(days_in_seven=7),
    HardRule.REST: _rule(rest=0),
    HardRule.WEEK_HOURS: _rule(week_hours=_FREE_WEEK, hours_of_a_week=_FREE_WEEK),
    HardRule.SKILL: _can_do_all,
    HardRule.WORKPLACE: _person(workplaces=frozenset()),
}


def explain(problem: ShiftProblem, person: ShiftPerson, *, seconds: float = 10.0) -> RuleConflict | None:
    """The smallest set of rules in conflict; of several, the first in the order of `HardRule`. None without conflict,
    and when none was proved in so many seconds.

    All sets of one rule are tried, then of two, and so on. A set about which nothing was proved in time is no conflict:
    on a busy machine more rules are named than necessary, but never rules that can be kept together.
    """
    if not _is_impossible(problem, person, frozenset(_LIFTED), seconds):
        return None
    # a rule that is no limit for this person is in no conflict
    rules = [rule for rule, lift in _LIFTED.items() if lift(problem, person) != (problem, person)]
    for number in range(1, len(rules)):
        for kept in combinations(rules, number):
            if _is_impossible(problem, person, frozenset(kept), seconds):
                return RuleConflict(person.key, kept)
    return RuleConflict(person.key, tuple(rules))


def _is_impossible(problem: ShiftProblem, person: ShiftPerson, kept: frozenset[HardRule], seconds: float) -> bool:
    for rule, lift in _LIFTED.items():
        if rule not in kept:
            problem, person = lift(problem, person)
    offers = ShiftOffers(replace(problem, people=(person,)))
    freedom = Freedom([person], frozenset(range(len(problem.days))), {person.key: _fixed(person)})
    try:
        return choose(offers, freedom, np.zeros_like(offers.need), seconds=seconds, gap=1.0, must_know=True) is None
    except OutOfTime:
        return False


def _fixed(person: ShiftPerson) -> tuple[WorkShift, ...]:
    return tuple(replace(each, is_fixed=True) for each in person.fixed)
