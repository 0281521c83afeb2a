"""The question that a shift plan answers, in plain values. Pure.

Time is counted in quarters of an hour from midnight of the first day. A day of the clock change has 92 or 100 of them;
`ShiftDay.quarter` translates a time on the wall.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from math import ceil, floor

from indgang.staffing.shifts.activities import ActivityKind

#: quarters of an hour in an hour, and in an ordinary day
HOUR, DAY = 4, 96
#: the clock changes at 2 or 3 in the night; what is on the wall before is not moved
_CHANGE = 2 * HOUR
#: what the engine takes: larger questions are refused with a sentence
MOST_PEOPLE, MOST_DAYS, MOST_ROWS, MOST_NEEDED = 500, 63, 60, 5_000.0
_SATURDAY, _FULL_TIME = 5, 37.0
#: what rules and people may say: numbers, and lengths in quarters, which a refusal names in hours
_RULE_NUMBERS = {"days_in_seven": (1, 7), "week_hours": (0, 168), "hours_of_a_week": (0, 168)}
_RULE_LENGTHS = dict.fromkeys(("rest", "weekly_rest", "break_after", "break_length"), (0, 7 * DAY)) | {
    "start_step": (1, DAY), "longest_stretch": (1, 7 * DAY),
}  # fmt: skip
_PERSON_NUMBERS = {
    "slack_hours": (0, 10_000), "credit": (0, 10_000), "days_a_week": (0, 7), "weekends_off": (0, 4),
    "off_phone_share": (0, 1),
}  # fmt: skip
_PERSON_LENGTHS = {"shortest": (1, DAY), "longest": (1, DAY), "earliest": (0, DAY), "latest": (0, DAY)}
_WISHES = ("free", "early", "late")
#: a shift that lasts longer is a late one, by the clock on the wall
EVENING = 18 * HOUR


_Ranges = Mapping[str, tuple[float, float]]


class UnusableReason(StrEnum):
    """What makes a problem too large; people can do something about it."""

    PEOPLE = "people"
    ROWS = "rows"


class UnusableProblem(ValueError):
    """The input contradicts itself or is out of range; the text says where."""

    def __init__(self, text: str, reason: UnusableReason | None = None) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ShiftDay:
    """A day: where it begins, and how many quarters it has."""

    date: date
    start: int
    length: int = DAY

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def is_weekend(self) -> bool:
        return self.date.weekday() >= _SATURDAY

    def quarter(self, on_the_wall: int) -> int:
        """The quarter of the horizon for a quarter of the day by the clock on the wall, 96 for midnight after it."""
        return self.start + on_the_wall + (self.length - DAY if on_the_wall > _CHANGE else 0)

    def on_the_wall(self, quarter: int) -> int:
        """The reverse of `quarter`."""
        passed = quarter - self.start
        return passed - (self.length - DAY) if passed > _CHANGE else passed


@dataclass(frozen=True, slots=True)
class ShiftPart:
    """A part of a shift; a break has no activity."""

    activity: str
    start: int
    end: int

    @property
    def is_break(self) -> bool:
        return not self.activity


@dataclass(frozen=True, slots=True)
class WorkShift:
    """A shift at one workplace. Its parts fill it, in the order of time."""

    start: int
    end: int
    workplace: str
    parts: tuple[ShiftPart, ...]
    is_fixed: bool = False

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class ShiftWish:
    """What a person would like of a day: "free", "early" (home before the middle of the day's span) or "late"."""

    kind: str
    day: int
    weight: int = 1

    def is_against(self, start: int, end: int, middle: int) -> bool:
        """Whether a shift of that day goes against it; `middle` is the middle of the hours that the person may work."""
        if self.kind == "free":
            return True
        return (start + end > 2 * middle) if self.kind == "early" else (start + end < 2 * middle)


@dataclass(frozen=True, slots=True)
class ShiftPerson:
    """A person as the plan sees them. Hours are of a week, lengths in quarters, times by the clock on the wall.

    `absences` are spans of the horizon in which the person cannot work; `appointments` are meetings and training, which
    lie inside the shift of their day. `credit` are hours that count as worked for absences. `before` are shifts that
    ended before the horizon, with negative quarters, and `after` those that begin after it. `present` is the plan that
    exists, of which as little as possible is changed. `untrained` are spans in which the person cannot yet do one of
    their activities, or no longer.
    """

    key: str
    week_hours: float
    slack_hours: float = 8.0
    days_a_week: int = 5
    shortest: int = 24
    longest: int = 34
    earliest: int = 28
    latest: int = 88
    weekends_off: int = 2
    activities: frozenset[str] = frozenset()
    untrained: tuple[tuple[str, int, int], ...] = ()
    workplaces: frozenset[str] = frozenset()
    off_phone_share: float = 0.0
    absences: tuple[tuple[int, int], ...] = ()
    appointments: tuple[ShiftPart, ...] = ()
    credit: float = 0.0
    wishes: tuple[ShiftWish, ...] = ()
    fixed: tuple[WorkShift, ...] = ()
    before: tuple[WorkShift, ...] = ()
    after: tuple[WorkShift, ...] = ()
    present: tuple[WorkShift, ...] = ()

    def can_do(self, start: int, end: int) -> frozenset[str]:
        """The activities that the person can do in all quarters between two."""
        without = {activity for activity, first, last in self.untrained if first < end and last > start}
        return self.activities - without


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """The hard rules, in quarters unless the name says otherwise."""

    rest: int = 11 * HOUR
    weekly_rest: int = 35 * HOUR
    """A day off is 24 hours in connection with a daily rest (arbejdsmiljøloven section 51)."""
    days_in_seven: int = 6
    """A day between two shifts that lie closer than the weekly rest counts as a day of work."""
    week_hours: float = 48.0
    """The highest average over the horizon, and over any calendar week `hours_of_a_week`."""
    hours_of_a_week: float = 48.0
    break_after: int = 6 * HOUR
    """A shift that is longer has a break."""
    break_length: int = 2
    longest_stretch: int = 22
    """Of work without a break."""
    lengths: tuple[int, ...] = (24, 30, 34)
    start_step: int = 2


@dataclass(frozen=True, slots=True)
class ShiftPrices:
    """What soft rules cost, in units of one paid quarter of an hour. A planner sees them and changes them."""

    paid: float = 1.0
    understaffed: float = 4.0
    """For each quarter and missing person."""
    wish: float = 8.0
    """For each wish that is not met, times its weight."""
    change: float = 12.0
    """For each day on which a person's shift differs from the plan that exists."""
    late: float = 2.0
    """For each late or weekend shift beyond an even share."""
    off_phone: float = 1.0
    """For each quarter that the promised time off the phone falls short."""


@dataclass(frozen=True, slots=True)
class ShiftProblem:
    """`need` holds the people needed by (workplace, activity), one number for each quarter of the horizon."""

    days: tuple[ShiftDay, ...]
    people: tuple[ShiftPerson, ...]
    need: Mapping[tuple[str, str], tuple[float, ...]]
    kinds: Mapping[str, ActivityKind] = field(default_factory=dict)
    rules: ShiftRules = field(default_factory=ShiftRules)
    prices: ShiftPrices = field(default_factory=ShiftPrices)

    def __post_init__(self) -> None:
        _refuse(self)

    @property
    def quarters(self) -> int:
        return self.days[-1].end

    @property
    def weeks(self) -> float:
        return len(self.days) / 7

    @property
    def calendar_weeks(self) -> list[range]:
        """The days of each week from Monday; those before the plan have negative numbers, and those after it go on."""
        return [range(first, first + 7) for first in range(-self.days[0].date.weekday(), len(self.days), 7)]

    @property
    def weekends(self) -> list[tuple[int, ...]]:
        """The days of each Saturday and Sunday, cut by the ends of the plan."""
        weekend = {number for number, day in enumerate(self.days) if day.is_weekend}
        found = [tuple(day for day in week if day in weekend) for week in self.calendar_weeks]
        return [each for each in found if each]

    def day_of(self, quarter: int) -> int:
        """The number of the day; negative before the plan, and counted on after it."""
        if quarter < 0:
            return quarter // DAY
        if quarter >= self.quarters:
            return len(self.days) + (quarter - self.quarters) // DAY
        return bisect_right(self.days, quarter, key=lambda day: day.start) - 1

    def quarters_of(self, person: ShiftPerson) -> tuple[int, int]:
        """`hours_of` in whole quarters, the range not widened."""
        fewest, most = self.hours_of(person)
        return ceil(fewest * HOUR - 1e-6), floor(most * HOUR + 1e-6)

    def share_of(self, person: ShiftPerson) -> float:
        """How much of a full-time person this one is."""
        return min(1.0, person.week_hours / _FULL_TIME)

    @property
    def fair_late(self) -> float:
        """An even share of late and weekend shifts for a full-time person: what the need after 18 and in weekends
        takes."""
        full_time = sum(self.share_of(each) for each in self.people)
        if not full_time:
            return 0.0
        whole, late = 0.0, 0.0
        for row in self.need.values():
            for day in self.days:
                quarters = row[day.start : day.end]
                whole += sum(quarters)
                late += sum(quarters) if day.is_weekend else sum(quarters[day.quarter(EVENING) - day.start :]) * 2
        usual = sum(self.rules.lengths) / len(self.rules.lengths)
        shifts = sum(self.hours_of(each)[0] for each in self.people) * HOUR / usual
        return shifts * min(1.0, late / whole) / full_time if whole else 0.0

    def is_late(self, day: int, start: int, end: int) -> bool:
        """Whether the shift is in a weekend or lasts into the evening."""
        return self.days[day].is_weekend or self.days[day].on_the_wall(end) > EVENING

    def own_price(self, person: ShiftPerson, day: int, start: int, end: int) -> float:
        """Pay, and wishes that the shift does not meet."""
        middle = self.days[day].quarter((person.earliest + person.latest) // 2)
        against = sum(each.weight for each in person.wishes if each.day == day and each.is_against(start, end, middle))
        return self.prices.paid * (end - start) + self.prices.wish * against

    @property
    def workplaces(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place for place, _activity in self.need))

    def hours_of(self, person: ShiftPerson) -> tuple[float, float]:
        """The fewest and most hours that the person may work over the horizon by contract, absences taken off."""
        owed = max(0.0, person.week_hours * self.weeks - person.credit)
        most = min(owed + person.slack_hours, self.rules.week_hours * self.weeks)
        return max(0.0, owed - person.slack_hours), most


ShiftPlanValue = Mapping[str, tuple[WorkShift, ...]]
"""A plan: the shifts of each person by key, in the order of time."""


def days_from(first: date, number: int, lengths: Mapping[date, int] | None = None) -> tuple[ShiftDay, ...]:
    """Days one after another; `lengths` has those that do not have 96 quarters."""
    made: list[ShiftDay] = []
    start = 0
    for each in range(number):
        day = first + timedelta(days=each)
        made.append(ShiftDay(day, start, (lengths or {}).get(day, DAY)))
        start = made[-1].end
    return tuple(made)


def _refuse(problem: ShiftProblem) -> None:
    """Raises UnusableProblem for what no plan can be made of, whatever the rules."""
    if not problem.days or len(problem.days) > MOST_DAYS:
        raise UnusableProblem(f"a plan has 1 to {MOST_DAYS} days, not {len(problem.days)}")
    if len(problem.people) > MOST_PEOPLE:
        text = f"a plan has at most {MOST_PEOPLE} people, not {len(problem.people)}"
        raise UnusableProblem(text, UnusableReason.PEOPLE)
    if len(problem.need) > MOST_ROWS:
        text = f"a plan has at most {MOST_ROWS} pairs of workplace and activity"
        raise UnusableProblem(text, UnusableReason.ROWS)
    twice = [key for key, times in Counter(each.key for each in problem.people).items() if times > 1]
    if twice:
        raise UnusableProblem(f"{twice[0]} is there twice")
    for (place, activity), row in problem.need.items():
        if len(row) != problem.quarters:
            raise UnusableProblem(f"the need of {activity} at {place} has {len(row)} quarters, not {problem.quarters}")
        if not all(0 <= each <= MOST_NEEDED for each in row):
            raise UnusableProblem(f"the need of {activity} at {place} is from 0 to {MOST_NEEDED:g} people")
    _refuse_numbers(problem.prices, problem.rules)
    for person in problem.people:
        _refuse_person(problem, person)


def _refuse_numbers(prices: ShiftPrices, rules: ShiftRules) -> None:
    for each in fields(prices):
        if not 0 <= getattr(prices, each.name) <= 1e6:
            raise UnusableProblem(f"the price {each.name} is from 0 to a million")
    if not rules.lengths or not all(HOUR <= each <= 13 * HOUR for each in rules.lengths):
        raise UnusableProblem("shifts have lengths from 1 to 13 hours")
    _refuse_outside(rules, _RULE_NUMBERS, _RULE_LENGTHS)


def _refuse_outside(of: object, numbers: _Ranges, lengths: _Ranges, owner: str = "") -> None:
    """Raises UnusableProblem with the first name whose value is outside its range, or no number."""
    for name, (least, most) in numbers.items():
        if not least <= (value := getattr(of, name)) <= most:
            raise UnusableProblem(f"{name}{owner} is from {least:g} to {most:g}, not {value:g}")
    for name, (least, most) in lengths.items():
        if not least <= (value := getattr(of, name)) <= most:
            text = f"{name}{owner} is from {least / HOUR:g} to {most / HOUR:g} hours, not {value / HOUR:g}"
            raise UnusableProblem(text)


def _refuse_person(problem: ShiftProblem, person: ShiftPerson) -> None:
    if not 0 <= person.week_hours <= 60:
        raise UnusableProblem(f"{person.key} works 0 to 60 hours a week, not {person.week_hours:g}")
    _refuse_outside(person, _PERSON_NUMBERS, _PERSON_LENGTHS, f" of {person.key}")
    for wish in person.wishes:
        if wish.kind not in _WISHES or not 0 <= wish.weight <= 1e6:
            raise UnusableProblem(f"a wish of {person.key} is free, early or late, with a weight from 0 to a million")
        if not 0 <= wish.day < len(problem.days):
            raise UnusableProblem(f"a wish of {person.key} is for a day outside the plan")
    for shift in person.fixed:
        if not 0 <= shift.start < shift.end <= problem.quarters:
            raise UnusableProblem(f"a fixed shift of {person.key} lies outside the plan")
    for start, end in person.absences:
        if start >= end:
            raise UnusableProblem(f"an absence of {person.key} ends before it begins")
