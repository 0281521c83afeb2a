"""Plans keep every hard rule, by a checker that knows nothing of how they are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.staffing.shifts import conflict, repair
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.bound import lower_bound
from indgang.staffing.shifts.candidates import ShiftOffers
from indgang.staffing.shifts.checker import HardRule, breaches, cost, off_phone_cost, staffed
from indgang.staffing.shifts.finish import with_time_off_the_phone
from indgang.staffing.shifts.neighbourhood import Freedom, choose
from indgang.staffing.shifts.problem import DAY, HOUR, ShiftPart, ShiftPerson, ShiftProblem, ShiftWish, days_from
from indgang.staffing.shifts.search import NoPossibleShifts, ShiftSearch
from indgang.staffing.shifts.wire import Calendar
from tests import sample
from tests.staffing.shifts.small import FIRST, MAIL, PHONE, PLACE, need, person, searched, shift, solved, week

#: what people do off the phone
CASES = "cases"
TEN_PLACES = (PLACE, *(f"counter {number}" for number in range(9)))


@st.composite
def problems(draw: st.DrawFn) -> ShiftProblem:
    number, places = draw(st.integers(1, 5)), draw(st.sampled_from([(PLACE,), (PLACE, "library"), TEN_PLACES]))
    people = []
    for each in range(number):
        off, agreed = draw(st.none() | st.integers(0, 6)), draw(st.sampled_from(["nothing", "meeting", "fixed"]))
        hour = (3 if off != 3 else 4) * DAY + 42
        people.append(
            person(
                f"p{each}", week_hours=draw(st.sampled_from([15.0, 30.0, 37.0])),
                earliest=draw(st.sampled_from([24, 28, 32])), latest=draw(st.sampled_from([72, 88])),
                weekends_off=draw(st.integers(0, 2)),
                activities=frozenset(draw(st.sampled_from([[PHONE], [PHONE, MAIL], [PHONE, CASES]]))),
                absences=() if off is None else ((off * DAY, (off + 1) * DAY),), credit=0.0 if off is None else 7.4,
                before=draw(st.sampled_from([(), (shift(-14),), tuple(shift(-DAY * n + 30) for n in (5, 4, 3, 2, 1))])),
                after=tuple(shift(n * DAY + 28) for n in range(7, 7 + draw(st.sampled_from([0, 1, 5])))),
                slack_hours=30.0, off_phone_share=draw(st.sampled_from([0.0, 0.0, 0.3])),
                workplaces=frozenset(draw(st.sampled_from([(), (), *([place] for place in places)]))),
                wishes=tuple(ShiftWish("late", day) for day in draw(st.sets(st.integers(0, 6), max_size=2))),
                appointments=(ShiftPart("meeting", hour, hour + 4),) if agreed == "meeting" else (),
                fixed=(shift(hour - 10),) if agreed == "fixed" else (),
            )
        )  # fmt: skip
    needed, closes = draw(st.sampled_from([0.5, 1, 3])), draw(st.sampled_from([16, 21]))
    needs = {(place, PHONE): need(days_from(FIRST, 7), needed, 8, closes) for place in places}
    return week(*people, need=needs, kinds={CASES: ActivityKind.OFF_PHONE})


@given(problem=problems())
@settings(max_examples=sample.examples(8), deadline=None)
def test_every_plan_keeps_every_hard_rule_and_costs_what_the_search_says_and_no_less_than_the_bound(
    problem: ShiftProblem,
) -> None:
    search = searched(problem, steps=12)
    found = cost(problem, search.plan)
    assert breaches(problem, search.plan) == []
    assert search.cost() + off_phone_cost(problem, search.plan) == pytest.approx(found.total)
    whole = with_time_off_the_phone(problem, search.plan)
    assert breaches(problem, whole) == []
    assert lower_bound(problem) - 1e-6 <= cost(problem, whole).total <= found.total + 1e-6


def test_the_days_after_the_plan_count_in_its_last_week() -> None:
    """Three days from Monday, and three that are planned already: of five in the week two are left."""
    later = tuple(shift(day * DAY + 32) for day in (3, 4, 5))
    problem = week(person("a", week_hours=37.0, slack_hours=30.0, after=later), days=3)
    plan = solved(problem)
    assert len(plan["a"]) == 2
    assert breaches(problem, plan) == []


def test_nobody_is_planned_late_before_a_day_off_and_early_after_it() -> None:
    """Needed late until Wednesday and early from Friday on: with Thursday between them there would be 33 hours."""
    days = days_from(FIRST, 7)
    row = [0.0] * days[-1].end
    for number, (opens, closes) in {
        0: (58, 88),
        1: (58, 88),
        2: (58, 88),
        4: (28, 58),
        5: (28, 58),
        6: (28, 58),
    }.items():
        row[days[number].quarter(opens) : days[number].quarter(closes)] = [1.0] * (closes - opens)
    one = person("a", earliest=28, latest=88, slack_hours=30.0, days_a_week=6,
                 before=tuple(shift(-DAY * each + 58) for each in (1,)), after=(shift(7 * DAY + 28),))  # fmt: skip
    problem = week(one, need={(PLACE, PHONE): tuple(row)})
    assert breaches(problem, solved(problem)) == []


def test_two_people_who_are_needed_from_eight_to_four_are_there() -> None:
    problem = week(*(person(f"p{each}") for each in range(5)), needed=2)
    plan = solved(problem)
    assert cost(problem, plan).short == 0
    assert min(staffed(problem, plan)[PLACE, PHONE][8 * HOUR : 16 * HOUR]) >= 2


def test_both_activities_are_served_by_those_who_can() -> None:
    days = days_from(FIRST, 7)
    people = [person("a"), *(person(f"p{n}", activities=frozenset({PHONE, MAIL})) for n in range(4))]
    needs = {(PLACE, PHONE): need(days, 2), (PLACE, MAIL): need(days, 1, 9, 13)}
    problem = week(*people, need=needs)
    plan = solved(problem)
    assert {part.activity for each in plan["a"] for part in each.parts} <= {PHONE, ""}
    assert cost(problem, plan).short <= 0.1 * sum(map(sum, needs.values()))


def test_nobody_does_what_they_learn_later() -> None:
    """The mail of Monday and Tuesday waits; from Wednesday on it is answered, and the phone before it."""
    days = days_from(FIRST, 7)
    needs = {(PLACE, PHONE): need(days, 0.5), (PLACE, MAIL): need(days, 1)}
    learner = person("a", activities=frozenset({PHONE, MAIL}), untrained=((MAIL, 0, 2 * DAY),))
    problem = week(learner, need=needs)
    plan = solved(problem)
    assert breaches(problem, plan) == []
    done = {problem.day_of(part.start) for each in plan["a"] for part in each.parts if part.activity == MAIL}
    assert {2, 3, 4} <= done <= {2, 3, 4, 5, 6}
    untrained = {"a": (shift(DAY + 32, activity=MAIL), *plan["a"][2:])}
    assert HardRule.SKILL in {each.rule for each in breaches(problem, untrained)}


def test_everybody_works_where_they_may() -> None:
    days = days_from(FIRST, 7)
    needs = {("one", PHONE): need(days, 1), ("two", PHONE): need(days, 1)}
    people = [person(key, workplaces=frozenset({place})) for key, place in (("a", "one"), ("b", "two"), ("c", "two"))]
    plan = solved(week(*people, need=needs))
    assert [{each.workplace for each in plan[key]} for key in "abc"] == [{"one"}, {"two"}, {"two"}]


def test_a_wish_for_a_day_off_is_met_where_others_can_work() -> None:
    wishes = (ShiftWish("free", 2, 3),)
    problem = week(person("a", wishes=wishes), person("b"), person("c"), needed=1)
    assert cost(problem, solved(problem)).wishes == 0


def test_meetings_lie_inside_shifts_and_fixed_shifts_stay() -> None:
    meeting = ShiftPart("meeting", DAY + 40, DAY + 44)
    fixed = shift(3 * DAY + 44)
    problem = week(person("a", appointments=(meeting,), fixed=(fixed,)), person("b"), needed=1)
    plan = solved(problem)
    assert breaches(problem, plan) == []
    assert any(meeting in each.parts for each in plan["a"])
    assert (fixed.start, fixed.end) in [(each.start, each.end) for each in plan["a"]]


@pytest.mark.parametrize(("day", "quarters"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
def test_a_day_of_23_or_25_hours_is_planned_by_the_clock_on_the_wall(day: date, quarters: int) -> None:
    days = Calendar(day - timedelta(days=2), 4).days
    assert days[2].length == quarters
    row = [0.0] * days[-1].end
    row[days[2].quarter(32) : days[2].quarter(62)] = [1.0] * 30
    problem = ShiftProblem(
        days, (person("a", week_hours=20.0, slack_hours=40.0, earliest=32, latest=62),), {(PLACE, PHONE): tuple(row)}
    )
    plan = solved(problem)
    assert breaches(problem, plan) == []
    assert (days[2].quarter(32), days[2].quarter(62)) in [(each.start, each.end) for each in plan["a"]]


# --- No plan ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("impossible", "rules"),
    [
        (
            person("a", absences=((0, 5 * DAY),), weekends_off=4),
            {HardRule.CONTRACT, HardRule.ABSENCE, HardRule.WEEKENDS},
        ),
        (person("a", earliest=40, latest=60), {HardRule.CONTRACT, HardRule.SPAN, HardRule.LENGTH}),
        (person("a", days_a_week=2), {HardRule.CONTRACT, HardRule.DAYS_A_WEEK}),
        (person("a", activities=frozenset()), {HardRule.CONTRACT, HardRule.SKILL}),
        (person("a", workplaces=frozenset({"elsewhere"})), {HardRule.CONTRACT, HardRule.WORKPLACE}),
        (person("a", fixed=(shift(50), shift(DAY + 20))), {HardRule.FIXED, HardRule.REST}),
        (
            person("a", appointments=(ShiftPart("meeting", 40, 44),), absences=((30, 50),)),
            {HardRule.APPOINTMENT, HardRule.ABSENCE},
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_explained_by_the_smallest_set_of_rules(
    impossible: ShiftPerson, rules: set[HardRule]
) -> None:
    problem = week(person("b"), impossible)
    with pytest.raises(NoPossibleShifts) as caught:
        solved(problem)
    found = conflict.explain(problem, caught.value.person)
    assert found is not None
    assert found.person == "a"
    # without a length there is always a shift, however short
    assert set(found.rules) <= rules
    assert HardRule.CONTRACT in found.rules or HardRule.CONTRACT not in rules
    assert len(found.rules) > 1
    hurried = conflict.explain(problem, caught.value.person, seconds=0)
    assert hurried is None or len(hurried.rules) > 1, "what was not looked into in time is not impossible"


def test_who_can_be_planned_has_no_conflict() -> None:
    problem = week(person("a"))
    assert conflict.explain(problem, problem.people[0]) is None


# --- Repair ----------------------------------------------------------------------------------------


def repaired(problem: ShiftProblem, changed: frozenset[int] = frozenset()) -> ShiftSearch:
    looks = count()
    search = ShiftSearch(problem, lambda: 0.0, lambda: next(looks) > 10)
    for _state in repair.repair(search, changed):
        pass
    return search


def test_after_an_absence_few_others_change_and_only_on_that_day() -> None:
    people = [person(f"p{each}", slack_hours=14.0) for each in range(6)]
    before = solved(week(*people, needed=3), steps=10)
    ill = next(key for key, shifts in before.items() if any(each.start < DAY for each in shifts))
    now = [
        replace(
            each, present=before[each.key], absences=((0, DAY),) if each.key == ill else (),
            credit=7.4 if each.key == ill else 0.0,
        )
        for each in people
    ]  # fmt: skip
    problem = week(*now, needed=3)
    plan = repaired(problem).plan
    assert breaches(problem, plan) == []
    others = [key for key in plan if key != ill]
    changed = [key for key in others if set(plan[key]) != set(before[key])]
    assert len(changed) <= 2
    for key in changed:
        assert {each for each in plan[key] if each.start >= DAY} == {each for each in before[key] if each.start >= DAY}


def evening(people: list[ShiftPerson]) -> ShiftProblem:
    """Somebody is needed until 21 on Friday, too."""
    days = days_from(FIRST, 7)
    row = list(need(days, 1))
    row[4 * DAY + 16 * HOUR : 4 * DAY + 21 * HOUR] = [1.0] * 5 * HOUR
    return week(*people, need={(PLACE, PHONE): tuple(row)})


def test_a_need_that_has_changed_is_met_where_it_is_worth_the_change() -> None:
    people = [person(f"p{each}", slack_hours=14.0) for each in range(3)]
    before = solved(week(*people, needed=1), steps=10)
    now = [replace(each, present=before[each.key]) for each in people]
    problem = evening(now)
    plan = repaired(problem).plan
    assert breaches(problem, plan) == []
    assert cost(problem, plan).short < cost(problem, before).short

    ill = next(key for key, shifts in before.items() if any(each.start < DAY for each in shifts))
    hurt = [replace(each, absences=((0, DAY),), credit=7.4) if each.key == ill else each for each in now]
    both = evening(hurt)
    assert breaches(both, repaired(both, frozenset({4})).plan) == []
    assert cost(both, repaired(both, frozenset({4})).plan).short < cost(both, repaired(both).plan).short


def test_a_new_colleague_gets_shifts_in_a_plan_that_exists() -> None:
    people = [person(f"p{each}") for each in range(2)]
    before = solved(week(*people, needed=2), steps=10)
    problem = week(*(replace(each, present=before[each.key]) for each in people), person("new"), needed=2)
    plan = repaired(problem).plan
    assert plan["new"]
    assert breaches(problem, plan) == []


# --- Time off the phone ----------------------------------------------------------------------------


def test_time_off_the_phone_is_taken_where_nobody_misses_it() -> None:
    both = frozenset({PHONE, "cases"})
    people = [person(f"p{each}", off_phone_share=0.3, activities=both) for each in range(3)]
    people.append(person("without the skill", off_phone_share=0.3))
    kinds = {"cases": ActivityKind.OFF_PHONE}
    problem = week(*people, needed=1, kinds=kinds)
    plan = solved(problem)
    before = cost(problem, plan)
    after = with_time_off_the_phone(problem, plan)
    off = sum(
        p.end - p.start for shifts in after.values() for each in shifts for p in each.parts if p.activity == "cases"
    )
    assert off > 0
    assert cost(problem, after).short == before.short
    assert breaches(problem, after) == []
    assert with_time_off_the_phone(problem, after) == after, "nobody is given it twice"
    busy = week(*people[:3], needed=5, kinds=kinds)
    for_nothing = replace(busy, prices=replace(busy.prices, off_phone=0))
    assert lower_bound(busy) > lower_bound(for_nothing) + 100, "nobody can be off the phone without being missed"
    missed = with_time_off_the_phone(busy, solved(busy, steps=12))
    for each, made in ((problem, after), (busy, missed)):
        assert lower_bound(each) <= cost(each, made).total


@pytest.mark.parametrize("has_them", ["a", "b"])
def test_late_shifts_that_stay_count_in_the_share_of_who_has_them(has_them: str) -> None:
    """Two colleagues choose a Friday evening; one has the four evenings before it already, the other four mornings."""
    people = [person(key, week_hours=30.0, slack_hours=60.0) for key in ("a", "b")]
    problem = week(*people, needed=0)
    row = [0.0] * problem.days[-1].end
    row[4 * DAY + 60 : 4 * DAY + 88] = [1.0] * 28
    problem = replace(problem, need={(PLACE, PHONE): tuple(row)})
    evenings, mornings = (tuple(shift(day * DAY + start) for day in range(4)) for start in (58, 30))
    present = {each.key: evenings if each.key == has_them else mornings for each in people}
    offers = ShiftOffers(problem)
    found = choose(offers, Freedom(people, frozenset({4}), present, fair_late=2.0), offers.need, seconds=20)
    assert found is not None
    friday = {key: [each for each in shifts if problem.day_of(each.start) == 4] for key, shifts in found.items()}
    assert not friday[has_them]
    assert all(len(there) == 1 for key, there in friday.items() if key != has_them)
