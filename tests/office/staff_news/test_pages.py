"""The pages of news for staff, with their read marks, and of the log of the day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.entry.models import DayLogEntry, StaffNews
from indgang.entry.team import day_log, staff_news
from indgang.ui import navigation
from tests.office.conftest import SignIn
from tests.world import MORNING, World

NEWS, LOG = "/office/staff-news/", "/office/day-log/tmf/"
SENT = {
    "title": "Nyt gebyr", "text": "Fra mandag.", "place": "", "skill": "", "must_read": "on",
    "shown_from": "2026-03-11T08:00", "shown_until": "2026-03-20T16:00",
}  # fmt: skip


def test_a_leader_writes_news_and_follows_who_reads_it(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    page = eva.post(f"{NEWS}new/", SENT | {"place": f"centre:{world.centres['tmf'].pk}"}, follow=True).content.decode()
    assert "Nyheden er gemt." in page
    news = StaffNews.objects.get()
    staff_news.mark_read(news, edition=1, by=world.anna, at=clock.now())
    page = " ".join(eva.get(f"{NEWS}{news.pk}/").content.decode().split())
    assert "Har læst den (1)" in page
    assert "Anna Agerbæk" in page.split("Har læst den (1)")[1]
    assert "Bo Bakkedal" in page.split("Har læst den (1)")[0]
    assert "1 har læst, 3 mangler" in " ".join(eva.get(NEWS).content.decode().split())


def test_who_has_no_right_to_all_must_say_for_whom(world: World, as_person: SignIn) -> None:
    answer = as_person("eva").post(f"{NEWS}new/", SENT)
    assert answer.status_code == 422
    as_person("finn").post(f"{NEWS}new/", SENT)
    assert StaffNews.objects.get().unit is None


def test_nobody_writes_to_a_centre_or_changes_news_of_others(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    assert eva.post(f"{NEWS}new/", SENT | {"place": f"centre:{world.centres['bif'].pk}"}).status_code == 422
    as_person("finn").post(f"{NEWS}new/", SENT)
    news = StaffNews.objects.get()
    assert eva.get(f"{NEWS}{news.pk}/").status_code == 404
    assert eva.post(f"{NEWS}{news.pk}/end/").status_code == 404
    assert "Nyt gebyr" not in eva.get(NEWS).content.decode()


def test_news_is_ended_before_its_time(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    eva.post(f"{NEWS}new/", SENT | {"place": f"centre:{world.centres['tmf'].pk}"})
    news = StaffNews.objects.get()
    assert "Nyheden vises ikke mere." in eva.post(f"{NEWS}{news.pk}/end/", follow=True).content.decode()
    news.refresh_from_db()
    assert news.shown_until == clock.now()


def test_the_log_is_written_read_by_day_and_tidied(world: World, as_person: SignIn) -> None:
    anna = as_person("anna")
    sent = {"text": "To er syge", "about": f"service:{world.services['affald'].pk}"}
    assert "Skrevet i loggen." in anna.post(LOG, sent, follow=True).content.decode()
    entry = DayLogEntry.objects.get()
    assert entry.about == world.services["affald"]
    day_log.add(world.centres["tmf"], "I går", by=world.people["bo"], at=MORNING - timedelta(days=1))
    assert "I går" not in anna.get(LOG).content.decode().split("<h2>")[1]
    yesterday = anna.get(f"{LOG}?day=2026-03-10").content.decode()
    assert "I går" in yesterday
    assert "Slet linjen" not in yesterday, "one may delete one's own lines"
    other = DayLogEntry.objects.exclude(pk=entry.pk).get()
    assert anna.post(f"{LOG}{other.pk}/removal/").status_code == 404
    assert as_person("eva").post(f"{LOG}{other.pk}/removal/").status_code == 302
    assert anna.post(f"{LOG}{entry.pk}/removal/").status_code == 302
    assert not DayLogEntry.objects.exists()


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "2026-02-30"])
def test_an_odd_day_is_today(world: World, as_person: SignIn, day: str) -> None:
    page = as_person("anna").get(LOG, {"day": day})
    assert page.status_code == 200
    assert "11. marts 2026" in page.content.decode()


def test_the_log_of_another_centre_does_not_exist(world: World, as_person: SignIn) -> None:
    assert as_person("anna").get("/office/day-log/bif/").status_code == 404
    assert as_person("anna").get("/office/day-log/").headers["Location"] == LOG


def test_news_and_log_are_found_with_what_goes_on_today() -> None:
    groups = {str(each.label): each.links for each in navigation.groups_for(set(Permission), "/")}
    assert {NEWS, "/office/day-log/"} < {link.url for link in groups["Overblik"]}
