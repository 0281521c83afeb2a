"""Time beside published shifts in the roll-ups: of teams, by the plan of that day, final once the day is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import Person
from indgang.entry.models import PresenceEvent
from indgang.measures.definitions import definition
from indgang.measures.period import Period
from indgang.measures.rollups import counting, duty, reading, recomputing
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.sums import OnShift
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import PlannedShift, ShiftPlan
from tests.enquiries.told_calls import talked
from tests.workforce.shifts import rows
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)
DAY = MORNING.date()
EVENING = MORNING + timedelta(hours=9)
TOMORROW = Period.day(DAY).end + timedelta(hours=3, minutes=5)
HOUR = 3600.0
PUBLISHED = ShiftPlan.State.PUBLISHED


def team(world: World, number: int, plan: ShiftPlan) -> list[Person]:
    """So many people with two hours of telephone and two of break, who come an hour late and stay two and a half."""
    people = [Person.objects.create(username=f"vagt{each}", name=f"Vagt {each}") for each in range(number)]
    for person in people:
        rows.shift(plan, person, MORNING, ActivityKind.PHONE, ActivityKind.BREAK)
        for minutes, state in ((60, "ready"), (150, "signed_out")):
            PresenceEvent.objects.create(person=person, at=MORNING + timedelta(minutes=minutes), state=state)
    return people


def of_day(by: GroupBy = GroupBy.NOTHING, group: str = "") -> OnShift:
    found = reading.totals(Period.day(DAY), by=by)
    return found[group].shifts if group in found else OnShift()


def test_a_team_of_five_has_its_figures_by_its_centre(world: World) -> None:
    team(world, 5, rows.plan(world, PUBLISHED))
    talked(world.anna)
    counting.follow()
    duty.keep_current(at=EVENING)
    # of four hours: one hour of telephone, and all of the break but half an hour
    assert of_day(GroupBy.CENTRE, "tmf") == OnShift(5, 5 * 4 * HOUR, 5 * 2.5 * HOUR, 5 * 2 * HOUR, 5 * 1.5 * HOUR)
    totals = reading.totals(Period.month(DAY))[""]
    assert definition("adherence", on=DAY).of(totals).value == pytest.approx(62.5)
    assert definition("conformance", on=DAY).of(totals).value == pytest.approx(75)
    assert definition("adherence", on=DAY).of(totals).base == 5
    assert not any(each.shifts.people for each in reading.totals(Period.day(DAY), by=GroupBy.HOUR).values())
    assert not list(recomputing.differences(Period.day(DAY)))


def test_four_people_are_not_counted_nor_is_a_draft(world: World) -> None:
    team(world, 4, rows.plan(world, PUBLISHED))
    late = Person.objects.create(username="kladde", name="Kladde")
    rows.shift(rows.plan(world, ShiftPlan.State.DRAFT), late, MORNING, ActivityKind.PHONE)
    duty.keep_current(at=EVENING)
    assert of_day() == OnShift()


def test_a_later_version_and_an_erased_person_change_no_day_that_is_over(world: World) -> None:
    first = rows.plan(world, PUBLISHED)
    people = team(world, 6, first)
    talked(world.anna)
    counting.follow()
    duty.keep_current(at=TOMORROW)
    before = of_day()
    assert before.people == 6
    ShiftPlan.objects.filter(pk=first.pk).update(state=ShiftPlan.State.REPLACED)
    second = rows.plan(world, PUBLISHED)
    ShiftPlan.objects.filter(pk=second.pk).update(published_at=TOMORROW)
    for person in people:
        rows.shift(second, person, MORNING, *[ActivityKind.PHONE] * 4)
    assert not list(recomputing.differences(Period.day(DAY)))
    people[0].delete()
    duty.keep_current(at=TOMORROW + timedelta(days=1))
    assert of_day() == before
    assert not list(recomputing.differences(Period.day(DAY)))


def test_a_version_of_the_same_day_counts_instead_of_the_one_before(world: World) -> None:
    first = rows.plan(world, PUBLISHED)
    people = team(world, 5, first)
    duty.keep_current(at=MORNING + timedelta(hours=2))
    assert of_day().planned == 5 * 2 * HOUR, "what is planned for later is not missed yet"
    ShiftPlan.objects.filter(pk=first.pk).update(state=ShiftPlan.State.REPLACED)
    second = rows.plan(world, PUBLISHED)
    ShiftPlan.objects.filter(pk=second.pk).update(published_at=MORNING + timedelta(hours=3))
    for person in people:
        rows.shift(second, person, MORNING, ActivityKind.PHONE, ActivityKind.MEETING)
    duty.keep_current(at=EVENING)
    assert of_day() == OnShift(5, 5 * 2 * HOUR, 5 * HOUR, 5 * 2 * HOUR, 5 * HOUR)


def test_a_shift_over_midnight_counts_on_both_days(world: World) -> None:
    night = Period.day(DAY).end - timedelta(hours=2)
    plan = rows.plan(world, PUBLISHED)
    for person in team(world, 5, plan):
        PlannedShift.objects.filter(person=person).delete()
        rows.shift(plan, person, night, ActivityKind.PHONE, ActivityKind.PHONE)
    duty.keep_current(at=TOMORROW)
    assert of_day().planned == 5 * 2 * HOUR
    tomorrow = reading.totals(Period.day(DAY + timedelta(days=1)))[""].shifts
    assert (tomorrow.planned, tomorrow.kept) == (5 * 2 * HOUR, 0)
