"""News for staff and the log of the day, beside the call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from indgang.core import clock
from indgang.entry.models import DayLogEntry, StaffNews, StaffNewsRead
from indgang.entry.team import day_log, staff_news
from indgang.live.models import Mark
from tests.desk.conftest import PART, SignIn
from tests.desk.test_home import part
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def tell(world: World, **fields: Any) -> StaffNews:
    values: dict[str, Any] = {
        "title": "Nyt gebyr",
        "text": "Fra mandag.",
        "unit": None,
        "centre": world.centres["tmf"],
        "skill": None,
    }
    values |= {"must_read": True, "shown_from": MORNING, "shown_until": MORNING + timedelta(days=1)}
    return staff_news.write(None, values | fields, by=world.people["eva"], at=MORNING)


def test_unread_news_stands_beside_the_disturbance_until_it_is_read(world: World, as_: SignIn) -> None:
    news = tell(world)
    anna = as_(world.anna)
    assert "Skal læses: <strong>Nyt gebyr</strong>" in part(anna, "around")
    assert 'data-count-news="1"' in part(anna, "news")
    assert "Fra mandag." in part(anna, "news")
    address = reverse("desk:news-reading", args=[news.pk])
    assert anna.post(address, {"edition": 1}, headers=PART).status_code == 204
    assert StaffNewsRead.objects.get().person == world.anna
    assert Mark.objects.filter(part=f"person-{world.anna.pk}/news").exists()
    assert "Nyt gebyr" not in part(anna, "around")
    assert "1 læst nyhed" in part(anna, "news")
    assert "Nyt gebyr" in part(as_(world.people["bo"]), "around"), "a mark is one person's own"


def test_news_goes_from_the_desk_at_its_end(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    tell(world)
    anna = as_(world.anna)
    morning.move(24 * 3600 - 11 * 60)
    assert "Nyt gebyr" in part(anna, "around")
    morning.move(60)
    assert "Nyt gebyr" not in part(anna, "around") + part(anna, "news")


def test_nobody_sees_or_marks_the_news_of_others(world: World, as_: SignIn) -> None:
    news = tell(world)
    otto = as_(world.people["otto"])
    assert "Nyt gebyr" not in part(otto, "around") + part(otto, "news")
    assert otto.post(reverse("desk:news-reading", args=[news.pk]), {"edition": 1}, headers=PART).status_code == 404


@pytest.mark.parametrize("edition", ["", "x", "-1", "9" * 40])
def test_an_odd_edition_is_the_first(world: World, as_: SignIn, edition: str) -> None:
    news = tell(world)
    as_(world.anna).post(reverse("desk:news-reading", args=[news.pk]), {"edition": edition}, headers=PART)
    assert StaffNewsRead.objects.get().edition == 1


def test_a_line_of_the_log_is_written_and_seen_by_the_centre_alone(world: World, as_: SignIn) -> None:
    anna, otto = as_(world.anna), as_(world.people["otto"])
    sent = {"centre": world.centres["tmf"].pk, "text": "To er syge", "about": f"queue:{world.queues['tmf-byliv'].pk}"}
    assert anna.post(reverse("desk:day-log"), sent, headers=PART).status_code == 204
    seen = part(anna, "news")
    assert "To er syge" in seen
    assert "Byliv og events · Anna Agerbæk" in seen
    assert "To er syge" not in part(otto, "news")
    assert otto.post(reverse("desk:day-log"), sent, headers=PART).status_code == 422
    assert DayLogEntry.objects.count() == 1


@pytest.mark.parametrize("text", ["", "x" * 501])
def test_a_bad_line_says_why_and_writes_nothing(world: World, as_: SignIn, text: str) -> None:
    sent = {"centre": world.centres["tmf"].pk, "text": text}
    answer = as_(world.anna).post(reverse("desk:day-log"), sent, headers=PART)
    assert (answer.status_code, DayLogEntry.objects.count()) == (422, 0)
    assert answer.content.decode().startswith("Skriv")


def test_a_case_worker_reads_news_and_has_no_log(world: World, as_: SignIn) -> None:
    tell(world, centre=None)
    day_log.add(world.centres["tmf"], "Internt", by=world.anna, at=clock.now())
    seen = part(as_(world.david), "news")
    assert "Nyt gebyr" in seen
    assert "Internt" not in seen
    assert as_(world.david).post(reverse("desk:day-log"), {}, headers=PART).status_code == 403


def test_the_part_costs_as_much_for_much_as_for_little(
    world: World, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        tell(world, title=f"Nyt {number}")
        day_log.add(world.centres["tmf"], f"Linje {number}", by=world.anna, at=clock.now())
    client = as_(world.anna)
    with django_assert_max_num_queries(9):
        part(client, "news")
