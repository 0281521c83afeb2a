"""The checker finds each rule that a plan breaks, in plans written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.checker import HardRule, breaches, cost, met_wishes, shares
from indgang.staffing.shifts.problem import DAY, ShiftPart, ShiftProblem, ShiftRules, ShiftWish, WorkShift, days_from
from tests.staffing.shifts.small import MAIL, PHONE, PLACE, person, shift, week

#: what a person with 30 hours a week works: four shifts of 7.5 hours from 8 o'clock
USUAL = [shift(day * DAY + 32) for day in range(4)]

#: until 22 o'clock from Monday to Wednesday, and from 7 o'clock from Friday on: 33 hours on Thursday
LATE_THEN_EARLY = [*(shift(day * DAY + 58) for day in range(3)), *(shift(day * DAY + 28) for day in (4, 5, 6))]
AFTER = tuple(shift(day * DAY + 28) for day in (5, 6, 7))


def found(shifts: list[WorkShift], **changes: Any) -> set[HardRule]:
    problem = week(person("a", **({"week_hours": 30.0} | changes)))
    return {each.rule for each in breaches(problem, {"a": tuple(shifts)})}


def test_a_usual_week_breaks_nothing() -> None:
    assert found(USUAL) == set()


@pytest.mark.parametrize(
    ("shifts", "changes", "rule"),
    [
        ([*USUAL, shift(32 + 31, 30)], {}, HardRule.ONE_SHIFT),
        ([replace(USUAL[0], parts=USUAL[0].parts[:2]), *USUAL[1:]], {}, HardRule.PARTS),
        ([shift(32, 40), *USUAL[1:]], {}, HardRule.LENGTH),
        ([shift(20), *USUAL[1:]], {}, HardRule.SPAN),
        ([shift(70), *USUAL[1:]], {}, HardRule.SPAN),
        ([replace(USUAL[0], parts=(ShiftPart(PHONE, 32, 62),)), *USUAL[1:]], {}, HardRule.BREAK),
        ([shift(57), *USUAL[1:]], {}, HardRule.REST),
        (USUAL, {"before": (shift(-20),)}, HardRule.REST),
        ([*USUAL[:3], shift(6 * DAY + 57)], {"after": (shift(7 * DAY + 32),)}, HardRule.REST),
        ([shift(day * DAY + 32) for day in (3, 4, 5, 6)],
         {"after": tuple(shift(day * DAY + 32) for day in (7, 8, 9))}, HardRule.DAY_OFF),
        ([shift(day * DAY + 32, 24) for day in range(7)], {}, HardRule.DAY_OFF),
        ([*LATE_THEN_EARLY[:3], shift(4 * DAY + 28)], {"after": AFTER}, HardRule.DAY_OFF),
        (USUAL, {"days_a_week": 3}, HardRule.DAYS_A_WEEK),
        ([shift(day * DAY + 32, 34) for day in range(6)], {}, HardRule.WEEK_HOURS),
        (USUAL[:2], {}, HardRule.CONTRACT),
        ([*USUAL[:3], shift(5 * DAY + 32)], {"weekends_off": 4}, HardRule.WEEKENDS),
        (USUAL, {"absences": ((50, 52),)}, HardRule.ABSENCE),
        (USUAL, {"appointments": (ShiftPart("meeting", 40, 42),)}, HardRule.APPOINTMENT),
        (USUAL, {"fixed": (shift(33),)}, HardRule.FIXED),
        ([shift(32, activity=MAIL), *USUAL[1:]], {}, HardRule.SKILL),
        (USUAL, {"workplaces": frozenset({"elsewhere"})}, HardRule.WORKPLACE),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named(shifts: list[WorkShift], changes: dict[str, Any], rule: HardRule) -> None:
    assert rule in found(shifts, **changes)


def test_the_week_over_the_turn_of_a_year_with_53_weeks_is_one() -> None:
    days = days_from(date(2026, 12, 28), 14)
    row = (0.0,) * days[-1].end
    problem = ShiftProblem(
        days, (person("a", week_hours=45.0, days_a_week=6, slack_hours=60.0),), {(PLACE, PHONE): row}
    )
    assert [each for each in problem.calendar_weeks if each] == [range(7), range(7, 14)]
    six = {"a": tuple(shift(day * DAY + 32, 34) for day in range(6))}
    assert HardRule.WEEK_HOURS in {each.rule for each in breaches(problem, six)}
    over = {"a": tuple(shift(day * DAY + 32, 34) for day in (2, 3, 4, 5, 7, 8, 9))}
    assert HardRule.WEEK_HOURS not in {each.rule for each in breaches(problem, over)}


def test_a_week_goes_on_after_the_plan() -> None:
    """A plan that ends on a Thursday: what is worked on Friday and Saturday counts in the same week."""
    later = tuple(shift(day * DAY + 32, 34) for day in (4, 5))
    problem = week(person("a", week_hours=30.0, slack_hours=30.0, after=later), days=4)
    worked = {"a": tuple(shift(day * DAY + 32, 34) for day in range(4))}
    assert {each.rule for each in breaches(problem, worked)} == {HardRule.DAYS_A_WEEK, HardRule.WEEK_HOURS}
    assert {each.rule for each in breaches(problem, {"a": worked["a"][:2]})} == set()


def test_the_cost_is_pay_and_shortage_and_wishes_and_changes() -> None:
    someone = person(
        "a", week_hours=30.0, wishes=(ShiftWish("free", 0, 2), ShiftWish("late", 1)), present=tuple(USUAL[:3])
    )
    problem = week(someone, needed=1)
    paid = cost(problem, {"a": tuple(USUAL)})
    # one of 32 quarters is a break of 2, and each day is half an hour longer than a shift; Friday has nobody
    assert (paid.paid, paid.short, paid.understaffed) == (120, 4 * 4 + 32, 4 * 48)
    assert (paid.wishes, paid.changes, paid.total) == (24, 12, 120 + 192 + 24 + 12)
    assert {PLACE} == {each.workplace for each in USUAL}


def test_late_shifts_beyond_an_even_share_and_time_off_the_phone_that_lacks_cost() -> None:
    """Contracts ask for 5.5 shifts at least, and half of the need is on Saturday: 2.8 late ones for one and a half
    full-time people, 1.8 for the one. And 30 % of 112 quarters at work are 33.6, of which 6 are given."""
    row = [0.0] * (7 * DAY)
    row[32:62] = row[5 * DAY + 32 : 5 * DAY + 62] = [1.0] * 30
    someone = person("a", week_hours=37.0, off_phone_share=0.3, slack_hours=7.0)
    half_time = replace(someone, key="b", week_hours=18.5, off_phone_share=0.0)
    rules = ShiftRules(lengths=(30,))
    problem = week(
        someone, half_time, need={(PLACE, PHONE): tuple(row)}, rules=rules, kinds={"cases": ActivityKind.OFF_PHONE}
    )
    first = shift(32)
    part = first.parts[2]
    cases = (ShiftPart("cases", part.start, part.start + 6), replace(part, start=part.start + 6))
    worked = (
        replace(first, parts=(*first.parts[:2], *cases)), shift(DAY + 58), shift(5 * DAY + 32), shift(6 * DAY + 32)
    )  # fmt: skip
    found = shares(problem, {"a": worked})["a"]
    assert (found.late, found.even_late, found.late_beyond) == (3, 2, 1)
    assert (found.worked, found.off_phone, round(found.off_phone_missing, 6)) == (112, 6, 27.6)
    assert shares(problem, {"b": worked[2:]})["b"].late_beyond == 1, "half of the time, half of the evenings"
    price = cost(problem, {"a": worked})
    assert (price.late, round(price.off_phone, 6)) == (2, 27.6)
    assert price.total == price.paid + price.understaffed + price.late + price.off_phone


def test_an_appointment_may_lie_beside_more_of_the_same_activity() -> None:
    agreed = ShiftPart(PHONE, DAY + 40, DAY + 44)
    problem = week(person("a", appointments=(agreed,), week_hours=7.5))
    assert breaches(problem, {"a": (shift(DAY + 32),)}) == []
    broken = breaches(problem, {"a": (shift(DAY + 42),)})
    assert HardRule.APPOINTMENT in {each.rule for each in broken}


def test_wishes_that_are_met_are_told_from_those_that_are_not() -> None:
    wishes = (ShiftWish("free", 0), ShiftWish("free", 1), ShiftWish("early", 1), ShiftWish("late", 1, 2))
    problem = week(person("a", wishes=wishes))
    met = met_wishes(problem, problem.people[0], (shift(DAY + 28),))
    assert [is_met for _wish, is_met in met] == [True, False, True, False]
    assert cost(problem, {"a": (shift(DAY + 28),)}).wishes == 3 * problem.prices.wish


def test_a_day_off_takes_35_hours() -> None:
    """Between Wednesday at 22 and Friday at 7 there are 33; when Friday begins at 9, there are 35."""
    worked = LATE_THEN_EARLY[:5]
    after = tuple(shift(day * DAY + 28) for day in (6, 7))
    problem = week(person("a", slack_hours=20.0, days_a_week=6, after=after))
    assert {each.rule for each in breaches(problem, {"a": tuple(worked)})} == {HardRule.DAY_OFF}
    worked[3] = shift(4 * DAY + 36)
    assert breaches(problem, {"a": tuple(worked)}) == []
