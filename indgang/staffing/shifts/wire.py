"""Questions and answers of shift planning as JSON: the file of `indgang shifts`, and what the solver's process reads.

Times are ISO 8601; one without a zone is by the clock on the wall in Copenhagen. Lengths are minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from indgang.core.clock import COPENHAGEN
from indgang.staffing.shifts import checker
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.problem import (
    MOST_DAYS,
    ShiftDay,
    ShiftPart,
    ShiftPerson,
    ShiftPlanValue,
    ShiftPrices,
    ShiftProblem,
    ShiftRules,
    ShiftWish,
    UnusableProblem,
    WorkShift,
    days_from,
)

_QUARTER = timedelta(minutes=15)
_MINUTES = 15
#: fields of rules and people that the file gives in minutes
_IN_MINUTES = {
    "rest", "weekly_rest", "break_after", "break_length", "longest_stretch", "start_step", "shortest", "longest",
    "earliest", "latest",
}  # fmt: skip


class Calendar:
    """Quarters of a plan as moments, and back."""

    def __init__(self, first: date, number: int) -> None:
        if not 1 <= number <= MOST_DAYS:
            raise UnusableProblem(f"a plan has 1 to {MOST_DAYS} days, not {number}")
        self.first, self.begins = first, _midnight(first)
        dates = [first + timedelta(days=each) for each in range(number)]
        lengths = {day: (_midnight(day + timedelta(days=1)) - _midnight(day)) // _QUARTER for day in dates}
        self.days: tuple[ShiftDay, ...] = days_from(first, number, lengths)

    def quarter(self, moment: datetime) -> int:
        """The quarter that begins at the moment. Raises UnusableProblem when none does."""
        passed = moment.astimezone(UTC) - self.begins
        if passed % _QUARTER:
            raise UnusableProblem(f"{moment.isoformat()} is not a quarter of an hour")
        return passed // _QUARTER

    def moment(self, quarter: int) -> datetime:
        return self.begins + quarter * _QUARTER

    def number_of(self, day: date) -> int:
        return (day - self.first).days


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), COPENHAGEN).astimezone(UTC)


# --- Questions -------------------------------------------------------------------------------------


def read_problem(given: Mapping[str, Any]) -> ShiftProblem:
    """The problem of a JSON object. Raises UnusableProblem, with the place of what cannot be read."""
    try:
        calendar = Calendar(date.fromisoformat(given["first"]), _whole("days", given["days"]))
        need = _need(calendar, given.get("need", []))
        return ShiftProblem(
            calendar.days,
            tuple(_person(calendar, each, need) for each in given.get("people", [])),
            need,
            {name: ActivityKind(kind) for name, kind in given.get("kinds", {}).items()},
            ShiftRules(**_numbers(ShiftRules, given.get("rules", {}))),
            ShiftPrices(**_numbers(ShiftPrices, given.get("prices", {}))),
        )
    except KeyError as error:
        raise UnusableProblem(f"the field {error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UnusableProblem(str(error)) from error


def write_problem(problem: ShiftProblem, first: date) -> dict[str, Any]:
    """The JSON object of a problem whose first day is `first`."""
    calendar = Calendar(first, len(problem.days))
    return {
        "first": first.isoformat(), "days": len(problem.days),
        "people": [_written_person(calendar, each) for each in problem.people],
        "need": [
            {"workplace": place, "activity": activity, "day": day.date.isoformat(),
             "quarters": list(row[day.start : day.end])}
            for (place, activity), row in problem.need.items()
            for day in problem.days
        ],
        "kinds": {name: kind.value for name, kind in problem.kinds.items()},
        "rules": _written_numbers(asdict(problem.rules)), "prices": asdict(problem.prices),
    }  # fmt: skip


def read_plan(calendar: Calendar, given: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[WorkShift, ...]]:
    return {key: _shifts(calendar, shifts) for key, shifts in given.items()}


def write_plan(calendar: Calendar, plan: ShiftPlanValue) -> dict[str, list[dict[str, Any]]]:
    return {key: [_written_shift(calendar, each) for each in shifts] for key, shifts in plan.items()}


def write_answer(
    problem: ShiftProblem, first: date, plan: ShiftPlanValue, bound: float | None, seconds: float
) -> dict[str, Any]:
    """The plan with its cost by kind, the bound, the gap to it, and what it breaks: nothing."""
    cost = checker.cost(problem, plan)
    return {
        "plan": write_plan(Calendar(first, len(problem.days)), plan),
        "cost": asdict(cost) | {"total": cost.total}, "bound": bound, "gap": gap(cost.total, bound), "seconds": seconds,
        "breaches": [asdict(each) for each in checker.breaches(problem, plan)],
    }  # fmt: skip


def gap(cost: float, bound: float | None) -> float | None:
    """How much more than the bound the plan costs, as a share of the bound."""
    return (cost - bound) / bound if bound else None


def _need(calendar: Calendar, given: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[float, ...]]:
    """`quarters` is a whole day from midnight; or `people` begin at `from`, by the clock on the wall."""
    rows: dict[tuple[str, str], list[float]] = {}
    for each in given:
        row = rows.setdefault((str(each["workplace"]), str(each["activity"])), [0.0] * calendar.days[-1].end)
        number = calendar.number_of(date.fromisoformat(each["day"]))
        if not 0 <= number < len(calendar.days):
            raise UnusableProblem(f"{each['day']} is outside the plan")
        day = calendar.days[number]
        values = [float(value) for value in each.get("quarters") or each["people"]]
        start = day.start if "quarters" in each else day.quarter(_on_the_wall(each["from"]))
        if start + len(values) > day.end:
            raise UnusableProblem(f"the need of {each['activity']} on {each['day']} lasts beyond the day")
        row[start : start + len(values)] = values
    return {key: tuple(row) for key, row in rows.items()}


def _on_the_wall(text: str) -> int:
    at = time.fromisoformat(text)
    if at.minute % _MINUTES or at.second or at.microsecond or at.tzinfo:
        raise UnusableProblem(f"from is a quarter of an hour on the clock on the wall, such as 08:15, not {text}")
    return (at.hour * 60 + at.minute) // _MINUTES


def _person(calendar: Calendar, given: Mapping[str, Any], need: Mapping[tuple[str, str], object]) -> ShiftPerson:
    known = {each.name for each in fields(ShiftPerson)}
    unknown = set(given) - known
    if unknown:
        raise UnusableProblem(f"a person has no field {min(unknown)}")
    values: dict[str, Any] = _numbers(ShiftPerson, given)
    values["key"] = str(given["key"])
    values["activities"] = frozenset(given.get("activities", {activity for _place, activity in need}))
    values["workplaces"] = frozenset(given.get("workplaces", ()))
    values["absences"] = tuple(
        (calendar.quarter(_moment(start)), calendar.quarter(_moment(end))) for start, end in given.get("absences", ())
    )
    values["untrained"] = tuple(
        (str(activity), calendar.quarter(_moment(start)), calendar.quarter(_moment(end)))
        for activity, start, end in given.get("untrained", ())
    )
    values["appointments"] = tuple(_part(calendar, each) for each in given.get("appointments", ()))
    values["wishes"] = tuple(_wish(calendar, each) for each in given.get("wishes", ()))
    for name in ("fixed", "before", "after", "present"):
        values[name] = _shifts(calendar, given.get(name, ()))
    return ShiftPerson(**values)


def _wish(calendar: Calendar, given: Mapping[str, Any]) -> ShiftWish:
    day = calendar.number_of(date.fromisoformat(given["day"]))
    return ShiftWish(str(given["kind"]), day, _whole("weight", given.get("weight", 1)))


def _written_person(calendar: Calendar, person: ShiftPerson) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name in ("week_hours", "slack_hours", "days_a_week", "weekends_off", "off_phone_share", "credit"):
        written[name] = getattr(person, name)
    written |= _written_numbers({name: getattr(person, name) for name in ("shortest", "longest", "earliest", "latest")})
    written["key"] = person.key
    written["activities"], written["workplaces"] = sorted(person.activities), sorted(person.workplaces)
    written["absences"] = [[calendar.moment(each).isoformat() for each in span] for span in person.absences]
    written["untrained"] = [
        [activity, calendar.moment(start).isoformat(), calendar.moment(end).isoformat()]
        for activity, start, end in person.untrained
    ]
    written["appointments"] = [_written_part(calendar, each) for each in person.appointments]
    written["wishes"] = [
        {"kind": each.kind, "day": calendar.days[each.day].date.isoformat(), "weight": each.weight}
        for each in person.wishes
    ]
    for name in ("fixed", "before", "after", "present"):
        written[name] = [_written_shift(calendar, each) for each in getattr(person, name)]
    return written


def _shifts(calendar: Calendar, given: Sequence[Mapping[str, Any]]) -> tuple[WorkShift, ...]:
    read = [
        WorkShift(
            calendar.quarter(_moment(each["start"])), calendar.quarter(_moment(each["end"])), str(each["workplace"]),
            tuple(_part(calendar, part) for part in each["parts"]), bool(each.get("fixed", False)),
        )
        for each in given
    ]  # fmt: skip
    return tuple(sorted(read, key=lambda shift: shift.start))


def _written_shift(calendar: Calendar, shift: WorkShift) -> dict[str, Any]:
    return {
        "start": calendar.moment(shift.start).isoformat(), "end": calendar.moment(shift.end).isoformat(),
        "workplace": shift.workplace, "fixed": shift.is_fixed,
        "parts": [_written_part(calendar, each) for each in shift.parts],
    }  # fmt: skip


def _part(calendar: Calendar, given: Mapping[str, Any]) -> ShiftPart:
    start, end = calendar.quarter(_moment(given["start"])), calendar.quarter(_moment(given["end"]))
    return ShiftPart(str(given["activity"]), start, end)


def _written_part(calendar: Calendar, part: ShiftPart) -> dict[str, Any]:
    start, end = calendar.moment(part.start).isoformat(), calendar.moment(part.end).isoformat()
    return {"activity": part.activity, "start": start, "end": end}


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)


def _numbers(kind: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The plain numbers among the fields of a dataclass, minutes as quarters."""
    names = {each.name: each for each in fields(kind)}
    if kind is not ShiftPerson and (unknown := set(given) - set(names)):
        raise UnusableProblem(f"there is no rule or price {min(unknown)}")
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name == "lengths":
            found[name] = tuple(_quarters(name, each) for each in value)
        elif name in _IN_MINUTES:
            found[name] = _quarters(name, value)
        elif str(names[name].type) in ("int", "float"):
            found[name] = _whole(name, value) if names[name].type == "int" else float(value)
    return found


def _whole(name: str, value: Any) -> int:
    if (number := float(value)) != int(number):
        raise UnusableProblem(f"{name} is a whole number, not {value}")
    return int(number)


def _quarters(name: str, minutes: float) -> int:
    if minutes % _MINUTES:
        raise UnusableProblem(f"{name} is a number of quarters of an hour, not {minutes} minutes")
    return int(minutes) // _MINUTES


def _written_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    written = dict(values)
    for name, value in values.items():
        if name == "lengths":
            written[name] = [each * _MINUTES for each in value]
        elif name in _IN_MINUTES:
            written[name] = value * _MINUTES
    return written
