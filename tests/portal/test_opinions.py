"""The questions below a page: asked of everybody alike, answered without a name, and counted once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.core import clock
from indgang.feedback import page_forms, questionnaires
from indgang.feedback.models import Comment, Rating, Response
from indgang.portal import page_cache, stamp, visits
from tests.markup import squeezed
from tests.portal.site import Site, publish

ARTICLE = "/svar/skur-i-haven/"
FULL = {"q1": "8", "q2": "10", "q3": "1", "q4": "Skriv det kortere."}


@pytest.fixture
def asked(site: Site) -> Site:
    """The site, whose owner asks the readers of articles and keeps the pages of their visit."""
    questionnaires.begin_with_all(by=site.wera, at=clock.now())
    _switch(site, "article")
    _switch(site, "self_service")
    return site


def _switch(site: Site, kind: str, *, on: bool = True, unit: str = "tmf") -> None:
    page_forms.switch(
        kind=kind, unit=site.world.units[unit], on=on, with_visit=True, by=site.wera, at=clock.now()
    )  # fmt: skip
    stamp._asked = 0.0


def _hidden(client: Client, address: str) -> dict[str, str]:
    text = client.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def _sent(client: Client, address: str = ARTICLE, **more: str) -> Any:
    return client.post("/mening/", {**_hidden(client, address), **FULL, **more})


def test_a_page_asks_below_its_content_instead_of_the_vote_and_stays_the_same_for_all(asked: Site) -> None:
    first = Client().get(ARTICLE)
    text = first.content.decode()
    assert text.index("Senest opdateret") < text.index('id="mening"') < text.index("Fandt du det ikke?")
    assert "Hjalp siden?" not in text
    assert len(re.findall('type="radio"', text)) == 30
    page_cache.forget()
    again = Client().get(ARTICLE)
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert not again.cookies


def test_an_answer_counts_for_the_version_that_its_reader_saw(asked: Site, client: Client) -> None:
    hidden = _hidden(client, ARTICLE)
    publish(asked.articles["skur-i-haven"], asked.wera, asked.approver, at=clock.now(), body="Helt ny tekst. " * 40)
    answer = client.post("/mening/", {**hidden, **FULL, "visited": "/\n/emner/?q=hemmeligt\n/chat/noegle/\n/nyheder/"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{ARTICLE}?mening=tak#mening"
    assert "Tak for dit svar." in client.get(answer.headers["Location"]).content.decode()
    row = Response.objects.get()
    assert (row.page_kind, row.page_ref, row.page_version) == ("article", "skur-i-haven", "da-1")
    assert row.visited == ["/", "/emner/", "/nyheder/"]
    assert sorted(Rating.objects.values_list("value", flat=True)) == [1, 8, 10]
    assert Comment.objects.get().text == "Skriv det kortere."


def test_the_same_form_sent_twice_counts_once(asked: Site, client: Client) -> None:
    for _ in range(3):
        assert _sent(client, key="en-noegle-fra-browseren", took="20").status_code == 303
    assert Response.objects.count() == 1
    for _ in range(2):  # without a script there is no key, and the address counts once an hour
        assert _sent(client, q4="").status_code == 303
    assert Response.objects.count() == 2


@pytest.mark.parametrize(
    "more",
    [{"website": "x"}, {"took": "1"}, {"q4": "https://a.example https://b.example"}],
    ids=["hidden field", "fast", "advertising"],
)
def test_a_program_is_thanked_and_not_counted(asked: Site, client: Client, more: dict[str, str]) -> None:
    assert _sent(client, **more).status_code == 303
    assert not Response.objects.exists()


def test_what_a_reader_can_mend_is_said_and_what_they_typed_stays(asked: Site, client: Client) -> None:
    answer = _sent(client, q1="11", q2="", q3="x", q4="  ")
    assert answer.status_code == 422
    assert "Vælg et tal, eller skriv noget" in squeezed(answer.content.decode())
    elsewhere = client.post("/mening/", {**_hidden(client, ARTICLE), **FULL}, headers={"Origin": "https://x.example"})
    assert elsewhere.status_code == 422
    text = elsewhere.content.decode()
    assert "anden hjemmeside" in text
    assert "Skriv det kortere." in text
    assert re.search(r'name="q1" value="8"\s+checked', text)
    assert not Response.objects.exists()


def test_an_answer_after_the_deadline_is_not_counted_and_says_so(asked: Site, client: Client, morning: Any) -> None:
    hidden = _hidden(client, ARTICLE)
    morning.move(timedelta(days=3))
    assert client.post("/mening/", {**hidden, **FULL, "key": "tre-dage-senere"}).status_code == 303
    morning.move(timedelta(days=2))
    late = client.post("/mening/", {**hidden, **FULL})
    assert late.status_code == 422
    assert "Hent den igen" in late.content.decode()
    assert Response.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", "a:b", "\x00", "WyJhIl0:" + "x" * 2000])
def test_a_forged_token_is_a_page_that_is_not_there(asked: Site, client: Client, token: str) -> None:
    assert client.post("/mening/", {**FULL, "token": token}).status_code == 404


def test_the_nearest_owner_decides_whether_readers_are_asked(asked: Site, client: Client) -> None:
    _switch(asked, "article", on=False, unit="cby")
    text = client.get(ARTICLE).content.decode()
    assert 'id="mening"' not in text
    assert "Hjalp siden?" in text
    _switch(asked, "article", on=False)
    assert "visits.js" in client.get("/").content.decode()  # selvbetjening asks still
    _switch(asked, "self_service", on=False)
    assert "visits.js" not in client.get("/").content.decode()


def test_the_box_on_another_website_asks_about_the_page_around_it(asked: Site, client: Client, settings: Any) -> None:
    settings.EMBED_ON = "https://kommunen.example"
    box = "/embed/mening/tmf/self_service/"
    shown = client.get(box)
    assert shown.status_code == 200
    assert "frame-ancestors https://kommunen.example" in shown.headers["Content-Security-Policy"]
    told = {**_hidden(client, box), "q1": "9", "q2": "7", "visited": "/start\n/byg?sag=1", "key": "noegle-1"}
    around = "kommunen.example/byg/skur"
    answer = client.post("/embed/mening/svar/", {**told, "page": around})
    assert answer.headers["Location"] == "/embed/mening/tak/"
    client.post("/embed/mening/svar/", {**told, "page": "ukendt.example/byg", "key": "noegle-2"})
    row = Response.objects.get()
    assert (row.page_kind, row.page_ref, row.unit) == ("site", around, asked.world.units["tmf"])
    assert row.visited == ["/start", "/byg"]
    for absent in ("/embed/mening/tmf/mail/", "/embed/mening/nope/article/"):
        assert client.get(absent).status_code == 404


def test_paths_of_another_website_are_kept_without_numbers_of_people_and_cases() -> None:
    seen = "/min-sag/010190-1234/\n/sag/0101%2090%201234\n/sag/2026-123456/bilag\n/byg/2026/"
    assert visits.cleaned(seen, ours=False) == ["/min-sag/", "/sag", "/sag/bilag", "/byg/2026/"]
    assert visits.without_numbers("www.kommune.example/sag/2026-123456") == "www.kommune.example/sag"


def test_an_answer_is_one_statement_once_its_page_is_known(
    asked: Site, client: Client, django_assert_num_queries: Any
) -> None:
    hidden = _hidden(client, ARTICLE)
    client.post("/mening/", {**hidden, **FULL, "key": "den-foerste"})
    with django_assert_num_queries(1):
        client.post("/mening/", {**hidden, **FULL, "key": "den-anden-1"})
    assert (Response.objects.count(), Rating.objects.count(), Comment.objects.count()) == (2, 6, 2)
