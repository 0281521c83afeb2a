"""A counting week from set-up to a year: taps, sheets of paper, and their faults."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from indgang.accounts.models import Person
from indgang.analysis.counting import counted, paper, setting_up, tallying
from indgang.analysis.counting.models import CountedEnquiry, CountingWeek
from indgang.analysis.counting.tallying import CountedTap, NotCounted
from indgang.catalogue.models import Purpose
from indgang.core.refusals import RefusedChange
from indgang.tables.reading import UnreadableTable
from tests.analysis.weeks import TODAY, sheet, tmf_counts
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
AFTER = MORNING + timedelta(days=5)


@pytest.fixture
def week(world: World) -> CountingWeek:
    return tmf_counts(world)


def tap(week: CountingWeek, at: datetime = MORNING, place: int = 0, **marks: Any) -> CountedTap:
    return CountedTap(uuid4(), at, week.purposes.all()[place].pk, **marks)


def count(week: CountingWeek, *taps: CountedTap, by: Person, at: datetime = MORNING) -> list[NotCounted]:
    return list(tallying.count(week, taps, by=by, at=at).values())


# --- Set-up ------------------------------------------------------------------------------------


def test_a_week_begins_with_the_services_own_purposes_or_the_nine(world: World, week: CountingWeek) -> None:
    assert week.purposes.count() == Purpose.objects.count()
    values = {
        each: getattr(week, each) for each in ("title", "unit", "starts_on", "ends_on", "days_a_year", "rounds_to")
    }
    marks = {f"asks_{mark}": True for mark in ("channel", "character", "minutes", "outcome", "digital")}
    service = next(each.service for each in world.local_purposes)
    own = setting_up.plan(values | marks | {"service": service, "unit": service.unit}, by=world.hans, at=MORNING)
    assert {each.purpose for each in own.purposes.all()} <= set(Purpose.objects.all())
    assert own.purposes.count() == service.local_purposes.count()


def test_a_counted_purpose_and_a_counted_day_stay(world: World, week: CountingWeek) -> None:
    count(week, tap(week), by=world.david)
    with pytest.raises(RefusedChange, match="er talt"):
        setting_up.remove_purpose(week.purposes.all()[0], by=world.hans, at=MORNING)
    values = {field.name: getattr(week, field.name) for field in week._meta.fields}
    kept = {name: values[name] for name in values if name not in ("id", "created_by", "created_at", "closed_at")}
    with pytest.raises(RefusedChange, match="falder uden for"):
        setting_up.change(week, kept | {"starts_on": date(2026, 3, 12)}, by=world.hans, at=MORNING)


def test_a_week_is_closed_after_its_last_day_and_opened_for_a_late_sheet(world: World, week: CountingWeek) -> None:
    with pytest.raises(RefusedChange, match="når den sidste dag er gået"):
        setting_up.close(week, by=world.hans, at=MORNING)
    with pytest.raises(RefusedChange, match="ikke talt noget"):
        setting_up.close(week, by=world.hans, at=AFTER)
    count(week, tap(week), by=world.david)
    closed = setting_up.close(week, by=world.hans, at=AFTER)
    with pytest.raises(RefusedChange, match="lukket"):
        setting_up.add_person(closed, person=world.anna, by=world.hans, at=AFTER)
    assert setting_up.reopen(closed, by=world.hans, at=AFTER).closed_at is None


# --- Taps --------------------------------------------------------------------------------------


def test_a_tap_that_is_sent_twice_counts_once(world: World, week: CountingWeek) -> None:
    one = tap(week, minutes=4)
    assert count(week, one, one, by=world.david) == []
    assert count(week, one, by=world.david) == []
    assert CountedEnquiry.objects.get().minutes == 4


@pytest.mark.parametrize(
    ("at", "marks", "why"),
    [
        (MORNING - timedelta(days=7), {}, NotCounted.OUTSIDE_WEEK),
        (MORNING + timedelta(hours=1), {}, NotCounted.AHEAD),
        (MORNING, {"minutes": 481}, NotCounted.MINUTES),
        (MORNING, {"minutes": -1}, NotCounted.MINUTES),
    ],
)
def test_what_cannot_be_says_why_and_the_rest_counts(
    world: World, week: CountingWeek, at: datetime, marks: dict[str, int], why: NotCounted
) -> None:
    assert count(week, tap(week, at, **marks), tap(week), by=world.david) == [why]
    assert CountedEnquiry.objects.count() == 1


def test_what_was_tapped_before_the_closing_counts_when_it_arrives_later(world: World, week: CountingWeek) -> None:
    count(week, tap(week), by=world.david)
    setting_up.close(week, by=world.hans, at=AFTER)
    late = MORNING + timedelta(days=2)
    assert count(week, tap(week, late), by=world.eva, at=AFTER) == []
    assert CountedEnquiry.objects.count() == 2


def test_nobody_else_counts_and_nobody_takes_back_anothers_tap(world: World, week: CountingWeek) -> None:
    with pytest.raises(RefusedChange, match="ikke sat til at tælle"):
        tallying.count(week, [tap(week)], by=world.anna, at=MORNING)
    one = tap(week)
    count(week, one, by=world.david)
    assert not tallying.withdraw(week, one.key, by=world.eva, at=MORNING)
    assert tallying.withdraw(week, one.key, by=world.david, at=MORNING)
    assert not CountedEnquiry.objects.exists()


def test_a_mark_that_is_not_asked_for_is_not_kept(world: World, week: CountingWeek) -> None:
    CountingWeek.objects.filter(pk=week.pk).update(asks_minutes=False, asks_digital=False)
    count(week, tap(week, minutes=7, should_be_digital=True, is_resolved=False), by=world.david)
    row = CountedEnquiry.objects.get()
    assert (row.minutes, row.should_be_digital, row.is_resolved) == (None, None, False)


# --- Paper -------------------------------------------------------------------------------------


def read(week: CountingWeek, world: World, *lines: str, counted_by: Person | None = None) -> paper.SheetImport:
    return paper.read_sheet(week, sheet(*lines), counted_by=counted_by or world.david, by=world.hans, at=MORNING)


def test_a_sheet_is_read_again_and_corrected_without_counting_twice(world: World, week: CountingWeek) -> None:
    name = week.purposes.all()[0].name
    lines = (f"9.3.2026;{name};3;Telefon;Generel;2;ja;nej", f"10.3.2026;{name};;Mail;;;;")
    assert read(week, world, *lines) == paper.SheetImport(new=4)
    assert read(week, world, *lines) == paper.SheetImport(known=4)
    corrected = (f"9.3.2026;{name};2;Telefon;Generel;2;ja;nej", lines[1])
    assert read(week, world, *corrected) == paper.SheetImport(known=3, removed=1)
    assert [each.enquiries for each in paper.handed_in(week)] == [3], "it has taken the place of the others"
    setting_up.remove_person(week.people.get(person=world.david), by=world.hans, at=MORNING)
    setting_up.add_person(week, person=world.david, is_first_level=True, by=world.hans, at=MORNING)
    assert read(week, world, *lines) == paper.SheetImport(new=1, known=3)
    assert set(week.enquiries.values_list("is_first_level", flat=True)) == {True}, "one sheet has one level"
    assert read(week, world, *corrected) == paper.SheetImport(known=3, removed=1)
    # another person's sheet with the same lines is other enquiries
    assert read(week, world, *corrected, "", counted_by=world.eva) == paper.SheetImport(new=3)
    assert CountedEnquiry.objects.count() == 6


def test_the_same_file_is_not_read_for_two_people_until_it_is_taken_back(world: World, week: CountingWeek) -> None:
    line = f"9.3.2026;{week.purposes.all()[0].name};3;;;;;"
    read(week, world, line)
    with pytest.raises(RefusedChange, match="hentet ind for David"):
        read(week, world, line, counted_by=world.eva)
    paper.take_back(week.sheets.get(), by=world.hans, at=MORNING)
    assert not CountedEnquiry.objects.exists()
    assert read(week, world, line, counted_by=world.eva).new == 3


def test_a_day_that_is_both_on_paper_and_tapped_is_said(
    world: World, week: CountingWeek, django_assert_num_queries: Any
) -> None:
    name = week.purposes.all()[0].name
    lines = (f"11.3.2026;{name};3;;;;;", f"10.3.2026;{name};;;;;;")
    assert read(week, world, *lines, counted_by=world.eva).tapped == ()
    count(week, tap(week), tap(week), by=world.david)
    assert read(week, world, *lines, "").tapped == (TODAY,)
    with django_assert_num_queries(3):
        assert [each.tapped for each in paper.handed_in(week)] == [(), (TODAY,)]


def test_the_number_on_the_printed_sheet_is_understood_and_never_given_again(world: World, week: CountingWeek) -> None:
    names = ("title", "unit", "service", "starts_on", "ends_on", "days_a_year", "rounds_to")
    later = setting_up.plan({name: getattr(week, name) for name in names}, by=world.hans, at=MORNING)
    setting_up.add_person(later, person=world.david, by=world.hans, at=MORNING)
    first, removed, third = later.purposes.all()[:3]
    setting_up.remove_purpose(removed, by=world.hans, at=MORNING)
    last = setting_up.add_purpose(later, name="Vores eget", purpose=None, by=world.hans, at=MORNING)
    setting_up.remove_purpose(last, by=world.hans, at=MORNING)
    newest = setting_up.add_purpose(later, name="Et til", purpose=None, by=world.hans, at=MORNING)
    assert newest.number == last.number + 1
    assert read(later, world, "9.3.2026;1;;;;;;", "9.3.2026;3;;;;;;").new == 2
    assert {each.purpose for each in later.enquiries.all()} == {first, third}
    gone = read(later, world, "9.3.2026;2;;;;;;", f"9.3.2026;{last.number};;;;;;", f"9.3.2026;{first.pk + 100};;;;;;")
    assert [each.line for each in gone.wrong] == [2, 3, 4]


def test_a_sheet_with_too_many_enquiries_is_refused(world: World, week: CountingWeek) -> None:
    name = week.purposes.all()[0].name
    with pytest.raises(UnreadableTable, match=r"Højst 20000 henvendelser"):
        read(week, world, *[f"9.3.2026;{name};500;;;;;"] * 41)


def test_every_wrong_line_is_reported_and_nothing_is_counted(world: World, week: CountingWeek) -> None:
    name = week.purposes.all()[0].name
    found = read(
        week, world, f"9.3.2026;{name};;;;;;", f"1.3.2026;{name};;;;;;", "9.3.2026;Vejret;;;;;;",
        f"9.3.2026;{name};0;;;;;", f"9.3.2026;{name};;;;999;;", f"9.3.2026;{name};;Brevdue;;;;",
    )  # fmt: skip
    assert [each.line for each in found.wrong] == [3, 4, 5, 6, 7]
    assert "uden for tælleugen" in found.wrong[0].reason
    assert "kan ikke passe" in found.wrong[3].reason
    assert not CountedEnquiry.objects.exists()


def test_a_sheet_without_its_columns_or_its_person_is_refused(world: World, week: CountingWeek) -> None:
    with pytest.raises(UnreadableTable, match="ærinde"):
        paper.read_sheet(week, b"dag;noget\n9.3.2026;x", counted_by=world.david, by=world.hans, at=MORNING)
    with pytest.raises(RefusedChange, match="ikke sat til at tælle"):
        read(week, world, counted_by=world.anna)


# --- The result --------------------------------------------------------------------------------


def test_a_working_day_without_an_enquiry_is_a_day_too(world: World, week: CountingWeek) -> None:
    assert counted.result(week, today=TODAY) is None
    count(week, *(tap(week, minutes=minutes) for minutes in (2, 4)), tap(week, place=1), by=world.david)
    found = counted.result(week, today=TODAY + timedelta(days=1))
    assert found is not None
    assert found.days == (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11))
    assert found.by_day == (0, 0, 3)
    assert (found.total.year.factor, found.total.year.year) == (250 / 3, 250)
    assert [each.year.counted for each in found.lines] == [2, 1]
    assert found.lines[0].minutes == 3


def test_today_waits_until_it_is_over_if_it_is_not_alone(world: World, week: CountingWeek) -> None:
    count(week, tap(week), by=world.david)
    alone = counted.result(week, today=TODAY)
    assert alone is not None
    assert alone.by_day == (1,)
    count(week, *(tap(week, MORNING - timedelta(days=1)) for _each in range(4)), by=world.david)
    found = counted.result(week, today=TODAY)
    assert found is not None
    assert found.by_day == (0, 4)


def test_a_saturday_is_no_sixth_day(world: World, week: CountingWeek) -> None:
    CountingWeek.objects.filter(pk=week.pk).update(ends_on=date(2026, 3, 15))
    week.refresh_from_db()
    friday, saturday = MORNING + timedelta(days=2), MORNING + timedelta(days=3)
    count(week, *(tap(week, friday) for _each in range(9)), tap(week, saturday), by=world.david, at=AFTER)
    found = counted.result(week, today=date(2026, 3, 20))
    assert found is not None
    assert found.by_day == (0, 0, 0, 0, 10)
    assert found.total.year.year == 500


def test_what_nobody_has_mapped_is_shown_and_not_dropped(world: World, week: CountingWeek) -> None:
    setting_up.add_purpose(week, name="Vores eget", purpose=None, by=world.hans, at=MORNING)
    own = week.purposes.get(name="Vores eget")
    tallying.count(week, [CountedTap(uuid4(), MORNING, own.pk), tap(week)], by=world.david, at=MORNING)
    found = counted.result(week, today=TODAY)
    assert found is not None
    assert found.cross_cutting[-1].name == ""
    assert sum(each.year.counted for each in found.cross_cutting) == 2
