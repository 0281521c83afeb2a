"""Every submission of a visitor gets a clear answer: searches, votes on a page, and the newsletter."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from indgang.knowledge.models import Article, Helpfulness, Search, Subscription
from indgang.knowledge.search import following
from indgang.portal import lines, waiting
from tests.correspondence.forms import made
from tests.markup import squeezed
from tests.portal.site import Site


def token_of(client: Client, slug: str = "altan") -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(f"/svar/{slug}/").content.decode())
    assert found
    return found[1]


# --- search ------------------------------------------------------------------------------------


def test_a_search_says_why_and_is_noted_without_the_person(site: Site, client: Client) -> None:
    text = client.get("/soeg/?q=altan+ring+28+11+54+12").content.decode()
    assert "Må jeg få en altan?" in text
    assert "result-why" in text
    noted = Search.objects.get()
    assert noted.place == "site"
    assert "28" not in noted.asked
    client.get("/embed/soeg/?q=altan")
    assert Search.objects.latest("pk").place == "embed"


def test_a_weak_hit_says_so_before_the_hits_with_a_number_to_call(site: Site, client: Client) -> None:
    said = client.get("/soeg/?q=kunstnere+muren+graffiti").content.decode()
    assert "Vi har måske ikke svaret" in said
    assert said.index("Vi har måske ikke svaret") < said.index('href="tel:') < said.index("data-hit=")
    assert "Ordet står i teksten" not in said


def test_what_others_answer_is_said_before_the_hits(site: Site, client: Client) -> None:
    Article.objects.filter(slug="altan").update(elsewhere=True)
    following.refresh_kind("article")
    said = client.get("/soeg/?q=altan").content.decode()
    assert said.index("Det svarer andre på") < said.index("Læs, hvem der svarer: Må jeg få en altan?")
    assert said.index("Læs, hvem der svarer") < said.index("article:altan")
    assert "Vi har måske ikke svaret" not in said
    assert not Search.objects.get().weak


def test_a_hit_that_answers_is_followed_by_a_number_to_call(site: Site, client: Client) -> None:
    said = client.get("/soeg/?q=altan").content.decode()
    assert "Vi har måske ikke svaret" not in said
    assert said.index("data-hit=") < said.index("Fandt du det ikke?") < said.index('href="tel:')


def test_answers_and_ends_of_guides_say_whom_to_call_and_how_long_it_takes(site: Site, client: Client) -> None:
    for path in ("/svar/altan/", "/vejvisere/byggetilladelse/?vej=1"):
        said = client.get(path).content.decode()
        assert "Fandt du det ikke?" in said, path
        assert 'href="tel:' in said, path
        assert "entetid" in said, path
    assert "Fandt du det ikke?" not in client.get("/vejvisere/byggetilladelse/").content.decode()


def test_a_danish_answer_in_an_english_list_is_labelled(site: Site, client: Client) -> None:
    said = squeezed(client.get("/en/soeg/?q=altan").content.decode())
    assert 'lang="da">Må jeg få en altan?' in said
    assert "In Danish" in said


def test_a_filter_narrows_and_is_no_new_search(site: Site, client: Client) -> None:
    text = client.get("/soeg/?q=byggetilladelse&type=guide").content.decode()
    assert "Skal jeg søge byggetilladelse?" in text
    assert "Må jeg få en altan?" not in text
    assert not Search.objects.exists()


@pytest.mark.parametrize(
    "asked",
    ["x" * 5000, "byggetilladelse " * 400, "?!.,;:-", "'; DROP TABLE knowledge_article; --", "😀🏠", "%", "\x00",
     "a\x00b", "<script>alert(1)</script>", "{{ 7*7 }}", "& | ! ( )"],
)  # fmt: skip
def test_any_search_gets_an_answer_with_a_next_step(site: Site, client: Client, asked: str) -> None:
    for page in ("/soeg/", "/en/soeg/", "/embed/soeg/"):
        answer = client.get(page, {"q": asked})
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "<script>alert" not in text
        assert asked in ("\x00",) or "/kontakt/" in text or 'class="results"' in text
    assert client.get("/soeg/forslag/", {"q": asked}).status_code == 200


def test_nothing_found_is_never_a_dead_end(site: Site, client: Client) -> None:
    text = client.get("/soeg/?q=qzxqzx").content.decode()
    assert "Vi fandt ikke noget på det" in text
    assert 'href="/kontakt/"' in text
    assert Search.objects.get().hits == 0


def test_suggestions_lead_to_pages(site: Site, client: Client) -> None:
    rows = client.get("/soeg/forslag/?q=alt").json()["suggestions"]
    assert {"text": "Må jeg få en altan?", "kind": "Svar", "url": "/svar/altan/"} in rows
    assert not Search.objects.exists()


def test_only_a_search_of_ours_can_be_said_to_have_been_opened(site: Site, client: Client) -> None:
    text = client.get("/soeg/?q=altan").content.decode()
    found = re.search(r'data-noted="([^"]+)"', text)
    assert found
    assert client.post("/soeg/valgt/", {"noted": "1:forged", "hit": "article:altan"}).status_code == 204
    assert Search.objects.get().chosen == ""
    client.post("/soeg/valgt/", {"noted": found[1], "hit": "article:altan"})
    assert Search.objects.get().chosen == "article:altan"


# --- votes on a page ---------------------------------------------------------------------------


def test_yes_and_no_are_counted_by_day(site: Site, client: Client) -> None:
    for address, said in (("10.0.0.1", "ja"), ("10.0.0.2", "nej"), ("10.0.0.3", "ja")):
        answer = client.post("/svar/altan/hjalp/", {"token": token_of(client), "helped": said}, REMOTE_ADDR=address)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/svar/altan/?hjalp={said}#hjalp"
        assert not answer.cookies
    counted = Helpfulness.objects.get()
    assert (counted.yes, counted.no) == (2, 1)


def test_sending_it_twice_counts_once(site: Site, client: Client) -> None:
    for _ in range(2):
        answer = client.post("/svar/altan/hjalp/", {"token": token_of(client), "helped": "ja"})
        assert answer.status_code == 303
    assert Helpfulness.objects.get().yes == 1


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        ({"helped": "ja"}, {}),
        ({"helped": "ja", "token": "7:forged"}, {}),
        ({"helped": "maybe"}, {}),
        ({"helped": "ja"}, {"Sec-Fetch-Site": "cross-site"}),
        ({"helped": "ja"}, {"Origin": "https://other.example"}),
    ],
)
def test_what_is_not_an_answer_on_our_page_does_not_count(
    site: Site, client: Client, sent: dict[str, str], headers: dict[str, str]
) -> None:
    if headers or sent["helped"] == "maybe":
        sent = {**sent, "token": token_of(client)}
    assert client.post("/svar/altan/hjalp/", sent, headers=headers).status_code == 303
    assert not Helpfulness.objects.exists()


def test_a_token_counts_for_its_own_page_alone(site: Site, client: Client) -> None:
    client.post("/svar/altan/hjalp/", {"token": token_of(client, "jordflytning"), "helped": "ja"})
    assert not Helpfulness.objects.exists()


def test_behind_a_proxy_visitors_are_told_apart(site: Site, client: Client, settings: Any) -> None:
    settings.PROXIES = 1
    for visitor in ("203.0.113.1", "203.0.113.2"):
        client.post(
            "/svar/altan/hjalp/", {"token": token_of(client), "helped": "ja"}, headers={"X-Forwarded-For": visitor}
        )
    assert Helpfulness.objects.get().yes == 2


# --- the newsletter ----------------------------------------------------------------------------


def test_the_newsletter_is_asked_for_confirmed_changed_and_ended(site: Site, client: Client) -> None:
    sent = {"email": "Navn@Firma.dk", "services": ["byggetilladelse"]}
    answer = client.post("/nyhedsbrev/", sent)
    assert answer.status_code == 303
    assert "Se i din indbakke" in client.get(answer.headers["Location"]).content.decode()
    row = Subscription.objects.get()
    assert row.confirmed_at is None
    here = f"/nyhedsbrev/{row.token}/"
    assert client.get(f"{here}bekraeft/").status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is None, "mail scanners follow links"
    assert "Du er tilmeldt" in client.post(f"{here}bekraeft/").content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None
    answer = client.post(here, {"services": ["arrangement"]})
    assert "Dine valg er gemt" in answer.content.decode()
    assert [each.code for each in row.services.all()] == ["arrangement"]
    assert client.post(here, {}).status_code == 422
    assert client.get(f"{here}afmeld/").status_code == 200
    assert client.post(f"{here}afmeld/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()
    assert client.get(here).status_code == 404


def test_the_newsletter_says_what_is_missing_and_keeps_what_was_typed(site: Site, client: Client) -> None:
    answer = client.post("/nyhedsbrev/", {"email": "ikke en adresse"})
    assert answer.status_code == 422
    text = answer.content.decode()
    for said in ('value="ikke en adresse"', "Det er ikke en mailadresse", "Vælg mindst ét emne"):
        assert said in text
    assert client.post("/nyhedsbrev/", {"email": "a@b.dk", "services": ["findes-ikke"]}).status_code == 422
    assert not Subscription.objects.exists()


def test_pages_of_a_subscription_are_kept_nowhere(site: Site, client: Client) -> None:
    for page in ("/nyhedsbrev/", "/nyhedsbrev/ukendt/", "/nyhedsbrev/ukendt/bekraeft/", "/nyhedsbrev/ukendt/afmeld/"):
        answer = client.get(page)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies


# --- guides ------------------------------------------------------------------------------------


def test_a_way_that_is_no_longer_there_begins_again(site: Site, client: Client) -> None:
    for way in ("9", "0-0-0-0-0", "abc", "-1", "0" * 3000):
        text = client.get("/vejvisere/byggetilladelse/", {"vej": way}).content.decode()
        assert "så vi begynder forfra" in text
        assert "Hvad vil du bygge?" in text


# --- boxes -------------------------------------------------------------------------------------


def test_only_boxes_may_be_framed_and_only_where_the_setting_says(site: Site, client: Client, settings: Any) -> None:
    settings.EMBED_ON = "https://www.kommune.example"
    box = client.get("/embed/aabningstider/tmf/")
    assert "frame-ancestors https://www.kommune.example" in box.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in box.headers
    page = client.get("/")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert client.get("/embed/aabningstider/findes-ikke/").status_code == 404


# --- waits -------------------------------------------------------------------------------------


def test_expected_wait_is_position_times_work_shared_by_those_present() -> None:
    assert waiting._expected(calls=3, present=2, ready=0, handling=120.0) == waiting.Expected(240.0, 3)
    assert waiting._expected(calls=0, present=2, ready=1, handling=None).seconds == 0
    assert waiting._expected(calls=5, present=0, ready=0, handling=100.0).seconds is None
    assert waiting.Expected(61.0, 0).minutes == 2


def test_the_best_time_to_call_leaves_out_hours_with_few_calls() -> None:
    rows = [(0, 9, 10, 600.0), (0, 10, 10, 100.0), (1, 9, 10, 300.0), (2, 9, 4, 0.0)]
    habit = waiting._habit(rows)
    assert [(each.hour, round(each.seconds), each.percent) for each in habit.hours] == [(9, 45, 100), (10, 10, 22)]
    assert habit.best == ((0, 9), (0, 10), (1, 9))
    assert lines.spans(habit.best) == [(0, 9, 11), (1, 9, 10)], "two hours on end are one time to call"
    assert habit.shortest == 10
    assert waiting._habit([]) == waiting.Habit((), ())


def test_the_contact_page_says_the_wait_of_this_moment(site: Site, client: Client) -> None:
    from indgang.core import clock
    from indgang.enquiries.models import Enquiry
    from indgang.entry.models import Presence

    at, queue = clock.now(), site.world.queues["tmf-byggeri"]
    Presence.objects.create(person=site.world.anna, state="talking", since=at)
    for _ in range(2):
        Enquiry.objects.create(
            channel="phone", state="waiting", centre=queue.centre, queue=queue, arrived_at=at, queued_at=at
        )
    made.form(site.world)
    text = client.get("/kontakt/").content.decode()
    assert "Forventet ventetid lige nu: cirka 12 minutter" in text
    order = [text.index(each) for each in ("Find svaret", "Klar det selv", "33 66 10 00", "Søg aktindsigt")]
    assert order == sorted(order)


def test_one_visitor_who_asks_for_the_newsletter_again_and_again_is_told_so_and_others_are_not(
    site: Site, client: Client
) -> None:
    def ask(number: int, address: str) -> int:
        form = {"email": f"nr{number}@firma.example", "everything": "on"}
        return client.post("/nyhedsbrev/", form, REMOTE_ADDR=address).status_code

    assert [ask(number, "203.0.113.1") for number in range(20)] == [303] * 20
    assert ask(20, "203.0.113.1") == 429
    assert ask(21, "203.0.113.2") == 303
