"""Paid time in which nobody could take contacts: worked numbers, and of teams in the roll-ups."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import Person
from indgang.measures.adherence import PlannedSpan
from indgang.measures.definitions import definition
from indgang.measures.period import Period
from indgang.measures.rollups import counting, duty, reading, recomputing
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.shrinkage import on_pay
from indgang.measures.sums import OnPay
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import LeaveRequest, ShiftPlan
from tests.enquiries.told_calls import talked
from tests.workforce.shifts import rows
from tests.world import MORNING, World

DAY = MORNING.date()
HOUR = 3600.0
TOMORROW = Period.day(DAY).end + timedelta(hours=3, minutes=5)


def planned(*kinds: ActivityKind) -> list[PlannedSpan]:
    """Two hours of each."""
    starts = [MORNING + timedelta(hours=2 * number) for number in range(len(kinds))]
    return [PlannedSpan(start, start + timedelta(hours=2), kind) for start, kind in zip(starts, kinds, strict=True)]


def test_breaks_and_meetings_are_inside_and_absence_is_outside() -> None:
    plan = planned(ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.MEETING, ActivityKind.WINDOW)
    assert on_pay(plan, [], 0) == OnPay(1, 8 * HOUR, 4 * HOUR, 0)
    noon = MORNING + timedelta(hours=5)
    ill = on_pay(plan, [(noon, noon + timedelta(days=3))], 7 * HOUR)
    assert ill == OnPay(1, 8 * HOUR, 3 * HOUR, 3 * HOUR), "half of the meeting, and the window, fell away"
    assert ill.shrinkage == 75.0
    assert on_pay([], [(noon, noon + timedelta(days=1))], 7.4 * HOUR) == OnPay(1, 7.4 * HOUR, 0, 7.4 * HOUR)
    assert on_pay([], [], 7.4 * HOUR) is None, "a day off by the plan is not paid here"
    assert on_pay([], [(noon, noon + timedelta(days=1))], 0) is None, "a Sunday"


@pytest.mark.django_db(transaction=True)
def test_a_team_of_five_has_its_paid_time_once_the_day_is_over(world: World) -> None:
    plan = rows.plan(world, ShiftPlan.State.PUBLISHED)
    people = [Person.objects.create(username=f"vagt{number}", name=f"Vagt {number}") for number in range(5)]
    rows.contracts(world, *people)
    for person in people[:4]:
        rows.shift(plan, person, MORNING, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    LeaveRequest.objects.create(person=people[4], first=DAY, last=DAY, state="approved", asked_at=MORNING)
    talked(world.anna)
    counting.follow()
    duty.keep_current(at=MORNING + timedelta(hours=9))
    assert not reading.totals(Period.day(DAY))[""].pay.people, "leave is of whole days"
    duty.keep_current(at=TOMORROW)
    found = reading.totals(Period.day(DAY), by=GroupBy.CENTRE)["tmf"]
    assert found.pay == OnPay(5, 4 * 6 * HOUR + 7.4 * HOUR, 4 * 2 * HOUR, 7.4 * HOUR)
    shrinkage = definition("shrinkage", on=DAY).of(found)
    assert (round(shrinkage.value or 0, 1), shrinkage.base) == (49.0, 5), "15.4 of 31.4 hours"
    assert not list(recomputing.differences(Period.day(DAY)))
    LeaveRequest.objects.create(person=people[0], first=DAY, last=DAY, state="approved", asked_at=MORNING)
    assert not list(recomputing.differences(Period.day(DAY))), "approved after the day was counted for the last time"
    people[0].delete()
    duty.keep_current(at=TOMORROW + timedelta(days=1))
    assert reading.totals(Period.day(DAY), by=GroupBy.CENTRE)["tmf"].pay == found.pay


@pytest.mark.django_db(transaction=True)
def test_four_people_are_not_counted(world: World) -> None:
    people = [Person.objects.create(username=f"vagt{number}", name=f"Vagt {number}") for number in range(4)]
    rows.contracts(world, *people)
    plan = rows.plan(world, ShiftPlan.State.PUBLISHED)
    for person in people:
        rows.shift(plan, person, MORNING, ActivityKind.PHONE)
    duty.keep_current(at=TOMORROW)
    totals = reading.totals(Period.day(DAY))
    assert not any(each.pay.people for each in totals.values())
