"""Meetings, training and fixed shifts: kept by the plans made after them, and told to the people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import TimeRange
from indgang.core.refusals import RefusedChange
from indgang.privacy import nightly
from indgang.privacy.store import DjangoStore
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce import own_day, shifts
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import DayNote, LeaveRequest, PlannedShift, PlanRun, ShiftAppointment, ShiftPlan, TimeWish
from indgang.workforce.shifts import appointments, feed, fixed, plans, wishes
from indgang.workforce.shifts.question import PlanQuestion
from tests.workforce.shifts.rows import activity, plan, ready, shift, solve, workplace
from tests.workforce.shifts.rows import contracts as contracted
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def meeting(world: World, *, first: date | None = None, **changes: Any) -> ShiftAppointment:
    """A meeting of anna and bo every Tuesday from 10 to 11."""
    usual: dict[str, Any] = {
        "title": "Teammøde", "activity": activity(ActivityKind.MEETING), "people": [world.anna, world.bo],
        "mentor": None, "valid_from": first or day_of(MORNING), "valid_to": None, "weekdays": [1], "every_weeks": 1,
        "opens": time(10), "closes": time(11), "by": world.gerda, "at": MORNING,
    }  # fmt: skip
    return appointments.add(world.centres["tmf"], **(usual | changes))


def test_a_rhythm_counts_weeks_from_its_first_day_and_leaves_out_holidays(world: World) -> None:
    made = meeting(world, weekdays=[3], every_weeks=2, first=date(2026, 3, 12))
    among = [date(2026, 3, 1) + number * DAY for number in range(45)]
    # the second of April is Maundy Thursday, but of the other week; the ninth is an ordinary day
    assert list(appointments.days(made, among)) == [date(2026, 3, 12), date(2026, 3, 26), date(2026, 4, 9)]
    assert list(appointments.days(meeting(world, weekdays=[0]), [date(2026, 4, 6)])) == [], "Easter Monday"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens": time(10, 30), "closes": time(11, 30)}, "people"),
        ({"closes": time(9)}, "closes"),
        ({"opens": time(9, 5)}, "opens"),
        ({"people": []}, "people"),
        ({"valid_to": day_of(MORNING) + DAY}, "weekdays"),
        ({"first": day_of(MORNING) - DAY}, "valid_from"),
    ],
)
def test_what_nobody_can_keep_is_refused(world: World, changes: dict[str, Any], field: str) -> None:
    meeting(world)
    with pytest.raises(RefusedChange) as caught:
        meeting(world, **changes)
    assert set(caught.value.reasons) == {field}


def test_training_with_a_mentor_is_in_both_shifts_and_in_the_calendar(world: World) -> None:
    made = ready(world)
    with pytest.raises(RefusedChange):
        meeting(world, people=[world.bo], mentor=world.bo)
    meeting(world, title="Byggesager", activity=activity(ActivityKind.TRAINING), people=[world.anna], mentor=world.bo)
    run = solve(made, world)
    assert run.state == PlanRun.State.DONE, run.answer
    plans.publish(made, by=world.gerda, at=MORNING)
    tuesday = datetime.combine(made.first + DAY, time(10), COPENHAGEN)
    there = shifts.planned([world.anna.pk, world.bo.pk], tuesday, tuesday + timedelta(hours=1))
    assert [part.title for each in there if (part := each.at(tuesday))] == [f"Byggesager (mentor: {world.bo.name})"] * 2
    assert "10.00–11.00 Byggesager".encode() in feed.calendar(world.anna, MORNING).replace(b"\r\n ", b"")


def test_who_is_away_misses_the_meeting_and_nobody_is_impossible_for_it(world: World) -> None:
    made = ready(world)
    meeting(world)
    LeaveRequest.objects.create(
        person=world.anna, first=made.first + DAY, last=made.first + DAY, state=LeaveRequest.State.APPROVED,
        asked_at=MORNING,
    )  # fmt: skip
    asked = PlanQuestion(made, MORNING)
    assert {each.key: len(each.appointments) for each in asked.problem.people if each.appointments} == {
        str(world.bo.pk): 1
    }


def test_fixed_shifts_stay_with_the_meeting_of_their_day(world: World) -> None:
    made = ready(world)
    meeting(world)
    sent: dict[str, Any] = {
        "first": made.first, "last": made.last, "weekdays": [1, 2], "opens": time(8), "closes": time(15, 30),
        "activity": activity(ActivityKind.PHONE), "workplace": workplace(), "by": world.gerda, "at": MORNING,
    }  # fmt: skip
    assert fixed.set_shifts(made, world.anna, **sent) == 2
    assert fixed.set_shifts(made, world.anna, **sent) == 2, "instead of what was there"
    run = solve(made, world)
    assert run.state == PlanRun.State.DONE, run.answer
    rows = made.shifts.filter(person=world.anna, is_fixed=True).prefetch_related("parts__activity")
    assert [each.starts_at.astimezone(COPENHAGEN).hour for each in rows] == [8, 8]
    kinds = [[part.activity.kind if part.activity else "" for part in each.parts.all()] for each in rows]
    assert kinds == [["phone", "meeting", "", "phone"], ["phone", "", "phone"]]
    fixed.free(rows[0], by=world.gerda, at=MORNING)
    fixed.hold_day(made, world.anna, made.first + DAY, by=world.gerda, at=MORNING)
    assert made.shifts.filter(is_fixed=True).count() == 2
    plans.publish(made, by=world.gerda, at=MORNING)


def test_a_fixed_shift_has_no_room_for_a_later_meeting_and_does_not_hold_who_is_ill(world: World) -> None:
    made = ready(world)
    row = shift(made, world.anna, datetime.combine(made.first + DAY, time(8), COPENHAGEN), *[ActivityKind.PHONE] * 2)
    PlannedShift.objects.update(is_fixed=True)
    meeting(world)
    asked = PlanQuestion(made, MORNING)
    assert [(person, each.row.title) for person, each in asked.without_room] == [(world.anna.pk, "Teammøde")]
    assert asked.problem.people[0].appointments == ()
    LeaveRequest.objects.create(
        person=world.anna, first=made.first + DAY, last=made.first + DAY, state=LeaveRequest.State.APPROVED,
        asked_at=MORNING,
    )  # fmt: skip
    run = solve(made, world)
    assert run.state == PlanRun.State.DONE, run.answer
    assert not PlannedShift.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes": time(8)}, "closes"),
        ({"closes": time(0)}, "closes"),
        ({"weekdays": []}, "weekdays"),
        ({"person": "david"}, "person"),
        ({"kind": ActivityKind.MAIL}, "activity"),
    ],
)
def test_fixed_shifts_that_nobody_can_work_are_refused(world: World, changes: dict[str, Any], field: str) -> None:
    made = ready(world)
    kind = changes.pop("kind", ActivityKind.PHONE)
    person = getattr(world, changes.pop("person", "anna"))
    what = activity(kind)
    if kind is ActivityKind.MAIL:
        what.skill = world.skills["erhverv"]
        what.save()
    sent: dict[str, Any] = {
        "first": made.first, "last": made.last, "weekdays": [1], "opens": time(8), "closes": time(15), "activity": what,
        "workplace": workplace(), "by": world.gerda, "at": MORNING,
    }  # fmt: skip
    with pytest.raises(RefusedChange) as caught:
        fixed.set_shifts(made, person, **(sent | changes))
    assert set(caught.value.reasons) == {field}


def test_a_person_is_told_what_became_of_a_wish(world: World) -> None:
    contracted(world, world.anna)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    shift(made, world.anna, MORNING + DAY, ActivityKind.PHONE, ActivityKind.PHONE)
    tomorrow = day_of(MORNING) + DAY
    rows = [
        TimeWish.objects.create(person=world.anna, kind=kind, day=day, weekday=weekday, wished_at=MORNING)
        for kind, day, weekday in (
            ("free", None, tomorrow.weekday()), ("early", tomorrow, None), ("free", made.last + DAY, None),
        )
    ]  # fmt: skip
    found = wishes.outcomes(world.anna, rows, day_of(MORNING), made.last + 30 * DAY)
    assert [(each.days, each.met) for each in found.values()] == [(2, 1), (1, 1)]
    assert rows[2].pk not in found


def test_a_day_on_which_somebody_is_away_anyway_meets_no_wish(world: World) -> None:
    contracted(world, world.anna)
    plan(world, ShiftPlan.State.PUBLISHED)
    today, sent = day_of(MORNING), {"person": world.anna, "wished_at": MORNING}
    row = TimeWish.objects.create(kind="early", weekday=today.weekday(), **sent)
    lone = TimeWish.objects.create(kind="free", day=today + 3 * DAY, **sent)

    def told() -> list[tuple[int, int]]:
        return [
            (each.days, each.met) for each in wishes.outcomes(world.anna, [row, lone], today, today + 13 * DAY).values()
        ]

    assert told() == [(2, 2), (1, 1)]
    LeaveRequest.objects.create(
        person=world.anna, first=today + 2 * DAY, last=today + 3 * DAY, state="approved", asked_at=MORNING
    )
    assert told() == [(2, 2)]
    DayNote.objects.create(
        person=world.anna, kind="sick", starts_at=MORNING, ends_at=MORNING + DAY, noted_at=MORNING, noted_by="anna"
    )
    assert told() == [(1, 1)]


def test_two_years_after_its_end_nothing_is_left_of_a_meeting_but_the_time_in_the_shift(world: World) -> None:
    contracted(world, world.anna)
    row = meeting(world, people=[world.anna], valid_to=day_of(MORNING) + 30 * DAY)
    lasting = meeting(world, title="Uden slut", weekdays=[4])
    there = shift(plan(world, ShiftPlan.State.PUBLISHED), world.anna, MORNING + 700 * DAY, ActivityKind.MEETING)
    there.parts.update(appointment=row)
    assert nightly.run(DjangoStore(), at=MORNING + 800 * DAY, rest=0)
    assert [each.pk for each in ShiftAppointment.objects.all()] == [lasting.pk]
    assert list(there.parts.values_list("appointment", flat=True)) == [None]


def test_who_is_ill_from_the_morning_is_replaced_after_the_shift_has_begun_by_nobody_in_the_past(world: World) -> None:
    made = ready(world)
    monday = datetime.combine(made.first, time(8), COPENHAGEN)
    shift(made, world.anna, monday, *[ActivityKind.PHONE] * 2)
    ShiftPlan.objects.filter(pk=made.pk).update(state=ShiftPlan.State.PUBLISHED, published_at=MORNING)
    later = monday + timedelta(hours=2, minutes=20)
    assert PlanQuestion(made, later).value[str(world.anna.pk)][0].is_fixed
    sick = DayPart(DayKind.SICK, TimeRange(monday - timedelta(hours=8), monday + timedelta(hours=16)))
    own_day.note(world.anna, [sick], by=world.anna, at=later)
    asked = PlanQuestion(plans.follow(made, by=world.gerda, at=later), later)
    assert not asked.value[str(world.anna.pk)][0].is_fixed
    assert asked.breaches()
    assert all((0, 42) in each.absences for each in asked.problem.people), "until half past ten"
