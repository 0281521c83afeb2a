"""News for staff: for whom it is, its read marks, and its end; and the log of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange
from indgang.entry.models import DayLogEntry, StaffNews, StaffNewsRead
from indgang.entry.setup import disturbances
from indgang.entry.team import day_log, staff_news
from indgang.live.models import Mark
from indgang.privacy import kinds
from indgang.workforce.models import Skill
from tests import sample
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY, WEEK = MORNING.date(), timedelta(days=7)


def news(world: World, **fields: Any) -> StaffNews:
    values: dict[str, Any] = {"title": "Nyt gebyr", "text": "Fra mandag.", "unit": None, "centre": None, "skill": None}
    values |= {"must_read": False, "shown_from": MORNING, "shown_until": MORNING + WEEK}
    return staff_news.write(None, values | fields, by=world.people["eva"], at=MORNING)


def names(found: Any) -> set[str]:
    return {person.username for person in found}


def unit(code: str) -> Unit:
    found: Unit = Unit.objects.get(code=code)
    return found


@pytest.mark.parametrize(
    ("place", "readers"),
    [
        ({}, {"anna", "bo", "clara", "david", "eva", "finn", "ida", "otto"}),
        ({"unit": "tmf"}, {"anna", "bo", "clara", "david", "eva", "ida"}),
        ({"unit": "ctb-byliv"}, {"anna", "bo", "clara", "david"}),  # david works there, the others serve its queue
        ({"unit": "bif"}, {"clara", "otto"}),
        ({"centre": "bif"}, {"clara", "otto"}),
        ({"centre": "yds"}, set()),
        ({"skill": "byggesag"}, {"anna", "bo", "ida"}),
        ({"unit": "tmf", "skill": "erhverv"}, {"clara"}),
        ({"centre": "tmf", "skill": "byliv"}, {"anna", "bo", "clara"}),
    ],
)
def test_news_is_for_a_unit_with_everything_below_a_centre_or_a_skill(
    world: World, place: dict[str, str], readers: set[str]
) -> None:
    found: dict[str, Any] = {}
    for name, code in place.items():
        found[name] = {"unit": unit, "centre": lambda code: world.centres[code], "skill": _skill}[name](code)
    assert names(staff_news.recipients(news(world, **found), TODAY)) == readers


def _skill(code: str) -> Any:
    return Skill.objects.get(code=code)


@given(data=st.data())
@settings(
    max_examples=sample.examples(60), deadline=None,
    suppress_health_check=sample.SUPPRESSED,
)  # fmt: skip
def test_the_desk_shows_news_to_exactly_its_recipients(world: World, data: st.DataObject) -> None:
    """A law: the two questions, whose news and for whom, have the same answer for any audience and day."""
    units: list[Any] = [None, *Unit.objects.all()]
    place = data.draw(st.sampled_from(units))
    centre = None if place else data.draw(st.sampled_from([None, *world.centres.values()]))
    skill = data.draw(st.sampled_from([None, *Skill.objects.all()]))
    day = data.draw(st.sampled_from([TODAY, TODAY + timedelta(days=400), TODAY - timedelta(days=10_000)]))
    told = news(world, unit=place, centre=centre, skill=skill)
    shown = {
        person.username
        for person in Person.objects.filter(is_active=True)
        if StaffNews.objects.for_person(person.pk, day).filter(pk=told.pk).exists()
    }
    assert shown == names(staff_news.recipients(told, day))


def test_ended_news_goes_by_itself_and_news_to_come_waits(world: World) -> None:
    told = news(world, shown_from=MORNING + timedelta(hours=1), shown_until=MORNING + timedelta(hours=2))
    shown = [told in StaffNews.objects.shown_at(MORNING + timedelta(minutes=minutes)) for minutes in (59, 60, 119, 120)]
    assert shown == [False, True, True, False]


def test_the_author_sees_who_has_read_it_and_who_has_not(world: World) -> None:
    told = news(world, centre=world.centres["bif"], must_read=True)
    otto, clara = world.people["otto"], world.people["clara"]
    staff_news.mark_read(told, edition=1, by=otto, at=MORNING)
    staff_news.mark_read(told, edition=1, by=otto, at=MORNING + WEEK)
    marks = staff_news.read_marks(told, MORNING)
    assert [(mark.person, mark.read_at) for mark in marks.read] == [(otto, MORNING)], "the first time counts"
    assert marks.unread == [clara]


def test_a_new_edition_must_be_read_again_and_a_page_of_the_old_one_does_not_count(world: World) -> None:
    told = news(world, centre=world.centres["bif"])
    otto = world.people["otto"]
    staff_news.mark_read(told, edition=1, by=otto, at=MORNING)
    fields = {name: getattr(told, name) for name in staff_news.FIELDS}
    staff_news.write(told, fields | {"text": "Rettet komma."}, by=otto, at=MORNING)
    assert not names(staff_news.read_marks(told, MORNING).unread) & {"otto"}
    told = staff_news.write(told, fields | {"text": "Helt andet."}, read_again=True, by=otto, at=MORNING)
    assert "otto" in names(staff_news.read_marks(told, MORNING).unread)
    staff_news.mark_read(told, edition=1, by=otto, at=MORNING)
    assert "otto" in names(staff_news.read_marks(told, MORNING).unread), "that page showed the old text"
    staff_news.mark_read(told, edition=99, by=otto, at=MORNING)
    assert StaffNewsRead.objects.get(person=otto).edition == 2


def test_cpr_numbers_are_masked_and_every_change_is_in_the_trail(world: World) -> None:
    told = news(world, title="Om 010190-1234", text="Ring til 010190-1234")
    assert "010190" not in told.title + told.text
    later = MORNING + timedelta(hours=1)
    staff_news.end(told, by=world.people["eva"], at=later)
    told.refresh_from_db()
    assert told.shown_until == later
    actions = list(
        Change.objects.filter(action__startswith="staff_news").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["staff_news.create", "staff_news.end"]
    never = news(world, shown_from=MORNING + WEEK, shown_until=MORNING + 2 * WEEK)
    staff_news.end(never, by=world.people["eva"], at=MORNING)
    assert not StaffNews.objects.filter(pk=never.pk).exists()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"text": ""}, "text"),
        ({"text": "x" * 5_001}, "text"), ({"shown_until": MORNING}, "shown_until"),
        ({"shown_from": MORNING - WEEK, "shown_until": MORNING - timedelta(days=1)}, "shown_until"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_at_its_field(world: World, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(RefusedChange) as refused:
        news(world, **fields)
    assert set(refused.value.reasons) == {where}


def test_the_log_is_of_one_centre_and_one_danish_day(world: World) -> None:
    anna, tmf = world.people["anna"], world.centres["tmf"]
    late = MORNING.replace(hour=23, minute=30)  # half past midnight in Copenhagen
    disturbance = disturbances.start(text="Nede", centre=tmf, ends_at=MORNING + WEEK, by=anna, at=MORNING)
    first = day_log.add(tmf, "Alt er\nroligt 010190-1234", about=world.queues["tmf-byliv"], by=anna, at=MORNING)
    second = day_log.add(tmf, "Vagten begynder", about=disturbance, by=anna, at=late)
    assert first.text == "Alt er roligt ******-****"
    assert (first.about, second.about) == (world.queues["tmf-byliv"], disturbance)
    assert list(day_log.of_day(TODAY)) == [first]
    assert list(day_log.of_day(TODAY + timedelta(days=1))) == [second]
    assert Mark.objects.filter(part="desks-tmf/news").exists()
    day_log.remove(first, by=anna, at=MORNING)
    assert Change.objects.filter(action="day_log.remove").get().before["text"] == first.text


@pytest.mark.parametrize("text", ["", " \x00\n", "x" * 501])
def test_a_line_without_text_or_too_long_is_refused(world: World, text: str) -> None:
    with pytest.raises(RefusedChange):
        day_log.add(world.centres["tmf"], text, by=world.people["anna"], at=MORNING)
    assert not DayLogEntry.objects.exists()


def test_news_and_log_have_a_time_after_which_they_are_deleted() -> None:
    assert (kinds.named("staff_news").days, kinds.named("day_log").days) == (365, 90)


def test_a_piece_that_was_taken_away_does_not_come_back_with_a_late_save(world: World) -> None:
    shown = news(world, shown_from=MORNING + timedelta(hours=1))
    staff_news.end(StaffNews.objects.get(), by=world.people["eva"], at=MORNING)
    values = {name: getattr(shown, name) for name in staff_news.FIELDS}
    with pytest.raises(RefusedChange, match="fjernet"):
        staff_news.write(shown, values, by=world.people["ida"], at=MORNING)
    assert not StaffNews.objects.exists()


def test_unread_are_counted_as_they_are_listed(world: World) -> None:
    shown = news(world, unit=unit("tmf"))
    staff_news.mark_read(shown, edition=shown.edition, by=world.people["anna"], at=MORNING)
    listed = staff_news.read_marks(shown, MORNING).unread
    assert staff_news.unread_count(shown, MORNING) == len(listed) == 5
