"""What a plan breaks, and what it costs. Knows nothing of how the plan was made, and shares no code with that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil

from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.problem import ShiftPart, ShiftPerson, ShiftPlanValue, ShiftProblem, ShiftWish, WorkShift

_HOUR = 4
#: on the clock on the wall, in quarters: a shift that lasts longer is a late one
_EVENING, _SATURDAY = 18 * _HOUR, 5


class HardRule(StrEnum):
    """The rules that every plan keeps."""

    ONE_SHIFT = "one_shift"
    """At most one shift begins on a day, and shifts do not overlap."""
    PARTS = "parts"
    """The parts of a shift fill it."""
    LENGTH = "length"
    """Shifts have the lengths of the contract."""
    SPAN = "span"
    """Nobody works before the earliest or after the latest time of the contract."""
    BREAK = "break"
    """Long shifts have a break, and no stretch of work is too long."""
    REST = "rest"
    """Eleven hours between two shifts."""
    DAY_OFF = "day_off"
    """A day off in any seven."""
    DAYS_A_WEEK = "days_a_week"
    WEEK_HOURS = "week_hours"
    """Hours of a calendar week, and of an average week."""
    CONTRACT = "contract"
    """Hours of the whole plan by contract."""
    WEEKENDS = "weekends"
    """Weekends off of any four."""
    ABSENCE = "absence"
    APPOINTMENT = "appointment"
    FIXED = "fixed"
    """Fixed shifts stay."""
    SKILL = "skill"
    WORKPLACE = "workplace"


@dataclass(frozen=True, slots=True)
class RuleBreach:
    """A hard rule that is broken: by whom, which, and from which quarter of the plan on."""

    person: str
    rule: HardRule
    quarter: int


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What a plan costs by kind, in units of price. `short` is in people times quarters, before its price."""

    paid: float
    understaffed: float
    wishes: float
    changes: float
    late: float
    """Late and weekend shifts beyond an even share."""
    off_phone: float
    """Time off the phone that was agreed and is not given."""
    short: float

    @property
    def total(self) -> float:
        return self.paid + self.understaffed + self.wishes + self.changes + self.late + self.off_phone


@dataclass(frozen=True, slots=True)
class PersonShare:
    """What a plan makes of fairness and of a promise, for one person."""

    late: int
    """Shifts in a weekend, or after 18."""
    even_late: int
    """As many of them as an even share is, rounded up."""
    worked: int
    """Quarters at work, breaks left out."""
    off_phone: int
    """Quarters of them off the phone."""
    agreed_off_phone: float
    """Quarters of them that the contract promises off the phone."""

    @property
    def off_phone_hours(self) -> float:
        return self.off_phone / _HOUR

    @property
    def agreed_off_phone_hours(self) -> float:
        return self.agreed_off_phone / _HOUR

    @property
    def late_beyond(self) -> int:
        return max(0, self.late - self.even_late)

    @property
    def off_phone_missing(self) -> float:
        return max(0.0, self.agreed_off_phone - self.off_phone)


def breaches(problem: ShiftProblem, plan: ShiftPlanValue) -> list[RuleBreach]:
    """Everything that the plan breaks; an empty list for a plan that can be published."""
    found: list[RuleBreach] = []
    for person in problem.people:
        shifts = sorted(plan.get(person.key, ()), key=lambda each: each.start)
        for rule, quarter in _of_person(problem, person, shifts):
            found.append(RuleBreach(person.key, rule, quarter))
    return found


def cost(problem: ShiftProblem, plan: ShiftPlanValue) -> PlanCost:
    """What the plan costs, all soft rules counted."""
    prices, shared = problem.prices, shares(problem, plan).values()
    paid = sum(each.end - each.start for shifts in plan.values() for each in shifts) * prices.paid
    short = sum(sum(row) for row in shortages(problem, plan).values())
    wishes = sum(_against(problem, person, plan.get(person.key, ())) for person in problem.people) * prices.wish
    changes = sum(_changed(problem, person, plan.get(person.key, ())) for person in problem.people) * prices.change
    late = sum(each.late_beyond for each in shared) * prices.late
    off_phone = sum(each.off_phone_missing for each in shared) * prices.off_phone
    return PlanCost(paid, short * prices.understaffed, wishes, changes, late, off_phone, short)


def shares(problem: ShiftProblem, plan: ShiftPlanValue) -> dict[str, PersonShare]:
    """By person, late and weekend shifts beside an even share, and time off the phone beside what is agreed."""
    fair = problem.fair_late
    return {
        person.key: _share(problem, person, plan.get(person.key, ()), ceil(fair * problem.share_of(person)))
        for person in problem.people
    }


def off_phone_cost(problem: ShiftProblem, plan: ShiftPlanValue) -> float:
    """That part of the cost alone: a search leaves it to the last step."""
    return problem.prices.off_phone * sum(
        _share(problem, person, plan.get(person.key, ()), 0).off_phone_missing
        for person in problem.people
        if person.off_phone_share
    )


def staffed(problem: ShiftProblem, plan: ShiftPlanValue) -> dict[tuple[str, str], list[int]]:
    """People at work by workplace and activity, for each quarter."""
    found: dict[tuple[str, str], list[int]] = {key: [0] * problem.quarters for key in problem.need}
    for shifts in plan.values():
        for shift in shifts:
            for part in shift.parts:
                row = found.setdefault((shift.workplace, part.activity), [0] * problem.quarters)
                for quarter in range(max(0, part.start), min(part.end, problem.quarters)):
                    row[quarter] += 1
    return found


def shortages(problem: ShiftProblem, plan: ShiftPlanValue) -> dict[tuple[str, str], list[float]]:
    """People missing by workplace and activity, for each quarter."""
    there = staffed(problem, plan)
    return {
        key: [max(0.0, wanted - has) for wanted, has in zip(row, there[key], strict=True)]
        for key, row in problem.need.items()
    }


def met_wishes(problem: ShiftProblem, person: ShiftPerson, shifts: Iterable[WorkShift]) -> list[tuple[ShiftWish, bool]]:
    """Each wish of the person, and whether these shifts meet it. A day without a shift meets every wish for it."""
    by_day: dict[int, list[WorkShift]] = {}
    for each in shifts:
        by_day.setdefault(problem.day_of(each.start), []).append(each)
    found = []
    for wish in person.wishes:
        middle = problem.days[wish.day].quarter((person.earliest + person.latest) // 2)
        there = by_day.get(wish.day, ())
        found.append((wish, not any(wish.is_against(each.start, each.end, middle) for each in there)))
    return found


def _of_person(problem: ShiftProblem, person: ShiftPerson, shifts: list[WorkShift]) -> Iterator[tuple[HardRule, int]]:
    for shift in shifts:
        if not shift.is_fixed:
            yield from _of_shift(problem, person, shift)
    yield from _between(problem, person, shifts)
    yield from _of_weeks(problem, person, shifts)
    yield from _agreed(person, shifts)


def _of_shift(problem: ShiftProblem, person: ShiftPerson, shift: WorkShift) -> Iterator[tuple[HardRule, int]]:
    rules, day = problem.rules, problem.days[problem.day_of(shift.start)]
    edges = [shift.start, *(part.end for part in shift.parts)]
    if [part.start for part in shift.parts] != edges[:-1] or edges[-1] != shift.end:
        yield HardRule.PARTS, shift.start
    if not person.shortest <= shift.end - shift.start <= person.longest:
        yield HardRule.LENGTH, shift.start
    if shift.start < day.quarter(person.earliest) or shift.end > day.quarter(person.latest):
        yield HardRule.SPAN, shift.start
    pauses = sum(part.end - part.start for part in shift.parts if part.is_break)
    if shift.end - shift.start > rules.break_after and pauses < rules.break_length:
        yield HardRule.BREAK, shift.start
    if _longest_stretch(shift) > rules.longest_stretch:
        yield HardRule.BREAK, shift.start
    appointed = {(each.activity, at) for each in person.appointments for at in range(each.start, each.end)}
    for part in shift.parts:
        is_agreed = all((part.activity, at) in appointed for at in range(part.start, part.end))
        if not part.is_break and part.activity not in person.can_do(part.start, part.end) and not is_agreed:
            yield HardRule.SKILL, part.start
    if person.workplaces and shift.workplace not in person.workplaces:
        yield HardRule.WORKPLACE, shift.start


def _longest_stretch(shift: WorkShift) -> int:
    longest, since = 0, shift.start
    for part in shift.parts:
        if part.is_break:
            since = part.end
        longest = max(longest, part.end - since)
    return longest


def _between(problem: ShiftProblem, person: ShiftPerson, shifts: list[WorkShift]) -> Iterator[tuple[HardRule, int]]:
    last = max((each.end for each in person.before), default=None)
    for one, other in pairwise(shifts):
        if problem.day_of(one.start) == problem.day_of(other.start) or other.start < one.end:
            yield HardRule.ONE_SHIFT, other.start
    ends = [last, *(each.end for each in shifts)]
    for end, shift in zip(ends, shifts, strict=False):
        if end is not None and shift.start - end < problem.rules.rest:
            yield HardRule.REST, shift.start
    following = min((each.start for each in person.after), default=None)
    if following is not None and shifts and following - shifts[-1].end < problem.rules.rest:
        yield HardRule.REST, shifts[-1].start


def _of_weeks(problem: ShiftProblem, person: ShiftPerson, shifts: list[WorkShift]) -> Iterator[tuple[HardRule, int]]:
    rules, first_date, number = problem.rules, problem.days[0].date, len(problem.days)
    lengths: dict[int, int] = {}
    for shift in (*person.before, *shifts, *person.after):
        day = problem.day_of(shift.start)
        lengths[day] = lengths.get(day, 0) + shift.end - shift.start
    every = sorted((*person.before, *shifts, *person.after), key=lambda each: each.start)
    no_days_off = set(lengths).union(*_too_short(problem, every))
    for day in range(number + 6 if person.after else number):
        if sum(each in no_days_off for each in range(day - 6, day + 1)) > rules.days_in_seven:
            yield HardRule.DAY_OFF, problem.days[min(day, number - 1)].start
    weeks: dict[object, list[int]] = {}
    for day in lengths:
        weeks.setdefault((first_date + timedelta(days=day)).isocalendar()[:2], []).append(day)
    for days in weeks.values():
        inside = [day for day in days if 0 <= day < number]
        if not inside:
            continue
        quarter = problem.days[max(inside)].start
        if len(days) > person.days_a_week:
            yield HardRule.DAYS_A_WEEK, quarter
        if sum(lengths[each] for each in days) > rules.hours_of_a_week * _HOUR:
            yield HardRule.WEEK_HOURS, quarter
    yield from _of_plan(problem, person, {day: length for day, length in lengths.items() if 0 <= day < number})


def _too_short(problem: ShiftProblem, shifts: list[WorkShift]) -> Iterator[range]:
    """Days without a shift that are no day off, because the time between the shifts around them is too short."""
    for one, other in pairwise(shifts):
        if other.start - one.end < problem.rules.weekly_rest:
            yield range(problem.day_of(one.start) + 1, problem.day_of(other.start))


def _of_plan(problem: ShiftProblem, person: ShiftPerson, lengths: dict[int, int]) -> Iterator[tuple[HardRule, int]]:
    hours = sum(lengths.values()) / _HOUR
    weeks = len(problem.days) / 7
    owed = max(0.0, person.week_hours * weeks - person.credit)
    if not owed - person.slack_hours - 1e-6 <= hours <= owed + person.slack_hours + 1e-6:
        yield HardRule.CONTRACT, 0
    if hours > problem.rules.week_hours * weeks + 1e-6:
        yield HardRule.WEEK_HOURS, 0
    saturdays: dict[object, bool] = {}
    for number, day in enumerate(problem.days):
        if day.date.weekday() >= 5:
            saturday = day.date - timedelta(days=day.date.weekday() - 5)
            saturdays[saturday] = saturdays.get(saturday, False) or number in lengths
    worked = list(saturdays.values())
    for first in range(max(1, len(worked) - 3)):
        if sum(worked[first : first + 4]) > max(0, 4 - person.weekends_off):
            yield HardRule.WEEKENDS, 0


def _agreed(person: ShiftPerson, shifts: list[WorkShift]) -> Iterator[tuple[HardRule, int]]:
    for start, end in person.absences:
        if any(each.start < end and each.end > start and not each.is_fixed for each in shifts):
            yield HardRule.ABSENCE, start
    for appointment in person.appointments:
        if not any(_holds(each, appointment) for each in shifts):
            yield HardRule.APPOINTMENT, appointment.start
    there = {(each.start, each.end, each.workplace, each.parts) for each in shifts}
    for each in person.fixed:
        if (each.start, each.end, each.workplace, each.parts) not in there:
            yield HardRule.FIXED, each.start


def _holds(shift: WorkShift, appointment: ShiftPart) -> bool:
    """Whether the person does it at its time; before and after it they may do the same."""
    return all(
        any(part.activity == appointment.activity and part.start <= at < part.end for part in shift.parts)
        for at in range(appointment.start, appointment.end)
    )


def _share(problem: ShiftProblem, person: ShiftPerson, shifts: Iterable[WorkShift], even_late: int) -> PersonShare:
    late = worked = off_phone = 0
    for shift in shifts:
        day = problem.days[problem.day_of(shift.start)]
        late += day.date.weekday() >= _SATURDAY or shift.end > day.quarter(_EVENING)
        for part in shift.parts:
            if not part.is_break:
                worked += part.end - part.start
                is_off = problem.kinds.get(part.activity) is ActivityKind.OFF_PHONE
                off_phone += part.end - part.start if is_off else 0
    return PersonShare(late, even_late, worked, off_phone, worked * person.off_phone_share)


def _against(problem: ShiftProblem, person: ShiftPerson, shifts: tuple[WorkShift, ...]) -> int:
    return sum(each.weight for each, is_met in met_wishes(problem, person, shifts) if not is_met)


def _changed(problem: ShiftProblem, person: ShiftPerson, shifts: tuple[WorkShift, ...]) -> int:
    """Days on which the person works otherwise than in the plan that exists."""
    if not person.present:
        return 0
    now, was = (
        {problem.day_of(each.start): (each.start, each.end) for each in given} for given in (shifts, person.present)
    )
    return sum(now.get(day) != was.get(day) for day in now.keys() | was.keys())
