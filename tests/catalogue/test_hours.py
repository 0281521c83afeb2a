"""Stored opening hours become values, and changing them leaves the past alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from pytest_django import DjangoAssertNumQueries

from indgang.audit.models import Change
from indgang.catalogue import changes, hours, timetable
from indgang.catalogue.models import Schedule
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command
from tests.world import MORNING, World

WEDNESDAY = date(2026, 3, 11)


def _on(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_a_schedule_with_a_break_is_closed_in_the_break(world: World) -> None:
    byliv = hours.schedule_of("byliv-10-14")
    assert byliv.is_open(_on(WEDNESDAY, 9))  # 10 in Copenhagen
    noon = hours.opening(byliv, _on(WEDNESDAY, 11))
    assert not noon.is_open
    assert noon.sentence == "Pause"


def test_all_schedules_are_read_in_three_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        assert len(hours.all_schedules()) == 5


def test_the_coming_days_say_why_they_are_closed(world: World) -> None:
    timetable.set_exception(
        world.schedules["tmf-9-16"],
        date(2026, 4, 1),
        [(time(9), time(12))],
        reason="Påskefrokost",
        by=world.finn,
        at=MORNING,
    )
    days = hours.days(hours.schedule_of("tmf-9-16"), date(2026, 4, 1), 7)
    assert [(each.date.day, each.remark, each.spans) for each in days[:3]] == [
        (1, "Påskefrokost", ((time(9), time(12)),)),
        (2, "Skærtorsdag", ()),
        (3, "Langfredag", ()),
    ]


def test_days_over_the_change_to_summer_time_keep_their_hours_on_the_wall(world: World) -> None:
    friday, _sat, _sun, monday = hours.days(hours.schedule_of("keh-8-17"), date(2026, 3, 27), 4)
    assert friday.spans == monday.spans == ((time(8), time(17)),)


def test_a_new_week_holds_from_its_day_and_the_old_one_before(world: World) -> None:
    schedule = world.schedules["tmf-9-16"]
    timetable.set_days(schedule, {2: [(time(8), time(17))]}, from_day=date(2026, 3, 18), by=world.finn, at=MORNING)
    value = hours.schedule_of(schedule)
    before, after = hours.days(value, WEDNESDAY, 8)[0], hours.days(value, WEDNESDAY, 8)[7]
    assert before.spans == ((time(9), time(16)),)
    assert after.spans == ((time(8), time(17)),)


def test_planning_the_same_day_again_replaces_the_plan(world: World) -> None:
    schedule = world.schedules["tmf-9-16"]
    for closes in (17, 18):
        timetable.set_days(
            schedule, {2: [(time(8), time(closes))]}, from_day=date(2026, 3, 18), by=world.finn, at=MORNING
        )
    assert hours.days(hours.schedule_of(schedule), date(2026, 3, 18), 1)[0].spans == ((time(8), time(18)),)
    assert schedule.weekly.filter(weekday=2).count() == 2


def test_a_day_is_copied_to_other_days_with_its_break(world: World) -> None:
    schedule = world.schedules["byliv-10-14"]
    timetable.copy_day(schedule, 0, [5, 6], from_day=WEDNESDAY, by=world.finn, at=MORNING)
    saturday = hours.days(hours.schedule_of(schedule), date(2026, 3, 14), 1)[0]
    assert saturday.spans == ((time(10), time(11, 30)), (time(12, 30), time(14)))


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ([(time(9), time(9))], "Lukketiden skal være senere end åbningstiden."),
        ([(time(9), time(12)), (time(11), time(14))], "Tiderne overlapper hinanden."),
    ],
)
def test_hours_that_cannot_be_are_refused(world: World, spans: list[tuple[time, time]], sentence: str) -> None:
    with pytest.raises(RefusedChange, match=sentence):
        timetable.set_days(world.schedules["tmf-9-16"], {0: spans}, from_day=WEDNESDAY, by=world.finn, at=MORNING)


def test_the_past_cannot_be_changed(world: World) -> None:
    schedule = world.schedules["tmf-9-16"]
    with pytest.raises(RefusedChange):
        timetable.set_days(schedule, {0: []}, from_day=date(2026, 3, 10), by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange):
        timetable.set_exception(schedule, date(2026, 3, 10), [], reason="Sne", by=world.finn, at=MORNING)


def test_an_exception_needs_a_reason_and_can_be_taken_back(world: World) -> None:
    schedule, day = world.schedules["tmf-9-16"], date(2026, 3, 12)
    with pytest.raises(RefusedChange):
        timetable.set_exception(schedule, day, [], reason=" ", by=world.finn, at=MORNING)
    timetable.set_exception(schedule, day, [], reason="Personalemøde", by=world.finn, at=MORNING)
    assert hours.days(hours.schedule_of(schedule), day, 1)[0].spans == ()
    timetable.remove_exception(schedule, day, by=world.finn, at=MORNING)
    assert hours.days(hours.schedule_of(schedule), day, 1)[0].spans == ((time(9), time(16)),)


def test_every_change_is_in_the_trail_and_told_to_who_listens(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(changes, "_listeners", [])
    changes.subscribe(lambda rows, by, at: told.extend(map(str, rows)))
    timetable.set_days(world.schedules["tmf-9-16"], {4: []}, from_day=WEDNESDAY, by=world.finn, at=MORNING)
    row = Change.objects.get(action="schedule.change_week")
    assert (row.before["4"], row.after["4"]) == ("09.00-16.00", "")
    assert told == ["TMF kontaktcenter 9-16"]


def test_a_new_schedule_can_begin_with_the_week_of_another(world: World) -> None:
    made = timetable.save(
        Schedule(),
        copy_of=world.schedules["byliv-10-14"],
        code="byliv-kopi",
        name="Byliv kopi",
        by=world.finn,
        at=MORNING,
    )
    assert made.weekly.count() == 10


def test_the_switchboard_reads_changed_hours_anew(world: World) -> None:
    timetable.set_days(world.schedules["tmf-9-16"], {4: []}, from_day=WEDNESDAY, by=world.finn, at=MORNING)
    assert list(Command.objects.values_list("kind", "person__username")) == [("reload", "finn")]


# --- What is planned -----------------------------------------------------------------------------

APRIL = date(2026, 4, 1)  # a Wednesday


def _plan_wednesdays_closed(world: World) -> Schedule:
    schedule = world.schedules["tmf-9-16"]
    timetable.set_days(schedule, {2: []}, from_day=APRIL, by=world.finn, at=MORNING)
    return schedule


def test_weekdays_that_stay_as_they_are_keep_what_is_planned_for_them(world: World) -> None:
    schedule = _plan_wednesdays_closed(world)
    week = {0: [(time(8), time(16))], 2: [(time(9), time(16))]}
    timetable.set_days(schedule, week, from_day=WEDNESDAY, by=world.finn, at=MORNING)
    assert [(each.day, each.weekday, each.spans) for each in timetable.planned(schedule, after=WEDNESDAY)] == [
        (APRIL, 2, ())
    ]
    assert hours.days(hours.schedule_of(schedule), date(2026, 3, 16), 1)[0].spans == ((time(8), time(16)),)


def test_a_plan_in_the_way_is_named_before_it_goes(world: World) -> None:
    schedule = _plan_wednesdays_closed(world)
    with pytest.raises(timetable.PlansInTheWay, match=r"01\.04\.2026: lukket") as refusal:
        timetable.set_days(schedule, {2: [(time(8), time(12))]}, from_day=WEDNESDAY, by=world.finn, at=MORNING)
    assert [each.day for each in refusal.value.plans] == [APRIL]
    assert hours.days(hours.schedule_of(schedule), WEDNESDAY, 1)[0].spans == ((time(9), time(16)),)


@pytest.mark.parametrize(("plans", "in_april"), [("keep", ()), ("drop", ((time(8), time(12)),))])
def test_a_plan_in_the_way_is_kept_or_dropped_as_chosen(world: World, plans: str, in_april: object) -> None:
    schedule = _plan_wednesdays_closed(world)
    week = {2: [(time(8), time(12))]}
    timetable.set_days(schedule, week, from_day=WEDNESDAY, plans=plans, by=world.finn, at=MORNING)
    value = hours.schedule_of(schedule)
    assert hours.days(value, WEDNESDAY, 1)[0].spans == ((time(8), time(12)),)
    assert hours.days(value, date(2026, 3, 25), 1)[0].spans == ((time(8), time(12)),)
    assert hours.days(value, date(2026, 4, 8), 1)[0].spans == in_april


def test_what_was_said_of_a_day_is_replaced_only_when_that_is_asked_for(world: World) -> None:
    schedule, day = world.schedules["tmf-9-16"], date(2026, 3, 20)
    timetable.set_exception(schedule, day, [], reason="Flytning", by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange, match="Flytning: lukket"):
        timetable.set_exception(schedule, day, [(time(9), time(12))], reason="Kursus", by=world.finn, at=MORNING)
    timetable.set_exception(
        schedule, day, [(time(9), time(12))], reason="Kursus", replace=True, by=world.finn, at=MORNING
    )
    assert schedule.exceptions.get().reason == "Kursus"


def test_a_day_that_is_open_until_midnight_joins_the_next(world: World) -> None:
    schedule = world.schedules["tmf-9-16"]
    week = {3: [(time(22), time(0))], 4: [(time(0), time(2))]}
    timetable.set_days(schedule, week, from_day=WEDNESDAY, by=world.finn, at=MORNING)
    thursday = _on(date(2026, 3, 12), 22)
    assert hours.opening(hours.schedule_of(schedule), thursday).until == _on(date(2026, 3, 13), 1)
