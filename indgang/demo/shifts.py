"""The shift plan of the demo: contracts in one centre, a plan that holds for two weeks, and a draft for two more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import COPENHAGEN, day_of
from indgang.demo import people as known
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import (
    PlannedActivity,
    PlannedShift,
    ShiftActivity,
    ShiftPlan,
    TimeWish,
    WorkContract,
    Workplace,
)
from indgang.workforce.shifts import appointments, contracts, plans

_CENTRE, _WEEKS = "tmf", 2
_PLACE = "Islands Brygge"
_ACTIVITIES = (
    ("Telefon", ActivityKind.PHONE), ("Mail", ActivityKind.MAIL), ("Sagsopfølgning", ActivityKind.OFF_PHONE),
    ("Møde", ActivityKind.MEETING), ("Oplæring", ActivityKind.TRAINING),
)  # fmt: skip
#: people of the need on weekdays: activity, from, to and number
_NEED = (
    ("telefon", 8, 9, 3), ("telefon", 9, 12, 5), ("telefon", 12, 15, 4), ("telefon", 15, 16, 3), ("mail", 9, 15, 1),
)  # fmt: skip
#: colleagues beside those who can sign in
_COLLEAGUES = 6
#: quarters of a shift
_SHIFT = 30


def seed(centres: Mapping[str, ContactCentre], people: Mapping[str, Person], *, at: datetime) -> None:
    """Make it once. The planner is gerda."""
    centre, by = centres.get(_CENTRE), people["gerda"]
    if centre is None or Workplace.objects.exists():
        return
    place = contracts.add_workplace(_PLACE, by=by, at=at)
    for name, kind in _ACTIVITIES:
        contracts.add_activity(name, kind=kind, skill=None, by=by, at=at)
    activities = {each.code: each for each in ShiftActivity.objects.all()}
    names = ["anna", "bo", *(known.colleague(_CENTRE, number) for number in range(1, _COLLEAGUES + 1))]
    staff = [people[name] for name in names if name in people]
    for number, person in enumerate(staff):
        share = "0.10" if number % 3 == 0 else "0"
        WorkContract.objects.create(
            person=person, centre=centre, weekly_hours=37, earliest=time(7), latest=time(18), weekends_off=4,
            off_phone_share=share, valid_from=day_of(at),
        )  # fmt: skip
    _agreed(centre, activities, staff, by=by, at=at)
    for part in range(2):
        plan = _draft(centre, place, activities, weeks_ahead=part * _WEEKS, by=by, at=at)
        if part == 0:
            _shifts(plan, staff, place, activities)
            plans.publish(plan, by=by, at=at)


def _agreed(
    centre: ContactCentre, activities: Mapping[str, ShiftActivity], staff: list[Person], *, by: Person, at: datetime
) -> None:
    """A meeting of the team every other Tuesday, four weeks of training with a mentor, and some wishes. They begin with
    the draft: the plan that holds was made without them."""
    first = day_of(at) + timedelta(weeks=_WEEKS)
    usual: dict[str, Any] = {"valid_from": first, "by": by, "at": at}
    appointments.add(
        centre, title="Teammøde", activity=activities["moede"], people=staff, mentor=None, valid_to=None, weekdays=[1],
        every_weeks=2, opens=time(14), closes=time(15), **usual,
    )  # fmt: skip
    appointments.add(
        centre, title="Byggesager", activity=activities["oplaering"], people=staff[-1:], mentor=staff[0],
        valid_to=first + timedelta(weeks=4), weekdays=[0, 3], every_weeks=1, opens=time(10), closes=time(11, 30),
        **usual,
    )  # fmt: skip
    for number, (kind, weekday) in enumerate((("early", 4), ("free", 0), ("late", 2))):
        contracts.wish(
            staff[number], kind=TimeWish.Kind(kind), day=None, weekday=weekday, weight=number + 1, at=at
        )  # fmt: skip


def _draft(
    centre: ContactCentre, place: Workplace, activities: Mapping[str, ShiftActivity], *, weeks_ahead: int, by: Person,
    at: datetime,
) -> ShiftPlan:  # fmt: skip
    first = day_of(at) + timedelta(weeks=weeks_ahead)
    plan = plans.draft(centre, first=first, last=first + timedelta(days=7 * _WEEKS - 1), by=by, at=at)
    for code, opens, closes, number in _NEED:
        plans.set_need(
            plan, activity=activities[code], workplace=place, weekdays=range(5), opens=time(opens), closes=time(closes),
            people=number, by=by, at=at,
        )  # fmt: skip
    return plan


def _shifts(plan: ShiftPlan, staff: list[Person], place: Workplace, activities: Mapping[str, ShiftActivity]) -> None:
    """Seven and a half hours on each weekday, begun from 8 to 9, with breaks one after another; one does mail."""
    quarter = timedelta(minutes=15)
    shifts: list[PlannedShift] = []
    parts: list[PlannedActivity] = []
    for day in range(7 * _WEEKS):
        when = plan.first + timedelta(days=day)
        if when.weekday() > 4:
            continue
        for number, person in enumerate(staff):
            starts = datetime.combine(when, time(8), COPENHAGEN) + number % 3 * 2 * quarter
            row = PlannedShift(
                plan=plan, person=person, workplace=place, starts_at=starts, ends_at=starts + _SHIFT * quarter
            )
            shifts.append(row)
            activity = activities["mail" if (number + day) % len(staff) == 0 else "telefon"]
            pause = 12 + number % 4 * 2
            for what, first, last in ((activity, 0, pause), (None, pause, pause + 2), (activity, pause + 2, _SHIFT)):
                parts.append(
                    PlannedActivity(
                        shift=row, activity=what, starts_at=starts + first * quarter, ends_at=starts + last * quarter
                    )
                )
    PlannedShift.objects.bulk_create(shifts)
    PlannedActivity.objects.bulk_create(parts)
